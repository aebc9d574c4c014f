"""Write the changes of a run, all or nothing: the only step of a codemod that writes to the target.

Everything is in the journal before the first file is touched, and each file changes in one step.  So a process that is
killed at any moment leaves each file as before or as after, and what is on disk is enough to go on in either direction
(see `undo`).  Each error is one line: `UsageError` where the user has to do something first (exit status 2),
`RolledBack` where the run was stopped (exit status 3).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline import journal
from codemods.toolkit.pipeline.atomic import AfterStep, no_step
from codemods.toolkit.pipeline.journal import Replacement
from codemods.toolkit.pipeline.lock import holder
from codemods.toolkit.pipeline.result import Change, Result
from codemods.toolkit.pipeline.transaction import RolledBack, all_or_nothing, listed, locked
from codemods.toolkit.pipeline.transfer import CHANGED_SINCE_PLAN
from codemods.toolkit.pipeline.undo import interrupted_run, interruption
from codemods.toolkit.pipeline.worktree import WorkTree, uncommitted_files, work_tree


class Applied(msgspec.Struct, frozen=True):
    """`run` is what `undo` takes ("" when there was nothing to write); the paths are relative to the root."""

    run: str
    written: tuple[str, ...]
    deleted: tuple[str, ...]


def require_ready(root: Path, *, allow_dirty: bool) -> None:
    """Raise `UsageError` when `apply` would refuse to start, before a long run is made for it.

    That is when another run is at work or was interrupted, and when the work tree has uncommitted changes: the user's
    own could no longer be told from those of the run.
    """
    tree = work_tree(root)
    busy = holder(tree.state)
    if busy is not None:
        raise UsageError(f"{busy} is at work here: wait until it has finished")
    _require_settled(tree, allow_dirty=allow_dirty)


def _require_settled(tree: WorkTree, *, allow_dirty: bool) -> None:
    interrupted = interrupted_run(tree)
    if interrupted is not None:
        raise UsageError(interruption(interrupted))
    dirty = () if allow_dirty else uncommitted_files(tree)
    if dirty:
        raise UsageError(
            f"{tree.top} has uncommitted changes ({listed(dirty)}): commit or stash them, or pass --allow-dirty"
        )


def apply(result: Result, root: Path, *, allow_dirty: bool, after_step: AfterStep = no_step) -> Applied:
    """Write all changes of `result` to the files under `root`, or none.

    A link inside the root stays a link, the file that it leads to is written; nothing outside the root is.
    `allow_dirty` lets it start in a git work tree with uncommitted changes.  Folders that become empty stay; those
    that a new file needs are made (and go with it when the run is undone).

    Raises `UsageError` when it can't start (see `require_ready`), and `RolledBack` when a file changed since the plan
    was made (TK207), can't be written, or the user interrupts.
    """
    changes = tuple(change for change in result.changes if change.before != change.after)
    if not changes:
        return Applied("", (), ())
    tree = work_tree(root)
    with locked(tree, result.codemod):
        _require_settled(tree, allow_dirty=allow_dirty)
        files = _replacements(changes, Path(os.path.realpath(root)), tree.top)
        try:
            run = journal.prepare(tree.state, tree.top, result.codemod, files, after_step)
        except KeyboardInterrupt as error:
            raise RolledBack("interrupted; nothing was written") from error
        all_or_nothing(run, lambda: journal.publish(run, after_step), "after", ("applied", "rolled back"), after_step)
    written = tuple(change.path for change in changes if change.after is not None)
    return Applied(run.id, written, tuple(change.path for change in changes if change.after is None))


def _replacements(changes: Sequence[Change], root: Path, top: Path) -> tuple[Replacement, ...]:
    """The files that the changes lead to, each of them once, as they are on disk now."""
    files: dict[str, Replacement] = {}
    stale: list[str] = []
    for change in changes:
        file = _replacement(change, root, top)
        if file is None:
            stale.append(change.path)
        elif files.setdefault(file.path, file).after != file.after:
            raise RolledBack(f"{change.path}: is a link to {file.path}, which changes differently; nothing was written")
    if stale:
        raise RolledBack(f"{CHANGED_SINCE_PLAN} changed between plan and write: {listed(stale)}; nothing was written")
    return tuple(files.values())


def _replacement(change: Change, root: Path, top: Path) -> Replacement | None:
    """None when the file isn't what the plan was made for."""
    if change.before is None:
        return _addition(change, root, top)
    given = root / change.path
    is_link = change.after is None and given.is_symlink()
    path = Path(os.path.realpath(given.parent), given.name) if is_link else Path(os.path.realpath(given))
    if not path.is_relative_to(root):
        raise RolledBack(f"{change.path}: leads out of {root}; nothing was written")
    try:
        info = given.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(info.st_mode) or given.read_bytes() != change.before:
        return None
    before = os.fsencode(os.readlink(path)) if is_link else change.before
    mode, owner = stat.S_IMODE(info.st_mode), (info.st_uid, info.st_gid)
    return Replacement(_relative(path, top), mode, owner, before, change.after, is_link)


def _addition(change: Change, root: Path, top: Path) -> Replacement | None:
    """None when there is something at the place of the new file."""
    given = root / change.path
    path = Path(os.path.realpath(given.parent), given.name)
    if not path.is_relative_to(root):
        raise RolledBack(f"{change.path}: leads out of {root}; nothing was written")
    if os.path.lexists(path):
        return None
    missing = [folder for folder in path.parents if not folder.exists()]
    info = path.parents[len(missing)].stat()
    folders = tuple(_relative(folder, top) for folder in missing)
    owner = info.st_uid, info.st_gid
    return Replacement(_relative(path, top), change.mode, owner, None, change.after, new_folders=folders)


def _relative(path: Path, top: Path) -> str:
    relative = path.relative_to(top).as_posix()
    if not _is_utf8(relative):
        raise RolledBack(f"{relative!a}: its name is no UTF-8; nothing was written")
    return relative


def _is_utf8(path: str) -> bool:
    # The file system's other bytes stand as lone surrogates in a string (PEP 383).
    return path == path.encode(errors="replace").decode()
