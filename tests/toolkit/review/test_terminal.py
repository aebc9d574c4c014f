from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from codemods.toolkit.review.terminal import ProgressBar, coloured, coloured_diff, printable

if TYPE_CHECKING:
    from collections.abc import Mapping


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain ä 漢", "plain ä 漢", id="letters"),
        pytest.param("\x1b]0;x\x07", "\\x1b]0;x\\x07", id="an escape sequence"),
        pytest.param("\x9b2J", "\\x9b2J", id="an escape in one character"),
        pytest.param("a\u202eb\u2066", "a\\u202eb\\u2066", id="direction"),
        pytest.param("a\r\nb", "a\\r\\nb", id="line ends"),
        pytest.param("\ud800", "\\ud800", id="a lone surrogate"),
    ],
)
def test_characters_that_act_on_a_terminal_are_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        pytest.param(Terminal(), {}, True, id="a terminal"),
        pytest.param(Terminal(), {"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param(Terminal(), {"NO_COLOR": ""}, True, id="NO_COLOR but empty"),
        pytest.param(Terminal(), {"TERM": "dumb"}, False, id="a dumb terminal"),
        pytest.param(io.StringIO(), {}, False, id="a pipe"),
    ],
)
def test_colours_are_for_terminals(stream: io.StringIO, environment: Mapping[str, str], expected: bool) -> None:
    assert coloured(stream, environment) is expected


def test_a_coloured_diff_is_the_diff_with_colours() -> None:
    patch = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- a\n+\tb [bold]\n\\ No newline at end of file\n"
    shown = coloured_diff(patch).decode()
    assert "\x1b[31m--- a\x1b[0m" in shown, "a removed line that looks like a header"
    assert "\x1b[1m--- a/x\x1b[0m" in shown
    assert re.sub("\x1b\\[[0-9;]*m", "", shown).encode() == patch


def test_a_coloured_diff_lets_nothing_from_the_target_act() -> None:
    shown = coloured_diff(b"@@ -1 +1 @@\n+\x1b[2J \xff\r\n \n")
    assert b"\x1b[2J" not in shown
    assert b"\\x1b[2J" in shown
    assert b"\r" not in shown


def test_long_lines_of_a_diff_stay_one_line() -> None:
    assert coloured_diff(b"+" + b"word " * 100 + b"\n").count(b"\n") == 1


def test_nothing_is_drawn_into_a_pipe() -> None:
    stderr = io.StringIO()
    with ProgressBar(stderr, patience=0) as progress:
        progress.start("parse", 10)
        progress.advance(5)
        progress.done()
    assert stderr.getvalue() == ""


def test_nothing_is_drawn_while_the_user_would_not_notice() -> None:
    stderr = Terminal()
    with ProgressBar(stderr, patience=1000) as progress:
        progress.start("parse", 10)
        progress.advance(5)
        progress.done()
    assert stderr.getvalue() == ""


def test_a_bar_shows_the_step_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stderr = Terminal()
    with ProgressBar(stderr, patience=0) as progress:
        progress.start("parse", 10)
        progress.advance(10)
        progress.done()
        progress.start("rewrite", 2)
        progress.advance(2)
    assert "parse" in stderr.getvalue()
    assert "rewrite" in stderr.getvalue()


def test_progress_outside_a_step_counts_for_nothing() -> None:
    stderr = Terminal()
    with ProgressBar(stderr, patience=0) as progress:
        progress.advance(1)
    assert stderr.getvalue() == ""
