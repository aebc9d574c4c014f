"""Places as the compiler noted them become places of the source: which call it is, and what is done with its result.

The compiler's span of a call is that of the expression, but for method calls over several lines, where it begins at the
method's name, and for calls inside an f-string before Python 3.12.  Where a call ends is never moved, and no two end at
the same place.
"""

from __future__ import annotations

import ast
import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from codemods.evidence.merge import merged
from codemods.evidence.schema import Call, Coroutine, Double, Evidence, Form, Frame, FunctionKind, Place

_Path = tuple[ast.AST, ...]
_Span = tuple[int, int, int, int]


class _File:
    """What is asked of one file: the expressions that end on given lines, each with the nodes around it."""

    def __init__(self, tree: ast.AST, lines: frozenset[int]) -> None:
        self._lines = sorted(lines)
        self.calls: dict[tuple[int, int], tuple[ast.Call, _Path]] = {}
        self.others: dict[_Span, tuple[ast.expr, _Path]] = {}
        self.functions: dict[int, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.by_line: dict[int, list[tuple[ast.Call, _Path]]] = {}
        self.entered: dict[_Span, tuple[ast.expr, _Path]] = {}
        self._visit(tree, ())

    def _visit(self, tree: ast.AST, around: _Path) -> None:
        pending: list[tuple[ast.AST, _Path]] = [(tree, around)]
        while pending:
            node, path = pending.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions[min([node.lineno, *(item.lineno for item in node.decorator_list)])] = node
            elif isinstance(node, (ast.With, ast.AsyncWith)) and len(node.items) == 1:
                self.entered[_span_of(node)] = node.items[0].context_expr, (*path, node, node.items[0])
            elif isinstance(node, (ast.For, ast.AsyncFor)):
                self.entered[_span_of(node)] = node.iter, (*path, node)
            elif isinstance(node, ast.expr):
                self._note(node, path)
            inside = (*path, node)
            pending += [(child, inside) for child in ast.iter_child_nodes(node) if self._matters(child)]

    def _matters(self, node: ast.AST) -> bool:
        first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
        if first is None or last is None:
            return True
        for decorator in getattr(node, "decorator_list", ()):
            first = min(first, decorator.lineno)
        next_one = bisect_left(self._lines, first)
        return next_one < len(self._lines) and self._lines[next_one] <= last

    def _note(self, node: ast.expr, path: _Path) -> None:
        if isinstance(node, ast.Call):
            self.calls[(node.end_lineno or 0, node.end_col_offset or 0)] = (node, path)
            self.by_line.setdefault(_line_of(node), []).append((node, path))
        span = _span_of(node)
        if isinstance(node, ast.Call) or span not in self.others:
            self.others[span] = (node, path)

    def at(self, place: Place) -> tuple[ast.expr, _Path] | None:
        """The expression that the compiler's span means."""
        call = self.calls.get((place.end_line, place.end_column))
        if call is not None and (call[0].lineno, call[0].col_offset) <= (place.line, place.column):
            return call
        span = (place.line, place.column, place.end_line, place.end_column)
        # Entering a `with` and asking for an iterator have the span of the whole statement before Python 3.13.
        found = self.others.get(span) or self.entered.get(span)
        if found is not None and isinstance(found[0], ast.Await) and isinstance(found[0].value, ast.Call):
            return found[0].value, (*found[1], found[0])
        return found

    def on(self, line: int, name: str) -> tuple[ast.expr, _Path] | None:
        """The only call on a line, or the only one of that name."""
        calls = self.by_line.get(line, [])
        named = [call for call in calls if _name_of(call[0]) == name]
        return named[0] if len(named) == 1 else calls[0] if len(calls) == 1 else None


def _span_of(node: ast.expr | ast.stmt) -> _Span:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _line_of(call: ast.Call) -> int:
    """The line that the interpreter counts a call to."""
    function = call.func
    if isinstance(function, ast.Attribute) and function.lineno != function.end_lineno:
        return function.end_lineno or call.lineno
    return call.lineno


def _name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def form_of(node: ast.AST, around: _Path) -> Form:
    """What is done with the value of an expression; `around` are the nodes that it is in, the outermost first."""
    parent = around[-1] if around else None
    match parent:
        case ast.Expr():
            return "statement"
        case ast.Await():
            return "awaited"
        case ast.withitem() if parent.context_expr is node:
            return "async with" if isinstance(around[-2], ast.AsyncWith) else "with"
        case ast.For() if parent.iter is node:
            return "for"
        case ast.AsyncFor() if parent.iter is node:
            return "async for"
        case ast.comprehension() if parent.iter is node:
            return "async for" if parent.is_async else "for"
        case ast.Return() | ast.Yield() | ast.YieldFrom() | ast.Lambda():
            return "returned"
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
            return "assigned"
        case ast.keyword():
            return "argument"
        case ast.Call():
            return "attribute" if parent.func is node else "argument"
        case ast.Attribute():
            return "attribute"
        case ast.Subscript() if parent.value is node:
            return "attribute"
    return "value"


def around_of(node: ast.AST, around: _Path) -> FunctionKind:
    """The innermost scope that an expression is evaluated in.

    Decorators, defaults and annotations belong to the scope outside, as the first iterable of a comprehension does.
    """
    inner = node
    for index in range(len(around) - 1, -1, -1):
        scope = around[index]
        match scope:
            case ast.AsyncFunctionDef() if inner in scope.body:
                return "async"
            case ast.FunctionDef() if inner in scope.body:
                return "sync"
            case ast.Lambda() if inner is scope.body:
                return "lambda"
            case ast.ClassDef() if inner in scope.body:
                return "class"
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                first = scope.generators[0]
                beyond = around[index + 2] if index + 2 < len(around) else node
                if not (inner is first and beyond is first.iter):
                    return "comprehension"
        inner = scope
    return "module"


class _Sources:
    """The project's files, each read and parsed once, and only where places of it are known."""

    def __init__(self, root: Path, lines: dict[str, set[int]]) -> None:
        self.digests: dict[str, str] = {}
        self._files: dict[str, _File | None] = {}
        for path in sorted(lines):
            try:
                content = (root / path).read_bytes()
            except OSError:
                continue  # made while the tests ran, and gone
            self.digests[path] = hashlib.blake2b(content, digest_size=16).hexdigest()
            try:
                self._files[path] = _File(ast.parse(content), frozenset(lines[path]))
            except (SyntaxError, ValueError, RecursionError):
                continue  # no Python, or not any more

    def expression(self, place: Place, name: str = "") -> tuple[ast.expr, _Path] | None:
        file = self._files.get(place.path)
        if file is None or not place.line:
            return None
        return file.at(place) if place.end_line else file.on(place.line, name)

    def place(self, place: Place) -> Place:
        """The place of the expression, or no more than its line."""
        found = self.expression(place)
        return _span(place.path, found[0]) if found else Place(place.path, place.line)

    def definition(self, place: Place) -> Place:
        """The place of a function, from the line of its first decorator."""
        file = self._files.get(place.path)
        found = file.functions.get(place.line) if file else None
        return _span(place.path, found) if found else place


def _span(path: str, node: ast.expr | ast.stmt) -> Place:
    line, column, end_line, end_column = _span_of(node)
    return Place(path, line, column, end_line, end_column)


def completed(evidence: Evidence, root: Path) -> Evidence:
    """Evidence as it was recorded, with places of the source, the forms of calls, and the digests of the files.

    Places that turn out to be the same are counted together.
    """
    lines: dict[str, set[int]] = {}
    for place in _places(evidence):
        if place.path:
            lines.setdefault(place.path, set()).add(place.end_line or place.line)
    sources = _Sources(root, lines)
    doubles = tuple(_double(double, sources) for double in evidence.doubles)
    coroutines = tuple(_coroutine(coroutine, sources) for coroutine in evidence.coroutines)
    return merged([msgspec.structs.replace(evidence, files=sources.digests, doubles=doubles, coroutines=coroutines)])


def _places(evidence: Evidence) -> Iterator[Place]:
    stacks: Iterable[tuple[Frame, ...]]
    for double in evidence.doubles:
        yield double.place
        yield from (call.place for call in double.calls)
    for coroutine in evidence.coroutines:
        yield coroutine.place
        yield coroutine.defined
    stacks = [call.stack for double in evidence.doubles for call in double.calls]
    stacks += [coroutine.stack for coroutine in evidence.coroutines]
    yield from (frame.place for stack in stacks for frame in stack)


def _double(double: Double, sources: _Sources) -> Double:
    # Of a call whose line only is known, this is how the function is probably named there.
    name = re.split(r"[.:]", double.target or double.spec)[-1]
    return msgspec.structs.replace(
        double, place=sources.place(double.place), calls=tuple(_call(call, name, sources) for call in double.calls)
    )


def _call(call: Call, name: str, sources: _Sources) -> Call:
    found = sources.expression(call.place, name)
    direct = found is not None and not call.caller
    return msgspec.structs.replace(
        call,
        place=_span(call.place.path, found[0]) if found else Place(call.place.path, call.place.line),
        form=form_of(*found) if found and direct else "unknown",
        around=around_of(*found) if found and direct else "unknown",
        stack=_stack(call.stack, sources),
    )


def _coroutine(coroutine: Coroutine, sources: _Sources) -> Coroutine:
    found = sources.expression(coroutine.place, coroutine.function.rpartition(".")[2])
    return msgspec.structs.replace(
        coroutine,
        defined=sources.definition(coroutine.defined),
        place=_span(coroutine.place.path, found[0]) if found else coroutine.place,
        form=form_of(*found) if found else "unknown",
        around=around_of(*found) if found else "unknown",
        stack=_stack(coroutine.stack, sources),
    )


def _stack(stack: tuple[Frame, ...], sources: _Sources) -> tuple[Frame, ...]:
    return tuple(Frame(sources.place(frame.place), frame.function) for frame in stack)
