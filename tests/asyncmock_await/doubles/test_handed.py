"""Patched functions close the coroutines that they are given, unless they are given anything else."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed
from tests.asyncmock_await.doubles.evidence_records import TESTS, Run

PRODUCTION = """\
import asyncio

async def main(db, later):
    asyncio.create_task(db.add(1))
    asyncio.create_task(later)
"""
SOURCE = (
    "from unittest.mock import DEFAULT, AsyncMock, patch\n\ndb = AsyncMock()\nstart = patch('asyncio.create_task')\n"
)
WITHIN, BY_NAME = "asyncio.create_task(db.add(1))", "asyncio.create_task(later)"


def run_of(*calls: tuple[str, int], dropped: int = 1) -> Run:
    """A patched `create_task`, called from some places so many times, and given coroutines of a mock that it drops."""
    run = Run({"app/orders.py": PRODUCTION, TESTS: SOURCE})
    run.double(
        "AsyncMock()",
        run.call("add", "db.add(1)", dropped=dropped, form="argument", handed_to=(1,)),
        run.call("add", WITHIN, awaited=1),
    )
    told = {"made_by": "patch", "type": "MagicMock", "target": "asyncio.create_task", "original": "function"}
    called = [run.call("", text, awaited=count) for text, count in calls]
    run.double("patch('asyncio.create_task')", *called, run.call("cancel", BY_NAME, awaited=9), **told)
    return run


@pytest.mark.parametrize(
    ("calls", "dropped"),
    [
        pytest.param([(WITHIN, 1)], 1, id="made within the call"),
        pytest.param([(WITHIN, 2)], 2, id="made within each call"),
        pytest.param([(BY_NAME, 1)], 1, id="made in another place"),
    ],
)
def test_what_is_only_given_coroutines_closes_them(calls: list[tuple[str, int]], dropped: int) -> None:
    run = run_of(*calls, dropped=dropped)
    closing = "side_effect=lambda coroutine, *_, **__: coroutine.close() or DEFAULT"
    after = {TESTS: SOURCE.replace("create_task')", f"create_task', {closing})")}
    check_transformed(codemod, run.files, after, inputs=run.inputs)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        pytest.param([(WITHIN, 1), (BY_NAME, 1)], "and once something", id="a task in another place"),
        pytest.param([(WITHIN, 3)], "and 2 times something", id="not always a coroutine"),
        pytest.param([(WITHIN, 1), (BY_NAME, 2)], "and 2 times something", id="a task twice"),
    ],
)
def test_what_is_given_other_things_too_is_refused(calls: list[tuple[str, int]], told: str) -> None:
    run = run_of(*calls)
    [site] = [each for each in check_noop(codemod, run.files, inputs=run.inputs).sites if each.decision == "refused"]
    assert site.code == "AM295"
    assert told in site.reason
