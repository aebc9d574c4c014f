"""Files that a run makes: planned, verified, shown, written, undone."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codemods.testing import check_promises, check_transformed
from codemods.toolkit.codemod import Creation, Plan
from codemods.toolkit.pipeline.apply import Applied, apply
from codemods.toolkit.pipeline.result import Change, Result, Verification
from codemods.toolkit.pipeline.run import Settings, run
from codemods.toolkit.pipeline.transaction import RolledBack
from codemods.toolkit.pipeline.undo import finish, pending, undo
from codemods.toolkit.review.diff import diff
from codemods.toolkit.review.json_report import json_report
from codemods.toolkit.review.selection import selection
from codemods.toolkit.review.summary import summary, to_change

Write = Callable[[Mapping[str, str | bytes]], Path]
Run = Callable[..., Result]

SHOP = {"shop/__init__.py": "", "shop/core.py": "class Old:\n    pass\n"}


@pytest.fixture(name="rename")
def _rename(renaming: ModuleType) -> Run:
    def renamed(root: Path, cache: bool = False, **config: object) -> Result:
        return run(renaming.codemod, renaming.Config(**config), Settings(root, jobs=1, cache=cache))

    return renamed


def made(text: str, moved_from: str = "") -> Creation:
    return Creation(text.encode(), moved_from)


def withheld(result: Result) -> dict[str, str]:
    return {breakage.path: breakage.code for breakage in result.withheld}


def tree(root: Path) -> dict[str, bytes | None]:
    """All files, and all folders (None), but those of the journal."""
    inside = (path for path in root.rglob("*") if ".codemods" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else None for path in inside}


def test_a_file_that_comes_is_a_change_without_a_text_before(write: Write, rename: Run) -> None:
    root = write(SHOP)
    result = rename(root, creates={"shop/fresh.py": made("x = 1\n")})
    assert Change("shop/fresh.py", None, b"x = 1\n", (), 0o644) in result.changes
    assert (result.withheld, result.verification.parsed) == ((), 2)
    assert not (root / "shop/fresh.py").exists()


def test_other_files_may_import_what_comes(write: Write, rename: Run) -> None:
    root = write({"shop/__init__.py": "", "app.py": "from shop import Old\nprint(Old)\n"})
    assert withheld(rename(root, new="fresh")) == {"app.py": "TK202"}
    result = rename(root, new="fresh", creates={"shop/fresh.py": made("x = 1\n")})
    assert {change.path for change in result.changes} == {"app.py", "shop/fresh.py"}


def test_what_counts_on_a_file_that_can_not_come_is_withheld_with_it(write: Write, rename: Run) -> None:
    root = write({"shop/__init__.py": "", "app.py": "from shop import Old\nprint(Old)\n"})
    result = rename(root, new="fresh", creates={"shop/fresh.py": made("x = = 1\n")})
    assert withheld(result) == {"app.py": "TK202", "shop/fresh.py": "TK205"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("x = = 1\n", "TK205", id="not parsed"),
        pytest.param("await x\n", "TK205", id="not compiled"),
        pytest.param("x = y\n", "TK201", id="undefined name"),
        pytest.param("import os\n", "TK204", id="unused import"),
        pytest.param("from shop.gone import x\nx()\n", "TK202", id="dangling import"),
    ],
)
def test_a_file_that_comes_broken_is_withheld(write: Write, rename: Run, text: str, code: str) -> None:
    result = rename(write(SHOP), creates={"shop/fresh.py": made(text)})
    assert withheld(result) == {"shop/fresh.py": code}
    assert [change.path for change in result.changes] == ["shop/core.py"]


def test_a_file_that_comes_and_closes_a_cycle_is_withheld(write: Write, rename: Run) -> None:
    root = write({**SHOP, "shop/loop.py": "import shop.fresh\nprint(shop.fresh)\n"})
    result = rename(root, creates={"shop/fresh.py": made("import shop.loop\nprint(shop.loop)\n")})
    assert withheld(result) == {"shop/fresh.py": "TK203"}


def test_a_file_that_moves_is_not_blamed_for_what_was_wrong_before(write: Write, rename: Run) -> None:
    text = "import os\nx = y\n"
    root = write({**SHOP, "shop/before.py": text})
    (root / "shop/before.py").chmod(0o755)
    result = rename(root, creates={"shop/after.py": made(text, "shop/before.py")}, deletes=("shop/before.py",))
    assert result.withheld == ()
    assert Change("shop/after.py", None, text.encode(), (), 0o755) in result.changes


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("shop/out/fresh.py", "ignored by git", id="a folder in .gitignore"),
        pytest.param("shop/fresh.tmp.py", "ignored by git", id="a file in .gitignore"),
        pytest.param("shop/deep/mine.py", "ignored by git", id="the .gitignore of a folder"),
        pytest.param("vendor/fresh.py", "vendored", id="vendored"),
        pytest.param("shop/fresh_pb2.py", "generated", id="generated"),
        pytest.param("lib/fresh.py", "excluded", id="excluded"),
    ],
)
@pytest.mark.parametrize("in_git", [False, True], ids=["no repository", "a repository"])
def test_a_file_does_not_come_where_it_would_be_left_out(
    write: Write, renaming: ModuleType, path: str, why: str, in_git: bool
) -> None:
    root = write({**SHOP, ".gitignore": "out/\n*.tmp.py\n", "shop/deep/.gitignore": "mine.py\n"})
    if in_git:
        subprocess.run(["git", "init", "-q", str(root)], check=True)
    config = renaming.Config(creates={path: made("x = 1\n")})
    result = run(renaming.codemod, config, Settings(root, jobs=1, cache=False, exclude=("lib/",)))
    assert withheld(result) == {path: "TK107"}
    assert result.withheld[0].message == f"would be created where files are left out: {why}"


def test_a_file_does_not_come_outside_of_the_paths_of_the_run(write: Write, renaming: ModuleType) -> None:
    root = write(SHOP)
    config = renaming.Config(creates={"lib/fresh.py": made("x = 1\n"), "shop/fresh.py": made("x = 1\n")})
    result = run(renaming.codemod, config, Settings(root, jobs=1, cache=False, paths=(root / "shop",)))
    assert withheld(result) == {"lib/fresh.py": "TK107"}


def test_a_file_whose_new_place_is_taken_stays_where_it_is(write: Write, rename: Run) -> None:
    root = write({**SHOP, "shop/before.py": "x = 1\n", "shop/after.py": "mine = 1\n"})
    moved = {"shop/after.py": made("x = 1\n", "shop/before.py")}
    result = rename(root, creates=moved, deletes=("shop/before.py",), again=True)
    assert withheld(result) == {"shop/after.py": "TK209", "shop/before.py": "TK209"}
    assert [change.path for change in result.changes] == ["shop/core.py"]


def test_a_file_that_may_not_go_does_not_come_elsewhere(write: Write, rename: Run) -> None:
    root = write({**SHOP, "shop/before.py": "x = 1\n", "app.py": "from shop.before import x\nprint(x)\n"})
    moved = {"shop/after.py": made("x = 1\n", "shop/before.py")}
    result = rename(root, creates=moved, deletes=("shop/before.py",))
    assert withheld(result) == {"shop/before.py": "TK202", "shop/after.py": "TK202"}
    assert [change.path for change in result.changes] == ["shop/core.py"]


def test_a_moved_file_has_the_mode_of_now_also_where_the_result_is_remembered(
    write: Write, rename: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CODEMODS_CACHE_DIR", str(tmp_path / "cache"))
    root = write({**SHOP, "shop/before.py": "x = 1\n"})
    modes = []
    for mode in (0o644, 0o755):
        (root / "shop/before.py").chmod(mode)
        moved = {"shop/after.py": made("x = 1\n", "shop/before.py")}
        result = rename(root, cache=True, creates=moved, deletes=("shop/before.py",))
        modes += [change.mode for change in result.changes if change.path == "shop/after.py"]
    assert modes == [0o644, 0o755]


@pytest.mark.parametrize("ignored", [False, True], ids=["a file of the project", "a file that git ignores"])
def test_a_file_that_is_there_is_not_written_over(write: Write, rename: Run, ignored: bool) -> None:
    root = write({**SHOP, "shop/fresh.py": "mine = 1\n", ".gitignore": "fresh.py\n" if ignored else ""})
    result = rename(root, creates={"shop/fresh.py": made("x = 1\n")}, again=True)
    assert withheld(result) == {"shop/fresh.py": "TK209"}


def test_a_plan_that_would_make_its_file_a_second_time_is_withheld(write: Write, rename: Run) -> None:
    result = rename(write(SHOP), creates={"shop/fresh.py": made("x = 1\n")}, again=True)
    assert withheld(result) == {"shop/fresh.py": "TK206"}


@pytest.mark.parametrize("path", ["../out.py", "/out.py", "a/../../out.py", "readme.txt", "./a.py"])
def test_a_plan_never_leads_out_of_the_root(write: Write, rename: Run, path: str) -> None:
    with pytest.raises(ValueError, match="no path of a Python file inside the root"):
        rename(write(SHOP), creates={path: made("")})


def test_the_cache_knows_what_came(write: Write, rename: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CODEMODS_CACHE_DIR", str(tmp_path / "cache"))
    root = write(SHOP)
    first, second = (rename(root, cache=True, creates={"shop/fresh.py": made("x = 1\n")}) for _ in range(2))
    assert first == second
    (root / "shop/fresh.py").write_bytes(b"mine = 1\n")
    assert [change.path for change in rename(root, cache=True, creates={"shop/fresh.py": made("x = 1\n")}).changes] == [
        "shop/core.py"
    ]


def test_every_promise_holds(renaming: ModuleType) -> None:
    config = renaming.Config(creates={"shop/deep/fresh.py": made("x = 1\n")})
    files = {path: text.encode() for path, text in SHOP.items()}
    expected = {"shop/core.py": "class New:\n    pass\n", "shop/deep/fresh.py": "x = 1\n"}
    check_transformed(renaming.codemod, files, expected, config=config)
    plain = dataclasses.replace(renaming.codemod, decide=_one_site(renaming))
    check_promises(plain, files, config)


def _one_site(renaming: ModuleType) -> Callable[..., Plan[Any]]:
    def decide(project: Any, config: Any, withheld: Mapping[str, tuple[str, str]]) -> Plan[Any]:
        plan: Plan[Any] = renaming.decide(project, config, withheld)
        return dataclasses.replace(plan, sites=tuple({site.path: site for site in plan.sites}.values()))

    return decide


@pytest.mark.parametrize(
    "content", [b"", b"x\n", b"x", b"\xef\xbb\xbf\r\n\x0cx\r\n"], ids=["empty", "newline", "no newline", "odd bytes"]
)
@pytest.mark.parametrize("mode", [0o644, 0o755], ids=oct)
def test_git_makes_the_file_from_the_diff(tmp_path: Path, content: bytes, mode: int) -> None:
    patch = diff([Change("deep/ä b.py", None, content, (), mode)])
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / "deep/ä b.py").read_bytes() == content
    assert bool((tmp_path / "deep/ä b.py").stat().st_mode & 0o100) is (mode == 0o755)


def test_reports_say_what_comes(write: Write, rename: Run, renaming: ModuleType) -> None:
    result = rename(write(SHOP), creates={"fresh.py": made("x = 1\n")})
    every = selection((), (), {})
    assert "fresh.py:1: would be created" in [str(found) for found in to_change(result)]
    assert " · 1 created · " in summary(result, renaming.codemod, {}, every)
    kinds = {change["path"]: change["kind"] for change in json.loads(json_report(result, (), every))["changes"]}
    assert kinds == {"fresh.py": "created", "shop/core.py": "modified"}


# -- apply and undo

CHANGES = (
    Change("a.py", b"a", b"A", (), 0o644),
    Change("new/deep/b.py", None, b"B", (), 0o755),
)
RESULT = Result("demo", "", 1, 1, (), (), (), CHANGES, (), Verification(0, 0, 0, 0, 0, 0))
BEFORE = {"a.py": b"a"}
AFTER = {"a.py": b"A", "new": None, "new/deep": None, "new/deep/b.py": b"B"}


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_bytes(b"a")
    return tmp_path


def test_a_new_file_is_written_with_its_folders_and_its_mode(root: Path) -> None:
    applied = apply(RESULT, root, allow_dirty=True)
    assert applied == Applied(applied.run, ("a.py", "new/deep/b.py"), ())
    assert tree(root) == AFTER
    assert (root / "new/deep/b.py").stat().st_mode & 0o777 == 0o755


def test_undo_removes_a_new_file_and_its_folders(root: Path) -> None:
    apply(RESULT, root, allow_dirty=True)
    assert undo(root).files == ("a.py", "new/deep/b.py")
    assert tree(root) == BEFORE


def test_undo_leaves_a_folder_in_which_something_else_is_by_now(root: Path) -> None:
    apply(RESULT, root, allow_dirty=True)
    (root / "new/other.py").write_bytes(b"")
    undo(root)
    assert tree(root) == {**BEFORE, "new": None, "new/other.py": b""}


def test_undo_is_content_with_a_new_file_that_is_gone_already(root: Path) -> None:
    apply(RESULT, root, allow_dirty=True)
    (root / "new/deep/b.py").unlink()
    assert undo(root).files == ("a.py",)
    assert (root / "a.py").read_bytes() == b"a"


def test_a_file_that_came_meanwhile_is_not_written_over(root: Path) -> None:
    (root / "new/deep").mkdir(parents=True)
    (root / "new/deep/b.py").write_bytes(b"mine")
    with pytest.raises(RolledBack, match=r"^TK207 changed between plan and write: new/deep/b\.py; nothing was written"):
        apply(RESULT, root, allow_dirty=True)
    assert (root / "a.py").read_bytes() == b"a"


def test_a_new_file_never_leaves_the_root(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (root / "new").symlink_to(tmp_path_factory.mktemp("outside"))
    with pytest.raises(RolledBack, match="leads out of"):
        apply(RESULT, root, allow_dirty=True)


def steps_of(root: Path) -> list[str]:
    steps: list[str] = []
    apply(RESULT, root, allow_dirty=True, after_step=steps.append)
    undo(root, after_step=steps.append)
    return steps


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
    "flushed the folders",
    "marked the run as applied",
)
UNDO_STEPS = (
    "marked the run as undoing",
    "wrote a.py aside",
    "gave a.py its mode",
    "replaced a.py",
    "removed b.py",
    "removed the folder new/deep",
    "removed the folder new",
    "flushed the folders",
    "marked the run as undone",
)


def test_the_steps_of_a_run_and_its_undo_are_these(root: Path) -> None:
    assert tuple(steps_of(root)) == APPLY_STEPS + UNDO_STEPS


class Killed(BaseException):
    """The process ends here: nobody may catch it."""


def killed_at(moment: str) -> Callable[[str], None]:
    def after_step(step: str) -> None:
        if step == moment:
            raise Killed

    return after_step


@pytest.mark.parametrize("back", [True, False], ids=["undo", "finish"])
@pytest.mark.parametrize("moment", APPLY_STEPS)
def test_a_run_that_is_killed_at_any_step_goes_on_in_either_direction(root: Path, moment: str, back: bool) -> None:
    with pytest.raises(Killed):
        apply(RESULT, root, allow_dirty=True, after_step=killed_at(moment))
    interrupted = pending(root)
    if interrupted is None:
        assert tree(root) in (BEFORE, AFTER)
    elif back:
        undo(root)
        assert tree(root) == BEFORE
    else:
        finish(interrupted)
        assert tree(root) == AFTER


@pytest.mark.parametrize("moment", UNDO_STEPS)
def test_an_undo_that_is_killed_at_any_step_is_completed(root: Path, moment: str) -> None:
    apply(RESULT, root, allow_dirty=True)
    with pytest.raises(Killed):
        undo(root, after_step=killed_at(moment))
    if pending(root) is not None:
        undo(root)
    files = {path for path, content in tree(root).items() if content is not None}
    assert (files, (root / "a.py").read_bytes()) == ({"a.py"}, b"a")


@pytest.mark.parametrize("moment", APPLY_STEPS)
def test_an_interrupt_at_any_step_takes_the_new_file_back(root: Path, moment: str) -> None:
    seen: list[str] = []

    def interrupt(step: str) -> None:
        seen.append(step)
        if step == moment and seen.count(step) == 1:
            raise KeyboardInterrupt

    with pytest.raises(RolledBack, match=r"^interrupted; "):
        apply(RESULT, root, allow_dirty=True, after_step=interrupt)
    assert tree(root) == BEFORE
