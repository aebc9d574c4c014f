"""From a collected project to changes that hold: decide, rewrite, verify, and withhold what would break something.

A change that breaks something is withheld as a whole file, and the plan is made again without it, as other changes may
have counted on it.  What is left at the end was verified together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from codemods.toolkit.codemod import Finding, Plan, Site
from codemods.toolkit.pipeline.collection import Collection, Collector, Tree
from codemods.toolkit.pipeline.importers import imported_files, lost_names, possible_importers
from codemods.toolkit.pipeline.job import Job, content_key, read
from codemods.toolkit.pipeline.result import Breakage, Change
from codemods.toolkit.pipeline.rewriting import CHANGED_MEANWHILE, RUN_FAILURES, Rewriter, Rewritten
from codemods.toolkit.pipeline.source import Unreadable, decoded, encoded, spliced
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.project import Project

ROUNDS = 12
"""After so many rounds every change that is left is withheld: a codemod that never settles changes nothing."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The last plan and its changes, all verified.  `withheld` are those that are not among them, and why."""

    plan: Plan[Any]
    changes: tuple[Change, ...]
    withheld: tuple[Breakage, ...]

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites of the plan; in a withheld file none is rewritten, whatever the plan says."""
        why = {breakage.path: breakage for breakage in self.withheld}
        return tuple(_refused(site, why[site.path]) if site.path in why else site for site in self.plan.sites)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the plan has to tell, and the files that changed or went meanwhile."""
        failed = (
            Finding(breakage.code, breakage.path, breakage.line, 0, breakage.message, failed=True)
            for breakage in self.withheld
            if breakage.code in RUN_FAILURES
        )
        return (*self.plan.findings, *failed)


def _refused(site: Site, breakage: Breakage) -> Site:
    if site.decision != "rewritten":
        return site
    return msgspec.structs.replace(site, decision="refused", reason=breakage.message, code=breakage.code)


@dataclass(frozen=True, slots=True)
class _Attempt:
    plan: Plan[Any]
    changes: tuple[Change, ...] = ()
    breakages: tuple[Breakage, ...] = ()


class Settler:
    """Finds the changes of one run that hold.  `fixed` are files that must not change (path -> code and reason)."""

    def __init__(
        self, job: Job, collector: Collector, rewriter: Rewriter, fixed: Mapping[str, tuple[str, str]]
    ) -> None:
        self._job = job
        self._collector = collector
        self._rewriter = rewriter
        self._fixed = fixed

    def settle(self, tree: Tree, before: Collection) -> Settled:
        """Decide and verify until nothing breaks.  Each round withholds at least one file more."""
        broken: dict[str, Breakage] = {}
        for _ in range(ROUNDS):
            attempt = self._attempt(tree, before, self._withheld(broken))
            fresh = {breakage.path: breakage for breakage in reversed(attempt.breakages)}
            if not fresh:
                return Settled(attempt.plan, attempt.changes, tuple(broken.values()))
            broken |= fresh
        everything = "changes of this run keep breaking each other"
        for path in tree.files:
            broken.setdefault(path, Breakage("TK206", path, 0, everything))
        plan = self._job.codemod.decide(before.project, self._job.config, self._withheld(broken))
        return Settled(plan, (), tuple(breakage for path, breakage in broken.items() if path in before.cells))

    def _withheld(self, broken: Mapping[str, Breakage]) -> dict[str, tuple[str, str]]:
        return {**self._fixed, **{path: (breakage.code, breakage.message) for path, breakage in broken.items()}}

    def _attempt(self, tree: Tree, before: Collection, withheld: Mapping[str, tuple[str, str]]) -> _Attempt:
        plan, outcomes = self._planned(tree, before, withheld)
        breakages = _file_breakages(outcomes.values())
        if breakages:
            return _Attempt(plan, breakages=breakages)
        changed = [outcome for outcome in outcomes.values() if outcome.edits]
        changes, breakages = self._changes(tree, before, changed, _free(plan.deletions, tree, withheld))
        if not breakages and changes:
            breakages = self._project_breakages(tree, before, changes, withheld)
        return _Attempt(plan, changes, breakages)

    def _planned(
        self, tree: Tree, collection: Collection, withheld: Mapping[str, tuple[str, str]]
    ) -> tuple[Plan[Any], dict[str, Rewritten]]:
        plan: Plan[Any] = self._job.codemod.decide(collection.project, self._job.config, withheld)
        gone = frozenset(plan.deletions)
        parts = {path: plan.parts[path] for path in _free(plan.parts, tree, withheld) if path not in gone}
        return plan, self._rewriter.rewrite(tree, collection, parts)

    def _changes(
        self, tree: Tree, before: Collection, changed: Iterable[Rewritten], deletions: Iterable[str]
    ) -> tuple[tuple[Change, ...], tuple[Breakage, ...]]:
        changes: list[Change] = []
        breakages: list[Breakage] = []
        for outcome in (*changed, *(Rewritten(path, ()) for path in deletions)):
            try:
                changes.append(change(self._job.root, tree, before.contents, outcome))
            except Unreadable as unreadable:
                breakages.append(Breakage(unreadable.code, outcome.path, unreadable.line, unreadable.message))
        return tuple(changes), tuple(breakages)

    def _project_breakages(
        self, tree: Tree, before: Collection, changes: tuple[Change, ...], withheld: Mapping[str, tuple[str, str]]
    ) -> tuple[Breakage, ...]:
        from codemods.toolkit.pipeline.verify import project_breakages, unknown_modules

        overlay = {change.path: change.after for change in changes if change.after is not None}
        gone = [change.path for change in changes if change.after is None]
        layout = layout_of(tree.layout.paths.difference(gone), tree.layout.roots) if gone else tree.layout
        later = tree.after(overlay, layout)
        after = self._collector.collect(later)
        changed = [change.path for change in changes]
        known = self._collector.extended(tree, before, changed)
        result = self._collector.extended(later, after, changed)
        importers = possible_importers(self._collector, later, lost_names(known, result, changed), gone)
        needed = {*changed, *importers}
        unknown = frozenset(needed)
        while unknown:
            needed |= unknown
            known = self._collector.extended(tree, before, needed)
            result = self._collector.extended(later, after, needed)
            unknown = unknown_modules(known, result, changed) - needed
        found = project_breakages(known, result, changed)
        if not found:
            found = self._second_run(later, after, withheld)
        return tuple(blamed for breakage in found for blamed in _blamed(breakage, changed, known))

    def _second_run(
        self, later: Tree, after: Collection, withheld: Mapping[str, tuple[str, str]]
    ) -> tuple[Breakage, ...]:
        plan, outcomes = self._planned(later, after, withheld)
        again = [path for path, outcome in outcomes.items() if outcome.edits and not outcome.breakages]
        again += _free(plan.deletions, later, withheld)
        return tuple(Breakage("TK206", path, 0, "a second run would change it again") for path in again)


def _free(paths: Iterable[str], tree: Tree, withheld: Mapping[str, tuple[str, str]]) -> list[str]:
    return [path for path in paths if path in tree.files and path not in withheld]


def _file_breakages(outcomes: Iterable[Rewritten]) -> tuple[Breakage, ...]:
    found: list[Breakage] = []
    for outcome in outcomes:
        found += outcome.breakages
        if outcome.problem is not None:
            problem = outcome.problem
            found.append(Breakage(problem.code, outcome.path, problem.line, problem.message))
    return tuple(found)


def _blamed(breakage: Breakage, changed: Sequence[str], project: Project[Any]) -> list[Breakage]:
    """The changes to withhold: that of the file itself, else those that it imports from, else all of them."""
    if breakage.path in changed:
        return [breakage]
    culprits = imported_files(project, breakage.path).intersection(changed) or changed
    message = f"{breakage.message} ({breakage.path}:{breakage.line})"
    return [Breakage(breakage.code, path, 0, message) for path in culprits]


def change(root: str, tree: Tree, contents: Mapping[str, bytes], outcome: Rewritten) -> Change:
    """The bytes of a file before and after; an outcome without edits is a file that goes.

    Raises:
        Unreadable: TK207 when the file is no longer what the edits were made for, TK106 when it can't be read.
    """
    path = outcome.path
    raw = tree.overlay[path] if path in tree.overlay else read(root, path)
    if content_key(path, raw) != contents.get(path):
        raise Unreadable(CHANGED_MEANWHILE.code, CHANGED_MEANWHILE.line, CHANGED_MEANWHILE.message)
    after = None
    if outcome.edits:
        source = decoded(path, raw)
        after = encoded(source, spliced(source.body, outcome.edits))
    return Change(path, raw, after, outcome.edits, tree.files[path].mode)
