"""What a run shows is bounded, and what was cut is counted; an error of the recorder's own changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from unittest.mock import AsyncMock, MagicMock, patch

import pytest

from codemods.evidence import plain, recorder
from codemods.evidence.export import exported
from codemods.evidence.hooks import recording
from codemods.evidence.recorder import Recorder
from codemods.evidence.records import Named
from codemods.evidence.schema import TESTS_NAMED
from tests.evidence.conftest import Record


def test_more_doubles_than_are_kept_are_counted(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "DOUBLES", 2)
    evidence = record("one = Mock()\ntwo = Mock()\nthree = Mock()\nfour = Mock()\nfor _ in range(3): Mock()").evidence
    assert (len(evidence.doubles), evidence.left_out) == (2, 5)


def test_calls_of_a_double_that_is_not_kept_are_not_told(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "DOUBLES", 1)
    recorded = record("one = Mock()\ntwo = AsyncMock()\ntwo.save().close()\none.load()")
    assert [call.chain for call in recorded.double("Mock()").calls] == [("load",)]


def test_more_calls_of_a_double_than_are_kept_are_counted(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "CALLS_OF_DOUBLE", 2)
    recorded = record("double = Mock()\ndouble.a()\ndouble.b()\ndouble.c()\ndouble.c()\ndouble.a()")
    assert [call.chain for call in recorded.double().calls] == [("a",), ("b",)]
    assert recorded.double().attributes == ("a", "b")
    assert recorded.evidence.left_out == 1 + 3  # an attribute, two calls of it, one of "a" from another place


def test_an_async_call_that_is_not_kept_still_works(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "CALLS_OF_DOUBLE", 1)
    recorded = record(
        "double = AsyncMock(return_value=3)\ndouble.a().close()\nkept = asyncio.run(double())\nassert kept == 3"
    )
    assert [call.chain for call in recorded.double().calls] == [("a",)]
    assert recorded.evidence.left_out == 1


def test_more_places_of_coroutines_than_are_kept_are_counted(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "DOUBLES", 1)
    evidence = record("serve()\nserve()\nfor _ in range(3): serve()").evidence
    assert [item.count for item in evidence.coroutines] == [1]
    assert evidence.left_out == 4


def test_a_coroutine_that_was_handed_over_long_ago_is_forgotten(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "_REMEMBERED", 1)
    evidence = record("run = Mock()\nx = serve()\ny = serve()\nrun(x)\nrun(y)\nrun.reset_mock()\ndel x, y").evidence
    assert sorted(item.handed_to for item in evidence.coroutines) == [(), (0,)]


def test_members_of_members_end_somewhere(record: Record) -> None:
    recorded = record(f"double = Mock()\ndouble{'.a' * 70}()\ndouble.b()")
    assert [call.chain for call in recorded.double().calls] == [("b",)]


def test_of_many_tests_the_first_are_named() -> None:
    named = Named()
    for number in (None, 3, 3, *range(100), 3):
        named.add(number)
    assert named.first == [3, *(number for number in range(TESTS_NAMED) if number != 3)]


def called() -> None:
    assert MagicMock(return_value=3).m.n() is not None


def handed() -> None:
    MagicMock()(1)


def awaited() -> None:
    assert asyncio.run(AsyncMock(return_value=3)()) == 3


def dropped() -> None:
    with pytest.warns(RuntimeWarning, match="never awaited"):
        AsyncMock()()


def attached() -> None:
    parent, child = MagicMock(), MagicMock()
    parent.child = child
    assert parent.child is child


def patched() -> None:
    with patch("os.getcwd", new=MagicMock(return_value="x")) as double:
        assert double() == "x"


def patched_again() -> None:
    @patch("os.getcwd")
    def decorated(double: MagicMock) -> None:
        assert double() is not None

    decorated()


BROKEN = [
    pytest.param("double", called, id="a double"),
    pytest.param("member", called, id="a member"),
    pytest.param("called", called, id="a call"),
    pytest.param("handed", handed, id="what is handed over"),
    pytest.param("token", awaited, id="an async call"),
    pytest.param("dropped", dropped, id="a coroutine that is dropped"),
    pytest.param("attached", attached, id="a double that is given to another"),
    pytest.param("put", patched, id="a double that is given to a patch"),
]


@pytest.mark.parametrize(("name", "code"), BROKEN)
def test_an_error_of_the_recorder_is_noted_and_changes_nothing(
    name: str, code: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise KeyError(name)

    monkeypatch.setattr(Recorder, name, broken)
    with recording(tmp_path) as listening:
        code()
    assert listening.errors
    assert all(error.startswith(f"KeyError: '{name}' (test_limits.py:") for error in listening.errors)


def test_an_error_about_the_place_of_a_patch_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recording(tmp_path) as listening:
        with monkeypatch.context() as broken:
            broken.setattr(listening.project, "inner", None)
            patched_again()
        errors = list(listening.errors)
        patched_again()
    assert errors
    assert listening.errors == errors


def test_of_many_errors_the_first_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recording(tmp_path) as listening:
        monkeypatch.setattr(listening, "called", None)
        double = MagicMock()
        for _ in range(30):
            double()
    assert len(listening.errors) == 20


def test_a_recorder_that_has_stopped_sees_nothing(tmp_path: Path) -> None:
    with recording(tmp_path) as listening:
        listening.on = False
        for code in (called, handed, awaited, dropped, attached, patched, patched_again):
            code()
    assert (exported(listening).doubles, listening.errors) == ((), [])
