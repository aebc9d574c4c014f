"""The evidence that a run was given, and which files it tells of."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from codemods.evidence.merge import merged
from codemods.evidence.schema import Evidence, UnreadableEvidence, read
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.project import Project


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


def named_files(evidence: Evidence) -> frozenset[str]:
    """The files whose facts a decision needs.

    They are those where a coroutine was dropped, and where the doubles were made that it came from or was handed to.
    """
    found: set[str] = set()
    handed: set[int] = set()
    for double in evidence.doubles:
        dropped = [call for call in double.calls if call.fate.dropped]
        if dropped:
            found.add(double.place.path)
        for call in dropped:
            found.add(call.place.path)
            handed.update(call.handed_to)
    for coroutine in evidence.coroutines:
        if not coroutine.is_test:
            found.add(coroutine.place.path)
            handed.update(coroutine.handed_to)
    found.update(evidence.doubles[index].place.path for index in handed)
    return frozenset(found) - {""}


def called_members(evidence: Evidence) -> frozenset[tuple[str, str]]:
    """Where members of doubles were called whose coroutines were dropped: (path, name of the member)."""
    return frozenset(
        (call.place.path, call.chain[-1])
        for double in evidence.doubles
        for call in double.calls
        if call.fate.dropped and call.chain and call.real not in {"async", "sync"} and not call.handed_to
    )
