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
from codemods.toolkit.python.names import ModuleNames
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
    held: dict[tuple[str, str], bool] = {}
    for path, entry in project.entries.items():
        folder = path.rpartition("/")[0]
        for module, names in _unguarded(entry.names) if entry.names is not None else ():
            known = held.get((folder, module))
            if known is None:
                known = held[folder, module] = _is_held(project.layout, path, module)
            spoken = None if known else _of_import(project.layout, path, module, names)
            if spoken is not None:
                found[spoken] = None
    return tuple(found)


def inferred_roots(project: Project[Any], found: Iterable[Evidence]) -> tuple[str, ...]:
    """The folders that evidence speaks for, sorted; `project` has to know what the files of the evidence bind.

    A package may hold a module that is only named like one of somebody else (`mcp/server.py` in a project that uses
    `mcp`): the evidence counts where the module has the names that are imported from it.
    """
    return tuple(sorted({each.folder for each in found if _holds(project, each)}))


def _unguarded(names: ModuleNames) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The modules that have to be there whenever a file is imported, each with the names that it has to give."""
    for statement in names.imports:
        if statement.level or statement.context or statement.function:
            continue
        if statement.is_from:
            yield statement.module, tuple([name.name for name in statement.names if name.name != "*"])
        else:
            for name in statement.names:
                yield name.name, ()


def _is_held(layout: Layout, path: str, module: str) -> bool:
    """Whether a module is found without a further root, by any file of the folder."""
    if module.partition(".")[0] in sys.stdlib_module_names:
        return True
    below = module.replace(".", "/")
    return any(layout.child(root, below) != (None, None) for root in layout.roots_for(path)[0])


def _of_import(layout: Layout, path: str, module: str, names: tuple[str, ...]) -> Evidence | None:
    """What the nearest folder above a file that holds a module speaks for; None where none does."""
    below = module.replace(".", "/")
    folder = path.rpartition("/")[0]
    while folder and layout.child(folder, below) in {(None, None), (path, None)}:
        folder = folder.rpartition("/")[0]
    if not folder:
        return None
    file, inner = layout.child(folder, below)
    left = tuple(name for name in names if inner is None or layout.child(inner, name) == (None, None))
    return Evidence(folder, file or "", module, left, not names)


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
