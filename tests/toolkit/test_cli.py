from __future__ import annotations

import dataclasses
import errno
import gc
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from codemods.toolkit import cli, registry, verbs
from codemods.toolkit.codemod import Code, Plan
from codemods.toolkit.pipeline import lock, worktree
from codemods.toolkit.pipeline import undo as undo_module
from codemods.toolkit.pipeline.transaction import RolledBack

PLUGIN = Path(__file__).parent / "plugin"
BEFORE = b"old = 1\nprint(old)\nold = 2  # keep\nprint(old)  # refuse\n"
AFTER = b"new = 1\nprint(new)\nold = 2  # keep\nprint(old)  # refuse\n"


class Done(NamedTuple):
    status: int
    stdout: str
    stderr: str


class Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PLUGIN)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(name="root")
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_bytes(BEFORE)
    (root / "b.py").write_bytes(b"x = 1\n")
    monkeypatch.chdir(root)
    return root


def codemods(*words: str) -> Done:
    stdout, stderr = io.BytesIO(), io.StringIO()
    status = cli.main(None, words, stdout, stderr)
    return Done(status, stdout.getvalue().decode(), stderr.getvalue())


def toy(*words: str) -> Done:
    return codemods("toy", "--no-cache", "--jobs", "1", *words)


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(name="repository")
def _repository(root: Path) -> Path:
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "start")
    return root


def test_a_dry_run_prints_the_diff_and_tells_the_rest_on_stderr(root: Path) -> None:
    done = toy()
    assert done.status == 0
    assert done.stdout.startswith("diff --git a/a.py b/a.py\n")
    assert done.stdout.endswith(
        "-old = 1\n-print(old)\n+new = 1\n+print(new)\n old = 2  # keep\n print(old)  # refuse\n"
    )
    assert done.stderr.startswith("names   2 rewritten · 0 already right · 1 kept · 1 refused   = 4\n")
    assert "refused: TY101 old on purpose (1)\n  a.py:4:7: TY101 old: is refused\n" in done.stderr
    assert (root / "a.py").read_bytes() == BEFORE


def test_what_a_codemod_prints_is_no_part_of_the_diff(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def decide(project: Any, config: Any, withheld: Any) -> Plan[Any]:
        sys.stdout.write("looking\n")
        return Plan()

    codemod = dataclasses.replace(registry.load("toy"), decide=decide)
    monkeypatch.setattr(registry, "load", lambda name: codemod)
    assert toy().stdout == ""
    assert capsys.readouterr() == ("", "looking\n")


def test_apply_writes_the_files_and_says_how_to_undo(root: Path) -> None:
    done = toy("--apply")
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr.endswith("1 file written; undo with: python -m codemods undo\n")
    assert (root / "a.py").read_bytes() == AFTER


def test_the_way_to_undo_names_a_folder_that_is_elsewhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    monkeypatch.chdir(away)
    done = toy("--apply", str(root))
    *_, words = done.stderr.rstrip("\n").partition("python -m codemods ")
    assert words == f"undo {shlex.quote(str(root))}"
    assert codemods(*shlex.split(words)).status == 0
    assert (root / "a.py").read_bytes() == BEFORE


@pytest.mark.parametrize("folder", [".", "../root", "--root=."])
def test_undo_status_and_finish_take_a_folder(root: Path, folder: str) -> None:
    toy("--apply")
    run = codemods("status", folder).stdout.split()[0]
    interrupt_the_last_run(root)
    assert codemods("finish", folder).status == 0
    assert codemods("undo", run[:12], folder).status == 0
    assert (root / "a.py").read_bytes() == BEFORE


def test_apply_shows_the_diff_where_it_is_asked_for(root: Path) -> None:
    expected = toy().stdout
    assert toy("--apply", "--format", "diff").stdout == expected
    assert (root / "a.py").read_bytes() == AFTER


@pytest.mark.usefixtures("root")
def test_a_second_apply_has_nothing_to_change() -> None:
    toy("--apply")
    assert toy("--apply").stderr.endswith("nothing to change\n")


def test_undo_restores_every_byte(root: Path) -> None:
    toy("--apply")
    done = codemods("undo")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.endswith("(toy) is undone: 1 file written\n")
    assert (root / "a.py").read_bytes() == BEFORE


@pytest.mark.usefixtures("root")
def test_check_lists_what_would_change_and_fails() -> None:
    done = toy("--check")
    assert (done.status, done.stdout) == (1, "a.py:1:1: old: is rewritten\na.py:2:7: old: is rewritten\n")


def test_check_passes_where_nothing_would_change(root: Path) -> None:
    (root / "a.py").write_bytes(AFTER)
    done = toy("--check")
    assert (done.status, done.stdout) == (0, "")


@pytest.mark.usefixtures("root")
def test_check_can_show_the_diff_instead() -> None:
    done = toy("--check", "--format", "diff")
    assert done.status == 1
    assert done.stdout.startswith("diff --git")


@pytest.mark.usefixtures("root")
def test_json_goes_to_stdout() -> None:
    report = json.loads(toy("--format", "json").stdout)
    assert report["counts"] == {"name": {"rewritten": 2, "right": 0, "kept": 1, "refused": 1}}
    assert report["applied"] is None


@pytest.mark.usefixtures("root")
def test_json_names_the_run_that_was_applied() -> None:
    report = json.loads(toy("--format", "json", "--apply").stdout)
    assert report["applied"] in codemods("status").stdout


def test_the_report_can_go_to_a_file(root: Path, tmp_path: Path) -> None:
    expected = toy().stdout
    done = toy("--output", str(tmp_path / "x.diff"))
    assert (done.status, done.stdout) == (0, "")
    assert (tmp_path / "x.diff").read_text() == expected


@pytest.mark.usefixtures("root")
def test_a_terminal_gets_a_diff_in_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stdout = Terminal()
    cli.main(None, ["toy", "--no-cache"], stdout, io.StringIO())
    assert b"\x1b[31m-old = 1\x1b[0m\n" in stdout.getvalue()


@pytest.mark.usefixtures("root")
def test_a_view_is_shown_instead_of_a_plan() -> None:
    assert toy("--words") == Done(0, "a.py: 4\n", "")


def test_a_view_tells_what_it_could_not_see(root: Path) -> None:
    (root / "bad.py").write_text("def (old\n")
    done = toy("--words")
    assert done.status == 3
    assert done.stderr.startswith("bad.py:1:")


def test_a_file_that_can_not_be_parsed_is_told_and_the_rest_is_done(root: Path) -> None:
    (root / "bad.py").write_text("def (old\n")
    done = toy("--apply")
    assert done.status == 3
    assert "bad.py:1:" in done.stderr
    assert (root / "a.py").read_bytes() == AFTER


def test_only_the_given_paths_change(repository: Path) -> None:
    (repository / "c.py").write_bytes(BEFORE)
    toy("--apply", "--allow-dirty", "a.py")
    assert (repository / "a.py").read_bytes() == AFTER
    assert (repository / "c.py").read_bytes() == BEFORE


@pytest.mark.parametrize("words", [("--exclude", "a.py"), ("--include", "b.py")], ids="=".join)
@pytest.mark.usefixtures("root")
def test_excluded_files_stay_as_they_are(words: tuple[str, ...]) -> None:
    assert toy(*words).stdout == ""


@pytest.mark.usefixtures("root")
def test_configuration_holds_and_options_go_before_it(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.codemods]\nignore = ['TY101']\n[tool.codemods.toy]\nnew = 'fresh'\n")
    assert "+fresh = 1" in toy().stdout
    assert "TY101" not in toy().stderr
    assert "+other = 1" in toy("--new", "other").stdout
    assert "TY101" in toy("--ignore", "TK").stderr


@pytest.mark.usefixtures("root")
def test_a_switch_sets_its_key() -> None:
    assert "TY102" not in toy().stderr
    assert "TY102" in toy("--told").stderr


@pytest.mark.usefixtures("root")
def test_verbose_lists_every_place(root: Path) -> None:
    (root / "c.py").write_bytes(b"old  # refuse\n" * 20)
    assert toy().stderr.count("is refused") == 10
    assert toy("--verbose").stderr.count("is refused") == 21


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(("missing",), "missing: no such file or folder", id="a missing path"),
        pytest.param(("--nonsense",), "unrecognized arguments: --nonsense (see `codemods toy --help`)", id="an option"),
        pytest.param(
            ("--appl",), "unrecognized arguments: --appl (see `codemods toy --help`)", id="half an option is none"
        ),
        pytest.param(
            ("--apply", "--check"),
            "argument --check: not allowed with argument --apply (see `codemods toy --help`)",
            id="two modes",
        ),
        pytest.param(("--jobs", "-1"), "argument --jobs: '-1' is not a whole number from 0", id="negative jobs"),
        pytest.param(
            ("--jobs", "x"),
            "argument --jobs: 'x' is not a whole number from 0 (see `codemods toy --help`)",
            id="jobs that are no number",
        ),
        pytest.param(("--most", "x"), "--most: expected int, got str", id="an option of the codemod"),
        pytest.param(("--config", "x.toml"), "x.toml: no such configuration file", id="a missing configuration"),
        pytest.param(("--select", "TY999"), "no code is, or begins with, 'TY999'", id="an unknown code"),
        pytest.param(("--include", "../x"), "--include: '../x' leads outside the root", id="include from outside"),
        pytest.param(("--exclude", "../x"), "--exclude: '../x' leads outside the root", id="exclude from outside"),
        pytest.param(("--output", "."), "--output: .: is a folder, or lies in one that doesn't exist", id="a folder"),
        pytest.param(
            ("--output", "no/x"),
            "--output: no/x: is a folder, or lies in one that doesn't exist",
            id="output in a missing folder",
        ),
    ],
)
@pytest.mark.usefixtures("root")
def test_wrong_usage_is_one_line_and_status_2(words: tuple[str, ...], message: str) -> None:
    done = codemods("toy", *words)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(("toi",), "no codemod is named 'toi' (did you mean 'toy'?)", id="an unknown codemod"),
        pytest.param(("explain", "TY1"), "no code is named 'TY1'", id="an unknown code"),
        pytest.param(("undo",), "there is no run to undo in", id="nothing to undo"),
        pytest.param(("undo", "2020"), "no run is called '2020'", id="an unknown run"),
        pytest.param(("finish",), "no run was interrupted in .: there is nothing to finish", id="nothing to finish"),
        pytest.param(("status", "--root", "missing"), "missing: no such folder", id="a missing root"),
        pytest.param(("status", "missing"), "missing: no such folder", id="a missing folder"),
        pytest.param(("undo", "./missing"), "./missing: no such folder", id="a path that is no run"),
        pytest.param(("undo", ""), "'': no such folder", id="an empty word"),
        pytest.param(("undo", ".", "--root", "."), "one folder at a time: ., .", id="two folders"),
        pytest.param(("undo", "2020", "2021"), "one run at a time: 2020, 2021", id="two runs"),
        pytest.param(("explain", "--write", "a.py"), "a.py", id="a file in place of a folder"),
        pytest.param(("--nonsense",), "", id="a bad option"),
    ],
)
@pytest.mark.usefixtures("root")
def test_wrong_usage_of_a_verb_is_one_line_and_status_2(words: tuple[str, ...], message: str) -> None:
    done = codemods(*words)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}")
    assert done.stderr.count("\n") == 1


def test_apply_is_refused_in_a_dirty_work_tree(repository: Path) -> None:
    (repository / "b.py").write_bytes(b"x = 2\n")
    done = toy("--apply")
    assert done.status == 2
    assert "--allow-dirty" in done.stderr
    assert (repository / "a.py").read_bytes() == BEFORE
    assert toy("--apply", "--allow-dirty").status == 0


def test_a_change_that_has_to_be_rolled_back_is_status_3(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RolledBack("a.py: changed between plan and write; nothing was written")

    monkeypatch.setattr(cli, "apply", fails)
    done = toy("--apply")
    assert done == Done(3, "", "error: a.py: changed between plan and write; nothing was written\n")


def test_ctrl_c_while_nothing_is_written_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    assert toy() == Done(130, "", "interrupted: nothing was written\n")


def test_ctrl_c_elsewhere_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "answer", interrupted)
    assert codemods("list") == Done(130, "", "interrupted\n")


def interrupt_the_last_run(root: Path) -> None:
    """Leave the tree as a `kill -9` does after the first file: the run is in the journal, and not marked as applied."""
    (undo_module.runs(root)[0].folder / "state").write_bytes(b"writing")


@pytest.mark.parametrize(
    ("argv", "kept"),
    [pytest.param(None, True, id="the process's own"), pytest.param(["list"], False, id="that of a caller")],
)
def test_nobody_searches_for_garbage_when_a_command_line_ends_with_its_process(
    argv: list[str] | None, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["codemods", "list"])
    gc.unfreeze()
    try:
        assert cli.main(argv=argv, stdout=io.BytesIO(), stderr=io.StringIO()) == 0
        assert (gc.get_freeze_count() > 0) == kept
    finally:
        gc.unfreeze()


def test_after_a_crash_a_dry_run_warns(root: Path) -> None:
    toy("--apply")
    interrupt_the_last_run(root)
    done = toy()
    assert done.status == 0
    assert done.stderr.startswith("warning: run ")
    assert "was interrupted: `python -m codemods finish` completes it" in done.stderr


def test_after_a_crash_apply_does_not_start(root: Path) -> None:
    toy("--apply")
    interrupt_the_last_run(root)
    done = toy("--apply")
    assert done.status == 2
    assert "`python -m codemods undo`" in done.stderr


def test_after_a_crash_finish_completes_the_run(root: Path) -> None:
    toy("--apply")
    (root / "a.py").write_bytes(BEFORE)
    interrupt_the_last_run(root)
    assert codemods("finish").stdout.endswith("(toy) is applied: 1 file written\n")
    assert (root / "a.py").read_bytes() == AFTER


def test_after_a_crash_undo_takes_the_run_back(root: Path) -> None:
    toy("--apply")
    interrupt_the_last_run(root)
    assert codemods("undo").stdout.endswith("(toy) is rolled back: 1 file written\n")
    assert (root / "a.py").read_bytes() == BEFORE


def test_a_file_that_someone_changed_after_the_crash_is_told(root: Path) -> None:
    toy("--apply")
    (root / "a.py").write_bytes(b"mine\n")
    interrupt_the_last_run(root)
    done = codemods("finish")
    assert done.status == 3
    assert "  a.py: changed since by someone else, left as it is\n" in done.stdout


def test_status_lists_the_runs_and_what_is_interrupted(root: Path) -> None:
    assert codemods("status").stdout == "no run was applied here\n"
    toy("--apply")
    assert codemods("status", "--root", str(root)).stdout.endswith("  toy  1 file\n")
    interrupt_the_last_run(root)
    assert "was interrupted" in codemods("status").stdout


def test_status_tells_who_is_at_work(root: Path) -> None:
    tree = worktree.work_tree(root)
    with lock.hold(worktree.make_state_folder(tree), "somebody"):
        assert codemods("status").stdout.startswith("at work: somebody (pid ")


@pytest.mark.usefixtures("root")
def test_list_names_every_codemod_also_one_that_can_not_be_loaded() -> None:
    lines = codemods("list").stdout.splitlines()
    assert ["toy", "Rename old to new."] in [line.split(maxsplit=1) for line in lines]
    assert any(line.split(maxsplit=2)[:2] == ["toy_broken", "codemod"] for line in lines)


@pytest.mark.usefixtures("root")
def test_explain_tells_about_a_code_of_any_codemod() -> None:
    assert codemods("explain", "TY101").stdout.startswith("# TY101: old on purpose\n")


@pytest.mark.usefixtures("root")
def test_explain_without_a_code_lists_them_all() -> None:
    lines = codemods("explain").stdout.splitlines()
    assert {"TK101  file can't be parsed", "TY101  old on purpose"} <= set(lines)


def test_explain_writes_the_pages_and_the_schema(tmp_path: Path) -> None:
    assert codemods("explain", "--write", str(tmp_path / "docs")).status == 0
    assert (tmp_path / "docs/codes/TY101.md").read_text().startswith("# TY101: old on purpose\n")
    assert "[TK101](TK101.md)" in (tmp_path / "docs/codes/README.md").read_text()
    assert json.loads((tmp_path / "docs/report.schema.json").read_bytes())["$ref"] == "#/$defs/Report"


@pytest.mark.parametrize("words", [(), ("--help",), ("toy", "--help")], ids=" ".join)
def test_help_tells_the_exit_status(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        codemods(*words)
    assert caught.value.code == 0
    assert "3  finished, but some file could not be processed" in capsys.readouterr().out


def test_every_verb_in_the_help_is_a_verb_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        codemods("--help")
    shown = capsys.readouterr().out
    assert all(f"\n    {verb} " in shown for verb in verbs.VERBS)


class Full(io.BytesIO):
    def __init__(self, problem: OSError) -> None:
        super().__init__()
        self._problem = problem

    def write(self, data: object) -> int:
        raise self._problem


@pytest.mark.usefixtures("root")
def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    stderr = io.StringIO()
    assert cli.main(None, ["toy", "--no-cache"], Full(BrokenPipeError()), stderr) == 0
    assert "verified" in stderr.getvalue()


@pytest.mark.usefixtures("root")
def test_a_full_disk_behind_stdout_is_told() -> None:
    stderr = io.StringIO()
    full = Full(OSError(errno.ENOSPC, "No space left on device"))
    assert cli.main(None, ["toy", "--no-cache"], full, stderr) == 2
    assert stderr.getvalue() == "error: stdout can't be written: No space left on device\n"


@pytest.mark.usefixtures("root")
def test_an_output_file_that_can_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    done = toy("--output", str(tmp_path / "x.diff"))
    assert (done.status, done.stderr) == (2, f"error: --output: {tmp_path / 'x.diff'}: No space left on device\n")


@pytest.mark.usefixtures("root")
def test_a_user_who_does_not_listen_is_no_error() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    stdout = io.BytesIO()
    assert cli.main(None, ["toy", "--no-cache"], stdout, Gone()) == 0
    assert stdout.getvalue().startswith(b"diff --git")


@pytest.mark.usefixtures("root")
def test_what_is_buffered_for_a_broken_pipe_goes_nowhere() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:  # closing flushes: it would raise
        assert cli.main(None, ["toy", "--no-cache"], stdout, io.StringIO()) == 0


@pytest.mark.usefixtures("root")
def test_streams_that_were_closed_at_the_start_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert cli.main(None, ["toy", "--no-cache"]) == 0


def test_a_codemod_without_options_of_its_own_has_none_in_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    plain = dataclasses.replace(registry.load("toy"), options=(), views=())
    with pytest.raises(SystemExit):
        cli.main(plain, ["--help"])
    assert "[tool.codemods.toy]" not in capsys.readouterr().out


def test_the_help_tells_which_codes_are_rewritten_on_request_only(capsys: pytest.CaptureFixture[str]) -> None:
    code = Code("TY101", "", "")
    for requested in ((), ("TY101",)):
        with pytest.raises(SystemExit):
            cli.main(dataclasses.replace(registry.load("toy"), codes=(code,), on_request=requested), ["--help"])
        told = " ".join(capsys.readouterr().out.split())
        assert "list only these codes (TY101, or TY1)" in told
        assert ("rewritten only so: TY101" in told) == bool(requested)


def in_a_shell(script: str, root: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(PLUGIN), "PYTHON": sys.executable, "TMPDIR": str(root)}
    return subprocess.run(["sh", "-c", script], cwd=root, env=environment, capture_output=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize(
    "script",
    [
        pytest.param('"$PYTHON" -m codemods toy --no-cache | true', id="stdout"),
        pytest.param('"$PYTHON" -m codemods toy --no-cache 2>&1 >/dev/null | true', id="stderr"),
        pytest.param('"$PYTHON" -m codemods toy --no-cache >&- 2>/dev/null', id="no stdout"),
        pytest.param('"$PYTHON" -m codemods toy --no-cache 2>&- >/dev/null', id="no stderr"),
    ],
)
def test_streams_that_lead_nowhere_are_no_error(script: str, root: Path) -> None:
    (root / "a.py").write_bytes(b"old = 1\n" * 5_000)
    done = in_a_shell(f"{{ {script}; echo $? >&3; }} 3>status; cat status", root)
    assert done.stdout.strip() == b"0"
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
