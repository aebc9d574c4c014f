from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.apply import apply, require_ready
from codemods.toolkit.pipeline.lock import hold
from codemods.toolkit.pipeline.result import Change, Result, Verification
from codemods.toolkit.pipeline.transaction import RolledBack, StillInterrupted
from codemods.toolkit.pipeline.undo import Restored, finish, interruption, pending, roll_back, running, runs, undo

BEFORE = {"a.py": b"a = '\xff'\r\n", "b.py": b"#!/usr/bin/python\n", "c.py": b"shim"}
AFTER = {"a.py": b"A = '\xff'\r\n\r\n", "b.py": b"#!/usr/bin/python3\n"}
MODES = {"a.py": 0o640, "b.py": 0o755, "c.py": 0o600}


def three_files(root: Path) -> Path:
    root.mkdir(exist_ok=True)
    for name, content in BEFORE.items():
        (root / name).write_bytes(content)
        (root / name).chmod(MODES[name])
    return root


def three_changes(root: Path) -> Result:
    changes = tuple(Change(name, BEFORE[name], AFTER.get(name), (), MODES[name]) for name in BEFORE)
    return Result("demo", str(root), 3, 3, (), (), (), changes, (), Verification(0, 0, 0, 0, 0, 0))


def applied(root: Path) -> Path:
    apply(three_changes(root), three_files(root), allow_dirty=True)
    return root


def contents(root: Path) -> dict[str, bytes]:
    """All files but those of the journal: a temporary file that was forgotten shows here too."""
    return {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()}


def modes(root: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o7777 for path in root.iterdir() if path.is_file()}


KILLED = """
import os, signal, sys
from pathlib import Path
import test_undo
from codemods.toolkit.pipeline.apply import apply
from codemods.toolkit.pipeline.undo import undo

root, job, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def kill(step):
    if step == moment:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

if job == "apply":
    apply(test_undo.three_changes(root), root, allow_dirty=False, after_step=kill)
else:
    undo(root, after_step=kill)
"""


def killed(root: Path, job: Literal["apply", "undo"], moment: str) -> Path:
    """The tree after a process that did `job` was killed right after one of its steps."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        (sys.executable, "-c", KILLED, str(root), job, moment), env=environment, capture_output=True, check=False
    )
    assert done.returncode == -getattr(signal, "SIGKILL", signal.SIGTERM), done.stderr.decode()
    return root


APPLY_STEPS = (
    "began the journal",
    "wrote the journal's contents",
    "wrote the journal's header",
    "named the journal",
    "flushed the journal",
    "wrote a.py aside",
    "gave a.py its mode",
    "replaced a.py",
    "wrote b.py aside",
    "gave b.py its mode",
    "replaced b.py",
    "removed c.py",
    "flushed the folders",
    "marked the run as applied",
)
UNDO_STEPS = (
    "marked the run as undoing",
    "wrote a.py aside",
    "gave a.py its mode",
    "replaced a.py",
    "wrote b.py aside",
    "gave b.py its mode",
    "replaced b.py",
    "wrote c.py aside",
    "gave c.py its mode",
    "replaced c.py",
    "flushed the folders",
    "marked the run as undone",
)


def test_the_steps_of_a_run_and_its_undo_are_these(tmp_path: Path) -> None:
    steps: list[str] = []
    apply(three_changes(tmp_path), three_files(tmp_path), allow_dirty=True, after_step=steps.append)
    assert tuple(steps) == APPLY_STEPS
    steps.clear()
    undo(tmp_path, after_step=steps.append)
    assert tuple(steps) == UNDO_STEPS


def is_before_or_after(root: Path) -> bool:
    now = contents(root)
    return all(now.get(name) in {BEFORE[name], AFTER.get(name)} for name in BEFORE)


@pytest.mark.parametrize("moment", APPLY_STEPS)
def test_a_run_that_is_killed_at_any_step_can_be_finished_or_rolled_back(tmp_path: Path, moment: str) -> None:
    root = killed(three_files(tmp_path / "root"), "apply", moment)
    assert is_before_or_after(root)
    run = pending(root)
    started, ended = APPLY_STEPS.index("named the journal"), len(APPLY_STEPS) - 1
    assert (run is not None) == (started <= APPLY_STEPS.index(moment) < ended)
    if run is None:
        assert contents(root) == (AFTER if APPLY_STEPS.index(moment) == ended else BEFORE)
        return

    with pytest.raises(UsageError, match="was interrupted: `python -m codemods finish` completes it"):
        apply(three_changes(root), root, allow_dirty=True)
    twin = tmp_path / "twin"
    shutil.copytree(root, twin)

    assert finish(run).state == "applied"
    assert (contents(root), modes(root)) == (AFTER, {"a.py": 0o640, "b.py": 0o755})
    twin_run = pending(twin)
    assert twin_run is not None
    assert roll_back(twin_run).state == "rolled back"
    assert (contents(twin), modes(twin)) == (BEFORE, MODES)
    assert (pending(root), pending(twin)) == (None, None)


@pytest.mark.parametrize("moment", UNDO_STEPS)
def test_an_undo_that_is_killed_at_any_step_can_be_finished_or_rolled_back(tmp_path: Path, moment: str) -> None:
    root = killed(applied(tmp_path / "root"), "undo", moment)
    assert is_before_or_after(root)
    run = pending(root)
    assert (run is None) == (moment == UNDO_STEPS[-1])
    if run is None:
        assert contents(root) == BEFORE
        return

    twin = tmp_path / "twin"
    shutil.copytree(root, twin)
    assert finish(run).state == "undone"
    assert (contents(root), modes(root)) == (BEFORE, MODES)
    twin_run = pending(twin)
    assert twin_run is not None
    assert roll_back(twin_run).state == "applied"
    assert (contents(twin), modes(twin)) == (AFTER, {"a.py": 0o640, "b.py": 0o755})


def test_what_a_killed_run_left_in_the_journal_goes_with_the_next(tmp_path: Path) -> None:
    root = killed(three_files(tmp_path), "apply", "wrote the journal's contents")
    assert [name.endswith(".new") for name in os.listdir(root / ".codemods" / "runs")] == [True]
    applied(root)
    assert os.listdir(root / ".codemods" / "runs") == [runs(root)[0].id]


def test_undo_takes_back_an_interrupted_run(tmp_path: Path) -> None:
    root = killed(three_files(tmp_path), "apply", "replaced b.py")
    assert undo(root).state == "rolled back"
    assert contents(root) == BEFORE


def test_undo_completes_an_interrupted_undo(tmp_path: Path) -> None:
    root = killed(applied(tmp_path), "undo", "replaced b.py")
    assert undo(root).state == "undone"
    assert contents(root) == BEFORE


@pytest.mark.parametrize("end", [finish, roll_back])
def test_a_file_that_someone_changed_after_the_crash_is_left_and_told(
    tmp_path: Path, end: Callable[..., Restored]
) -> None:
    root = killed(three_files(tmp_path), "apply", "wrote b.py aside")
    (root / "b.py").write_bytes(b"mended by hand")
    run = pending(root)
    assert run is not None
    assert end(run).left == ("b.py",)
    expected = AFTER if end is finish else BEFORE
    assert contents(root) == {**expected, "b.py": b"mended by hand"}
    assert pending(root) is None


def test_an_interrupted_run_is_told_in_one_line(tmp_path: Path) -> None:
    run = pending(killed(three_files(tmp_path), "apply", "replaced a.py"))
    assert run is not None
    assert interruption(run) == (
        f"run {run.id} (demo, 3 files) was interrupted: `python -m codemods finish` completes it, "
        "`python -m codemods undo` restores the files as before the run"
    )


def test_an_interrupted_undo_is_told_as_one(tmp_path: Path) -> None:
    run = pending(killed(applied(tmp_path), "undo", "replaced a.py"))
    assert run is not None
    assert interruption(run).startswith(f"the undo of run {run.id} (demo, 3 files) was interrupted")


def test_an_interrupted_run_stands_in_the_way_of_the_next(tmp_path: Path) -> None:
    root = killed(three_files(tmp_path), "apply", "replaced a.py")
    with pytest.raises(UsageError, match="was interrupted"):
        require_ready(root, allow_dirty=True)


def test_a_run_that_is_settled_can_not_be_finished_again(tmp_path: Path) -> None:
    root = killed(three_files(tmp_path), "apply", "replaced a.py")
    run = pending(root)
    assert run is not None
    finish(run)
    with pytest.raises(UsageError, match=rf"^run {run.id} is applied: there is nothing to finish or to roll back$"):
        roll_back(run)
    assert contents(root) == AFTER


def test_a_disk_error_while_finishing_leaves_the_run_to_be_recovered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = killed(three_files(tmp_path), "apply", "replaced a.py")
    run = pending(root)
    assert run is not None
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", no_space)
        with pytest.raises(StillInterrupted, match=r"^b\.py: No space left on device; run .* is still half done"):
            finish(run)
    assert is_before_or_after(root)
    assert finish(run).state == "applied"


def no_space(source: Path, target: Path) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_an_interrupt_while_rolling_back_leaves_the_run_to_be_recovered(tmp_path: Path) -> None:
    root = killed(three_files(tmp_path), "apply", "flushed the folders")
    run = pending(root)
    assert run is not None

    def interrupt(step: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(StillInterrupted, match=r"^interrupted; run "):
        roll_back(run, after_step=interrupt)
    assert roll_back(run).state == "rolled back"
    assert contents(root) == BEFORE


def test_undo_restores_every_byte_and_mode(tmp_path: Path) -> None:
    root = applied(tmp_path)
    assert contents(root) == AFTER
    run = runs(root)[0].id
    assert undo(root) == Restored(run, "demo", "undone", ("a.py", "b.py", "c.py"), ())
    assert (contents(root), modes(root)) == (BEFORE, MODES)


def test_undo_restores_a_mode_that_was_changed_since(tmp_path: Path) -> None:
    root = applied(tmp_path)
    (root / "a.py").write_bytes(BEFORE["a.py"])
    (root / "a.py").chmod(0o777)
    assert undo(root).files == ("a.py", "b.py", "c.py")
    assert modes(root) == MODES


def test_undo_brings_back_a_file_whose_folder_is_gone(tmp_path: Path) -> None:
    (tmp_path / "shims").mkdir()
    (tmp_path / "shims" / "old.py").write_bytes(b"shim")
    change = Change("shims/old.py", b"shim", None, (), 0o644)
    apply(
        Result("demo", "", 1, 1, (), (), (), (change,), (), Verification(0, 0, 0, 0, 0, 0)), tmp_path, allow_dirty=True
    )
    (tmp_path / "shims").rmdir()
    undo(tmp_path)
    assert (tmp_path / "shims" / "old.py").read_bytes() == b"shim"


def test_undo_goes_back_run_by_run(tmp_path: Path) -> None:
    root = three_files(tmp_path)
    for old, new in ((b"shim", b"first"), (b"first", b"second")):
        change = Change("c.py", old, new, (), 0o600)
        apply(
            Result("demo", "", 1, 1, (), (), (), (change,), (), Verification(0, 0, 0, 0, 0, 0)), root, allow_dirty=True
        )
    undo(root)
    assert (root / "c.py").read_bytes() == b"first"
    undo(root)
    assert (root / "c.py").read_bytes() == b"shim"
    with pytest.raises(UsageError, match=f"^there is no run to undo in {root}$"):
        undo(root)
    assert [run.state for run in runs(root)] == ["undone", "undone"]


def test_undo_leaves_no_journal_where_there_was_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no run to undo"):
        undo(tmp_path)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("length", [8, 27], ids=["the beginning of its name", "its whole name"])
def test_a_run_is_undone_by_name(tmp_path: Path, length: int) -> None:
    root = applied(tmp_path)
    undo(root, runs(root)[0].id[:length])
    assert contents(root) == BEFORE


def test_a_run_that_does_not_exist_is_not_undone(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^no run is called '\.\./x': `python -m codemods status` lists the runs$"):
        undo(applied(tmp_path), "../x")


def test_a_name_of_more_than_one_run_is_refused(tmp_path: Path) -> None:
    root = applied(tmp_path)
    undo(root)
    applied(root)
    with pytest.raises(UsageError, match=r"^more than one run is called '2'"):
        undo(root, "2")
    assert contents(root) == AFTER


def test_a_run_is_not_undone_twice(tmp_path: Path) -> None:
    root = applied(tmp_path)
    run = undo(root).run
    with pytest.raises(UsageError, match=f"^run {run} is undone already"):
        undo(root, run)


@pytest.mark.parametrize("kind", ["other bytes", "gone", "a folder", "a link", "back again"])
def test_undo_refuses_files_that_were_changed_since(tmp_path: Path, kind: str) -> None:
    root = applied(tmp_path / "root")
    name = "c.py" if kind == "back again" else "a.py"
    (root / name).unlink(missing_ok=True)
    if kind in {"other bytes", "back again"}:
        (root / name).write_bytes(b"somebody's work")
    elif kind == "a folder":
        (root / name).mkdir()
    elif kind == "a link":
        (tmp_path / "same").write_bytes(AFTER["a.py"])
        (root / name).symlink_to(tmp_path / "same")
    with pytest.raises(UsageError, match=rf"can't be undone, these files were changed since: {name}$"):
        undo(root)
    assert (root / "b.py").read_bytes() == AFTER["b.py"]
    assert [run.state for run in runs(root)] == ["applied"]


def test_a_file_that_is_as_before_already_is_no_reason_to_refuse(tmp_path: Path) -> None:
    root = applied(tmp_path)
    (root / "a.py").write_bytes(BEFORE["a.py"])
    (root / "c.py").write_bytes(BEFORE["c.py"])
    (root / "c.py").chmod(MODES["c.py"])
    assert undo(root).files == ("b.py",)
    assert (contents(root), modes(root)) == (BEFORE, MODES)


def test_a_disk_error_while_undoing_leaves_the_run_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = applied(tmp_path)
    real, calls = os.replace, 0

    def second_fails(source: Path, target: Path) -> None:
        nonlocal calls
        calls += str(source).endswith(".tmp")
        if calls == 2 and str(source).endswith(".tmp"):
            no_space(source, target)
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", second_fails)
        with pytest.raises(RolledBack, match=r"^b\.py: No space left on device; everything that was written is taken"):
            undo(root)
    assert contents(root) == AFTER
    assert [run.state for run in runs(root)] == ["applied"]


@pytest.mark.parametrize("moment", UNDO_STEPS)
def test_an_interrupt_at_any_step_of_an_undo_leaves_the_run_applied(tmp_path: Path, moment: str) -> None:
    root = applied(tmp_path)
    seen: list[str] = []

    def interrupt(step: str) -> None:
        seen.append(step)
        if step == moment and seen.count(step) == 1:
            raise KeyboardInterrupt

    with pytest.raises(RolledBack, match=r"^interrupted; "):
        undo(root, after_step=interrupt)
    assert contents(root) == AFTER
    assert [run.state for run in runs(root)] == ["applied"]


def test_runs_are_listed_newest_first(tmp_path: Path) -> None:
    root = applied(tmp_path)
    undo(root)
    applied(root)
    newest, oldest = runs(root)
    assert newest.id > oldest.id
    assert (newest.state, oldest.state) == ("applied", "undone")
    assert (newest.header.codemod, newest.paths) == ("demo", ("a.py", "b.py", "c.py"))


def test_the_run_at_work_is_told(tmp_path: Path) -> None:
    root = applied(tmp_path)
    assert running(root) is None
    with hold(root / ".codemods", "demo"):
        held = running(root)
    assert held is not None
    assert held.codemod == "demo"


def test_a_tree_without_runs_has_none(tmp_path: Path) -> None:
    assert (runs(tmp_path), running(tmp_path), pending(tmp_path)) == ((), None, None)


def test_a_file_in_place_of_the_journal_holds_no_runs(tmp_path: Path) -> None:
    (tmp_path / ".codemods").write_bytes(b"")
    assert (runs(tmp_path), running(tmp_path), pending(tmp_path)) == ((), None, None)


def header_of(root: Path) -> Path:
    return root / ".codemods" / "runs" / runs(root)[0].id / "header.json"


@pytest.mark.parametrize("path", ["../outside.py", "/etc/passwd", "pkg/../../outside.py", "", ".git/hooks/x", "a\0b"])
def test_a_tampered_journal_that_leads_out_of_the_root_is_refused(tmp_path: Path, path: str) -> None:
    root = applied(tmp_path / "root")
    header = json.loads(header_of(root).read_bytes())
    header["files"][2]["path"] = path
    header_of(root).write_text(json.dumps(header))
    with pytest.raises(UsageError, match=r"is damaged \(.* leads out of .*\): move it away to go on without it$"):
        undo(root)
    assert os.listdir(tmp_path) == ["root"]
    assert contents(root) == AFTER


def test_a_folder_that_became_a_link_is_not_written_through(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg" / "a.py").write_bytes(b"a")
    change = Change("pkg/a.py", b"a", b"A", (), 0o644)
    apply(Result("demo", "", 1, 1, (), (), (), (change,), (), Verification(0, 0, 0, 0, 0, 0)), root, allow_dirty=True)
    (root / "pkg").rename(outside)
    (root / "pkg").symlink_to(outside)
    with pytest.raises(UsageError, match=r"these files were changed since: pkg/a\.py$"):
        undo(root)
    assert (outside / "a.py").read_bytes() == b"A"


def test_finish_does_not_reach_through_a_folder_that_became_a_link(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg" / "a.py").write_bytes(b"a")
    change = Change("pkg/a.py", b"a", b"A", (), 0o644)
    apply(Result("demo", "", 1, 1, (), (), (), (change,), (), Verification(0, 0, 0, 0, 0, 0)), root, allow_dirty=True)
    run = runs(root)[0]
    (run.folder / "state").write_bytes(b"writing")
    (root / "pkg").rename(outside)
    (root / "pkg").symlink_to(outside)
    (outside / run.temporary(0)).write_bytes(b"not ours")
    assert finish(run).left == ("pkg/a.py",)
    assert (outside / run.temporary(0)).read_bytes() == b"not ours"


def test_bytes_that_rotted_in_the_journal_are_not_restored(tmp_path: Path) -> None:
    root = applied(tmp_path)
    pack = header_of(root).with_name("contents")
    pack.write_bytes(pack.read_bytes().replace(b"shim", b"shum"))
    with pytest.raises(UsageError, match=r"is damaged \(it no longer has the bytes of c\.py\)"):
        undo(root)
    assert contents(root) == AFTER
