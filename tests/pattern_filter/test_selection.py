"""The code that goes into runners: what `test_proof.py` doesn't reach through one."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from codemods.pattern_filter import selection
from codemods.pattern_filter.selection import PatternError, apply_pattern, keyword_expression, narrow


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("tests/a/test_one.py", "tests/a/two_test.py", "tests/a/conftest.py", "tests/venv/test_x.py",
                 "tests/.hidden/test_y.py", "tests/b/test_one.py", "pytest.ini"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(selection, "SELECTION_ROOT", tmp_path)
    monkeypatch.setattr(selection, "CATEGORY_POLICY", {"files": "path", "all": "none"})
    return tmp_path


def test_the_paths_of_a_command_are_replaced_by_the_files_below_them(project: Path) -> None:
    command = ["python", "-m", "pytest", "-c", "pytest.ini", "tests/a", "tests/b", "-v"]
    assert apply_pattern(command, "*/test_*.py") is command
    assert command == [
        "python", "-m", "pytest", "tests/a/test_one.py", "tests/b/test_one.py", "-c", "pytest.ini", "-v",
    ]  # fmt: skip


def test_a_command_without_paths_means_all_test_files(project: Path) -> None:
    assert apply_pattern(["-q"], "one", "files") == ["tests/a/test_one.py", "tests/b/test_one.py", "-q"]


def test_a_file_of_the_command_is_kept_when_it_matches(project: Path) -> None:
    command = ["pytest", "tests/a/test_one.py::test_x", "tests/a/two_test.py"]
    assert apply_pattern(command, "test_one.py") == ["pytest", "tests/a/test_one.py::test_x"]


def test_a_pattern_can_name_one_test_of_a_file(project: Path) -> None:
    assert apply_pattern(["pytest", "tests"], "a/test_one.py::TestIt::test_x") == [
        "pytest",
        "tests/a/test_one.py::TestIt::test_x",
    ]


def test_the_value_of_an_option_is_no_path(project: Path) -> None:
    assert apply_pattern(["pytest", "--rootdir", "tests"], "*one.py") == [
        "pytest", "tests/a/test_one.py", "tests/b/test_one.py", "--rootdir", "tests",
    ]  # fmt: skip


def test_a_path_that_matches_nothing_is_one_that_pytest_refuses(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert apply_pattern(["pytest", "tests/a"], "tests/b") == [
        "pytest",
        "tests/b (no test file of this command matches)",
    ]
    assert capsys.readouterr().err == "error: pattern 'tests/b' selects no test file\n"


def test_a_pattern_with_no_meaning_ends_the_runner_with_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        apply_pattern(["pytest"], "a,b")
    assert caught.value.code == 4
    assert capsys.readouterr().err == "error: pattern 'a,b': ',' can't stand in an expression of pytest\n"


@pytest.mark.parametrize("pattern", [None, "", "*", " ** "], ids=repr)
def test_everything_leaves_a_command_as_it_is(pattern: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert apply_pattern(["pytest", "-k", "x"], pattern, "all") == ["pytest", "-k", "x"]
    assert capsys.readouterr().err == ""


def test_a_category_that_is_never_filtered_gets_everything(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert apply_pattern(["pytest"], "x", "all") == ["pytest"]
    assert "never filtered" in capsys.readouterr().err
    assert apply_pattern(["pytest"], "x", None) == ["pytest", "-k", "x"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        pytest.param(["pytest"], ["pytest", "-m", "x"], id="first"),
        pytest.param(["python", "-m", "pytest"], ["python", "-m", "pytest", "-m", "x"], id="module"),
        pytest.param(["/bin/py.test", "-m", "a or b", "-v"], ["/bin/py.test", "-m", "(a or b) and (x)", "-v"],
                     id="both"),
        pytest.param(["-m", "a"], ["-m", "(a) and (x)"], id="arguments only"),
        pytest.param(["pytest", "-m", "a", "-m", "b"], ["pytest", "-m", "a", "-m", "(b) and (x)"], id="last one"),
    ],
)  # fmt: skip
def test_an_option_is_combined_with_the_one_that_is_there(command: list[str], expected: list[str]) -> None:
    assert narrow(command, "-m", "x") == expected


def test_an_empty_expression_narrows_nothing() -> None:
    assert narrow(["pytest", "-m", "a"], "-m", " ") == ["pytest", "-m", "a"]


@pytest.mark.skipif(os.name == "nt", reason="another shell")
def test_a_shell_takes_the_command_apart_as_it_was() -> None:
    command = ["pytest", "-k", "(a or b) and c", "it's", ""]
    assert shlex.split(selection.shell_command(command)) == command


@pytest.mark.parametrize(
    ("pattern", "expression"),
    [
        pytest.param("*golden*path*", "golden and path", id="stars"),
        pytest.param("a b or not c*d", "(a and b) or (not (c and d))", id="precedence"),
        pytest.param("test_[ab]*x", "(test_a or test_b) and x", id="brackets"),
        pytest.param("[a-]", "a or -", id="a minus at the end"),
        pytest.param("*or*", "OR", id="operator as a word"),
        pytest.param("x[]", "x[]", id="brackets of a parameter"),
    ],
)
def test_a_pattern_becomes_an_expression(pattern: str, expression: str) -> None:
    assert keyword_expression(pattern) == expression
    Expression.compile(expression)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("[abcdefghi]" * 2, id="too many alternatives"),
        pytest.param("[z-a]", id="no character"),
        pytest.param("a)b", id="bracket"),
        pytest.param("a and or b", id="operators"),
        pytest.param("not", id="nothing to negate"),
    ],
)
def test_what_pytest_cannot_be_asked_for_is_an_error(pattern: str) -> None:
    with pytest.raises(PatternError):
        keyword_expression(pattern)


def test_files_are_found_by_their_names_without_a_path(project: Path) -> None:
    files = sorted((project / "tests").rglob("*.py"))
    assert [file.name for file in selection.matching_files(iter(files), "ONE or conf*")] == [
        "conftest.py", "test_one.py", "test_one.py",
    ]  # fmt: skip
    assert selection.matching_files(files, "not one") == [file for file in files if "one" not in file.name]
    assert selection.matching_files(files, None) == files


def test_files_of_a_pattern_without_a_meaning_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        selection.matching_files([Path("test_a.py")], "test_?")
    assert ended.value.code == 4
    assert capsys.readouterr().err == "error: pattern 'test_?': ? can't be said in an expression of pytest\n"
