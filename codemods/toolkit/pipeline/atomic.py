"""Writes that are there whole or not at all, also after a power failure."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

AfterStep = Callable[[str], None]
"""Called after each step that changes something on disk: tests end the process there, as any moment must do."""


def no_step(step: str) -> None:
    """Go on: the `AfterStep` of every run outside tests."""


if sys.platform == "win32":  # pragma: no cover

    def sync_folder(folder: Path) -> None:
        """Windows can't flush a folder; NTFS journals its names itself."""

    def _give(path: Path, owner: tuple[int, int]) -> None:
        """A new file takes its owner and rights from the folder."""
else:

    def sync_folder(folder: Path) -> None:
        """Make names in `folder` that were added, replaced or removed survive a power failure."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            # Some network file systems can't flush folders; that is no reason not to write there.
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
                raise
        finally:
            os.close(descriptor)

    def _give(path: Path, owner: tuple[int, int]) -> None:
        info = path.stat()
        if (info.st_uid, info.st_gid) != owner:
            os.chown(path, *owner)


def write_new(path: Path, parts: Iterable[bytes], *, mode: int = 0o600) -> None:
    """Write a file that doesn't exist yet and flush it to disk; only its owner may read it unless `mode` says more."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


def write_small(path: Path, content: bytes) -> None:
    """Replace (or make) a file of ours that a crash must leave old or new."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    write_new(new, (content,), mode=0o666)
    os.replace(new, path)
    sync_folder(path.parent)


def replace_file(
    path: Path, content: bytes, *, mode: int, owner: tuple[int, int], temporary: Path, after_step: AfterStep
) -> None:
    """Put `content` at `path` in one step, through `temporary` in the same folder (which must not exist).

    `mode` are the permission bits.  An existing file keeps its owner (user id, group id), whatever the caller runs as,
    or the write fails; for a file that was gone `owner` is tried.  Hard links to the old file keep the old content.
    """
    write_new(temporary, (content,))
    after_step(f"wrote {path.name} aside")
    try:
        info = path.stat()
    except FileNotFoundError:
        with contextlib.suppress(PermissionError):
            _give(temporary, owner)
    else:
        _give(temporary, (info.st_uid, info.st_gid))
    # After chown, which takes the set-user-id bits away.
    temporary.chmod(mode)
    after_step(f"gave {path.name} its mode")
    os.replace(temporary, path)
    after_step(f"replaced {path.name}")


def replace_link(path: Path, target: str, *, temporary: Path, after_step: AfterStep) -> None:
    """Put a symbolic link to `target` at `path` in one step."""
    temporary.symlink_to(target)
    after_step(f"linked {path.name} aside")
    os.replace(temporary, path)
    after_step(f"replaced {path.name}")


def remove_file(path: Path, after_step: AfterStep) -> None:
    """Remove a file or a link (not what it leads to)."""
    path.unlink()
    after_step(f"removed {path.name}")
