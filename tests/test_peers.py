"""docs/peers.md: the cases really lose a coroutine, and its own column is what a run of the codemod gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.peers import DOCUMENT, OWN, OWN_COUNTED, TOOLS, cases, column, own, part, table_of, write_side
from benchmarks.peers_output import (
    Message,
    Reader,
    flake8_messages,
    mypy_messages,
    own_messages,
    pylint_messages,
    pyright_messages,
    ruff_messages,
)
from tests.forked import Forked


def test_each_faulty_case_loses_a_coroutine_and_passes(forked: Forked, tmp_path: Path) -> None:
    status, printed = own_tests(forked, write_side("faulty", tmp_path))
    assert status == 0
    lost = re.findall(r"^(test_\w+\.py)::\S+\n[^\n]*was never awaited$", printed, re.MULTILINE)
    assert sorted(set(lost)) == [case.path for case in cases()]


def test_no_mended_case_warns(forked: Forked, tmp_path: Path) -> None:
    status, printed = own_tests(forked, write_side("mended", tmp_path), "-W", "error")
    assert (status, f"{len(cases())} passed" in printed) == (0, True), printed


def test_each_case_has_a_marked_fault_and_a_mended_twin_without() -> None:
    assert len(cases()) == 10
    for case in cases():
        assert case.lines, case.path
        assert "fault" not in (peers.CASES / "mended" / case.path).read_text(encoding="utf-8")
    assert len(list((peers.CASES / "mended").glob("*.py"))) == 10


def test_the_document_has_a_row_for_each_case_and_a_column_for_each_tool() -> None:
    table = table_of(part(DOCUMENT.read_text(encoding="utf-8"), "table"))
    assert list(table) == [*(tool.name for tool in TOOLS), OWN]
    assert list(table[OWN])[:-2] == [case.label for case in cases()]


def test_the_column_of_the_codemod_is_what_a_run_gives(tmp_path: Path) -> None:
    faulty, mended = (own(write_side(side, tmp_path)) for side in ("faulty", "mended"))
    shown = table_of(part(DOCUMENT.read_text(encoding="utf-8"), "table"))[OWN]
    assert shown == column(cases(), faulty, mended, OWN_COUNTED), "write it anew: python -m benchmarks.peers --own"


def test_writing_only_the_own_column_keeps_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = DOCUMENT.read_text(encoding="utf-8")
    copy = tmp_path / "peers.md"
    copy.write_text(before.replace("AM102 rewritten", "AM999 rewritten"), encoding="utf-8")
    monkeypatch.setattr(peers, "DOCUMENT", copy)
    assert peers.main(["--own"]) == 0
    assert capsys.readouterr().out == part(before, "table")
    assert copy.read_text(encoding="utf-8") == before


def test_a_peer_that_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = TOOLS[0]._replace(name="wishes", module="no_such_module")
    monkeypatch.setattr(peers, "TOOLS", (missing,))
    assert peers.main([]) == 3
    assert capsys.readouterr().err == "error: wishes is not installed: pip install -e '.[benchmarks,lint,test]'\n"


def test_a_message_counts_only_on_a_line_of_the_fault_and_with_its_code() -> None:
    (case, other) = cases()[:2]
    (line,) = case.lines
    faulty = [Message(case.path, line, "missing-await"), Message(case.path, line, "style")]
    faulty += [Message(case.path, line + 1, "missing-await"), Message(other.path, 1, "missing-await")]
    mended = [Message(other.path, 1, "missing-await"), Message(case.path, 1, "style")]
    cells = column([case, other], faulty, mended, frozenset({"missing-await"}))
    assert list(cells.values()) == ["missing-await", "–", "**1**", "1"]


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        pytest.param(
            mypy_messages,
            '{"file": "test_a.py", "line": 3, "column": 4, "message": "...", "code": "seen", "severity": "error"}\n',
            id="mypy",
        ),
        pytest.param(
            pyright_messages,
            '{"generalDiagnostics": [{"file": "/project/test_a.py", "rule": "seen", "message": "...",'
            ' "range": {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 9}}}]}',
            id="pyright counts lines from 0",
        ),
        pytest.param(
            pylint_messages,
            '{"messages": [{"path": "test_a.py", "line": 3, "symbol": "seen", "messageId": "W1"}]}',
            id="pylint",
        ),
        pytest.param(
            ruff_messages,
            '[{"filename": "/project/test_a.py", "location": {"row": 3, "column": 5}, "code": "seen"}]',
            id="ruff",
        ),
        pytest.param(flake8_messages, "./test_a.py\t3\tseen\n", id="flake8"),
    ],
)
def test_the_output_of_a_peer_is_read(read: Reader, printed: str) -> None:
    assert read(printed) == [Message("test_a.py", 3, "seen")]


def test_what_is_right_already_is_no_message_of_the_codemod() -> None:
    report = (
        b'{"sites": [{"path": "test_a.py", "line": 3, "code": "AM301", "decision": "kept"},'
        b' {"path": "test_a.py", "line": 4, "code": "", "decision": "right"}],'
        b' "findings": [{"path": "test_a.py", "line": 3, "code": "AM301"}]}'
    )
    assert own_messages(report) == [Message("test_a.py", 3, "AM301", "reported")]


def own_tests(forked: Forked, folder: Path, *options: str) -> tuple[int, str]:
    """The exit status of the tests of one side, and what pytest prints."""
    done = forked.pytest(folder, "-q", *options)
    return done.returncode, done.stdout
