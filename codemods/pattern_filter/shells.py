"""Commands that are joined with spaces: who takes the words apart again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codemods.pattern_filter.commands import Commands, Key
from codemods.pattern_filter.given import given_to
from codemods.pattern_filter.lists import TELLING, first_argument
from codemods.pattern_filter.part import Change, Reworded, Unshelled
from codemods.pattern_filter.program import Function, Program
from codemods.pattern_filter.values import literals, quotes_around
from codemods.toolkit.python.collect_names import dotted_name

_FAR = 6
_SHELLS = frozenset(
    {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell"}
)
_PROCESSES = frozenset(
    {f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")}
)  # fmt: skip
_TAKEN_APART = re.compile(r"[\s|&;<>$`]")


@dataclass(frozen=True, slots=True)
class Join:
    """`" ".join(command)`.

    `shell`: a shell takes it apart.  `unknown`: it goes where nobody can follow.  `direct` is the call of a process
    that it stands in.  `split` is an element that may be meant as several words ("" for none).  `change` makes it
    right, with these `needs`.
    """

    call: ast.Call
    key: Key
    shell: bool
    unknown: bool
    direct: ast.Call | None
    split: str
    change: Change
    needs: tuple[str, ...]


def joins_of(program: Program, commands: Commands, origins: Mapping[str, str]) -> Iterator[Join]:
    """The places where a command of pytest is joined with spaces."""
    for node in program.called_by_name("join"):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=" ")), args=[ast.expr() as joined], keywords=[]):
                function, _step = program.place(node)
                literal = isinstance(joined, (ast.List, ast.BinOp))
                key = commands.anonymous(function, joined) if literal else commands.key(function, joined)
                if key is None or key not in commands.pytest:
                    continue
                fates = set(_fates(program, node, function, origins, _FAR))
                direct = program.parents.get(id(node))
                within = direct if isinstance(direct, ast.Call) and _shell(direct, origins) else None
                change, needs = _change(program, node, within)
                split = "a list in the call itself" if literal else _split(program, commands, key)
                yield Join(node, key, "shell" in fates, "unknown" in fates, within, split, change, needs)


def _change(program: Program, call: ast.Call, direct: ast.Call | None) -> tuple[Change, tuple[str, ...]]:
    """The list itself where a process is started, and elsewhere a text in which each argument is quoted."""
    if (
        direct is not None
        and direct.args
        and not program.text(direct.func).endswith(("system", "popen", "output_shell", "shell"))
    ):
        return Unshelled(*program.module.span(direct)), ()
    text = f"shell_command({program.text(call.args[0])})"
    return Reworded(*program.module.span(call), text), ("shell_command",)


def process(call: ast.Call, origins: Mapping[str, str]) -> str:
    """The dotted name of the function that a call starts a process with, "" for any other."""
    name = origin_of(call.func, origins)
    return name if name in _SHELLS or name in _PROCESSES else ""


def origin_of(node: ast.expr, origins: Mapping[str, str]) -> str:
    """The dotted name of what is called, by the imports of the module."""
    first, dot, rest = dotted_name(node).partition(".")
    return f"{origins[first]}{dot}{rest}" if first in origins else ""


def _shell(call: ast.Call, origins: Mapping[str, str]) -> bool:
    name = process(call, origins)
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "shell"), None)
    return name in _SHELLS or (name != "" and isinstance(given, ast.Constant) and given.value is True)


def _fates(program: Program, node: ast.expr, function: Function, origins: Mapping[str, str], far: int) -> Iterator[str]:
    """What becomes of a string: "shell", "shown" or "unknown"."""
    parent = program.parents.get(id(node))
    if isinstance(parent, ast.keyword):
        parent = program.parents.get(id(parent))
    if not far:
        yield "unknown"
    elif isinstance(parent, (ast.FormattedValue, ast.JoinedStr)):
        yield "shown"
    elif isinstance(parent, ast.Call):
        yield from _handed(program, parent, node, origins, far)
    elif isinstance(parent, ast.Return):
        for call, caller, _step in program.calls_of(function):
            yield from _fates(program, call, caller, origins, far - 1)
    elif isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        yield from _uses(program, parent.targets[0].id, function, origins, far - 1)
    elif not isinstance(parent, (ast.If, ast.Compare, ast.Expr)):
        yield "unknown"


def _handed(program: Program, call: ast.Call, node: ast.expr, origins: Mapping[str, str], far: int) -> Iterator[str]:
    if process(call, origins):
        if _shell(call, origins) and first_argument(call) is node:
            yield "shell"
        return
    caller, _step = program.place(call)
    called = program.called(call, caller)
    if called is None:
        told = {*TELLING, "CompletedProcess"}
        yield "shown" if dotted_name(call.func).rpartition(".")[2] in told else "unknown"
        return
    for param in called.params:
        if program.argument(call, called, param) is node:
            yield from _uses(program, param, called, origins, far - 1)


def _uses(program: Program, name: str, function: Function, origins: Mapping[str, str], far: int) -> Iterator[str]:
    for node in ast.walk(function.node):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield from _fates(program, node, function, origins, far)


def _split(program: Program, commands: Commands, key: Key) -> str:
    """An element of a command that a shell may take apart: it would become one word."""
    values = {id(given.value) for given in given_to(commands, key)}
    for element, function in _elements(program, commands, key, _FAR):
        if id(element) in values:
            continue
        for text in (element,) if isinstance(element, ast.JoinedStr) else literals(program, element, function):
            if text is None or isinstance(text, ast.JoinedStr):
                parts = getattr(text, "values", None)
                if parts is None or any(
                    _TAKEN_APART.search(str(getattr(part, "value", "")))
                    for part in parts
                    if isinstance(part, ast.Constant)
                ):
                    return program.text(element)
            elif _TAKEN_APART.search(text) and not quotes_around(element):
                return program.text(element)
    return ""


def _elements(program: Program, commands: Commands, key: Key, far: int) -> Iterator[tuple[ast.expr, Function]]:
    for piece in commands.pieces.get(key, ()):
        if piece.single:
            yield piece.value, piece.function
        else:
            yield from _inner(program, commands, piece.value, piece.function, far)


def _inner(
    program: Program, commands: Commands, value: ast.expr, function: Function, far: int
) -> Iterator[tuple[ast.expr, Function]]:
    match value:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for element in elements:
                if isinstance(element, ast.Starred):
                    yield from _inner(program, commands, element.value, function, far - 1)
                else:
                    yield element, function
        case ast.IfExp(body=body, orelse=orelse):
            yield from _inner(program, commands, body, function, far)
            yield from _inner(program, commands, orelse, function, far)
        case ast.Subscript(value=table) | ast.Call(func=ast.Attribute(value=table, attr="get")) if far:
            found = [each for each in program.assigned(function, table) if isinstance(each.value, ast.Dict)]
            if not found:
                yield value, function
            for each in found:
                for entry in getattr(each.value, "values", ()):
                    yield from _inner(program, commands, entry, each.function, far - 1)
        case ast.Name() | ast.Attribute() if far:
            key = commands.key(function, value)
            if key is not None and key in commands.pieces:
                yield from _elements(program, commands, key, far - 1)
            else:
                yield value, function
        case _:
            yield value, function
