r"""What an outline leaves of the body of a function: the statements that the names of the module depend on.

The others become a `pass`, those in a row the same one, and lines and columns of all that stays are what they were.

>>> body = b"    a = 1\n    import b\n    c = (\n        b)\n"
>>> thinned(Text(body, [], naming_places(body)), 0, len(body), 0)
b'    pass\n    import b\n    (0\n         )\n'
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from codemods.toolkit.python.long_strings import Spans, behind, code_end, may_nest

_NAMING = (b"import", b"global", b"vars()")
"""What a statement says that may bind names of the module: `ModuleNames` are those of the whole text."""

_STATEMENT = re.compile(rb"(?:import|global)\b")
_BEFORE = re.compile(rb"(?:\A|[;:])[ ]*(?:from[ ]+[.\w]+[ ]+)?\Z")
_FAILING = (b"fail", b"assert", b"AssertionError")
"""What a block says that may end by failing the test (`collect_names.ends_in_failure`)."""

_FIRST = re.compile(rb"(?:[ ]*(?:#[^\n]*)?\n)*+([ ]+)")
_BRACKETS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
_COMPOUND = re.compile(rb"[ ]*(try|with|if|for|while|class|def|async)\b")

_MANY_DIGITS = 4000
"""The parser takes no number of more than 4,300 digits (`sys.set_int_max_str_digits`)."""


class Text(NamedTuple):
    """A text, the spans of the strings in triple quotes in it, and the offsets that `naming_places` finds."""

    body: bytes
    strings: Spans
    places: Sequence[int]

    def held(self, start: int, end: int) -> Sequence[int]:
        """The places between two offsets."""
        first = bisect_left(self.places, start)
        return self.places[first : bisect_left(self.places, end, first)]


class _Block(NamedTuple):
    """A block of statements: its indentation, where the line of the first one begins, and where the block ends."""

    indent: bytes
    start: int
    end: int


def naming_places(body: bytes) -> list[int]:
    """Where an indented statement may import something, or bind names of the module (offsets, ascending)."""
    found: list[int] = []
    for word in _NAMING:
        at = body.find(word)
        while at >= 0:
            if word == b"vars()" or _is_statement(body, at) or body.startswith(b"globals", at):
                found.append(at)
            at = body.find(word, at + len(word))
    found.sort()
    return found


def _is_statement(body: bytes, at: int) -> bool:
    """Whether an `import` or `global` is the keyword of an indented statement, as far as its line shows it."""
    line = body.rfind(b"\n", 0, at) + 1
    return (
        body.startswith(b" ", line)
        and _BEFORE.search(body[line:at]) is not None
        and _STATEMENT.match(body, at) is not None
    )


def thinned(text: Text, start: int, end: int, indent: int) -> bytes | None:
    """The body of a function, from `start` to `end`, without the statements that hold none of the text's places.

    `indent` is that of its `def`.  None where the body is to stay as it is: it isn't plain where its last statement
    ends, or all of it holds some places.
    """
    held = text.held(start, end)
    if not held:  # nearly all of them: whatever stands deeper than the `def` is a body
        return _blank(text, start, end, b" " * (indent + 1), alone=True)
    body = _thinned(text, start, end, held)
    return None if body == text.body[start:end] else body


def _thinned(text: Text, start: int, end: int, held: Sequence[int]) -> bytes | None:
    """The same of any block, where `held` are the places."""
    first = _FIRST.match(text.body, start, end)
    if first is None:
        return None
    block = _Block(first[1], first.start(1), end)
    kept = _kept(text, block, held)
    if not kept:
        return _blank(text, start, end, block.indent, alone=True)
    rest = kept[-1][1]
    last = _blank(text, rest, end, block.indent, alone=False) if rest < end else b""
    return text.body[start : block.start] + _with_kept(text, block, kept) + last if last is not None else None


def _kept(text: Text, block: _Block, held: Sequence[int]) -> list[tuple[int, int]]:
    """The spans of the statements of a block that hold some places.

    As far as lines show it: some statements may be taken for one with the one before, and a line in brackets for a
    statement.  No import stands in brackets, so that with a part of such a statement gone the outline can't be parsed.
    """
    spans: list[tuple[int, int]] = []
    at = block.start
    for place in held:
        if place >= at:
            start = _beginning_before(text, block, at, place)
            at = _beginning_behind(text, block, place)
            spans.append((start, at))
    return spans


def _beginning_before(text: Text, block: _Block, start: int, place: int) -> int:
    """Where the last statement of a block before a place begins, at `start` or later."""
    line = place
    while (line := text.body.rfind(b"\n" + block.indent, start, line)) >= 0:
        if _beginning(len(block.indent)).match(text.body, line) and _begins(text, line + 1):
            return line + 1
    return start


def _beginning_behind(text: Text, block: _Block, place: int) -> int:
    """Where the next statement of a block behind a place begins, or the block ends."""
    for match in _beginning(len(block.indent)).finditer(text.body, place, block.end):
        if _begins(text, match.start() + 1):
            return match.start() + 1
    return block.end


def _begins(text: Text, line: int) -> bool:
    """Whether a line doesn't go on with the one before, or with a string."""
    return not text.body.endswith(b"\\\n", 0, line) and behind(text.strings, line) == line


@cache
def _beginning(indent: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n {%d}(?![\s#)\]}\"']|(?:else|elif|except|finally)\b)" % indent)


def _with_kept(text: Text, block: _Block, kept: Sequence[tuple[int, int]]) -> bytes:
    """The statements of a block up to the last one that is kept: those are thinned themselves, others gone."""
    pieces: list[bytes] = []
    at = block.start
    for start, end in kept:
        if at < start:
            pieces.append(block.indent + b"pass" + b"\n" * text.body.count(b"\n", at, start))
        pieces.append(_compound(text, start, end, len(block.indent)))
        at = end
    return b"".join(pieces)


def _compound(text: Text, start: int, end: int, indent: int) -> bytes:
    """A statement that stays: without those in its blocks that hold no place.

    How the body of a `try` ends, or its `else`, may tell what that is for (`collect_names.expects_failure`).
    """
    whole = text.body[start:end]
    compound = _COMPOUND.match(whole)
    if compound is None:
        return whole
    found = (match.start() + 1 for match in _clause(indent).finditer(text.body, start, end))
    clauses = [start, *(at for at in found if behind(text.strings, at) == at)]
    pieces: list[bytes] = []
    for clause, stop in zip(clauses, (*clauses[1:], end), strict=True):
        body = _body_of(text.body, clause)
        if body <= 0:
            return whole
        held = text.held(body, stop)
        tells = compound[1] == b"try" and (clause == start or text.body.startswith(b"else", clause + indent))
        if tells and any(text.body.find(word, body, stop) >= 0 for word in _FAILING):
            held = (*held, stop)
        block = _thinned(text, body, stop, held)
        pieces += (text.body[clause:body], text.body[body:stop] if block is None else block)
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
