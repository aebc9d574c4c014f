"""What names and attributes hold while a function is followed: doubles with their members, on every path at once.

The rules of what a member is stem from `NonCallableMock._get_child_mock` and `AsyncMockMixin` in CPython's
`unittest/mock.py` (the same in 3.11 to 3.13): the members and the result of an AsyncMock without a spec are
AsyncMocks, those of a MagicMock are MagicMocks, and a spec decides otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from codemods.asyncmock_await.calls.facts import RESULT, Kind, Outside
from codemods.asyncmock_await.calls.mock_attributes import is_own, is_special

Address: TypeAlias = tuple[object, ...]
"""The identity of a double; those that mocks make by themselves have the address of their parent and a name more."""

SELF: Address = ("self",)
"""The object that a test method belongs to: no mock, but its attributes hold some."""


class Root(NamedTuple):
    """The first part of the address of a double that comes from outside: it is taken for an AsyncMock.

    `at` is where the function makes it or asks for it.  `foreign`: the function gets it from elsewhere, so that others
    may hold it too, and it may be no mock at all.
    """

    outside: Outside
    at: tuple[int, ...]
    foreign: bool


def from_outside(address: Address) -> tuple[Outside, tuple[str, ...]] | None:
    """Where a double comes from, and the members that lead from there to it; None where the function made it."""
    if not address or not isinstance(address[0], Root):
        return None
    return address[0].outside, tuple(str(name) for name in address[1:])


def is_foreign(value: Value) -> bool:
    """Whether something is, or belongs to, an object of which the function knows nothing by itself."""
    return isinstance(value, Double) and isinstance(value.address[0], Root) and value.address[0].foreign


class Double(msgspec.Struct, frozen=True):
    """A mock, by its address."""

    address: Address


class Coroutine(msgspec.Struct, frozen=True):
    """What a call of an AsyncMock gave, by the offset of the call."""

    call: int


@dataclass(frozen=True, slots=True)
class Patcher:
    """What a call of `patch` or `patch.object` gives: its `start()` puts a double in place."""

    call: ast.Call
    form: str


Value: TypeAlias = Double | Coroutine | Patcher | None
"""None is anything else, or something that differs from path to path."""


class State(msgspec.Struct, frozen=True):
    """A double: what a call of it gives, what its members are unless set, and those that were set or used.

    Never changed: paths share it.  `inherits` is the class of `self` where a base class may have set up its members.
    `mixed`: it is an AsyncMock, or a member of one, on some of the paths that lead here, and something else on others.
    """

    kind: Kind
    children: Kind
    members: Mapping[str, Value] = {}
    inherits: str = ""
    mixed: bool = False

    def having(self, name: str, value: Value) -> State:
        """The same with another member."""
        return replace(self, members={**self.members, name: value})


_UNKNOWN = State("unknown", "unknown")
_FORGOTTEN = {kind: State(kind, "unknown", {RESULT: None}) for kind in ("async", "sync")}
_MIXED = State("unknown", "unknown", mixed=True)
_MET = "met"
"""The first part of the address of what is one of two doubles."""


@dataclass(slots=True)
class Environment:
    """What all names hold at one point, and the state of all doubles there.

    `escaped` are doubles that something else than these names and members may hold (a list, another object, a closure):
    an attribute that is set on something unknown may be theirs.  `blurred` (name -> doubles) are attributes that were
    set so, on doubles whose members may not even exist yet.
    """

    names: dict[str, Value] = field(default_factory=dict)
    states: dict[Address, State] = field(default_factory=dict)
    escaped: set[Address] = field(default_factory=set)
    blurred: dict[str, frozenset[Address]] = field(default_factory=dict)

    def copy(self) -> Environment:
        """The same, to go on from here on another path."""
        return Environment(dict(self.names), dict(self.states), set(self.escaped), dict(self.blurred))

    def take(self, other: Environment) -> None:
        """All that holds there holds here too, apart from names."""
        self.states |= other.states
        self.escaped |= other.escaped
        self.blurred = _either(self.blurred, other.blurred)

    def double(self, address: Address, kind: Kind, children: Kind | None = None) -> Double:
        """A new double."""
        self.states[address] = State(kind, kind if children is None else children)
        return Double(address)

    def given(self, root: Root) -> Double:
        """A double that comes from outside, with all members that an AsyncMock has."""
        double = self.double((root,), "async")
        if root.foreign:
            self.escaped.add(double.address)
        return double

    def member(self, double: Double, name: str) -> Value:
        """The member of a double, made by itself where nobody has set it."""
        state = self.states.get(double.address)
        if state is None or name.startswith("__"):
            return None
        if name in state.members:
            return state.members[name]
        if (is_own(name) and not state.inherits) or self._is_blurred(double.address, name):
            return None
        if state.inherits:
            child = self.given(Root(Outside("self", name, state.inherits), (), foreign=True))
        elif state.children == "unknown" and not state.mixed:
            return None
        else:
            child = self.double((*double.address, name), state.children)
            if state.mixed:
                self.states[child.address] = _MIXED
        self.states[double.address] = state.having(name, child)
        if double.address in self.escaped:
            self.escaped.add(child.address)
        return child

    def _is_blurred(self, address: Address, name: str) -> bool:
        among = self.blurred.get(name, ())
        return bool(among) and any(address[:size] in among for size in range(1, len(address) + 1))

    def kind(self, value: Value) -> Kind:
        """What a call of a value gives."""
        if not isinstance(value, Double):
            return "unknown"
        state = self.states.get(value.address)
        return "unknown" if state is None else state.kind

    def is_mixed(self, double: Double) -> bool:
        """Whether a value is an AsyncMock on some paths only."""
        state = self.states.get(double.address)
        return state is not None and state.mixed

    def set_member(self, double: Double, name: str, value: Value) -> None:
        """An attribute of a double is assigned."""
        state = self.states.get(double.address)
        if state is None:
            return
        if double.address in self.escaped:
            self.escape(value)
        if double.address != SELF and name in {"return_value", "side_effect"}:
            self.states[double.address] = state.having(RESULT, value if name == "return_value" else None)
        elif is_special(name):
            self.escape(value)
        elif double.address != SELF and (name.startswith("_") or is_own(name)):
            self.forget(double)
            self.states[double.address] = _UNKNOWN
        else:
            self.states[double.address] = state.having(name, value)

    def escape(self, value: Value) -> None:
        """Something unknown may hold a double from now on."""
        if isinstance(value, Double):
            self.escaped |= self._reachable((value.address,))

    def forget(self, value: Value) -> None:
        """Nothing is certain any more of a double and whatever can be reached from it."""
        if isinstance(value, Double):
            self._forget(self._reachable((value.address,)))

    def forget_self(self) -> None:
        """A method of the object itself has run.  It had the object before, so nobody has it now who had it not."""
        had = SELF in self.escaped
        self.forget(Double(SELF))
        if not had:
            self.escaped.discard(SELF)

    def forget_escaped(self, spared: Value = None) -> None:
        """Code that nobody knows has run: what it may hold may have changed, but for what `spared` belongs to."""
        root = spared.address[:1] if isinstance(spared, Double) else None
        self._forget({each for each in self._reachable(self.escaped) if each[:1] != root})

    def forget_all(self) -> None:
        """Nothing is certain any more."""
        self._forget(set(self.states))
        self.names = dict.fromkeys(self.names)

    def blur(self, name: str) -> None:
        """An attribute of something unknown is set: it may be one of the doubles that have escaped."""
        member = RESULT if name in {"return_value", "side_effect"} else name
        reached = self._reachable(self.escaped)
        for address in reached:
            state = self.states.get(address)
            if state is not None:
                self.states[address] = state.having(member, None)
        if reached:
            self.escaped |= reached
            self.blurred[member] = self.blurred.get(member, frozenset()) | reached

    def renew(self, name: str) -> None:
        """An attribute of something unknown gets a mock of the same kind: it may be one of the doubles that escaped."""
        for address in self._reachable(self.escaped):
            self.forget(self.member(Double(address), name))

    def _forget(self, addresses: set[Address]) -> None:
        self.escaped |= addresses
        for address in addresses:
            state = self.states.get(address)
            if state is not None:  # a double stays what it is, whatever becomes of its members
                self.states[address] = _FORGOTTEN.get(state.kind, _UNKNOWN)

    def _reachable(self, addresses: Iterable[Address]) -> set[Address]:
        """Some doubles, their members, and the members of those."""
        found: set[Address] = set()
        stack = list(addresses)
        while stack:
            at = stack.pop()
            if at in found:
                continue
            found.add(at)
            state = self.states.get(at)
            if state is not None:
                stack += [value.address for value in state.members.values() if isinstance(value, Double)]
        return found


def joined(one: Environment | None, other: Environment | None) -> Environment | None:
    """What is certain where two paths meet; None is a path that doesn't get there."""
    if one is None or other is None:
        return other.copy() if one is None and other is not None else one.copy() if one is not None else None
    after = Environment(escaped=one.escaped | other.escaped)
    after.blurred = dict(one.blurred) if one.blurred == other.blurred else _either(one.blurred, other.blurred)
    lost: list[Value] = []
    after.names = dict(one.names)
    for name in one.names.keys() | other.names.keys() if one.names != other.names else ():
        here, there = one.names.get(name), other.names.get(name)
        both = here != there and name in one.names and name in other.names
        merged = met((here, one), (there, other), after, name) if both else None
        after.names[name] = merged if merged is not None else _same(here, there, lost)
    after.states |= one.states
    for address, mine in one.states.items():
        theirs = other.states.get(address)
        if theirs is not mine:
            theirs = theirs or _state_in(other, address) or mine
            after.states[address] = _state(address, mine, theirs, lost) if theirs is not mine else mine
    for address in other.states.keys() - one.states.keys():
        theirs = other.states[address]
        after.states[address] = _state(address, _state_in(one, address) or theirs, theirs, lost)
    for value in lost:
        after.escape(value)
    return after


def met(one: tuple[Value, Environment], other: tuple[Value, Environment], after: Environment, name: str = "") -> Value:
    """What is one of two values, nobody knows which, if one of them is an AsyncMock that nothing else holds.

    It is an AsyncMock itself where both are, else one on some paths only.  None for any other two values.
    """
    states = [_own_state(value, env, name) for value, env in (one, other)]
    values = [value for value, _env in (one, other)]
    if not any(state is not None and state.kind == "async" for state in states):
        return None
    if any(state is None and isinstance(value, Double) for state, value in zip(states, values, strict=True)):
        return None
    first, second = values
    address = (_MET, *(value.address if isinstance(value, Double) else None for value in values))
    if isinstance(first, Double) and isinstance(second, Double):
        _meet((first.address, one[1]), (second.address, other[1]), after, address)
    else:
        after.states[address] = _MIXED
    return Double(address)


def _meet(
    one: tuple[Address, Environment], other: tuple[Address, Environment], after: Environment, at: Address
) -> None:
    """The state of what is one of two doubles, and those of its members."""
    states = [env.states[address] for address, env in (one, other)]
    first, second = states
    members: dict[str, Value] = {}
    for name in dict.fromkeys([*first.members, *second.members]):
        children = [_touched(address, env, name) for address, env in (one, other)]
        members[name] = None
        if None not in children:
            members[name] = Double((*at, name))
            for child, (address, env) in zip(children, (one, other), strict=True):
                env.states.setdefault((*address, name), child or _UNKNOWN)
            _meet(((*one[0], name), one[1]), ((*other[0], name), other[1]), after, (*at, name))
    same = first.kind == second.kind
    children_kind: Kind = first.children if first.children == second.children else "unknown"
    mixed = (not same and "async" in {first.kind, second.kind}) or first.mixed or second.mixed
    after.states[at] = State(first.kind if same else "unknown", children_kind, members, mixed=mixed)


def _touched(address: Address, env: Environment, name: str) -> State | None:
    """The state of a member that a double made by itself, or would make; None for any other."""
    state, at = env.states[address], (*address, name)
    if name not in state.members:
        return State(state.children, state.children, mixed=state.mixed)
    held = state.members[name]
    shared = at in env.escaped or any(value == held for value in env.names.values())
    return env.states.get(at) if held == Double(at) and not shared else None


def _own_state(value: Value, env: Environment, name: str) -> State | None:
    """The state of a double that was made here, and that nothing but a name holds."""
    if not isinstance(value, Double) or not value.address or value.address == SELF:
        return None
    if isinstance(value.address[0], Root) or RESULT in value.address or value.address in env.escaped:
        return None
    if any(held == value and each != name for each, held in env.names.items()):
        return None
    if any(value in state.members.values() for state in env.states.values()):
        return None
    return env.states.get(value.address)


def _either(one: dict[str, frozenset[Address]], other: dict[str, frozenset[Address]]) -> dict[str, frozenset[Address]]:
    none: frozenset[Address] = frozenset()
    return {name: one.get(name, none) | other.get(name, none) for name in {*one, *other}}


def _state_in(env: Environment, address: Address) -> State | None:
    """The state of a double on one path; a member that was not touched there is what it would be made as."""
    state = env.states.get(address)
    if state is not None or len(address) < 2 or not isinstance(address[-1], str):
        return state
    parent = _state_in(env, address[:-1])
    if parent is None or address[-1] in parent.members:
        return None
    return State(parent.children, parent.children)


def _same(one: Value, other: Value, lost: list[Value]) -> Value:
    if one == other:
        return one
    lost += (one, other)
    return None


def _state(address: Address, one: State, other: State, lost: list[Value]) -> State:
    kind: Kind = one.kind if one.kind == other.kind else "unknown"
    children: Kind = one.children if one.children == other.children else "unknown"
    members: dict[str, Value] = {}
    for name in {*one.members, *other.members}:
        mine, theirs = one.members.get(name), other.members.get(name)
        only = (mine or theirs) if name not in one.members or name not in other.members else None
        expected = (*address, name) if children != "unknown" else (_inherited(one, other, name),)
        made = isinstance(only, Double) and only.address == expected
        members[name] = only if made else _same(mine, theirs, lost)
    return State(kind, children, members, one.inherits if one.inherits == other.inherits else "")


def _inherited(one: State, other: State, name: str) -> Root | None:
    if not one.inherits or one.inherits != other.inherits:
        return None
    return Root(Outside("self", name, one.inherits), (), foreign=True)
