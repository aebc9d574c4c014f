"""Members of a double that only tests await, though what they stand for is no coroutine function.

Where production calls such a member without `await`, and the class that production knows has a plain method of that
name, the awaits in the tests are what is wrong: they go once the member is sync.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from codemods.asyncmock_await.doubles.facts import DoubleFacts
from codemods.asyncmock_await.doubles.impossible import Impossible
from codemods.asyncmock_await.doubles.stands_for import methods_near
from codemods.asyncmock_await.doubles.uses import Chain, Uses
from codemods.asyncmock_await.part import Forsaken
from codemods.evidence.schema import Call
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.origins import Origins

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts
    from codemods.toolkit.python.project import Project

AWAITS = "asserts awaits of "
"""The mark of a file that looks at the awaits of doubles, with their last names ("*" where a name stands alone)."""

_LOOKS = re.compile(rb"\.(?:assert_(?:not_)?awaited\w*|assert_any_await|assert_has_awaits|await_(?:count|args\w*))\b")
_LOOKED_AT = re.compile(rb"[\w.]*\Z")
_FAR = 200
"""A dotted name is no longer than this."""


def awaits_marks(body: bytes) -> tuple[str, ...]:
    """What the bytes of a file say of doubles whose awaits it looks at."""
    names = {_looked_at(body, looks.start()) for looks in _LOOKS.finditer(body)} - {""}
    return (AWAITS + " ".join(sorted(names)),) if names else ()


def _looked_at(body: bytes, end: int) -> str:
    """The last part of the dotted name that ends there, "*" for a name alone; "" for what is none."""
    found = _LOOKED_AT.search(body, max(0, end - _FAR), end)
    _before, dot, name = found[0].rpartition(b".") if found is not None else (b"", b"", b"")
    return "" if not name else name.decode() if dot else "*"


def mistaken(
    project: Project[Facts], origins: Origins, uses: Uses, stale: frozenset[str]
) -> Mapping[Chain, tuple[Call, ...]]:
    """The members of a double that are awaited by mistake, each with the calls whose `await` has to go."""
    looked = {
        (path, name)
        for path, said in project.marks.items()
        for mark in said
        if mark.startswith(AWAITS)
        for name in mark.removeprefix(AWAITS).split()
    }
    files = {double.place.path for double in uses.doubles}
    found: dict[Chain, tuple[Call, ...]] = {}
    for chain, dropped in uses.dropped.items():
        wanted = uses.wanted.get(chain, ())
        if not wanted or "()" in chain or any(each != chain and each[: len(chain)] == chain for each in uses.wanted):
            continue
        places = files | {call.place.path for call in wanted}
        if any((path, name) in looked for path in places for name in ("*", *chain[-1:])):
            continue
        if all(_by_mistake(call, stale) for call in wanted) and all(
            _is_sync(project, origins, call, chain) for call in dropped
        ):
            found[chain] = wanted
    return found


def _by_mistake(call: Call, stale: frozenset[str]) -> bool:
    """Whether a call is awaited in a test, right where it stands."""
    fate = call.fate
    plain = call.form == "awaited" and not (fate.closed or fate.cancelled or fate.pending or call.handed_to)
    return plain and is_test(call.place.path) and bool(call.place.end_line) and call.place.path not in stale


def _is_sync(project: Project[Facts], origins: Origins, call: Call, chain: Chain) -> bool:
    """Whether production calls what is no coroutine function."""
    if is_test(call.place.path) or call.handed_to or not chain:
        return False
    if call.real:
        return call.real == "sync"
    methods = methods_near(project, origins, call.place.path, chain[-1])
    return bool(methods) and all(method.plain and not method.asynchronous for method in methods)


def forsaken(call: Call, facts: DoubleFacts) -> Forsaken:
    """The change that takes the `await` off a call; `facts` are those of its file.

    Raises:
        Impossible: the call isn't found at its place.
    """
    place = call.place
    start, end = facts.offset(place.line, place.column), facts.offset(place.end_line, place.end_column)
    if start is None or end is None:
        raise Impossible("AM292", f"the call at {place.path}:{place.line} isn't found at its place")
    return Forsaken(start, end)
