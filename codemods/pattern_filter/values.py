"""Where a value comes from: the way from an argument of pytest back to the pattern that the user gave.

A way is followed as long as it is the only one: through names that are assigned once, `str(x)`, `x or ""`, f-strings
around one value, and methods of strings.  What lies at its end is the root.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codemods.pattern_filter.program import Function, Program, Step

_FAR = 12
_TRIMS = frozenset({"strip", "lstrip", "rstrip"})
_SAME = frozenset({"strip", "lstrip", "rstrip", "lower", "casefold"})
_QUOTES = ("'", '"')


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a value.

    `root` is where it begins, in `function`.  `cleaned`: stars were taken off its ends or out of it; `emptied` out of
    it.  `quoted`: quotes were put around it.  `starred`: stars were put around it.  `plain` is the value before any of
    that, as near to its use as possible.  `passed` are the assignments on the way, the last one first, `undone` how
    many of them lie between `plain` and the use.  `rebound`: the name of the pattern itself was overwritten.
    """

    root: ast.expr
    function: Function
    cleaned: bool = False
    emptied: bool = False
    quoted: bool = False
    starred: bool = False
    passed: tuple[Step, ...] = ()
    rebound: bool = False
    plain: ast.expr | None = None
    undone: int = 0

    @property
    def changed(self) -> tuple[bool, bool, bool, bool]:
        """What was done to the pattern."""
        return self.cleaned, self.emptied, self.quoted, self.starred


def way_of(program: Program, value: ast.expr, function: Function) -> Way:
    """The way back from a value that is used in `function`."""
    way = Way(value, function)
    for _ in range(_FAR):
        further = _step(program, way)
        if further is None:
            break
        if further.changed != way.changed:
            further = replace(further, plain=further.root, undone=len(further.passed))
        way = further
    return way if way.plain is not None else replace(way, plain=value)


def _step(program: Program, way: Way) -> Way | None:
    match way.root:
        case ast.Name():
            return _name(program, way, way.root)
        case ast.Call(func=ast.Name(id="str"), args=[inner], keywords=[]):
            return replace(way, root=inner)
        case ast.BoolOp(op=ast.Or(), values=[inner, ast.Constant(value="" | None)]):
            return replace(way, root=inner)
        case ast.JoinedStr(values=[*parts]):
            return _formatted(way, parts)
        case ast.BinOp(op=ast.Add(), left=ast.BinOp(left=left, op=ast.Add(), right=inner), right=right):
            return _between(way, left, inner, right)
        case ast.Call(func=ast.Attribute(value=receiver, attr=method), args=args, keywords=[]):
            return _method(way, receiver, method, args)
    return None


def _name(program: Program, way: Way, root: ast.Name) -> Way | None:
    assigned = program.assigned(way.function, root)
    if len(assigned) != 1 or assigned[0].element or assigned[0].added or assigned[0].step in way.passed:
        return None
    only = assigned[0]
    if root.id in way.function.params:
        inner = way_of(program, only.value, replace_params(way.function, root.id))
        if not (isinstance(inner.root, ast.Name) and inner.root.id == root.id and inner.cleaned):
            return None
        joined = replace(way, root=inner.root, cleaned=True, emptied=way.emptied or inner.emptied, rebound=True)
        return replace(joined, passed=(*way.passed, only.step), function=_finished(way.function))
    if only.function is not way.function:
        outer = way_of(program, only.value, only.function)
        # What was done to it there stays: the name stands for the outcome.
        return None if any(outer.changed) else replace(way, root=outer.root, function=outer.function)
    return replace(way, root=only.value, passed=(*way.passed, only.step))


def replace_params(function: Function, name: str) -> Function:
    """The function without its assignments to a parameter: what it was given is looked for."""
    steps = tuple(
        step
        for step in function.steps
        if not any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
                   for node in ast.walk(step.node) if isinstance(step.node, (ast.Assign, ast.AnnAssign)))
    )  # fmt: skip
    return replace(function, steps=steps)


def _finished(function: Function) -> Function:
    return replace(function, steps=())


def _formatted(way: Way, parts: list[ast.expr]) -> Way | None:
    values = [part for part in parts if isinstance(part, ast.FormattedValue)]
    texts = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
    if len(values) != 1 or values[0].format_spec is not None or values[0].conversion not in {-1, 115}:
        return None
    if not texts:
        return replace(way, root=values[0].value)
    if len(parts) != 3 or not isinstance(parts[1], ast.FormattedValue):
        return None
    return _around(way, texts[0], values[0].value, texts[1])


def _between(way: Way, left: ast.expr, inner: ast.expr, right: ast.expr) -> Way | None:
    match left, right:
        case ast.Constant(value=str(before)), ast.Constant(value=str(after)):
            return _around(way, before, inner, after)
    return None


def _around(way: Way, before: str, inner: ast.expr, after: str) -> Way | None:
    if before == after and before in _QUOTES:
        return replace(way, root=inner, quoted=True)
    if before == after == "*":
        return replace(way, root=inner, starred=True)
    return None


def _method(way: Way, receiver: ast.expr, method: str, args: list[ast.expr]) -> Way | None:
    match args:
        case [ast.Constant(value=str(characters))] if method in _TRIMS and "*" in characters:
            return replace(way, root=receiver, cleaned=True)
        case [ast.Constant(value="*"), ast.Constant(value="")] if method == "replace":
            return replace(way, root=receiver, cleaned=True, emptied=True)
        case [] if method in _SAME:
            return replace(way, root=receiver)
    return None


def quotes_around(value: ast.expr) -> str:
    """The quote that a literal begins and ends with ("" for none): part of its text, not of Python's syntax."""
    match value:
        case ast.Constant(value=str(text)) if len(text) > 2 and text[0] == text[-1] and text[0] in _QUOTES:
            return text[0] if text[0] not in text[1:-1] else ""
        case ast.JoinedStr(values=[ast.Constant(value=str(first)), *_, ast.Constant(value=str(last))]):
            return first[0] if first[:1] in _QUOTES and last[-1:] == first[0] else ""
    return ""


def literals(program: Program, value: ast.expr, function: Function, far: int = _FAR) -> Iterator[str | None]:
    """The strings that a value may be; None stands for one that isn't known."""
    if far == 0:
        yield None
        return
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Attribute(value=ast.Name(id="sys"), attr="executable"):
            yield ""  # one word, whatever it is
        case ast.Call(func=ast.Name(id="str")):
            yield ""
        case ast.Name() | ast.Attribute():
            found = program.assigned(function, value)
            if not found or (isinstance(value, ast.Name) and value.id in function.params):
                yield None
            for each in found:
                if each.element:
                    yield from _elements(program, each.value, each.function, far - 1)
                else:
                    yield from literals(program, each.value, each.function, far - 1)
        case ast.Call():
            called = program.called(value, function)
            returned = [step.node for step in called.steps if isinstance(step.node, ast.Return)] if called else []
            if called is None or not returned:
                yield None
            else:
                for node in returned:
                    yield from literals(program, node.value or ast.Constant(None), called, far - 1)
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(program, body, function, far - 1)
            yield from literals(program, orelse, function, far - 1)
        case _:
            yield None


def _elements(program: Program, value: ast.expr, function: Function, far: int) -> Iterator[str | None]:
    match value:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for element in elements:
                yield from literals(program, element, function, far)
        case ast.Name() | ast.Attribute() if far > 0:
            found = program.assigned(function, value)
            if not found:
                yield None
            for each in found:
                yield from _elements(program, each.value, each.function, far - 1)
        case _:
            yield None
