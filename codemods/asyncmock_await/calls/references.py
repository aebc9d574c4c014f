"""Coroutine functions by their names: which a module has, and which names in a module may stand for something else."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence

from codemods.asyncmock_await.calls.forms import deliberate
from codemods.asyncmock_await.calls.scan import Function, blocks_below, bound_names
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.names import Bound, ModuleNames
from codemods.toolkit.python.project import Module

_OUTSIDE = sys.stdlib_module_names | {"pytest", "mock"}
_SET = re.compile(rb"[ \t]*(?::[^=\n]+)?=(?!=)")
_LASTS = re.compile(rb"\.start\(\)|(?<![\w.])setattr\(")
_QUOTED = re.compile(rb"""["'](?:[\w.]*\.)?\Z""")


def coroutine_functions(module: Module) -> Iterator[str]:
    """The names of a module's `async def`s whose call gives a coroutine: without decorators, and no generators."""
    for node in module.tree.body:
        if isinstance(node, ast.AsyncFunctionDef) and not node.decorator_list and not node.name.startswith("test"):
            start, end = module.span(node)
            if module.source.body.find(b"yield", start, end) < 0:
                yield node.name


def leading_names(names: ModuleNames) -> frozenset[str]:
    """The names of a module that may lead to functions and classes of the project."""
    kinds = {"import", "from", "def", "async def", "class"}
    return frozenset(
        name
        for name, bounds in names.bindings.items()
        if all(bound.kind in kinds and not _is_outside(bound) for bound in bounds)
    )


def dropped_calls(function: Function, names: ModuleNames) -> Iterator[tuple[ast.Call, str]]:
    """The statements of an async function that call a name which an import or an `async def` of the module binds.

    Those in a `with` that expects Python to warn of them are meant as they are.
    """
    stack: list[ast.stmt] = list(function.body)
    found: list[tuple[ast.Call, str]] = []
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.With, ast.AsyncWith)) and deliberate(node) == "warning":
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = dotted_name(node.value.func)
            if name and any(may_lead(bound) for bound in names.bindings.get(name.partition(".")[0], ())):
                found.append((node.value, name))
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            stack += blocks_below(node)
    yield from found


def may_bind(function: Function, text: bytes, name: str) -> bool:
    """Whether a function binds a name itself; `text` is its own."""
    used = re.compile(rb"(?<![\w.])" + name.encode() + rb"(?!\w)(?![ \t]*[.(])|import[^\n]*" + name.encode())
    return used.search(text) is not None and name in bound_names(function)


def may_lead(bound: Bound) -> bool:
    """Whether a binding may lead to an `async def` of the project."""
    if bound.kind == "async def":
        return True
    return bound.kind in {"import", "from"} and not _is_outside(bound)


def _is_outside(bound: Bound) -> bool:
    return bound.level == 0 and bound.module.partition(".")[0] in _OUTSIDE


def may_be_replaced(body: bytes, dotted: str, others: Sequence[tuple[int, int]] = ()) -> bool:
    """Whether a module patches or assigns a name, or one on the way to it: then it may be no coroutine function.

    `others` are the spans of other tests: what they patch is what it was again when they end.

    >>> may_be_replaced(b"with patch('shop.mail.send'): ...", "mail.send"), may_be_replaced(b"send()", "mail.send")
    (True, False)
    """
    return any(_is_replaced(body, part.encode(), others) for part in dotted.split("."))


def _is_replaced(body: bytes, name: bytes, others: Sequence[tuple[int, int]]) -> bool:
    at = body.find(name)
    while at >= 0:
        end = at + len(name)
        if _SET.match(body, end):
            return True
        if body[end : end + 1] in {b'"', b"'"} and _QUOTED.search(body[:at][-200:]):
            around = next((span for span in others if span[0] <= at < span[1]), None)
            if around is None or _LASTS.search(body, *around):
                return True
        at = body.find(name, end)
    return False
