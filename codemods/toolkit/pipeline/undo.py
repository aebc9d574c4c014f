"""What the journal knows, and the ways back: undo a run, finish or roll back an interrupted one.

On the command line: `python -m codemods status` shows `runs`, `running` and `pending`; `python -m codemods undo [RUN]`
is `undo`; `python -m codemods finish` is `finish` for the run that is `pending` (`undo` takes it back).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline import journal
from codemods.toolkit.pipeline.atomic import AfterStep, no_step
from codemods.toolkit.pipeline.journal import INTERRUPTED, Run, Side, State
from codemods.toolkit.pipeline.lock import Holder, holder
from codemods.toolkit.pipeline.transaction import RECOVER, all_or_nothing, listed, locked, recover
from codemods.toolkit.pipeline.transfer import Moved, where
from codemods.toolkit.pipeline.worktree import WorkTree, work_tree

_ASK = "`python -m codemods status` lists the runs"


class Restored(msgspec.Struct, frozen=True):
    """What was done: `state` is where the run is now; the paths are relative to the top of the work tree.

    `files` were written or removed.  `left` were neither as before nor as after, so they were not touched: somebody has
    to look at them (exit status 3).
    """

    run: str
    codemod: str
    state: State
    files: tuple[str, ...]
    left: tuple[str, ...]


def runs(root: Path) -> tuple[Run, ...]:
    """All runs in the journal of the work tree around `root`, newest first."""
    tree = work_tree(root)
    return tuple(journal.load(tree.state, tree.top, name) for name in journal.names(tree.state))


def running(root: Path) -> Holder | None:
    """The run that is at work now, if any."""
    return holder(work_tree(root).state)


def pending(root: Path) -> Run | None:
    """The run that was interrupted and waits for `finish` or `undo`; None too while a run is still at work.

    Cheap enough for every start: without such a run it lists one folder and reads one word per run.
    """
    tree = work_tree(root)
    found = interrupted_run(tree)
    return None if found is None or holder(tree.state) is not None else found


def interrupted_run(tree: WorkTree) -> Run | None:
    """The run that is on its way: at work, if someone holds the lock, else interrupted."""
    for name in journal.names(tree.state):
        if journal.state_of(tree.state, name) in INTERRUPTED:
            return journal.load(tree.state, tree.top, name)
    return None


def interruption(run: Run) -> str:
    """One line for the user about a pending run, with what to do."""
    what = "the undo of run" if run.state == "undoing" else "run"
    return f"{what} {run.id} ({run.header.codemod}, {len(run.paths)} files) was interrupted: {RECOVER}"


def undo(root: Path, run: str | None = None, *, after_step: AfterStep = no_step) -> Restored:
    """Restore every byte and the mode of the files of the last applied run, or of the one called `run`.

    `run` may be the beginning of an id.  All or nothing, and journaled like the run itself: an undo that is interrupted
    can be finished.  An interrupted run is taken back, an interrupted undo is completed.

    Raises `UsageError` when there is nothing to undo, or when a file was changed since by someone else (unless it is as
    before already), and `RolledBack` when a file can't be written: then the run stays applied.
    """
    tree = work_tree(root)
    # Before the lock, which would make a state folder where there is none.
    _choose(tree, run)
    with locked(tree, "undo"):
        chosen = _choose(tree, run)
        if chosen.state == "undoing":
            return _restored(chosen, "undone", recover(chosen, "before", "undone", after_step))
        if chosen.state == "writing":
            return _restored(chosen, "rolled back", recover(chosen, "before", "rolled back", after_step))
        changed = [entry.path for entry in chosen.header.files if where(chosen, entry) == "elsewhere"]
        if changed:
            raise UsageError(f"run {chosen.id} can't be undone, these files were changed since: {listed(changed)}")
        journal.check_contents(chosen)
        moved = all_or_nothing(
            chosen, lambda: journal.mark(chosen, "undoing", after_step), "before", ("undone", "applied"), after_step
        )
        return _restored(chosen, "undone", moved)


def _choose(tree: WorkTree, wanted: str | None) -> Run:
    names = journal.names(tree.state)
    if wanted is None:
        names = [name for name in names if journal.state_of(tree.state, name) in {"applied", *INTERRUPTED}][:1]
        if not names:
            raise UsageError(f"there is no run to undo in {tree.top}")
    else:
        names = [name for name in names if name.startswith(wanted)]
        if len(names) != 1:
            raise UsageError(f"{'more than one run is' if names else 'no run is'} called {wanted!r}: {_ASK}")
    chosen = journal.load(tree.state, tree.top, names[0])
    if chosen.state in {"undone", "rolled back"}:
        raise UsageError(f"run {chosen.id} is {chosen.state} already: {_ASK}")
    return chosen


def finish(run: Run, *, after_step: AfterStep = no_step) -> Restored:
    """Bring an interrupted run (or undo) to its end.

    Files that are neither as before nor as after are left alone and told.  Raises `UsageError` when the run isn't
    interrupted any more or its journal is damaged, `StillInterrupted` when a file can't be written.
    """
    return _recovered(run, {"writing": ("after", "applied"), "undoing": ("before", "undone")}, after_step)


def roll_back(run: Run, *, after_step: AfterStep = no_step) -> Restored:
    """Take back what an interrupted run (or undo) has done so far; otherwise like `finish`."""
    return _recovered(run, {"writing": ("before", "rolled back"), "undoing": ("after", "applied")}, after_step)


def _recovered(run: Run, ends: Mapping[State, tuple[Side, State]], after_step: AfterStep) -> Restored:
    tree = work_tree(run.top)
    with locked(tree, run.header.codemod):
        now = journal.load(tree.state, tree.top, run.id)
        if not now.interrupted:
            raise UsageError(f"run {now.id} is {now.state}: there is nothing to finish or to roll back")
        side, end = ends[now.state]
        return _restored(now, end, recover(now, side, end, after_step))


def _restored(run: Run, state: State, moved: Moved) -> Restored:
    return Restored(run.id, run.header.codemod, state, moved.written, moved.left)
