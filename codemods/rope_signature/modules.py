"""Modules that are handed on as values: a function of theirs may then be called on any object."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.toolkit.python.collect_names import last_part
from codemods.toolkit.python.names import Import, ModuleNames
from codemods.toolkit.python.project import Module

_HARMLESS = frozenset({"object", "setattr", "getattr", "hasattr", "delattr", "reload", "testmod", "spy", "stub"})
"""Functions that take a module and the name of what they look at in it."""


def handed_on(module: Module, names: ModuleNames, dotted: str) -> tuple[Import, ...]:
    """The imports by which a module `dotted`, or one of its last name, is read as a value."""
    found = dict(_imports(names, dotted.rpartition(".")[2]))
    if not found:
        return ()
    passed = {id(child) for node in ast.walk(module.tree) for child in _not_handed_on(node)}
    return tuple(
        {
            found[node.id]: None
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Name) and node.id in found and id(node) not in passed
        }
    )


def _imports(names: ModuleNames, last: str) -> Iterator[tuple[str, Import]]:
    """Names that an import may bind to the module."""
    for statement in names.imports:
        for name in statement.names:
            if statement.is_from and name.name == last:
                yield name.bound, Import(statement.level, statement.module, name.name)
            elif not statement.is_from and name.name.rpartition(".")[2] == last and (name.asname or name.name == last):
                yield name.asname or name.name, Import(0, name.name, "")


def _not_handed_on(node: ast.AST) -> Iterator[ast.AST]:
    """Names in a node that stay where they are: before a dot, bound anew, given to what only looks at them."""
    match node:
        case ast.Attribute(value=value):
            yield value
        case ast.Name(ctx=ast.Store() | ast.Del()):
            yield node
        case ast.Call(func=func, args=args) if last_part(func) in _HARMLESS:
            yield from args
