"""Two recorders at once (pytest runs within a test that is recorded), or a plugin that counts what is dropped too."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable
from pathlib import Path
from types import CoroutineType
from typing import Any
from unittest.mock import AsyncMock

import pytest

from codemods.evidence.export import exported
from codemods.evidence.hooks import recording
from codemods.evidence.recorder import Recorder
from codemods.evidence.schema import Fate


async def serve() -> None:
    """A coroutine function that nobody awaits."""


def lose_a_mock() -> None:
    AsyncMock()()
    gc.collect()


def await_a_mock() -> None:
    asyncio.run(AsyncMock()())


def fates(recorder: Recorder) -> list[Fate]:
    """What became of the calls that a recorder saw."""
    return [call.fate for double in exported(recorder).doubles for call in double.calls]


SEEN = [
    pytest.param(lose_a_mock, Fate(dropped=1), id="lost"),
    pytest.param(await_a_mock, Fate(awaited=1), id="awaited"),
]


@pytest.mark.parametrize(("code", "fate"), SEEN)
def test_both_recorders_see_what_becomes_of_a_mocks_coroutine(code: Callable[[], None], fate: Fate) -> None:
    root = Path(__file__).parent
    with warnings.catch_warnings(), recording(root) as outer, recording(root) as inner:
        warnings.simplefilter("ignore")
        code()
    assert (fates(outer), fates(inner)) == ([fate], [fate])
    assert (outer.errors, inner.errors) == ([], [])


def test_the_outer_recorder_goes_on_when_the_inner_one_has_stopped() -> None:
    root = Path(__file__).parent
    with warnings.catch_warnings(), recording(root) as outer:
        warnings.simplefilter("ignore")
        with recording(root) as inner:
            pass
        lose_a_mock()
    assert (fates(outer), fates(inner)) == ([Fate(dropped=1)], [])


def test_both_recorders_see_a_plain_coroutine() -> None:
    root = Path(__file__).parent
    with warnings.catch_warnings(), recording(root) as outer, recording(root) as inner:
        warnings.simplefilter("ignore")
        serve()  # type: ignore[unused-coroutine]  # that is the point
        gc.collect()
    for recorder in (outer, inner):
        assert [each.count for each in exported(recorder).coroutines] == [1]


def test_python_warns_once_and_at_the_same_place(recwarn: pytest.WarningsRecorder) -> None:
    root = Path(__file__).parent
    with recording(root), recording(root):
        serve()  # type: ignore[unused-coroutine]  # that is the point
        gc.collect()
    (warning,) = recwarn
    assert (str(warning.message), warning.filename) == ("coroutine 'serve' was never awaited", __file__)


def test_a_plugin_that_counts_dropped_coroutines_still_does(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []

    def count(coroutine: CoroutineType[Any, Any, Any]) -> None:
        counted.append(coroutine.__qualname__)

    monkeypatch.setattr(warnings, "_warn_unawaited_coroutine", count)
    with recording(Path(__file__).parent) as recorder:
        serve()  # type: ignore[unused-coroutine]  # that is the point
        gc.collect()
    assert counted == ["serve"]
    assert [each.count for each in exported(recorder).coroutines] == [1]
