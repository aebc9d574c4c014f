"""All or nothing: what stops a run on its way takes it back, and what stops that leaves it to be recovered."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline import journal
from codemods.toolkit.pipeline.atomic import AfterStep
from codemods.toolkit.pipeline.journal import Run, Side, State
from codemods.toolkit.pipeline.lock import hold
from codemods.toolkit.pipeline.transfer import Moved, MoveError, move
from codemods.toolkit.pipeline.worktree import WorkTree, make_state_folder

_NAMED = 10
"""So many files are named in a message; the rest is counted."""

RECOVER = "`python -m codemods finish` completes it, `python -m codemods undo` restores the files as before the run"


class RolledBack(Exception):  # noqa: N818 - what happened; the caller tells it, nothing is wrong in the program
    """A run was stopped and every file is as it was before (unless the message says otherwise).  Exit status 3."""


class StillInterrupted(RolledBack):
    """Neither forward nor back was possible to the end: the run stays in the journal, to be finished or undone."""


@contextlib.contextmanager
def locked(tree: WorkTree, codemod: str) -> Iterator[None]:
    """Hold the lock of a work tree; errors of the file system before the first write become one line."""
    try:
        with hold(make_state_folder(tree), codemod):
            yield
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise RolledBack(f"{reason}; nothing was written") from error


def all_or_nothing(
    run: Run, begin: Callable[[], object], to: Side, ends: tuple[State, State], after_step: AfterStep
) -> Moved:
    """Bring all files of a run to the side `to`, or to the other one.

    `begin` makes the run count as on its way.  `ends` are the states for having arrived and for having been taken back.
    Raises `RolledBack`, or `StillInterrupted` when the way back is barred too.
    """
    try:
        begin()
        moved = move(run, to, after_step, leave_others=False)
        journal.mark(run, ends[0], after_step)
    except (MoveError, UsageError, OSError, KeyboardInterrupt) as error:
        reason = _reason(error)
        left = _take_back(run, "before" if to == "after" else "after", ends[1], reason, after_step)
        others = [path for path in left if not (isinstance(error, MoveError) and path == error.path)]
        also = f"; left alone, because someone else changed them: {listed(others)}" if others else ""
        raise RolledBack(f"{reason}; everything that was written is taken back{also}") from error
    return moved


def _take_back(run: Run, to: Side, end: State, reason: str, after_step: AfterStep) -> Sequence[str]:
    if not journal.published(run):
        return ()
    try:
        moved = move(run, to, after_step, leave_others=True)
        journal.mark(run, end, after_step)
    except (MoveError, UsageError, OSError, KeyboardInterrupt) as error:
        raise StillInterrupted(
            f"{reason}; taking it back failed too ({_reason(error)}), so run {run.id} is half done: {RECOVER}"
        ) from error
    return moved.left


def recover(run: Run, to: Side, end: State, after_step: AfterStep) -> Moved:
    """Bring the files of an interrupted run to one side, as far as nobody else changed them."""
    journal.check_contents(run)
    try:
        moved = move(run, to, after_step, leave_others=True)
        journal.mark(run, end, after_step)
    except (MoveError, OSError, KeyboardInterrupt) as error:
        raise StillInterrupted(f"{_reason(error)}; run {run.id} is still half done: {RECOVER}") from error
    return moved


def _reason(error: BaseException) -> str:
    return "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)


def listed(paths: Sequence[str]) -> str:
    """The first paths, and how many more there are."""
    more = len(paths) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {more} more" if more > 0 else "")
