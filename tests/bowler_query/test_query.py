"""Queries that can't be had are one line; and what a run with a query does beyond its edits."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import codemods
from codemods.bowler_query import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit import cli
from codemods.toolkit.codemod import UsageError
from tests.bowler_query.query_file import QueryFile

OLD, NEW = "def old():\n    return 1\n", "def new():\n    return 1\n"
RENAME = "def fix(old='old', new='new'): return Query().select_function(old).rename(new)"


def run(*words: str) -> tuple[int, str, str]:
    stdout, stderr = io.BytesIO(), io.StringIO()
    status = cli.main(codemod, [*words, "--jobs", "1"], stdout, stderr)
    return status, stdout.getvalue().decode(), stderr.getvalue()


@pytest.fixture(name="project")
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODEMODS_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text(OLD)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("fix = 1", "is no function that returns a Query", id="no function"),
        pytest.param("def fix(): pass", "has to return a Query, and returns nothing", id="returns nothing"),
        pytest.param("def fix(): return [1]", r"returns something else \(list\)", id="returns something else"),
        pytest.param("def fix(a): return Query()", "can't be called with 0 arguments: missing", id="too few arguments"),
        pytest.param("def fix(): return 1 / 0", r"ZeroDivisionError: division by zero \(queries.py:7\)", id="an error"),
        pytest.param("def fix(): raise SystemExit(3)", "raises an error: SystemExit: 3", id="an exit"),
        pytest.param("def fix(): return Query().rename('a')", "ValueError: no selectors used", id="no selector"),
        pytest.param("def fix(): return Query().select('power<')", "can't be compiled", id="a faulty pattern"),
        pytest.param("def fix(): return Query('a.py', 'b.py')", r"names paths \(a.py\)", id="paths"),
    ],
)
def test_a_query_that_can_not_be_had_is_one_line(tmp_path: Path, text: str, expected: str) -> None:
    query = QueryFile(tmp_path, text)
    with pytest.raises(UsageError, match=expected):
        check_noop(codemod, OLD, config=query.config)


def test_too_many_arguments_are_one_line(tmp_path: Path) -> None:
    query = QueryFile(tmp_path, "def fix(): return Query()", "a", "b")
    with pytest.raises(UsageError, match="can't be called with 2 arguments: too many"):
        check_noop(codemod, OLD, config=query.config)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        pytest.param("old", "names no module: say module.old", id="no module"),
        pytest.param("a:old", "'a:old' is no dotted name", id="a colon"),
        pytest.param("a..old", "'a..old' is no dotted name", id="an empty part"),
    ],
)
def test_an_origin_has_to_be_a_dotted_name(project: Path, origin: str, expected: str) -> None:
    status, _, stderr = run("q.py:fix", "project", "--origin", origin)
    assert (status, expected in stderr) == (2, True)


def test_the_file_of_a_query_is_relative_to_where_it_is_named(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    QueryFile(tmp_path, RENAME)
    assert "+def new():" in run("queries.py:fix", "project")[1]
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "codemods.toml").write_text(
        '[tool.codemods.bowler_query]\nquery = "../queries.py:fix"\nargs = ["old", "fresh"]\n'
    )
    monkeypatch.chdir(project)
    assert "+def fresh():" in run("--config", "../settings/codemods.toml")[1]


def test_a_query_that_changes_is_run_anew_although_the_files_are_remembered(project: Path, tmp_path: Path) -> None:
    QueryFile(tmp_path, RENAME)
    assert "+def new():" in run("queries.py:fix", "project")[1]
    assert "+def new():" in run("queries.py:fix", "project")[1]
    QueryFile(tmp_path, RENAME.replace("'new'", "'other'"))
    assert "+def other():" in run("queries.py:fix", "project")[1]


def test_what_a_query_prints_is_not_part_of_the_diff(project: Path, tmp_path: Path) -> None:
    QueryFile(
        tmp_path,
        """
        def loud(node, capture, filename):
            print("at", filename)

        def fix():
            print("made")
            return Query().select_function("old").modify(loud).rename("new")
        """,
    )
    status, stdout, _ = run("queries.py:fix", "project")
    assert (status, stdout.splitlines()[0], "made" in stdout) == (0, "diff --git a/a.py b/a.py", False)


def test_a_queries_file_in_the_project_is_loaded_and_nothing_else_of_it(project: Path) -> None:
    QueryFile(project, RENAME)
    (project / "bowler.py").write_text("raise RuntimeError('executed')\n")
    (project / "__init__.py").write_text("raise RuntimeError('executed')\n")
    before = sorted(path.name for path in project.iterdir())
    status, stdout, _ = run("project/queries.py:fix", "project")
    assert (status, "+def new():" in stdout) == (0, True)
    assert sorted(path.name for path in project.iterdir()) == before


@pytest.mark.parametrize("place", ["the function", "the module"])
def test_a_query_keeps_no_state_from_file_to_file(tmp_path: Path, place: str) -> None:
    query = QueryFile(
        tmp_path,
        """
        seen = []

        def fix():
            SEEN

            def first(node, capture, filename):
                seen.append(filename)
                return len(seen) == 1

            return Query().select_function("old").filter(first).rename("new")
        """.replace("SEEN", "seen = []" if place == "the function" else ""),
    )
    files = {"a.py": OLD, "b.py": OLD}
    check_transformed(codemod, files, dict.fromkeys(files, NEW), config=query.config)


def test_a_query_can_not_write_to_the_project(tmp_path: Path, project: Path) -> None:
    QueryFile(
        tmp_path,
        """
        def written(node, capture, filename):
            open("project/" + filename, "w")

        def fix():
            return Query().select_function("old").modify(written)
        """,
    )
    status, stdout, stderr = run("queries.py:fix", "project", "--apply", "--allow-dirty")
    assert (status, stdout, (project / "a.py").read_text()) == (3, "", OLD)
    assert "a.py: BQ103 the query raises PermissionError: writes to the project by itself: a.py" in stderr


def test_a_hunk_is_rejected_by_each_of_several_functions(tmp_path: Path) -> None:
    query = QueryFile(
        tmp_path,
        """
        seen = []

        def fix():
            return (
                Query().select_function("old").rename("new")
                .process(lambda filename, hunk: seen.append(hunk[:2]))
                .process(lambda filename, hunk: hunk[0] != "--- b.py")
            )
        """,
    )
    result = check_transformed(codemod, {"a.py": OLD, "b.py": OLD}, {"a.py": NEW}, config=query.config)
    kept = [(site.path, site.reason) for site in result.sites if site.decision == "kept"]
    assert kept == [("b.py", "the query's process function rejects it")]


def test_a_name_that_two_modules_define_is_told_apart(tmp_path: Path) -> None:
    query = QueryFile(tmp_path, RENAME, origin="src_a.old")
    files = {
        "src_a.py": OLD,
        "src_b.py": OLD,
        "use.py": "from src_a import old\n\nprint(old())\n",
        "both.py": "from src_b import old\n\n\ndef run():\n    from src_a import old\n    old()\n\n\nprint(old())\n",
    }
    after = {
        "src_a.py": NEW,
        "use.py": "from src_a import new\n\nprint(new())\n",
        "both.py": "from src_b import old\n\n\ndef run():\n    from src_a import new\n    new()\n\n\nprint(old())\n",
    }
    check_transformed(codemod, files, after, config=query.config)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_modules_of_the_project_are_not_taken_for_those_of_bowler(tmp_path: Path, jobs: str) -> None:
    QueryFile(tmp_path, RENAME)
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text(OLD)
    for name in ("bowler", "fissix", "click", "attr", "moreorless", "queries"):
        (project / f"{name}.py").write_text("raise RuntimeError('executed')\n")
    home = Path(codemods.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(home), "CODEMODS_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "codemods.bowler_query", "../queries.py:fix", "--jobs", jobs],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "+def new():" in done.stdout) == (0, True), done.stderr
    assert "executed" not in done.stderr


def test_the_list_of_codemods_loads_no_engine() -> None:
    listed = "import sys; from codemods.toolkit import cli; cli.main(None, ['list'])"
    code = f"{listed}; print({{'bowler', 'fissix', 'libcst'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
