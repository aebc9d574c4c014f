"""What names and attributes hold while a function is followed: doubles with their members, on every path at once.

The rules of what a member is stem from `NonCallableMock._get_child_mock` and `AsyncMockMixin` in CPython's
`unittest/mock.py` (the same in 3.11 to 3.13): the members and the result of an AsyncMock without a spec are
AsyncMocks, those of a MagicMock are MagicMocks, and a spec decides otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from codemods.asyncmock_await.calls.facts import RESULT, Kind, Outside, Put
from codemods.asyncmock_await.calls.following.mock_attributes import is_own, is_special
from codemods.asyncmock_await.calls.module.effects import SIDE_EFFECT, UNKNOWN_EFFECT, SideEffect, raising, sooner

Address: TypeAlias = tuple[object, ...]
"""The identity of a double; those that mocks make by themselves have the address of their parent and a name more."""

_OBJECTS = frozenset({"call", "fixture", "self"})
"""How a function comes by objects that are no mocks."""

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


def _is_made(address: Address) -> bool:
    """Whether the function made an object itself, so that nobody else has it as long as it isn't handed on."""
    return bool(address) and isinstance(address[0], Root) and bool(address[0].at)


def is_unknown(value: Value, env: Environment) -> bool:
    """Whether something is an object of which the function knows nothing by itself, nor put a double into it."""
    return is_foreign(value) and not any(Double(address) == value for address, _name in env.put)


class Double(msgspec.Struct, frozen=True):
    """A mock, by its address.  `put` are the attributes of real objects through which it was reached."""

    address: Address
    put: tuple[Put, ...] = ()


class Coroutine(msgspec.Struct, frozen=True):
    """What a call of an AsyncMock gave, by the offset of the call."""

    call: int


@dataclass(frozen=True, slots=True)
class Patcher:
    """What a call of `patch`, or one of its forms, gives: its `start()` puts a double in place."""

    call: ast.Call
    form: str


Value: TypeAlias = Double | Coroutine | Patcher | SideEffect | None
"""None is anything else, or something that differs from path to path."""


class State(msgspec.Struct, frozen=True):
    """A double: what a call of it gives, what its members are unless set, and those that were set or used.

    Never changed: paths share it.  `inherits` is the class of `self` where a base class may have set up its members.
    `mixed`: it is an AsyncMock, or a member of one, on some of the paths that lead here, and something else on others.
    `spec` decides about the members that it makes from now on, where one was added later.
    `holds`: it is no double but a list or tuple of `items`, or a dict of `values`, which are its members.  `effect` is
    its `side_effect`, where that may raise.
    """

    kind: Kind
    children: Kind
    members: Mapping[str, Value] = {}
    inherits: str = ""
    spec: Root | None = None
    mixed: bool = False
    holds: Literal["", "items", "values"] = ""
    effect: SideEffect | None = None

    def having(self, name: str, value: Value) -> State:
        """The same with another member."""
        return replace(self, members={**self.members, name: value})


UNKNOWN = State("unknown", "unknown")
_FORGOTTEN = {kind: State(kind, "unknown", {RESULT: None}) for kind in ("async", "sync")}
MIXED = State("unknown", "unknown", mixed=True)


@dataclass(slots=True)
class Environment:
    """What all names hold at one point, and the state of all doubles there.

    `escaped` are doubles that something else than these names and members may hold (a list, another object, a closure):
    an attribute that is set on something unknown may be theirs.  `blurred` (name -> doubles) are attributes that were
    set so, on doubles whose members may not even exist yet.  `lent` are those among the escaped that only functions
    within this one read, none of which changes them.  `placed` is what patches have put into modules and classes, by
    the dotted names that lead there; it is replaced by another one, never changed.  `put` are doubles in attributes of
    real objects that this function made, while nobody else has these; `had` is what somebody else may have.
    """

    names: dict[str, Value] = field(default_factory=dict)
    states: dict[Address, State] = field(default_factory=dict)
    escaped: set[Address] = field(default_factory=set)
    blurred: dict[str, frozenset[Address]] = field(default_factory=dict)
    lent: set[Address] = field(default_factory=set)
    placed: dict[str, Value] = field(default_factory=dict)
    put: dict[tuple[Address, str], Double] = field(default_factory=dict)
    had: set[Address] = field(default_factory=set)

    def copy(self) -> Environment:
        """The same, to go on from here on another path."""
        copied = Environment(dict(self.names), dict(self.states), set(self.escaped), dict(self.blurred), set(self.lent))
        copied.placed, copied.put, copied.had = self.placed, dict(self.put), set(self.had)
        return copied

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
        if self.put and (there := self.put.get((double.address, name))) is not None:
            return there
        if name in state.members:
            return state.members[name]
        if (is_own(name) and not state.inherits) or self._is_blurred(double.address, name):
            return None
        if state.spec is not None and name != RESULT:
            child = Double(self.double((state.spec, name), "async").address, double.put)
        elif state.inherits:
            child = self.given(Root(Outside("self", name, state.inherits), (), foreign=True))
        elif state.children == "unknown" and not state.mixed:
            return None
        else:
            child = Double(self.double((*double.address, name), state.children).address, double.put)
            if state.mixed:
                self.states[child.address] = MIXED
        self.states[double.address] = state.having(name, child)
        if double.address in self.escaped:
            self.escaped.add(child.address)
        if double.address in self.lent:
            self.lent.add(child.address)
        return child

    def specify(self, double: Double, spec: Root) -> bool:
        """A double gets a spec, which doesn't change what it has made before; False where others may have made more."""
        state = self.states.get(double.address)
        if state is None or double.address in {SELF, *self.escaped}:
            return False
        self.states[double.address] = replace(state, children="unknown", spec=spec)
        self.states[spec,] = State("async", "async")
        return True

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
            effect, result = (state.effect, value) if name == "return_value" else (raising(value), None)
            self.states[double.address] = replace(state.having(RESULT, result), effect=effect)
        elif is_special(name):
            self.escape(value)
        elif double.address != SELF and (name.startswith("_") or is_own(name)):
            self.forget(double)
            self.states[double.address] = UNKNOWN
        else:
            self.states[double.address] = state.having(name, value)

    def put_into(self, holder: Value, name: str, value: Value) -> None:
        """An attribute of an object is set that others decide about; it is known until any code has that object."""
        root = holder.address[0] if isinstance(holder, Double) and len(holder.address) == 1 else None
        if not isinstance(holder, Double) or not isinstance(root, Root) or is_own(name) or name.startswith("__"):
            return
        if isinstance(value, Double) and root.outside.form in _OBJECTS and holder.address not in self.had:
            put = (*holder.put, *value.put, Put(root.outside, name))
            self.put[holder.address, name] = Double(value.address, put)

    def share(self, addresses: Iterable[Address]) -> None:
        """Somebody else may have some objects, so that nothing is certain any more of what is put into them."""
        self.had.update(addresses)
        self._take_out(lambda key: key[0] in self.had)

    def run(self, owner: Value) -> None:
        """Code of an object runs: what was put into that may have changed, and into those that a function is given."""
        at = owner.address[:1] if isinstance(owner, Double) else ()
        self._take_out(lambda key: key[0] == at or not _is_made(key[0]))

    def _take_out(self, which: Callable[[tuple[Address, str]], bool]) -> None:
        """What was put into some attributes is not certain any more."""
        for key in [each for each in self.put if which(each)]:
            del self.put[key]

    def escape(self, value: Value) -> None:
        """Something unknown may hold a double from now on."""
        if isinstance(value, Double):
            reached = self._reachable((value.address,))
            self.share(reached)
            self.escaped |= reached
            self.lent -= reached
            self._open(reached)

    def lend(self, value: Value) -> None:
        """Functions within this one read a double, and none of them changes it."""
        if isinstance(value, Double):
            reached = self._reachable((value.address,)) - self.escaped
            self.escaped |= reached
            self.lent |= reached
            self._open(reached)

    def open_shared(self, spared: Value = None) -> None:
        """The containers that others have, too, may have been changed, but for one."""
        self._open(each for each in self.escaped if spared != Double(each))

    def _open(self, addresses: Iterable[Address]) -> None:
        """Something unknown has the containers among these, and may change what they hold."""
        opened = [each for each in addresses if (state := self.states.get(each)) is not None and state.holds]
        self.states |= dict.fromkeys(opened, UNKNOWN)

    def holds(self, value: Value) -> str:
        """What a container holds; "" for anything else."""
        state = self.states.get(value.address) if isinstance(value, Double) else None
        return state.holds if state is not None else ""

    def forget(self, value: Value) -> None:
        """Nothing is certain any more of a double and whatever can be reached from it; of a container, its items."""
        if isinstance(value, Double) and self.holds(value):
            self.states[value.address] = UNKNOWN
        elif isinstance(value, Double):
            self._forget(self._reachable((value.address,)))

    def forget_self(self) -> None:
        """A method of the object itself has run.  It had the object before, so nobody has it now who had it not."""
        had = SELF in self.escaped
        self.forget(Double(SELF))
        if not had:
            self.escaped.discard(SELF)

    def forget_escaped(self, spared: Value = None) -> None:
        """Code that nobody knows has run: what it may hold may have changed, but for what `spared` belongs to.

        What is lent it can only have called, so that what a call of that gives may be another one.
        """
        self.placed = {}
        root = spared.address[:1] if isinstance(spared, Double) else None
        kept = {each for each in self.lent if RESULT not in each}
        self._forget({each for each in self._reachable(self.escaped - kept) if each[:1] != root})
        if kept:
            for address in kept & self.states.keys():
                self.states[address] = self.states[address].having(RESULT, None)
            self.blurred[RESULT] = self.blurred.get(RESULT, frozenset()) | kept

    def forget_all(self) -> None:
        """Nothing is certain any more."""
        self._forget(set(self.states))
        self.placed = {}
        self.names = dict.fromkeys(self.names)

    def blur(self, name: str) -> None:
        """An attribute of something unknown is set: it may be one of the doubles that have escaped."""
        self.displace(name)
        self._take_out(lambda key: key[1] == name)
        member = RESULT if name in {"return_value", "side_effect"} else name
        reached = self._reachable(self.escaped)
        for address in reached:
            state = self.states.get(address)
            if state is not None:
                self.states[address] = state.having(member, None)
        if reached:
            self.escaped |= reached
            self.blurred[member] = self.blurred.get(member, frozenset()) | reached

    def blur_effect(self, member: str, value: Value) -> None:
        """A `side_effect` is set on a member ("": or the whole) of something unknown: it may be an escaped double."""
        effect = raising(value)
        reached = self._reachable(self.escaped) if effect is not None else set()
        for address in reached:
            state = self.states.get(address)
            if state is not None and (not member or address[-1] == member):
                self.states[address] = replace(state, effect=sooner(state.effect, effect))
        if reached:
            key = f"{member} {SIDE_EFFECT}"
            self.blurred[key] = self.blurred.get(key, frozenset()) | reached

    def effect(self, double: Double) -> SideEffect | None:
        """The `side_effect` of a double, where that may raise."""
        state = self.states.get(double.address)
        member = str(double.address[-1]) if len(double.address) > 1 else ""
        keys = (f" {SIDE_EFFECT}", f"{member} {SIDE_EFFECT}") if self.blurred else ()
        if any(self._is_blurred(double.address, key) for key in keys):
            return UNKNOWN_EFFECT
        return state.effect if state is not None else None

    def count(self, double: Double, *, at_once: bool) -> None:
        """A call of a double takes the next item of its `side_effect`; `at_once`: nobody knows how many calls do."""
        state = self.states[double.address]
        if state.effect is not None:
            self.states[double.address] = replace(state, effect=state.effect.next(at_once=at_once))

    def renew(self, name: str) -> None:
        """An attribute of something unknown gets a mock of the same kind: it may be one of the doubles that escaped."""
        self.displace(name)
        self._take_out(lambda key: key[1] == name)
        for address in self._reachable(self.escaped):
            self.forget(self.member(Double(address), name))

    def displace(self, dotted: str) -> None:
        """What a patch has put in a place may not be there any more, whatever leads to that."""
        self.placed = {at: value for at, value in self.placed.items() if not f".{at}".endswith(f".{dotted}")}

    def _forget(self, addresses: set[Address]) -> None:
        self.escaped |= addresses
        self.lent -= addresses
        self.share(addresses)
        for address in addresses:
            if (state := self.states.get(address)) is not None:  # it stays what it is, whatever its members become
                self.states[address] = replace(_FORGOTTEN.get(state.kind, UNKNOWN), effect=state.effect)

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
