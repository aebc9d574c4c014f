"""Async set-ups that can become `asyncSetUp` and `asyncTearDown` (AM303), all of a chain or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from codemods.asyncmock_await.never_run.classes import Classes, Key
from codemods.asyncmock_await.never_run.facts import SETUPS, Function
from codemods.asyncmock_await.part import AsyncDef, Change, Reworded

Refusal = tuple[str, str]
"""A code and a reason."""


class SetUp(NamedTuple):
    """A set-up function and the class that it stands in."""

    owner: Key
    function: Function


def renamed(
    classes: Classes, setups: Iterable[SetUp]
) -> tuple[Mapping[SetUp, tuple[Change, ...]], dict[SetUp, Refusal]]:
    """The changes of those that can be renamed, and why the others can't.

    One that is refused takes along those of its base classes and subclasses that rely on it.
    """
    refused: dict[SetUp, Refusal] = {}
    fitting: list[SetUp] = []
    for setup in setups:
        problem = _alone(classes, setup)
        if problem is None:
            fitting.append(setup)
        else:
            refused[setup] = problem
    while True:
        names = {(setup.owner, setup.function.name) for setup in fitting}
        problems = {setup: problem for setup in fitting if (problem := _chained(classes, setup, names)) is not None}
        if not problems:
            break
        refused |= problems
        fitting = [setup for setup in fitting if setup not in problems]
    return {setup: _changes(setup.function) for setup in fitting}, refused


def _alone(classes: Classes, setup: SetUp) -> Refusal | None:
    """What speaks against renaming it, whatever becomes of others."""
    function, found = setup.function, classes.get(setup.owner)
    new = SETUPS.get(function.name, "")
    if not new:
        return "AM504", f"there is no async form of {function.name} that a runner would call"
    if found is None or any(each.name == new for each in found.functions):
        return "AM503", f"its class has {new} too"
    if len(function.parameters) != 1 or function.decorators or function.yields:
        return "AM503", f"it takes arguments, is decorated or yields, and {new} can't"
    if function.called:
        return "AM503", f"the module calls {function.name} itself"
    wrong = any(call.name != function.name or call.arguments for call in function.supers)
    if function.odd_supers or wrong or len(function.supers) > 1:
        return "AM503", "its calls of super() are of another form than a statement of their own"
    return None


def _chained(classes: Classes, setup: SetUp, names: set[tuple[Key, str]]) -> Refusal | None:
    """What speaks against renaming it because of its base classes and subclasses."""
    owner, function = setup
    order = classes.order(owner)
    if order is None:
        return "AM503", "what its class derives from is not known"
    above = classes.defining(order[1:], function.name)
    later = classes.defining(order[1:], SETUPS[function.name])
    if above is not None and above[1].is_async and (above[0], function.name) not in names:
        return "AM503", f"{above[0].name}.{function.name} stays as it is"
    if later is not None and not function.supers:
        return "AM503", f"it doesn't call the {later[1].name} of its base class, which would not run any more"
    if above is not None and not above[1].is_async:
        problem = _beside(function)
        if problem:
            return "AM503", problem
    for each in classes.below(owner):
        own = classes.defining((each,), function.name)
        if own is None:
            continue
        if own[1].is_async and (each, function.name) not in names:
            return "AM503", f"{each.name}.{function.name} stays as it is"
        if not own[1].is_async and not own[1].supers:
            return "AM503", f"{each.name}.{function.name} replaces it"
    return None


def _beside(function: Function) -> str:
    """What speaks against it where the base class has a sync one, which the runner would call by itself then."""
    if not function.supers:
        return f"it doesn't call the {function.name} of its base class, which would run then"
    call = function.supers[0]
    if call.first if function.name == "setUp" else call.last:
        return ""
    return f"it calls the {function.name} of its base class in its midst, which would run at another time"


def _changes(function: Function) -> tuple[Change, ...]:
    new = SETUPS[function.name]
    calls = (Reworded(call.start, call.end, f"await super().{new}()") for call in function.supers)
    return (AsyncDef(function.keyword, function.name_start, function.name_end, new), *calls)
