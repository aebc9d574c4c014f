"""What code gives that makes a double anew whenever it is asked: fixtures that are factories, context managers."""

from __future__ import annotations

import ast

from codemods.asyncmock_await.calls.facts import RESULT, Kind, Shape
from codemods.asyncmock_await.calls.following.shapes import shape_of
from codemods.asyncmock_await.calls.following.values import Double
from codemods.asyncmock_await.calls.given.given import Givers
from codemods.asyncmock_await.calls.given.lending import Outer, borrow, lent_by
from codemods.asyncmock_await.calls.module.fixtures import returning
from codemods.asyncmock_await.calls.module.scan import Function, bound_once, nodes_of, own_statements
from codemods.toolkit.python.collect_names import dotted_name

_ENTERED = frozenset({"contextmanager", "asynccontextmanager"})


def factory_shape(function: Function, givers: Givers) -> Shape | None:
    """What a fixture gives that returns a function within it, if each call of that makes a double; else None."""
    inner = _returned(givers.read(function))
    if inner is None:
        return None
    around = givers.module
    walk = givers.walk(function, around)
    walk.lends = True
    walk.block(returning(function.body), givers.start(function, around, walk)[0])
    within = givers.walk(inner, around)
    start = givers.start(inner, around, within)[0]
    borrow((Outer(function, lent_by(walk, function)),), start, givers.mocks)
    within.block(inner.body, start)
    if len(within.results) != 1:
        return None
    value, end = within.results[0]
    made = shape_of(value, end) if isinstance(value, Double) else None
    kind: Kind = "sync" if isinstance(inner, ast.FunctionDef) else "unknown"
    return None if made is None else Shape(kind, "unknown", {RESULT: made}, makes=True)


def _returned(function: Function) -> Function | None:
    """The function within a function that it returns, or yields, and nothing else."""
    body = returning(function.body)
    returned = [each for each in own_statements(body) if isinstance(each, ast.Return)]
    if len(returned) != 1 or not isinstance(returned[0].value, ast.Name):
        return None
    name = returned[0].value.id
    found = [each for each in body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name == name]
    if len(found) != 1 or found[0].decorator_list or name not in bound_once(function):
        return None
    generates = any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in nodes_of(found[0]))
    return None if generates else found[0]


def is_entered(function: Function, givers: Givers) -> bool:
    """Whether a function is a context manager by one decorator of the standard library."""
    if len(function.decorator_list) != 1:
        return False
    first, _, rest = dotted_name(function.decorator_list[0]).partition(".")
    bounds = givers.names.bindings.get(first, ())
    if (rest or first) not in _ENTERED or not bounds:
        return False
    if rest:
        return all((each.kind, each.module) == ("import", "contextlib") for each in bounds)
    return all((each.kind, each.module, each.member) == ("from", "contextlib", first) for each in bounds)
