from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.toolkit.codemod import Edit
from codemods.toolkit.pipeline.source import spliced
from codemods.toolkit.python.edits_between import edits_between

CASES = {
    "a word": (b"a = old(1)\nb = 2\n", b"a = new(1)\nb = 2\n", [(4, 7, b"new")]),
    "two words of a line": (b"old(old)\n", b"new(new)\n", [(0, 3, b"new"), (4, 7, b"new")]),
    "a word in each of two lines": (b"old\nold\n", b"new\nnew\n", [(0, 3, b"new"), (4, 7, b"new")]),
    "a line more": (b"a\nb\n", b"a\nx\nb\n", [(2, 2, b"x\n")]),
    "a line less": (b"a\nx\nb\n", b"a\nb\n", [(2, 4, b"")]),
    "one line becomes two": (b"f(a, b)\n", b"f(\n    a, b)\n", [(2, 2, b"\n    ")]),
    "a line end": (b"a\r\nb\n", b"a\nb\n", [(1, 3, b"\n")]),
    "no final newline": (b"a\nb", b"a\nb\n", [(3, 3, b"\n")]),
    "a word with a character of several bytes": (
        "naïve = 1\n".encode(),
        "naïvé = 1\n".encode(),
        [(0, 6, "naïvé".encode())],
    ),
    "an empty file": (b"", b"a\n", [(0, 0, b"a\n")]),
    "nothing": (b"a\n", b"a\n", []),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES.keys())
def test_only_what_differs_is_an_edit(before: bytes, after: bytes, expected: list[tuple[int, int, bytes]]) -> None:
    assert edits_between(before, after) == tuple(Edit(*each) for each in expected)


TEXTS = st.lists(st.sampled_from(["a", "b", " ", "\n", "\r\n", "é", "("]), max_size=12).map("".join)


@given(TEXTS, TEXTS)
def test_the_edits_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    edits = edits_between(before.encode(), after.encode())
    assert spliced(before.encode(), edits) == after.encode()
    assert not [edit for edit in edits if edit.start == edit.end and not edit.new]
