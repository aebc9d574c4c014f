"""Commands that are one string (`f"pytest -k {pattern}"`), or words of a call (`run("pytest", "-k", pattern)`).

They stay as they are; a glob in them, or a value that falls apart in a shell, is refused.
"""

from __future__ import annotations

import ast
import itertools
import re
import string
from collections.abc import Collection, Iterator, Sequence

from codemods.pattern_filter.commands import Commands
from codemods.pattern_filter.facts import Found
from codemods.pattern_filter.given import given_to
from codemods.pattern_filter.lists import TELLING, elements_of, is_pytest, option_of
from codemods.pattern_filter.program import Function, Program
from codemods.pattern_filter.sources import evidence, source
from codemods.pattern_filter.values import way_of

_COMMAND = re.compile(r"(?:^|[\s/])(?:pytest|py\.test)(?=\s|$)")
_OPTION = re.compile(r"(?:^|\s)(-[km])[ =]?(['\"]?)$")
_WORD = re.compile(r"(-[km])[ =]?\s*([^-\s].*)?", re.DOTALL)
_PLACES = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Call, ast.Return, ast.BinOp, ast.keyword, ast.List, ast.Tuple
)  # fmt: skip

Parts = Sequence[str | ast.expr]
"""A text that is put together: what is written, and what is put in."""


def strings(program: Program) -> Iterator[Found]:
    """The values that a text puts behind `-k` or `-m` of pytest."""
    for node in program.texts:
        parts = list(_parts(node))
        if not any(isinstance(part, str) and _OPTION.search(part) for part in parts):
            continue
        function, _step = program.place(node)
        if not _is_command(program, node, parts, function):
            continue
        for before, value in itertools.pairwise(parts):
            if isinstance(before, str) and isinstance(value, ast.expr):
                option = _OPTION.search(before)
                if option is not None and not before.rstrip().endswith("python -m"):
                    yield _judged(program, node, value, option[1], option[2], function)


def _parts(node: ast.expr) -> Iterator[str | ast.expr]:
    """What a text is put together from: by an f-string, `+`, `%` or `format`."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _parts(value.value if isinstance(value, ast.FormattedValue) else value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right):
            given = iter(right.elts if isinstance(right, ast.Tuple) else [right])
            for piece in re.split(r"(%[sr])", text):
                yield next(given, node) if piece in {"%s", "%r"} else piece
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), args=args):
            yield from _formatted(text, args, {each.arg: each.value for each in node.keywords}, node)
        case _:
            yield node


def _formatted(
    text: str, args: Sequence[ast.expr], named: dict[str | None, ast.expr], node: ast.expr
) -> Iterator[str | ast.expr]:
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        yield text
        return
    for number, (before, name, _spec, _conversion) in enumerate(fields):
        yield before
        if name is not None:
            at = number if name == "" else int(name) if name.isdecimal() else -1
            yield args[at] if 0 <= at < len(args) else named.get(name, node)


def _is_command(program: Program, node: ast.expr, parts: Parts, function: Function) -> bool:
    """Whether the text is a command of pytest, or added to one; what is only told to the user is none."""
    parent = program.parents.get(id(node))
    if isinstance(parent, ast.Call):
        name = getattr(parent.func, "id", getattr(parent.func, "attr", ""))
        if name in TELLING or name.endswith(("Error", "Exception")):
            return False
    if any(isinstance(part, str) and _COMMAND.search(part) for part in parts):
        return isinstance(parent, _PLACES)
    begun = parent.target if isinstance(parent, ast.AugAssign) else parts[0] if parts[0] != "" else parts[1]
    return isinstance(begun, ast.expr) and any(
        isinstance(part, str) and _COMMAND.search(part)
        for each in program.assigned(function, begun) if not each.element
        for part in _parts(each.value)
    )  # fmt: skip


def _judged(program: Program, node: ast.expr, value: ast.expr, option: str, quote: str, function: Function) -> Found:
    way = way_of(program, value, function)
    why = evidence(program, way) if option == "-k" else ""
    name = f"{option} {{{program.text(value)}}}"
    if why:
        reason = f"{source(program, way)} is a glob ({why}); the command is a string: make it a list"
        return Found("pattern", node.lineno, node.col_offset, name, "PF201", reason, refused=True)
    if not quote and (not isinstance(way.root, ast.Constant) or len(str(way.root.value).split()) != 1):
        reason = "a value with a space falls apart in the string: make the command a list"
        return Found("shell command", node.lineno, node.col_offset, name, "PF206", reason, refused=True)
    return Found("option", node.lineno, node.col_offset, name, "", "one option with an expression")


def of_calls(program: Program) -> Iterator[Found]:
    """The options of a command whose words are arguments of a call (`session.run("pytest", "-k", pattern)`)."""
    for call in program.calls:
        program_at = next((at for at, each in enumerate(call.args) if _is_program(each)), None)
        if program_at is None:
            continue
        given: set[str] = set()
        for element, value in itertools.pairwise(call.args[program_at:]):
            option = option_of(element)
            if option and not isinstance(value, ast.Starred):
                yield _word(program, value, option, "it is a word of a call", again=option in given)
                given.add(option)


def attached(program: Program, commands: Commands) -> Iterator[Found]:
    """The options of lists that stand in one word with their value (`f"-k={pattern}"`)."""
    for key in commands.pytest:
        given = {each.option for each in given_to(commands, key)}
        for piece in commands.pieces.get(key, ()):
            for element in _behind_the_program(list(elements_of(piece))):
                parts = list(_parts(element))
                option = _WORD.fullmatch(parts[0]) if parts and isinstance(parts[0], str) else None
                if option is None or (len(parts) == 1 and option[2] is None):
                    continue
                value = parts[1] if len(parts) == 2 and not option[2] and isinstance(parts[1], ast.expr) else element
                yield _word(program, value, option[1], "it is one word with the option", again=option[1] in given)
                given.add(option[1])


def in_tables(program: Program, seen: Collection[int]) -> Iterator[Found]:
    """The options of commands that stand in a table or in another list: those that weren't `seen` as commands."""
    for node in ast.walk(program.module.tree):
        if not isinstance(node, (ast.List, ast.Tuple)) or not any(map(_is_program, node.elts)):
            continue
        parent = program.parents.get(id(node))
        table = isinstance(parent, (ast.Dict, ast.List, ast.Tuple))
        if not program.places(node) or not (table or (isinstance(node, ast.Tuple) and isinstance(parent, ast.Return))):
            continue
        given: set[str] = set()
        for element, value in itertools.pairwise(_behind_the_program(node.elts)):
            option = option_of(element)
            if option and not isinstance(value, ast.Starred) and id(value) not in seen:
                yield _word(
                    program, value, option, "the command is a tuple, or stands in a table", again=option in given
                )
            given.add(option)


def _behind_the_program(elements: Sequence[ast.expr]) -> Sequence[ast.expr]:
    starts = [at + 1 for at, each in enumerate(elements) if _is_program(each)]
    return elements[starts[-1] if starts else 0 :]


def _is_program(element: ast.expr) -> bool:
    return isinstance(element, ast.Constant) and isinstance(element.value, str) and is_pytest(element.value)


def _word(program: Program, value: ast.expr, option: str, form: str, *, again: bool) -> Found:
    function, _step = program.place(value)
    way = way_of(program, value, function)
    why = evidence(program, way) if option == "-k" else ""
    name = f"{option} {program.text(value)}"
    if why:
        reason = f"{source(program, way)} is a glob ({why}), `-k` takes an expression; {form}"
        return Found("pattern", value.lineno, value.col_offset, name, "PF201", reason, refused=True)
    if again:
        reason = f"pytest forgets another {option} of this command; {form}"
        return Found("second option", value.lineno, value.col_offset, name, "PF202", reason, refused=True)
    return Found("option", value.lineno, value.col_offset, name, "", "one option with an expression")
