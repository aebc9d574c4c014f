"""Where the strings in triple quotes of a text stand, found without reading it token by token."""

from __future__ import annotations

import re
from bisect import bisect_right

_ENDING = re.compile(rb"\"\"\"(?:[^\"\\]++|\\[\s\S]|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+'''")
_PLAIN = re.compile(rb"(?:[^\"'#\\\n]++|\"(?!\"\")(?:[^\"\\\n]++|\\.)*+\"|'(?!'')(?:[^'\\\n]++|\\.)*+')*+")
_NESTING = re.compile(rb"(?<!\w)(?:[fFtT][rR]?|[rR][fFtT])[\"']")

Spans = list[tuple[int, int]]


def long_strings(text: bytes) -> Spans | None:
    r"""The spans of the strings in triple quotes, quotes included; None where it isn't plain that one begins.

    >>> long_strings(b"a = 'b', '''c''', '\"\"\"'  # '''")
    [(9, 16)]
    """
    found: Spans = []
    at = 0
    double, single = text.find(b'"""'), text.find(b"'''")
    while double >= 0 or single >= 0:
        start = double if single < 0 or 0 <= double < single else single
        before = text[text.rfind(b"\n", at, start) + 1 or at : start]
        at = start if before.isspace() or not before else _begins(text, start - len(before), start)
        if at == start:
            at = _end(text, start)
            found.append((start, at))
        if at < 0:
            return None
        if 0 <= double < at:
            double = text.find(b'"""', at)
        if 0 <= single < at:
            single = text.find(b"'''", at)
    return found


def _begins(text: bytes, line: int, start: int) -> int:
    """`start` when quotes there begin a string, else where to look on; -1 where that isn't plain.

    At `line`, no later than in the line of `start`, there is neither a string nor a comment.
    """
    before = text[line:start]
    if b'"' not in before and b"'" not in before and b"#" not in before:
        return start
    if text.endswith(b"\\\n", 0, line) or may_nest(before):
        return -1
    plain = code_end(text, line)
    if text[plain : plain + 1] != b"#":
        return plain if plain >= start else -1
    end = text.find(b"\n", plain)
    return end if end > 0 else len(text)


def code_end(text: bytes, at: int) -> int:
    """Where a line of code, from an offset outside of strings on, comes to a comment, a long string, or its end."""
    match = _PLAIN.match(text, at)
    return match.end() if match is not None else at


def may_nest(code: bytes) -> bool:
    """Whether quotes in a line may not be in pairs: since Python 3.12 an f-string holds strings in its own quotes."""
    return _NESTING.search(code) is not None


def _end(text: bytes, start: int) -> int:
    """The end of the string in triple quotes that begins at an offset, -1 without one."""
    end = text.find(text[start : start + 3], start + 3)
    if end > 0 and text[end - 1] != ord("\\"):
        return end + 3
    whole = _ENDING.match(text, start) if end > 0 else None
    return whole.end() if whole is not None else -1


def behind(strings: Spans, at: int) -> int:
    """The end of the string that an offset lies in, else the offset."""
    index = bisect_right(strings, (at, at)) - 1
    return strings[index][1] if index >= 0 and at < strings[index][1] else at
