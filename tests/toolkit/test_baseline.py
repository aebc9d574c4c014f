from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from codemods.toolkit import cli
from codemods.toolkit.codemod import Site
from codemods.toolkit.review.baseline import Key, accepted_uses, new_uses

PLUGIN = Path(__file__).parent / "plugin"


class Done(NamedTuple):
    status: int
    stdout: str
    stderr: str


@pytest.fixture(name="root", autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(PLUGIN)
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_bytes(b"old = 2  # keep\nprint(old)  # refuse\n")
    monkeypatch.chdir(root)
    return root


def toy(*words: str) -> Done:
    stdout, stderr = io.BytesIO(), io.StringIO()
    status = cli.main(None, ["toy", "--no-cache", "--jobs", "1", *words], stdout, stderr)
    return Done(status, stdout.getvalue().decode(), stderr.getvalue())


def refused(line: int, name: str = "old") -> Site:
    return Site("use", "a.py", line, 0, name, "refused", "why", "TY101")


def recorded(tmp_path: Path) -> str:
    file = str(tmp_path / "baseline.json")
    assert toy("--format", "json", "--output", file).status == 0
    return file


def test_check_passes_where_the_baseline_holds_every_use(tmp_path: Path) -> None:
    assert toy("--check", "--baseline", recorded(tmp_path)).status == 0


def test_check_passes_where_a_known_use_moved_to_another_line(tmp_path: Path, root: Path) -> None:
    file = recorded(tmp_path)
    (root / "a.py").write_bytes(b"x = 1\nold = 2  # keep\nprint(old)  # refuse\n")
    assert toy("--check", "--baseline", file).status == 0


def test_check_fails_and_tells_the_place_of_a_new_use(tmp_path: Path, root: Path) -> None:
    file = recorded(tmp_path)
    with (root / "a.py").open("ab") as more:
        more.write(b"print(old)  # refuse\n")
    done = toy("--check", "--baseline", file)
    assert done.status == 1
    assert done.stdout.startswith("a.py:3:")


def test_a_second_use_of_the_same_kind_in_a_file_is_new() -> None:
    accepted = accepted_uses_of([refused(1)])
    assert new_uses([refused(1), refused(9)], accepted) == [refused(9)]


def test_a_use_that_is_right_or_rewritten_is_never_new() -> None:
    right = Site("use", "a.py", 1, 0, "new", "right", "")
    rewritten = Site("use", "a.py", 1, 0, "old", "rewritten", "")
    assert new_uses([right, rewritten], accepted_uses_of([])) == []


def accepted_uses_of(sites: list[Site]) -> Counter[Key]:

    file = Path("accepted.json")
    file.write_bytes(msgspec.json.encode({"version": 1, "sites": sites}))
    return accepted_uses(str(file))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "No such file", id="missing"),
        pytest.param(b"{}", "is no report", id="another_document"),
        pytest.param(b"\xff", "is no report", id="not_json"),
    ],
)
def test_a_baseline_that_is_no_report_is_one_line(content: bytes | None, message: str) -> None:
    if content is not None:
        Path("baseline.json").write_bytes(content)
    done = toy("--check", "--baseline", "baseline.json")
    assert done.status == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_baseline_without_check_is_refused() -> None:
    done = toy("--baseline", "baseline.json")
    assert (done.status, done.stderr) == (2, "error: --baseline goes with --check\n")
