"""How the shares of the families are put together."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.decide import _Joined
from codemods.asyncmock_await.part import (
    AsyncDef,
    Awaited,
    CallChange,
    Change,
    ImportedName,
    Lines,
    Reworded,
    Unawaited,
)
from codemods.toolkit.codemod import Site


def site(line: int, kind: str = "mock call") -> Site:
    return Site(kind, "a.py", line, 0, "m", "rewritten", "why", "AM101")


def joined(*changes: Change) -> _Joined:
    plan = _Joined()
    for number, change in enumerate(changes):
        plan.add(site(number), {"a.py": (change,)})
    return plan


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(Awaited(0, 5, False), Unawaited(0, 5), id="the same expression"),
        pytest.param(Awaited(0, 5, False), Awaited(3, 8, False), id="expressions that overlap"),
        pytest.param(Reworded(0, 9, "x"), Awaited(2, 5, False), id="something within what is replaced"),
        pytest.param(AsyncDef(0, 4, 8), AsyncDef(0, 4, 8, "other"), id="the same function"),
    ],
)
def test_changes_that_contradict_each_other_are_refused_the_second_time(one: Change, other: Change) -> None:
    plan = joined(one, other)
    assert [(each.decision, each.code) for each in plan.sites] == [("rewritten", "AM101"), ("refused", "AM190")]
    assert plan.changes == {"a.py": [one]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(Awaited(0, 5, False), Awaited(6, 8, False), id="beside each other"),
        pytest.param(CallChange(0, 9), Awaited(2, 5, False), id="within each other"),
        pytest.param(Lines(0, 5, "below", ("a",)), Awaited(0, 5, False), id="lines below an expression"),
        pytest.param(ImportedName(0, 5, "A"), ImportedName(0, 5, "B"), id="two names of an import"),
        pytest.param(AsyncDef(0, 4, 8), Awaited(0, 20, False), id="a function and what is in it"),
    ],
)
def test_changes_that_go_together_are_both_made(one: Change, other: Change) -> None:
    plan = joined(one, other)
    assert {each.decision for each in plan.sites} == {"rewritten"}
    assert plan.changes == {"a.py": [one, other]}


def test_a_change_that_two_sites_need_is_made_once() -> None:
    assert joined(ImportedName(0, 5, "A"), ImportedName(0, 5, "A")).changes == {"a.py": [ImportedName(0, 5, "A")]}


def test_the_changes_of_a_site_happen_together_or_not_at_all() -> None:
    plan = joined(Awaited(0, 5, False))
    plan.add(site(9), {"a.py": (Awaited(20, 25, False), Unawaited(0, 5)), "b.py": (Awaited(0, 5, False),)})
    assert plan.changes == {"a.py": [Awaited(0, 5, False)]}


def test_a_place_that_an_earlier_share_decided_is_not_decided_again() -> None:
    plan = joined(Awaited(0, 5, False))
    plan.close()
    plan.add(site(0), {"a.py": (Awaited(30, 35, False),)})
    plan.add(site(0, "double"), {"a.py": (Awaited(40, 45, False),)})
    assert [each.kind for each in plan.sites] == ["mock call", "double"]
