"""Items with commas between: some go, some come, and the layout of the others stays."""

from __future__ import annotations

import re

import pytest

from codemods.toolkit.python.listed import with_more, without


def spans(text: bytes) -> list[tuple[int, int]]:
    """Where the letters stand that are no comment."""
    without_comments = re.sub(rb"#[^\n]*", lambda found: b" " * len(found[0]), text)
    return [match.span() for match in re.finditer(rb"\b[a-z]\b", without_comments)]


@pytest.mark.parametrize(
    ("text", "drop", "left"),
    [
        pytest.param(b"(a, b, c)", {0}, b"(b, c)", id="first"),
        pytest.param(b"(a, b, c)", {1}, b"(a, c)", id="middle"),
        pytest.param(b"(a, b, c)", {2}, b"(a, b)", id="last"),
        pytest.param(b"(a, b, c)", {0, 1}, b"(c)", id="first two"),
        pytest.param(b"(a, b,)", {1}, b"(a,)", id="last before a comma"),
        pytest.param(b"(a,)", {0}, b"()", id="the only one"),
        pytest.param(b"(\n    a,\n    b,\n)", {0}, b"(\n    b,\n)", id="a line"),
        pytest.param(b"(\r\n    a,\r\n    b\r\n)", {1}, b"(\r\n    a,\r\n)", id="a line with CRLF"),
        pytest.param(b"(\n    a, b,\n    c\n)", {1}, b"(\n    a,\n    c\n)", id="end of a line"),
        pytest.param(b"a, \\\n    b", {1}, b"a", id="backslash"),
    ],
)
def test_items_go(text: bytes, drop: set[int], left: bytes) -> None:
    assert without(text, spans(text), drop, keep_comments=False).text == left


@pytest.mark.parametrize(
    ("keep", "left", "comments"),
    [
        pytest.param(True, b"(\n    # A\n    b,\n)", (), id="stays"),
        pytest.param(False, b"(\n    b,\n)", (b"# A",), id="goes along"),
    ],
)
def test_the_comment_of_an_item(keep: bool, left: bytes, comments: tuple[bytes, ...]) -> None:
    text = b"(\n    a,  # A\n    b,\n)"
    short = without(text, spans(text), {0}, keep_comments=keep)
    assert (short.text, short.comments) == (left, comments)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        pytest.param(b"(a)", b"(a, x)", id="one line"),
        pytest.param(b"a", b"a, x", id="no brackets"),
        pytest.param(b"(\n    a,\n)", b"(\n    a,\n    x,\n)", id="lines"),
        pytest.param(b"(\n    a\n)", b"(\n    a,\n    x\n)", id="lines without a last comma"),
        pytest.param(b"(\n    a,  # A\n)", b"(\n    a,  # A\n    x,\n)", id="comment"),
    ],
)
def test_items_come(text: bytes, more: bytes) -> None:
    assert with_more(text, spans(text), [b"x"], b"\n") == more
