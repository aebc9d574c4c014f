"""Members of doubles of which a test says that nobody awaits them: only an AsyncMock can be asked that.

`assert_not_awaited()` passes on a member whose coroutine is dropped, `await_count` is 0.  A MagicMock has neither, so
the test would fail once the member is sync.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from codemods.asyncmock_await.doubles.facts import Creation
from codemods.asyncmock_await.doubles.uses import Chain, Uses
from codemods.evidence.schema import TESTS_NAMED, Test

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts
    from codemods.toolkit.python.project import Project

READS = "reads awaits of "
"""The mark of a file that asks doubles how often they were awaited, with the last names of these."""

_READS = re.compile(rb"\.(?:assert_not_awaited|await_count|await_args(?:_list)?)\b")
_DOTTED = re.compile(rb"[\w.]*\Z")
_FAR = 200
"""A dotted name is no longer than this."""


def reads_marks(body: bytes) -> tuple[str, ...]:
    """What the bytes of a file say of doubles that it asks for their awaits."""
    names = {name for reads in _READS.finditer(body) if (name := _name_before(body, reads.start()))}
    return (READS + " ".join(sorted(names)),) if names else ()


def _name_before(body: bytes, end: int) -> str:
    """The last part of the dotted name that ends there, but for `return_value`; "" for what is none."""
    found = _DOTTED.search(body, max(0, end - _FAR), end)
    parts = found[0].decode(errors="replace").split(".") if found is not None else []
    return next((part for part in reversed(parts) if part != "return_value"), "")


def read_in(project: Project[Facts], names: Collection[str], paths: Collection[str] | None) -> str:
    """The first of some names whose awaits are read in one of some files (in any: None), "" without one."""
    read = {
        name
        for path, marks in project.marks.items()
        if paths is None or path in paths
        for mark in marks
        if mark.startswith(READS)
        for name in mark.removeprefix(READS).split()
    }
    return min(read.intersection(names), default="")


def awaits_read(
    project: Project[Facts], tests: Sequence[Test], uses: Uses, creation: Creation, members: Sequence[Chain], *,
    whole: bool,
) -> str:  # fmt: skip
    """The name of a member that becomes sync and whose awaits are read where the double is used, "" without one.

    `whole` says that the double itself becomes sync, so that all of its members do.
    """
    names = {*_last(members), *_last(call.chain for call in uses.dropped_below(members))}
    if whole:
        names |= {name for double in uses.doubles for name in (*double.attributes, double.target.rpartition(".")[2])}
        names.add(creation.bound.rpartition(".")[2])
    return read_in(project, names - {""}, _used_in(tests, uses))


def _last(chains: Iterable[Chain]) -> Iterator[str]:
    for chain in chains:
        yield next((step for step in reversed(chain) if step != "()"), "")


def _used_in(tests: Sequence[Test], uses: Uses) -> frozenset[str] | None:
    """The files that create a double, call it, or hold its tests; None where not all of its tests are known."""
    found: set[str] = set()
    for double in uses.doubles:
        if len(double.tests) >= TESTS_NAMED:
            return None
        found.add(double.place.path)
        found.update(tests[index].id.partition("::")[0] for index in double.tests)
        found.update(call.place.path for call in double.calls)
    return frozenset(found)
