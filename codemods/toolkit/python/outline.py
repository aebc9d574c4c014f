r"""The outline of a module: its text without the bodies of its functions, which are parsed one by one when they matter.

Most of what the parser costs goes into bodies of which a search for a few words tells that nothing in them matters.
Lines and columns of all that stays are what they were, so that a tree of the outline says where things are in the file.

>>> outline(b"def f(a):\n    b = a\n    return b\nx = 1\n")[0]
b'def f(a):\n\n        pass\nx = 1\n'
"""

from __future__ import annotations

import ast
import re
import warnings
from functools import cache
from typing import NamedTuple

from codemods.toolkit.python.long_strings import Spans, behind, long_strings
from codemods.toolkit.python.thinned import Text, naming_places, thinned

_DEF = re.compile(rb"def +\w+")
_PLAIN = rb"[^()\"'#]++|\"[^\"\n\\]*+\"|'[^'\n\\]*+'|#[^\n]*+"
_INNER = rb"\((?:" + _PLAIN + rb")*+\)"
_BRACKETS = rb"\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb"|" + _INNER + rb")*+\))*+\)"
_PLAIN_HEADER = rb"(?:\[[^\[\]\n]*+\])?+" + _BRACKETS + rb"[ ]*+(?:->[^:#\n]++)?:[ ]*+"
_HEADER = re.compile(_PLAIN_HEADER + rb"(?:#[^\n]*+)?\n")
_ONE_LINE = re.compile(_PLAIN_HEADER + rb"[^\s#]")
_OTHER_BLANKS = (b"\r", b"\t", b"\f", b"\v")


class FunctionText(NamedTuple):
    """A function of a text, with those around it left out, by its offsets.

    `line` is where its `def` line begins, `body` the first line of its body, `end` is behind the last line of that.
    `number` is the number of its `def` line (from 1), `indent` how far that is indented.
    """

    line: int
    body: int
    end: int
    number: int
    indent: int


def outline(text: bytes) -> tuple[bytes, dict[int, FunctionText]]:
    """The text without the bodies of its functions, and these functions by the numbers of their `def` lines.

    Of a body, only the statements stay that import something, or that may bind names of the module; the others become
    a `pass` each, or another statement of little cost that ends where the body does.

    By the text alone: all of it stays where there are tabs, carriage returns or form feeds, triple quotes of which it
    is not plain that they begin a string, or a function with a header of an unusual form.
    """
    strings = None if any(blank in text for blank in _OTHER_BLANKS) else long_strings(text)
    functions = _functions(text, strings) if strings is not None else None
    if strings is None or functions is None:
        return text, {}
    searched = Text(text, strings, naming_places(text))
    pieces: list[bytes] = []
    gone: dict[int, FunctionText] = {}
    at = 0
    for function in functions:
        body = thinned(searched, function.body, function.end, function.indent)
        if body is not None:
            pieces += (text[at : function.body], body)
            at = function.end
            gone[function.number] = function
    return b"".join((*pieces, text[at:])), gone


def _functions(text: bytes, strings: Spans) -> list[FunctionText] | None:
    """The functions and methods of a text whose bodies can be taken out: what is within a function belongs to it.

    None where it isn't plain where the body of one begins: those within it could be taken for others.
    """
    found: list[FunctionText] = []
    at = number = counted = 0
    while (match := _DEF.search(text, at)) is not None:
        at = behind(strings, match.start())
        if at > match.start():
            continue
        at = match.end()
        line = text.rfind(b"\n", 0, match.start()) + 1
        before = text[line : match.start()]
        keyword = before.lstrip(b" ")
        if keyword and keyword.rstrip(b" ") != b"async":
            continue
        header = _HEADER.match(text, at)
        if header is not None:
            number += text.count(b"\n", counted, line)
            counted = line
            indent, body = len(before) - len(keyword), header.end()
            at = _end(text, body, indent, strings)
            found.append(FunctionText(line, body, at, number + 1, indent))
        elif _ONE_LINE.match(text, at) is None:
            return None
    return found


def _end(text: bytes, start: int, indent: int, strings: Spans) -> int:
    """Where the body that begins at `start` ends: before a line no deeper than its `def`, which closes no bracket."""
    at = start - 1
    while (below := _dedent(indent).search(text, at)) is not None:
        at = behind(strings, below.start())
        if at == below.start():
            return at + 1
    return len(text)


@cache
def _dedent(indent: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n(?= {0,%d}+[^\s#)\]}])" % indent)


def parsed_body(text: bytes, function: FunctionText) -> list[ast.stmt]:
    """The statements of a function of a text, where they stand in that.

    Raises:
        SyntaxError: it can't be parsed, or it was misread.
    """
    above = function.number - 1 + text.count(b"\n", function.line, function.body)
    try:
        # The parser takes a `return` or an `await` anywhere: what may stand where is told later.
        tree = parsed_text(b"\n" * (above - 1) + b"if 1:\n" + text[function.body : function.end])
    except (ValueError, RecursionError, MemoryError) as problem:
        raise SyntaxError(str(problem)) from None
    match tree.body:
        case [ast.If(body=body)]:
            return body
    raise SyntaxError(f"line {function.number}: no body")


def parsed_text(text: bytes) -> ast.Module:
    """The syntax tree of a text.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse` does.
    """
    with warnings.catch_warnings():
        # An invalid escape in the target is the target's affair (SyntaxWarning, DeprecationWarning before 3.12).
        warnings.simplefilter("ignore")
        return ast.parse(text.decode())
