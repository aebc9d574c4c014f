"""The pytest plugin, in this process: outcomes, paths, workers that end early, and what the summary tells.

test_plugin.py runs it in processes of its own, beside other plugins and with the hooks of the whole interpreter.
"""

from __future__ import annotations

import os
from unittest import mock

import pytest

from codemods.evidence.schema import Evidence, read

pytest_plugins = ("pytester",)

OUTCOMES = """
import pytest
from unittest.mock import Mock

@pytest.fixture
def breaks(): raise RuntimeError

@pytest.fixture
def breaks_later():
    yield
    raise RuntimeError

def test_passes(): assert Mock(return_value=1)() == 1
def test_fails(): assert 0
def test_breaks(breaks): pass
def test_breaks_later(breaks_later): pass
@pytest.mark.skip
def test_is_skipped(): pass
def test_skips_itself(): pytest.skip("later")
@pytest.mark.xfail
def test_fails_as_expected(): assert 0
@pytest.mark.xfail
def test_passes_against_expectation(): pass
"""


@pytest.fixture(name="folder")
def _folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    # Loading all plugins that are installed takes longer than all of the tests.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makefile(".ini", pytest="[pytest]\n")
    return pytester


def recorded(folder: pytest.Pytester, *arguments: str) -> tuple[Evidence, list[str]]:
    """The evidence of a run, and the lines that pytest printed."""
    words = ["-q", "-p", "no:cacheprovider", "-p", "codemods.evidence.plugin", "--codemods-evidence", "evidence.json"]
    result = folder.runpytest_inprocess(*words, *arguments)
    return read((folder.path / "evidence.json").read_bytes()), result.outlines


def test_how_tests_end(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_it=OUTCOMES)
    evidence, _lines = recorded(folder)
    assert {test.id.rpartition("::")[2]: test.outcome for test in evidence.tests} == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_breaks": "error",
        "test_breaks_later": "error",
        "test_is_skipped": "skipped",
        "test_skips_itself": "skipped",
        "test_fails_as_expected": "xfailed",
        "test_passes_against_expectation": "xpassed",
    }


LOST = """
from unittest.mock import AsyncMock
async def real(): pass
def test_it():
    mock = AsyncMock()
    for _ in range(2): mock()
    real()
"""


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
def test_the_summary_counts_the_coroutines_of_mocks_and_all_others(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_it=LOST)
    _evidence, lines = recorded(folder, "-Wignore")
    assert any("1 double, 3 coroutines that were never awaited (2 of mocks): " in line for line in lines)


def test_the_summary_tells_what_was_recorded_and_where_it_is(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_it="from unittest.mock import Mock\ndef test_it(): Mock()()")
    evidence, lines = recorded(folder)
    file = folder.path / "evidence.json"
    assert f"codemods evidence: 1 double, 0 coroutines that were never awaited (0 of mocks): {file}" in lines
    assert [evidence.tests[index].id for index in evidence.doubles[0].tests] == ["test_it.py::test_it"]


def test_doubles_that_a_conftest_makes_belong_to_no_test(folder: pytest.Pytester) -> None:
    folder.makeconftest("from unittest.mock import Mock\ndouble = Mock()")
    folder.makepyfile(test_it="def test_it(): pass")
    evidence, _lines = recorded(folder)
    [double] = evidence.doubles
    assert (double.place.path, double.tests) == ("conftest.py", ())


def test_paths_are_relative_to_the_root_that_is_given(folder: pytest.Pytester) -> None:
    tests = folder.mkdir("inner")
    (tests / "test_it.py").write_text("from unittest.mock import Mock\ndef test_it(): Mock()")
    (folder.path / "conftest.py").write_text("from unittest.mock import Mock\ndouble = Mock()")
    evidence, _lines = recorded(folder, "--codemods-evidence-root=inner")
    assert sorted(double.place.path for double in evidence.doubles) == ["", "test_it.py"]
    assert list(evidence.files) == ["test_it.py"]


def test_a_plugin_that_a_conftest_names_comes_late_but_records_the_tests(folder: pytest.Pytester) -> None:
    folder.makeconftest(
        "from unittest.mock import Mock\npytest_plugins = ['codemods.evidence.plugin']\ndouble = Mock()"
    )
    folder.makepyfile(test_it="from unittest.mock import Mock\ndef test_it(): Mock()")
    words = ["--codemods-evidence=evidence.json", f"--codemods-evidence-root={folder.path}"]
    result = folder.runpytest_inprocess("-q", "-p", "no:cacheprovider", *words)
    assert result.ret == 0, result.stderr.str()
    evidence = read((folder.path / "evidence.json").read_bytes())
    assert [double.place.path for double in evidence.doubles] == ["test_it.py"]


def test_a_file_that_can_not_be_written_is_told_before_the_tests_run(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_it="def test_it(): print('it ran')")
    words = ["-s", "-p", "codemods.evidence.plugin", "--codemods-evidence", "no/such/file.json"]
    result = folder.runpytest_inprocess("-p", "no:cacheprovider", *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --codemods-evidence: can't write */no/such/file.json: No such file*"])
    result.stdout.no_fnmatch_line("*it ran*")


@pytest.mark.parametrize("option", ["--codemods-evidence", "--codemods-evidence-root"])
def test_a_value_that_pytest_takes_for_a_test_of_another_folder_is_told(folder: pytest.Pytester, option: str) -> None:
    inner = folder.mkdir("inner")
    (inner / "test_it.py").write_text("def test_it(): print('it ran')")
    value = "../evidence.json" if option == "--codemods-evidence" else "../other"
    (folder.mkdir("other") if option.endswith("root") else folder.path / "evidence.json").touch()
    folder.path.joinpath("pytest.ini").rename(inner / "pytest.ini")
    folder.chdir()
    os.chdir(inner)
    words = ["-s", "-p", "no:cacheprovider", "-p", "codemods.evidence.plugin", "--codemods-evidence=x.json"]
    result = folder.runpytest_inprocess(*words, option, value)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = f'ERROR: --codemods-evidence: write {option}={value}, with a "=": pytest took it for a test'
    assert told in result.errlines
    result.stdout.no_fnmatch_line("*it ran*")
    assert folder.runpytest_inprocess(*words, f"{option}={value}").ret == pytest.ExitCode.OK


def test_a_file_that_can_not_be_written_in_the_end_fails_no_test(folder: pytest.Pytester) -> None:
    folder.mkdir("out")
    folder.makepyfile(test_it="import os\ndef test_it(): os.rmdir('out')")
    words = ["-p", "codemods.evidence.plugin", "--codemods-evidence", "out/evidence.json"]
    result = folder.runpytest_inprocess("-q", "-p", "no:cacheprovider", *words)
    assert result.ret == 0
    lines = [line for line in result.outlines if line.startswith("codemods evidence: ")]
    assert lines[0] == "codemods evidence: nothing was written"
    assert lines[1].startswith("codemods evidence: internal error: FileNotFoundError: ")


def test_a_run_that_ends_before_its_first_test_takes_its_hooks_away(folder: pytest.Pytester) -> None:
    hooks = dict(vars(mock.NonCallableMock))
    folder.makeconftest("import pytest\ndef pytest_configure(): raise pytest.UsageError('no database')")
    words = ["-p", "codemods.evidence.plugin", "--codemods-evidence", "evidence.json"]
    assert folder.runpytest_inprocess("-p", "no:cacheprovider", *words).ret == pytest.ExitCode.USAGE_ERROR
    assert dict(vars(mock.NonCallableMock)) == hooks


CRASHING = """
import os
from unittest.mock import Mock

def test_before(): Mock()()
def test_crashes(): os._exit(7)
def test_after(): Mock()()
"""


def test_a_worker_that_crashes_is_told_and_the_others_parts_are_kept(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_it=CRASHING)
    evidence, lines = recorded(folder, "-p", "xdist", "-n1")
    assert "codemods evidence: a worker ended without handing over what it had recorded" in lines
    assert {test.id: test.outcome for test in evidence.tests} == {"test_it.py::test_after": "passed"}
    assert [double.place.line for double in evidence.doubles] == [6]
