from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from codemods.toolkit.pipeline import executors
from codemods.toolkit.pipeline.executors import (
    Local,
    WorkerLost,
    chunked,
    in_parallel,
    rarely_collected,
    start_method,
)

PARENT = os.getpid()


def total(numbers: Sequence[int]) -> tuple[int, bool]:
    return sum(numbers), os.getpid() == PARENT


def doubled(numbers: Sequence[int]) -> list[int]:
    return [2 * number for number in numbers]


class Steps:
    def __init__(self) -> None:
        self.told: list[object] = []

    def start(self, label: str, total: int) -> None:
        self.told.append((label, total))

    def advance(self, count: int) -> None:
        self.told.append(count)

    def done(self) -> None:
        self.told.append("done")


def heavy(number: int) -> int:
    return number


def stdout_is_stderr(numbers: Sequence[int]) -> list[bool]:
    return [sys.stdout is sys.stderr]


def test_what_a_worker_prints_goes_to_stderr() -> None:
    with Local(2) as executor:
        assert list(executor.map(stdout_is_stderr, [[1], [2]])) == [[True], [True]]


@pytest.mark.parametrize("jobs", [1, 2, 7])
def test_chunks_hold_every_item_once_and_in_order(jobs: int) -> None:
    items = [5, 100, 1, 1, 70, 3, 3, 3, 90, 2] * 9
    chunks = chunked(items, heavy, jobs, least=50)
    assert [item for chunk in chunks for item in chunk] == items
    assert len(chunks) > jobs


def test_chunks_become_lighter() -> None:
    weights = [sum(chunk) for chunk in chunked([1] * 1_000, heavy, jobs=2, least=10)]
    assert weights[:-1] == sorted(weights[:-1], reverse=True)
    assert weights[0] > 10 * weights[-1]


def test_little_work_is_one_chunk() -> None:
    assert chunked([1, 2, 3], heavy, jobs=4, least=7) == [[1, 2, 3]]


def test_no_work_is_no_chunk() -> None:
    assert chunked([], heavy, jobs=4, least=7) == []


def test_one_job_works_in_this_process() -> None:
    with Local(1) as executor:
        assert list(executor.map(total, [[1, 2], [3]])) == [(3, True), (3, True)]


def test_one_chunk_is_worked_off_in_this_process() -> None:
    with Local(4) as executor:
        assert list(executor.map(total, [[1, 2]])) == [(3, True)]


def test_zero_jobs_are_one_for_each_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 3, 4}, raising=False)
    with Local() as executor:
        assert executor.jobs == 3


def test_where_no_affinity_is_known_all_processors_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert executors.available_jobs() == 1


def test_a_pool_works_in_other_processes_and_can_be_used_again() -> None:
    with Local(2) as executor:
        for _ in range(2):
            results = [*executor.map(total_and_process, [[1, 2], [3], [4, 5]])]
            assert sorted(value for value, _ in results) == [3, 3, 9]
            assert os.getpid() not in {process for _, process in results}


def total_and_process(numbers: Sequence[int]) -> tuple[int, int]:
    return sum(numbers), os.getpid()


def test_a_worker_that_dies_is_one_clear_line() -> None:
    with Local(2) as executor, pytest.raises(WorkerLost, match=r"a worker process died .* --jobs 1") as caught:
        list(executor.map(_leave, [[1], [2]]))
    assert "\n" not in str(caught.value)


def _leave(numbers: Sequence[int]) -> None:
    os._exit(3)


def test_an_error_in_a_worker_comes_through() -> None:
    with Local(2) as executor, pytest.raises(ZeroDivisionError):
        list(executor.map(_divide, [[0], [1]]))


def _divide(numbers: Sequence[int]) -> float:
    return 1 / numbers[0]


def interrupted(processes: list[int]) -> None:
    with Local(2) as executor:
        for _, process in executor.map(total_and_process, [[1], [2], [3]]):
            processes.append(process)
            raise KeyboardInterrupt


def test_an_interrupt_ends_the_workers() -> None:
    processes: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(processes)
    (process,) = processes
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        pytest.param(signal.default_int_handler, signal.SIG_DFL, id="on a terminal"),
        pytest.param(signal.SIG_IGN, signal.SIG_IGN, id="under nohup"),
    ],
)
def test_a_worker_dies_of_an_interrupt_without_a_word(handler: Any, expected: signal.Handlers) -> None:
    before = signal.signal(signal.SIGINT, handler)
    try:
        executors.dies_of_interrupt()
        assert signal.getsignal(signal.SIGINT) is expected
    finally:
        signal.signal(signal.SIGINT, before)


def test_workers_are_forked_only_where_no_other_thread_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert start_method("linux") == "fork"
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert start_method("linux") == "forkserver"
    assert start_method("darwin") != "forkserver"


@pytest.mark.parametrize("before", [None, "x"], ids=["unset", "set"])
def test_a_started_interpreter_does_not_look_in_the_current_folder(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before is None:
        monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    else:
        monkeypatch.setenv("PYTHONSAFEPATH", before)
    with executors.safe_path():
        assert os.environ["PYTHONSAFEPATH"] == "1"
    assert os.environ.get("PYTHONSAFEPATH") == before


def test_progress_is_told_by_the_item() -> None:
    steps = Steps()
    with Local(1) as executor:
        results = [*in_parallel(executor, steps, "double", doubled, [10, 10, 10], heavy, 10)]
    assert results == [20, 20, 20]
    assert steps.told == [("double", 3), 1, 1, 1, "done"]


def test_no_items_are_no_step() -> None:
    steps = Steps()
    with Local(1) as executor:
        assert [*in_parallel(executor, steps, "double", doubled, [], heavy, 10)] == []
    assert steps.told == []


def test_a_step_that_fails_is_done_all_the_same() -> None:
    steps = Steps()
    with Local(1) as executor, pytest.raises(ZeroDivisionError):
        list(in_parallel(executor, steps, "divide", _fails, [1], heavy, 10))
    assert steps.told[-1] == "done"


def _fails(numbers: Sequence[int]) -> list[int]:
    raise ZeroDivisionError


def test_the_garbage_collector_is_as_before_when_a_run_ends_even_by_an_error() -> None:
    before = gc.get_threshold()

    def fail() -> None:
        with rarely_collected():
            assert gc.get_threshold() != before
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert gc.get_threshold() == before


def test_what_is_left_of_a_run_is_not_looked_through_as_it_ends() -> None:
    with rarely_collected():
        left = [object()]
    assert any(each is left for each in gc.get_objects(generation=2))
