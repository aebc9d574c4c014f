"""Calls whose result other code takes: it may await what it is given, so that an `await` at the call would be wrong.

A run tells that a coroutine was dropped, not that another one of the same call was awaited later, by way of a name
(`task = start()` ... `await task`), a list (`tasks.append(start())`) or a function (`gather(start())`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from codemods.asyncmock_await.calls.module.forms import of_arguments, of_coroutine
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module

_Assignment = ast.Assign | ast.AnnAssign
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Module)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_READS = (ast.Compare, ast.UnaryOp, ast.BinOp, ast.FormattedValue, ast.Expr, ast.Assert)
"""What looks at a value where it stands, whatever place that has in it."""


def taken_calls(module: Module) -> tuple[int, ...]:
    """The offsets at which calls end whose result is handed on, as they stand or by the name that they are kept in.

    Raises:
        SyntaxError: a body can't be parsed.
    """
    module.read_all()
    above = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
    loads: dict[str, list[ast.expr]] = {}
    for node in above:
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            loads.setdefault(dotted_name(node), []).append(node)
    calls = (node for node in above if isinstance(node, ast.Call))
    return tuple(sorted(module.span(call)[1] for call in calls if _is_taken(call, above, loads)))


def _is_taken(call: ast.Call, above: Mapping[ast.AST, ast.AST], loads: Mapping[str, list[ast.expr]]) -> bool:
    around = above[call]
    if not isinstance(around, (ast.Assign, ast.AnnAssign)):
        return _is_handed_on(call, above)
    targets = around.targets if isinstance(around, ast.Assign) else [around.target]
    for target in targets:
        name = dotted_name(target)
        read = _reads_of(around, above, loads.get(name, [])) if isinstance(target, ast.Name) else loads.get(name, [])
        # A coroutine can't be taken apart, and what an item of something holds is nobody's to tell.
        unknown = not name and not isinstance(target, (ast.Tuple, ast.List))
        if unknown or any(_is_handed_on(each, above) for each in read):
            return True
    return False


def _reads_of(
    assignment: _Assignment, above: Mapping[ast.AST, ast.AST], loads: list[ast.expr]
) -> Iterator[ast.expr]:  # fmt: skip
    """The places that may read what a name is bound to there, until a statement beside it binds the name anew."""
    around = list(_around(assignment, above))
    scope = next(node for node in around if isinstance(node, _SCOPES))
    loops = [node for node in around[: around.index(scope)] if isinstance(node, _LOOPS)]
    begin = loops[-1].lineno if loops else (assignment.end_lineno or assignment.lineno)
    end = _bound_anew(assignment, around[0])
    for each in loads:
        if scope in _around(each, above) and begin <= each.lineno <= end:
            yield each


def _bound_anew(assignment: _Assignment, block: ast.AST) -> float:
    """The last line of the next statement of the same block that binds the same name."""
    bound = _names(assignment)
    for _field, statements in ast.iter_fields(block):
        if isinstance(statements, list) and assignment in statements:
            for after in statements[statements.index(assignment) + 1 :]:
                if isinstance(after, (ast.Assign, ast.AnnAssign)) and bound & _names(after):
                    return after.end_lineno or after.lineno
    return float("inf")


def _names(assignment: _Assignment) -> set[str]:
    targets = assignment.targets if isinstance(assignment, ast.Assign) else [assignment.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _is_handed_on(value: ast.expr, above: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether what stands there gets to other code, or is awaited there."""
    around = above[value]
    if isinstance(around, ast.keyword):
        around = above[around]
    match around:
        case ast.Call(func=func):
            return value is not func and of_arguments(around) == "handed on"
        case ast.Attribute():
            return of_coroutine(around)
        case ast.Subscript(value=read) | ast.If(test=read) | ast.While(test=read) | ast.IfExp(test=read) if (
            read is value
        ):
            return False
        case ast.For(iter=read) | ast.comprehension(iter=read) if read is value:
            return False
    return not isinstance(around, _READS)


def _around(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """The nodes around a node, from the inside."""
    at = above.get(node)
    while at is not None:
        yield at
        at = above.get(at)
