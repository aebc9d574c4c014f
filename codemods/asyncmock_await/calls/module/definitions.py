"""The functions of a module, and where they stand: they are looked for once, and asked for by many."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codemods.asyncmock_await.calls.module.scan import Function, functions_of


@dataclass(frozen=True, slots=True)
class Definitions:
    """What a module defines.

    `top` are the functions at its top level, `methods` those of each class there, `nested` all those of classes within
    classes, by the class at the top level.
    """

    top: list[Function]
    methods: Mapping[ast.ClassDef, list[Function]]
    nested: Mapping[ast.ClassDef, list[Function]]

    def __iter__(self) -> Iterator[tuple[Function, ast.ClassDef | None]]:
        """All functions, each with its class at the top level."""
        yield from ((each, None) for each in self.top)
        for node, methods in self.methods.items():
            yield from ((each, node) for each in methods)
            yield from ((each, node) for each in self.nested.get(node, ()))

    def named(self, owner: str, name: str) -> Function | None:
        """The one function of a name, of the class `owner` unless that is "", None where there are several."""
        methods = (each for node, each in self.methods.items() if node.name == owner)
        functions = next(methods, []) if owner else self.top
        found = [each for each in functions if each.name == name]
        return found[0] if len(found) == 1 else None


def definitions_of(tree: ast.Module) -> Definitions:
    """The functions of a module, those under conditions included."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    nested = {node: list(_within(node)) for node in classes}
    return Definitions(
        functions_of(tree.body),
        {node: functions_of(node.body) for node in classes},
        {node: found for node, found in nested.items() if found},
    )


def _within(node: ast.ClassDef) -> Iterator[Function]:
    """The functions of the classes in a class."""
    for inner in node.body:
        if isinstance(inner, ast.ClassDef):
            yield from functions_of(inner.body)
            yield from _within(inner)
