from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from codemods.toolkit.pipeline import discover
from codemods.toolkit.pipeline.discover import Discovered, python_files
from codemods.toolkit.pipeline.git import GitOutput

Write = Callable[[Mapping[str, str | bytes]], Path]
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def run_git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=root, check=True, capture_output=True)


def paths(found: Discovered) -> list[str]:
    return sorted(file.path for file in found.files)


@pytest.fixture(params=["git", "no git"])
def project(request: pytest.FixtureRequest, write: Write) -> Write:
    """Write files into a project: once in a repository, once outside."""

    def files(contents: Mapping[str, str | bytes]) -> Path:
        root = write(contents)
        if request.param == "git" and not (root / ".git").exists():
            run_git(root, "init", "-q")
        return root

    return files


def test_python_files_are_found_with_their_stat(project: Write) -> None:
    root = project({"a.py": "x", "pkg/b.py": "yy", "pkg/c.pyi": "", "pkg/d.txt": "", "e.pyc": ""})
    found = python_files(root)
    assert paths(found) == ["a.py", "pkg/b.py"]
    (b,) = (file for file in found.files if file.path == "pkg/b.py")
    status = os.stat(root / "pkg" / "b.py")
    assert (b.size, b.mtime_ns, b.inode) == (2, status.st_mtime_ns, status.st_ino)
    assert b.mode == status.st_mode & 0o777
    assert found.findings == ()


def test_ignored_files_are_no_part_of_the_project(project: Write) -> None:
    root = project(
        {
            ".gitignore": "local_*.py\n/out/\n!keep/local_a.py\n",
            "local_a.py": "",
            "keep/local_a.py": "",
            "out/b.py": "",
            "pkg/out/b.py": "",
            "pkg/.gitignore": "*.py\n!c.py\n",
            "pkg/c.py": "",
            "pkg/d.py": "",
            "pkg/deep/e.py": "",
        }
    )
    assert paths(python_files(root)) == ["keep/local_a.py", "pkg/c.py"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("node_modules/a.py", "installed package"),
        ("lib/site-packages/a.py", "installed package"),
        (".tox/py/a.py", "tool folder"),
        ("pkg/__pycache__/a.py", "generated"),
        ("pkg/_vendor/requests/a.py", "vendored"),
        ("vendor/a.py", "vendored"),
        ("third_party/a.py", "vendored"),
        ("api/user_pb2.py", "generated"),
        ("api/user_pb2_grpc.py", "generated"),
    ],
)
def test_code_of_others_is_left_out_and_counted(write: Write, path: str, reason: str) -> None:
    root = write({path: "", "own.py": ""})
    run_git(root, "init", "-q")
    found = python_files(root)
    assert paths(found) == ["own.py"]
    assert found.left_out == {reason: 1}


def test_vendored_and_generated_code_can_be_imported_all_the_same(project: Write) -> None:
    root = project({"vendor/a.py": "", "b_pb2.py": "", "node_modules/c.py": ""})
    assert python_files(root).others == {"vendor/a.py": "vendored", "b_pb2.py": "generated"}


def test_a_virtual_environment_is_known_by_its_mark(project: Write) -> None:
    root = project({"env/pyvenv.cfg": "", "env/lib/a.py": "", "own.py": ""})
    found = python_files(root)
    assert paths(found) == ["own.py"]
    assert found.others == {}


def test_a_project_that_is_itself_a_virtual_environment_has_files(project: Write) -> None:
    root = project({"pyvenv.cfg": "", "own.py": ""})
    assert paths(python_files(root)) == ["own.py"]


def test_build_folders_are_left_out_only_outside_of_git(write: Write) -> None:
    root = write({"build/a.py": "", "dist/b.py": "", "src/build/__init__.py": ""})
    assert paths(python_files(root)) == ["src/build/__init__.py"]
    run_git(root, "init", "-q")
    assert paths(python_files(root)) == ["build/a.py", "dist/b.py", "src/build/__init__.py"]


def test_include_and_exclude_are_patterns_as_in_gitignore(project: Write) -> None:
    root = project({"app/a.py": "", "app/tests/b.py": "", "lib/c.py": ""})
    found = python_files(root, include=["/app/"], exclude=["tests"])
    assert paths(found) == ["app/a.py"]
    assert found.left_out == {"excluded": 1, "not included": 1}
    assert found.others == {"app/tests/b.py": "excluded", "lib/c.py": "not included"}


def test_an_exclude_with_exclamation_mark_takes_back_in(project: Write) -> None:
    root = project({"shop/vendor/models.py": "", "vendor/a.py": ""})
    assert paths(python_files(root, exclude=["!/shop/vendor/"])) == ["shop/vendor/models.py"]


def test_paths_narrow_to_files_and_folders(project: Write) -> None:
    root = project({"a.py": "", "b.py": "", "x[1]/c.py": "", "x1/d.py": "", "sub/b.py": ""})
    assert paths(python_files(root, paths=[root / "b.py", root / "x[1]"])) == ["b.py", "x[1]/c.py"]
    assert len(paths(python_files(root, paths=[root]))) == 5


def test_a_broken_link_is_a_failure(project: Write) -> None:
    root = project({"a.py": ""})
    (root / "broken.py").symlink_to("gone.py")
    found = python_files(root)
    assert paths(found) == ["a.py"]
    (finding,) = found.findings
    assert (finding.code, finding.path, finding.failed) == ("TK106", "broken.py", True)


def test_a_link_out_of_the_project_is_told_and_not_followed(project: Write, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("")
    (tmp_path / "project-2").mkdir()
    (tmp_path / "project-2" / "b.py").write_text("")
    root = project({"a.py": ""})
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "twin.py").symlink_to(tmp_path / "project-2" / "b.py")
    (root / "folder").symlink_to(tmp_path)
    found = python_files(root)
    assert paths(found) == ["a.py"]
    assert sorted(finding.path for finding in found.findings) == ["link.py", "twin.py"]
    assert not any(finding.failed for finding in found.findings)


def test_a_link_inside_the_project_is_another_name_of_a_file(project: Write) -> None:
    root = project({"a.py": "", "folder/b.py": ""})
    (root / "link.py").symlink_to("a.py")
    (root / "folder.py").symlink_to("folder")
    found = python_files(root)
    assert paths(found) == ["a.py", "folder/b.py"]
    assert found.others == {"link.py": "a link"}
    assert found.findings == ()


def test_the_root_may_be_reached_by_a_link(project: Write, tmp_path: Path) -> None:
    root = project({"a.py": ""})
    (tmp_path / "alias").symlink_to(root)
    found = python_files(tmp_path / "alias")
    assert paths(found) == ["a.py"]
    assert found.root == os.path.realpath(root)


def test_a_folder_named_like_a_module_is_no_file(project: Write) -> None:
    assert paths(python_files(project({"a.py/b.py": ""}))) == ["a.py/b.py"]


def test_something_that_is_no_regular_file_is_a_failure(write: Write) -> None:
    root = write({"a.py": ""})
    os.mkfifo(root / "pipe.py")
    (finding,) = python_files(root).findings
    assert (finding.path, finding.message, finding.failed) == ("pipe.py", "is no regular file", True)


def test_a_name_that_is_no_utf_8_is_a_failure(project: Write) -> None:
    root = project({"a.py": "", "vendor/a.py": ""})
    for folder in ("", "vendor/"):
        with open(os.fsencode(root) + b"/" + folder.encode() + b"\xff.py", "wb"):
            pass
    found = python_files(root)
    assert paths(found) == ["a.py"]
    assert list(found.others) == ["vendor/a.py"]
    (finding,) = found.findings
    assert (finding.path, finding.message, finding.failed) == ("?.py", "its name is no UTF-8", True)


def closed(monkeypatch: pytest.MonkeyPatch, name: str, path: str) -> None:
    """Let a function of `os` refuse one path, as it does for users who are not root."""
    real = getattr(os, name)

    def refuse(given: str) -> Any:
        if os.fspath(given).endswith(path):
            raise PermissionError(13, "Permission denied", given)
        return real(given)

    monkeypatch.setattr(os, name, refuse)


def test_a_folder_without_permission_is_a_failure(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write({"a.py": "", "locked/b.py": ""})
    closed(monkeypatch, "scandir", "/locked")
    found = python_files(root)
    assert paths(found) == ["a.py"]
    (finding,) = found.findings
    assert (finding.code, finding.path, finding.failed) == ("TK106", "locked", True)
    assert "can't be opened: Permission denied" in finding.message


def test_a_folder_that_git_can_not_open_is_a_failure(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "warning: could not open directory 'locked/': Permission denied\n"
    monkeypatch.setattr(discover, "git", lambda *given: GitOutput(0, b"a.py\0", said))
    (finding,) = python_files(write({"a.py": ""})).findings
    assert (finding.code, finding.path, finding.failed) == ("TK106", "locked", True)


def test_a_file_that_can_not_be_looked_at_is_a_failure(project: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project({"a.py": "", "locked.py": ""})
    closed(monkeypatch, "lstat", "/locked.py")
    found = python_files(root)
    assert paths(found) == ["a.py"]
    assert [(finding.path, finding.failed) for finding in found.findings] == [("locked.py", True)]


def test_ignore_rules_that_can_not_be_read_ignore_nothing(write: Write) -> None:
    root = write({"a.py": ""})
    (root / ".gitignore").symlink_to("gone")
    assert paths(python_files(root)) == ["a.py"]


def test_ignore_rules_without_permission_ignore_nothing(tmp_path: Path) -> None:
    assert not discover.ignore_rules(str(tmp_path / "gone")).patterns


def test_a_subfolder_of_a_repository_is_a_root_of_its_own(write: Write) -> None:
    root = write({".gitignore": "x.py\n", "sub/a.py": "", "sub/x.py": "", "b.py": ""})
    run_git(root, "init", "-q")
    assert paths(python_files(root / "sub")) == ["a.py"]


def test_a_folder_that_the_repository_ignores_is_walked(write: Write) -> None:
    root = write({".gitignore": "/scratch/\n", "scratch/a.py": "", "b.py": ""})
    run_git(root, "init", "-q")
    assert paths(python_files(root / "scratch")) == ["a.py"]


def test_an_empty_repository_has_no_files(write: Write) -> None:
    root = write({})
    run_git(root, "init", "-q")
    assert paths(python_files(root)) == []


def test_files_deleted_in_the_work_tree_are_no_part_of_the_project(write: Write) -> None:
    root = write({"a.py": "", "b.py": "", "c/d.py": ""})
    run_git(root, "init", "-q")
    run_git(root, "add", ".")
    (root / "b.py").unlink()
    (root / "c" / "d.py").unlink()
    (root / "c").rmdir()
    (root / "c").write_text("a file in place of the folder")
    found = python_files(root)
    assert paths(found) == ["a.py"]
    assert found.findings == ()


def test_a_submodule_is_another_project(write: Write, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "lib.py").write_text("")
    run_git(library, "init", "-q")
    run_git(library, "add", ".")
    run_git(library, "commit", "-qm", "a")
    root = write({"a.py": ""})
    run_git(root, "init", "-q")
    run_git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library), "module.py")
    found = python_files(root)
    assert paths(found) == ["a.py"]
    assert found.findings == ()


def test_a_file_in_conflict_is_there_once(write: Write) -> None:
    root = write({"a.py": "1\n"})
    run_git(root, "init", "-q", "-b", "main")
    run_git(root, "add", ".")
    run_git(root, "commit", "-qm", "a")
    run_git(root, "checkout", "-qb", "other")
    write({"a.py": "2\n"})
    run_git(root, "commit", "-qam", "b")
    run_git(root, "checkout", "-q", "main")
    write({"a.py": "3\n"})
    run_git(root, "commit", "-qam", "c")
    with pytest.raises(subprocess.CalledProcessError):
        run_git(root, "merge", "other")
    assert paths(python_files(root)) == ["a.py"]


def test_names_with_line_ends_and_spaces_are_kept(project: Write) -> None:
    root = project({"a b.py": "", "c\nd.py": "", "é.py": ""})
    assert paths(python_files(root)) == ["a b.py", "c\nd.py", "é.py"]


def test_packaging_files_are_told_but_not_those_of_others(project: Write) -> None:
    root = project({"pyproject.toml": "", "a/setup.cfg": "", "vendor/x/setup.py": "", "a/setup.py": ""})
    assert sorted(python_files(root).settings) == ["a/setup.cfg", "a/setup.py", "pyproject.toml"]
