"""`python -m codemods.evidence`, called in this process: what it runs, what it writes, and its exit status."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codemods.evidence.run import main
from codemods.evidence.schema import VERSION, Evidence, Test, json_schema, read, written

TESTS = """
import unittest
from unittest.mock import Mock


class Orders(unittest.TestCase):
    def test_passes(self):
        self.assertEqual(Mock(return_value=1)(), 1)

    def test_fails(self):
        self.fails()

    def fails(self):
        self.assertEqual(1, 2)

    def test_breaks(self):
        raise RuntimeError

    def test_is_skipped(self):
        self.skipTest("later")

    @unittest.expectedFailure
    def test_fails_as_expected(self):
        self.fail()

    @unittest.expectedFailure
    def test_passes_against_expectation(self):
        pass

    def test_one_of_its_parts_fails(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 1)

    def test_one_of_its_parts_breaks(self):
        with self.subTest():
            raise RuntimeError


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError

    def test_it(self):
        pass
"""


@pytest.fixture(name="folder", autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    modules = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def outcomes(file: Path) -> dict[str, str]:
    return {test.id.rpartition("::")[2]: test.outcome for test in read(file.read_bytes()).tests}


def test_the_outcomes_of_unittest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "orders_tests.py").write_text(TESTS)
    assert main(["-m", "unittest", "orders_tests"]) == 1
    assert outcomes(folder / "evidence.json") == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_breaks": "error",
        "test_is_skipped": "skipped",
        "test_fails_as_expected": "xfailed",
        "test_passes_against_expectation": "xpassed",
        "test_one_of_its_parts_fails": "failed",
        "test_one_of_its_parts_breaks": "error",
        "setUpClass (orders_tests.Broken)": "error",
    }
    assert "Ran 8 tests" in capsys.readouterr().err


def test_what_passes_ends_with_0_and_its_doubles_are_those_of_its_test(folder: Path) -> None:
    (folder / "passing_tests.py").write_text(TESTS)
    assert main(["--output", "one.json", "-m", "unittest", "passing_tests.Orders.test_passes"]) == 0
    evidence = read((folder / "one.json").read_bytes())
    [double] = evidence.doubles
    assert [evidence.tests[index].id for index in double.tests] == ["passing_tests.py::Orders::test_passes"]


def test_paths_are_relative_to_the_root_that_is_given(folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "rooted_tests.py").write_text(TESTS)
    command = ["-m", "unittest", "inner.rooted_tests.Orders.test_passes"]
    assert main(["--root", "inner", *command]) == 0
    assert [test.id for test in read((folder / "evidence.json").read_bytes()).tests] == [
        "rooted_tests.py::Orders::test_passes"
    ]


def test_a_test_outside_of_the_root_has_unittests_own_id(folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "outer_tests.py").write_text(TESTS)
    assert main(["--root", "inner", "-m", "unittest", "outer_tests.Orders.test_passes"]) == 0
    evidence = read((folder / "evidence.json").read_bytes())
    assert [test.id for test in evidence.tests] == ["outer_tests.Orders.test_passes"]
    assert [double.place.path for double in evidence.doubles] == [""]


SCRIPT = """
import sys
from unittest.mock import Mock

from beside import name

assert sys.argv == [__file__, "--fast", "x"], sys.argv
Mock(name=name)()
"""


def test_a_script_finds_its_arguments_and_what_lies_beside_it(folder: Path) -> None:
    (folder / "scripts").mkdir()
    (folder / "scripts" / "run.py").write_text(SCRIPT)
    (folder / "scripts" / "beside.py").write_text("name = 'double'\n")
    before = sys.argv[:], sys.path[:]
    assert main(["scripts/run.py", "--fast", "x"]) == 0
    assert (sys.argv, sys.path) == before
    [double] = read((folder / "evidence.json").read_bytes()).doubles
    assert (double.place.path, [call.count for call in double.calls]) == ("scripts/run.py", [1])


def test_tests_that_are_a_script_have_ids_of_its_file(folder: Path) -> None:
    (folder / "orders.py").write_text(f"{TESTS}\n\nunittest.main()\n")
    assert main(["orders.py", "Orders.test_passes"]) == 0
    assert [test.id for test in read((folder / "evidence.json").read_bytes()).tests] == [
        "orders.py::Orders::test_passes"
    ]


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        pytest.param("", 0, "", id="it ends"),
        pytest.param("sys.exit()", 0, "", id="without a status"),
        pytest.param("sys.exit(3)", 3, "", id="with a status"),
        pytest.param("sys.exit('no server')", 1, "no server\n", id="with a message"),
    ],
)
def test_the_status_of_a_script(
    folder: Path, code: str, status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "run.py").write_text(f"import sys\n{code}\n")
    assert main(["run.py"]) == status
    assert capsys.readouterr().err == told
    assert read((folder / "evidence.json").read_bytes()).doubles == ()


def test_what_was_seen_until_a_script_broke_is_written(folder: Path) -> None:
    (folder / "run.py").write_text("from unittest.mock import Mock\nMock()()\nraise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        main(["run.py"])
    assert len(read((folder / "evidence.json").read_bytes()).doubles) == 1


def test_a_file_that_can_not_be_written_in_the_end_leaves_the_status(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "out").mkdir()
    (folder / "run.py").write_text("import os\nos.rmdir('out')\nraise SystemExit(3)\n")
    assert main(["--output", "out/evidence.json", "run.py"]) == 3
    assert "codemods evidence: internal error: FileNotFoundError" in capsys.readouterr().err


def test_pytest_is_run_with_the_plugin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[list[str]] = []
    monkeypatch.setattr("runpy.run_module", lambda *_arguments, **_keywords: runs.append(sys.argv[:]))
    assert main(["-m", "pytest", "-q", "tests"]) == 0
    assert main(["--root", "tests", "--output", "x.json", "-m", "pytest"]) == 0
    first, second = folder / "evidence.json", folder / "x.json"
    plugin = ["pytest", "-p", "codemods.evidence.plugin"]
    assert runs == [
        [*plugin, f"--codemods-evidence={first}", "-q", "tests"],
        [*plugin, f"--codemods-evidence={second}", f"--codemods-evidence-root={folder / 'tests'}"],
    ]


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["--schema"]) == 0
    assert capsys.readouterr().out.encode() == json_schema()
    assert list(folder.iterdir()) == []


def test_parts_are_added_up_into_one_file(folder: Path) -> None:
    for name in ("a", "b"):
        part = Evidence(VERSION, "3.12.1", {}, (Test(f"test_{name}", "passed"),), (), (), left_out=1)
        (folder / f"{name}.json").write_bytes(written(part))
    assert main(["--output", "all.json", "--merge", "a.json", "b.json"]) == 0
    whole = read((folder / "all.json").read_bytes())
    assert ([test.id for test in whole.tests], whole.left_out) == (["test_a", "test_b"], 2)
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", "all.json", "b.json"]


def nothing(folder: Path) -> list[str]:
    return []


def no_folder(folder: Path) -> list[str]:
    return ["--output", "no/such/file.json", "-m", "unittest"]


def a_folder(folder: Path) -> list[str]:
    return ["--output", ".", "-m", "unittest"]


def no_part(folder: Path) -> list[str]:
    return ["--merge", "missing.json"]


def other_content(folder: Path) -> list[str]:
    (folder / "other.json").write_text("[]")
    return ["--merge", "other.json"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(nothing, "nothing to run: give -m MODULE, a script, or --merge", id="nothing"),
        pytest.param(no_folder, "can't write {}/no/such/file.json: No such file or directory", id="no folder"),
        pytest.param(a_folder, "can't write {}: Is a directory", id="a folder"),
        pytest.param(no_part, "missing.json: No such file or directory", id="no part"),
        pytest.param(other_content, "other.json: not an evidence file: ", id="another file"),
    ],
)
def test_wrong_usage_is_told_in_one_line(
    arguments: Callable[[Path], list[str]], told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments(folder)) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {told.format(folder)}")
    assert error.count("\n") == 1
    assert not (folder / "evidence.json").exists()


def test_a_file_that_is_there_is_replaced_as_a_whole(folder: Path) -> None:
    (folder / "evidence.json").write_text("old " * 10_000)
    (folder / "run.py").write_text("")
    assert main(["run.py"]) == 0
    assert read((folder / "evidence.json").read_bytes()).tests == ()
    assert sorted(path.name for path in folder.iterdir()) == ["evidence.json", "run.py"]
