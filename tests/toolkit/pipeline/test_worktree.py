from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.worktree import is_clean, make_state_folder, uncommitted_files, work_tree

ISOLATED = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""Without the developer's own git configuration, and without the repository of a hook that runs the tests."""


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Zoë", "-c", "user.email=zoe@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(("git", *who, *arguments), cwd=folder, env=ISOLATED, check=True, capture_output=True)


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet")
    (folder / "a.py").write_bytes(b"a = 1\n")
    (folder / ".gitignore").write_bytes(b"*.log\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Start")
    return folder


def test_a_folder_of_a_repository_belongs_to_the_work_tree_around_it(tmp_path: Path) -> None:
    top = repository(tmp_path / "repo")
    (top / "services" / "api").mkdir(parents=True)
    tree = work_tree(top / "services" / "api")
    assert (tree.top, tree.git_dir) == (top, top / ".git")
    assert tree.state == top / ".git" / "codemods"


def test_a_folder_outside_a_repository_is_its_own_top(tmp_path: Path) -> None:
    tree = work_tree(tmp_path)
    assert (tree.top, tree.git_dir, tree.state) == (tmp_path, None, tmp_path / ".codemods")


def test_a_root_that_is_a_link_is_resolved(tmp_path: Path) -> None:
    top = repository(tmp_path / "repo")
    (tmp_path / "link").symlink_to(top)
    assert work_tree(tmp_path / "link").top == top


def test_a_linked_work_tree_has_a_state_of_its_own(tmp_path: Path) -> None:
    top = repository(tmp_path / "repo")
    git(top, "worktree", "add", "--quiet", str(tmp_path / "second"))
    tree = work_tree(tmp_path / "second")
    assert tree.top == tmp_path / "second"
    assert tree.state == top / ".git" / "worktrees" / "second" / "codemods"


def test_a_submodule_has_a_state_of_its_own(tmp_path: Path) -> None:
    top = repository(tmp_path / "repo")
    git(top, "submodule", "--quiet", "add", str(repository(tmp_path / "library")), "vendored")
    assert work_tree(top / "vendored").state == top / ".git" / "modules" / "vendored" / "codemods"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"gitdir: ../moved/away\n", id="leads nowhere"),
        pytest.param(b"a note about git\n", id="is something else"),
    ],
)
def test_a_git_file_that_is_no_repository_is_none(tmp_path: Path, text: bytes) -> None:
    (tmp_path / ".git").write_bytes(text)
    assert work_tree(tmp_path).git_dir is None


def test_an_empty_git_folder_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert work_tree(tmp_path).git_dir is None


def test_a_committed_tree_is_clean(tmp_path: Path) -> None:
    top = repository(tmp_path)
    (top / "run.log").write_bytes(b"ignored")
    assert is_clean(top)


def test_outside_a_repository_everything_is_clean(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"a = 1\n")
    assert is_clean(tmp_path)


def test_changed_staged_untracked_and_renamed_files_are_uncommitted(tmp_path: Path) -> None:
    top = repository(tmp_path)
    for name in ("b.py", "c.py"):
        (top / name).write_bytes(name.encode() * 100)
    git(top, "add", ".")
    git(top, "commit", "--quiet", "--message", "More")
    (top / "a.py").write_bytes(b"a = 2\n")
    git(top, "mv", "b.py", "moved.py")
    git(top, "rm", "--quiet", "c.py")
    (top / "zoë with space.py").write_bytes(b"")
    assert set(uncommitted_files(work_tree(top))) == {"a.py", "b.py", "moved.py", "c.py", "zoë with space.py"}


def test_untracked_files_count_whatever_the_configuration_hides(tmp_path: Path) -> None:
    top = repository(tmp_path)
    git(top, "config", "status.showUntrackedFiles", "no")
    (top / "new.py").write_bytes(b"")
    assert not is_clean(top)


def test_a_change_elsewhere_in_the_work_tree_counts_for_a_root_below(tmp_path: Path) -> None:
    top = repository(tmp_path)
    (top / "api").mkdir()
    (top / "a.py").write_bytes(b"a = 2\n")
    assert not is_clean(top / "api")


def test_asking_executes_nothing_that_the_repository_configures(tmp_path: Path) -> None:
    top = repository(tmp_path / "repo")
    spy = tmp_path / "spy"
    spy.write_text(f"#!{sys.executable}\nopen({str(tmp_path / 'executed')!r}, 'w')\n")
    spy.chmod(0o755)
    git(top, "config", "core.fsmonitor", str(spy))
    assert is_clean(top)
    assert not (tmp_path / "executed").exists()


def test_the_environment_of_a_hook_does_not_lead_to_another_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = repository(tmp_path / "repo")
    other = repository(tmp_path / "other")
    (other / "a.py").write_bytes(b"changed\n")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert is_clean(top)


def test_without_git_a_repository_is_not_taken_for_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = repository(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not on PATH: install it, or pass --allow-dirty"):
        is_clean(top)


def test_when_git_refuses_its_reason_is_told(tmp_path: Path) -> None:
    top = repository(tmp_path)
    (top / ".git" / "config").write_bytes(b"[core\n")
    with pytest.raises(UsageError, match=r"git can't tell whether .* is clean \(fatal: bad config line 1 .*\)"):
        is_clean(top)


def test_state_in_a_repository_is_not_seen_by_git(tmp_path: Path) -> None:
    top = repository(tmp_path)
    (make_state_folder(work_tree(top)) / "lock").write_bytes(b"")
    assert is_clean(top)


def test_state_outside_a_repository_is_ignored_by_a_later_one(tmp_path: Path) -> None:
    (make_state_folder(work_tree(tmp_path)) / "lock").write_bytes(b"")
    repository(tmp_path)
    assert is_clean(tmp_path)


def test_a_state_folder_is_made_once(tmp_path: Path) -> None:
    state = make_state_folder(work_tree(tmp_path))
    (state / ".gitignore").write_bytes(b"# mine\n*\n")
    assert make_state_folder(work_tree(tmp_path)) == state
    assert (state / ".gitignore").read_bytes() == b"# mine\n*\n"


@pytest.mark.parametrize("name", [".codemods", ".codemods/runs"])
def test_a_state_folder_that_is_a_link_is_refused(tmp_path: Path, name: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    (root / name).parent.mkdir(parents=True)
    (root / name).symlink_to(outside)
    with pytest.raises(UsageError, match="is not a folder: move it away"):
        make_state_folder(work_tree(root))
    assert os.listdir(outside) == []


def test_a_file_in_place_of_the_state_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".codemods").write_bytes(b"")
    with pytest.raises(UsageError, match="is not a folder"):
        make_state_folder(work_tree(tmp_path))
