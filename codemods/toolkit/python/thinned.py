r"""What an outline leaves of the body of a function: the statements that the names of the module depend on.

The others become a `pass`, those in a row the same one, and lines and columns of all that stays are what they were.

>>> body = b"    a = 1\n    import b\n    c = (\n        b)\n"
>>> thinned(Text(body, [], naming_places(body)), 0, len(body))
b'    pass\n    import b\n    (0\n         )\n'
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from codemods.toolkit.python.long_strings import Spans, behind, code_end, may_nest

_NAMING = (b"global", b"vars()")
"""What a statement says that may bind names of the module: `ModuleNames` are those of the whole text."""

_IMPORT = re.compile(rb"import\b")
_BEFORE_IMPORT = re.compile(rb"(?:\A|[;:])[ ]*(?:from[ ]+[.\w]+[ ]+)?\Z")
_FIRST = re.compile(rb"(?:[ ]*(?:#[^\n]*)?\n)*+([ ]+)")
_BRACKETS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
_COMPOUND = re.compile(rb"[ ]*(?:try|with|if|for|while|class|def|async)\b")

_MANY_DIGITS = 4000
"""The parser takes no number of more than 4,300 digits (`sys.set_int_max_str_digits`)."""


class Text(NamedTuple):
    """A text, the spans of the strings in triple quotes in it, and the offsets that `naming_places` finds."""

    body: bytes
    strings: Spans
    places: Sequence[int]

    def held(self, start: int, end: int) -> Sequence[int]:
        """The places between two offsets."""
        return self.places[bisect_left(self.places, start) : bisect_left(self.places, end)]


class _Block(NamedTuple):
    """A block of statements: its indentation, where each of them begins, and where the block ends."""

    indent: bytes
    starts: list[int]
    end: int

    def numbers(self, places: Iterable[int]) -> list[int]:
        """The numbers of the statements that hold one of some places."""
        return sorted({bisect_right(self.starts, place) - 1 for place in places})

    def behind(self, number: int) -> int:
        """Where the statement behind another one begins, or the block ends."""
        return self.starts[number + 1] if number + 1 < len(self.starts) else self.end


def naming_places(body: bytes) -> list[int]:
    """Where an indented statement may import something, or bind names of the module (offsets, ascending)."""
    found: list[int] = []
    for word in (*_NAMING, b"import"):
        at = body.find(word)
        while at >= 0:
            if word != b"import" or _imports(body, at):
                found.append(at)
            at = body.find(word, at + len(word))
    found.sort()
    return found


def _imports(body: bytes, at: int) -> bool:
    line = body.rfind(b"\n", 0, at) + 1
    return (
        body.startswith(b" ", line)
        and _BEFORE_IMPORT.search(body[line:at]) is not None
        and _IMPORT.match(body, at) is not None
    )


def thinned(text: Text, start: int, end: int) -> bytes | None:
    """The body of a function, from `start` to `end`, without the statements that hold none of the text's places.

    None where it is to stay as it is: it isn't plain where its last statement ends, or all of them hold some.
    """
    first = _FIRST.match(text.body, start, end)
    if first is None:
        return None
    held = text.held(start, end)
    if not held:
        return _blank(text, start, end, first[1], alone=True)
    block = _block(text, first, end)
    kept = block.numbers(held)
    if len(kept) == len(block.starts):
        return None
    rest = block.behind(kept[-1])
    last = _blank(text, rest, end, block.indent, alone=False) if rest < end else b""
    return _with_kept(text, block, kept) + last if last is not None else None


def _block(text: Text, first: re.Match[bytes], end: int) -> _Block:
    """The block that ends at an offset, by its first statement.

    As far as lines show it: some statements may be taken for one with the one before, and a line in brackets for a
    statement.  No import stands in brackets, so that with a part of such a statement gone the outline can't be parsed.
    """
    starts = [first.start()]
    for match in _beginning(len(first[1])).finditer(text.body, first.end(), end):
        at = match.start() + 1
        if not text.body.endswith(b"\\\n", 0, at) and behind(text.strings, at) == at:
            starts.append(at)
    return _Block(first[1], starts, end)


@cache
def _beginning(indent: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n {%d}(?![\s#)\]}\"']|(?:else|elif|except|finally)\b)" % indent)


def _with_kept(text: Text, block: _Block, kept: Sequence[int]) -> bytes:
    """The statements of a block up to the last one that is kept: those are thinned themselves, others gone."""
    pieces: list[bytes] = []
    at = 0
    for number in kept:
        start = block.starts[number]
        if at < number:
            pieces.append(block.indent + b"pass" + b"\n" * text.body.count(b"\n", block.starts[at], start))
        pieces.append(_compound(text, start, block.behind(number), len(block.indent)))
        at = number + 1
    return b"".join(pieces)


def _compound(text: Text, start: int, end: int, indent: int) -> bytes:
    """A statement that stays: without those in its blocks that hold no place and don't end a block.

    What stands last in a block may tell what that is for (`collect_names.expects_failure`).
    """
    whole = text.body[start:end]
    if _COMPOUND.match(whole) is None:
        return whole
    found = (match.start() + 1 for match in _clause(indent).finditer(text.body, start, end))
    clauses = [start, *(at for at in found if behind(text.strings, at) == at)]
    pieces: list[bytes] = []
    for clause, stop in zip(clauses, (*clauses[1:], end), strict=True):
        body = _body_of(text.body, clause)
        first = _FIRST.match(text.body, body, stop) if body > 0 else None
        if first is None:
            return whole
        block = _block(text, first, stop)
        pieces += (text.body[clause:body], _with_kept(text, block, block.numbers((*text.held(body, stop), stop))))
    return b"".join(pieces)


@cache
def _clause(indent: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n {%d}(?:else|elif|except|finally)\b" % indent)


def _body_of(body: bytes, clause: int) -> int:
    """Where the block of a clause begins; -1 where that isn't plain, as with a header of several lines."""
    end = code_end(body, clause)
    code = body[clause:end].rstrip()
    plain = code.endswith(b":") and body[end : end + 1] in (b"#", b"\n") and not may_nest(code)
    if not plain or any(code.count(opening) != code.count(closing) for opening, closing in _BRACKETS):
        return -1
    return body.find(b"\n", end) + 1


def _blank(text: Text, start: int, end: int, indent: bytes, *, alone: bool) -> bytes | None:
    """As many lines, with one statement that ends where the last one does; None where it isn't plain where that is.

    It begins where `indent` tells, or further on if it stands there alone.
    """
    line = end
    while True:
        stop = start + len(text.body[start:line].rstrip())
        line = text.body.rfind(b"\n", start, stop) + 1 or start
        last = text.body[line:stop]
        if b"#" not in last:
            break
        if not last.lstrip().startswith(b"#"):
            last = _uncommented(text, line, stop)
            break
        if line == start or b'"""' in last or b"'''" in last:
            return None
    if not last or last.endswith((b";", b"\\")):
        return None
    below = b"\n" * text.body.count(b"\n", stop, end)
    lines, width = text.body.count(b"\n", start, line), len(last) - len(indent)
    if width >= len(b"pass") and alone:
        return b"\n" * lines + b" " * (len(last) - len(b"pass")) + b"pass" + below
    if lines:
        return indent + b"(0" + b"\n" * lines + b" " * (len(last) - 1) + b")" + below
    return indent + b"0" * width + below if 0 < width < _MANY_DIGITS else None


def _uncommented(text: Text, line: int, stop: int) -> bytes:
    """A line without the comment behind its code; nothing where it isn't plain where that begins."""
    at = behind(text.strings, line)
    if text.body.endswith(b"\\\n", 0, line) or may_nest(text.body[at:stop]):
        return b""
    code = code_end(text.body, at)
    return text.body[line:code].rstrip() if code == stop or text.body[code : code + 1] == b"#" else b""
