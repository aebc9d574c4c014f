"""Source roots that only the imports tell of: a service that is started in its own folder needs no packaging file.

An import that stands unguarded at the top of a module has to succeed, or the module can't be loaded at all.  So where
no root of a file holds what it imports, the nearest folder above the file that does hold it is a root: for
`from app.ws import Manager` in `svc/app/main.py`, beside `svc/app/ws.py`, that is `svc`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from codemods.toolkit.python.layout import INIT, Layout
from codemods.toolkit.python.names import ImportStatement, ModuleNames
from codemods.toolkit.python.project import Project


class Evidence(msgspec.Struct, frozen=True):
    """An import that would succeed with `folder` on the import path: its module is `file` ("" for a mere folder).

    `left` are the names that the file has to give, `plain` says that the import names the module alone.
    """

    folder: str
    file: str
    module: str
    left: tuple[str, ...]
    plain: bool


def evidence(project: Project[Any]) -> tuple[Evidence, ...]:
    """The imports of collected files that speak for roots which the layout doesn't have."""
    found: dict[Evidence, None] = {}
    for path, entry in project.entries.items():
        if entry.names is not None:
            for statement in entry.names.imports:
                if not (statement.level or statement.context or statement.function):
                    found |= dict.fromkeys(_of_statement(project.layout, path, statement))
    return tuple(found)


def inferred_roots(project: Project[Any], found: Iterable[Evidence]) -> tuple[str, ...]:
    """The folders that evidence speaks for, sorted; `project` has to know what the files of the evidence bind.

    A package may hold a module that is only named like one of somebody else (`mcp/server.py` in a project that uses
    `mcp`): the evidence counts where the module has the names that are imported from it.
    """
    return tuple(sorted({each.folder for each in found if _holds(project, each)}))


def _of_statement(layout: Layout, path: str, statement: ImportStatement) -> Iterator[Evidence]:
    wanted: list[tuple[str, tuple[str, ...]]] = [(name.name, ()) for name in statement.names]
    if statement.is_from:
        wanted = [(statement.module, tuple(name.name for name in statement.names if name.name != "*"))]
    for module, names in wanted:
        folder = _folder_above(layout, path, module) if module.partition(".")[0] not in sys.stdlib_module_names else ""
        if folder:
            file, below = layout.child(folder, module.replace(".", "/"))
            left = tuple(name for name in names if below is None or layout.child(below, name) == (None, None))
            yield Evidence(folder, file or "", module, left, not names)


def _folder_above(layout: Layout, path: str, module: str) -> str:
    """The nearest folder above a file that holds a module; "" where a root of the file holds it already, or none."""
    below = module.replace(".", "/")
    if any(layout.child(root, below) != (None, None) for root in layout.roots_for(path)[0]):
        return ""
    folder = path.rpartition("/")[0]
    while folder and layout.child(folder, below) in {(None, None), (path, None)}:
        folder = folder.rpartition("/")[0]
    return folder


def _holds(project: Project[Any], each: Evidence) -> bool:
    if each.left:
        entry = project.entries.get(each.file)
        return entry is not None and entry.names is not None and all(_gives(entry.names, name) for name in each.left)
    if not each.plain:
        return True  # all the names are modules
    *_above, name = each.folder.split("/")
    is_package = f"{each.folder}{INIT}" in project.layout.paths and name.isidentifier()
    return "." in each.module and not is_package


def _gives(names: ModuleNames, name: str) -> bool:
    return bool(name in names.bindings or names.stars or names.dynamic or name in names.global_names)
