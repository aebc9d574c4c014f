"""The syntax tree of a module whose functions are parsed when somebody looks into them, and not before.

Most of a file is the bodies of its functions.  Where a few class headers are all that is asked for, parsing these
bodies is most of the work.  `outline` parses what is left without them; a function's `body` is parsed when it is first
read, so that the tree can't be told from that of `ast.parse`: same nodes, same positions.

Where a body ends is found by its indentation, once strings and comments are out of the way.  What isn't plain (tabs,
form feeds, carriage returns, an f-string with quotes of its own, a bracket that spans less indented lines) is left to
`ast.parse`, and so is every file whose outline doesn't come out as expected.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from codemods.toolkit.python.collect_names import blocks

_Definition = ast.FunctionDef | ast.AsyncFunctionDef

_FIELD = rb"\{ [^{}%b]*+ (?: \{ [^{}%b]*+ \} [^{}%b]*+ )*+ \}"
_FIELD_IN_LINE = _FIELD % ((rb"Q\n",) * 3)
_SHORT = rb"""
    [^"'\#]++ | \#[^\n]*+
    | (?<![fFtT])(?<![fFtT][rR]) "(?!"") [^"\\\n]*+ (?: \\. [^"\\\n]*+ )*+ "
    | (?<![fFtT])(?<![fFtT][rR]) '(?!'') [^'\\\n]*+ (?: \\. [^'\\\n]*+ )*+ '
"""
_FORMATTED = rb"Q(?!QQ) (?: [^Q\\\n{}]++ | \\. | \{\{ | \}\} | %b )*+ Q" % _FIELD_IN_LINE
_LONG = rb"QQQ [^Q\\]*+ (?: (?: \\. | Q(?!QQ) ) [^Q\\]*+ )*+ QQQ"
_TOKENS = re.compile(
    b"(?: %b | %b | %b )*+ ( %b | %b | \\Z )"
    % (
        _SHORT, _FORMATTED.replace(b"Q", b'"'), _FORMATTED.replace(b"Q", b"'"),
        _LONG.replace(b"Q", b'"'), _LONG.replace(b"Q", b"'"),
    ),
    re.DOTALL | re.VERBOSE,
)  # fmt: skip
"""All up to a string in triple quotes, and that string.  Fields of an f-string may hold no quotes of its own kind."""

_FIELDS = re.compile(rb"(?: [^{}]++ | \{\{ | \}\} | %b )*+" % (_FIELD % ((b"",) * 3)), re.VERBOSE)
_IS_FORMATTED = re.compile(rb"[fFtT][rR]?\Z")
_STRING = rb"Q [^Q\\\n]*+ (?: \\. [^Q\\\n]*+ )*+ Q"
_COMMENT_OR_STRING = re.compile(
    b"[#][^\\n]*+ | %b | %b | %b | %b"
    % tuple(kind.replace(b"Q", quote) for kind in (_LONG, _STRING) for quote in (b'"', b"'")),
    re.DOTALL | re.VERBOSE,
)
_TABS = re.compile(rb"^ *\t", re.MULTILINE)
_ODD = (b"\r", b"\f", b"\0", b'print "', b"print '")
"""What a module of Python 3 seldom has: other white space, and the `print` of Python 2, which is not to be missed."""

_OLD = re.compile(rb"except +[\w.]+ *, *\w+ *:")
_HEADER = re.compile(rb"^( *)(?:async +)?def [^\n]*\n", re.MULTILINE)
_LINE = re.compile(rb"[^\n]*\n")
_BRACKETS = (b"()", b"[]", b"{}")
_ENDS = tuple(re.compile(rb"^ {0,%d}[^ \n#]" % column, re.MULTILINE) for column in range(40))
"""By the column of a `def`: the first line that belongs to its body no more."""


class _Uncertain(Exception):  # noqa: N818 - no fault of the text
    """Where strings or functions end can't be told without a parser."""


class _Body(NamedTuple):
    """The body of a function: the offsets of its `def` line, its first line and its end, and the column of `def`."""

    header: int
    start: int
    end: int
    column: int


def outline(body: bytes, whole: Callable[[], ast.Module]) -> ast.Module | None:
    """The tree of a module, each outermost function's body parsed when it is first read; None where that isn't safe.

    `body` is the text as UTF-8.  `whole` parses all of it, and raises what is to be raised where it can't: it is asked
    where a body can't be parsed by itself.  An error in a body that nobody reads is not found.
    """
    try:
        bodies = tuple(_bodies(body))
        if not bodies:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(_without(body, bodies).decode())
    except (_Uncertain, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if _put_off(tree, body, bodies, whole) else None


def _quiet(body: bytes) -> bytes:
    """The text with strings of several lines made one line each, of the same length."""
    text = bytearray(body)
    if not text.endswith(b"\n"):
        text += b"\n"
    at = 0
    while at < len(body):
        found = _TOKENS.match(body, at)
        if found is None:
            raise _Uncertain
        start, at = found.span(1)
        string = found[1]
        if b"{" in string and _IS_FORMATTED.search(body, max(start - 2, 0), start) and not _FIELDS.fullmatch(string):
            raise _Uncertain
        if b"\n" in string:
            text[start:at] = b"~" * len(string)
    return bytes(text)


def _bodies(body: bytes) -> Iterator[_Body]:
    """The bodies of the outermost functions, in the order of the text.

    A body that ends too early, within brackets, leaves one of them to the outline, which can't be parsed then.
    """
    if any(odd in body for odd in _ODD) or _OLD.search(body) or (b"\t" in body and _TABS.search(body)):
        raise _Uncertain
    text = _quiet(body)
    at = 0
    while found := _HEADER.search(text, at):
        header, column = found.start(), len(found[1])
        start = _header_end(text, found)
        if column >= len(_ENDS) or text[max(header - 2, 0) : header] == b"\\\n":
            raise _Uncertain
        if start < 0:
            at = -start  # its body stands in the same line
            continue
        following = _ENDS[column].search(text, start)
        at = following.start() if following else len(text)
        end = _code_end(text, start, at)
        if end == start or text[end - 1 : end] in {b"\\", b";"} or not _is_closed_code(text[start:end]):
            raise _Uncertain
        yield _Body(header, start, end, column)


def _header_end(text: bytes, found: re.Match[bytes]) -> int:
    """Where the logical line of a `def` ends; negative where the body stands in that line too."""
    at = found.end()
    line = found[0]
    if line.endswith(b":\n") and _is_closed(line):
        return at
    while True:
        line = _COMMENT_OR_STRING.sub(b"", text[found.start() : at])
        if b"\\" in line:
            raise _Uncertain
        if _is_closed(line):
            return at if line.rstrip().endswith(b":") else -at
        following = _LINE.match(text, at)
        if following is None:
            raise _Uncertain
        at = following.end()


def _is_closed(text: bytes) -> bool:
    return all(text.count(pair[:1]) == text.count(pair[1:]) for pair in _BRACKETS)


def _is_closed_code(text: bytes) -> bool:
    return _is_closed(text) or _is_closed(_COMMENT_OR_STRING.sub(b"", text))


def _code_end(text: bytes, start: int, end: int) -> int:
    """Where the last line with code between two line starts ends, without its comment; `start` where there is none."""
    while end > start:
        first = text.rfind(b"\n", start, end - 1) + 1 or start
        line = text[first:end].rstrip()
        end = first
        if b"#" in line:
            parts = _COMMENT_OR_STRING.finditer(line)
            comment = next((each.start() for each in parts if each[0].startswith(b"#")), len(line))
            line = line[:comment].rstrip()
        if line:
            return first + len(line)
    return start


def _without(body: bytes, bodies: Sequence[_Body]) -> bytes:
    """The text with a placeholder for each body, that ends where the body ends: in the same line and column."""
    pieces: list[bytes] = []
    at = 0
    for each in bodies:
        lines = body.count(b"\n", each.start, each.end)
        width = each.end - (body.rfind(b"\n", 0, each.end) + 1)
        pieces.append(body[at : each.start])
        if lines:
            pieces.append(b" " * (each.column + 1) + b"(" + b"\n" * lines + b" " * (width - 1) + b")")
        else:
            pieces.append(b" " * (width - 1) + b"0")
        at = each.end
    pieces.append(body[at:])
    return b"".join(pieces)


def _put_off(tree: ast.Module, body: bytes, bodies: Sequence[_Body], whole: Callable[[], ast.Module]) -> bool:
    """Take the placeholders out of the functions of a tree; whether each was where it should be, and nothing else."""
    waiting = list(reversed(bodies))
    line, at = 1, 0
    for node in _outermost(tree.body):
        if not waiting or not isinstance(node.body[0], ast.Expr):
            continue
        each = waiting[-1]
        line, at = line + body.count(b"\n", at, each.header), each.header
        if (node.lineno, node.col_offset) != (line, each.column):
            continue
        if len(node.body) != 1 or not isinstance(node.body[0].value, (ast.Tuple, ast.Constant)):
            return False
        waiting.pop()
        del node.body
        node.__dict__["_unread"] = _Unread(body[each.header : each.end], whole)
        node.__class__ = _UNREAD[type(node)]
    return not waiting


def _outermost(statements: Sequence[ast.stmt]) -> Iterator[_Definition]:
    """The functions that stand in no other function, in the order of the text."""
    for node in statements:
        if isinstance(node, _Definition):
            yield node
        else:
            for block, _word in blocks(node):
                yield from _outermost(block)


class _Unread(NamedTuple):
    """The text of a function from the first of its lines to its end (without decorators), and how to parse its file."""

    text: bytes
    whole: Callable[[], ast.Module]


def _read(node: _Definition) -> list[ast.stmt]:
    """Give a function its body."""
    unread: _Unread = node.__dict__.pop("_unread")
    found = _parsed(node, unread.text)
    if found is None:
        place = node.lineno, node.col_offset
        same = (each for each in _outermost(unread.whole().body) if (each.lineno, each.col_offset) == place)
        found = next(same).body
    node.__class__ = ast.AsyncFunctionDef if isinstance(node, ast.AsyncFunctionDef) else ast.FunctionDef
    node.body = found
    return found


def _parsed(node: _Definition, text: bytes) -> list[ast.stmt] | None:
    """The body of a function by its text, None where it can't be parsed by itself."""
    above = "\n" * (node.lineno - 2) + "if 1:\n" if node.col_offset else "\n" * (node.lineno - 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(above + text.decode())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    block = tree.body[0].body if isinstance(tree.body[0], ast.If) else tree.body
    return block[0].body if len(block) == 1 and isinstance(block[0], _Definition) else None


class _UnreadFunction(ast.FunctionDef):
    """A function whose body is parsed when it is read."""

    __slots__ = ()

    def __getattr__(self, name: str) -> list[ast.stmt]:
        if name != "body" or "_unread" not in self.__dict__:
            raise AttributeError(name)
        return _read(self)


class _UnreadAsyncFunction(ast.AsyncFunctionDef):
    """A coroutine function whose body is parsed when it is read."""

    __slots__ = ()

    def __getattr__(self, name: str) -> list[ast.stmt]:
        if name != "body" or "_unread" not in self.__dict__:
            raise AttributeError(name)
        return _read(self)


# Visitors go by the name of a node's class.
_UnreadFunction.__name__ = "FunctionDef"
_UnreadAsyncFunction.__name__ = "AsyncFunctionDef"
_UNREAD = {ast.FunctionDef: _UnreadFunction, ast.AsyncFunctionDef: _UnreadAsyncFunction}
