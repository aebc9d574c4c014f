"""Chains of names in one module that may lead to the definition."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from codemods.rope_move.definition import first_line
from codemods.rope_move.facts import Chain
from codemods.toolkit.python.collect_names import if_context, last_part, lines_of
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scope_walk import is_generic
from codemods.toolkit.python.scopes import FUNCTION, Scope, Use, Walk

LOOKUPS = frozenset({"getattr", "hasattr"})
PATCHES = frozenset({"patch", "setattr", "delattr", "object", "spy"})
_SCANS = frozenset({"vars", "dir", "getmembers", "getattr"})


class Search:
    """The search in one module for `name`; `walk` holds all uses of names and strings in the lines that matter.

    `wanted` says which names can be the first of a chain that matters, `pattern` in which lines one stands (None: all
    lines), and `future` that annotations are not evaluated.
    """

    def __init__(
        self,
        module: Module,
        name: str,
        wanted: Callable[[str], bool],
        pattern: re.Pattern[bytes] | None,
        *,
        future: bool,
    ) -> None:
        self._module = module
        self._name = name
        self._wanted = wanted
        self._future = future
        lines = list(range(1, len(module.line_starts) + 1)) if pattern is None else lines_of(module, pattern)
        self.walk = Walk(module, wanted, lines, strings=True)
        self._tops = [module.line_starts[first_line(node) - 1] for node in module.tree.body]

    def chains(self) -> Iterator[Chain]:
        """All chains that begin with a wanted name."""
        for use in self.walk.uses:
            if isinstance(use.node, ast.Name):
                yield self._chain(use, use.node)
            elif isinstance(use.node, ast.Constant) and is_annotation(use) and isinstance(use.node.value, str):
                yield from self._in_annotation(use, use.node, use.node.value)

    def _chain(self, use: Use, node: ast.Name) -> Chain:
        nodes: list[ast.expr] = [node]
        around = list(use.path)
        while around and isinstance(above := around[-1], ast.Attribute) and above.value is nodes[-1]:
            nodes.append(above)
            around.pop()
        names = tuple(each.id if isinstance(each, ast.Name) else getattr(each, "attr", "") for each in nodes)
        start, ends = self._module.span(node)[0], tuple(self._module.span(each)[1] for each in nodes)
        doing, attribute = _doing(nodes[-1], around, self._name)
        annotation = is_annotation(use)
        start, ends, exact = self._placed(names, start, ends, use)
        exact = exact and not (doing == "patch" and replaces_others(around[-1], self._name))
        bound, statement = self._bound(use.scope, node, names[0])
        return Chain(
            names, start, ends, node.lineno, node.col_offset, bound, statement, doing, attribute, exact,
            eager=not _is_lazy(use) and not (annotation and self._future), annotation=annotation, top=self._top(node),
            effect=_effect(nodes[-1], around),
        )  # fmt: skip

    def _placed(
        self, names: tuple[str, ...], start: int, ends: tuple[int, ...], use: Use
    ) -> tuple[int, tuple[int, ...], bool]:
        """Where the chain is.  Before Python 3.12 the parser gives wrong places for what stands in an f-string."""
        body, text = self._module.source.body, ".".join(names).encode()
        strings = [node for node in use.path if isinstance(node, ast.JoinedStr)]
        if not strings:
            return start, ends, body[start : ends[-1]] == text or len(names) == 1
        if body[start : ends[-1]] == text:
            return start, ends, True
        first, end = self._module.span(strings[0])
        found = [match.start() for match in re.finditer(rb"(?<![\w.])" + re.escape(text) + rb"(?!\w)", body[first:end])]
        if len(found) != 1:
            return start, ends, False
        at = first + found[0]
        lengths = [len(".".join(names[: count + 1]).encode()) for count in range(len(names))]
        return at, tuple(at + length for length in lengths), True

    def _bound(
        self, scope: Scope, node: ast.expr, name: str
    ) -> tuple[Literal["module", "import", "several", "local"], int]:
        found = scope.lookup(name)
        while found is not None and found.kind == "class" and self._is_bound_later(found, node, name):
            # A class body reads what is around it until it binds the name itself.
            found = found.parent.lookup(name) if found.parent is not None else None
        if found is None or found.kind == "module":
            return "module", -1
        bindings = found.bindings[name]
        imports = [binding.node for binding in bindings if isinstance(binding.node, (ast.Import, ast.ImportFrom))]
        if len(bindings) > 1 and imports:
            return "several", -1
        return ("import", self._module.span(imports[0])[0]) if imports else ("local", -1)

    def _is_bound_later(self, scope: Scope, node: ast.expr, name: str) -> bool:
        """Whether the statements that bind a name have not run yet where it is read."""
        at = self._module.span(node)[0]
        simple = (ast.Assign, ast.AnnAssign, ast.ClassDef, *FUNCTION, ast.Import, ast.ImportFrom)
        return all(
            isinstance(binding.node, simple) and self._module.span(binding.node)[1] > at
            for binding in scope.bindings[name]
        )

    def _top(self, node: ast.expr) -> int:
        """Where the statement of the top level around a node starts."""
        at = self._module.offset(node.lineno, node.col_offset)
        index = bisect_right(self._tops, at) - 1
        return self._tops[max(index, 0)] if self._tops else 0

    def _in_annotation(self, use: Use, node: ast.Constant, text: str) -> Iterator[Chain]:
        """The chains in an annotation that is a string."""
        try:
            expression = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError):
            return
        whole = plain(self._module, node, text)
        names = [(expression, name, whole) for name in _names_in(expression)]
        names += [(within, name, None) for within in _quoted_in(expression) for name in _names_in(within)]
        for around, name, inside in names:
            if not self._wanted(name.id):
                continue
            chain = _chain_from(around, name)
            bound, statement = self._bound(use.scope, node, name.id)
            if inside is None or name.lineno != 1:
                start, ends, exact = self._module.span(node)[0], (self._module.span(node)[1],) * len(chain), False
            else:
                start, ends, exact = inside + name.col_offset, tuple(inside + end for _, end in chain), True
            yield Chain(
                tuple(part for part, _ in chain), start, ends, node.lineno, node.col_offset, bound, statement,
                "read", "", exact, eager=False, annotation=True, top=self._top(node),
            )  # fmt: skip


def plain(module: Module, node: ast.Constant, text: str) -> int | None:
    """Where the characters of a string start in the file, None where they don't stand there as they are."""
    start, end = module.span(node)
    written = module.source.body[start:end]
    found = re.fullmatch(rb"[rRuU]?(\"\"\"|'''|\"|')(.*)\1", written, re.DOTALL)
    return start + found.start(2) if found is not None and found[2] == text.encode() else None


def _doing(
    node: ast.expr, around: Sequence[ast.AST], name: str
) -> tuple[Literal["read", "store", "lookup", "patch", "scan"], str]:
    """What is done with a chain, and for which attribute."""
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        return "store", ""
    match [None, *around][-1]:
        case ast.keyword(arg="target") if isinstance(around[-2], ast.Call) and last_part(around[-2].func) in PATCHES:
            return "patch", _keyword(around[-2])
        case ast.Call(func=func, args=[first]) as call if (
            first is node and last_part(func) in PATCHES and _keyword(call)
        ):
            return "patch", _keyword(call)
        case ast.Call(func=func, args=[first, ast.Constant(value=str() as attribute), *_]) if first is node:
            called = last_part(func)
            if called in LOOKUPS:
                return "lookup", attribute
            if called in PATCHES:
                return "patch", attribute
        case ast.Call(func=func, args=[first, *_]) if first is node and last_part(func) in _SCANS:
            return "scan", ""
        case ast.Call(func=func, args=[first, *_], keywords=keywords) if (
            first is node and last_part(func) == "multiple"
        ):
            return ("patch", name) if any(keyword.arg == name for keyword in keywords) else ("read", "")
        case ast.AugAssign(target=target) if target is node:
            return "store", ""
    return "read", ""


def _keyword(call: ast.Call) -> str:
    """The attribute that a mock takes the place of, where it is given by a keyword (of `patch.object`, `setattr`)."""
    for keyword in call.keywords:
        if keyword.arg in {"attribute", "name"} and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""


def replaces_others(call: ast.AST, name: str) -> bool:
    """Whether a call of `patch.multiple` replaces other names of the same module, too."""
    options = {name, "spec", "create", "spec_set", "autospec", "new_callable"}
    return (
        isinstance(call, ast.Call)
        and last_part(call.func) == "multiple"
        and any(keyword.arg not in options for keyword in call.keywords)
    )


def _effect(node: ast.expr, around: Sequence[ast.AST]) -> Literal["", "changes", "acts", "logs"]:
    """What the statement around a chain does: see `Chain`."""
    called = False
    match [None, *around][-1]:
        case ast.Call(func=func, args=[only], keywords=[]) if only is node and is_logger(func):
            return "logs"
    for above in reversed(around):
        match above:
            case ast.Subscript(value=value, ctx=context) | ast.Attribute(value=value, ctx=context) if value is node:
                if not isinstance(context, ast.Load):
                    return "changes"
                node = above
            case ast.Call(func=func) if func is node:
                called, node = isinstance(node, ast.Attribute), above
            case ast.Expr() if called:
                return "changes"
            case _:
                break
    main = any(isinstance(each, ast.If) and if_context(each.test) == "main" for each in around)
    return "acts" if any(isinstance(each, ast.Expr) for each in around) and not main else ""


def is_logger(func: ast.expr) -> bool:
    """Whether a function gives loggers, by its name: `logging.getLogger`, `get_logger`."""
    return last_part(func).replace("_", "").lower() == "getlogger"


def _names_in(expression: ast.expr) -> Iterator[ast.Name]:
    return (each for each in ast.walk(expression) if isinstance(each, ast.Name))


def _quoted_in(expression: ast.expr) -> Iterator[ast.expr]:
    """The expressions in strings within an annotation that is a string itself."""
    literal = {
        id(each)
        for node in ast.walk(expression)
        if isinstance(node, ast.Subscript) and _is_literal(node)
        for each in ast.walk(node)
    }
    for node in ast.walk(expression):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in literal:
            try:
                yield ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError):
                continue


def _chain_from(expression: ast.expr, name: ast.Name) -> list[tuple[str, int]]:
    """The chain that begins with a name in an expression of one line: each name, and where it ends."""
    chain = [(name.id, name.end_col_offset or 0)]
    at: ast.expr = name
    parents = {id(each.value): each for each in ast.walk(expression) if isinstance(each, ast.Attribute)}
    while id(at) in parents:
        above = parents[id(at)]
        chain.append((above.attr, above.end_col_offset or 0))
        at = above
    return chain


def is_annotation(use: Use) -> bool:
    """Whether a use is (part of) an annotation, or a string that type checkers read as one."""
    around = [*use.path, use.node]
    if any(isinstance(each, ast.Subscript) and _is_literal(each) for each in around):
        return False
    for parent, child in pairwise(around):
        match parent:
            case ast.arg():
                return True
            case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns) if child is returns:
                return True
            case ast.AnnAssign(annotation=annotation) if child is annotation:
                return True
            case ast.Call(func=func, args=[first, *_]) if last_part(func) in {"cast", "TypeVar"}:
                if isinstance(use.node, ast.Constant):
                    return (child is first) == (last_part(func) == "cast")
            case ast.Subscript(value=value) if child is not value and is_generic(value):
                if isinstance(use.node, ast.Constant):
                    return True
    return False


def _is_literal(node: ast.Subscript) -> bool:
    return last_part(node.value) == "Literal"


def _is_lazy(use: Use) -> bool:
    """Whether a use is evaluated only when a function is called."""
    scope: Scope | None = use.scope
    while scope is not None:
        if scope.kind == "function" and isinstance(scope.node, (*FUNCTION, ast.Lambda)):
            return True
        scope = scope.parent
    return False
