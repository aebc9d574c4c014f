from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from codemods.toolkit.pipeline.atomic import no_step, replace_file, sync_folder, write_new, write_small


def test_a_file_that_exists_is_not_written_as_new(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", (b"new",))
    assert (tmp_path / "a").read_bytes() == b"mine"


def test_a_half_written_twin_of_a_small_file_is_in_nobodys_way(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (tmp_path / "state.new").symlink_to(outside)
    write_small(tmp_path / "state", b"applied")
    assert (tmp_path / "state").read_bytes() == b"applied"
    assert outside.read_bytes() == b"mine"


def test_content_is_on_disk_before_it_takes_the_place_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"old")
    order: list[str] = []
    sync, replace = os.fsync, os.replace

    def noted_sync(descriptor: int) -> None:
        order.append("fsync")
        sync(descriptor)

    def noted_replace(source: Path, target: Path) -> None:
        order.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "replace", noted_replace)
    temporary = tmp_path / "a.tmp"
    replace_file(tmp_path / "a", b"new", mode=0o644, owner=(0, 0), temporary=temporary, after_step=no_step)
    assert order == ["fsync", "replace"]
    assert (tmp_path / "a").read_bytes() == b"new"


def test_an_owner_that_can_not_be_kept_fails_the_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = somebody_elses(tmp_path / "a", monkeypatch)
    with pytest.raises(PermissionError):
        replace_file(path, b"new", mode=0o644, owner=(1, 1), temporary=tmp_path / "tmp", after_step=no_step)
    assert path.read_bytes() == b"old"


def test_a_file_that_was_gone_comes_back_without_its_owner_where_it_must(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = somebody_elses(tmp_path / "a", monkeypatch)
    path.unlink()
    stranger = (os.getuid() + 1, os.getgid())
    replace_file(path, b"new", mode=0o600, owner=stranger, temporary=tmp_path / "tmp", after_step=no_step)
    assert path.read_bytes() == b"new"


def somebody_elses(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that this process may replace but whose owner it may not set."""
    path.write_bytes(b"old")
    real = Path.stat

    def stat(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        info = real(self, follow_symlinks=follow_symlinks)
        return os.stat_result([*info[:4], info.st_uid + 1, *info[5:10]]) if self == path else info

    def refused(target: Path, user: int, group: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", str(target))

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(os, "chown", refused)
    return path


def test_a_file_system_that_can_not_flush_folders_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", failing(errno.EINVAL))
    sync_folder(tmp_path)
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    with pytest.raises(OSError, match="Input/output error"):
        sync_folder(tmp_path)


def failing(code: int) -> Callable[[int], None]:
    def fsync(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    return fsync
