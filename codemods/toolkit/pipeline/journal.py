"""What a run is about to write, on disk before the first file is touched: enough to finish it or to take it back.

One folder per run under `runs/` of the state folder, named by its time (UTC), so names sort by age:

    20250301-120000-123456-9f3a/
        header.json    the files of the run: path, mode, where their bytes are and what they hash to; never changes
        contents       the bytes of all files before and after, one behind the other; readable by its owner only
        state          one word, replaced atomically

The folder gets its name when all of it is flushed, so there are no half-written journals; what a killed run left
half-made ends in `.new` (or `.old` when it was about to be thrown away) and goes with the next run.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Annotated, Literal, get_args

import msgspec

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.atomic import AfterStep, sync_folder, write_new, write_small

SCHEMA = 1
KEPT_RUNS = 20
"""So many runs can be undone or looked at; older ones are dropped when a new one starts."""

State = Literal["writing", "applied", "undoing", "undone", "rolled back"]
Side = Literal["before", "after"]

_STATES: Mapping[bytes, State] = {state.encode(): state for state in get_args(State)}

INTERRUPTED: frozenset[State] = frozenset({"writing", "undoing"})
"""On the way from one side to the other: the run is still at work (the lock tells) or was interrupted."""

_Count = Annotated[int, msgspec.Meta(ge=0)]
_Mode = Annotated[int, msgspec.Meta(ge=0, le=0o7777)]
_Id = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]

_ID = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{4}")
_HALF_MADE = (".new", ".old")


class Replacement(msgspec.Struct, frozen=True):
    """One file to write: `path` is the real file (no link on the way), relative to the top of the work tree.

    `before` is None when the file comes, `after` when it goes.  `is_link` says that a symbolic link goes: `before` is
    where it leads to.  `owner` are user id and group id.  `new_folders` are those that are made for a file that comes,
    the innermost first.
    """

    path: str
    mode: int
    owner: tuple[int, int]
    before: bytes | None
    after: bytes | None
    is_link: bool = False
    new_folders: tuple[str, ...] = ()


class Slice(msgspec.Struct, frozen=True):
    """A part of `contents`, and what it hashes to."""

    start: _Count
    size: _Count
    sha256: str


class Entry(msgspec.Struct, frozen=True):
    """One file of a run, see `Replacement`."""

    path: str
    mode: _Mode
    owner: tuple[_Id, _Id]
    before: Slice | None
    after: Slice | None
    is_link: bool = False
    new_folders: tuple[str, ...] = ()


class Header(msgspec.Struct, frozen=True):
    """The part of a journal that never changes.  `started` is UTC, ISO 8601."""

    schema: int
    codemod: str
    started: str
    files: tuple[Entry, ...]


class Run(msgspec.Struct, frozen=True):
    """One run as its journal has it.  `top` is the work tree that the paths are relative to."""

    id: str
    top: Path
    folder: Path
    state: State
    header: Header

    @property
    def interrupted(self) -> bool:
        """Whether it stopped on the way, see `INTERRUPTED`."""
        return self.state in INTERRUPTED

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of the run, relative to the top of the work tree."""
        return tuple(entry.path for entry in self.header.files)

    def temporary(self, index: int) -> str:
        """The name of the file through which file number `index` is written: known to everyone who can read this."""
        return f".codemods-{self.id}-{index}.tmp"


def digest(content: bytes) -> str:
    """The hash by which the journal knows a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def prepare(state: Path, top: Path, codemod: str, files: Sequence[Replacement], after_step: AfterStep) -> Run:
    """Write the journal of a run that is about to write `files`, and flush it; `publish` makes it count.

    The lock is held.  Raises `OSError`, and leaves nothing behind then.
    """
    folder = state / "runs"
    _drop_old(folder)
    moment = time.time_ns()
    started = time.gmtime(moment // 10**9)
    stamp = f"{time.strftime('%Y%m%d-%H%M%S', started)}-{moment // 1000 % 10**6:06}"
    entries, contents = _packed(files)
    header = Header(SCHEMA, codemod, time.strftime("%Y-%m-%dT%H:%M:%SZ", started), entries)
    name = f"{stamp}-{os.urandom(2).hex()}"
    run = Run(name, top, folder / name, "writing", header)
    half_made = folder / f"{run.id}.new"
    try:
        half_made.mkdir()
        after_step("began the journal")
        write_new(half_made / "contents", contents)
        after_step("wrote the journal's contents")
        write_small(half_made / "header.json", msgspec.json.encode(header))
        write_small(half_made / "state", b"writing")
        after_step("wrote the journal's header")
    except (OSError, KeyboardInterrupt):
        _discard(half_made)
        raise
    return run


def publish(run: Run, after_step: AfterStep) -> None:
    """Give a prepared journal its name: from here on the run is finished or taken back, whatever happens."""
    os.rename(run.folder.with_name(f"{run.id}.new"), run.folder)
    after_step("named the journal")
    for folder in (run.folder.parent, run.folder.parent.parent, run.folder.parent.parent.parent):
        sync_folder(folder)
    after_step("flushed the journal")


def published(run: Run) -> bool:
    """Whether `publish` got as far as to give the journal its name."""
    return run.folder.exists()


def _discard(folder: Path) -> None:
    import shutil

    # What can't be removed is in nobody's way: without its name it is no run.
    shutil.rmtree(folder, ignore_errors=True)


def _packed(files: Sequence[Replacement]) -> tuple[tuple[Entry, ...], list[bytes]]:
    entries: list[Entry] = []
    contents: list[bytes] = []
    end = 0

    def pack(content: bytes) -> Slice:
        nonlocal end
        contents.append(content)
        end += len(content)
        return Slice(end - len(content), len(content), digest(content))

    for file in files:
        before, after = (None if content is None else pack(content) for content in (file.before, file.after))
        entries.append(Entry(file.path, file.mode, file.owner, before, after, file.is_link, file.new_folders))
    return tuple(entries), contents


def _drop_old(folder: Path) -> None:
    settled = [name for name in _names(folder) if _state(folder / name) not in INTERRUPTED]
    for name in settled[KEPT_RUNS - 1 :]:
        (folder / name).rename(folder / f"{name}.old")
    for path in folder.iterdir():
        if path.suffix in _HALF_MADE and _ID.fullmatch(path.stem):
            _discard(path)


def mark(run: Run, state: State, after_step: AfterStep) -> None:
    """Put a run into another state; on disk when this returns."""
    write_small(run.folder / "state", state.encode())
    after_step(f"marked the run as {state}")


def names(state: Path) -> list[str]:
    """The ids of all runs, newest first."""
    return _names(state / "runs")


def _names(folder: Path) -> list[str]:
    try:
        found = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise UsageError(f"the journal {folder} can't be read: {error.strerror}") from error
    # Not a link: what it leads to is no journal of ours.
    named = (entry.name for entry in found if _ID.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False))
    return sorted(named, reverse=True)


def load(state: Path, top: Path, name: str) -> Run:
    """The run called `name`.  Raises `UsageError` when its journal is damaged, or names files outside `top`."""
    folder = state / "runs" / name
    try:
        header = msgspec.json.decode((folder / "header.json").read_bytes(), type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as error:
        raise _damaged(folder, str(error)) from error
    if header.schema != SCHEMA:
        raise UsageError(f"{folder} was written by another version of codemods: use that one to undo or finish it")
    for entry in header.files:
        for path in (entry.path, *entry.new_folders):
            if not _stays_inside(path):
                raise _damaged(folder, f"{path!r} leads out of {top}")
    return Run(name, top, folder, _state(folder), header)


def state_of(state: Path, name: str) -> State:
    """The state of the run called `name`, without reading its header."""
    return _state(state / "runs" / name)


def _state(folder: Path) -> State:
    try:
        return _STATES[(folder / "state").read_bytes()]
    except KeyError as error:
        raise _damaged(folder, f"its state is none of {', '.join(get_args(State))}") from error
    except OSError as error:
        raise _damaged(folder, f"its state can't be read: {error.strerror}") from error


def _damaged(folder: Path, reason: str) -> UsageError:
    return UsageError(f"the journal {folder} is damaged ({reason}): move it away to go on without it")


def _stays_inside(path: str) -> bool:
    pure = PurePath(path)
    parts = {part.lower() for part in pure.parts}
    return bool(parts) and not pure.anchor and "\0" not in path and parts.isdisjoint({"..", ".git"})


def content(run: Run, entry: Entry, part: Slice) -> bytes:
    """The bytes of one file before or after.  Raises `UsageError` when they aren't what the header says."""
    try:
        with open(run.folder / "contents", "rb") as pack:
            # Not more than there is: a damaged size would be allocated first.
            pack.seek(min(part.start, os.fstat(pack.fileno()).st_size))
            found = pack.read(min(part.size, os.fstat(pack.fileno()).st_size))
    except OSError as error:
        raise _damaged(run.folder, str(error)) from error
    if digest(found) != part.sha256:
        raise _damaged(run.folder, f"it no longer has the bytes of {entry.path}")
    return found


def check_contents(run: Run) -> None:
    """Raise `UsageError` unless the journal still has the bytes of every file."""
    for entry in run.header.files:
        for part in (entry.before, entry.after):
            if part is not None:
                content(run, entry, part)
