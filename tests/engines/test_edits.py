"""Texts as engines get them, and the edits that lead to what they give back."""

from __future__ import annotations

import pytest

from codemods.engines.edits import PlacedEdit, Text, placed, sentence
from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.pipeline.source import parsed, spliced


def changed(body: bytes, after: bytes) -> bytes:
    return spliced(body, Text(body).edits_to(after))


@pytest.mark.parametrize(
    ("body", "after", "expected"),
    [
        pytest.param(b"a\nb\n", b"a\nc\n", b"a\nc\n", id="line feeds"),
        pytest.param(b"a\r\nb\r\n", b"a\nc\n", b"a\r\nc\r\n", id="CRLF"),
        pytest.param(b"a\rb\r", b"a\nc\n", b"a\rc\r", id="carriage returns"),
        pytest.param(b"a\r\nb\nc\r\n", b"a\nx\nc\n", b"a\r\nx\nc\r\n", id="mixed line ends stay where they are"),
        pytest.param(b"a\r\nb\nc\r\n", b"a\nb\nx\nc\n", b"a\r\nb\nx\r\nc\r\n", id="a new line gets the usual end"),
        pytest.param(b"a\r\n\r\nb", b"a\nb", b"a\r\nb", id="a line less"),
        pytest.param(b"", b"import os", b"import os", id="an empty file"),
        pytest.param(b"a\r\n", b"", b"", id="all goes"),
        pytest.param("é\r\né\r\n".encode(), "é\nü\n".encode(), "é\r\nü\r\n".encode(), id="no ASCII"),
        pytest.param(b"x\x0c\r\ny\r\n", b"x\x0c\nz\n", b"x\x0c\r\nz\r\n", id="a form feed"),
    ],
)
def test_a_change_keeps_the_line_ends_of_the_file(body: bytes, after: bytes, expected: bytes) -> None:
    assert changed(body, after) == expected


def test_the_same_text_has_no_edits() -> None:
    assert list(Text(b"a\r\nb\rc\n").edits_to(b"a\nb\nc\n")) == []


def place(body: bytes, edit: Edit) -> PlacedEdit:
    return placed(parsed(Source("a.py", body)), [edit])[0]


def test_an_edit_is_reported_where_it_starts() -> None:
    found = place(b"x = 1\ny = old\n", Edit(10, 13, b"new"))
    assert (found.line, found.column, found.old, found.becomes) == (2, 4, "old", "new")


def test_an_insertion_at_the_end_of_a_line_is_reported_at_its_last_character() -> None:
    found = place(b"f(x)\ny\n", Edit(4, 4, b"  # fine"))
    assert (found.line, found.column) == (1, 3)


def test_an_insertion_at_the_end_of_the_file_is_reported_at_its_last_character() -> None:
    found = place(b"x = 1\n\n\n", Edit(8, 8, b"y = 2\n"))
    assert (found.line, found.column) == (1, 4)


def test_an_insertion_into_an_empty_file_is_reported_at_its_beginning() -> None:
    found = place(b"", Edit(0, 0, b"import os\n"))
    assert (found.line, found.column) == (1, 0)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(Edit(0, 3, b"new"), "becomes `new`", id="replaced"),
        pytest.param(Edit(0, 3, b""), "`old` goes", id="removed"),
        pytest.param(Edit(0, 0, b"import os\n"), "`import os` is inserted", id="inserted"),
        pytest.param(Edit(3, 5, b""), "white space goes", id="white space"),
        pytest.param(Edit(0, 3, b"x" * 50), f"becomes `{'x' * 37}...`", id="much"),
    ],
)
def test_an_edit_is_told_in_a_few_words(edit: Edit, expected: str) -> None:
    assert sentence(place(b"old  \n", edit)) == expected
