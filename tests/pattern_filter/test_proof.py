"""The proof: through the rewritten runner of a fixture, pytest selects exactly the tests that a pattern means."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
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


def outcomes(project: Path, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Outcome]:
    """The outcome of each (category, pattern): one process collects them all, see `drive.py`."""
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


def test_every_pattern_selects_what_it_means_in_every_category(project: Path) -> None:
    # One test: with several workers, each would collect all of it for its share of the patterns.
    pairs = [(category, pattern) for category in suite.CATEGORIES for pattern in suite.PATTERNS]
    wrong = []
    for (category, pattern), outcome in outcomes(project, pairs).items():
        wanted = suite.selected(category, pattern)
        expected = (wanted or [], _status(pattern, category, wanted))
        if (outcome["ids"], outcome["status"]) != expected:
            wrong.append((category, pattern, outcome, expected))
    assert wrong == []


def _status(pattern: str, category: str, wanted: list[str] | None) -> int:
    """4 for wrong usage, also for a path that no file of the category matches; 5 where no test is left; 0."""
    if wanted is None:
        return 4
    return 0 if wanted else 5 if suite.files_left(category, pattern) else 4


def outcome_of(project: Path, category: str, pattern: str) -> Outcome:
    """The outcome of one category with one pattern."""
    return outcomes(project, [(category, pattern)])[category, pattern]


def test_a_category_that_is_never_filtered_says_so(project: Path) -> None:
    assert outcome_of(project, "database", "*golden*")["told"] == (
        "warning: pattern '*golden*' is not applied: category 'database' is never filtered\n"
    )
    assert outcome_of(project, "database", "*")["told"] == ""


def test_a_pattern_without_a_meaning_is_explained(project: Path) -> None:
    told = outcome_of(project, "unit", "test_?")["told"]
    assert told == "error: pattern 'test_?': ? can't be said in an expression of pytest\n"


def test_a_path_that_matches_no_file_is_told(project: Path) -> None:
    told = outcome_of(project, "unit", "nowhere.py")["told"]
    assert told == "error: pattern 'nowhere.py' selects no test file\n"


def test_the_own_selection_of_a_category_stays(project: Path) -> None:
    command = outcome_of(project, "websocket", "*golden*path*")["command"]
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
