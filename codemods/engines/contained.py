"""What code of the user's may not do while it runs: print into the result, and write to the project.

A dry run writes nothing, whatever a query or command does by itself, and what `--apply` writes goes through the
journal.  This keeps mistakes from being made; it is no sandbox: programs that the code starts are not watched.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from functools import cache

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = {
    "os.chmod": 1, "os.chown": 1, "os.link": 2, "os.mkdir": 1, "os.remove": 1, "os.rename": 2, "os.rmdir": 1,
    "os.symlink": 2, "os.truncate": 1, "os.utime": 1,
}  # fmt: skip
"""Audit events of calls that change files, and how many of their arguments, from the first, are paths."""

_roots: list[str] = []
"""The projects that may not be written to now."""


@contextlib.contextmanager
def contained(root: str = "") -> Iterator[None]:
    """Let what the user's code prints go to stderr, and whatever it writes in the folder `root` be an error in it."""
    _watch()
    if sys.stdout is not None:
        sys.stdout.flush()  # what is to go to stdout
    if root:
        _roots.append(os.path.realpath(root) + os.sep)
    try:
        with contextlib.redirect_stdout(_Beside()), _programs_print_beside():
            yield
    finally:
        if root:
            _roots.pop()


class _Beside(io.TextIOBase):
    """Where the user's code prints to: stderr, whatever that is by now, and nobody can close it."""

    def write(self, text: str) -> int:
        """Write to stderr."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush stderr."""
        sys.stderr.flush()

    def close(self) -> None:
        """Leave it open."""


@contextlib.contextmanager
def _programs_print_beside() -> Iterator[None]:
    """Let programs that are started print to stderr, too."""
    try:
        kept = os.dup(1)
    except OSError:  # stdout is closed, and nothing to be kept clean
        yield
        return
    try:
        with contextlib.suppress(OSError):  # stderr is closed
            os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


@cache
def _watch() -> None:
    """See each file that this process opens or changes from now on.  Nothing takes that back (PEP 578)."""
    sys.addaudithook(_seen)


def _seen(event: str, arguments: tuple[object, ...]) -> None:  # pragma: no cover - Python doesn't trace audit hooks
    if not _roots:
        return
    if event == "open":
        path, _mode, flags = arguments
        if isinstance(flags, int) and flags & _WRITING:
            _require_outside(path)
    elif event in _CHANGING:
        for path in arguments[: _CHANGING[event]]:
            _require_outside(path)


def _require_outside(path: object) -> None:  # pragma: no cover - as it is called by one
    if not isinstance(path, (str, bytes, os.PathLike)):
        return  # a file that is open already
    name = os.path.realpath(os.fsdecode(path))
    # The environment may stand in the project: importing from it writes bytecode.
    environment = os.path.realpath(sys.prefix) + os.sep
    for root in _roots:
        if name.startswith(root) and not name.startswith(environment):
            raise PermissionError(f"writes to the project by itself: {name.removeprefix(root)}")
