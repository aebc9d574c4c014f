"""The evidence that a run was given, and which files it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from codemods.asyncmock_await.doubles.expected import where_expected
from codemods.asyncmock_await.doubles.facts import Creation
from codemods.evidence.merge import merged
from codemods.evidence.schema import Call, Evidence, UnreadableEvidence, read
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts


def recorded(project: Project[Any]) -> Evidence | None:
    """All evidence of this run as one, None without any.

    Raises:
        UsageError: a file can't be read.
    """
    contents = project.inputs.get("evidence", ())
    return _read(contents) if contents else None


@lru_cache(maxsize=1)
def _read(contents: tuple[bytes, ...]) -> Evidence:
    try:
        several = [read(content) for content in contents]
    except UnreadableEvidence as problem:
        raise UsageError(f"--evidence: {problem}") from problem
    return several[0] if len(several) == 1 else merged(several)


def out_of_date(project: Project[Facts], evidence: Evidence) -> frozenset[str]:
    """The files that have other bytes than when the evidence was recorded, as far as they are known."""
    found: set[str] = set()
    for path, digest in evidence.files.items():
        entry = project.entries.get(path)
        if entry is not None and entry.facts is not None and entry.facts.doubles.digest not in {"", digest}:
            found.add(path)
    return frozenset(found)


def named_files(evidence: Evidence) -> frozenset[str]:
    """The files whose facts a decision needs.

    They are those where a coroutine was dropped, and where the doubles were made that it came from or was handed to;
    the tests that await what is dropped elsewhere, which may be by mistake, or expect what that raises; and wherever
    else these doubles are called, as that may tell of what class they are.
    """
    found: set[str] = set()
    handed: set[int] = set()
    members = {(double.place, call.chain) for double in evidence.doubles for call in double.calls if call.fate.dropped}
    for double in evidence.doubles:
        found.update(
            call.place.path
            for call in double.calls
            if call.form == "awaited" and (double.place, call.chain) in members and is_test(call.place.path)
        )
        dropped = [call for call in double.calls if call.fate.dropped]
        if dropped:
            found.add(double.place.path)
            found.update(call.place.path for call in double.calls)
        for call in dropped:
            found.add(call.place.path)
            found |= where_expected(evidence, call)
            handed.update(call.handed_to)
    for coroutine in evidence.coroutines:
        if not coroutine.is_test:
            found.add(coroutine.place.path)
            found |= where_expected(evidence, coroutine)
            handed.update(coroutine.handed_to)
    found.update(evidence.doubles[index].place.path for index in handed)
    return frozenset(found) - {""}


def sync_tests(evidence: Evidence) -> Mapping[str, frozenset[str]]:
    """The sync functions of tests, by file, that a dropped coroutine was called in."""
    found: dict[str, set[str]] = {}
    dropped = [
        (call.place.path, call.around, call.stack)
        for double in evidence.doubles
        for call in double.calls
        if call.fate.dropped
    ]
    dropped += [(each.place.path, each.around, each.stack) for each in evidence.coroutines if not each.is_test]
    for path, around, stack in dropped:
        if around == "sync" and stack and path and is_test(path):
            found.setdefault(path, set()).add(stack[0].function.rpartition(".")[2])
    return {path: frozenset(names) for path, names in found.items()}


def called_name(call: Call, creation: Creation | None) -> str:
    """The name of the method that a double stands in for, where it takes a look at the classes to know what that is."""
    if call.real in {"async", "sync"} or call.handed_to or "()" in call.chain:
        return ""
    return call.chain[-1] if call.chain else creation.attribute if creation is not None else ""


def called_names(evidence: Evidence, project: Project[Facts]) -> frozenset[tuple[str, str]]:
    """Where methods were called whose coroutines were dropped: (path, name)."""
    found: set[tuple[str, str]] = set()
    for double in evidence.doubles:
        dropped = [call for call in double.calls if call.fate.dropped]
        entry = project.entries.get(double.place.path) if dropped else None
        creation = entry.facts.doubles.at(double.place) if entry is not None and entry.facts is not None else None
        found.update((call.place.path, called_name(call, creation)) for call in dropped)
    return frozenset((path, name) for path, name in found if name)
