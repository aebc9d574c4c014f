"""`codemods new`: what it writes works, nothing is written over, and all is written or nothing."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from codemods import testing
from codemods.toolkit import cli, codemod_of_uses
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.new.names import code_prefix
from codemods.toolkit.new.project import additions, home_of

pytest_plugins = ["pytester"]
LOADED = (testing, codemod_of_uses)
"""What a new codemod imports: with it loaded, pytest within pytest need not load it each time."""

HERE = Path(__file__).resolve().parents[2]
GUIDE = HERE / "docs" / "guide-your-own-codemod.md"
PACKAGE = ["__init__.py", "__main__.py", "py.typed"]
TESTS = [
    "tests/fixtures/mine/left_alone/before/machines.py",
    "tests/fixtures/mine/left_alone/case.toml",
    "tests/fixtures/mine/renamed/after/report.py",
    "tests/fixtures/mine/renamed/before/report.py",
    "tests/fixtures/mine/renamed/case.toml",
    "tests/test_mine.py",
]
POETRY = '[tool.poetry]\nname = "shop"\n[build-system]\nbuild-backend = "poetry.core.masonry.api"\n'


class Done(NamedTuple):
    status: int
    stdout: str
    stderr: str


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def new(*words: str) -> Done:
    stdout, stderr = io.BytesIO(), io.StringIO()
    status = cli.main(None, ["new", *words], stdout, stderr)
    return Done(status, stdout.getvalue().decode(), stderr.getvalue())


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def python(folder: Path, *words: str, path: str = ".") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def passes(pytester: pytest.Pytester, count: int, *words: str) -> None:
    """Check that so many tests pass in the current folder.  In this process, as another one has to load all anew."""
    done = pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", "-p", "no:asyncio", *words)
    done.assert_outcomes(passed=count, deselected=done.parseoutcomes().get("deselected", 0))


# -- what is written


def test_a_codemod_gets_a_project_of_its_own(tmp_path: Path) -> None:
    done = new("mine")
    assert (done.status, done.stderr) == (0, "")
    assert files(tmp_path / "mine") == sorted([*(f"mine/{name}" for name in PACKAGE), "pyproject.toml", *TESTS])
    assert done.stdout.startswith("10 files written to mine\n")
    assert done.stdout.endswith("  cd mine\n  pytest\nand `codemods list` shows it after:\n  pip install -e .\n")


def test_its_tests_pass_as_they_stand_with_warnings_as_errors(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    new("mine")
    monkeypatch.chdir("mine")
    passes(pytester, 5, "-W", "error")


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    new("mine")
    target = tmp_path / "mine" / "tests" / "fixtures" / "mine" / "renamed" / "before"
    done = python(tmp_path / "mine", "-m", "mine", str(target), "--no-cache", path=str(tmp_path / "mine"))
    assert done.returncode == 0
    assert "+date = subprocess.run" in done.stdout
    assert "MI101 function that is handed on (1)" in done.stderr


@pytest.mark.parametrize("tool", ["ruff", "mypy"])
def test_it_and_the_code_of_the_guide_are_clean(tmp_path: Path, tool: str) -> None:
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    name = "with_a_name_that_is_longer_than_most"
    new(name)
    folder = tmp_path / name
    (folder / "by_keyword").mkdir()
    (folder / "by_keyword" / "__init__.py").write_text(_guide("by_keyword/__init__.py"))
    config = str(HERE / "pyproject.toml")
    # With the cache of `mypy` in the project, all but these files is known.
    cache = os.environ.get("MYPY_CACHE_DIR", str(HERE / ".mypy_cache"))
    commands: dict[str, list[list[str]]] = {
        "ruff": [["check", "--no-cache", "--config", config], ["format", "--check", "--no-cache", "--config", config]],
        "mypy": [["--config-file", config, "--cache-dir", cache]],
    }
    for words in commands[tool]:
        done = python(folder, "-m", tool, *words, name, "by_keyword/__init__.py", f"tests/test_{name}.py")
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_codemod_of_the_guide_has_less_than_60_lines() -> None:
    count = _guide("by_keyword/__init__.py").count("\n")
    assert count < 60
    told = [re.search(r"\bin (\d+) lines", path.read_text(encoding="utf-8")) for path in (GUIDE, HERE / "README.md")]
    assert [int(match[1]) for match in told if match] == [count, count]


def _guide(file: str) -> str:
    block = re.compile(rf"^```python file={re.escape(file)}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    match = block.search(GUIDE.read_text(encoding="utf-8"))
    assert match is not None
    return match[1]


# -- in a project


@pytest.mark.parametrize(
    ("source", "package"), [pytest.param(False, "mine", id="flat"), pytest.param(True, "src/mine", id="src")]
)
def test_a_project_takes_it_in(tmp_path: Path, source: bool, package: str) -> None:
    pyproject = '[project]\nname = "shop"\nversion = "1"\n'
    (tmp_path / "pyproject.toml").write_text(pyproject)
    if source:
        (tmp_path / "src").mkdir()
    done = new("mine")
    assert files(tmp_path) == sorted([*(f"{package}/{name}" for name in PACKAGE), "pyproject.toml", *TESTS])
    assert (tmp_path / "pyproject.toml").read_text() == pyproject
    assert 'add to pyproject.toml:\n\n[project.entry-points.codemods]\nmine = "mine:codemod"\n' in done.stdout
    assert done.stdout.endswith("shows it:\n  pip install -e .\n  pytest tests/test_mine.py\n")


def test_what_is_to_be_added_makes_the_tests_pass(pytester: pytest.Pytester) -> None:
    pyproject = pytester.path / "pyproject.toml"
    pyproject.write_text('[project]\nname = "shop"\nversion = "1"\n')
    pytester.mkdir("src")
    added = new("mine").stdout.split("pyproject.toml:\n")[1].split("then its tests")[0]
    pyproject.write_text(pyproject.read_text() + added)
    passes(pytester, 2, "-k", "not fixture")


def test_another_folder_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    done = new("mine", "tools")
    assert done.stdout.startswith("10 files written to tools/mine\n")
    assert "  cd tools/mine\n" in done.stdout
    assert (tmp_path / "tools" / "mine" / "pyproject.toml").exists()


def test_settings_of_tools_alone_are_no_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 120\n")
    new("mine")
    assert (tmp_path / "mine" / "pyproject.toml").exists()


@pytest.mark.parametrize(
    ("pyproject", "expected"),
    [
        pytest.param(
            '[project]\nname = "shop"\n[build-system]\nbuild-backend = "hatchling.build"\n'
            '[tool.pytest.ini_options]\npythonpath = "."\n',
            '[project.entry-points.codemods]\nmine = "mine:codemod"\n\n'
            '[tool.hatch.build.targets.wheel]\npackages = [..., "mine"]\n',
            id="hatchling is told of the package",
        ),
        pytest.param(
            '[project]\nname = "shop"\n[tool.pytest.ini_options]\npythonpath = ["tools", "."]\n',
            '[project.entry-points.codemods]\nmine = "mine:codemod"\n\n'
            '[tool.setuptools]\npackages = [..., "mine"]\n',
            id="setuptools finds only one package by itself",
        ),
        pytest.param(
            '[project]\nname = "shop"\n[tool.setuptools.packages.find]\n[tool.pytest.ini_options]\npythonpath = "."\n',
            '[project.entry-points.codemods]\nmine = "mine:codemod"\n',
            id="setuptools that looks for packages",
        ),
        pytest.param(
            POETRY,
            '[tool.poetry.plugins.codemods]\nmine = "mine:codemod"\n\n'
            '[tool.pytest.ini_options]\npythonpath = ["."]\n',
            id="poetry has a table of its own",
        ),
    ],
)  # fmt: skip
def test_what_has_to_be_added_is_what_the_project_lacks(tmp_path: Path, pyproject: str, expected: str) -> None:
    (tmp_path / "pyproject.toml").write_text(pyproject)
    assert additions("mine", home_of("mine", tmp_path)) == expected


# -- what is refused


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("My-Codemod", "a-z, 0-9 and _ are allowed (did you mean 'my_codemod'?)", id="a dash"),
        pytest.param("renameIt", "a-z, 0-9 and _ are allowed (did you mean 'rename_it'?)", id="camel case"),
        pytest.param("é", "a-z, 0-9 and _ are allowed", id="a letter that is not ASCII"),
        pytest.param("_x", "a-z, 0-9 and _ are allowed (did you mean 'x'?)", id="an underscore in front"),
        pytest.param("../x", "a-z, 0-9 and _ are allowed (did you mean 'x'?)", id="a path"),
        pytest.param("", "a-z, 0-9 and _ are allowed", id="nothing"),
        pytest.param("class", "it is a keyword of Python", id="a keyword"),
        pytest.param("websocket_ssot", "there is one of that name", id="a codemod"),
        pytest.param("undo", "`codemods undo` does something else", id="a verb"),
        pytest.param("jobs", "it is a key of [tool.codemods]", id="a key of the configuration"),
        pytest.param("json", "it is a module of the standard library", id="the standard library"),
        pytest.param("tests", "it is a folder beside it", id="a folder that is there as well"),
        pytest.param("msgspec", "a package of that name is installed", id="an installed package"),
        pytest.param("codemods", "a package of that name is installed", id="this package"),
    ],
)
def test_a_name_that_can_not_be_used_is_an_error(tmp_path: Path, name: str, reason: str) -> None:
    done = new(name)
    assert done == (2, "", f"error: {name!r} can't be the name of a codemod: {reason}\n")
    assert files(tmp_path) == []


def test_a_module_that_does_not_say_where_it_is_from_is_installed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = type(sys)("odd_one")
    odd.__spec__ = None
    monkeypatch.setitem(sys.modules, "odd_one", odd)
    assert new("odd_one").stderr.endswith("a package of that name is installed\n")


@pytest.mark.parametrize("there", ["mine", "tests/test_mine.py", "tests/fixtures/mine"])
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_nothing_is_written_over(tmp_path: Path, there: str, kind: str) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    path = tmp_path / there
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "link":
        path.symlink_to("nowhere")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text("kept")
    before = sorted(tmp_path.rglob("*"))
    assert new("mine") == (2, "", f"error: {there}: there already, and nothing is written over\n")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert new("mine") == (2, "", "error: mine: there already, and nothing is written over\n")


def test_where_a_file_can_not_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (tmp_path / "tests").write_text("a file")
    done = new("mine")
    assert (done.status, done.stdout) == (2, "")
    assert re.fullmatch(r"error: tests/\S+: \w[\w ]+\n", done.stderr)
    assert files(tmp_path) == ["pyproject.toml", "tests"]
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"[project", "pyproject.toml: not valid TOML: ", id="no TOML"),
        pytest.param(b"\xff", "pyproject.toml: not valid TOML: ", id="no UTF-8"),
    ],
)
def test_a_project_that_can_not_be_read_is_an_error(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    done = new("mine")
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}")
    assert done.stderr.count("\n") == 1


def test_settings_that_are_a_folder_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(UsageError, match=r"pyproject\.toml: can't be read: "):
        home_of("mine", tmp_path)


def test_a_folder_that_is_not_there_is_an_error() -> None:
    assert new("mine", "nowhere") == (2, "", "error: nowhere: no such folder\n")


# -- codes


@pytest.mark.parametrize(
    ("name", "taken", "prefix"),
    [
        pytest.param("my_codemod", [], "MC", id="the first letters"),
        pytest.param("rename", [], "RE", id="two letters of one word"),
        pytest.param("x", [], "XX", id="a single letter"),
        pytest.param("web_sockets", ["WS101", "TK101"], "WSO", id="others have them"),
        pytest.param("py2_to_3", [], "PT", id="digits don't count"),
        pytest.param("a_b", ["AB101"], "ABX", id="no letters are left"),
    ],
)
def test_codes_begin_with_letters_that_no_other_has(name: str, taken: list[str], prefix: str) -> None:
    assert code_prefix(name, taken) == prefix


def test_a_new_codemod_shares_no_code_with_those_that_are_installed(tmp_path: Path) -> None:
    new("web_sockets")
    text = (tmp_path / "web_sockets" / "web_sockets" / "__init__.py").read_text()
    assert set(re.findall(r'"([A-Z]+\d+)"', text)) == {"WSO101", "WSO102"}
