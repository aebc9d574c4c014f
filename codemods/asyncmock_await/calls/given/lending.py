"""What the functions within a function read of its doubles: only what is the same whenever one of them may run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from codemods.asyncmock_await.calls.following.meeting import take
from codemods.asyncmock_await.calls.following.values import Double, Environment
from codemods.asyncmock_await.calls.following.walk import Walk
from codemods.asyncmock_await.calls.given.within import Given
from codemods.asyncmock_await.calls.module.forms import deliberate
from codemods.asyncmock_await.calls.module.scan import Function, bound_names, bound_once, nodes_of
from codemods.asyncmock_await.mock_names import MockNames


@dataclass(frozen=True)
class Outer:
    """A function around others: what it lends them, and the fixtures of the module on which that rests.

    `owner` is the class around it.
    """

    function: Function
    lent: Mapping[str, Given]
    fixtures: tuple[str, ...] = ()
    owner: str = ""

    @cached_property
    def bound(self) -> frozenset[str]:
        """All names that it binds, the same for each function within it."""
        return frozenset(bound_names(self.function))


def lent_by(walk: Walk, function: Function) -> Mapping[str, Given]:
    """The doubles that a followed function lends: names that it binds once, to one double.

    None where it expects that something fails, or that Python warns: that may happen in a function within it.
    """
    end = walk.since
    if end is None or walk.asks:
        return {}
    found: dict[str, Given] = {}
    for name, values in walk.bound.items():
        value = next(iter(values)) if len(values) == 1 else None
        if isinstance(value, Double) and value.address in end.states:
            found[name] = Given(value, end)
    if not found or any(_expects(node) for node in nodes_of(function)):
        return {}
    once = bound_once(function)
    return {name: given for name, given in found.items() if name in once}


def _expects(node: ast.AST) -> bool:
    return isinstance(node, (ast.With, ast.AsyncWith)) and bool(deliberate(node))


def borrow(outer: Iterable[Outer], start: Environment, mocks: MockNames) -> tuple[str, ...]:
    """Take what the functions around one lend to it, the outermost first; the fixtures on which that rests."""
    names: dict[str, Double | None] = {}
    fixtures: list[str] = []
    for each in outer:
        names |= {name: None for name in each.bound if not mocks.knows(name)}
        for name, given in each.lent.items():
            if isinstance(given.value, Double):
                take(start, given.around)
                start.escape(given.value)
                names[name] = given.value
        fixtures += each.fixtures if each.lent else ()
    start.names = {**names, **start.names}
    return tuple(fixtures)
