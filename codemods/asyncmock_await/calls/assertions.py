"""Assertions that an AsyncMock was called (AM106): they say that it was awaited, where that is known to hold.

An AsyncMock counts a call when it is made, and an await when its coroutine has run (`AsyncMockMixin` in CPython), so
that `assert_called_once()` doesn't notice a missing `await`, and `assert_awaited_once()` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.facts import Assertion
from codemods.asyncmock_await.calls.module.forms import AWAITED_FORMS
from codemods.asyncmock_await.doubles.recorded import recorded
from codemods.asyncmock_await.part import Change, Reworded
from codemods.evidence.schema import Call, Place
from codemods.toolkit.codemod import Site
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_KIND = "assertion"


def asserted(
    project: Project[Facts], path: str, converted: Collection[int]
) -> Iterator[tuple[Site, Mapping[str, tuple[Change, ...]]]]:
    """The assertions of a file, each with what it takes to rewrite it.

    `converted` are the sync tests (by where their `def` stands) that become async in this run.
    """
    entry = project.entries[path]
    for each in entry.facts.calls.assertions if entry.facts is not None else ():
        reason = _reason(project, path, each, becomes_async=each.keyword < 0 or each.keyword in converted)
        if not reason:
            kept = "no evidence says that it is awaited"
            yield Site(_KIND, path, each.line, each.column, each.name, "kept", kept), {}
            continue
        new = f"{each.name.rpartition('.')[0]}.{AWAITED_FORMS[each.method]}"
        site = Site(_KIND, path, each.line, each.column, each.name, "rewritten", reason, "AM106")
        yield site, {path: (Reworded(each.start, each.end, new),)}


def _reason(project: Project[Facts], path: str, assertion: Assertion, *, becomes_async: bool) -> str:
    """Why the double is known to be awaited whenever it is called, "" where it isn't."""
    if not assertion.name:
        return ""
    calls = _calls(project, path, assertion)
    if calls is None:
        return "its calls are awaited in the test" if assertion.awaited and becomes_async else ""
    if calls and all(call.fate.awaited == call.count for call in calls):
        return "all its calls were awaited in a run of the tests"
    return ""


def _calls(project: Project[Facts], path: str, assertion: Assertion) -> list[Call] | None:
    """The calls of the double that a run has seen (none where its file has changed since), None without any run."""
    evidence = recorded(project)
    entry = project.entries[path]
    if evidence is None or entry.facts is None or assertion.made < 0 or path not in evidence.files:
        return None
    doubles = entry.facts.doubles
    if doubles.digest != evidence.files[path]:
        return []
    places = [Place(path, *each.place) for each in doubles.creations if each.end == assertion.made]
    return [
        call
        for double in evidence.doubles
        if double.place in places
        for call in double.calls
        if call.chain == assertion.chain
    ]
