"""What is certain where two paths through a function meet."""

from __future__ import annotations

from codemods.asyncmock_await.calls.facts import RESULT, Kind, Outside
from codemods.asyncmock_await.calls.following.values import (
    MIXED,
    SELF,
    UNKNOWN,
    Address,
    Double,
    Environment,
    Root,
    State,
    Value,
)
from codemods.asyncmock_await.calls.module.effects import sooner

_MET = "met"
"""The first part of the address of what is one of two doubles."""


def take(env: Environment, other: Environment) -> None:
    """All that holds there holds here too, apart from names."""
    env.states |= other.states
    env.lent = _lent_by_both(env, other)
    env.escaped |= other.escaped
    env.blurred = _either(env.blurred, other.blurred)
    env.put |= other.put
    env.had |= other.had


def joined(one: Environment | None, other: Environment | None) -> Environment | None:
    """What is certain where two paths meet; None is a path that doesn't get there."""
    if one is None or other is None:
        return other.copy() if one is None and other is not None else one.copy() if one is not None else None
    after = Environment(escaped=one.escaped | other.escaped, lent=_lent_by_both(one, other))
    after.placed = {at: value for at, value in one.placed.items() if other.placed.get(at) == value}
    after.blurred = dict(one.blurred) if one.blurred == other.blurred else _either(one.blurred, other.blurred)
    after.put = {key: double for key, double in one.put.items() if other.put.get(key) == double}
    after.had = one.had | other.had
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
        after.states[address] = MIXED
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
                env.states.setdefault((*address, name), child or UNKNOWN)
            _meet(((*one[0], name), one[1]), ((*other[0], name), other[1]), after, (*at, name))
    same = first.kind == second.kind
    children_kind: Kind = first.children if first.children == second.children else "unknown"
    mixed = (not same and "async" in {first.kind, second.kind}) or first.mixed or second.mixed
    effect = sooner(first.effect, second.effect)
    after.states[at] = State(first.kind if same else "unknown", children_kind, members, mixed=mixed, effect=effect)


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
    spec = one.spec if one.spec == other.spec else None
    members: dict[str, Value] = {}
    for name in {*one.members, *other.members}:
        mine, theirs = one.members.get(name), other.members.get(name)
        only = (mine or theirs) if name not in one.members or name not in other.members else None
        expected: Address = (*address, name) if children != "unknown" else (_inherited(one, other, name),)
        expected = (spec, name) if spec is not None else expected
        made = isinstance(only, Double) and only.address == expected
        members[name] = only if made else _same(mine, theirs, lost)
    inherits = one.inherits if one.inherits == other.inherits else ""
    holds = one.holds if one.holds == other.holds else ""
    return State(kind, children, members, inherits, spec, holds=holds, effect=sooner(one.effect, other.effect))


def _inherited(one: State, other: State, name: str) -> Root | None:
    if not one.inherits or one.inherits != other.inherits:
        return None
    return Root(Outside("self", name, one.inherits), (), foreign=True)


def _either(one: dict[str, frozenset[Address]], other: dict[str, frozenset[Address]]) -> dict[str, frozenset[Address]]:
    """The attributes that were set on something unknown on one path or the other."""
    none: frozenset[Address] = frozenset()
    return {name: one.get(name, none) | other.get(name, none) for name in {*one, *other}}


def _lent_by_both(one: Environment, other: Environment) -> set[Address]:
    """What is lent on both paths, and has not escaped in another way on either."""
    if not one.lent and not other.lent:
        return set()
    return (one.lent | other.lent) - (one.escaped - one.lent) - (other.escaped - other.lent)
