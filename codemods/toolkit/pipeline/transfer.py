"""Bring the files of a run to one side: all as before, or all as after.

Where a file stands is read from its bytes, never remembered: so the same function writes a run, takes it back, and
finishes either of them after a crash.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import Literal

import msgspec

from codemods.toolkit.pipeline import journal
from codemods.toolkit.pipeline.atomic import AfterStep, remove_file, replace_file, replace_link, sync_folder
from codemods.toolkit.pipeline.journal import Entry, Run, Side

CHANGED_SINCE_PLAN = "TK207"

Place = Literal["before", "after", "elsewhere"]


class MoveError(Exception):
    """The file `path` couldn't be brought to its side; `reason` is one line."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path


class Moved(msgspec.Struct, frozen=True):
    """Files that were written or removed, and files that were `left`: neither as before nor as after."""

    written: tuple[str, ...]
    left: tuple[str, ...]


def where(run: Run, entry: Entry) -> Place:
    """Where one file of a run stands now."""
    path = run.top / entry.path
    if not _reached_directly(path):
        return "elsewhere"
    try:
        info = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return "before" if entry.before is None else "after" if entry.after is None else "elsewhere"
    if stat.S_ISLNK(info.st_mode) is not entry.is_link or not (entry.is_link or stat.S_ISREG(info.st_mode)):
        return "elsewhere"
    found = journal.digest(os.fsencode(os.readlink(path)) if entry.is_link else path.read_bytes())
    if entry.before is not None and found == entry.before.sha256:
        return "before"
    return "after" if entry.after is not None and found == entry.after.sha256 else "elsewhere"


def _reached_directly(path: Path) -> bool:
    """A link on the way was put there after the journal was written: it could lead anywhere."""
    return os.path.realpath(path.parent) == str(path.parent)


def move(run: Run, to: Side, after_step: AfterStep, *, leave_others: bool) -> Moved:
    """Write what isn't on the side `to` yet, file by file, each in one step, and remove temporary files of the run.

    A file that stands elsewhere (someone else changed it) is left alone; without `leave_others` it ends the move.
    Raises `MoveError` for that and for every error of the file system; files that were written before stay written.
    """
    written: list[str] = []
    left: list[str] = []
    for index, entry in enumerate(run.header.files):
        try:
            place = where(run, entry)
            _remove_temporary(run, index)
            if place == "elsewhere":
                if not leave_others:
                    raise MoveError(entry.path, f"{CHANGED_SINCE_PLAN} {entry.path}: changed between plan and write")
                left.append(entry.path)
            elif place != to:
                _write(run, index, to, after_step)
                written.append(entry.path)
            elif to == "before" and _restore_mode(run, entry):
                written.append(entry.path)
            if to == "before" and place != "elsewhere":
                _remove_folders(run, entry, after_step)
        except OSError as error:
            raise MoveError(entry.path, f"{entry.path}: {error.strerror or error}") from error
    _sync(run, written, after_step)
    return Moved(tuple(written), tuple(left))


def _temporary(run: Run, index: int) -> Path:
    return (run.top / run.header.files[index].path).with_name(run.temporary(index))


def _remove_temporary(run: Run, index: int) -> None:
    temporary = _temporary(run, index)
    if _reached_directly(temporary):
        # The folder may be gone, or a file may stand in its place.
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            temporary.unlink()


def _restore_mode(run: Run, entry: Entry) -> bool:
    path = run.top / entry.path
    if entry.before is None or entry.is_link or stat.S_IMODE(path.stat().st_mode) == entry.mode:
        return False
    path.chmod(entry.mode)
    return True


def _write(run: Run, index: int, to: Side, after_step: AfterStep) -> None:
    entry = run.header.files[index]
    path, temporary = run.top / entry.path, _temporary(run, index)
    part = entry.before if to == "before" else entry.after
    if not entry.is_link:
        _refuse_read_only(path)
    if part is None:
        remove_file(path, after_step)
        return
    # Git and editors remove folders that became empty.
    path.parent.mkdir(parents=True, exist_ok=True)
    content = journal.content(run, entry, part)
    if entry.is_link:
        replace_link(path, os.fsdecode(content), temporary=temporary, after_step=after_step)
    else:
        replace_file(path, content, mode=entry.mode, owner=entry.owner, temporary=temporary, after_step=after_step)


def _remove_folders(run: Run, entry: Entry, after_step: AfterStep) -> None:
    """Remove the folders that were made for a file, unless something else is in them by now."""
    for folder in entry.new_folders:
        with contextlib.suppress(OSError):
            (run.top / folder).rmdir()
            after_step(f"removed the folder {folder}")


def _refuse_read_only(path: Path) -> None:
    """A rename replaces a file that may not be written just as well, against what its owner asked for."""
    if path.exists() and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
        raise PermissionError(errno.EACCES, "the file is read-only")


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _sync(run: Run, written: list[str], after_step: AfterStep) -> None:
    for folder in sorted({_existing((run.top / path).parent) for path in written}):
        try:
            sync_folder(folder)
        except OSError as error:
            raise MoveError(str(folder), f"{folder}: {error.strerror or error}") from error
    after_step("flushed the folders")
