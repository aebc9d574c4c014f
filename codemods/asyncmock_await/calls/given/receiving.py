"""Helpers that get their doubles as parameters: each is followed with what every call of it in the module hands over.

What is called is an AsyncMock only if it is one by all of them.  Calls that are not met while the functions around them
are followed (in a class body, or where the helper is used as a value) may hand over anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from codemods.asyncmock_await.calls.following.evaluation import Handed
from codemods.asyncmock_await.calls.following.meeting import take
from codemods.asyncmock_await.calls.following.values import Double, Environment, Value
from codemods.asyncmock_await.calls.following.walk import Walk
from codemods.asyncmock_await.calls.module.definitions import Definitions
from codemods.asyncmock_await.calls.module.fixtures import is_helper
from codemods.asyncmock_await.calls.module.mentions import mentions
from codemods.asyncmock_await.calls.module.scan import Function, parameters
from codemods.asyncmock_await.calls.text.lost import LostCalls
from codemods.toolkit.python.project import Module

_MOST = 40
"""A helper is followed for so many calls of it; where there are more, the rest may hand over anything."""


class _Key(NamedTuple):
    owner: str
    name: str


class Receivers:
    """The helpers of one module that may lose what a call of one of their parameters gives."""

    def __init__(self, module: Module, definitions: Definitions, lost: LostCalls) -> None:
        self._module = module
        self._keys: dict[Function, _Key] = {}
        self._handed: dict[_Key, list[Handed]] = {}
        self._add(definitions.top, "", lost)
        for node, methods in definitions.methods.items():
            self._add(methods, node.name, lost)
        self.written = frozenset(f"self.{key.name}" if key.owner else key.name for key in self._keys.values())
        words = [f"{name.rpartition('.')[2]}(".encode() for name in sorted(self.written)]
        self.calls = sorted({at for word in words for at in _places_of(word, module.source.body)})
        """Where the module may call one of them."""

    def _add(self, functions: Iterable[Function], owner: str, lost: LostCalls) -> None:
        for each in functions:
            if each.decorator_list or not is_helper(each):
                continue
            given = set(parameters(each)) - {"self", "cls"}
            calls = lost.between(*self._module.span(each)) if given else ()
            if any(call.root in given and not call.called for call in calls):
                self._keys[each] = _Key(owner, each.name)

    def __contains__(self, function: Function) -> bool:
        return function in self._keys

    def drop(self, function: Function) -> None:
        """A helper is like any other function: no call of it hands it a double."""
        del self._keys[function]

    def note(self, walk: Walk) -> None:
        """Take what a function hands over that was followed."""
        for each in walk.handed:
            self._handed.setdefault(_Key(each.owner, each.name.rpartition(".")[2]), []).append(each)

    def given(self, function: Function) -> tuple[Handed, ...]:
        """What the calls of a helper hand over, once each; none where no call hands over a double."""
        key = self._keys[function]
        handed = self._handed.get(key, [])
        if not any(isinstance(value, Double) for each in handed for value in each.values):
            return ()
        met = {each.call for each in handed}
        if len(handed) > _MOST or any(start not in met for start in self._named(key, function)):
            return (*handed[:_MOST], Handed("", "", ast.Call(ast.Name(""), [], []), -1, (), Environment()))
        return tuple(handed)

    def _named(self, key: _Key, function: Function) -> Iterator[int]:
        """Where the module names a helper: the end of the call, -1 where that is none."""
        for mention, _around in mentions(self._module, frozenset({key.name})):
            own = mention.receiver in ({"self", "cls", "super()", "?"} if key.owner else {""})
            if mention.how == "definition" or not own:
                continue
            yield mention.end if mention.how == "call" else -1


def _places_of(word: bytes, text: bytes) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def enter(handed: Handed, function: Function, start: Environment, walk: Walk) -> None:
    """What holds when a helper begins that is called so."""
    take(start, handed.around)
    names = [name for name in parameters(function) if name not in {"self", "cls"}]
    for name, value in _bound(handed, names):
        walk.give(name, value if isinstance(value, Double) else None, start)


def _bound(handed: Handed, names: Sequence[str]) -> Iterator[tuple[str, Value]]:
    node = handed.node
    if any(isinstance(each, ast.Starred) for each in node.args) or any(each.arg is None for each in node.keywords):
        return
    yield from zip(names, handed.values[: len(node.args)], strict=False)
    for keyword, value in zip(node.keywords, handed.values[len(node.args) :], strict=True):
        if keyword.arg is not None and keyword.arg in names:
            yield keyword.arg, value
