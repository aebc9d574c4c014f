"""Every fixture of `asyncmock_await` is executed: pytest shows the fault before, and none after.

What a run has to show stands in the `[run]` table of case.toml (see `Run`); fixtures/asyncmock_await/README.md tells
how fixtures are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import Fixture, fixture
from codemods.toolkit.promises import Subject, after, written
from tests.forked import Forked

FOLDER = Path(__file__).parent.parent.parent / "fixtures" / "asyncmock_await"
CASES = sorted(path.parent for path in FOLDER.glob("*/case.toml"))
RECORDED = [case for case in CASES if (case / "evidence.json").is_file() and "out_of_date" not in case.name]
NEVER_AWAITED = re.compile(r"coroutine '[^']*' was never awaited")
PLUGINS = ("-p", "pytest_asyncio.plugin", "-p", "codemods.evidence.plugin")
"""The plugins that the suites need, and no other."""

COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?)\b")


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a fixture's runs show.

    `before`: a coroutine that was never awaited, tests that fail, tests that don't run, or nothing wrong at all
    ("" stands for the first where something changes, and for the last where nothing does).  `red` allows tests to fail
    after the change that passed before it without having run; `left` that some coroutine is still lost after it.
    """

    before: Literal["", "never awaited", "failed", "never ran", "clean"] = ""
    red: bool = False
    left: bool = False


class Shown(NamedTuple):
    """What a run of pytest shows: whether coroutines were lost, how many tests ended how, and all of it."""

    lost: bool
    counts: Mapping[str, int]
    text: str


def run_of(case: Path) -> Run:
    """The `[run]` table of a case."""
    table = msgspec.toml.decode((case / "case.toml").read_bytes())
    return msgspec.convert(table.get("run", {}), Run)


def shown(forked: Forked, root: Path, *words: str) -> Shown:
    """Run the tests of a tree."""
    words = ("-q", *PLUGINS, "-W", "always", f"--rootdir={root}", *words)
    done = forked.pytest(root, *words, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    counts = {name.removesuffix("s"): int(count) for count, name in COUNT.findall(done.stdout.splitlines()[-1])}
    text = done.stdout + done.stderr  # what only the end of the process frees is told on stderr
    return Shown(bool(NEVER_AWAITED.search(text)), counts, text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_fault_shows_before_and_not_after(forked: Forked, case: Path) -> None:
    given = fixture(codemod, case)
    expected = run_of(case)
    changed = {**given.before, **given.after}
    with written(given.before) as root:
        before = shown(forked, root)
    kind = expected.before or ("never awaited" if given.after else "clean")
    failed = before.counts.get("failed", 0) + before.counts.get("error", 0)
    match kind:
        case "never awaited":
            assert before.lost, before.text
        case "failed":
            assert failed, before.text
        case "never ran":
            assert before.lost or before.counts.get("skipped") or failed, before.text
        case _:
            assert (before.lost, failed) == (False, 0), before.text
            assert before.counts.get("passed"), before.text
    if given.after:
        with written(changed) as root:
            later = shown(forked, root)
        assert expected.left or not later.lost, later.text
        assert expected.red or later.counts.get("failed", 0) + later.counts.get("error", 0) == 0, later.text
        assert later.counts.get("passed", 0) + later.counts.get("failed", 0) > 0, later.text


def test_the_options_of_the_playbook_fail_a_run_that_loses_a_coroutine_and_no_other(forked: Forked) -> None:
    playbook = (FOLDER.parent.parent / "MIGRATION.md").read_text(encoding="utf-8")
    [words] = re.findall(r"^ *pytest (-W error.*)$", playbook, re.MULTILINE)
    given = fixture(codemod, FOLDER / "calls_bare_call")
    outcomes = []
    for files in (given.before, {**given.before, **given.after}):
        with written(files) as root:
            outcomes.append(shown(forked, root, *words.split()).counts.get("failed", 0) > 0)
    assert outcomes == [True, False]


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case.name)
def test_evidence_that_is_recorded_anew_leads_to_the_same(forked: Forked, case: Path, tmp_path: Path) -> None:
    given = fixture(codemod, case)
    evidence = recorded(forked, given.before, tmp_path / "before.json")
    with written(given.before) as root:
        result = Subject(codemod, given.config, {"evidence": (evidence,)}).run(root)
    assert after(given.before, result) == {**given.before, **given.after}
    if given.after:
        assert_settled(given, recorded(forked, {**given.before, **given.after}, tmp_path / "after.json"))


def recorded(forked: Forked, files: Mapping[str, bytes], file: Path) -> bytes:
    """The evidence of a run of a tree's tests."""
    with written(files) as root:
        found = shown(forked, root, f"--codemods-evidence={file}")
    assert file.is_file(), found.text
    return file.read_bytes()


def assert_settled(given: Fixture, evidence: bytes) -> None:
    """With evidence that was recorded after the fix there is nothing to change."""
    files = {**given.before, **given.after}
    with written(files) as root:
        result = Subject(codemod, given.config, {"evidence": (evidence,)}).run(root)
    assert after(files, result) == files
