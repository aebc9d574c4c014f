"""How far this family has to look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from codemods.asyncmock_await.doubles.awaits_read import reads_marks
from codemods.asyncmock_await.doubles.mistaken import awaits_marks
from codemods.asyncmock_await.doubles.recorded import called_names, named_files, out_of_date, recorded, sync_tests
from codemods.asyncmock_await.doubles.spec import ask_for_spec
from codemods.asyncmock_await.doubles.stands_for import ASKS, methods_near, named_by_doubles, patched_functions
from codemods.asyncmock_await.doubles.uses import losing, uses_of
from codemods.evidence.schema import Evidence
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

SETTINGS: frozenset[str] = frozenset()
"""The settings files that this family reads."""

_AWAITS = re.compile(rb"await(?<=[s_.]await)")
"""What `isawaitable`, `assert_awaited` and `.await_count` have in common: every file is searched for it once."""


def marks(body: bytes) -> tuple[str, ...]:
    """Whether a file asks what is a coroutine function, or looks at awaits: a sync double would be answered for."""
    awaits = _AWAITS.search(body) is not None
    asks = b"iscoroutine" in body or (awaits and b"isawaitable" in body)
    return (*((ASKS,) if asks else ()), *((*awaits_marks(body), *reads_marks(body)) if awaits else ()))


def demand(project: Project[Facts], origins: Origins) -> frozenset[str]:
    """The files that evidence tells of, and those that define what is patched.

    Raises:
        UsageError: a file of evidence can't be read.
    """
    evidence = recorded(project)
    named = named_files(evidence) if evidence is not None else frozenset()
    # What is asked on the way stands in `origins.unloaded`.
    for path, name in called_names(evidence, project) if evidence is not None else ():
        methods_near(project, origins, path, name)
    for path in sorted(named):
        named_by_doubles(project, origins, path)
    if evidence is not None:
        _ask_for_specs(project, origins, evidence)
    for path, _creation, function in patched_functions(project, origins):
        if function.plain:
            named_by_doubles(project, origins, path)
    return named & project.layout.paths


def _ask_for_specs(project: Project[Facts], origins: Origins, evidence: Evidence) -> None:
    """Ask for what tells the real classes of the doubles that lost a coroutine."""
    stale = out_of_date(project, evidence)
    for place, doubles in losing(evidence).items():
        entry = project.entries.get(place.path)
        creation = entry.facts.doubles.at(place) if entry is not None and entry.facts is not None else None
        if creation is not None:
            ask_for_spec(project, origins, place.path, creation, uses_of(doubles, stale), stale)


def again(project: Project[Facts]) -> Mapping[str, frozenset[str]]:
    """The sync tests, by file, in which a run saw a coroutine dropped: they may have to become async.

    Raises:
        UsageError: a file of evidence can't be read.
    """
    evidence = recorded(project)
    seen = sync_tests(evidence) if evidence is not None else {}
    return {path: names for path, names in seen.items() if path in project.entries}


def told_of(project: Project[Facts]) -> frozenset[str]:
    """The collected files that evidence tells of: whatever creates a double in them has to be known.

    Raises:
        UsageError: a file of evidence can't be read.
    """
    evidence = recorded(project)
    return named_files(evidence) & project.entries.keys() if evidence is not None else frozenset()
