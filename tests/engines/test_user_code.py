"""Code of the user's own: how it is named, loaded and kept apart from the project."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codemods.engines.user_code import Reference, digest, load, located, reason, reference
from codemods.toolkit.codemod import UsageError


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("queries.py:fix", Reference("queries.py", "fix"), id="file"),
        pytest.param("/a b/q.py:fix", Reference("/a b/q.py", "fix"), id="absolute file"),
        pytest.param("C:\\q.py:fix", Reference("C:\\q.py", "fix"), id="file with a drive"),
        pytest.param("a.b.Name", Reference("a.b", "Name"), id="module"),
        pytest.param("a.b:Name", Reference("a.b", "Name"), id="module with a colon"),
    ],
)
def test_a_word_names_a_place_and_something_in_it(word: str, expected: Reference) -> None:
    assert reference(word) == expected


@pytest.mark.parametrize("word", ["queries.py", "queries.py:", ":fix", "fix", "a.b.", "q.py:a-b", ""])
def test_a_word_that_names_nothing_is_one_line(word: str) -> None:
    with pytest.raises(UsageError, match=r"names nothing: say file\.py:name"):
        reference(word)


def test_a_relative_file_belongs_to_a_folder(tmp_path: Path) -> None:
    assert located("q/../queries.py:fix", tmp_path) == f"{tmp_path}/queries.py:fix"


@pytest.mark.parametrize("word", ["a.b.Name", "a.b:Name", "", "queries.py"])
def test_what_is_no_file_has_no_folder(word: str, tmp_path: Path) -> None:
    assert located(word, tmp_path) == word


def loaded(file: Path, text: str, name: str = "fix") -> object:
    file.write_text(text, encoding="utf-8")
    word = f"{file}:{name}"
    return load(word, digest(word, file.parent, ()))


def test_a_file_is_loaded_by_its_path_alone(tmp_path: Path) -> None:
    found = loaded(tmp_path / "no_such_module_y.py", "def fix(): return __file__")
    assert callable(found)
    assert found() == str(tmp_path / "no_such_module_y.py")
    assert "no_such_module_y" not in sys.modules
    assert str(tmp_path) not in sys.path


def test_nothing_is_written_beside_a_file(tmp_path: Path) -> None:
    loaded(tmp_path / "q.py", "fix = 1")
    assert [path.name for path in tmp_path.iterdir()] == ["q.py"]


def test_a_file_keeps_nothing_from_one_time_to_the_next(tmp_path: Path) -> None:
    # Another process may do the work the next time: the results must be the same.
    counts = [loaded(tmp_path / "q.py", "seen = []\ndef fix(): seen.append(1); return len(seen)") for _ in range(2)]
    assert [count() for count in counts if callable(count)] == [1, 1]


def test_a_file_that_changes_is_loaded_anew(tmp_path: Path) -> None:
    assert loaded(tmp_path / "q.py", "fix = 1") == 1
    assert loaded(tmp_path / "q.py", "fix = 2") == 2


def test_a_file_may_define_dataclasses(tmp_path: Path) -> None:
    text = "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n x: int = 3\n"
    assert loaded(tmp_path / "q.py", text + "fix = A().x\n") == 3


def test_what_a_file_prints_goes_to_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    loaded(tmp_path / "q.py", "print('hello')\nfix = 1\n")
    assert capfd.readouterr() == ("", "hello\n")


def test_ctrl_c_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        loaded(tmp_path / "q.py", "raise KeyboardInterrupt")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("x = 1", "q.py: has no 'fix'", id="another name"),
        pytest.param("def fix(:", "can't be imported: SyntaxError: ", id="a syntax error"),
        pytest.param("\n1 / 0", r"can't be imported: ZeroDivisionError: division by zero \(q.py:2\)", id="an error"),
        pytest.param("import sys; sys.exit(0)", "can't be imported: SystemExit: 0", id="an exit"),
        pytest.param(
            "class Odd(BaseException): ...\nraise Odd('x')", r"can't be imported: Odd: x \(q.py:2\)", id="odd"
        ),
        pytest.param("def f(): f()\nf()", "can't be imported: RecursionError: ", id="a call of itself without an end"),
        pytest.param("import no_such_module_x", "ModuleNotFoundError: No module named 'no_such_module_x'", id="import"),
    ],
)
def test_a_file_that_can_not_be_loaded_is_one_line(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected) as caught:
        loaded(tmp_path / "q.py", text)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"q\.py: No such file or directory$"):
        digest(f"{tmp_path}/q.py:fix", tmp_path, ())


def test_a_module_that_is_not_installed_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no_such_package_x\.a: no such module is installed: name a file"):
        digest("no_such_package_x.a.fix", tmp_path, ())


def test_a_module_of_the_project_is_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "target_package_x").mkdir()
    (tmp_path / "target_package_x" / "__init__.py").write_text("raise RuntimeError('executed')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match=r"target_package_x\.a: lies in the project, which is never imported"):
        digest("target_package_x.a.fix", tmp_path, ())


def test_an_environment_in_the_folder_of_the_project_is_not_part_of_it() -> None:
    installed = Path(pytest.__file__).parents[1]
    assert digest("pytest.fixture", installed.parent, ())


def test_a_digest_tells_contents_and_versions_apart(tmp_path: Path) -> None:
    file = tmp_path / "q.py"
    file.write_text("fix = 1")
    first = digest(f"{file}:fix", tmp_path, ())
    assert digest(f"{file}:fix", tmp_path, ("pytest",)) != first
    assert digest(f"{file}:fix", tmp_path, ()) == first
    file.write_text("fix = 2")
    assert digest(f"{file}:fix", tmp_path, ()) != first


def test_a_digest_of_a_module_is_that_of_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "installed_package_x"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("fix = 1")
    (package / "b.py").write_text("other = 1")
    monkeypatch.syspath_prepend(tmp_path / "site")
    first = digest("installed_package_x.a.fix", tmp_path / "project", ())
    (package / "b.py").write_text("other = 22")
    assert digest("installed_package_x.a.fix", tmp_path / "project", ()) != first


def test_an_error_without_words_is_told_by_its_name() -> None:
    assert reason(KeyError()) == "KeyError"
