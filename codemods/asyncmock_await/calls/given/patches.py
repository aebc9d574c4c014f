"""What the patches among the decorators of a function, and of its class, hand over to its parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.asyncmock_await.calls.following.containers import dict_of
from codemods.asyncmock_await.calls.following.creations import is_patch
from codemods.asyncmock_await.calls.following.patching import Injected, Patching, decorators_of, injected
from codemods.asyncmock_await.calls.following.values import Environment
from codemods.asyncmock_await.calls.following.walk import Walk
from codemods.asyncmock_await.calls.module.scan import Function, mapping_parameter
from codemods.asyncmock_await.mock_names import MockNames


class Patches:
    """Answers about the decorators of one module, whose names of the library are `mocks`."""

    def __init__(self, mocks: MockNames) -> None:
        self._mocks = mocks

    def of_class(self, node: ast.ClassDef | None) -> tuple[ast.expr, ...]:
        """The patches among the decorators of a class."""
        decorators = node.decorator_list if node is not None else ()
        return tuple(each for each in decorators if isinstance(each, ast.Call) and is_patch(each, self._mocks))

    def injected(self, function: Function, of_class: tuple[ast.expr, ...]) -> Injected | None:
        """What patches hand to a function, those of its class among them; None where that isn't known."""
        return injected(decorators_of(function, of_class), self._mocks)

    def to_parameters(self, function: Function, owner: ast.ClassDef | None) -> Iterator[tuple[str, Patching]]:
        """The patches that hand a double to a function of a class, each with the parameter that gets it."""
        return self._to_parameters(function, self.of_class(owner))

    def _to_parameters(self, function: Function, of_class: tuple[ast.expr, ...]) -> Iterator[tuple[str, Patching]]:
        found = self.injected(function, of_class) if of_class or function.decorator_list else None
        if found is not None:
            yield from found.to_parameters(function)

    def hand_over(self, function: Function, of_class: tuple[ast.expr, ...], walk: Walk, env: Environment) -> None:
        """Give to the parameters of a function that is about to be followed what its patches hand over."""
        walk.decorated(decorators_of(function, of_class), env)
        for name, patch in self._to_parameters(function, of_class):
            walk.give(name, walk.patched(patch.call, patch.form, env), env)
        for name in mapping_parameter(function) if function.decorator_list or of_class else ():
            found = self.injected(function, of_class)
            handed = found.to_mapping(function) if found is not None else {}
            values = {key: walk.patched(each.call, each.form, env) for key, each in handed.items()}
            walk.give(name, dict_of(values, ("handed over", name), env), env)
