"""What a function gives to others: a double with all that was set on it, as a record that outlives the function."""

from __future__ import annotations

from codemods.asyncmock_await.calls.facts import RESULT, Shape
from codemods.asyncmock_await.calls.following.values import SELF, Double, Environment, Value, from_outside

_DEEP = 4
"""So many members of members are written down; what is set further down is not certain for others."""


def shape_of(value: Value, env: Environment, left: int = _DEEP) -> Shape | None:
    """What a value is once the function that made it has ended, None where that isn't certain."""
    if not isinstance(value, Double) or value.address == SELF:
        return None
    state = env.states.get(value.address)
    if state is None or left == 0:
        return None
    if state.kind == state.children == "unknown":
        return None
    members: dict[str, Shape | None] = {}
    for name, member in state.members.items():
        made = isinstance(member, Double) and member.address == (*value.address, name)
        shape = shape_of(member, env, left - 1)
        if not made or shape is None or shape.members:
            members[name] = shape
    for (address, name), double in env.put.items():
        if address == value.address:
            members[name] = shape_of(double, env, left - 1)
    blurred = {name: None for name, among in env.blurred.items() if value.address in among}
    found, raises = from_outside(value.address), env.effect(value) is not None
    if found is None:
        return Shape(state.kind, state.children, {**blurred, **members}, raises=raises)
    return Shape(state.kind, state.children, {**blurred, **members}, *found, raises=raises)


def is_altered(value: Value, env: Environment) -> bool:
    """Whether a double that a function was given may be another one afterwards, but for what its calls give."""
    if not isinstance(value, Double):
        return True
    state = env.states.get(value.address)
    blurred = (name for name, among in env.blurred.items() if value.address in among)
    if state is None or {state.kind, state.children} != {"async"} or env.effect(value) is not None:
        return True
    if any(name != RESULT for name in blurred):
        return True
    return any(
        not isinstance(member, Double) or member.address != (*value.address, name) or is_altered(member, env)
        for name, member in state.members.items()
        if name != RESULT
    )
