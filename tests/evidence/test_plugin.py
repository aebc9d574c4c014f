"""`pytest --codemods-evidence FILE`, in processes of its own: the suite ends as without it, and the file is there."""

from __future__ import annotations

import getpass
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.evidence.schema import read
from tests.evidence import suite
from tests.forked import Forked


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    suite.write(tmp_path)
    return tmp_path


@pytest.mark.parametrize("options", [(), ("-W", "error")], ids=["as-it-is", "warnings-are-errors"])
def test_outcomes_and_warnings_are_those_of_a_run_without(
    forked: Forked, folder: Path, options: tuple[str, ...]
) -> None:
    alone = forked.pytest(folder, "-rA", "--tb=no", *options)
    recorded = forked.pytest(folder, "-rA", "--tb=no", "--codemods-evidence", "evidence.json", *options)
    assert suite.comparable(recorded.stdout) == suite.comparable(alone.stdout)
    assert suite.comparable(recorded.stderr) == suite.comparable(alone.stderr)
    assert recorded.returncode == alone.returncode
    assert "internal error" not in recorded.stdout
    assert len(read((folder / "evidence.json").read_bytes()).tests) > 20


def test_workers_see_together_what_one_process_sees(forked: Forked, folder: Path) -> None:
    forked.pytest(folder, "--codemods-evidence", "one.json", "-k", "not shared and not pytest_mock")
    forked.pytest(folder, "--codemods-evidence", "two.json", "-k", "not shared and not pytest_mock", "-n", "2")
    one, two = (read((folder / name).read_bytes()) for name in ("one.json", "two.json"))
    in_tests = [[double for double in part.doubles if double.tests] for part in (one, two)]
    assert in_tests[0] == in_tests[1]
    assert (one.tests, one.coroutines, one.files) == (two.tests, two.coroutines, two.files)
    # Each worker imports conftest.py.
    assert [double.count for part in (one, two) for double in part.doubles if not double.tests] == [1, 2]


def test_the_file_names_no_folder_and_no_user(forked: Forked, folder: Path) -> None:
    forked.pytest(folder, "--codemods-evidence", "evidence.json")
    content = (folder / "evidence.json").read_text(encoding="utf-8")
    assert str(folder) not in content
    assert str(Path.home()) not in content
    assert f'"{getpass.getuser()}"' not in content


def test_nothing_is_written_or_imported_without_the_option(forked: Forked, folder: Path) -> None:
    before = sorted(folder.iterdir())
    (folder / "test_all.py").write_text(
        "import sys\ndef test_it():\n    assert not {'msgspec', 'codemods.evidence.hooks'} & set(sys.modules)\n",
        encoding="utf-8",
    )
    ran = forked.pytest(folder)
    assert ran.returncode == 0, ran.stdout
    assert [path for path in sorted(folder.iterdir()) if path.name != "__pycache__"] == before


def test_a_file_that_cannot_be_written_is_told_before_the_tests_run(forked: Forked, folder: Path) -> None:
    ran = forked.pytest(folder, "--codemods-evidence", "no/such/folder.json")
    assert ran.returncode == 4
    assert "ERROR: --codemods-evidence: can't write" in ran.stderr
    assert "passed" not in ran.stdout


def test_many_calls_make_no_large_file(forked: Forked, folder: Path) -> None:
    (folder / "test_all.py").write_text(
        "from unittest.mock import AsyncMock, MagicMock\ndef test_it():\n    double, other = AsyncMock(), MagicMock()\n"
        "    for number in range(100_000):\n        other(number)\n"
        "        if number % 10 == 0: double(number).close()\n",
        encoding="utf-8",
    )
    forked.pytest(folder, "--codemods-evidence", "evidence.json")
    evidence = read((folder / "evidence.json").read_bytes())
    assert sorted(call.count for double in evidence.doubles for call in double.calls) == [10_000, 100_000]
    assert (folder / "evidence.json").stat().st_size < 5_000


def test_an_error_of_the_recorder_fails_no_test_and_is_told(forked: Forked, folder: Path) -> None:
    (folder / "conftest.py").write_text(
        "from codemods.evidence.recorder import Recorder\n"
        "def broken(*arguments): raise KeyError('broken')\nRecorder.called = broken\n",
        encoding="utf-8",
    )
    (folder / "test_all.py").write_text(
        "from unittest.mock import Mock\ndef test_it():\n    assert Mock(return_value=1)() == 1\n", encoding="utf-8"
    )
    ran = forked.pytest(folder, "--codemods-evidence", "evidence.json")
    assert ran.returncode == 0, ran.stdout
    assert "codemods evidence: internal error: KeyError: 'broken'" in ran.stdout


def test_a_forked_child_writes_nothing(forked: Forked, folder: Path) -> None:
    (folder / "test_all.py").write_text(
        "import os\nfrom unittest.mock import Mock\ndouble = Mock()\ndef test_it():\n"
        "    child = os.fork()\n    double()\n"
        "    if not child: os._exit(0)\n    os.waitpid(child, 0)\n",
        encoding="utf-8",
    )
    ran = forked.pytest(folder, "--codemods-evidence", "evidence.json")
    doubles = read((folder / "evidence.json").read_bytes()).doubles
    assert [call.count for double in doubles for call in double.calls] == [1]
    assert ran.returncode == 0, ran.stdout


def test_unittest_is_recorded_without_pytest(forked: Forked, folder: Path) -> None:
    ran = started(folder, "-m", "unittest", "test_all.TestPlain", "test_all.TestIsolated")
    assert ran.returncode == 1, ran.stderr
    evidence = read((folder / "evidence.json").read_bytes())
    assert {test.id: test.outcome for test in evidence.tests} == {
        "test_all.py::TestIsolated::test_inside": "passed",
        "test_all.py::TestPlain::test_never_runs": "passed",
        "test_all.py::TestPlain::test_never_runs_either": "passed",
        "test_all.py::TestPlain::test_runs": "failed",
    }
    assert [item.function for item in evidence.coroutines if item.is_test] == [
        "TestPlain.test_never_runs",
        "TestPlain.test_never_runs_either",
    ]


def test_shards_are_added_up(forked: Forked, folder: Path) -> None:
    for name in ("one.json", "two.json"):
        forked.pytest(folder, "--codemods-evidence", name, "-k", "test_implicit")
    ran = started(folder, "--output", "all.json", "--merge", "one.json", "two.json")
    assert ran.returncode == 0, ran.stderr
    counts = [call.count for double in read((folder / "all.json").read_bytes()).doubles for call in double.calls]
    assert counts == [2, 2]


def started(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start the package's own command there: its start is its own, too."""
    command = [sys.executable, "-B", "-m", "codemods.evidence", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
