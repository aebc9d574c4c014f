"""What the syntax of a list of arguments says by itself: its parts, its options, what a table is asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.pattern_filter.program import Function, Step

_OPTIONS = frozenset({"-k", "-m"})
_PROGRAM = re.compile(r"(?:[\w./=:-]+\s+)*(?:-m|.*[/\\])?(?:pytest|py\.test)(?:\s+-\S+)*")
"""The program alone, with its path, or behind what starts it (`uv run pytest`), perhaps with options of its own."""

TELLING = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "log", "echo", "write", "secho"}
)
"""Functions and methods that tell the user something: what they are handed starts nothing."""

_COPIES = frozenset({"list", "tuple", "sorted"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that is put into a list: a list literal, one element (`single`), or another list.

    `changes` says that the list object itself is changed there (`extend`), so that a helper can do the same; `fresh`
    that the name stands for a new list from there on.
    """

    value: ast.expr
    function: Function
    step: Step
    single: bool = False
    changes: bool = False
    fresh: bool = False


def first_argument(call: ast.Call) -> ast.expr | None:
    """The arguments that a process or `pytest.main` is started with."""
    return call.args[0] if call.args else next((each.value for each in call.keywords if each.arg == "args"), None)


def is_pytest(text: str) -> bool:
    """Whether a word of a command is the program pytest (a word for a shell may hold what starts it, too)."""
    return _PROGRAM.fullmatch(text) is not None


def is_tuple(value: ast.expr) -> bool:
    """Whether a value is, or may be, a tuple: what is added to it makes another one."""
    match value:
        case ast.Tuple() | ast.Call(func=ast.Name(id="tuple")):
            return True
        case ast.BinOp(left=left, op=ast.Add()):
            return is_tuple(left)
        case ast.IfExp(body=body, orelse=orelse):
            return is_tuple(body) or is_tuple(orelse)
    return False


def elements_of(piece: Piece) -> Iterator[ast.expr]:
    """The elements that a piece is written with."""
    if piece.single:
        yield piece.value
        return
    waiting = [piece.value]
    while waiting:
        match waiting.pop():
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                yield from elements
            case ast.IfExp(body=body, orelse=orelse):
                waiting += (orelse, body)


def subject_of(value: ast.expr) -> ast.expr | None:
    """What a table is asked for: `category` in `table[category]` and `table.get(category, [])`."""
    match value:
        case ast.Subscript(slice=ast.Name() | ast.Attribute() as subject):
            return subject
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Name() | ast.Attribute() as subject, *_]):
            return subject
    return None


def option_of(element: ast.expr) -> str:
    """The option that selects tests which a literal is, "" for anything else."""
    match element:
        case ast.Constant(value=str(text)) if text in _OPTIONS:
            return text
    return ""


def parts_of(value: ast.expr) -> Iterator[ast.expr]:
    """What a value is put together from by `+`."""
    match value:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from parts_of(left)
            yield from parts_of(right)
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in _COPIES:
            yield from parts_of(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="copy"), args=[], keywords=[]):
            yield from parts_of(inner)
        case ast.BoolOp(op=ast.Or(), values=[inner, *_]):
            yield from parts_of(inner)
        case ast.List() | ast.Tuple() | ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call() | ast.IfExp():
            yield value


def spliced_in(piece: Piece) -> Iterator[ast.expr]:
    """The other lists that a piece puts in."""
    if piece.single:
        return
    if isinstance(piece.value, (ast.List, ast.Tuple)):
        yield from (part for each in piece.value.elts if isinstance(each, ast.Starred) for part in parts_of(each.value))
    elif isinstance(piece.value, ast.IfExp):
        yield from parts_of(piece.value.body)
        yield from parts_of(piece.value.orelse)
    else:
        yield piece.value
