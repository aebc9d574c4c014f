"""Text of things that stand one after the other with commas between: names of an import, entries of `__all__`.

Comments, line breaks, parentheses and trailing commas stay as they are, as far as that is possible.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple, TypeAlias

_COMMA = re.compile(rb"(?:[ \t\f\r\n\\]|#[^\r\n]*)*,")
_REST = re.compile(rb"[ \t\f]*,?[ \t\f]*(#[^\r\n]*)?(?=\r|\n|\Z)")

_Span: TypeAlias = tuple[int, int]


class Shortened(NamedTuple):
    """A text without some of its items, where the others are, and the comments that stood behind those."""

    text: bytes
    spans: tuple[_Span, ...]
    comments: tuple[bytes, ...]


def without(text: bytes, spans: Sequence[_Span], drop: Collection[int], *, keep_comments: bool) -> Shortened:
    """The text without the items of these numbers.

    The comment of an item that has a line of its own goes with it, into the result, unless `keep_comments`.
    """
    left = list(spans)
    comments: list[bytes] = []
    for index in sorted(drop, reverse=True):
        start, end, comment = _cut(text, left, index, keep_comments=keep_comments)
        text = text[:start] + text[end:]
        del left[index]
        left = [(a - (end - start), b - (end - start)) if a >= end else (a, b) for a, b in left]
        comments += [comment] if comment else []
    return Shortened(text, tuple(left), tuple(reversed(comments)))


def _cut(text: bytes, spans: Sequence[_Span], index: int, *, keep_comments: bool) -> tuple[int, int, bytes]:
    """The span that goes with an item, and the comment in it."""
    start, end = spans[index]
    before = spans[index - 1][1] if index else None
    after = spans[index + 1][0] if index + 1 < len(spans) else None
    comma = _COMMA.match(text, end)
    past_comma = comma.end() if comma is not None else end
    line = max(text.rfind(b"\n", 0, start), text.rfind(b"\r", 0, start)) + 1
    rest = _REST.match(text, end)
    bracketed = re.search(rb"[(\[{]", text[: spans[0][0]]) is not None
    if (
        bracketed
        and line
        and not text[line:start].strip()
        and rest is not None
        and (after is None or after >= rest.end())
    ):
        comment = rest[1] or b""
        if comment and keep_comments:
            return start, rest.start(1), b""
        line_end = re.compile(rb"\r\n|\r|\n|\Z").match(text, rest.end())
        return line, line_end.end() if line_end is not None else rest.end(), comment
    if before is not None and b"#" not in text[before:start]:
        return before, end, b""
    if after is not None and b"#" not in text[end:after] and before is None:
        return start, after, b""
    return start, past_comma, b""


def with_more(text: bytes, spans: Sequence[_Span], more: Sequence[bytes], line_end: bytes) -> bytes:
    """The text with further items behind the last one, in lines of their own where that one has its own."""
    start, end = spans[-1]
    line = max(text.rfind(b"\n", 0, start), text.rfind(b"\r", 0, start)) + 1
    rest = _REST.match(text, end)
    if not line or text[line:start].strip() or rest is None:
        return text[:end] + b"".join(b", " + each for each in more) + text[end:]
    indent = text[line:start]
    comma = b"," if b"," in text[end : rest.start(1) if rest[1] else rest.end()] else b""
    lines = [indent + each for each in more]
    joined = (b"," + line_end).join(lines) + comma
    middle = text[end : rest.end()] if comma else b"," + text[end : rest.end()]
    return text[:end] + middle + line_end + joined + text[rest.end() :]
