"""One run at a time: a lock in the state folder that tells who holds it.

The operating system holds the lock, the file only says who asked for it.  So a lock can't outlive its process: after
`kill -9` the next run takes it over, without guessing from process ids, which are used again and mean nothing in
another container (nor can they be asked about safely on Windows, where `os.kill(pid, 0)` ends the process).
The file is never removed: a run that waits for a removed file's lock would hold nothing.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from codemods.toolkit.codemod import UsageError

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _taken(descriptor: int) -> bool:
        # Windows refuses to read a locked byte, so the one that is locked lies far behind the text.
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

    _NO_LINK = os.O_BINARY
else:
    import fcntl

    def _taken(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    _NO_LINK = os.O_NOFOLLOW


class Holder(msgspec.Struct, frozen=True):
    """Who holds the lock.  `since` is UTC, ISO 8601; all fields are empty (0) while the holder is still starting."""

    codemod: str = ""
    pid: int = 0
    host: str = ""
    since: str = ""

    def __str__(self) -> str:
        """For messages: "websocket_ssot (pid 4711 on build-3, since 2025-03-01T12:00:00Z)"."""
        return f"{self.codemod} (pid {self.pid} on {self.host}, since {self.since})" if self.pid else "a run"


@contextlib.contextmanager
def hold(state: Path, codemod: str) -> Iterator[None]:
    """Hold the lock of the folder `state`, which exists.

    Raises `UsageError` with the holder when another run has it, `OSError` when the file can't be opened or locked.
    """
    path = state / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o644)
    try:
        if not _taken(descriptor):
            raise UsageError(f"{_read(descriptor)} is at work here: wait until it has finished ({path})")
        _write(descriptor, msgspec.json.encode(_this_process(codemod)))
        try:
            yield
        finally:
            # The lock is what counts, so a name that can't be wiped out is no reason to fail a run that is done.
            with contextlib.suppress(OSError):
                _write(descriptor, b"")
    finally:
        os.close(descriptor)


def holder(state: Path) -> Holder | None:
    """Who holds the lock now; None when nobody does.  Raises `UsageError` when it can't be read."""
    try:
        descriptor = os.open(state / "lock", os.O_RDONLY | _NO_LINK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{state / 'lock'} can't be read: {error.strerror}") from error
    try:
        return None if _taken(descriptor) else _read(descriptor)
    finally:
        os.close(descriptor)


def _this_process(codemod: str) -> Holder:
    import socket  # 5 ms that only a run that writes has to pay

    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return Holder(codemod, os.getpid(), socket.gethostname(), since)


def _write(descriptor: int, text: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text)


def _read(descriptor: int) -> Holder:
    try:
        return msgspec.json.decode(os.read(descriptor, 4096), type=Holder)
    except msgspec.DecodeError:
        return Holder()
