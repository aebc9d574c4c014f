"""Source roots that only the imports tell of: a service that is started in its own folder needs no packaging file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from codemods.toolkit.python.layout import INIT, Layout
from codemods.toolkit.python.names import ImportStatement, ModuleNames
from codemods.toolkit.python.project import Project


def inferred_roots(project: Project[Any]) -> tuple[str, ...]:
    """Folders that must be on the import path although `project.layout` has no such root, sorted.

    An import that stands unguarded at the top of a module has to succeed, or the module can't be loaded at all.  So
    where no root of a file holds what it imports, the nearest folder above the file that does hold it is a root: for
    `from app.ws import Manager` in `svc/app/main.py`, beside `svc/app/ws.py`, that is `svc`.  A package may hold a
    module that is only named like one of somebody else (`mcp/server.py` in a project that uses `mcp`), so what is
    known of the module has to agree, and in a package it has to be known.  Only files that were collected are asked.
    """
    found: set[str] = set()
    for path, entry in project.entries.items():
        if entry.names is not None:
            for statement in entry.names.imports:
                if not (statement.level or statement.context or statement.function):
                    found.update(_needed(project, path, statement))
    return tuple(sorted(found))


def _needed(project: Project[Any], path: str, statement: ImportStatement) -> Iterator[str]:
    wanted: list[tuple[str, tuple[str, ...]]] = [(name.name, ()) for name in statement.names]
    if statement.is_from:
        wanted = [(statement.module, tuple(name.name for name in statement.names if name.name != "*"))]
    for module, names in wanted:
        if module.partition(".")[0] not in sys.stdlib_module_names:
            folder = _folder_above(project.layout, path, module)
            if folder and _agrees(project, folder, module, names):
                yield folder


def _folder_above(layout: Layout, path: str, module: str) -> str:
    """The nearest folder above a file that holds a module; "" where a root of the file holds it already, or none."""
    below = module.replace(".", "/")
    if any(layout.child(root, below) != (None, None) for root in layout.roots_for(path)[0]):
        return ""
    folder = path.rpartition("/")[0]
    while folder and layout.child(folder, below) in {(None, None), (path, None)}:
        folder = folder.rpartition("/")[0]
    return folder


def _agrees(project: Project[Any], folder: str, module: str, names: tuple[str, ...]) -> bool:
    """Whether the module that a folder holds can be the one that is meant: it gives the names that are imported."""
    layout = project.layout
    file, below = layout.child(folder, module.replace(".", "/"))
    left = [name for name in names if below is None or layout.child(below, name) == (None, None)]
    if names and not left:
        return True
    entry = project.entries.get(file) if file is not None else None
    if left and entry is not None and entry.names is not None:
        return all(_gives(entry.names, name) for name in left)
    is_package = f"{folder}{INIT}" in layout.paths and folder.rpartition("/")[2].isidentifier()
    return "." in module and not is_package


def _gives(names: ModuleNames, name: str) -> bool:
    return bool(name in names.bindings or names.stars or names.dynamic or name in names.global_names)
