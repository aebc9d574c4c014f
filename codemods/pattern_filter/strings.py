"""Commands for pytest that are one string: `f"pytest -k {pattern}"` for a shell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.pattern_filter.facts import Found
from codemods.pattern_filter.program import Function, Program
from codemods.pattern_filter.sources import evidence, source
from codemods.pattern_filter.values import way_of

_COMMAND = re.compile(r"(?:^|[\s/])(?:pytest|py\.test)(?=\s|$)")
_OPTION = re.compile(r"(?:^|\s)(-[km])[ =](['\"]?)$")


def strings(program: Program) -> Iterator[Found]:
    """The values that an f-string puts behind `-k` or `-m` of pytest."""
    for node in program.texts:
        if not any(isinstance(part, ast.Constant) and _OPTION.search(str(part.value)) for part in node.values):
            continue
        function, _step = program.place(node)
        if not _is_command(program, node, function):
            continue
        for before, value in zip(node.values, node.values[1:], strict=False):
            if isinstance(before, ast.Constant) and isinstance(value, ast.FormattedValue):
                option = _OPTION.search(str(before.value))
                if option is not None and not str(before.value).rstrip().endswith("python -m"):
                    yield _judged(program, node, value, option[1], option[2], function)


def _is_command(program: Program, node: ast.JoinedStr, function: Function) -> bool:
    """Whether the string is a command of pytest, or added to one; what is only printed is none."""
    parent = program.parents.get(id(node))
    if isinstance(parent, ast.AugAssign):
        return any(_names_pytest(each.value) for each in program.assigned(function, parent.target))
    if isinstance(parent, ast.Call) and getattr(parent.func, "id", "") == "print":
        return False
    return _names_pytest(node) and isinstance(parent, (ast.Assign, ast.AnnAssign, ast.Call, ast.Return, ast.BinOp))


def _names_pytest(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=str(text)):
            return _COMMAND.search(text) is not None
        case ast.JoinedStr(values=parts):
            return any(isinstance(part, ast.Constant) and _COMMAND.search(str(part.value)) for part in parts)
    return False


def _judged(
    program: Program, node: ast.JoinedStr, value: ast.FormattedValue, option: str, quote: str, function: Function
) -> Found:
    way = way_of(program, value.value, function)
    why = evidence(program, way) if option == "-k" else ""
    name = f"{option} {{{program.text(value.value)}}}"
    if why:
        reason = f"{source(program, way)} is a glob ({why}); the command is a string: make it a list"
        return Found("pattern", node.lineno, node.col_offset, name, "PF201", reason, refused=True)
    if not quote and not isinstance(way.root, ast.Constant):
        reason = "a value with a space falls apart in the string: make the command a list"
        return Found("shell command", node.lineno, node.col_offset, name, "PF206", reason, refused=True)
    return Found("option", node.lineno, node.col_offset, name, "", "one option with an expression")
