"""What workers say of a file: in which of its versions they saw it."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import pytest

from codemods.toolkit.pipeline.job import Job, Stamp, content_key
from codemods.toolkit.pipeline.reading import Item, collect, scan

TEXT = b"x = 1\n"
KNOWN = b"what it was known by"


def stamp_of(file: Path) -> Stamp:
    status = os.stat(file)
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def contents(job: Job, item: Item) -> set[bytes]:
    return {scan(job, [item])[0].content, collect(job, [item])[0].content}


@pytest.fixture
def job(renaming: ModuleType, tmp_path: Path) -> Job:
    (tmp_path / "a.py").write_bytes(TEXT)
    return Job(renaming.codemod, renaming.Config(), str(tmp_path), 1_000)


def test_a_file_that_was_not_seen_is_known_by_its_bytes(job: Job) -> None:
    assert contents(job, Item("a.py", len(TEXT))) == {content_key("a.py", TEXT)}


def test_a_file_with_the_stamp_that_it_was_seen_with_is_known_by_what_it_was(job: Job, tmp_path: Path) -> None:
    seen = (stamp_of(tmp_path / "a.py"), KNOWN)
    assert contents(job, Item("a.py", len(TEXT), seen=seen)) == {KNOWN}


@pytest.mark.parametrize("part", range(4), ids=["size", "modified", "changed", "inode"])
def test_a_file_with_another_stamp_is_known_by_its_bytes(job: Job, tmp_path: Path, part: int) -> None:
    size, modified, changed, inode = (each - (part == at) for at, each in enumerate(stamp_of(tmp_path / "a.py")))
    item = Item("a.py", len(TEXT), seen=((size, modified, changed, inode), KNOWN))
    assert contents(job, item) == {content_key("a.py", TEXT)}


def test_bytes_that_are_not_on_disk_have_no_stamp(job: Job, tmp_path: Path) -> None:
    item = Item("a.py", 1, raw=b"y", seen=(stamp_of(tmp_path / "a.py"), KNOWN))
    assert contents(job, item) == {content_key("a.py", b"y")}
