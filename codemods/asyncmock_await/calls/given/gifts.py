"""What other modules may get from one: the doubles that its fixtures, functions and set-ups give, and its names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from codemods.asyncmock_await.calls.facts import Gift, Shape
from codemods.asyncmock_await.calls.following.shapes import shape_of
from codemods.asyncmock_await.calls.following.values import SELF, Double
from codemods.asyncmock_await.calls.given.factories import factory_shape, is_entered
from codemods.asyncmock_await.calls.given.given import Givers
from codemods.asyncmock_await.calls.given.within import Within
from codemods.asyncmock_await.calls.module.fixtures import EVERYTHING, is_set_up, set_ups
from codemods.asyncmock_await.calls.module.instances import bound_by_class, changed_by, initialiser
from codemods.asyncmock_await.calls.module.scan import Function
from codemods.asyncmock_await.doubles.attributes import EVERY
from codemods.toolkit.python.collect_names import dotted_name

_OF_CLASS = frozenset({"staticmethod", "classmethod"})
"""Decorators that change what a method is called on, not what it gives."""


def gifts_of(givers: Givers) -> Iterator[Gift]:
    """All that others may get from a module."""
    for name, given in givers.module.fixtures.items():
        made = factory_shape(givers.factories[name], givers) if given is None and name in givers.factories else None
        yield Gift("fixture", name, shape_of(given.value, given.around) if given is not None else made)
    for name, double in givers.doubles.items():
        yield Gift("name", name, shape_of(double.value, double.around))
    for function in givers.definitions.top:
        if _gives(function, givers, shared=givers.shared):
            given = givers.result(function, givers.module)
            if given is not None:
                yield Gift("call", function.name, shape_of(given.value, given.around))
        elif _enters(function, givers):
            given = givers.result(function, givers.module)
            if given is not None:
                yield Gift("entered", function.name, shape_of(given.value, given.around))
    for node, methods in givers.definitions.methods.items():
        around = Within(node.name, None, {}, EVERYTHING)
        yield from _results(methods, around, givers)
        is_base = node.name in givers.derived_from or not any(each.name.startswith("test") for each in methods)
        if is_base and any(is_set_up(each) and _sets(each, givers) for each in methods):
            yield from _held(methods, around, givers)
        for name, shape in instance_of(node, methods, givers).items():
            yield Gift("instance", f"{node.name}.{name}", shape)


def instance_of(node: ast.ClassDef, methods: list[Function], givers: Givers) -> Mapping[str, Shape | None]:
    """What an instance of a class holds from the start, None for what isn't certain; nothing where it is no double."""
    made = initialiser(node, methods)
    if made is None or not givers.texts.may_set_mocks(made):
        return {}
    held = givers.held_by((made,), Within(node.name, None, {}, EVERYTHING))
    changed = {name for each in methods if each is not made for name in changed_by(givers.read(each))}
    if held is None or EVERY in changed:
        return {}
    changed.update(bound_by_class(node))
    return {
        name: None if name in changed else shape_of(value, held.around)
        for name, value in held.around.states[SELF].members.items()
    }


def _gives(function: Function, givers: Givers, *, shared: bool = False) -> bool:
    """Whether a function may give a double, or an object of the project of which a member is called here.

    `shared`: it may be called elsewhere.
    """
    if not isinstance(function, ast.FunctionDef) or function.name.startswith("test"):
        return False
    if any(dotted_name(each) not in _OF_CLASS for each in function.decorator_list):
        return False
    made = shared or function.name in givers.owners.makers
    return (made and givers.texts.calls_one_of(function, givers.leads)) or givers.texts.mentions_mocks(function)


def _enters(function: Function, givers: Givers) -> bool:
    """Whether a function is a context manager that may give a double."""
    return is_entered(function, givers) and (
        givers.texts.mentions_mocks(function) or givers.texts.yields_patched(function)
    )


def _sets(setup: Function, givers: Givers) -> bool:
    """Whether a set-up may put doubles into attributes, or objects of the project of which a member is called here."""
    made = givers.shared or bool(givers.owners.attributes)
    return (made and givers.texts.calls_one_of(setup, givers.leads)) or givers.texts.may_set_mocks(setup)


def _results(methods: list[Function], around: Within, givers: Givers) -> Iterator[Gift]:
    """What the methods of a class give."""
    names = [each.name for each in methods]
    for method in methods:
        if names.count(method.name) == 1 and _gives(method, givers) and not is_set_up(method):
            given = givers.result(method, around)
            if given is not None:
                yield Gift("call", f"{around.name}.{method.name}", shape_of(given.value, given.around))
        elif names.count(method.name) == 1 and _enters(method, givers):
            given = givers.result(method, around)
            if given is not None:
                yield Gift("entered", f"{around.name}.{method.name}", shape_of(given.value, given.around))


def _held(methods: list[Function], around: Within, givers: Givers) -> Iterator[Gift]:
    """What the set-up of a class puts into attributes of `self`."""
    held = givers.held_by(set_ups(methods, givers.changes), around)
    if held is None:
        return
    for name, value in held.around.states[SELF].members.items():
        if isinstance(value, Double):
            yield Gift("self", f"{around.name}.{name}", shape_of(value, held.around))
