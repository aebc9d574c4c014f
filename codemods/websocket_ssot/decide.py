"""`decide`: the one step that sees the whole project.  What happens to each site, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from codemods.toolkit.codemod import Finding, Measure, Plan, Site
from codemods.toolkit.python.cycles import ImportGraph
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.canonical import canonical
from codemods.websocket_ssot.config import Config, reference
from codemods.websocket_ssot.exports import exports
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.family import family_named, role
from codemods.websocket_ssot.imports import FileImports, Imports
from codemods.websocket_ssot.leftovers import leftovers
from codemods.websocket_ssot.lookups import Lookups
from codemods.websocket_ssot.meanings import Meanings
from codemods.websocket_ssot.outcomes import Outcome
from codemods.websocket_ssot.part import CallChange, ImportChange, Part, Removal
from codemods.websocket_ssot.patches import Patches
from codemods.websocket_ssot.repairs import repaired
from codemods.websocket_ssot.sites import Sites

KINDS = ("call site", "reference", "import", "patch target", "__all__ entry")


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """Names that lead to a manager and that no spelling gives away: `WSM = WebSocketManager`, `manager = Manager()`."""
    found: set[str] = set()
    for entry in project.entries.values():
        if entry.names is None:
            continue
        for name, bindings in entry.names.bindings.items():
            if name.startswith("__") or (family_named(name) and role(name) != "other"):
                continue
            for bound in bindings:
                source = bound.member.rpartition(".")[2] if bound.kind in {"from", "alias"} else ""
                if source and source != name and family_named(source) and role(source) in {"manager", "make"}:
                    found.add(name)
    return frozenset(found)


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """Modules that a manager's name leads through, and all that the canonical modules import when they are imported."""
    origins = Origins(project)
    wanted: set[str] = set()
    for value, key in ((config.factory, "factory"), (config.class_, "class")):
        if value:
            module, name = reference(value, key)
            path = project.layout.find(module, "")
            if path is not None:
                origin = origins.bound(path, name)
                graph = ImportGraph(project)
                wanted |= graph.closure(path) | ({origin.path} if origin.path.endswith(".py") else set())
    for path, entry in project.entries.items():
        if entry.names is None or entry.facts is None:
            continue
        _resolve_all(origins, path, entry.facts)
    wanted |= origins.unloaded
    return frozenset(path for path in wanted if path not in project.entries)


def _resolve_all(origins: Origins, path: str, facts: Facts) -> None:
    """Ask for everything that the names of a file lead to, so that `origins` notes the modules it lacks."""
    for scope in facts.scopes:
        for name, bindings in scope.bindings.items():
            for binding in bindings:
                if binding.kind == "import" and binding.is_from:
                    origins.imported(path, binding.level, binding.module, binding.member)
            if scope.index == 0:
                origins.bound(path, name)
    for use in facts.uses:
        if len(use.names) > 1 and use.bound == 0:
            origins.follow(origins.bound(path, use.names[0]), use.names[1:])
    for patch in facts.patches:
        if patch.form == "target":
            parts = patch.value.split(".")
            for count in range(len(parts) - 1, 0, -1):
                module = origins.module(path, 0, ".".join(parts[:count]))
                if module.status == "module":
                    origins.follow(module, parts[count:])
                    break


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """The plan for the whole project.

    Raises `UsageError` when a canonical definition doesn't exist, or when none is configured and none is clearly ahead.
    """
    return _Decision(project, config, withheld).plan()


class _Decision:
    def __init__(self, project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> None:
        self.project = project
        self.config = config
        self.withheld = withheld
        self.origins = Origins(project)
        self.graph = ImportGraph(project)
        found = canonical(project, self.origins, config)
        as_it_is = Meanings(project, self.origins, found, config.drop)
        mended = repaired(project, as_it_is, self.closes_cycle, frozenset(withheld))
        self.meanings = Meanings(mended, Origins(mended), found, config.drop)
        self.as_it_is = as_it_is
        self.sites_of = Sites(self.meanings, config)
        self.plans: dict[str, FileImports] = {}
        self.needed: dict[str, frozenset[str]] = {}

    def plan(self) -> Plan[Part]:
        outcomes = {path: list(self.sites_of.outcomes(path)) for path in self.paths()}
        findings = tuple(self.sites_of.findings)
        self.plans = self.planned(outcomes)
        self.needed = self.still_imported()
        self.plans = self.planned(outcomes)
        return self.composed(findings)

    def paths(self) -> Iterator[str]:
        for path in sorted(self.project.entries):
            entry = self.project.entries[path]
            if entry.names is not None and entry.facts is not None:
                yield path

    def planned(self, outcomes: Mapping[str, list[Outcome]]) -> dict[str, FileImports]:
        imports = Imports(
            self.meanings, self.project.layout, self.closes_cycle, lambda path: self.needed.get(path, frozenset())
        )
        plans = {}
        for path, found in outcomes.items():
            names = self.project.entries[path].names
            assert names is not None
            if path in self.withheld:
                found = [self.withdrawn(path, outcome) for outcome in found]
            plans[path] = imports.plan(path, names, found)
        return plans

    def withdrawn(self, path: str, outcome: Outcome) -> Outcome:
        if outcome.decision != "rewritten":
            return outcome
        code, reason = self.withheld[path]
        return replace(outcome, decision="refused", code=code, reason=reason, target="", changes=(), removal=None)

    def closes_cycle(self, path: str, file: str) -> bool:
        """Whether `path` importing `file` at import time would close a cycle that isn't there yet."""
        if path == file or file in self.graph.edges(path):
            return path == file
        return self.graph.leads_to(file, path)

    def still_imported(self) -> dict[str, frozenset[str]]:
        """Module-level names that other files go on importing, or that `__all__` promises."""
        needed: dict[str, set[str]] = {}
        for path, plan in self.plans.items():
            names = self.project.entries[path].names
            assert names is not None
            for export in names.exports or ():
                needed.setdefault(path, set()).add(export.name)
            for statement in names.imports:
                if not statement.is_from:
                    continue
                module = self.meanings.origins.module(path, statement.level, statement.module)
                if module.status != "module" or module.path not in self.plans:
                    continue
                gone = plan.gone.get(statement.start, set())
                for index, imported in enumerate(statement.names):
                    if index not in gone:
                        needed.setdefault(module.path, set()).add(imported.name)
        return {path: frozenset(found) for path, found in needed.items()}

    # -- the plan of each file

    def composed(self, findings: tuple[Finding, ...]) -> Plan[Part]:
        sites: list[Site] = []
        parts: dict[str, Part] = {}
        lookups = Lookups(self.project, self.meanings.origins, self.plans, self.meanings.canonical.factory_name)
        patches = Patches(self.meanings, self.plans, lookups.served, lookups.mixed)
        dangling = [0, 0]
        for path, plan in self.plans.items():
            entry = self.project.entries[path]
            assert entry.names is not None and entry.facts is not None
            self.drop_leftovers(path, plan)
            part = self.part(path, plan)
            sites.extend(self.outcome_sites(path, plan))
            sites.extend(plan.sites)
            promised = exports(path, entry.names, self.as_it_is, self.closes_cycle)
            moved = [p for patch in entry.facts.patches if (p := patches.decide(path, patch)) is not None]
            if path in self.withheld:
                sites.extend(self.refused(path, [*promised.sites, *(patched.site for patched in moved)]))
            else:
                sites.extend(promised.sites)
                sites.extend(patched.site for patched in moved)
                part = Part(
                    part.calls,
                    (*part.names, *(p.change for p in moved if p.change is not None)),
                    _with_reexports(part.imports, promised.added, {s.start: s.end for s in entry.names.imports}),
                    part.removals,
                    promised.removed,
                )
            if part != Part():
                parts[path] = part
            self.count_dangling(path, plan, dangling)
        measures = (Measure("dangling imports", dangling[0], dangling[1]),)
        return Plan(parts, tuple(sites), findings, measures)

    def refused(self, path: str, sites: list[Site]) -> Iterator[Site]:
        code, reason = self.withheld[path]
        for site in sites:
            if site.decision == "rewritten":
                yield Site(site.kind, site.path, site.line, site.column, site.name, "refused", reason, code)
            else:
                yield site

    def drop_leftovers(self, path: str, plan: FileImports) -> None:
        entry = self.project.entries[path]
        assert entry.names is not None and entry.facts is not None
        dropped = [
            span
            for outcome in plan.outcomes.values()
            if outcome.decision == "rewritten"
            for change in outcome.changes
            for span in change.mapped.dropped
        ]
        needed = self.needed.get(path, frozenset())
        for start, index in leftovers(entry.names, entry.facts, self.meanings.scopes(path), dropped, needed):
            plan.gone.setdefault(start, set()).add(index)

    def part(self, path: str, plan: FileImports) -> Part:
        calls = []
        removals: list[Removal] = []
        for outcome in plan.outcomes.values():
            if outcome.decision != "rewritten":
                continue
            for change in outcome.changes:
                function = plan.functions[id(outcome.use)]
                calls.append(CallChange(*change.span, *change.call, function, change.mapped.arguments))
            if outcome.removal is not None:
                removals.append(Removal(*outcome.removal))
        names = self.project.entries[path].names
        assert names is not None
        statements = {statement.start: statement for statement in names.imports}
        return Part(
            tuple(sorted(calls, key=lambda call: call.start)), tuple(plan.names), plan.changes(statements),
            tuple(removals),
        )  # fmt: skip

    def outcome_sites(self, path: str, plan: FileImports) -> Iterator[Site]:
        for outcome in plan.outcomes.values():
            use = outcome.use
            yield Site(
                outcome.kind, path, use.line, use.column, outcome.name, outcome.decision, outcome.reason, outcome.code
            )

    def count_dangling(self, path: str, plan: FileImports, counts: list[int]) -> None:
        names = self.project.entries[path].names
        assert names is not None
        for statement in names.imports:
            gone = plan.gone.get(statement.start, set())
            for index, imported in enumerate(statement.names):
                if imported.name == "*" or not statement.is_from:
                    continue
                if not family_named(f"{statement.module} {imported.name}"):
                    continue
                if self.origins.imported(path, statement.level, statement.module, imported.name).nowhere:
                    now = self.meanings.origins.imported(path, statement.level, statement.module, imported.name)
                    counts[0] += 1
                    counts[1] += now.nowhere and index not in gone


def _with_reexports(
    changes: tuple[ImportChange, ...], added: tuple[tuple[int, object], ...], ends: Mapping[int, int]
) -> tuple[ImportChange, ...]:
    from codemods.websocket_ssot.part import NewImport

    by_start = {change.start: change for change in changes}
    for start, new in added:
        assert isinstance(new, NewImport)
        change = by_start.get(start, ImportChange(start, ends[start], (), ()))
        by_start[start] = ImportChange(change.start, change.end, change.gone, (*change.added, new))
    return tuple(by_start[start] for start in sorted(by_start))
