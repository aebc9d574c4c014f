"""`decide`: the shares of the families, put together.  A site's changes happen together or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

import msgspec

from codemods.asyncmock_await.calls.decide import RAISES
from codemods.asyncmock_await.calls.decide import decide as calls
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.doubles.decide import decide as doubles
from codemods.asyncmock_await.facts import Facts
from codemods.asyncmock_await.family import CalledAt, Share
from codemods.asyncmock_await.never_run.bases import unused_case
from codemods.asyncmock_await.never_run.decide import decide as tests
from codemods.asyncmock_await.part import AsyncDef, Change, DroppedName, ImportedName, Lines, NewImport, Part
from codemods.toolkit.codemod import Plan, Site
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

KINDS = ("mock call", "coroutine call", "assertion", "double", "test", "test class", "set-up")
"""Rows of the summary: calls of AsyncMocks and of real coroutine functions, assertions on awaited doubles, doubles of
the wrong kind, async tests, test classes that get another base, async set-up and tear-down."""

_AWAITED = frozenset({"AM101", "AM102", "AM103"})
CONFLICT = "AM190"
"""Another change of the same run touches the place."""


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """What happens to each site, and why.

    The first family that decides about a place has it, unless a later one can mend what it can't: a call that the
    source shows to lack its `await` is no double of the wrong kind, and what the source leaves open a run may show.
    Where a run saw that nobody awaits a member, in production neither, that becomes sync, and its calls stay.
    """
    origins = Origins(project)
    by_source = calls(project, config, origins, withheld)
    awaited = {_place_of(site) for site in by_source.sites if site.decision == "rewritten" and site.code in _AWAITED}
    raising = {_place_of(site) for site in by_source.sites if site.code == RAISES}
    seen = doubles(project, config, origins, withheld, awaited | raising)
    by_source = _without(by_source, seen.instead & awaited)
    shares = [by_source, seen, tests(project, config, origins, withheld)]
    joined = _Joined()
    for number, share in enumerate(shares):
        mended = {_spot(site) for later in shares[number + 1 :] for site in later.sites if site.decision == "rewritten"}
        joined.close()
        for index, site in enumerate(share.sites):
            if site.decision == "rewritten" or _spot(site) not in mended:
                joined.add(site, share.changes.get(index, {}))
    for path, changes in joined.changes.items():
        dropped = unused_case(project, path, changes)
        changes += [dropped] if dropped is not None else []
    return Plan(
        parts={path: Part(tuple(sorted(changes, key=_place))) for path, changes in joined.changes.items()},
        sites=tuple(joined.sites),
        findings=tuple(finding for share in shares for finding in share.findings),
        measures=tuple(measure for share in shares for measure in share.measures),
    )


def _without(share: Share, instead: Set[CalledAt]) -> Share:
    """A share in which the calls are left alone whose double becomes sync."""
    if not instead:
        return share
    reason = "what it calls becomes sync"
    sites = tuple(
        msgspec.structs.replace(site, decision="kept", code="", reason=reason)
        if site.decision == "rewritten" and site.code in _AWAITED and _place_of(site) in instead
        else site
        for site in share.sites
    )
    return replace(share, sites=sites)


def _place_of(site: Site) -> CalledAt:
    return site.path, site.line, site.column


class _Joined:
    """The plan as far as it is made: each change once, none that contradicts another."""

    def __init__(self) -> None:
        self.sites: list[Site] = []
        self.changes: dict[str, list[Change]] = {}
        self._taken: set[tuple[str, str, int, int]] = set()

    def close(self) -> None:
        """What was added so far is decided: a later share has no say about these places."""
        self._taken = {_spot(site) for site in self.sites}

    def add(self, site: Site, changes: Mapping[str, tuple[Change, ...]]) -> None:
        """Take a site with all that it takes; where that contradicts what is planned, the site is refused."""
        if _spot(site) in self._taken:
            return
        if site.decision == "rewritten" and any(self._contradicted(path, each) for path, each in _flat(changes)):
            reason = "another change of this run touches the same place: run again when it is applied"
            site = msgspec.structs.replace(site, decision="refused", code=CONFLICT, reason=reason)
        elif site.decision == "rewritten":
            for path, each in _flat(changes):
                planned = self.changes.setdefault(path, [])
                if each not in planned:
                    planned.append(each)
        self.sites.append(site)

    def _contradicted(self, path: str, change: Change) -> bool:
        return any(_contradict(change, planned) for planned in self.changes.get(path, ()) if change != planned)


def _spot(site: Site) -> tuple[str, str, int, int]:
    """A place, however what is there is called."""
    return site.kind, site.path, site.line, site.column


def _flat(changes: Mapping[str, tuple[Change, ...]]) -> Iterator[tuple[str, Change]]:
    return ((path, change) for path, several in changes.items() for change in several)


def _contradict(one: Change, other: Change) -> bool:
    """Whether two changes of a file can't both be carried out.

    New lines and imports go beside each other; of expressions, one may lie within the other unless that is replaced.
    """
    kinds = (AsyncDef, Lines, ImportedName, DroppedName, NewImport)
    if isinstance(one, kinds) or isinstance(other, kinds):
        return isinstance(one, AsyncDef) and isinstance(other, AsyncDef) and one.start == other.start
    if (one.start, one.end) == (other.start, other.end):
        return True
    if one.end <= other.start or other.end <= one.start:
        return False
    outer, inner = (one, other) if one.start <= other.start and other.end <= one.end else (other, one)
    return not (outer.start <= inner.start and inner.end <= outer.end) or type(outer).__name__ == "Reworded"


def _place(change: Change) -> tuple[int, int, str]:
    return change.start, _end(change), repr(change)


def _end(change: Change) -> int:
    return change.name_end if isinstance(change, AsyncDef) else change.end
