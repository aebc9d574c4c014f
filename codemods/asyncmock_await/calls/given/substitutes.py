"""What else a name may stand for while a function runs, as its module shows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from codemods.asyncmock_await.calls.facts import Outside
from codemods.asyncmock_await.calls.given.gifts import instance_of
from codemods.asyncmock_await.calls.given.given import Givers
from codemods.asyncmock_await.calls.module.references import OtherTest, replaced_at
from codemods.asyncmock_await.calls.module.scan import Function
from codemods.toolkit.python.project import Module


class Substitutes:
    """Answers about one module."""

    def __init__(self, module: Module, givers: Givers) -> None:
        self._module = module
        self._givers = givers

    @cached_property
    def _tests(self) -> list[OtherTest]:
        return [
            OtherTest(*self._module.whole_span(each), each)
            for each, _owner in self._givers.definitions
            if each.name.startswith("test")
        ]

    def doubt(
        self, dotted: str, function: Function, apart: tuple[tuple[int, int], ...] = (), *, called: bool = True
    ) -> str:
        """Why the name of a function may stand for something else while a function runs ("" if for nothing else).

        `apart` are spans of the module where an attribute of `self` is that of another object.  `called`: it is the
        coroutine function that is called, and doesn't only give what is.
        """
        own = self._module.span(function)
        others = [each for each in self._tests if not (each.start <= own[0] and own[1] <= each.end)]
        if not function.name.startswith("test"):  # a test that patches it may call this one
            others = []
        place = replaced_at(self._module, dotted, others, apart, is_coroutine_function=called)
        if place is None:
            return ""
        return f"{self._module.source.path}:{self._module.place(place)[0]} may put something else in its place"

    def doubt_of(self, outside: Outside, chain: tuple[str, ...], function: Function) -> str:
        """Why a member of what a call gives may be another one while a function runs."""
        apart = tuple(self._apart(outside.name, chain)) if chain else ()
        return self.doubt(".".join((outside.name, *chain)), function, apart, called=bool(chain))

    def _apart(self, maker: str, chain: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """Where attributes of `self` are not those of an instance that a class makes, or those it begins with."""
        classes = self._givers.definitions.methods
        root, dot, _rest = maker.partition(".")
        here = {each.name for each in self._givers.definitions.top}
        if root in (here | {"self"} | {each.name for each in classes if dot}):
            return  # it may give an instance of any class of the module
        for node, methods in classes.items():
            if node.name != maker:
                yield self._module.span(node)
                continue
            made = instance_of(node, methods, self._givers)
            if chain[0] in made:
                yield from (self._module.span(each) for each in methods if each.name == "__init__")
