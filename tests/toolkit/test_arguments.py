from __future__ import annotations

import os
from pathlib import Path

import pytest

from codemods.toolkit.arguments import Target, target_of
from codemods.toolkit.codemod import UsageError


@pytest.fixture(name="tree")
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path in ("repo/.git/HEAD", "repo/a/x.py", "repo/a/y.py", "repo/b/z.py", "loose/p/x.py", "loose/q/y.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    monkeypatch.chdir(tmp_path / "repo")
    return Path(os.path.realpath(tmp_path))


def test_without_a_path_the_current_folder_is_the_tree(tree: Path) -> None:
    assert target_of([]) == Target(tree / "repo", ())


def test_a_folder_of_a_repository_is_where_to_look_in_it(tree: Path) -> None:
    assert target_of(["a"]) == Target(tree / "repo", (tree / "repo/a",))


@pytest.mark.parametrize("file", ["pyproject.toml", "setup.cfg", "setup.py"])
def test_a_folder_with_a_project_file_is_the_tree_also_inside_a_repository(tree: Path, file: str) -> None:
    (tree / "repo/a" / file).touch()
    assert target_of(["a"]) == Target(tree / "repo/a", ())


def test_a_folder_outside_of_any_project_is_the_tree(tree: Path) -> None:
    assert target_of([str(tree / "loose/p")]) == Target(tree / "loose/p", ())


def test_the_repository_itself_is_the_tree(tree: Path) -> None:
    assert target_of([str(tree / "repo")]) == Target(tree / "repo", ())


def test_a_file_belongs_to_the_repository_around_it(tree: Path) -> None:
    assert target_of(["a/x.py"]) == Target(tree / "repo", (tree / "repo/a/x.py",))


def test_several_paths_belong_to_the_repository_around_them(tree: Path) -> None:
    assert target_of(["a", "b/z.py"]) == Target(tree / "repo", (tree / "repo/a", tree / "repo/b/z.py"))


def test_outside_a_repository_the_folder_that_paths_have_in_common_is_the_tree(tree: Path) -> None:
    paths = (tree / "loose/p/x.py", tree / "loose/q")
    assert target_of([str(path) for path in paths]) == Target(tree / "loose", paths)


def test_a_single_file_outside_a_repository_has_its_folder_as_the_tree(tree: Path) -> None:
    path = tree / "loose/p/x.py"
    assert target_of([str(path)]) == Target(tree / "loose/p", (path,))


def test_paths_in_two_repositories_have_only_a_folder_in_common(tree: Path) -> None:
    (tree / "loose/p/.git").mkdir()
    paths = (tree / "repo/a", tree / "loose/p/x.py")
    assert target_of([str(path) for path in paths]) == Target(tree, paths)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param("missing", "missing: no such file or folder", id="missing"),
        pytest.param("", "'': no such file or folder", id="empty"),
        pytest.param("a\0b", "a\0b: no such file or folder", id="a null character"),
        pytest.param(".git/HEAD", ".git/HEAD: neither a folder nor a Python file (.py)", id="no Python"),
    ],
)
@pytest.mark.usefixtures("tree")
def test_a_path_that_can_not_be_worked_on_is_named(path: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        target_of([path])
    assert str(caught.value) == message


@pytest.mark.usefixtures("tree")
def test_paths_on_several_drives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(paths: list[Path]) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(os.path, "commonpath", fails)
    with pytest.raises(UsageError, match="have no folder in common, run once for each"):
        target_of(["../loose/p", "../loose/q"])
