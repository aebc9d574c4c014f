"""Patched functions that are given coroutines and drop them: they close them instead, where that is all they are given.

What a `side_effect` closes must be a coroutine that nobody wants: a task or a future has no `close`, and a coroutine
that the test takes from the mock and awaits can't be closed before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codemods.asyncmock_await.doubles.account import Account
from codemods.asyncmock_await.doubles.impossible import Impossible
from codemods.asyncmock_await.doubles.mend import FIRST_ARGUMENT, closing
from codemods.asyncmock_await.doubles.stands_for import function_at
from codemods.evidence.schema import Double, Evidence, Place
from codemods.toolkit.python.origins import Origins

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts
    from codemods.toolkit.python.project import Project


def close_what_is_handed(
    account: Account, project: Project[Facts], origins: Origins, evidence: Evidence, double: Double
) -> None:
    """Decide about a double of one of these files that is given a coroutine and drops it."""
    path, place = double.place.path, double.place
    creation, maker = account.facts(path).at(place), account.maker(path)
    name = double.target or (creation.callee if creation else double.made_by)
    if creation is None or maker is None:
        account.refused(path, place, name, "AM292", "no call that creates a double is at this place")
        return
    function = function_at(project, origins, path, double.target)
    first = name.rpartition(".")[2] in FIRST_ARGUMENT or (function is not None and function.takes == "coroutine")
    if not first:
        reason = "it is given a coroutine and drops it, but which of its arguments that is isn't known"
        account.refused(path, creation, name, "AM295", reason)
        return
    others = _other_calls(evidence, place)
    if others:
        reason = (
            f"it is given a coroutine and drops it, and {others} something that can't be closed, or is awaited later"
        )
        account.refused(path, creation, name, "AM295", reason)
        return
    try:
        changes = closing(creation, maker, account.facts(path))
    except Impossible as problem:
        account.refused(path, creation, name, problem.code, problem.reason)
        return
    reason = "it drops the coroutine that it is given, and closes it now"
    account.rewritten(path, creation, name, "AM205", reason, {path: changes})


def _other_calls(evidence: Evidence, place: Place) -> str:
    """How often the doubles of a place were called without a coroutine that nobody wanted, in words; "" for never.

    A coroutine that is made within a call belongs to that call; one that is made elsewhere to any of the others.
    """
    doubles = {index for index, double in enumerate(evidence.doubles) if double.place == place}
    called: Counter[Place] = Counter()
    for index in doubles:
        for call in evidence.doubles[index].calls:
            if not call.chain:
                called[call.place] += call.count
    elsewhere = 0
    for made, count in _unwanted(evidence, doubles):
        around = next((at for at in called if _within(made, at)), None)
        if around is None:
            elsewhere += count
        else:
            called[around] = max(0, called[around] - count)
    others = sum(called.values()) - elsewhere
    return "" if others <= 0 else "once" if others == 1 else f"{others} times"


def _unwanted(evidence: Evidence, doubles: set[int]) -> Iterator[tuple[Place, int]]:
    """The coroutines that were handed to one of some doubles and never awaited: where they were made, how many."""
    for double in evidence.doubles:
        for call in double.calls:
            if doubles.intersection(call.handed_to):
                yield call.place, call.fate.dropped + call.fate.closed + call.fate.pending
    for coroutine in evidence.coroutines:
        if doubles.intersection(coroutine.handed_to):
            yield coroutine.place, coroutine.count


def _within(inner: Place, outer: Place) -> bool:
    """Whether an expression is part of another one."""
    begins = (outer.line, outer.column) <= (inner.line, inner.column)
    ends = (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    return inner.path == outer.path and bool(outer.end_line and inner.end_line) and begins and ends
