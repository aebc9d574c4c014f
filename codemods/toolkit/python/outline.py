r"""The outline of a module: its text without the bodies of its functions, which are parsed one by one when they matter.

Most of what the parser costs goes into bodies of which a search for a few words tells that nothing in them matters.
Lines and columns of all that stays are what they were, so that a tree of the outline says where things are in the file.

>>> outline(b"def f(a):\n    b = a\n    return b\nx = 1\n")[0]
b'def f(a):\n\n           0\nx = 1\n'
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

_DEF = re.compile(rb"def +(\w+)")
_PLAIN = rb"[^()\"'#]++|\"[^\"\n\\]*+\"|'[^'\n\\]*+'|#[^\n]*+"
_INNER = rb"\((?:" + _PLAIN + rb")*+\)"
_BRACKETS = rb"\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb"|" + _INNER + rb")*+\))*+\)"
_HEADER = re.compile(_BRACKETS + rb"[ ]*+(?:->[^:#\n]++)?:[ ]*+(?:#[^\n]*+)?\n")
_LONG_STRING = re.compile(rb"\"\"\"(?:[^\"\\]++|\\[\s\S]|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+'''")
_IMPORT = re.compile(rb"import(?<!\wimport)\b")
_BEFORE_IMPORT = re.compile(rb"(?:\A|[;:])[ ]*(?:from[ ]+[.\w]+[ ]+)?\Z")
_OTHER_BLANKS = (b"\r", b"\t", b"\f", b"\v")
_NAMING = (b"global", b"vars()")
"""What a body says that may bind names of the module: `ModuleNames` are those of the whole text."""


class FunctionText(NamedTuple):
    """A function of a text, with those around it left out: its name, and offsets.

    `line` is where its `def` line begins, `body` the first line of its body, `end` is behind the last line of that.
    `number` is the number of its `def` line (from 1).
    """

    name: str
    line: int
    body: int
    end: int
    number: int


def functions_in(text: bytes) -> tuple[FunctionText, ...]:
    r"""The functions and methods of a text whose bodies can be taken out: what is within a function belongs to it.

    By the text alone: a function with a header of an unusual form is left out, and so is all of a text with tabs,
    carriage returns, form feeds, or triple quotes of which it is not plain that they begin a string.

    >>> [each.name for each in functions_in(b"class A:\n    def f(self):\n        pass\nasync def g():\n    pass\n")]
    ['f', 'g']
    """
    strings = None if any(blank in text for blank in _OTHER_BLANKS) else _long_strings(text)
    if strings is None:
        return ()
    found: list[FunctionText] = []
    at = number = counted = 0
    while (match := _DEF.search(text, at)) is not None:
        at = _behind(strings, match.start())
        if at > match.start():
            continue
        line = text.rfind(b"\n", 0, match.start()) + 1
        before = text[line : match.start()]
        keyword = before.lstrip(b" ")
        header = _HEADER.match(text, match.end()) if not keyword or keyword.rstrip(b" ") == b"async" else None
        if header is None:
            at = match.end()
            continue
        number += text.count(b"\n", counted, line)
        counted = line
        at = _end(text, header.end(), len(before) - len(keyword), strings)
        found.append(FunctionText(match[1].decode(), line, header.end(), at, number + 1))
    return tuple(found)


def _long_strings(text: bytes) -> list[tuple[int, int]] | None:
    """The spans of the strings in triple quotes; None where a quote or a hash before one may make it something else."""
    found: list[tuple[int, int]] = []
    at = 0
    kinds = [quotes for quotes in (b'"""', b"'''") if quotes in text]
    while starts := [start for quotes in kinds if (start := text.find(quotes, at)) >= 0]:
        start = min(starts)
        end = _end_of_string(text, start)
        before = text[max(at, text.rfind(b"\n", 0, start) + 1) : start]
        if end < 0 or b"#" in before or b'"' in before or b"'" in before:
            return None
        at = end
        found.append((start, end))
    return found


def _end_of_string(text: bytes, start: int) -> int:
    """The end of the string in triple quotes that begins at an offset, -1 without one."""
    end = text.find(text[start : start + 3], start + 3)
    if end > 0 and text[end - 1] != ord("\\"):
        return end + 3
    whole = _LONG_STRING.match(text, start) if end > 0 else None
    return whole.end() if whole is not None else -1


def _behind(strings: list[tuple[int, int]], at: int) -> int:
    """The end of the string that an offset lies in, else the offset."""
    index = bisect_right(strings, (at, at)) - 1
    return strings[index][1] if index >= 0 and at < strings[index][1] else at


def _end(text: bytes, start: int, indent: int, strings: list[tuple[int, int]]) -> int:
    """Where the body that begins at `start` ends: before the next line that is no deeper than its `def`."""
    at = start - 1
    while (below := _dedent(indent).search(text, at)) is not None:
        at = _behind(strings, below.start())
        if at == below.start():
            return at + 1
    return len(text)


@cache
def _dedent(indent: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n(?= {0,%d}[^\s#])" % indent)


def outline(text: bytes) -> tuple[bytes, dict[int, FunctionText]]:
    """The text without the bodies of its functions, and these functions by the numbers of their `def` lines.

    A body becomes a lone `0` that ends where its last statement ends.  Bodies that import something, or that may bind
    names of the module, stay.
    """
    pieces: list[bytes] = []
    gone: dict[int, FunctionText] = {}
    at = 0
    for function in functions_in(text):
        body = text[function.body : function.end]
        blank = None if _names_more(body) else _blank(body)
        if blank is not None:
            pieces += (text[at : function.body], blank)
            at = function.end
            gone[function.number] = function
    return b"".join((*pieces, text[at:])), gone


def _names_more(body: bytes) -> bool:
    """Whether a body may import something, or bind names of the module."""
    return any(word in body for word in _NAMING) or any(
        _BEFORE_IMPORT.search(body[body.rfind(b"\n", 0, word.start()) + 1 : word.start()])
        for word in (_IMPORT.finditer(body) if b"import" in body else ())
    )


def parsed_body(text: bytes, function: FunctionText) -> list[ast.stmt]:
    """The statements of a function of a text, where they stand in that.

    Raises:
        SyntaxError: it can't be parsed, or it was misread.
    """
    written = text[function.line : function.end]
    above = b"\n" * (function.number - 2) + b"if 1:\n" if written.startswith(b" ") else b"\n" * (function.number - 1)
    try:
        (node,) = parsed_text(above + written).body
    except (ValueError, RecursionError, MemoryError) as problem:
        raise SyntaxError(str(problem)) from None
    if isinstance(node, ast.If):
        (node,) = node.body
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        raise SyntaxError(f"line {function.number}: no function")
    return node.body


def parsed_text(text: bytes) -> ast.Module:
    """The syntax tree of a text.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse` does.
    """
    with warnings.catch_warnings():
        # An invalid escape in the target is the target's affair (SyntaxWarning, DeprecationWarning before 3.12).
        warnings.simplefilter("ignore")
        return ast.parse(text.decode())


def _blank(body: bytes) -> bytes | None:
    """A body of as many lines, with nothing in it but a `0` at its end; None where it isn't plain where that is."""
    end = start = len(body)
    while start:
        end = len(body[:start].rstrip())
        start = body.rfind(b"\n", 0, end) + 1
        last = body[start:end]
        if not last.lstrip().startswith(b"#"):
            break
        if b'"""' in last or b"'''" in last:
            return None
    else:
        return None
    if not last or b"#" in last or last.endswith((b";", b"\\")):
        return None
    return b"\n" * body.count(b"\n", 0, start) + b" " * (len(last) - 1) + b"0" + b"\n" * body.count(b"\n", end)
