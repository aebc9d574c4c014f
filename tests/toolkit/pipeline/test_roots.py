from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.discover import python_files
from codemods.toolkit.pipeline.roots import source_roots

Write = Callable[[Mapping[str, str | bytes]], Path]


def roots(root: Path, *configured: str) -> tuple[str, ...]:
    return source_roots(python_files(root), configured)


def test_the_root_itself_is_always_one(write: Write) -> None:
    assert roots(write({"a.py": ""})) == ("",)


def test_a_src_folder_is_one_unless_it_is_a_package(write: Write) -> None:
    root = write({"src/a/b.py": "", "one/src/c.py": "", "two/src/__init__.py": "", "two/src/d.py": ""})
    assert roots(root) == ("", "one/src", "src")


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg", "setup.py"])
def test_a_packaging_file_makes_its_folder_one(write: Write, name: str) -> None:
    root = write({f"services/shop/{name}": "", "services/shop/shop/a.py": "", "services/x/b.py": ""})
    assert roots(root) == ("", "services/shop")


@pytest.mark.parametrize(
    "table",
    [
        pytest.param('[tool.pytest.ini_options]\npythonpath = ["lib", "."]', id="pytest"),
        pytest.param('[tool.pytest.ini_options]\npythonpath = "lib"', id="pytest, one"),
        pytest.param('[tool.setuptools.packages.find]\nwhere = ["lib"]', id="setuptools find"),
        pytest.param('[tool.setuptools.package-dir]\n"" = "lib"\nx = "y"', id="setuptools package-dir"),
        pytest.param('[[tool.poetry.packages]]\ninclude = "a"\nfrom = "lib"', id="poetry"),
        pytest.param('[tool.mypy]\nmypy_path = "$MYPY_CONFIG_FILE_DIR/lib:stubs"', id="mypy"),
        pytest.param('[tool.mypy]\nmypy_path = ["lib"]', id="mypy, list"),
        pytest.param('[tool.ruff]\nsrc = ["./lib/"]', id="ruff"),
    ],
)
def test_tables_of_tools_name_some(write: Write, table: str) -> None:
    root = write({"pyproject.toml": table, "lib/a.py": "", "other/b.py": ""})
    assert roots(root) == ("", "lib")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("not = = toml", id="no TOML"),
        pytest.param(b"x = '\xff'", id="no text"),
        pytest.param("[tool]\nmypy = 3\npytest = ['a']\nsetuptools = 'x'", id="other types"),
        pytest.param('[tool.poetry]\npackages = ["a"]', id="other types inside"),
        pytest.param("tool = 3", id="no table"),
        pytest.param('[tool.mypy]\nmypy_path = "../outside:/abs:missing"', id="folders that are not there"),
    ],
)
def test_a_packaging_file_that_makes_no_sense_names_none(write: Write, content: str | bytes) -> None:
    assert roots(write({"pyproject.toml": content, "lib/a.py": ""})) == ("",)


def test_configured_roots_win(write: Write) -> None:
    root = write({"src/a.py": "", "lib/b.py": "", "setup/c.py": ""})
    assert roots(root, "./lib/", "setup") == ("", "lib", "setup")


@pytest.mark.parametrize("path", ["..", "lib/../../x", "/etc"])
def test_a_configured_root_outside_is_refused(write: Write, path: str) -> None:
    root = write({"lib/a.py": ""})
    with pytest.raises(UsageError, match="leads out of"):
        roots(root, path)


def test_a_configured_root_that_is_missing_is_refused(write: Write) -> None:
    root = write({"lib/a.py": ""})
    with pytest.raises(UsageError, match="source root 'libs' is no folder"):
        roots(root, "libs")


@pytest.mark.parametrize(
    "mark",
    ["requirements.txt", "requirements-dev.txt", "Dockerfile", "manage.py", "alembic.ini", "pytest.ini", "tox.ini"],
)
def test_a_folder_that_a_service_is_run_in_is_one(write: Write, mark: str) -> None:
    root = write({f"services/my-shop/{mark}": "", "services/my-shop/app/__init__.py": "", "services/x/a.py": ""})
    assert roots(root) == ("", "services/my-shop")


def test_a_folder_whose_name_no_import_can_write_is_no_package(write: Write) -> None:
    root = write({"my-shop/__init__.py": "", "my-shop/Dockerfile": "", "my-shop/app/__init__.py": ""})
    assert roots(root) == ("", "my-shop")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"shop/requirements.txt": "", "shop/__init__.py": "", "shop/api/__init__.py": ""}, id="a package"),
        pytest.param({"logs/requirements.txt": "", "logs/a.py": ""}, id="no package in it"),
        pytest.param({"logs/requirements.md": "", "logs/app/__init__.py": ""}, id="another file"),
        pytest.param({"logs/requirements.txt": "", "logs/my-app/__init__.py": ""}, id="no name for a package"),
    ],
)
def test_a_file_of_a_service_alone_makes_no_root(write: Write, files: dict[str, str | bytes]) -> None:
    assert roots(write(files)) == ("",)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("pytest.ini", "[pytest]\npythonpath = lib", id="pytest.ini"),
        pytest.param("tox.ini", "[pytest]\npythonpath =\n    .\n    lib\n", id="tox.ini"),
        pytest.param("setup.cfg", "[tool:pytest]\npythonpath = . lib", id="setup.cfg, pytest"),
        pytest.param("setup.cfg", "[options]\npackage_dir =\n    =lib\n    x=other", id="setup.cfg, package_dir"),
        pytest.param("setup.cfg", "[options.packages.find]\nwhere = lib", id="setup.cfg, where"),
    ],
)
def test_sections_of_ini_files_name_some(write: Write, name: str, content: str) -> None:
    root = write({f"svc/{name}": content, "svc/lib/a.py": "", "svc/other/b.py": ""})
    assert [each for each in roots(root) if each != "svc"] == ["", "svc/lib"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("no section = lib", id="no section"),
        pytest.param(b"[pytest]\npythonpath = \xff", id="no text"),
        pytest.param("[pytest]\naddopts = lib", id="another key"),
        pytest.param("[pytest]\npythonpath = %(x)s ../lib", id="folders that are not there"),
    ],
)
def test_an_ini_file_that_makes_no_sense_names_none(write: Write, content: str | bytes) -> None:
    assert roots(write({"pytest.ini": content, "lib/a.py": ""})) == ("",)


def test_a_run_that_changes_only_some_files_sees_the_same_roots(write: Write) -> None:
    files = {"pyproject.toml": '[tool.mypy]\nmypy_path = "lib"', "lib/a.py": "", "src/b.py": "", "c.py": ""}
    found = python_files(write(files), include=["/c.py"])
    assert source_roots(found) == ("", "lib", "src")


def test_an_ini_file_that_cannot_be_read_names_none(write: Write) -> None:
    root = write({"pytest.ini": "[pytest]\npythonpath = lib", "lib/a.py": ""})
    found = python_files(root)
    (root / "pytest.ini").unlink()
    assert source_roots(found) == ("",)
