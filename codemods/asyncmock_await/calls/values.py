"""What names and attributes hold while a function is followed: doubles with their members, on every path at once.

The rules of what a member is stem from `NonCallableMock._get_child_mock` and `AsyncMockMixin` in CPython's
`unittest/mock.py` (the same in 3.11 to 3.13): the members and the result of an AsyncMock without a spec are
AsyncMocks, those of a MagicMock are MagicMocks, and a spec decides otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind = Literal["async", "sync", "unknown"]
"""What a call of a double gives: a coroutine, something else, or nobody knows."""

Address: TypeAlias = tuple[object, ...]
"""The identity of a double; those that mocks make by themselves have the address of their parent and a name more."""

SELF: Address = ("self",)
"""The object that a test method belongs to: no mock, but its attributes hold some."""

RESULT = "()"
"""The member of a double that a call of it gives (for an AsyncMock, what its coroutine gives)."""


@dataclass(frozen=True, slots=True)
class Double:
    """A mock, by its address."""

    address: Address


@dataclass(frozen=True, slots=True)
class Coroutine:
    """What a call of an AsyncMock gave, by the offset of the call."""

    call: int


Value: TypeAlias = Double | Coroutine | None
"""None is anything else, or something that differs from path to path."""


@dataclass(slots=True)
class State:
    """A double: what a call of it gives, what its members are unless set, and those that were set or used."""

    kind: Kind
    children: Kind
    members: dict[str, Value] = field(default_factory=dict)

    def copy(self) -> State:
        """The same, to go on from here on another path."""
        return State(self.kind, self.children, dict(self.members))


@dataclass(slots=True)
class Environment:
    """What all names hold at one point, and the state of all doubles there."""

    names: dict[str, Value] = field(default_factory=dict)
    states: dict[Address, State] = field(default_factory=dict)

    def copy(self) -> Environment:
        """The same, to go on from here on another path."""
        return Environment(dict(self.names), {address: state.copy() for address, state in self.states.items()})

    def double(self, address: Address, kind: Kind, children: Kind | None = None) -> Double:
        """A new double."""
        self.states[address] = State(kind, kind if children is None else children)
        return Double(address)

    def member(self, double: Double, name: str) -> Value:
        """The member of a double, made by itself where nobody has set it."""
        state = self.states.get(double.address)
        if state is None or name.startswith("__"):
            return None
        if name in state.members:
            return state.members[name]
        if state.children == "unknown" or _is_own(name):
            return None
        child = self.double((*double.address, name), state.children)
        state.members[name] = child
        return child

    def kind(self, value: Value) -> Kind:
        """What a call of a value gives."""
        if not isinstance(value, Double):
            return "unknown"
        state = self.states.get(value.address)
        return "unknown" if state is None else state.kind

    def set_member(self, double: Double, name: str, value: Value) -> None:
        """An attribute of a double is assigned."""
        state = self.states.get(double.address)
        if state is None:
            return
        if double.address == SELF:
            state.members[name] = value
        elif name == "return_value":
            state.members[RESULT] = value
        elif name == "side_effect":
            state.members[RESULT] = None
        elif name.startswith("_") or _is_own(name):
            self.forget(double)
        else:
            state.members[name] = value

    def forget(self, value: Value) -> None:
        """Nothing is certain any more of a double and its members."""
        if isinstance(value, Double):
            size = len(value.address)
            for address, state in self.states.items():
                if address[:size] == value.address:
                    state.kind = state.children = "unknown"
                    state.members = {}


def _is_own(name: str) -> bool:
    """Whether an attribute is part of what every mock has."""
    return name.startswith(("assert_", "_mock", "mock_", "call_", "await_")) or name in {
        "called", "configure_mock", "reset_mock", "attach_mock", "method_calls", "side_effect", "return_value",
    }  # fmt: skip


def joined(one: Environment | None, other: Environment | None) -> Environment | None:
    """What is certain where two paths meet; None is a path that doesn't get there."""
    if one is None or other is None:
        return other.copy() if one is None and other is not None else one.copy() if one is not None else None
    names = {name: _same(one.names.get(name), other.names.get(name)) for name in {*one.names, *other.names}}
    states = {
        address: _state(one.states.get(address), other.states.get(address)) for address in {*one.states, *other.states}
    }
    return Environment(names, states)


def _same(one: Value, other: Value) -> Value:
    return one if one == other else None


def _state(one: State | None, other: State | None) -> State:
    if one is None or other is None:
        present = one or other
        return present.copy() if present is not None else State("unknown", "unknown")
    kind: Kind = one.kind if one.kind == other.kind else "unknown"
    children: Kind = one.children if one.children == other.children else "unknown"
    members: dict[str, Value] = {}
    for name in {*one.members, *other.members}:
        if name in one.members and name in other.members:
            members[name] = _same(one.members[name], other.members[name])
        else:
            mine = one.members.get(name) or other.members.get(name)
            made = isinstance(mine, Double) and mine.address[-1:] == (name,)
            members[name] = mine if made else None
    return State(kind, children, members)
