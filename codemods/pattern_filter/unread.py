"""Options of a runner that look like pytest's own, and that nothing reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.pattern_filter.facts import Found
from codemods.pattern_filter.program import Program


def unread_options(program: Program) -> Iterator[Found]:
    """`add_argument("-k", ...)` whose value is never looked at: the user's selection is dropped in silence."""
    body = program.module.source.body
    if b"vars(" in body or b"parse_known_args" in body or b"**args" in body:
        return
    for node in program.called_by_name("add_argument"):
        match node:
            case ast.Call(func=ast.Attribute(), args=[*arguments], keywords=keywords):
                given = [str(arg.value) for arg in arguments if isinstance(arg, ast.Constant)]
                if not set(given) & {"-k", "-m"}:
                    continue
                long = next((each for each in given if each.startswith("--")), given[0])
                name = next(
                    (str(k.value.value) for k in keywords if k.arg == "dest" and isinstance(k.value, ast.Constant)),
                    long.lstrip("-").replace("-", "_"),
                )
                if not _read(program, name):
                    reason = f"`{name}` is parsed and never read: what the user selects is ignored"
                    yield Found(
                        "pattern", node.lineno, node.col_offset, " ".join(given), "PF210", reason, refused=True
                    )  # fmt: skip


def _read(program: Program, name: str) -> bool:
    for node in ast.walk(program.module.tree):
        match node:
            case ast.Attribute(attr=attr, ctx=ast.Load()) if attr == name:
                return True
            case ast.Constant(value=value) if value == name:
                return True
    return False
