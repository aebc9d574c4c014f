"""`decide`: the one step that sees the whole project.  What happens to each site, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec

from codemods.toolkit.codemod import Finding, Measure, Plan, Site
from codemods.toolkit.python.cycles import ImportGraph
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.canonical import canonical
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.drift import drifted
from codemods.websocket_ssot.exports import Exports, exports
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.family import family_named
from codemods.websocket_ssot.file_imports import FileImports
from codemods.websocket_ssot.imports import planned_imports
from codemods.websocket_ssot.leftovers import leftovers
from codemods.websocket_ssot.lies import lying
from codemods.websocket_ssot.lookups import Lookups
from codemods.websocket_ssot.meanings import Meanings
from codemods.websocket_ssot.outcomes import Outcome
from codemods.websocket_ssot.part import CallChange, ImportChange, NewImport, Part, Removal
from codemods.websocket_ssot.patches import Patched, Patches
from codemods.websocket_ssot.pins import pinned
from codemods.websocket_ssot.prune import Pruned, pruned
from codemods.websocket_ssot.ranking import chosen
from codemods.websocket_ssot.repairs import repaired
from codemods.websocket_ssot.sites import Sites
from codemods.websocket_ssot.targets import Targets

KINDS = ("call site", "reference", "import", "patch target", "__all__ entry", "shim")
Withheld = Mapping[str, tuple[str, str]]
"""Files that must stay as they are, each with the code and the reason."""


def decide(project: Project[Facts], config: Config, withheld: Withheld) -> Plan[Part]:
    """The plan for the whole project.

    Raises `UsageError` when a canonical definition doesn't exist, or when none is configured and none is clearly ahead.
    """
    return _Decision(project, config, withheld).plan()


class _Decision:
    """One run of `decide`: what was found out so far, and the steps in their order."""

    def __init__(self, project: Project[Facts], config: Config, withheld: Withheld) -> None:
        self.project = project
        self.withheld = withheld
        self.files = {
            path: (entry.names, entry.facts)
            for path, entry in sorted(project.entries.items())
            if entry.names is not None and entry.facts is not None
        }
        self.graph = ImportGraph(project)
        self.origins = Origins(project)
        self.config = chosen(project, self.origins, config)
        found = canonical(project, self.origins, self.config)
        self.as_it_is = Meanings(project, self.origins, found, self.config.drop)
        mended = repaired(project, self.as_it_is, self.closes_cycle, frozenset(withheld))
        self.pinned = pinned(self.files, self.as_it_is)
        self.meanings = Meanings(mended, Origins(mended), found, self.config.drop)

    def plan(self) -> Plan[Part]:
        sites_of = Sites(self.meanings, self.config)
        outcomes = {path: list(sites_of.outcomes(path)) for path in self.files}
        first = self.planned(outcomes, {})
        needed = self.still_imported(first)
        again = {
            path: outcomes[path]
            for path in self.files
            if needed.get(path) and _unbound(self.files[path][0], first[path]) & needed[path]
        }
        plans = {**first, **self.planned(again, needed)}
        findings = (*sites_of.findings, *drifted(self.files, self.meanings), *lying(self.files, self.as_it_is))
        return self.composed(plans, findings)

    def closes_cycle(self, path: str, file: str) -> bool:
        """Whether `path` importing `file` at import time would close a cycle that isn't there yet."""
        if path == file:
            return True
        return file not in self.graph.edges(path) and self.graph.leads_to(file, path)

    def planned(
        self, outcomes: Mapping[str, Sequence[Outcome]], needed: Mapping[str, frozenset[str]]
    ) -> dict[str, FileImports]:
        targets = Targets(self.meanings, self.project.layout, self.closes_cycle, needed, self.pinned)
        plans = {}
        for path, found in outcomes.items():
            names, facts = self.files[path]
            plan = planned_imports(targets, path, names, found)
            if path in self.withheld:
                plan = FileImports(
                    {key: _withdrawn(outcome, self.withheld[path]) for key, outcome in plan.outcomes.items()},
                    list(_refused(plan.sites, self.withheld[path])),
                )
            dropped = [span for change in plan.calls() for span in change.mapped.dropped]
            scopes = self.meanings.scopes(path)
            for start, index in leftovers(names, facts, scopes, dropped, needed.get(path, frozenset())):
                plan.gone.setdefault(start, set()).add(index)
            plans[path] = plan
        return plans

    def still_imported(self, plans: Mapping[str, FileImports]) -> dict[str, frozenset[str]]:
        """Module-level names that other files go on importing, or that `__all__` promises."""
        needed: dict[str, set[str]] = {}
        for path, (names, _facts) in self.files.items():
            needed.setdefault(path, set()).update(export.name for export in names.exports or ())
            for statement in names.imports:
                if not statement.is_from:
                    continue
                module = self.meanings.origins.module(path, statement.level, statement.module)
                if module.status != "module" or module.path not in self.files:
                    continue
                gone = plans[path].gone.get(statement.start, set())
                left = (name.name for index, name in enumerate(statement.names) if index not in gone)
                needed.setdefault(module.path, set()).update(left)
        return {path: frozenset(found) for path, found in needed.items()}

    def composed(self, plans: Mapping[str, FileImports], findings: tuple[Finding, ...]) -> Plan[Part]:
        """The plan as the toolkit takes it: the parts of all files, and the account of every site."""
        lookups = Lookups(self.project, self.meanings, plans)
        patches = Patches(self.meanings, plans, lookups)
        gone = Pruned()
        if self.config.prune:
            gone = pruned(self.project, self.meanings, plans, self.withheld)
        sites: list[Site] = []
        parts: dict[str, Part] = {}
        for path, (names, facts) in self.files.items():
            promised = exports(path, names, self.as_it_is, self.closes_cycle)
            moved = [p for patch in facts.patches if (p := patches.decide(path, patch)) is not None]
            found = [*promised.sites, *(patched.site for patched in moved)]
            sites.extend(_outcome_sites(path, plans[path]))
            sites.extend(_with_orphans(names, plans[path].sites, promised))
            if path in self.withheld:
                sites.extend(_refused(found, self.withheld[path]))
                continue
            sites.extend(found)
            for start, index in (*promised.orphans, *gone.orphans.get(path, ())):
                plans[path].gone.setdefault(start, set()).add(index)
            part = _part(path, names, plans[path], promised, moved, gone)
            if part != Part() and path not in gone.deletions:
                parts[path] = part
        measures = (Measure("dangling imports", *self.dangling(plans)),)
        return Plan(parts, (*sites, *gone.sites), (*findings, *gone.findings), measures, gone.deletions)

    def dangling(self, plans: Mapping[str, FileImports]) -> tuple[int, int]:
        """How many imported names about managers lead nowhere, before and after."""
        before = after = 0
        for path, (names, _facts) in self.files.items():
            for statement in names.imports:
                gone = plans[path].gone.get(statement.start, set())
                for index, imported in enumerate(statement.names):
                    about = family_named(f"{statement.module} {imported.name}")
                    if not statement.is_from or imported.name == "*" or not about:
                        continue
                    target = (path, statement.level, statement.module, imported.name)
                    if self.origins.imported(*target).nowhere:
                        before += 1
                        after += index not in gone and self.meanings.origins.imported(*target).nowhere
        return before, after


def _unbound(names: ModuleNames, plan: FileImports) -> set[str]:
    """Names that a plan takes away from the top level of a module, or gives another meaning."""
    found = plan.unbound | plan.locals.keys()
    for statement in names.imports:
        for index in plan.gone.get(statement.start, ()):
            found.add(statement.names[index].bound)
    return found


def _with_orphans(names: ModuleNames, sites: Sequence[Site], promised: Exports) -> Iterator[Site]:
    """The account of imports, where those that go with a dropped promise are no refusals any more."""
    lines = {statement.start: (statement.line, statement.names) for statement in names.imports}
    orphans = {(lines[start][0], lines[start][1][index].bound) for start, index in promised.orphans}
    for site in sites:
        if (site.line, site.name) in orphans:
            reason = "led nowhere, and only a promise that goes used it"
            yield msgspec.structs.replace(site, decision="rewritten", reason=reason, code="")
        else:
            yield site


def _withdrawn(outcome: Outcome, why: tuple[str, str]) -> Outcome:
    if outcome.decision != "rewritten":
        return outcome
    code, reason = why
    return replace(outcome, decision="refused", code=code, reason=reason, target="", changes=(), removal=None)


def _refused(sites: Sequence[Site], why: tuple[str, str]) -> Iterator[Site]:
    code, reason = why
    for site in sites:
        if site.decision == "rewritten":
            yield Site(site.kind, site.path, site.line, site.column, site.name, "refused", reason, code)
        else:
            yield site


def _outcome_sites(path: str, plan: FileImports) -> Iterator[Site]:
    for outcome in plan.outcomes.values():
        use = outcome.use
        yield Site(
            outcome.kind, path, use.line, use.column, outcome.name, outcome.decision, outcome.reason, outcome.code
        )


def _part(
    path: str, names: ModuleNames, plan: FileImports, promised: Exports, moved: Sequence[Patched], gone: Pruned
) -> Part:
    calls = []
    removals = list(gone.removals.get(path, ()))
    for outcome in plan.outcomes.values():
        if outcome.decision != "rewritten":
            continue
        for change in outcome.changes:
            function = plan.functions[id(outcome.use)]
            calls.append(CallChange(*change.span, *change.call, function, change.mapped.arguments))
        if outcome.removal is not None:
            removals.append(Removal(*outcome.removal))
    statements = {statement.start: statement for statement in names.imports}
    ends = {start: statement.end for start, statement in statements.items()}
    return Part(
        tuple(sorted(calls, key=lambda call: call.start)),
        (*plan.names, *(patched.change for patched in moved if patched.change is not None)),
        _with_reexports(plan.changes(statements), promised.added, ends),
        tuple(removals),
        (*promised.removed, *gone.exports.get(path, ())),
    )


def _with_reexports(
    changes: Sequence[ImportChange], added: Sequence[tuple[int, NewImport]], ends: Mapping[int, int]
) -> tuple[ImportChange, ...]:
    by_start = {change.start: change for change in changes}
    for start, new in added:
        change = by_start.get(start, ImportChange(start, ends[start], (), ()))
        by_start[start] = msgspec.structs.replace(change, added=(*change.added, new))
    return tuple(by_start[start] for start in sorted(by_start))
