"""Which texts rope can't be trusted with, and why: they are taken out before it sees them.

rope's own switch (`ignore_syntax_errors`) treats them as empty without a word.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator
from typing import Literal

import msgspec
from rope.base import simplify

from codemods.engines.rope.memory import plain

_F_STRING = re.compile(r"""\b(?:f|rf|fr|t|rt|tr)["']""", re.IGNORECASE)


class Unreadable(msgspec.Struct, frozen=True):
    """Why: it is no Python (`syntax`), or rope takes its strings for something else than they are (`strings`)."""

    kind: Literal["syntax", "strings"]
    line: int
    message: str


def unreadable(body: bytes) -> Unreadable | None:
    """Why rope must not be given this `Source.body`, None when it can be."""
    text = plain(body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SyntaxWarning, DeprecationWarning: about the target's code
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as problem:
        line = problem.lineno or 0 if isinstance(problem, SyntaxError) else 0
        return Unreadable("syntax", line, str(problem).partition("\n")[0])
    line = _misread(text)
    if line:
        return Unreadable("strings", line, "rope can't read f-strings that hold their own quotes (PEP 701)")
    return None


def _misread(text: str) -> int:
    """The first line where rope sees strings and comments otherwise than Python does, 0 when there is none."""
    if sys.version_info < (3, 12) or not _F_STRING.search(text):
        return 0  # before PEP 701 a regular expression could tell where strings end
    seen = {(start, end) for start, end, _groups in simplify.ignored_regions(text)}
    starts = [0]
    for each in text.split("\n"):
        starts.append(starts[-1] + len(each) + 1)
    for (line, column), (end_line, end_column) in _string_spans(text):
        if (starts[line - 1] + column, starts[end_line - 1] + end_column) not in seen:
            return line
    return 0


def _string_spans(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where strings and comments begin and end; of nested f-strings the outermost only."""
    depth, begin = 0, (0, 0)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name.endswith("STRING_START"):
            begin = begin if depth else token.start
            depth += 1
        elif name.endswith("STRING_END"):
            depth -= 1
            if not depth:
                yield begin, token.end
        elif not depth and token.type in {tokenize.STRING, tokenize.COMMENT}:
            yield token.start, token.end
