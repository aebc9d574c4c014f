"""What this family decides: which async tests and set-ups never run, and which of them are rewritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.family import Share
from codemods.asyncmock_await.never_run.bases import Bases
from codemods.asyncmock_await.never_run.classes import Classes, Key
from codemods.asyncmock_await.never_run.markers import marked
from codemods.asyncmock_await.never_run.modes import Modes
from codemods.asyncmock_await.never_run.reach import wanted
from codemods.asyncmock_await.never_run.seen import Seen, seen
from codemods.asyncmock_await.never_run.setups import SetUp, renamed
from codemods.asyncmock_await.never_run.verdicts import Verdict, Verdicts
from codemods.asyncmock_await.part import Change
from codemods.toolkit.codemod import Finding, Measure, Site
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_BECOMES = "becomes an IsolatedAsyncioTestCase"
_Changes = dict[str, tuple[Change, ...]]


def decide(project: Project[Facts], config: Config, origins: Origins, withheld: Mapping[str, tuple[str, str]]) -> Share:
    """The share of this family in the plan."""
    modes, classes = Modes(project), Classes(project, origins)
    files = sorted(wanted(project) & project.entries.keys())
    judge = Verdicts(project, classes, modes)
    verdicts = [verdict for path in files for verdict in judge.of_file(path)]
    if not verdicts:
        return Share()
    fixes = _Fixes(project, config, classes, modes, withheld)
    fixes.prepare(verdicts)
    return _share(verdicts, fixes, seen(project.inputs.get("evidence", ())), config)


@dataclass(slots=True)
class _Fixes:
    """What the sites that never run take to be rewritten."""

    project: Project[Facts]
    config: Config
    classes: Classes
    modes: Modes
    withheld: Mapping[str, tuple[str, str]]
    bases: Bases = field(init=False)
    blamed: dict[Key, Mapping[str, tuple[Change, ...]]] = field(default_factory=dict)
    renamed: Mapping[SetUp, tuple[Change, ...]] = field(default_factory=dict)
    refused: dict[SetUp, tuple[str, str]] = field(default_factory=dict)

    def prepare(self, verdicts: list[Verdict]) -> None:
        """Decide about classes and set-ups together, as they depend on each other."""
        self.bases = Bases(self.project, self.classes, self.withheld)
        requested = [verdict for verdict in verdicts if verdict.code in self.config.requested]
        blamed = {
            found
            for verdict in requested
            for runner in verdict.runners
            if isinstance(found := self.bases.blamed(runner), Key)
        }
        self.blamed = {key: self.bases.changes(key) for key in sorted(blamed)}
        setups = [
            SetUp(verdict.owner, verdict.function)
            for verdict in requested
            if verdict.code == "AM303" and verdict.owner is not None and verdict.path not in self.withheld
        ]
        self.renamed, self.refused = renamed(self.classes, setups)

    def of(self, verdict: Verdict) -> _Changes | tuple[str, str]:
        """The changes that a site takes, or the code and the reason of its refusal."""
        if verdict.path in self.withheld:
            return self.withheld[verdict.path]
        changes: _Changes = {}
        if verdict.by_hand is not None:
            return verdict.by_hand
        if verdict.code == "AM302":
            return marked(self.project, self.classes, self.modes, verdict.path, verdict.function)
        for runner in verdict.runners:
            blamed = self.bases.blamed(runner)
            if not isinstance(blamed, Key):
                return blamed
            for path, several in self.blamed[blamed].items():
                changes[path] = tuple(dict.fromkeys((*changes.get(path, ()), *several)))
        if verdict.owner is not None:
            return self._set_up(verdict.path, SetUp(verdict.owner, verdict.function), changes)
        return changes

    def _set_up(self, path: str, setup: SetUp, changes: _Changes) -> _Changes | tuple[str, str]:
        if setup in self.refused:
            return self.refused[setup]
        return {**changes, path: (*changes.get(path, ()), *self.renamed[setup])}


def _share(verdicts: list[Verdict], fixes: _Fixes, evidence: Seen, config: Config) -> Share:
    sites: list[Site] = []
    changes: dict[int, _Changes] = {}
    planned: set[tuple[str, Change]] = set()
    mended: Counter[str] = Counter()
    for verdict in verdicts:
        asked = bool(verdict.code) and verdict.code in config.requested
        site = verdict.site(evidence, asked=asked)
        if asked:
            outcome = fixes.of(verdict)
            if isinstance(outcome, tuple):
                code, reason = outcome
                site = msgspec.structs.replace(site, decision="refused", code=code, reason=f"{site.reason}; {reason}")
            else:
                mended[verdict.code] += 1
                planned |= {(path, each) for path, several in outcome.items() for each in several}
                if verdict.path in outcome:
                    changes[len(sites)] = outcome
                    site = msgspec.structs.replace(site, decision="rewritten", code="")
                else:
                    reason = f"{site.reason}; its base class becomes an IsolatedAsyncioTestCase in this run"
                    site = msgspec.structs.replace(site, code="", reason=reason)
        sites.append(site)
    for key, several in fixes.blamed.items():
        found = fixes.classes.get(key)
        if found is not None and all((key.path, each) in planned for each in several[key.path]):
            changes[len(sites)] = dict(several)
            sites.append(Site("test class", key.path, found.line, found.column, found.name, "rewritten", _BECOMES))
    kept = [verdict for verdict in verdicts if verdict.code and verdict.code not in config.requested]
    return Share(tuple(sites), changes, tuple(_findings(kept, evidence)), tuple(_measures(verdicts, mended)))


def _findings(kept: list[Verdict], evidence: Seen) -> Iterator[Finding]:
    """One for each class (or module), code and remedy: how many tests never run, and which fail once they do."""
    groups: dict[tuple[str, str, str, str], list[Verdict]] = {}
    for verdict in kept:
        groups.setdefault((verdict.path, verdict.group, verdict.code, verdict.remedy), []).append(verdict)
    for several in groups.values():
        verdict, count = several[0], len(several)
        what = "set-up" if verdict.code == "AM303" else "test"
        subject = f"{count} {what}{'s' if count > 1 else ''} of {verdict.group or 'this module'} never run"
        ending = "" if count > 1 else "s"
        message = f"{subject}{ending}: {verdict.reason} ({verdict.remedy})"
        failing = [each.function.name for each in several if evidence.fails(each.path, each.name)]
        if failing:
            message += f"; where they ran, these failed: {', '.join(failing)}"
        yield Finding(verdict.code, verdict.path, verdict.function.line, verdict.function.column, message)


def _measures(verdicts: list[Verdict], mended: Counter[str]) -> Iterator[Measure]:
    found = Counter(verdict.code for verdict in verdicts)
    for label, codes in (("tests that never run", ("AM301", "AM302")), ("set-ups that never run", ("AM303",))):
        before = sum(found[code] for code in codes)
        if before:
            yield Measure(label, before, before - sum(mended[code] for code in codes))
