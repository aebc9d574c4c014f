"""`--prune`: shim modules and aliases that nobody imports any more go; for the others, what keeps them alive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.toolkit.codemod import Finding, Site
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.names import Bound, ModuleNames
from codemods.toolkit.python.origins import Origins, package_folder
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.family import role
from codemods.websocket_ssot.file_imports import FileImports
from codemods.websocket_ssot.meanings import FAMILY_KINDS, Meanings
from codemods.websocket_ssot.part import ExportChange, Removal

SHIM = "shim"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Pruned:
    """What goes: whole files, and by file the alias statements with their entries of `__all__`.

    `orphans` are imports (start of the statement, position) that only such an alias used.
    """

    sites: tuple[Site, ...] = ()
    findings: tuple[Finding, ...] = ()
    deletions: tuple[str, ...] = ()
    removals: Mapping[str, tuple[Removal, ...]] = field(default_factory=dict)
    orphans: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    exports: Mapping[str, tuple[ExportChange, ...]] = field(default_factory=dict)


def shim_modules(project: Project[Facts], meanings: Meanings) -> frozenset[str]:
    """Modules that define nothing of their own and hand managers on; packages and tests are none."""
    canonical = meanings.canonical
    kept = {canonical.factory_path, canonical.class_path, canonical.factory.path, canonical.cls.path}
    found = set()
    for path, entry in project.entries.items():
        if entry.names is None or entry.facts is None or not entry.facts.hands_on or path in kept:
            continue
        if package_folder(path) is None and not is_test(path) and _only_shims(path, entry.names, meanings):
            found.add(path)
    return frozenset(found)


def _only_shims(path: str, names: ModuleNames, meanings: Meanings) -> bool:
    """Whether all that a module defines for others stands for a manager, and something does."""
    for name, found in names.bindings.items():
        if name.startswith("_") or not any(bound.kind in {"def", "async def", "class"} for bound in found):
            continue
        if role(name) not in {"manager", "make", "factory", "make-factory", "adapter"}:
            return False
        if meanings.meaning(meanings.origins.bound(path, name), name).kind not in {"shim", "class-shim"}:
            return False
    return any(True for _name in _family_names(path, names, meanings))


def _family_names(path: str, names: ModuleNames, meanings: Meanings) -> Iterator[str]:
    for name in names.bindings:
        if meanings.meaning(meanings.origins.bound(path, name), name).kind in FAMILY_KINDS:
            yield name


def pruned(
    project: Project[Facts],
    meanings: Meanings,
    plans: Mapping[str, FileImports],
    withheld: Mapping[str, tuple[str, str]],
) -> Pruned:
    """What nobody imports any more once the plans are carried out."""
    return _Pruning(project, meanings, plans, withheld).pruned()


def _orphans(names: ModuleNames, facts: Facts, gone: Sequence[Removal]) -> Iterator[tuple[int, int]]:
    """Imports that only statements which go have used."""
    exported = {export.name for export in names.exports or ()}
    for statement in names.imports:
        if statement.function or not statement.is_from:
            continue
        for index, imported in enumerate(statement.names):
            uses = [use.start for use in facts.uses if use.bound == 0 and use.names[0] == imported.bound]
            left = [at for at in uses if not any(removal.start <= at < removal.end for removal in gone)]
            if uses and not left and imported.bound not in exported:
                yield statement.start, index


class _Pruning:
    def __init__(
        self,
        project: Project[Facts],
        meanings: Meanings,
        plans: Mapping[str, FileImports],
        withheld: Mapping[str, tuple[str, str]],
    ) -> None:
        self.project = project
        self.meanings = meanings
        self.plans = plans
        self.withheld = withheld
        self.origins: Origins = meanings.origins
        self.importers: dict[str, set[str]] = {}
        self.takers: dict[tuple[str, str], set[str]] = {}
        for path, plan in plans.items():
            self.note(path, plan)

    def note(self, path: str, plan: FileImports) -> None:
        """Who still imports what once the plan of a file is carried out, and which strings name it."""
        entry = self.project.entries[path]
        for statement in entry.names.imports if entry.names else ():
            gone = plan.gone.get(statement.start, set())
            for index, imported in enumerate(statement.names):
                if index in gone:
                    continue
                if not statement.is_from:
                    self.imported(path, self.origins.module(path, 0, imported.name).path, "*")
                    continue
                module = self.origins.module(path, statement.level, statement.module)
                self.imported(path, module.path, imported.name)
                if imported.name != "*":
                    below = self.origins.imported(path, statement.level, statement.module, imported.name)
                    if below.status == "module":
                        self.imported(path, below.path, "*")
        for dotted in entry.facts.paths if entry.facts else ():
            parts = dotted.split(".")
            for count in range(len(parts), 0, -1):
                module = self.origins.module(path, 0, ".".join(parts[:count]))
                if module.status == "module" and module.path.endswith(".py"):
                    self.imported(path, module.path, parts[count] if count < len(parts) else "*")
                    break

    def imported(self, path: str, file: str, name: str) -> None:
        if path != file:
            self.importers.setdefault(file, set()).add(path)
            self.takers.setdefault((file, name), set()).add(path)

    def pruned(self) -> Pruned:
        sites: list[Site] = []
        shims = shim_modules(self.project, self.meanings)
        deleted: set[str] = set()
        while True:
            free = {
                path for path in shims - deleted - self.withheld.keys() if not self.importers.get(path, set()) - deleted
            }
            if not free:
                break
            deleted |= free
        for path in sorted(shims):
            if path in deleted:
                sites.append(Site(SHIM, path, 1, 0, path, "rewritten", "nobody imports it any more: deleted"))
            else:
                reason = "one whose change was refused" if path in self.withheld else self.reason(path, "", deleted)
                sites.append(Site(SHIM, path, 1, 0, path, "kept", reason))
        removals: dict[str, tuple[Removal, ...]] = {}
        exports: dict[str, tuple[ExportChange, ...]] = {}
        orphans: dict[str, tuple[tuple[int, int], ...]] = {}
        for path in self.plans:
            if path not in shims and not is_test(path):
                self.aliases(path, deleted, sites, removals, exports, orphans)
        findings = (
            Finding("WS144", s.path, s.line, 0, f"{s.name} is {s.reason}") for s in sites if s.decision == "kept"
        )
        return Pruned(tuple(sites), tuple(findings), tuple(sorted(deleted)), removals, orphans, exports)

    def aliases(
        self,
        path: str,
        deleted: set[str],
        sites: list[Site],
        removals: dict[str, tuple[Removal, ...]],
        exports: dict[str, tuple[ExportChange, ...]],
        orphans: dict[str, tuple[tuple[int, int], ...]],
    ) -> None:
        entry = self.project.entries[path]
        if entry.names is None or entry.facts is None:
            return
        gone: list[Removal] = []
        promised: list[ExportChange] = []
        used = {use.names[0] for use in entry.facts.uses if use.bound == 0}
        for name, bound in self.alias_bindings(path, entry.names):
            alive = (self.takers.get((path, name), set()) | self.takers.get((path, "*"), set())) - deleted
            if name in used or alive:
                reason = "used in its own module" if name in used else self.reason(path, name, deleted)
                sites.append(Site(SHIM, path, bound.line, 0, name, "kept", reason))
                continue
            if path in self.withheld:
                code, why = self.withheld[path]
                sites.append(Site(SHIM, path, bound.line, 0, name, "refused", why, code))
                continue
            gone.append(Removal(bound.start, bound.end, alone=False))
            promised += [ExportChange(e.start, e.end) for e in entry.names.exports or () if e.name == name]
            sites.append(Site(SHIM, path, bound.line, 0, name, "rewritten", "nobody uses this alias any more: deleted"))
        if gone:
            removals[path], exports[path] = tuple(gone), tuple(promised)
            orphans[path] = tuple(_orphans(entry.names, entry.facts, gone))

    def alias_bindings(self, path: str, names: ModuleNames) -> Iterator[tuple[str, Bound]]:
        canonical = self.meanings.canonical
        kept = {(canonical.factory_path, canonical.factory_name), (canonical.class_path, canonical.class_name)}
        for name, found in names.bindings.items():
            only = found[0]
            if len(found) != 1 or only.kind != "alias" or only.context or (path, name) in kept:
                continue
            kind = self.meanings.meaning(self.origins.bound(path, name), name).kind
            if kind in {"factory", "class", "shim", "class-shim"}:
                yield name, only

    def reason(self, path: str, name: str, deleted: set[str]) -> str:
        """Who keeps a module, or one name of it, alive."""
        takers = self.importers.get(path, set())
        if name:
            takers = self.takers.get((path, name), set()) | self.takers.get((path, "*"), set())
        left = sorted(takers - deleted)
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        return f"imported by {', '.join(left[:_SHOWN])}{more}"
