"""From a collected project to changes that hold: decide, rewrite, verify, and withhold what would break something.

A change that breaks something is withheld as a whole file, and the plan is made again without it, as other changes may
have counted on it.  What is left at the end was verified together.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import msgspec

from codemods.toolkit.codemod import Creation, Finding, Plan, Site, Source
from codemods.toolkit.codes import LEFT_OUT
from codemods.toolkit.pipeline.collection import Collection, Collector, Tree
from codemods.toolkit.pipeline.discover import NEW_FILE_MODE
from codemods.toolkit.pipeline.importers import lost_names, possible_importers
from codemods.toolkit.pipeline.job import Job, content_key, read
from codemods.toolkit.pipeline.result import Breakage, Change
from codemods.toolkit.pipeline.rewriting import CHANGED_MEANWHILE, RUN_FAILURES, Rewriter, Rewritten
from codemods.toolkit.pipeline.source import Unreadable, decoded, encoded, spliced
from codemods.toolkit.python.layout import layout_of

ROUNDS = 12
"""After so many rounds every change that is left is withheld: a codemod that never settles changes nothing."""


_Withheld: TypeAlias = Mapping[str, tuple[str, str]]
"""Files that must not change: path -> code and reason."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The last plan and its changes, all verified.

    `withheld` are those that are not among them, and why; `remaining` is what the last verification found.
    """

    plan: Plan[Any]
    changes: tuple[Change, ...]
    withheld: tuple[Breakage, ...]
    remaining: tuple[Breakage, ...]

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


class _Late(msgspec.Struct, frozen=True):
    """A change that only the result of other changes calls for, and its sites.

    It is the part of a file, a file that comes, or (without both) a file that goes.
    """

    part: object
    creation: Creation | None
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class _Attempt:
    plan: Plan[Any]
    changes: tuple[Change, ...] = ()
    breakages: tuple[Breakage, ...] = ()
    late: Mapping[str, _Late] = field(default_factory=dict)


class Settler:
    """Finds the changes of one run that hold.

    `fixed` are files that must not change (path -> code and reason), `left_out_at` says why a file that comes would be
    one of these.
    """

    def __init__(
        self,
        job: Job,
        collector: Collector,
        rewriter: Rewriter,
        fixed: Mapping[str, tuple[str, str]],
        left_out_at: Callable[[str], str | None],
    ) -> None:
        self._job = job
        self._collector = collector
        self._rewriter = rewriter
        self._fixed = fixed
        self._left_out_at = left_out_at

    def settle(self, tree: Tree, before: Collection) -> Settled:
        """Decide and verify until nothing breaks and a second run would change nothing.

        A file that the second run would change *again* is withheld.  One that it would change for the first time is
        taken in: that change is a consequence of the others.
        """
        broken: dict[str, Breakage] = {}
        late: dict[str, _Late] = {}
        for _ in range(ROUNDS):
            attempt = self._attempt(tree, before, self._withheld(broken), late)
            if attempt.breakages:
                broken |= _whole_moves(attempt.plan, {each.path: each for each in reversed(attempt.breakages)})
                late = {}
            elif attempt.late:
                late |= attempt.late
            else:
                return Settled(attempt.plan, attempt.changes, tuple(broken.values()), attempt.breakages)
        for path in tree.files:
            broken.setdefault(path, Breakage("TK206", path, 0, "changes of this run keep breaking each other"))
        plan = self._job.codemod.decide(before.project, self._job.config, self._withheld(broken))
        return Settled(plan, (), tuple(breakage for path, breakage in broken.items() if path in before.cells), ())

    def _withheld(self, broken: Mapping[str, Breakage]) -> dict[str, tuple[str, str]]:
        return {**self._fixed, **{path: (breakage.code, breakage.message) for path, breakage in broken.items()}}

    def _attempt(self, tree: Tree, before: Collection, withheld: _Withheld, late: Mapping[str, _Late]) -> _Attempt:
        plan = _joined(self._decided(before, withheld), late)
        outcomes = self._rewritten(tree, before, plan, withheld)
        created = self._created(tree, before, plan, withheld)
        breakages = (*_file_breakages(outcomes.values()), *(each for each in created if isinstance(each, Breakage)))
        breakages = self._without_moved_comments(tree, breakages, outcomes.values(), created)
        if breakages:
            return _Attempt(plan, breakages=breakages)
        changed = [outcome for outcome in outcomes.values() if outcome.edits]
        changes, breakages = self._changes(tree, before, changed, _free(plan.deletions, tree, withheld))
        changes += tuple(each for each in created if isinstance(each, Change))
        if breakages or not changes:
            return _Attempt(plan, changes, breakages)
        return self._verified(tree, before, withheld, _Attempt(plan, changes))

    def _decided(self, collection: Collection, withheld: _Withheld) -> Plan[Any]:
        plan: Plan[Any] = self._job.codemod.decide(collection.project, self._job.config, withheld)
        return plan

    def _rewritten(
        self, tree: Tree, collection: Collection, plan: Plan[Any], withheld: _Withheld
    ) -> dict[str, Rewritten]:
        gone = frozenset(plan.deletions)
        parts = {path: plan.parts[path] for path in _free(plan.parts, tree, withheld) if path not in gone}
        return self._rewriter.rewrite(tree, collection, parts)

    def _created(self, tree: Tree, before: Collection, plan: Plan[Any], withheld: _Withheld) -> list[Change | Breakage]:
        """Each file that comes, or what is wrong with it."""
        made: list[Change | Breakage] = []
        for path, creation in sorted(plan.creations.items()):
            if path in withheld:
                continue
            _require_inside(path)
            origin = tree.files.get(creation.moved_from)
            broken = self._broken_creation(tree, before, path, creation)
            mode = NEW_FILE_MODE if origin is None else origin.mode
            made += broken or [Change(path, None, creation.content, (), mode)]
        return made

    def _broken_creation(self, tree: Tree, before: Collection, path: str, creation: Creation) -> tuple[Breakage, ...]:
        from codemods.toolkit.pipeline.verify import file_breakages
        from codemods.toolkit.python.unused import names_for_others

        if path in tree.layout.paths or os.path.lexists(f"{self._job.root}/{path}"):
            return (Breakage("TK209", path, 0, "would be created, but there is such a file already"),)
        left_out = self._left_out_at(path)
        if left_out is not None:
            return (Breakage(LEFT_OUT, path, 0, f"would be created where files are left out: {left_out}"),)
        kept = names_for_others(before.project, (creation.moved_from,)).get(creation.moved_from, frozenset())
        try:
            after = decoded(path, creation.content)
            earlier = Source(path, b"")
            if creation.moved_from in tree.files:
                moved = creation.moved_from
                raw = tree.overlay[moved] if moved in tree.overlay else read(self._job.root, moved)
                earlier = msgspec.structs.replace(decoded(moved, raw), path=path)
        except Unreadable as unreadable:
            return (Breakage(unreadable.code, path, unreadable.line, unreadable.message),)
        return file_breakages(earlier, after, kept)

    def _without_moved_comments(
        self,
        tree: Tree,
        breakages: tuple[Breakage, ...],
        outcomes: Iterable[Rewritten],
        created: Iterable[Change | Breakage],
    ) -> tuple[Breakage, ...]:
        """The breakages without those about comments that arrive in another file of the same plan."""
        if not any(breakage.code == "TK208" for breakage in breakages):
            return breakages
        from codemods.toolkit.pipeline.moved_comments import lost_for_good

        texts: dict[str, tuple[bytes, bytes]] = {}
        for outcome in outcomes:
            if outcome.edits and outcome.problem is None:
                path = outcome.path
                raw = tree.overlay[path] if path in tree.overlay else read(self._job.root, path)
                body = decoded(path, raw).body
                texts[path] = body, spliced(body, outcome.edits)
        for change in created:
            if isinstance(change, Change) and change.after is not None:
                texts[change.path] = b"", decoded(change.path, change.after).body
        lost = lost_for_good(texts)
        return tuple(each for each in breakages if each.code != "TK208" or (each.path, each.line) in lost)

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

    def _verified(self, tree: Tree, before: Collection, withheld: _Withheld, attempt: _Attempt) -> _Attempt:
        """The attempt with what its changes break in other files, and with what a second run would do."""
        overlay = {change.path: change.after for change in attempt.changes if change.after is not None}
        gone = [change.path for change in attempt.changes if change.after is None]
        layout = tree.layout
        if gone or not layout.paths.issuperset(overlay):
            layout = layout_of(layout.paths.difference(gone).union(overlay), layout.roots)
        later = tree.after(overlay, layout)
        after = self._collector.collect(later, before.asked)
        changed = [change.path for change in attempt.changes]
        breakages = self._project_breakages(tree, before, later, after, changed)
        if breakages:
            return replace(attempt, breakages=breakages)
        return self._second_run(later, after, withheld, attempt)

    def _project_breakages(
        self, tree: Tree, before: Collection, later: Tree, after: Collection, changed: Sequence[str]
    ) -> tuple[Breakage, ...]:
        from codemods.toolkit.pipeline.verify import project_breakages, unknown_modules

        unknown = frozenset(changed)
        needed: set[str] = set()
        while unknown:
            needed |= unknown
            known = self._collector.extended(tree, before, needed)
            result = self._collector.extended(later, after, needed)
            unknown = unknown_modules(known, result, changed)
            if needed == set(changed):
                gone = [path for path in changed if path not in later.layout.paths]
                lost = lost_names(known, result, changed)
                unknown |= possible_importers(self._collector, later, result.entries.keys(), lost, gone)
            unknown -= needed
        return project_breakages(known, result, changed)

    def _second_run(self, later: Tree, after: Collection, withheld: _Withheld, attempt: _Attempt) -> _Attempt:
        plan = self._decided(after, withheld)
        outcomes = self._rewritten(later, after, plan, withheld)
        again = {path: plan.parts[path] for path, found in outcomes.items() if found.edits and not found.breakages}
        again |= dict.fromkeys(_free(plan.deletions, later, withheld))
        come = {path: creation for path, creation in plan.creations.items() if path not in withheld}
        again |= dict.fromkeys(come)
        changed = {change.path for change in attempt.changes}
        if not changed.isdisjoint(again):
            twice = sorted(changed.intersection(again))
            message = "a second run would change it again"
            return replace(attempt, breakages=tuple(Breakage("TK206", path, 0, message) for path in twice))
        late = {
            path: _Late(part, come.get(path), tuple(site for site in plan.sites if site.path == path))
            for path, part in again.items()
        }
        return replace(attempt, late=late)


def _joined(plan: Plan[Any], late: Mapping[str, _Late]) -> Plan[Any]:
    """The plan with changes of files that it leaves alone, and their sites in place of its own for these files."""
    if not late:
        return plan
    parts = {path: change.part for path, change in late.items() if change.part is not None}
    come = {path: change.creation for path, change in late.items() if change.creation is not None}
    gone = tuple(path for path, change in late.items() if change.part is None and change.creation is None)
    sites = [site for site in plan.sites if site.path not in late]
    for change in late.values():
        sites += change.sites
    return replace(
        plan,
        parts={**plan.parts, **parts},
        deletions=(*plan.deletions, *gone),
        creations={**plan.creations, **come},
        sites=tuple(sites),
    )


def _whole_moves(plan: Plan[Any], broken: Mapping[str, Breakage]) -> dict[str, Breakage]:
    """What is broken, and of a file that moves the other half with it: it goes and comes, or neither."""
    found = dict(broken)
    for path, creation in plan.creations.items():
        if creation.moved_from not in plan.deletions:
            continue
        for one, other in ((path, creation.moved_from), (creation.moved_from, path)):
            if one in broken:
                why = broken[one]
                found.setdefault(other, Breakage(why.code, other, 0, f"{one}: {why.message}"))
    return found


def _require_inside(path: str) -> None:
    """A plan with another path is a bug in the codemod."""
    if posixpath.normpath(path) != path or path.startswith(("/", "../")) or not path.endswith(".py"):
        raise ValueError(f"{path!r} is no path of a Python file inside the root")


def _free(paths: Iterable[str], tree: Tree, withheld: _Withheld) -> list[str]:
    return [path for path in paths if path in tree.files and path not in withheld]


def _file_breakages(outcomes: Iterable[Rewritten]) -> tuple[Breakage, ...]:
    found: list[Breakage] = []
    for outcome in outcomes:
        found += outcome.breakages
        if outcome.problem is not None:
            problem = outcome.problem
            found.append(Breakage(problem.code, outcome.path, problem.line, problem.message))
    return tuple(found)


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
