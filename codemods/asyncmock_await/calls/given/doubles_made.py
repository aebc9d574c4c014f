"""The doubles that a module makes at its top level."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.asyncmock_await.calls.following.creations import class_kind
from codemods.asyncmock_await.calls.module.scan import changed_names
from codemods.asyncmock_await.calls.text.texts import Texts
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module


def doubles_made(module: Module, names: ModuleNames, mocks: MockNames, texts: Texts) -> Iterator[tuple[str, ast.Call]]:
    """The names to which a module assigns a mock at its top level, once, and that nothing in it changes."""
    found: dict[str, ast.Call] = {}
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as made):
                makes = class_kind(made.func, mocks) != "unknown" and texts.makes_mocks(node)
                if makes and len(names.bindings.get(name, ())) == 1:
                    found[name] = made
    if not found:
        return
    module.read_all(words=[name.encode() for name in found])
    changed: set[str] = set()
    for node in module.tree.body:
        if not (isinstance(node, ast.Assign) and node.value in found.values()):
            changed |= changed_names(node)
    for name, call in found.items():
        if name not in changed and not _is_patched(module, name):
            yield name, call


def _is_patched(module: Module, name: str) -> bool:
    """Whether a string of the module ends in a name, as that of a patch of its own would."""
    return re.search(rb"""[.'"]%s['"]""" % name.encode(), module.source.body) is not None
