"""Doubles that `pytest.mark.parametrize` gives to a test: each is made once, and one run of the test gets it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.asyncmock_await.calls.following.creations import created_kind
from codemods.asyncmock_await.calls.given.within import Within
from codemods.asyncmock_await.calls.module.scan import Function, changed_names
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import last_part


def doubles_of_parameters(
    function: Function, around: Within, mocks: MockNames
) -> Iterator[tuple[str, Sequence[ast.Call]]]:  # fmt: skip
    """The parameters of a test that are made by calls of mocks in every set of values, each with these calls.

    None where one double may be there for several runs that see what the ones before have set: with a second
    `parametrize`, or in a class from which others may derive.
    """
    marks = [each for each in function.decorator_list if isinstance(each, ast.Call) and _parametrizes(each)]
    if len(marks) != 1 or around.parametrised.strip(",") or not function.name.startswith("test"):
        return
    mark = marks[0]
    if len(mark.args) != 2 or any(each.arg != "ids" for each in mark.keywords):
        return
    names, sets = _names(mark.args[0]), mark.args[1]
    rows = [_row(each, len(names)) for each in sets.elts] if isinstance(sets, (ast.List, ast.Tuple)) else []
    changed = changed_names(function) if around.name else set()
    for index, name in enumerate(names):
        calls = [row[index] for row in rows if row is not None and len(row) == len(names)]
        made = [each for each in calls if isinstance(each, ast.Call) and created_kind(each, mocks) != "unknown"]
        if rows and len(made) == len(rows) and name not in changed:
            yield name, made


def _parametrizes(decorator: ast.Call) -> bool:
    return last_part(decorator.func) == "parametrize"


def _names(node: ast.expr) -> list[str]:
    """The names that a `parametrize` gives, none where they aren't written there."""
    match node:
        case ast.Constant(value=str(names)):
            return [each.strip() for each in names.split(",")]
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            found = [str(each.value) for each in parts if isinstance(each, ast.Constant)]
            return found if len(found) == len(parts) else []
    return []


def _row(node: ast.expr, count: int) -> list[ast.expr] | None:
    """One set of values, None where they aren't written there."""
    if isinstance(node, ast.Call) and last_part(node.func) == "param":
        return node.args
    if count == 1:
        return [node]
    return node.elts if isinstance(node, (ast.Tuple, ast.List)) else None
