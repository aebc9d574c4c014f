"""`__all__` stays true: a promise that leads nowhere becomes a re-export where it can, else it is dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codemods.toolkit.codemod import Decision, Site
from codemods.toolkit.python.names import Export, ImportStatement, ModuleNames
from codemods.websocket_ssot.canonical import Canonical
from codemods.websocket_ssot.family import family_named, plainly_named
from codemods.websocket_ssot.meanings import Meanings
from codemods.websocket_ssot.outcomes import Target
from codemods.websocket_ssot.part import ExportChange, NewImport

EXPORT = "__all__ entry"


@dataclass(frozen=True, slots=True)
class Exports:
    """The promises of one module that led nowhere: re-exports beside an import statement (by its start), removals.

    `orphans` are imports (start of the statement, position) that lead nowhere too and that only the promise used.
    """

    sites: tuple[Site, ...]
    added: tuple[tuple[int, NewImport], ...]
    removed: tuple[ExportChange, ...]
    orphans: tuple[tuple[int, int], ...] = ()


def exports(path: str, names: ModuleNames, meanings: Meanings, closes_cycle: Callable[[str, str], bool]) -> Exports:
    """What becomes of the entries of `__all__` in one module that nothing binds."""
    sites: list[Site] = []
    added: list[tuple[int, NewImport]] = []
    removed: list[ExportChange] = []
    orphans: list[tuple[int, int]] = []
    facts = meanings.facts(path)
    used = {use.names[0] for use in facts.uses} if facts else set()
    anchor = _anchor(names)
    for export in names.exports or ():
        origin = meanings.origins.bound(path, export.name)
        if not origin.nowhere or not family_named(export.name):
            continue
        if export.name in names.bindings and not plainly_named(export.name):
            continue  # what else uses its import can't be told
        target = _target(meanings, path, export.name)
        if target and export.name in names.bindings:
            continue  # the import that binds it is repaired where it stands

        new = _new_import(meanings.canonical, target, export.name) if target else None
        file = meanings.canonical.factory_path if target == "factory" else meanings.canonical.class_path
        if new is not None and anchor is not None and file != path and not closes_cycle(path, file):
            added.append((anchor.start, new))
            sites.append(_site(path, export, "rewritten", "becomes a re-export of its one canonical meaning"))
        elif names.open_exports:
            sites.append(
                _site(path, export, "refused", "leads nowhere, and __all__ has parts that can't be read", "WS138")
            )
        else:
            removed.append(ExportChange(export.start, export.end))
            orphans.extend(_orphans(names, export.name, used))
            sites.append(_site(path, export, "rewritten", "led nowhere and has no canonical meaning: dropped"))
    return Exports(tuple(sites), tuple(added), tuple(removed), tuple(orphans))


def _orphans(names: ModuleNames, name: str, used: set[str]) -> Iterator[tuple[int, int]]:
    """Imports of a promised name that lead nowhere, where nothing else in the file uses it."""
    for statement in names.imports if name not in used else ():
        for index, imported in enumerate(statement.names):
            if statement.is_from and imported.bound == name:
                yield statement.start, index


def _site(path: str, export: Export, decision: Decision, reason: str, code: str = "") -> Site:
    return Site(EXPORT, path, export.line, 0, export.name, decision, reason, code)


def _anchor(names: ModuleNames) -> ImportStatement | None:
    """The last import statement at the top level that always runs."""
    top = [s for s in names.imports if s.at_import and not s.context and s.module != "__future__"]
    return top[-1] if top else None


def _target(meanings: Meanings, path: str, name: str) -> Target:
    kind = meanings.meaning(meanings.origins.bound(path, name), name).kind
    return "class" if kind == "missing-class" else "factory" if kind == "missing-function" else ""


def _new_import(canonical: Canonical, target: Target, name: str) -> NewImport:
    module, own = (
        (canonical.factory_module, canonical.factory_name)
        if target == "factory"
        else (canonical.class_module, canonical.class_name)
    )
    return NewImport(module, own, "" if own == name else name)
