from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.apply import Applied, apply, require_ready
from codemods.toolkit.pipeline.lock import hold
from codemods.toolkit.pipeline.result import Change, Result, Verification
from codemods.toolkit.pipeline.transaction import RolledBack, StillInterrupted
from codemods.toolkit.pipeline.undo import pending, runs, undo

BINARY = b"\xef\xbb\xbfx = '\xff\x00\x0c'\r\ny = 1\r\n\tz\n"


def result_of(root: Path, changes: dict[str, tuple[bytes, bytes | None]]) -> Result:
    planned = tuple(Change(path, before, after, (), 0o644) for path, (before, after) in changes.items())
    return Result("demo", str(root), 1, 1, (), (), (), planned, (), Verification(0, 0, 0, 0, 0, 0))


def tree(root: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def contents(root: Path) -> dict[str, bytes]:
    """All files but those of the journal: a temporary file that was forgotten shows here too."""
    inside = (path for path in root.rglob("*") if path.is_file() and ".codemods" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in inside}


ISOLATED = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""Without the developer's own git configuration, and without the repository of a hook that runs the tests."""


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Zoë", "-c", "user.email=zoe@example.org")
    subprocess.run(("git", *who, *arguments), cwd=folder, env=ISOLATED, check=True, capture_output=True)


def failing(
    real: Callable[[Path, Path], None], numbers: set[int], error: BaseException, suffix: str = ".tmp"
) -> Callable[[Path, Path], None]:
    """`os.replace` that fails at the given writes of target files, counted from 1."""
    calls = 0

    def replace(source: Path, target: Path) -> None:
        nonlocal calls
        calls += str(source).endswith(suffix)
        if str(source).endswith(suffix) and calls in numbers:
            raise error
        real(source, target)

    return replace


def no_space() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


THREE = {"a.py": (b"a", b"A"), "b.py": (b"b", b"B"), "c.py": (b"c", None)}


def three_files(root: Path) -> Path:
    return tree(root, {path: before for path, (before, _) in THREE.items()})


def test_all_changes_are_written(tmp_path: Path) -> None:
    root = tree(tmp_path, {"pkg/a.py": b"old\r\n", "bin.py": BINARY, "gone.py": b"shim\n", "other.py": b"kept\n"})
    changes = {"pkg/a.py": (b"old\r\n", b"new\r\n"), "bin.py": (BINARY, BINARY + b"\x00"), "gone.py": (b"shim\n", None)}
    applied = apply(result_of(root, changes), root, allow_dirty=False)
    assert contents(root) == {"pkg/a.py": b"new\r\n", "bin.py": BINARY + b"\x00", "other.py": b"kept\n"}
    assert applied == Applied(runs(root)[0].id, ("pkg/a.py", "bin.py"), ("gone.py",))
    assert [run.state for run in runs(root)] == ["applied"]


@pytest.mark.parametrize("changes", [{}, {"a.py": (b"a", b"a")}], ids=["no change", "a change that changes nothing"])
def test_nothing_to_write_leaves_nothing_behind(tmp_path: Path, changes: dict[str, tuple[bytes, bytes | None]]) -> None:
    tree(tmp_path, {"a.py": b"a"})
    assert apply(result_of(tmp_path, changes), tmp_path, allow_dirty=False) == Applied("", (), ())
    assert os.listdir(tmp_path) == ["a.py"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o4711], ids=oct)
def test_a_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    root = tree(tmp_path, {"a.py": b"a"})
    (root / "a.py").chmod(mode)
    apply(result_of(root, {"a.py": (b"a", b"A")}), root, allow_dirty=False)
    assert (root / "a.py").stat().st_mode & 0o7777 == mode


def test_a_file_keeps_its_owner(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a.py": b"a"})
    try:
        os.chown(root / "a.py", 1234, 4321)
    except PermissionError:
        pytest.skip("this user can't give files away")
    apply(result_of(root, {"a.py": (b"a", b"A")}), root, allow_dirty=False)
    info = (root / "a.py").stat()
    assert (info.st_uid, info.st_gid) == (1234, 4321)


def test_a_link_inside_the_root_stays_a_link(tmp_path: Path) -> None:
    root = tree(tmp_path, {"real/a.py": b"a"})
    (root / "link.py").symlink_to("real/a.py")
    apply(result_of(root, {"link.py": (b"a", b"A")}), root, allow_dirty=False)
    assert os.readlink(root / "link.py") == "real/a.py"
    assert (root / "real" / "a.py").read_bytes() == b"A"


def test_a_file_and_a_link_to_it_are_written_once(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a.py": b"a"})
    (root / "link.py").symlink_to("a.py")
    apply(result_of(root, {"link.py": (b"a", b"A"), "a.py": (b"a", b"A")}), root, allow_dirty=False)
    assert runs(root)[0].paths == ("a.py",)
    assert (root / "link.py").is_symlink()


def test_two_different_changes_of_the_same_file_are_refused(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a.py": b"a"})
    (root / "link.py").symlink_to("a.py")
    with pytest.raises(RolledBack, match=r"^link\.py: is a link to a\.py, which changes differently"):
        apply(result_of(root, {"a.py": (b"a", b"A"), "link.py": (b"a", b"B")}), root, allow_dirty=False)
    assert (root / "a.py").read_bytes() == b"a"


def test_a_link_that_goes_takes_nothing_with_it(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a.py": b"a"})
    (root / "link.py").symlink_to("a.py")
    apply(result_of(root, {"link.py": (b"a", None)}), root, allow_dirty=False)
    assert contents(root) == {"a.py": b"a"}
    undo(root)
    assert os.readlink(root / "link.py") == "a.py"


@pytest.mark.parametrize("kind", ["file", "folder", "climbing"])
def test_what_leads_out_of_the_root_is_never_written(tmp_path: Path, kind: str) -> None:
    root = tree(tmp_path / "root", {"first.py": b"1"})
    outside = tree(tmp_path / "outside", {"a.py": b"a"})
    (root / "link.py").symlink_to(outside / "a.py")
    (root / "folder").symlink_to(outside)
    path = {"file": "link.py", "folder": "folder/a.py", "climbing": "../outside/a.py"}[kind]
    with pytest.raises(RolledBack, match=r"leads out of .*; nothing was written"):
        apply(result_of(root, {"first.py": (b"1", b"2"), path: (b"a", b"A")}), root, allow_dirty=False)
    assert contents(outside) == {"a.py": b"a"}
    assert (root / "first.py").read_bytes() == b"1"


def test_a_name_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = os.fsdecode(b"\xff.py")
    (tmp_path / path).write_bytes(b"a")
    with pytest.raises(RolledBack, match=r"'\\udcff\.py': its name is no UTF-8"):
        apply(result_of(tmp_path, {path: (b"a", b"A")}), tmp_path, allow_dirty=False)


@pytest.mark.parametrize("now", ["changed", "gone", "a folder"])
def test_a_file_that_changed_since_the_plan_stops_the_run_before_it_starts(tmp_path: Path, now: str) -> None:
    root = three_files(tmp_path)
    (root / "b.py").unlink()
    if now == "changed":
        (root / "b.py").write_bytes(b"b, by somebody else")
    elif now == "a folder":
        (root / "b.py").mkdir()
    with pytest.raises(RolledBack, match=r"^TK207 changed between plan and write: b\.py; nothing was written$"):
        apply(result_of(root, THREE), root, allow_dirty=False)
    assert (root / "a.py").read_bytes() == b"a"
    assert runs(root) == ()


def test_a_file_that_changes_while_others_are_written_rolls_them_back(tmp_path: Path) -> None:
    root = three_files(tmp_path)

    def meanwhile(step: str) -> None:
        if step == "replaced a.py":
            (root / "b.py").write_bytes(b"b, by somebody else")

    with pytest.raises(RolledBack, match=r"^TK207 b\.py: changed .*; everything that was written is taken back$"):
        apply(result_of(root, THREE), root, allow_dirty=False, after_step=meanwhile)
    assert contents(root) == {"a.py": b"a", "b.py": b"b, by somebody else", "c.py": b"c"}
    assert [run.state for run in runs(root)] == ["rolled back"]


def test_what_someone_else_wrote_over_ours_is_left_and_told(tmp_path: Path) -> None:
    root = three_files(tmp_path)

    def meanwhile(step: str) -> None:
        if step == "replaced b.py":
            (root / "a.py").write_bytes(b"a, by somebody else")
            (root / "c.py").write_bytes(b"c, by somebody else")

    with pytest.raises(RolledBack, match=r"TK207 c\.py: .*; left alone, because someone else changed them: a\.py$"):
        apply(result_of(root, THREE), root, allow_dirty=False, after_step=meanwhile)
    assert contents(root) == {"a.py": b"a, by somebody else", "b.py": b"b", "c.py": b"c, by somebody else"}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_disk_error_at_any_file_rolls_all_of_them_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    root = tree(tmp_path, {"a.py": b"a", "b.py": b"b", "c.py": b"c"})
    monkeypatch.setattr(os, "replace", failing(os.replace, {number}, no_space()))
    changes: dict[str, tuple[bytes, bytes | None]] = {name: (name[:1].encode(), b"new") for name in contents(root)}
    with pytest.raises(RolledBack) as refused:
        apply(result_of(root, changes), root, allow_dirty=False)
    named = list(changes)[number - 1]
    assert str(refused.value) == f"{named}: No space left on device; everything that was written is taken back"
    assert contents(root) == {"a.py": b"a", "b.py": b"b", "c.py": b"c"}
    assert pending(root) is None


def test_a_disk_error_while_the_journal_is_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = three_files(tmp_path)
    monkeypatch.setattr(os, "replace", failing(os.replace, {1}, no_space(), suffix=".json.new"))
    with pytest.raises(RolledBack, match=r"No space left on device; nothing was written$"):
        apply(result_of(root, THREE), root, allow_dirty=False)
    assert contents(root) == {path: before for path, (before, _) in THREE.items()}
    assert os.listdir(root / ".codemods" / "runs") == []


def test_a_journal_that_can_not_get_its_name_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise no_space()

    root = three_files(tmp_path)
    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(RolledBack, match="No space left on device"):
        apply(result_of(root, THREE), root, allow_dirty=False)
    assert contents(root) == {path: before for path, (before, _) in THREE.items()}
    assert runs(root) == ()


def test_a_disk_error_when_folders_are_flushed_rolls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = three_files(tmp_path)
    real = os.fsync

    def broken(descriptor: int) -> None:
        if os.path.sameopenfile(descriptor, folder) and not (root / "c.py").exists():
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    folder = os.open(root, os.O_RDONLY)
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(RolledBack, match=r"Input/output error; everything that was written is taken back$"):
        apply(result_of(root, THREE), root, allow_dirty=False)
    os.close(folder)
    assert contents(root) == {path: before for path, (before, _) in THREE.items()}


def test_when_the_way_back_is_barred_too_the_run_stays_to_be_recovered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path, {"a.py": b"a", "b.py": b"b"})
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", failing(os.replace, {2, 3}, no_space()))
        with pytest.raises(StillInterrupted, match=r"taking it back failed too \(a\.py: No space left on device\)"):
            apply(result_of(root, {"a.py": (b"a", b"A"), "b.py": (b"b", b"B")}), root, allow_dirty=False)
    assert pending(root) is not None
    assert undo(root).state == "rolled back"
    assert contents(root) == {"a.py": b"a", "b.py": b"b"}


def test_a_file_that_is_read_only_is_not_replaced(tmp_path: Path) -> None:
    root = three_files(tmp_path)
    (root / "b.py").chmod(0o444)
    with pytest.raises(RolledBack, match=r"^b\.py: the file is read-only; everything that was written is taken back$"):
        apply(result_of(root, THREE), root, allow_dirty=False)
    assert contents(root) == {path: before for path, (before, _) in THREE.items()}


def test_a_file_that_is_read_only_is_not_deleted(tmp_path: Path) -> None:
    root = three_files(tmp_path)
    (root / "c.py").chmod(0o444)
    with pytest.raises(RolledBack, match=r"^c\.py: the file is read-only"):
        apply(result_of(root, THREE), root, allow_dirty=False)
    assert contents(root) == {path: before for path, (before, _) in THREE.items()}


def test_a_folder_that_may_not_be_written_rolls_back(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a.py": b"a", "closed/b.py": b"b"})
    (root / "closed").chmod(0o555)
    if os.access(root / "closed", os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(
        RolledBack, match=r"^closed/b\.py: Permission denied; everything that was written is taken back$"
    ):
        apply(result_of(root, {"a.py": (b"a", b"A"), "closed/b.py": (b"b", b"B")}), root, allow_dirty=False)
    (root / "closed").chmod(0o755)
    assert contents(root) == {"a.py": b"a", "closed/b.py": b"b"}


def test_a_state_folder_that_can_not_be_made_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path, mode: int = 0o777, *, exist_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    root = three_files(tmp_path)
    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(RolledBack, match=r"^/.*\.codemods: Permission denied; nothing was written$"):
        apply(result_of(root, THREE), root, allow_dirty=False)


STEPS = (
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


def test_the_steps_of_a_run_are_these(tmp_path: Path) -> None:
    steps: list[str] = []
    apply(result_of(tmp_path, THREE), three_files(tmp_path), allow_dirty=False, after_step=steps.append)
    assert tuple(steps) == STEPS


@pytest.mark.parametrize("moment", STEPS)
def test_an_interrupt_at_any_step_rolls_all_back(tmp_path: Path, moment: str) -> None:
    root = three_files(tmp_path)
    seen: list[str] = []

    def interrupt(step: str) -> None:
        seen.append(step)
        if step == moment and seen.count(step) == 1:
            raise KeyboardInterrupt

    with pytest.raises(RolledBack, match=r"^interrupted; "):
        apply(result_of(root, THREE), root, allow_dirty=False, after_step=interrupt)
    assert contents(root) == {path: before for path, (before, _) in THREE.items()}
    assert pending(root) is None


def test_a_dirty_work_tree_is_refused(tmp_path: Path) -> None:
    root = three_files(tmp_path)
    git(root, "init", "--quiet")
    with pytest.raises(UsageError) as refused:
        apply(result_of(root, THREE), root, allow_dirty=False)
    assert str(refused.value) == (
        f"{root} has uncommitted changes (a.py, b.py, c.py): commit or stash them, or pass --allow-dirty"
    )
    assert (root / "a.py").read_bytes() == b"a"


def test_a_dirty_work_tree_is_written_on_demand(tmp_path: Path) -> None:
    root = three_files(tmp_path)
    git(root, "init", "--quiet")
    apply(result_of(root, THREE), root, allow_dirty=True)
    assert (root / "a.py").read_bytes() == b"A"


def test_a_clean_work_tree_is_written_and_git_sees_the_change_only(tmp_path: Path) -> None:
    root = three_files(tmp_path)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "Start")
    apply(result_of(root, THREE), root, allow_dirty=False)
    shown = subprocess.run(("git", "status", "--porcelain"), cwd=root, check=True, capture_output=True).stdout
    assert shown == b" M a.py\n M b.py\n D c.py\n"


def test_a_root_below_the_top_of_a_work_tree_is_written_and_undone_from_anywhere(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    root = three_files(tmp_path / "services" / "api")
    apply(result_of(root, THREE), root, allow_dirty=True)
    assert undo(tmp_path).files == ("services/api/a.py", "services/api/b.py", "services/api/c.py")
    assert contents(root) == {path: before for path, (before, _) in THREE.items()}


def test_many_dirty_files_are_counted(tmp_path: Path) -> None:
    root = tree(tmp_path, {f"{number:02}.py": b"" for number in range(13)})
    git(root, "init", "--quiet")
    with pytest.raises(UsageError, match=r"08\.py, 09\.py and 3 more\)"):
        require_ready(root, allow_dirty=False)


def test_a_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    root = three_files(tmp_path)
    refusals: list[str] = []

    def second(step: str) -> None:
        if step == "replaced a.py":
            for start in (
                lambda: apply(result_of(root, THREE), root, allow_dirty=True),
                lambda: undo(root),
                lambda: require_ready(root, allow_dirty=True),
            ):
                with pytest.raises(UsageError, match=rf"^demo \(pid {os.getpid()} on .* is at work here") as refused:
                    start()
                refusals.append(str(refused.value))
            assert pending(root) is None

    apply(result_of(root, THREE), root, allow_dirty=False, after_step=second)
    assert len(refusals) == 3
    assert [run.state for run in runs(root)] == ["applied"]


def test_a_tree_that_nothing_stands_against_is_ready(tmp_path: Path) -> None:
    require_ready(tmp_path, allow_dirty=False)
    assert os.listdir(tmp_path) == []


def test_the_lock_is_free_after_a_refusal(tmp_path: Path) -> None:
    root = three_files(tmp_path)
    (root / "a.py").write_bytes(b"changed")
    with pytest.raises(RolledBack):
        apply(result_of(root, THREE), root, allow_dirty=False)
    with hold(root / ".codemods", "next"):
        pass
