"""What other modules may get from one: the doubles that its fixtures, functions and set-ups give, and its names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.asyncmock_await.calls.facts import Gift
from codemods.asyncmock_await.calls.fixtures import EVERYTHING, is_set_up, set_ups
from codemods.asyncmock_await.calls.given import Givers
from codemods.asyncmock_await.calls.scan import Function
from codemods.asyncmock_await.calls.shapes import shape_of
from codemods.asyncmock_await.calls.values import SELF, Double
from codemods.asyncmock_await.calls.within import Within


def gifts_of(givers: Givers) -> Iterator[Gift]:
    """All that others may get from a module."""
    for name, given in givers.module.fixtures.items():
        yield Gift("fixture", name, shape_of(given.value, given.around) if given is not None else None)
    for name, double in givers.doubles.items():
        yield Gift("name", name, shape_of(double.value, double.around))
    for function in givers.definitions.top:
        if _gives(function, givers):
            given = givers.result(function, givers.module)
            if given is not None:
                yield Gift("call", function.name, shape_of(given.value, given.around))
    for node, methods in givers.definitions.methods.items():
        around = Within(node.name, None, {}, EVERYTHING)
        yield from _results(methods, around, givers)
        is_base = node.name in givers.derived_from or not any(each.name.startswith("test") for each in methods)
        if is_base and any(is_set_up(each) and _sets(each, givers) for each in methods):
            yield from _held(methods, around, givers)


def _gives(function: Function, givers: Givers) -> bool:
    """Whether a function may give a double, or an object of the project of which a member is called here."""
    if not isinstance(function, ast.FunctionDef) or function.name.startswith("test") or function.decorator_list:
        return False
    made = function.name in givers.owners.makers and givers.texts.calls_one_of(function, givers.leads)
    return made or givers.texts.mentions_mocks(function)


def _sets(setup: Function, givers: Givers) -> bool:
    """Whether a set-up may put doubles into attributes, or objects of the project of which a member is called here."""
    made = givers.owners.attributes and givers.texts.calls_one_of(setup, givers.leads)
    return bool(made) or givers.texts.may_set_mocks(setup)


def _results(methods: list[Function], around: Within, givers: Givers) -> Iterator[Gift]:
    """What the methods of a class give."""
    for method in methods:
        if _gives(method, givers) and not is_set_up(method):
            given = givers.result(method, around)
            if given is not None:
                yield Gift("call", f"{around.name}.{method.name}", shape_of(given.value, given.around))


def _held(methods: list[Function], around: Within, givers: Givers) -> Iterator[Gift]:
    """What the set-up of a class puts into attributes of `self`."""
    held = givers.held_by(set_ups(methods, givers.changes), around)
    if held is None:
        return
    for name, value in held.around.states[SELF].members.items():
        if isinstance(value, Double):
            yield Gift("self", f"{around.name}.{name}", shape_of(value, held.around))
