"""What the parts of an evaluation share: what was seen, what names and attributes hold, what is known of a name."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from codemods.asyncmock_await.calls.facts import RESULT, Kind, Outside, Put
from codemods.asyncmock_await.calls.following.containers import item, items_of, set_item
from codemods.asyncmock_await.calls.following.creations import of_mocker
from codemods.asyncmock_await.calls.following.values import (
    SELF,
    Address,
    Coroutine,
    Double,
    Environment,
    Root,
    Value,
    is_foreign,
)
from codemods.asyncmock_await.calls.module.effects import HARMLESS, SIDE_EFFECT, SideEffect, effect_of
from codemods.asyncmock_await.calls.module.forms import Deliberate, Use
from codemods.asyncmock_await.calls.module.handed import Surroundings
from codemods.asyncmock_await.calls.module.scan import Inside, root_name
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name

OffsetOf = Callable[[ast.expr], int]


@dataclass(slots=True)
class Seen:
    """A call that was met, with all that was seen of it on the paths that lead there.

    `closed`: it stands in a lambda or generator expression.  `of_result`: it is a method of what another call gave.
    `outside` is where the double comes from on each of the paths, None where the function made it, `addresses` are
    those of what is called, `put` the attributes of real objects that lead there.  `unset`: what the call gives was not
    set on any of them.  `guarded`: it stands in a `try`, which may expect it to fail.  `late`: a test had the double
    before, as it stands behind the `yield` of a fixture.  `shared`: on some path it is found in a module, or in
    something else that the function doesn't bind.
    `raises`: its `side_effect` may raise, which nothing around it expects.
    """

    node: ast.Call
    kinds: set[Kind]
    uses: set[Use]
    closed: bool
    of_result: bool = False
    outside: set[tuple[Outside, tuple[str, ...]] | None] = field(default_factory=set)
    unset: bool = True
    guarded: bool = False
    late: bool = False
    raises: bool = False
    addresses: set[Address] = field(default_factory=set)
    shared: bool = False
    put: set[Put] = field(default_factory=set)


@dataclass(slots=True)
class Asserted:
    """An assertion about calls of a double, with the kinds and addresses of the double on the paths that lead there."""

    node: ast.Attribute
    kinds: set[Kind] = field(default_factory=set)
    addresses: set[Address] = field(default_factory=set)


class Handed(NamedTuple):
    """A call of a helper that may lose what it is given, with the values of its arguments and all that holds there.

    `owner` is the class around the call, `name` is what is called as written, `call` the offset of the call.
    """

    owner: str
    name: str
    node: ast.Call
    call: int
    values: tuple[Value, ...]
    around: Environment


class Evaluation(ABC):
    """The state in which the expressions of one function are evaluated.

    `calls` are the calls of doubles that it met, by offset, `named` those of names that may lead to functions of the
    project, `handed` those of helpers that get doubles, `awaits` each `await` by that of the call behind it,
    `asserted` the assertions, `called` the addresses of doubles whose calls are awaited or lost; `kept` those whose
    result goes to a name, `loads` what is done with each name wherever it is read, `bound` the values of those names
    that functions within this one read.  `asks`: the function finds out itself what a call gives.  `owner` is the class
    around the function, `of_fixture` whether it is a fixture; `not_asked` are the names that are
    no fixtures, as they are parametrised, where it asks for fixtures by their names.
    """

    def __init__(
        self, mocks: MockNames, around: Surroundings, within: Inside, offset: OffsetOf, *, asks: bool, owner: str = ""
    ) -> None:
        self.owner = owner
        self.of_fixture = False
        self.not_asked: str | None = None
        self._late = False
        self._mocks = mocks
        self._around = around
        self._within = within
        self._offset = offset
        self.asks = asks
        self._deliberate: Deliberate = ""
        self._generation: tuple[int, ...] = ()
        self._depth = 0
        self._patchers = False
        self._patches_unseen = False
        self._public = False
        self._dicts = False
        self._outcomes: dict[int, Value] = {}
        self._awaited: set[Address] = set()
        self._others: set[int] = set()
        self._guarded = False
        self._expected: frozenset[str] = frozenset()
        self._among: list[int] = []
        self.calls: dict[int, Seen] = {}
        self.named: dict[int, Seen] = {}
        self.handed: list[Handed] = []
        self.awaits: dict[int, ast.Await] = {}
        self.asserted: dict[int, Asserted] = {}
        self.called: set[Address] = set()
        self.kept: dict[int, str] = {}
        self.bound: dict[str, set[Value]] = {}
        self.loads: dict[str, set[Use]] = {}

    @abstractmethod
    def value(self, node: ast.expr, env: Environment, use: Use) -> Value:
        """What an expression gives; `use` is what is done with it."""

    def _is_library(self, name: str, env: Environment) -> bool:
        """Whether a dotted name that is one of the mock library's has no other meaning in this function."""
        return name.partition(".")[0] not in env.names or bool(of_mocker(name))

    def known(self, node: ast.expr, env: Environment) -> Value:
        """What a name or a chain of attributes holds, without another look at what is called on the way."""
        match node:
            case ast.Name(id=name):
                return env.names[name] if name in env.names else env.placed.get(name)
            case ast.Attribute(value=owner, attr=attribute):
                holder = self.known(owner, env)
                if not isinstance(holder, Double):
                    return self._placed(node, env)
                return env.member(holder, RESULT if attribute == "return_value" else attribute)
            case ast.Subscript(value=owner, slice=index):
                return item(self.known(owner, env), index, env)
        return None

    @staticmethod
    def _placed(node: ast.expr, env: Environment) -> Value:
        """What a patch has put in the place that a dotted name leads to."""
        return env.placed.get(dotted_name(node)) if env.placed and root_name(node) not in env.names else None

    def _lost(self, values: Iterable[Value], env: Environment) -> Value:
        """An expression gives one of some values, nobody knows which."""
        for value in values:
            env.escape(value)
        return None

    def _parts(self, node: ast.AST, env: Environment, use: Use) -> None:
        """The parts of an expression that gives something else than one of them."""
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                env.escape(self.value(part, env, use))
            elif isinstance(part, (ast.keyword, ast.comprehension, ast.arguments)):
                self._parts(part, env, use)

    def bind(self, target: ast.expr, value: Value, env: Environment) -> None:
        """A target of an assignment gets a value, None being one that is not known."""
        match target:
            case ast.Name(id=name):
                call = value.call if isinstance(value, Coroutine) else _call_that_gave(value)
                self.kept.setdefault(call, name)  # a second name is a use of the first one
                self.give(name, value, env)
            case ast.Attribute(value=owner, attr=attribute):
                self._public = self._public or root_name(owner) not in env.names
                holder = self.value(owner, env, "taken apart")
                self._set(holder, attribute, value, env)
                if attribute == SIDE_EFFECT and not self._is_own(holder):
                    env.blur_effect(owner.attr if isinstance(owner, ast.Attribute) else "", value)
            case ast.Subscript(value=owner, slice=index):
                holder = self.value(owner, env, "taken apart")
                set_item(holder, index, value, env)
                if self._dicts and not isinstance(holder, Double):
                    env.open_shared()
                self._public = self._public or dotted_name(owner).partition(".")[0] not in env.names
                self.value(index, env, "handed on")
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                items = items_of(value, env) if env.holds(value) == "items" else None
                known = items is not None and len(items) == len(parts) and not any(map(_is_starred, parts))
                env.escape(value)
                for at, part in enumerate(parts):
                    self.bind(part, items[at] if items is not None and known else None, env)
            case ast.Starred(value=inner):
                self.bind(inner, None, env)

    def effect(self, node: ast.expr, found: Value, env: Environment) -> SideEffect:
        """What an expression does as a `side_effect`, where `found` is what it gives: a double may have one itself."""
        if self._is_own(found) and isinstance(found, Double):
            effect = env.effect(found)
            return effect if effect is not None else HARMLESS
        return effect_of(node, env.names, partial(self._around.side_effect, self.owner))

    def give(self, name: str, value: Value, env: Environment) -> None:
        """A name gets a value.  What functions within this one may change is not certain; what they read is shared."""
        if name in self._within.changed:
            env.forget(value)
            value = None
        elif name in self._within.read:
            self.bound.setdefault(name, set()).add(value)
            if name in self._within.given or is_foreign(value) or value == Double(SELF):
                env.escape(value)
            else:
                env.lend(value)
        env.names[name] = value

    def _set(self, holder: Value, attribute: str, value: Value, env: Environment) -> None:
        if isinstance(holder, Double) and not is_foreign(holder):
            env.set_member(holder, attribute, value)
        else:
            env.escape(value)
            env.blur(attribute)
            env.put_into(holder, attribute, value)

    @staticmethod
    def _is_own(value: Value) -> bool:
        """Whether something is surely a double."""
        return isinstance(value, Double) and not is_foreign(value)


def _is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)


def _call_that_gave(value: Value) -> int:
    """The call of a function of the project that gave a value, -1 for anything else."""
    root = value.address[0] if isinstance(value, Double) and len(value.address) == 1 else None
    return root.at[0] if isinstance(root, Root) and root.outside.form == "call" else -1


def arguments_of(node: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call, those with a keyword last."""
    yield from node.args
    for keyword in node.keywords:
        yield keyword.value
