"""Where the parallel steps run: in this process, or in a pool of processes.

A later executor (a cluster) is anything with `map` and `jobs`: functions are top-level, data is picklable.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TypeVar

from codemods.toolkit.codemod import UsageError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
R = TypeVar("R")


class Progress(Protocol):
    """Told what a run is doing.  One step at a time: `start`, any number of `advance`, `done`."""

    def start(self, label: str, total: int) -> None:
        """Begin a step of `total` files."""
        ...

    def advance(self, count: int) -> None:
        """Count so many files more as finished."""
        ...

    def done(self) -> None:
        """End the step."""
        ...


class WorkerLost(UsageError):  # noqa: N818 - what happened, told in one line
    """A worker process died: one line that says what to try."""


class Executor(Protocol):
    """Runs a function over chunks of work; `jobs` is how many chunks run at the same time."""

    @property
    def jobs(self) -> int:
        """How many chunks run at the same time."""
        ...

    def map(self, function: Callable[[Sequence[T]], R], chunks: Sequence[Sequence[T]]) -> Iterator[R]:
        """The results of all chunks, each as soon as it is there (in any order)."""
        ...


def chunked(items: Sequence[T], weigh: Callable[[T], int], jobs: int, least: int) -> list[Sequence[T]]:
    """`items` in chunks so that `jobs` workers end at the same time: large ones first, ever smaller ones last.

    Each chunk takes a part of what is left (guided self-scheduling), so the last ones even out what the first ones got
    wrong.  Work that weighs less than `least` is one chunk: a pool costs more than it brings.

    >>> [len(chunk) for chunk in chunked(range(100), lambda item: 1, jobs=2, least=10)]
    [16, 14, 11, 10, 10, 10, 10, 10, 9]
    """
    left = sum(map(weigh, items))
    if left < least:
        return [items] if items else []
    chunks: list[Sequence[T]] = []
    start, weight = 0, 0
    share = max(left // (3 * jobs), least)
    for position, item in enumerate(items, 1):
        weight += weigh(item)
        if weight >= share:
            chunks.append(items[start:position])
            left -= weight
            start, weight = position, 0
            share = max(left // (3 * jobs), least)
    if start < len(items):
        chunks.append(items[start:])
    return chunks


def in_parallel(
    executor: Executor,
    progress: Progress,
    label: str,
    function: Callable[[Sequence[T]], list[R]],
    items: Sequence[T],
    weigh: Callable[[T], int],
    least: int,
) -> Iterator[R]:
    """The results of a function over chunks of `items` (see `chunked`), in any order, with progress."""
    if not items:
        return
    progress.start(label, len(items))
    try:
        for results in executor.map(function, chunked(items, weigh, executor.jobs, least)):
            progress.advance(len(results))
            yield from results
    finally:
        progress.done()


def available_jobs() -> int:
    """The number of processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux: what a container or `taskset` grants
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


class Local:
    """Runs on this machine: one chunk, or all with `jobs` 1, in this process, else in a pool (started when needed).

    Use it as a context manager: on the way out the pool ends.  `jobs` 0 means one for each processor.
    """

    def __init__(self, jobs: int = 0) -> None:
        self._jobs = jobs if jobs > 0 else available_jobs()
        self._pool: ProcessPoolExecutor | None = None
        self._strangers: frozenset[BaseProcess] = frozenset()

    @property
    def jobs(self) -> int:
        """How many chunks run at the same time."""
        return self._jobs

    def __enter__(self) -> Local:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is None:
            return
        if kind is not None:
            self._kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    def map(self, function: Callable[[Sequence[T]], R], chunks: Sequence[Sequence[T]]) -> Iterator[R]:
        """The results of all chunks, in any order.

        Raises:
            WorkerLost: a worker process died (out of memory, killed).
        """
        if self._jobs == 1 or len(chunks) <= 1:
            yield from map(function, chunks)
            return
        from concurrent.futures import as_completed
        from concurrent.futures.process import BrokenProcessPool

        pool = self._started()
        try:
            with safe_path():
                # No reference to the futures stays here: each result can go as soon as it was handed on.
                futures = as_completed([pool.submit(function, chunk) for chunk in chunks])
            for future in futures:
                yield future.result()
        except BrokenProcessPool:
            raise WorkerLost(
                "a worker process died (out of memory, or killed): run again with --jobs 1 to see on which file"
            ) from None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import active_children, get_context

            self._strangers = frozenset(active_children())
            context = get_context(start_method())
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=context, initializer=prepared)
        return self._pool

    def _kill(self) -> None:
        from multiprocessing import active_children

        for child in active_children():
            if child not in self._strangers:
                child.terminate()


def start_method(platform: str = sys.platform) -> str:
    """How workers are started: `fork` where that is safe, else as the platform does it.

    A forked worker has every module loaded already (LibCST alone takes 0.3 CPU seconds) and starts no interpreter that
    would look for its modules in the current folder.  Fork is safe on Linux as long as no other thread runs, which
    could hold a lock; macOS' own libraries don't survive it.
    """
    import multiprocessing
    import threading

    if platform == "linux":
        return "fork" if threading.active_count() == 1 else "forkserver"
    return multiprocessing.get_start_method()


@contextmanager
def safe_path() -> Iterator[None]:
    """Start interpreters that look for no module in the current folder."""
    # It would put that folder first on its path, and it may be the target (promise 8).
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def prepared() -> None:
    """Make a worker process ready.  What a codemod prints there is no part of the diff."""
    sys.stdout = sys.stderr
    dies_of_interrupt()
    collects_garbage_rarely()


def collects_garbage_rarely() -> None:
    """Let the garbage collector look at young objects every million allocations in place of every 700.

    A syntax tree is a million objects without a cycle among them, and so are the facts of a large project: looking
    through them over and over takes a fourth of the time that parsing takes, and finds nothing.
    """
    import gc

    gc.set_threshold(1_000_000, 20, 20)


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Let the garbage collector of this process look rarely for the time of a run, see `collects_garbage_rarely`."""
    import gc

    before = gc.get_threshold()
    collects_garbage_rarely()
    try:
        yield
    finally:
        # All objects of the run would count as young, and be looked through at once: now they count as old.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)


def dies_of_interrupt() -> None:
    """Let a worker end at once on Ctrl-C, which reaches every process of the terminal, without a traceback."""
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as it is under nohup
        signal.signal(signal.SIGINT, signal.SIG_DFL)
