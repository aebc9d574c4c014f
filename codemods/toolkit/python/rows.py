"""The line that a statement stands on, and what it takes to delete a statement from it."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.toolkit.codemod import Edit


@dataclass(frozen=True, slots=True)
class Row:
    """The lines around a span: `start` to `end` with the line end, `text_end` before it.

    `first` says that only white space stands before the span, `whole` that nothing stands behind it, `comment` that
    only a comment does.
    """

    start: int
    end: int
    text_end: int
    span: tuple[int, int]
    indentation: bytes
    newline: bytes
    first: bool
    whole: bool
    comment: bytes


def row_at(body: bytes, start: int, end: int) -> Row:
    """The row of a span.  Its line end is the file's own (the first one's when the last line has none)."""
    first = max(body.rfind(b"\n", 0, start), body.rfind(b"\r", 0, start)) + 1
    last = end
    while last < len(body) and body[last : last + 1] not in {b"\n", b"\r"}:
        last += 1
    newline = b"\r\n" if body[last : last + 2] == b"\r\n" else body[last : last + 1]
    before, after = body[first:start], body[end:last].strip()
    indentation = before if not before.strip() else before[: len(before) - len(before.lstrip())]
    return Row(
        first, last + len(newline), last, (start, end), indentation, newline or _first_newline(body),
        not before.strip(), not after, after if after.startswith(b"#") else b"",
    )  # fmt: skip


def _first_newline(body: bytes) -> bytes:
    at = body.find(b"\n")
    return b"\r\n" if at > 0 and body[at - 1 : at] == b"\r" else b"\n"


def deleted_statement(body: bytes, row: Row, *, alone: bool) -> Edit:
    """Delete a statement with its line; a comment behind it stays, and a block never ends up empty."""
    start, end = row.span
    if alone or not row.first or not (row.whole or row.comment):
        return Edit(start, end, b"pass")
    if row.comment:
        return Edit(start, body.index(b"#", end), b"")
    return Edit(row.start, row.end, b"")
