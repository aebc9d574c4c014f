"""What runs through the server of forks have in common with runs of Python that start afresh."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.forked import Forked

LOST = """
import unittest.mock
kept = unittest.mock.AsyncMock()()
"""


@pytest.mark.parametrize("end", ["0", "7"])
def test_the_exit_status_and_both_outputs_are_those_of_the_run(forked: Forked, tmp_path: Path, end: str) -> None:
    code = f"import sys; print('é'); print('told', file=sys.stderr); sys.exit({end})"
    done = forked.python(tmp_path, "-c", code)
    assert (done.returncode, done.stdout, done.stderr) == (int(end), "é\n", "told\n")


def test_a_run_that_a_signal_ends_says_so_and_the_next_one_runs(forked: Forked, tmp_path: Path) -> None:
    done = forked.python(tmp_path, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert done.returncode == -signal.SIGTERM
    assert forked.python(tmp_path, "-c", "print(1)").stdout == "1\n"


def test_a_traceback_is_on_stderr(forked: Forked, tmp_path: Path) -> None:
    done = forked.python(tmp_path, "-c", "1 / 0")
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_a_run_has_its_own_folder_environment_and_arguments(forked: Forked, tmp_path: Path) -> None:
    (tmp_path / "shown.py").write_text(
        "import os, sys; print(os.getcwd(), os.environ.get('CASE'), sys.argv[1:], __name__)", encoding="utf-8"
    )
    done = forked.python(tmp_path, "-m", "shown", "a", "b c", CASE="one")
    assert done.stdout == f"{os.path.realpath(tmp_path)} one ['a', 'b c'] __main__\n", done.stderr


def test_a_run_knows_nothing_of_the_one_before_and_of_the_outer_pytest(forked: Forked, tmp_path: Path) -> None:
    (tmp_path / "once.py").touch()
    forked.python(tmp_path, "-c", "import once, os, sys; os.environ['CASE'] = sys.mine = 'one'", PYTEST_ADDOPTS="-x")
    code = "import os, sys; print('once' in sys.modules, hasattr(sys, 'mine'), 'CASE' in os.environ)"
    assert forked.python(tmp_path, "-c", code).stdout == "False False False\n"
    code = "import os; print([name for name in os.environ if name.startswith('PYTEST_')])"
    assert forked.python(tmp_path, "-c", code).stdout == "[]\n"


def test_what_the_end_of_the_process_frees_is_told(forked: Forked, tmp_path: Path) -> None:
    done = forked.python(tmp_path, "-c", LOST)
    assert "was never awaited" in done.stderr


def test_pytest_has_no_complaint_about_plugins_that_are_loaded(forked: Forked, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(): ...\n", encoding="utf-8")
    done = forked.pytest(tmp_path, "-q", "-o", "asyncio_default_fixture_loop_scope=function", "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")
    assert "warning" not in done.stdout


def test_the_server_ends_with_its_context(tmp_path: Path) -> None:
    with Forked() as server:
        parent = int(server.python(tmp_path, "-c", "import os; print(os.getppid())").stdout)
    with pytest.raises(ProcessLookupError):
        os.kill(parent, 0)
    assert parent != os.getpid()
