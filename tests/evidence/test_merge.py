"""Parts of a run are added up: workers of pytest-xdist, shards of a CI job."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from codemods.evidence import merge
from codemods.evidence.merge import merged
from codemods.evidence.schema import TESTS_NAMED, Evidence, Fate, Frame, Outcome, Place, Test, written
from tests.evidence.test_schema import CALL, COROUTINE, DOUBLE, EMPTY, EVIDENCE

OTHER = replace(DOUBLE, place=Place("tests/test_0.py", 1, 0, 1, 2), parents=(), calls=())
PART = replace(
    EMPTY,
    tests=(Test("b", "passed"), Test("a", "failed")),
    doubles=(replace(DOUBLE, parents=(1,), tests=(1,), calls=(replace(CALL, handed_to=(1,), tests=(1, 0)),)), OTHER),
    coroutines=(replace(COROUTINE, handed_to=(0,), tests=(1,)),),
)


def test_one_part_is_put_in_order() -> None:
    whole = merged([PART])
    assert [test.id for test in whole.tests] == ["a", "b"]
    assert [double.place.path for double in whole.doubles] == ["tests/test_0.py", "tests/test_a.py"]
    double = whole.doubles[1]
    assert (double.parents, double.tests) == ((0,), (0,))
    assert (double.calls[0].handed_to, double.calls[0].tests, double.calls[0].dropping) == ((0,), (0, 1), 1)
    assert (whole.coroutines[0].handed_to, whole.coroutines[0].tests) == ((1,), (0,))


def test_the_order_of_parts_does_not_matter() -> None:
    assert written(merged([PART, EVIDENCE, EMPTY])) == written(merged([EMPTY, EVIDENCE, PART]))


def test_merging_once_more_changes_nothing() -> None:
    whole = merged([PART, EVIDENCE])
    assert merged([whole]) == whole


def test_counts_are_added() -> None:
    whole = merged([PART, PART])
    double = whole.doubles[1]
    assert (double.count, double.calls[0].count, double.calls[0].fate) == (2, 6, Fate(awaited=2, dropped=4))
    assert whole.coroutines[0].count == 2
    assert merged([EVIDENCE, EVIDENCE]).left_out == 4


def test_of_several_stacks_one_is_kept_whatever_the_order() -> None:
    frames = [Frame(Place("shop/a.py", line), "f") for line in (7, 3)]
    parts = [
        replace(
            EMPTY,
            doubles=(replace(OTHER, tests=(), calls=(replace(CALL, handed_to=(), tests=(), stack=(frame,)),)),),
            coroutines=(replace(COROUTINE, handed_to=(), tests=(), stack=(frame,)),),
        )
        for frame in frames
    ]
    whole = merged(parts)
    assert whole.doubles[0].calls[0].stack == whole.coroutines[0].stack == (frames[1],)
    assert merged(parts[::-1]) == whole


def test_nothing_of_nothing() -> None:
    assert merged([]) == replace(EMPTY, python="")


def test_tests_that_dropped_come_first_and_stay_bounded() -> None:
    tests = tuple(Test(f"{index:02}", "passed") for index in range(2 * TESTS_NAMED))
    clean = replace(CALL, handed_to=(), tests=tuple(range(TESTS_NAMED)), dropping=0, stack=())
    dropping = replace(clean, tests=(TESTS_NAMED + 1,), dropping=1, stack=CALL.stack)
    parts = [
        replace(EMPTY, tests=tests, doubles=(replace(OTHER, tests=call.tests[:1], calls=(call,)),))
        for call in (clean, dropping)
    ]
    (call,) = merged(parts).doubles[0].calls
    assert call.tests == (TESTS_NAMED + 1, *range(TESTS_NAMED - 1))
    assert (call.dropping, call.stack) == (1, CALL.stack)


OUTCOMES: list[tuple[Outcome, Outcome, Outcome]] = [
    ("passed", "failed", "failed"),
    ("error", "failed", "error"),
    ("skipped", "passed", "passed"),
    ("unknown", "skipped", "skipped"),
]


@pytest.mark.parametrize(("one", "two", "kept"), OUTCOMES, ids=[f"{one}-{two}" for one, two, _ in OUTCOMES])
def test_a_test_that_ran_twice_keeps_the_worse_outcome(one: Outcome, two: Outcome, kept: Outcome) -> None:
    parts = [replace(EMPTY, tests=(Test("a", outcome),)) for outcome in (one, two)]
    assert merged(parts).tests == merged(parts[::-1]).tests == (Test("a", kept),)


def test_a_file_that_changed_between_the_parts_has_no_digest() -> None:
    one, two = (replace(EMPTY, files={"a.py": digest, "b.py": "00"}) for digest in ("11", "22"))
    assert merged([one, two]).files == merged([one, two, one]).files == {"a.py": "", "b.py": "00"}


def test_python_versions_are_listed() -> None:
    assert merged([EMPTY, replace(EMPTY, python="3.11.7"), EMPTY]).python == "3.11.7, 3.12.1"


def test_what_a_member_really_is_is_known_if_one_part_knew_it() -> None:
    unknown = replace(PART.doubles[0], calls=(replace(PART.doubles[0].calls[0], real=""),))
    whole = merged([replace(PART, doubles=(unknown, OTHER)), PART])
    assert [call.real for call in whole.doubles[1].calls] == ["sync"]


def test_more_doubles_than_are_kept_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "DOUBLES", 1)
    whole = merged([PART])
    assert [double.place.path for double in whole.doubles] == ["tests/test_0.py"]
    assert (whole.left_out, whole.coroutines[0].handed_to) == (1, ())


def test_every_field_of_a_part_survives() -> None:
    """A field that is added to the schema must not be forgotten here."""
    alone: Evidence = merged([EVIDENCE])
    assert replace(alone, coroutines=()) == replace(merged([alone]), coroutines=())
    assert alone.doubles[0].calls[-1] == CALL
    assert alone.doubles[0].attributes == DOUBLE.attributes
