"""What evidence says of one double: which members were dropped, which are wanted as coroutines, and who is to blame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codemods.asyncmock_await.doubles.consumers import Span, is_consumed
from codemods.asyncmock_await.family import CalledAt
from codemods.evidence.schema import Call, Double, Evidence, Place, Test
from codemods.toolkit.python.layout import is_test

Chain = tuple[str, ...]
Blame = Literal["await", "sync test", "unclear", "forgotten", "consumer", "double"]
"""What is wrong where a coroutine was dropped.

`await`: it is missing in a test.  `sync test`: the test is no `async def`.  `unclear`: a test uses the coroutine as a
value, and nothing says what the member is in truth.  `forgotten`: production lacks the `await`.  `consumer`: asyncio
was given the coroutine and dropped it.  `double`: it is of the wrong kind.
"""

_TAKEN = frozenset({"statement", "value", "attribute", "assigned", "argument"})
_FORGOTTEN = frozenset(
    {"statement", "value", "attribute", "assigned", "with", "async with", "for", "async for"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uses:
    """All calls of the doubles that one expression made.

    `dropped` and `wanted` are the calls of each member whose coroutines were dropped, and that were awaited, closed or
    cancelled (somebody took them for coroutines).
    """

    doubles: tuple[Double, ...]
    dropped: Mapping[Chain, tuple[Call, ...]]
    wanted: Mapping[Chain, tuple[Call, ...]]

    def wants_below(self, chain: Chain) -> bool:
        """Whether a coroutine of this member, or of one of its members, is wanted."""
        return any(each[: len(chain)] == chain for each in self.wanted)

    def dropped_below(self, members: Iterable[Chain]) -> list[Call]:
        """The calls of some members, and of members of these, whose coroutines were dropped."""
        prefixes = tuple(members)
        return [
            call
            for chain, calls in self.dropped.items()
            if any(chain[: len(prefix)] == prefix for prefix in prefixes)
            for call in calls
        ]


def losing(evidence: Evidence) -> dict[Place, list[Double]]:
    """The doubles of each place at which some were created that lost a coroutine: one change is for all of them."""
    groups: dict[Place, list[Double]] = {}
    for double in evidence.doubles:
        groups.setdefault(double.place, []).append(double)
    return {
        place: doubles
        for place, doubles in groups.items()
        if any(call.fate.dropped for double in doubles for call in double.calls)
    }


def uses_of(doubles: Sequence[Double], stale: frozenset[str]) -> Uses:
    """The uses of some doubles.  A dropped coroutine in a file that has changed since says nothing of it any more."""
    dropped: dict[Chain, list[Call]] = {}
    wanted: dict[Chain, list[Call]] = {}
    for double in doubles:
        for call in double.calls:
            fate = call.fate
            if fate.dropped and call.place.path not in stale:
                dropped.setdefault(call.chain, []).append(call)
            if fate.awaited or fate.cancelled or fate.closed or (fate.pending and not call.handed_to):
                wanted.setdefault(call.chain, []).append(call)
    return Uses(tuple(doubles), _frozen(dropped), _frozen(wanted))


def spot_of(call: Call) -> CalledAt:
    """Where a call begins."""
    return call.place.path, call.place.line, call.place.column


def conflict(tests: Sequence[Test], dropped: Iterable[Call], wanted: Iterable[Call]) -> str:
    """What is told of tests that contradict each other."""
    return (
        f"it is awaited in {_tests(tests, wanted)}, and called without `await` in {_tests(tests, dropped)}:"
        " give these tests doubles of their own"
    )


def _tests(tests: Sequence[Test], calls: Iterable[Call]) -> str:
    names = [
        tests[index].id
        for call in calls
        for index in (call.tests[: call.dropping] if call.fate.dropped and call.dropping else call.tests)
    ]
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:3]) + (f" and {len(unique) - 3} more" if len(unique) > 3 else "") or "no test"


def _frozen(calls: Mapping[Chain, list[Call]]) -> dict[Chain, tuple[Call, ...]]:
    return {chain: tuple(several) for chain, several in calls.items()}


def blame(call: Call, uses: Uses, consumed: Collection[Span], *, real: str) -> Blame:
    """Who is to blame for the dropped coroutines of a call.

    `consumed` are the calls of its file whose result is handed to asyncio.  `real` is what is called in truth ("async",
    "sync", "" where that isn't known).
    """
    if call.handed_to or real == "sync" or call.caller:
        return "double"
    if is_test(call.place.path):
        return _blame_in_test(call, uses)
    if is_consumed(call.place, consumed):
        return "consumer"
    if real == "async" and call.form in _FORGOTTEN:
        return "forgotten"
    return "double"


def _blame_in_test(call: Call, uses: Uses) -> Blame:
    """The result of an awaited call has sync methods; a helper that is no test may stand for production."""
    if "()" in call.chain or call.form not in _TAKEN:
        return "double"
    if not (_in_test(call) or call.real == "async" or call.chain in uses.wanted):
        return "double"
    if call.form != "statement" and call.real != "async" and call.chain not in uses.wanted:
        return "unclear"
    if call.around == "async":
        return "await"
    return "sync test" if call.around == "sync" else "double"


def _in_test(call: Call) -> bool:
    function = call.stack[0].function if call.stack else ""
    return any(part.startswith("test") for part in function.split("."))


def named(name: str, chain: Chain) -> str:
    """How a member of a double is told of."""
    return f"{name}: {dotted(chain)}" if chain else name


def dotted(chain: Chain) -> str:
    """The names that lead to a member, as code would write them."""
    return ".".join("return_value" if step == "()" else step for step in chain)


def where(uses: Uses, members: Iterable[Chain]) -> str:
    """The first places that dropped a coroutine of these members."""
    places = [f"{call.place.path}:{call.place.line}" for call in uses.dropped_below(members)]
    unique = list(dict.fromkeys(places))
    return "called without `await` at " + ", ".join(unique[:2]) + (" and elsewhere" if len(unique) > 2 else "")
