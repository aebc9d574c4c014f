"""Where a module names functions that may have to become async: their calls, and whatever else is done with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codemods.asyncmock_await.calls.facts import Mention, Naming, Role
from codemods.asyncmock_await.calls.module.fixtures import fixture
from codemods.asyncmock_await.calls.module.scan import Function, bound_names, holds_place, parameters
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.words import as_identifiers

_VALUE = "uses it as a value"
_LAST = re.compile(r"(?:\A|[.:])(\w+)\Z")


@dataclass(frozen=True, slots=True)
class _Around:
    """What is around a piece of code: the function and its class, and why no `await` can stand there ("" if one can).

    `hidden` are words that are parameters of the function, `bound` those that it binds in another way.
    """

    function: Function | None = None
    owner: str = ""
    obstacle: str = "calls it where no function is"
    hidden: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()

    def closed(self, obstacle: str, *, anew: bool = False) -> _Around:
        """The same, but that no `await` can stand there.  `anew`: for this reason, whatever was one before."""
        return self if self.obstacle and not anew else replace(self, obstacle=obstacle)


def mentions(module: Module, words: frozenset[str]) -> Iterator[tuple[Mention, Function | None]]:
    """All places of a module that name one of some functions, each with the function around it."""
    places = [match.start() for match in as_identifiers(words).finditer(module.source.body)] if words else []
    for node in module.tree.body:
        if holds_place(places, *module.whole_span(node)):
            module.read_all([node], [word.encode() for word in words])
            yield from _Search(module, words, places, node).node(node, _Around())


class _Search:
    """Looks through a statement at the top level; `places` are where words stand, so that others are left out."""

    def __init__(self, module: Module, words: frozenset[str], places: list[int], node: ast.stmt) -> None:
        self._module = module
        self._words = words
        self._places = places
        self._apart: set[int] = set()
        stack: list[ast.AST] = [node]
        while stack:
            part = stack.pop()
            if self._is_silent(part):
                continue
            if isinstance(part, (ast.Call, ast.Attribute, ast.Subscript)):
                self._apart.add(id(part.func if isinstance(part, ast.Call) else part.value))
            stack += ast.iter_child_nodes(part)

    def _is_silent(self, node: ast.AST) -> bool:
        """Whether this is a statement that holds none of the words."""
        return isinstance(node, ast.stmt) and not holds_place(self._places, *self._module.whole_span(node))

    def node(self, node: ast.AST, around: _Around) -> Iterator[tuple[Mention, Function | None]]:
        """All that a piece of code names."""
        if self._is_silent(node):
            return
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self._definition(node, around)
                yield from self._function(node, around)
                return
            case ast.ClassDef():
                yield from self._definition(node, around)
                yield from self._class(node, around)
                return
            case ast.Await(value=ast.Call() as call):
                yield from self._call(call, around.closed("awaits what it gives"))
                return
            case ast.Call():
                yield from self._call(node, around)
                return
            case ast.Name(id=name) if name in self._words:
                does = _VALUE if isinstance(node.ctx, ast.Load) else "gives its name to something else"
                yield from self._mention(node, "other", name, "", around.closed(does))
            case ast.Attribute(value=owner, attr=name) if name in self._words:
                does = _VALUE if isinstance(node.ctx, ast.Load) else "replaces it"
                yield from self._mention(node, "other", name, _receiver(owner), around.closed(does))
            case ast.Constant(value=str(text)):
                found = _LAST.search(text)
                if found and found[1] in self._words:
                    yield from self._mention(node, "text", found[1], text[: -len(found[1])].rstrip(".:"), around)
            case ast.alias(name=name) if name in self._words:
                yield from self._mention(node, "import", name, "", around)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                for name in self._words.intersection(names):
                    yield from self._mention(node, "other", name, "", around.closed("may bind it anew"))
        yield from self._parts(node, _inside(node, around))

    def _parts(self, node: ast.AST, around: _Around) -> Iterator[tuple[Mention, Function | None]]:
        for part in ast.iter_child_nodes(node):
            yield from self.node(part, around)

    def _definition(
        self, node: Function | ast.ClassDef, around: _Around
    ) -> Iterator[tuple[Mention, Function | None]]:  # fmt: skip
        if node.name in self._words:
            yield from self._mention(node, "definition", node.name, "", around)

    def _function(self, node: Function, around: _Around) -> Iterator[tuple[Mention, Function | None]]:
        here = around.closed("calls it where a function is defined", anew=around.function is None)
        for part in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                yield from self.node(part, here)
        hidden = self._words.intersection(parameters(node))
        role: Role = "fixture" if fixture(node) is not None else "test" if node.name.startswith("test") else "helper"
        bound = self._words.intersection(bound_names(node)) - hidden - {node.name}
        if around.function is None and "." not in around.owner:
            within = _Around(node, around.owner, "", hidden, bound)
        else:
            within = replace(
                around, obstacle="calls it in a function within another one",
                hidden=around.hidden | hidden, bound=around.bound | bound,
            )  # fmt: skip
        for word in sorted(hidden) if around.function is None else ():
            asked = replace(within, hidden=frozenset(), bound=frozenset())
            yield from self._mention(node, "parameter", word, role, asked)
        for statement in node.body:
            yield from self.node(statement, within)

    def _class(self, node: ast.ClassDef, around: _Around) -> Iterator[tuple[Mention, Function | None]]:
        here = around.closed("calls it where a class is defined", anew=around.function is None)
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            yield from self.node(part, here)
        within = here
        if around.function is None:
            within = replace(here, owner=f"{around.owner}.{node.name}" if around.owner else node.name)
        for statement in node.body:
            yield from self.node(statement, within)

    def _call(self, node: ast.Call, around: _Around) -> Iterator[tuple[Mention, Function | None]]:
        match node.func:
            case ast.Name(id=name) if name in self._words:
                yield from self._mention(node, "call", name, "", around)
            case ast.Attribute(value=owner, attr=name) if name in self._words:
                yield from self._mention(node, "call", name, _receiver(owner), around)
                yield from self.node(owner, _apart(around))
            case _:
                yield from self.node(node.func, _apart(around))
        given = around if around.obstacle != "awaits what it gives" else replace(around, obstacle="")
        for part in (*node.args, *node.keywords):
            yield from self.node(part, given)

    def _mention(
        self, node: ast.expr | ast.stmt | ast.alias, how: Naming, name: str, receiver: str, around: _Around
    ) -> Iterator[tuple[Mention, Function | None]]:  # fmt: skip
        if not receiver and name in around.hidden and how in {"call", "other"}:
            return
        obstacle = around.obstacle
        if not receiver and name in around.bound and not obstacle:
            obstacle = "binds its name to something else"
        start, end = self._module.span(node)
        function = around.function
        keyword = self._module.span(function)[0] if isinstance(function, ast.FunctionDef) else -1
        yield (
            Mention(
                name, how, receiver, node.lineno, node.col_offset, start, end, obstacle,
                function.name if function is not None else "", around.owner, keyword, id(node) in self._apart,
            ),
            function,
        )  # fmt: skip


def _receiver(node: ast.expr) -> str:
    """What stands before the dot, "?" for what is no dotted name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
        return "super()"
    return dotted_name(node) or "?"


def _apart(around: _Around) -> _Around:
    """What a call is made on is not what its `await` is for."""
    return replace(around, obstacle="") if around.obstacle == "awaits what it gives" else around


def _inside(node: ast.AST, around: _Around) -> _Around:
    """What is around the parts of an expression."""
    match node:
        case ast.Lambda():
            return around.closed("calls it in a lambda")
        case ast.GeneratorExp():
            return around.closed("calls it in a generator expression")
        case ast.JoinedStr():
            return around.closed("calls it in an f-string")
    return around
