"""`python -m codemods` in a folder of modules that shadow the real ones: none of them may run, or break the run."""

from __future__ import annotations

import json
import multiprocessing
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import codemods
from codemods.__main__ import main as script_main

PLUGIN = Path(__file__).parent / "toolkit" / "plugin"
HOME = Path(codemods.__file__).parents[1]
TRAP = "import sys\nsys.stderr.write('executed: ' + __name__ + '\\n')\nraise RuntimeError(__name__)\nold = 1\n"
BEFORE_ANY_PACKAGE = {
    "importlib",
    "types",
    "warnings",
    "contextlib",
    "collections",
    "functools",
    "keyword",
    "operator",
    "reprlib",
}
"""What Python imports by itself (which of these depends on its version) before a package that `-m` names can act."""

MODULES = (sys.stdlib_module_names - BEFORE_ANY_PACKAGE) | {"libcst", "msgspec", "pathspec", "rich", "toy_codemod"}


@pytest.fixture(name="target")
def _target(tmp_path: Path) -> Path:
    target = tmp_path / "target"
    target.mkdir()
    for name in sorted(MODULES - {"__main__"}):
        (target / f"{name}.py").write_text(TRAP, encoding="utf-8")
    for package in ("rich", "concurrent", "multiprocessing"):
        (target / package).mkdir()
        (target / package / "__init__.py").write_text(TRAP, encoding="utf-8")
    return target


def started(target: Path, *words: str, path: str = str(HOME)) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))},
        "PYTHONPATH": os.pathsep.join(word for word in (path, str(PLUGIN)) if word),
        "XDG_CACHE_HOME": str(target.parent / "cache"),
    }
    return subprocess.run(
        [sys.executable, *words], cwd=target, env=environment, capture_output=True, text=True, check=False
    )


def assert_nothing_was_executed(done: subprocess.CompletedProcess[str]) -> None:
    assert "executed:" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("list",), ("status",), ("explain", "TK101")], ids=" ".join)
def test_verbs_run_among_shadowing_modules(target: Path, words: tuple[str, ...]) -> None:
    done = started(target, "-m", "codemods", *words)
    assert_nothing_was_executed(done)
    assert done.returncode == 0
    assert done.stdout


@pytest.mark.parametrize("jobs", ["1", "2"], ids=["one process", "a pool"])
def test_a_codemod_runs_among_shadowing_modules(target: Path, jobs: str) -> None:
    for name in ("large", "larger"):  # enough to parse that a pool is worth its start
        (target / f"{name}.py").write_text("old = 1\n" + "# and so on\n" * 50_000, encoding="utf-8")
    done = started(target, "-m", "codemods", "toy", "--jobs", jobs)
    assert_nothing_was_executed(done)
    assert done.returncode == 0
    assert "diff --git a/json.py b/json.py\n" in done.stdout


def test_the_module_of_a_codemod_runs_among_shadowing_modules(target: Path) -> None:
    done = started(target, "-m", "codemods.websocket_ssot")
    assert_nothing_was_executed(done)


@pytest.mark.parametrize("path", [".", os.pathsep, "../target"], ids=["a dot", "empty", "another way there"])
def test_the_current_folder_is_left_out_in_every_spelling(target: Path, path: str) -> None:
    # Python itself would import the shadows of `site` and friends from PYTHONPATH: only what comes later is ours.
    for name in sys.stdlib_module_names - {"json", "difflib"}:
        (target / f"{name}.py").unlink(missing_ok=True)
    done = started(target, "-m", "codemods", "list", path=os.pathsep.join((path, str(HOME))))
    assert_nothing_was_executed(done)
    assert done.returncode == 0


def test_a_checkout_that_is_not_installed_stays_on_the_path_as_its_last_folder(tmp_path: Path) -> None:
    # Worker processes get this path, and have to find the package there.
    (tmp_path / "codemods").mkdir()
    shutil.copy(HOME / "codemods" / "__init__.py", tmp_path / "codemods")
    show = "import json, sys; print(json.dumps(sys.path))"
    (tmp_path / "codemods" / "show.py").write_text(show, encoding="utf-8")
    (tmp_path / "json.py").write_text(TRAP, encoding="utf-8")
    done = started(tmp_path, "-S", "-m", "codemods.show", path="")
    assert_nothing_was_executed(done)
    folders = json.loads(done.stdout)
    assert [os.path.realpath(folder) for folder in folders].index(os.path.realpath(tmp_path)) == len(folders) - 1


def test_a_script_serves_a_target_that_has_a_codemods_folder_of_its_own(target: Path, tmp_path: Path) -> None:
    (target / "codemods").mkdir()
    (target / "codemods" / "__init__.py").write_text(TRAP, encoding="utf-8")
    for name in BEFORE_ANY_PACKAGE:
        (target / f"{name}.py").write_text(TRAP, encoding="utf-8")
    script = tmp_path / "bin" / "codemods"
    script.parent.mkdir()
    script.write_text("import sys\nfrom codemods.__main__ import main\nsys.exit(main())\n", encoding="utf-8")
    done = started(target, str(script), "toy", "--jobs", "2")
    assert_nothing_was_executed(done)
    assert done.returncode == 0
    assert "diff --git a/codemods/__init__.py" in done.stdout


@pytest.mark.parametrize("method", sorted({"spawn", "forkserver"} & {*multiprocessing.get_all_start_methods()}))
def test_workers_that_start_afresh_run_among_shadowing_modules(target: Path, tmp_path: Path, method: str) -> None:
    for name in ("large", "larger"):
        (target / f"{name}.py").write_text("old = 1\n" + "# and so on\n" * 50_000, encoding="utf-8")
    script = tmp_path / "start.py"
    script.write_text(
        "import sys\n"
        "from codemods.toolkit import cli\n"
        "from codemods.toolkit.pipeline import executors\n"
        f"executors.start_method = lambda: {method!r}\n"
        "if __name__ == '__main__':\n"
        "    sys.exit(cli.main())\n",
        encoding="utf-8",
    )
    done = started(target, str(script), "toy", "--jobs", "2")
    assert_nothing_was_executed(done)
    assert done.returncode == 0
    assert "diff --git a/larger.py b/larger.py\n" in done.stdout


def test_the_folder_stays_on_the_path_of_a_program_that_only_imports_the_package(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import codemods, sys; print(sys.path[0])", encoding="utf-8")
    assert started(tmp_path, "-m", "program").stdout.strip() == os.path.realpath(tmp_path)


def test_a_current_folder_that_is_gone_is_no_obstacle(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = [sys.executable, "-m", "codemods", "list"]
    script = f"import os; os.rmdir({str(gone)!r}); os.execv({sys.executable!r}, {command!r})"
    done = started(gone, "-c", script)
    assert_nothing_was_executed(done)
    assert "toy " in done.stdout


def path_after_start(monkeypatch: pytest.MonkeyPatch, started_as: list[str], path: list[str]) -> list[str]:
    """What the package makes of the import path in this process, when it was started like that."""
    code = compile(Path(codemods.__file__).read_bytes(), codemods.__file__, "exec")
    monkeypatch.setattr(sys, "argv", ["-m"])
    monkeypatch.setattr(sys, "orig_argv", ["python", *started_as])
    monkeypatch.setattr(sys, "path", path)
    exec(code, {"__file__": codemods.__file__})
    return path


@pytest.mark.parametrize(
    "started_as",
    [
        ["-m", "codemods"],
        ["-m", "codemods.toy", "."],
        ["-mcodemods"],
        ["-Bmcodemods.toy"],
        ["-X", "dev", "-m", "codemods"],
    ],
    ids=" ".join,
)
def test_only_the_current_folder_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started_as: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    path = [str(tmp_path), "", "/elsewhere", str(tmp_path / "inside")]
    assert path_after_start(monkeypatch, started_as, path) == ["/elsewhere", str(tmp_path / "inside")]


def test_nothing_goes_when_another_program_imports_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_after_start(monkeypatch, ["-m", "other.tool"], [str(tmp_path)]) == [str(tmp_path)]


def test_the_folder_of_the_package_goes_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOME)
    assert path_after_start(monkeypatch, ["-m", "codemods"], [str(HOME), "/elsewhere"]) == ["/elsewhere", str(HOME)]


def test_a_folder_that_is_gone_is_only_left_out_by_its_empty_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(os.path, "realpath", gone)
    assert path_after_start(monkeypatch, ["-m", "codemods"], ["", "/elsewhere"]) == ["/elsewhere"]


@pytest.mark.parametrize("module", ["codemods", "codemods.websocket_ssot"])
def test_a_module_hands_its_exit_status_on(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["codemods", "--nonsense"])
    monkeypatch.delitem(sys.modules, f"{module}.__main__", raising=False)
    with pytest.raises(SystemExit) as caught:
        # By its path: pytest loads a package that holds a plugin in a way that `run_module` can't follow.
        runpy.run_path(str(HOME / module.replace(".", "/") / "__main__.py"), run_name="__main__")
    assert caught.value.code == 2


def test_the_script_runs_the_same_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["codemods", "--nonsense"])
    assert script_main() == 2
