"""The benchmarks run anywhere: the same corpus for the same seed, and one tiny run of every tool that is installed."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

from benchmarks import evidence
from benchmarks.__main__ import main, python_files, sample
from benchmarks.corpus import SHARE_OF_USERS, corpus, write_corpus
from benchmarks.evidence import Row, suite
from benchmarks.measure import CommandError, cost

needs_wait4 = pytest.mark.skipif(not hasattr(os, "wait4"), reason="the system doesn't account for child processes")


def test_a_corpus_is_the_same_for_the_same_seed() -> None:
    assert list(corpus(40, 7)) == list(corpus(40, 7))
    assert list(corpus(40, 7)) != list(corpus(40, 8))


def test_a_part_of_the_corpus_uses_managers_and_all_of_it_parses(tmp_path: Path) -> None:
    count = write_corpus(tmp_path, 300, 0)
    files = python_files(tmp_path)
    texts = [(tmp_path / path).read_text(encoding="utf-8") for path in files]
    for text in texts:
        ast.parse(text)
    users = sum("anager" in text for text in texts)
    assert len(files) == count == 306
    assert 0.5 * SHARE_OF_USERS < users / count < 1.5 * SHARE_OF_USERS


@needs_wait4
def test_a_tiny_run_prints_the_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    assert main(["--files", "12", "--limit", "2", "--output", str(table)]) == 0
    printed = capsys.readouterr().out
    assert table.read_text(encoding="utf-8") == printed
    labels = [line.split("|")[1].strip() for line in printed.splitlines()[2:]]
    assert labels == [
        "codemods websocket_ssot",
        "LibCST RenameCommand",
        "ast-grep",
        "codemods, whole tree, cold",
        "codemods, whole tree, again",
    ]


def test_a_checkout_needs_to_know_what_the_peers_rename(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--checkout", str(tmp_path)]) == 3
    assert "needs --old" in capsys.readouterr().err


@needs_wait4
def test_a_command_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(CommandError, match="ended with status 5: broken"):
        cost([sys.executable, "-c", "import sys; print('broken', file=sys.stderr); sys.exit(5)"], {})


@needs_wait4
def test_the_cost_of_a_command_counts_its_processes() -> None:
    took = cost([sys.executable, "-c", "sum(range(10 ** 6))"], os.environ)
    assert took.cpu > 0
    assert took.peak > 1e6


def test_a_sample_keeps_the_modules_of_the_names(tmp_path: Path) -> None:
    from benchmarks.__main__ import Job
    from benchmarks.corpus import CLASS_NAME, NEW_NAME, OLD_NAME

    write_corpus(tmp_path, 60, 0)
    job = Job(tmp_path, tmp_path / "pyproject.toml", OLD_NAME, NEW_NAME, CLASS_NAME)
    chosen = sample(job, python_files(tmp_path), 5, 0)
    assert len(chosen) == 5
    homes = {"shop/realtime/legacy.py", "shop/realtime/manager.py", "shop/realtime/unified_manager.py"}
    assert homes <= set(chosen)


def test_a_suite_is_the_same_for_the_same_seed_and_parses() -> None:
    files = dict(suite(50, 7))
    assert files == dict(suite(50, 7))
    assert files != dict(suite(50, 8))
    tests = [text for path, text in files.items() if path.startswith("test_")]
    assert sum(text.count("def test_") for text in tests) == 50
    for text in tests:
        ast.parse(text)


@pytest.mark.parametrize("form", evidence.TESTS)
def test_a_suite_can_have_tests_of_one_form_only(form: str) -> None:
    own = {form: evidence.TESTS[form].partition("$")[0] for form in evidence.TESTS}
    text = "".join(text for path, text in suite(20, 0, [form]) if path.startswith("test_"))
    assert {other for other in own if own[other] in text} == {form}


@needs_wait4
def test_a_tiny_run_prints_what_recording_evidence_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert evidence.main(["--tests", "6", "--runs", "1", "--warm-up", "0"]) == 0
    labels = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()[2:]]
    assert labels == ["pytest", "pytest --codemods-evidence", "start of pytest alone"]


def test_the_cost_of_evidence_is_a_ratio_of_medians() -> None:
    rows = [Row("plain", (3.0, 2.0, 9.0)), Row("recorded", (4.0, 4.5, 6.0)), Row("start", (1.0,))]
    assert evidence.table(rows).splitlines()[2:] == [
        "| plain | 2.00 | 3.00 | 1.00 | 1.00 |",
        "| recorded | 4.00 | 4.50 | 1.50 | 1.75 |",
        "| start | 1.00 | 1.00 | | |",
    ]
