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
