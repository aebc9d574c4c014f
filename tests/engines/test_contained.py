"""What code of the user's may not do while it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codemods.engines.contained import contained


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text("x = 1\n")
    return project


WRITING: dict[str, Callable[[Path], object]] = {
    "write": lambda project: (project / "a.py").write_text("y"),
    "append": lambda project: (project / "a.py").open("a"),
    "new file": lambda project: (project / "b.py").touch(),
    "by bytes": lambda project: os.truncate(os.fsencode(project / "a.py"), 0),
    "file descriptor": lambda project: os.open(project / "a.py", os.O_WRONLY | os.O_TRUNC),
    "remove": lambda project: (project / "a.py").unlink(),
    "move away": lambda project: (project / "a.py").rename(project.parent / "a.py"),
    "move in": lambda project: (project.parent / "c.py").rename(project / "a.py"),
    "folder": lambda project: (project / "folder").mkdir(),
    "mode": lambda project: (project / "a.py").chmod(0o600),
    "link": lambda project: (project / "link").symlink_to("a.py"),
    "another way there": lambda project: (project.parent / "project" / ".." / "project" / "a.py").write_text("y"),
}


@pytest.mark.parametrize("writing", WRITING.values(), ids=WRITING)
def test_it_can_not_change_the_project(project: Path, writing: Callable[[Path], object]) -> None:
    (project.parent / "c.py").write_text("z")
    with pytest.raises(PermissionError, match="writes to the project by itself: "), contained(str(project)):
        writing(project)
    assert {path.name: path.read_text() for path in project.iterdir()} == {"a.py": "x = 1\n"}


def test_it_can_read_the_project_and_write_elsewhere(project: Path, tmp_path: Path) -> None:
    with contained(str(project)):
        (tmp_path / "projects").write_text((project / "a.py").read_text())
        os.write(os.open(os.devnull, os.O_WRONLY), b"x")
    assert (tmp_path / "projects").read_text() == "x = 1\n"


def test_afterwards_all_is_as_before(project: Path) -> None:
    with contained(str(project)), contained():
        pass
    (project / "a.py").write_text("y")


def test_what_it_prints_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with contained():
        sys.stdout.write("hello\n")
    assert capsys.readouterr() == ("", "hello\n")


def test_it_can_not_close_what_others_print_to(capsys: pytest.CaptureFixture[str]) -> None:
    with contained():
        sys.stdout.close()
    sys.stderr.write("still here\n")
    assert capsys.readouterr() == ("", "still here\n")


def test_what_its_programs_print_goes_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    sys.stdout.write("before ")
    with contained():
        os.system("echo hello")
    sys.stdout.write("after")
    assert capfd.readouterr() == ("before after", "hello\n")


def test_it_works_where_stdout_is_closed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def closed(descriptor: int) -> int:
        raise OSError("Bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    monkeypatch.setattr(sys, "stdout", None)
    with contained():
        sys.stdout.write("hello\n")
    assert capsys.readouterr().err == "hello\n"
