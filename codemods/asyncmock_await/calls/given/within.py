"""What a function gets: doubles from fixtures and the set-up of its class, and what else is around it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from codemods.asyncmock_await.calls.following.values import Environment, Value


@dataclass(frozen=True, slots=True)
class Given:
    """A double that a function gets from outside, with the states that belong to it."""

    value: Value
    around: Environment


Gives = Mapping[str, Given | None]
"""What fixtures give, by their names; None where that is not certain."""


@dataclass(frozen=True, slots=True)
class Within:
    """What the functions of a class (or of the module) get.

    `held` is what `self` holds, `fixtures` are the class's own, `of_module` those at the top level, `parametrised` all
    names that are parametrised, `inherits` is the name of the class where a base class may set up what `self` holds.
    `decorators` are the patches of the class, which patch each of its tests.
    """

    name: str = ""
    held: Given | None = None
    fixtures: Gives = field(default_factory=dict)
    parametrised: str = ""
    inherits: str = ""
    decorators: tuple[ast.expr, ...] = ()
    of_module: Gives = field(default_factory=dict)
