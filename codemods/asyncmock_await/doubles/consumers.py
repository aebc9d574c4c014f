"""Calls whose result is handed to asyncio: their coroutines are wanted, also where a run shows that they were dropped.

`asyncio.gather(a(), b())` drops both where it can't take one of them, `create_task(a())` where no loop runs.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from codemods.evidence.schema import Place
from codemods.toolkit.python.collect_names import dotted_name, last_part
from codemods.toolkit.python.project import Module

Span = tuple[int, int, int, int]
"""Line (from 1), column (in bytes, from 0), last line, and the column behind it."""

_FUNCTIONS = (
    "create_task", "ensure_future", "wait_for", "gather", "as_completed", "run_until_complete",
    "run_coroutine_threadsafe", "shield",
)  # fmt: skip
"""The ends of their names: a project's `async_create_task` hands on what it is given, too."""

_WORDS = (*(f"{name}(".encode() for name in _FUNCTIONS), b"asyncio.run(")


def consumed_calls(module: Module) -> tuple[Span, ...]:
    """The calls of a module whose result is an argument of a function of asyncio, by itself or in a list of such.

    A call within such a call (`create_task(run(db.name()))`) is an argument of that, and none of asyncio's.

    Raises:
        SyntaxError: a body that holds one can't be parsed.
    """
    if not any(word in module.source.body for word in _WORDS):
        return ()
    module.read_all(words=_WORDS)
    consumers = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and _is_consumer(node))
    found = (call for consumer in consumers for argument in consumer.args for call in _calls_in(argument))
    return tuple(
        sorted((call.lineno, call.col_offset, call.end_lineno or 0, call.end_col_offset or 0) for call in found)
    )


def _is_consumer(call: ast.Call) -> bool:
    return last_part(call.func).endswith(_FUNCTIONS) or dotted_name(call.func) == "asyncio.run"


def _calls_in(argument: ast.expr) -> Iterator[ast.Call]:
    """The calls whose results an argument is, or holds."""
    match argument:
        case ast.Call():
            yield argument
        case ast.Starred(value=value) | ast.NamedExpr(value=value):
            yield from _calls_in(value)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _calls_in(body)
            yield from _calls_in(orelse)
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            for element in elements:
                yield from _calls_in(element)
        case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) | ast.SetComp(elt=element):
            yield from _calls_in(element)


def is_consumed(place: Place, calls: Collection[Span]) -> bool:
    """Whether one of these calls is at a place; its line decides where no more is known of it."""
    if not place.end_line:
        return any(line <= place.line <= end_line for line, _column, end_line, _end_column in calls)
    return (place.line, place.column, place.end_line, place.end_column) in calls
