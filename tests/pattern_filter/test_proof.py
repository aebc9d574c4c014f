"""The proof: through the rewritten runner of a fixture, pytest selects exactly the tests that a pattern means."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

import pytest

from tests.pattern_filter import suite

HERE = Path(__file__).resolve().parent
RUNNER = HERE.parent.parent / "fixtures" / "pattern_filter" / "unified_runner"
ALONE = "websocket"
"""The category whose commands are all run as they are."""


class Outcome(TypedDict):
    """What the runner's command did."""

    ids: list[str]
    status: int
    command: list[str]
    told: str


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The suite with the rewritten runner beside it."""
    root = tmp_path_factory.mktemp("project")
    suite.write(root)
    shutil.copy(RUNNER / "after" / "runner.py", root)
    return root


@pytest.fixture(scope="module")
def outcomes(project: Path) -> dict[tuple[str, str], Outcome]:
    """The outcome of every category with every pattern: one process collects them all, see `drive.py`."""
    pairs = [(category, pattern) for category in suite.CATEGORIES for pattern in suite.PATTERNS]
    asked = [(category, pattern, category == ALONE) for category, pattern in pairs]
    done = subprocess.run(
        [sys.executable, str(HERE / "drive.py"), str(project / "runner.py")],
        cwd=project,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
    return dict(zip(pairs, json.loads(done.stdout), strict=True))


def _environment() -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return {**plain, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def test_there_are_enough_patterns() -> None:
    assert len(suite.PATTERNS) >= 40


@pytest.mark.parametrize("pattern", suite.PATTERNS, ids=repr)
def test_a_pattern_selects_what_it_means_in_every_category(
    pattern: str, outcomes: dict[tuple[str, str], Outcome]
) -> None:
    for category in suite.CATEGORIES:
        outcome = outcomes[category, pattern]
        wanted = suite.selected(category, pattern)
        assert outcome["ids"] == (wanted or []), (category, outcome)
        assert outcome["status"] == _status(pattern, category, wanted), (category, outcome)


def _status(pattern: str, category: str, wanted: list[str] | None) -> int:
    """4 for wrong usage, also for a path that no file of the category matches; 5 where no test is left; 0."""
    if wanted is None:
        return 4
    return 0 if wanted else 5 if suite.files_left(category, pattern) else 4


def test_a_category_that_is_never_filtered_says_so(outcomes: dict[tuple[str, str], Outcome]) -> None:
    assert outcomes["database", "*golden*"]["told"] == (
        "warning: pattern '*golden*' is not applied: category 'database' is never filtered\n"
    )
    assert outcomes["database", "*"]["told"] == ""


def test_a_pattern_without_a_meaning_is_explained(outcomes: dict[tuple[str, str], Outcome]) -> None:
    assert outcomes["unit", "test_?"]["told"] == "error: pattern 'test_?': ? can't be said in an expression of pytest\n"


def test_a_path_that_matches_no_file_is_told(outcomes: dict[tuple[str, str], Outcome]) -> None:
    assert outcomes["unit", "nowhere.py"]["told"] == "error: pattern 'nowhere.py' selects no test file\n"


def test_the_own_selection_of_a_category_stays(outcomes: dict[tuple[str, str], Outcome]) -> None:
    command = outcomes["websocket", "*golden*path*"]["command"]
    assert command[command.index("-k") + 1] == "(websocket or ws) and (golden and path)"
    assert command.count("-k") == 1


@pytest.mark.parametrize(
    ("category", "pattern", "status"),
    [
        pytest.param("e2e", "*golden*path*", 0, id="selected"),
        pytest.param("e2e", "*nowhere*", 5, id="no name"),
        pytest.param("e2e", "nowhere.py", 4, id="no path"),
        pytest.param("e2e", "test_?", 4, id="no meaning"),
        pytest.param("database", "*nowhere*", 0, id="not filtered"),
    ],
)
def test_the_exit_status_of_the_runner_is_that_of_pytest(
    project: Path, category: str, pattern: str, status: int
) -> None:
    done = subprocess.run(
        [sys.executable, "runner.py", "--category", category, "--pattern", pattern],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    assert done.returncode == status, done.stdout + done.stderr


@pytest.mark.parametrize("category", ["websocket", "unit"])
def test_the_runner_before_fails_on_the_same_pattern(project: Path, tmp_path: Path, category: str) -> None:
    shutil.copytree(project / "tests", tmp_path / "tests")
    shutil.copy(project / "pytest.ini", tmp_path)
    shutil.copy(RUNNER / "before" / "runner.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "runner.py", "--category", category, "--pattern", "*golden*path*"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    assert done.returncode == 4
    assert "Wrong expression passed to '-k': golden*path" in done.stdout + done.stderr


def test_files_are_counted_and_collected_by_the_pattern(project: Path) -> None:
    def count(*words: str) -> int:
        done = subprocess.run(
            [sys.executable, "runner.py", "--count", *words],
            cwd=project, capture_output=True, text=True, check=True, env=_environment(),
        )  # fmt: skip
        return int(done.stdout)

    assert count("--category", "e2e", "--pattern", "*golden*path*") == 2
    assert count("--category", "unit", "--pattern", "*golden*path*") == 2
    assert count("--category", "unit", "--pattern", "tests/unit/*") == 2
    assert count("--category", "unit") == count("--category", "database", "--pattern", "*golden*") == 12
