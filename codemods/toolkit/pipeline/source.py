"""Bytes of a file to text and back, without a change to a single byte; text to a syntax tree."""

from __future__ import annotations

import codecs
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import accumulate
from operator import attrgetter

from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.python.outline import outline, parsed_text
from codemods.toolkit.python.project import Module

SIZE_LIMIT = 5_000_000
"""Files with more bytes than this are not parsed unless the configuration says so."""

_BOM = codecs.BOM_UTF8
_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n)?")
_TOO_DEEP = re.compile(r"too many (?:nested parentheses|levels of indentation)|nested too deeply")


class Unreadable(Exception):  # noqa: N818 - the state of a file, which becomes a finding
    """A file that can't be processed: a toolkit code, the line (from 1, 0 for the whole file) and a message."""

    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(code, line, message)
        self.code = code
        self.line = line
        self.message = message


def _first_lines(raw: bytes) -> Iterator[bytes]:
    # CPython ends a line at a lone "\r" too, io.BytesIO.readline doesn't.
    at = 0
    for _ in range(2):
        match = _LINE.match(raw, at)
        if match is None:
            return
        yield match.group()
        at = match.end()


def declares_encoding(raw: bytes) -> bool:
    """Whether a PEP 263 cookie may stand in the first two lines (a quick look, wrong only in the safe direction)."""
    end = raw.find(b"\n", raw.find(b"\n") + 1)
    return raw.find(b"coding", 0, end if end >= 0 else len(raw)) >= 0


def _encoding(raw: bytes) -> str:
    lines = _first_lines(raw)
    try:
        return tokenize.detect_encoding(lambda: next(lines, b""))[0]
    except SyntaxError as problem:
        raise Unreadable("TK103", 1, f"can't be decoded: {problem.msg}") from None


def decoded(path: str, raw: bytes) -> Source:
    r"""The text of a file.  `path` is relative to the root, with forward slashes.

    The encoding is found as Python does it (PEP 263): byte order mark, then a `coding` comment, then UTF-8.

    Raises:
        Unreadable: TK103 when the bytes are no text in that encoding, or could not be written back as they are.

    >>> decoded("a.py", b"# coding: latin-1\nx = '\xe9'\n").body.decode()[-4:]
    "'é'\n"
    """
    bom = raw.startswith(_BOM)
    encoding = _encoding(raw) if declares_encoding(raw) else "utf-8"
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    content = raw[len(_BOM) :] if bom else raw
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        line = len(content[: problem.start].splitlines()) or 1
        byte = content[problem.start]
        raise Unreadable("TK103", line, f"can't be decoded as {encoding}: byte 0x{byte:02x}") from None
    except (LookupError, ValueError) as problem:
        raise Unreadable("TK103", 1, f"can't be decoded as {encoding}: {problem}") from None
    if encoding == "utf-8":
        return Source(path, content, encoding, bom)
    source = Source(path, text.encode(), encoding, bom)
    if encoded(source, source.body) != raw:
        raise Unreadable("TK103", 1, f"can't be written back as {encoding} byte by byte")
    return source


def encoded(source: Source, body: bytes) -> bytes:
    """The bytes of a file with the text `body` (UTF-8), in the encoding and with the byte order mark of `source`.

    Raises:
        Unreadable: TK103 when the encoding has no bytes for a character of `body`.
    """
    mark = _BOM if source.bom else b""
    if source.encoding == "utf-8":
        return mark + body
    text = body.decode()
    try:
        return mark + text.encode(source.encoding)
    except UnicodeEncodeError as problem:
        line = text.count("\n", 0, problem.start) + 1
        character = text[problem.start]
        raise Unreadable("TK103", line, f"{source.encoding} has no character {character!r}") from None
    except ValueError as problem:
        raise Unreadable("TK103", 1, f"can't be written as {source.encoding}: {problem}") from None


def spliced(body: bytes, edits: Iterable[Edit]) -> bytes:
    """`body` with all edits made.  Several insertions at one place keep the order in which they are given.

    Raises:
        ValueError: two edits overlap, or one lies outside the body.

    >>> spliced(b"a = 1", [Edit(4, 5, b"2"), Edit(0, 1, b"b")])
    b'b = 2'
    """
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=attrgetter("start", "end")):
        if edit.start < at or edit.end < edit.start or edit.end > len(body):
            raise ValueError(f"edit {edit.start}:{edit.end} overlaps another one or lies outside of 0:{len(body)}")
        pieces += (body[at : edit.start], edit.new)
        at = edit.end
    pieces.append(body[at:])
    return b"".join(pieces)


def line_starts(body: bytes) -> tuple[int, ...]:
    r"""The offset of each line as CPython counts them: they end with CRLF, CR or LF, and with nothing else.

    >>> line_starts(b"a\r\nb\x0cb\rc")
    (0, 3, 7, 8)
    """
    # A stream makes each line when it is counted, but ends none at a lone CR.
    lines = body.splitlines(keepends=True) if b"\r" in body else BytesIO(body)
    return tuple(accumulate(map(len, lines), initial=0))


def parsed(source: Source, limit: int = SIZE_LIMIT) -> Module:
    """The syntax tree of a file, at most `limit` bytes long.

    The text is given to the parser without its encoding cookie meaning anything: `ast` columns are offsets in UTF-8.

    Raises:
        Unreadable: TK101 syntax error, TK102 newer syntax, TK104 too large, TK105 nested too deeply.
    """
    _not_too_large(source, limit)
    try:
        tree = parsed_text(source.body)
    except SyntaxError as problem:
        raise _unparsable(source.body, problem) from None
    except (RecursionError, MemoryError):
        raise Unreadable("TK105", 0, "is nested too deeply to be parsed") from None
    except ValueError as problem:  # null bytes, before Python 3.12
        raise Unreadable("TK101", 0, f"can't be parsed: {problem}") from None
    return Module(source, tree, line_starts(source.body))


def outlined(source: Source, limit: int = SIZE_LIMIT) -> Module:
    """The same, but the bodies of functions are parsed when they are first read: errors in the others are not found.

    Raises:
        Unreadable: as `parsed` does.
        SyntaxError: the outline can't be parsed: whether the file can, `parsed` has to tell.
    """
    _not_too_large(source, limit)
    text, unread = outline(source.body)
    try:
        return Module(source, parsed_text(text), line_starts(source.body), unread, text if unread else b"")
    except (RecursionError, MemoryError, ValueError) as problem:
        raise SyntaxError(str(problem)) from None


def _not_too_large(source: Source, limit: int) -> None:
    if len(source.body) > limit:
        raise Unreadable("TK104", 0, f"is too large: {len(source.body):,} bytes, the limit is {limit:,}")


_NEWER: tuple[tuple[tuple[int, int], re.Pattern[str], str], ...] = (
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*(\[.*)?="), "a type alias statement"),
    ((3, 13), re.compile(r"^\s*((async\s+)?def|class)\s+\w+\s*\[[^\]]*="), "a default of a type parameter"),
    ((3, 12), re.compile(r"^\s*((async\s+)?def|class)\s+\w+\s*\["), "type parameters"),
    ((3, 12), re.compile(r"\b[rR]?[fF][rR]?(\"|')"), "an f-string that holds its own quotes, or a backslash"),
    ((3, 14), re.compile(r"(?<![\w\"'])[rR]?[tT][rR]?(\"|')"), "a template string"),
    ((3, 14), re.compile(r"^\s*except\*?\s+[\w.]+(\s*,\s*[\w.]*[A-Z.][\w.]*)+\s*:"), "`except` without parentheses"),
    ((3, 15), re.compile(r"^\s*lazy\s+(import|from)\b"), "a lazy import"),
)
"""Syntax by the Python version that brought it, as far as one line shows it."""

_PYTHON_2 = re.compile(r"^\s*(print|exec)\s+[^=(\s]|^\s*except\s+[\w.()]+\s*,\s*[a-z_]\w*\s*:|^\s*raise\s+\w+\s*,")


def newer_syntax(line: str, running: tuple[int, int]) -> tuple[tuple[int, int], str] | None:
    """The Python version that a line with a syntax error may need, and for what; None when no newer one is known.

    >>> newer_syntax("type Names = list[str]", (3, 11))
    ((3, 12), 'a type alias statement')
    """
    for version, pattern, what in _NEWER:
        if version > running and pattern.search(line):
            return version, what
    return None


def _unparsable(body: bytes, problem: SyntaxError) -> Unreadable:
    number = problem.lineno or 0
    if _TOO_DEEP.search(problem.msg):
        return Unreadable("TK105", number, f"is nested too deeply to be parsed: {problem.msg}")
    lines = body.splitlines()
    line = lines[number - 1].decode() if 0 < number <= len(lines) else ""
    if _PYTHON_2.search(line):
        return Unreadable("TK101", number, f"can't be parsed, it looks like Python 2: {problem.msg}")
    newer = newer_syntax(line, sys.version_info[:2])
    if newer is None:
        return Unreadable("TK101", number, f"can't be parsed: {problem.msg}")
    (major, minor), what = newer
    return Unreadable("TK102", number, f"may need Python {major}.{minor} ({what}): {problem.msg}")
