"""Who may be hit by a change: files that import a name which a changed module no longer binds."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from codemods.toolkit.pipeline.collection import Collector, Tree
from codemods.toolkit.python.project import Project


def lost_names(before: Project[Any], after: Project[Any], changed: Iterable[str]) -> dict[str, frozenset[str]]:
    """The names that each changed module (or deleted one) bound before, and doesn't bind any more."""
    lost: dict[str, frozenset[str]] = {}
    for path in changed:
        names = _bound(before, path) - (_bound(after, path) if path in after.layout.paths else frozenset())
        if names or path not in after.layout.paths:
            lost[path] = names
    return lost


def _bound(project: Project[Any], path: str) -> frozenset[str]:
    entry = project.entries.get(path)
    return frozenset(entry.names.bindings) if entry is not None and entry.names is not None else frozenset()


def possible_importers(
    collector: Collector, tree: Tree, known: Collection[str], lost: Mapping[str, frozenset[str]], gone: Collection[str]
) -> set[str]:
    """Files besides the `known` ones that may import a lost name, or a module that is `gone`, as their bytes say.

    `from m import name` holds the name and that of its module, except in the package itself (`from . import name`).
    """
    names = frozenset().union(*lost.values(), (_stem(path) for path in gone))
    holders = collector.mentioning(tree, [path for path in tree.files if path not in known], names)
    stems = collector.mentioning(tree, holders, frozenset(map(_stem, lost)))
    found: set[str] = set()
    for path, changed_names in lost.items():
        stem, folder = _stem(path), posixpath.dirname(path)
        for holder, held in holders.items():
            near = stem in stems.get(holder, ()) or (_is_package(path) and posixpath.dirname(holder) == folder)
            if near and (path in gone or not changed_names.isdisjoint(held)):
                found.add(holder)
    return found


def _is_package(path: str) -> bool:
    return posixpath.basename(path) == "__init__.py"


def _stem(path: str) -> str:
    name = posixpath.dirname(path) if _is_package(path) else path.removesuffix(".py")
    return posixpath.basename(name)
