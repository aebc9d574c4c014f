"""What a call of a method of the test class itself may change, by what the method does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.asyncmock_await.calls.module.definitions import Definitions
from codemods.asyncmock_await.calls.module.handed import CHANGES_NOTHING, Surroundings, effect, sets_up
from codemods.asyncmock_await.calls.module.scan import (
    CONFIGURING,
    Function,
    bound_names,
    nodes_of,
    parameters,
    root_name,
)
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module

_CLOSED = (ast.Global, ast.Nonlocal, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""What may change anything, now or later."""

_MAKES = re.compile(r"(?<![a-z])(Async|Magic|NonCallable)?Mock\Z")
"""The names of classes of mocks: what they are made with, they keep."""


class OwnMethods:
    """Answers about the classes of one module."""

    def __init__(self, module: Module, definitions: Definitions, around: Surroundings) -> None:
        self._module = module
        self._around = around
        self._methods = {
            node.name: {each.name: each for each in methods}
            for node, methods in definitions.methods.items()
            if len({each.name for each in methods}) == len(methods)
        }
        self._known: dict[tuple[str, str], frozenset[str] | None] = {}

    def sets(self, owner: str, name: str) -> frozenset[str] | None:
        """The attributes of `self` that a call of a method may set, with those that it calls in turn.

        None where it may change more than that: what these attributes hold, or what anything else does.
        """
        if (owner, name) not in self._known:
            self._known[owner, name] = None  # what calls itself in the end
            method = self._methods.get(owner, {}).get(name)
            plain = method is not None and not method.decorator_list and parameters(method)[:1] == ["self"]
            if method is not None and plain:
                found = frozenset(self._set_by(self._module.read(method), owner))
                self._known[owner, name] = None if "" in found else found
        return self._known[owner, name]

    def _set_by(self, method: Function, owner: str) -> Iterator[str]:
        """The attributes that a method sets; "" among them where it may change more."""
        local = bound_names(method)
        made = _made(method, local)
        stack: list[ast.AST] = list(method.body)
        while stack:
            node = stack.pop()
            match node:
                case ast.Call(func=called):
                    yield from self._called(dotted_name(called), owner, local)
                    given = [*node.args, *(keyword.value for keyword in node.keywords)]
                    stack += (each for each in given if not _is_member(each))
                    stack += () if _is_of_self(called) else (called,)
                case ast.Attribute(attr=name, ctx=ast.Store(), value=ast.Name(id="self")):
                    yield name
                case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                    yield from () if root_name(node) in made else ("",)
                    stack += ast.iter_child_nodes(node)
                case ast.Name(id="self"):
                    yield ""
                case _:
                    yield from ("",) if isinstance(node, _CLOSED) else ()
                    stack += ast.iter_child_nodes(node)

    def _called(self, name: str, owner: str, local: set[str]) -> Iterator[str]:
        """What a call of a dotted name in a method may set."""
        first, _, rest = name.partition(".")
        if first == "self" and rest and "." not in rest:
            if rest in self._methods.get(owner, {}):
                found = self.sets(owner, rest)
                yield from {""} if found is None else found
            elif effect(name, False, self._around) not in CHANGES_NOTHING:
                yield ""
            return
        if _MAKES.search(name):
            return
        sets = name.rpartition(".")[2] in CONFIGURING or (first == "self" and sets_up(name))
        if sets or effect(name, first in local, self._around) not in CHANGES_NOTHING:
            yield ""


def _made(method: Function, local: set[str]) -> set[str]:
    """The names of a method that stand for nothing but what it makes itself, of nothing that it was given."""
    targets: set[ast.AST] = {method}
    names: set[str] = set()
    for node in nodes_of(method):
        match node:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.Call() as call):
                used = {part.id for part in nodes_of(call) if isinstance(part, ast.Name)}
                if used.isdisjoint(local):
                    targets.add(target)
                    names.add(name)
    return names - bound_names(method, besides=targets)


def _is_of_self(node: ast.AST) -> bool:
    """Whether something is a chain of attributes of `self`."""
    while isinstance(node, ast.Attribute):
        node = node.value
        if isinstance(node, ast.Name):
            return node.id == "self"
    return False


def _is_member(node: ast.AST) -> bool:
    """Whether something is an attribute of `self`, whose object goes to whoever is given it."""
    return isinstance(node, ast.Attribute) and _is_of_self(node)
