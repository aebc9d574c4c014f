from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemods.toolkit.pipeline.git import git


def test_a_failing_command_tells_its_status_and_message(tmp_path: Path) -> None:
    done = git(str(tmp_path), "ls-files")
    assert done is not None
    assert done.status != 0
    assert "not a git repository" in done.errors


def test_the_repository_of_a_hook_is_not_taken_for_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    here = tmp_path / "here"
    for folder in (other, here):
        folder.mkdir()
        assert git(str(folder), "init", "-q") is not None
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    done = git(str(here), "rev-parse", "--absolute-git-dir")
    assert done is not None
    assert os.path.samefile(os.fsdecode(done.output).strip(), here / ".git")


def test_without_git_there_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git(str(tmp_path), "--version") is None


def test_a_git_that_lies_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = tmp_path / "git"
    trap.write_text("#!/bin/sh\ntouch trapped\n")
    trap.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([".", ""]))
    assert git(str(tmp_path), "--version") is None
    assert not (tmp_path / "trapped").exists()


def test_a_monitor_that_the_repository_configures_does_not_run(tmp_path: Path) -> None:
    trap = tmp_path / "monitor"
    trap.write_text("#!/bin/sh\ntouch trapped\n")
    trap.chmod(0o755)
    git(str(tmp_path), "init", "-q")
    git(str(tmp_path), "config", "core.fsmonitor", str(trap))
    done = git(str(tmp_path), "status", "--porcelain")
    assert done is not None
    assert done.status == 0
    assert not (tmp_path / "trapped").exists()
