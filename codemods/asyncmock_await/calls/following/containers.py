"""Dicts, lists and tuples that are written in a function and hold doubles: what their items are, by literal keys.

One is followed only as long as the function alone has it: whoever else gets it may change what it holds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from codemods.asyncmock_await.calls.following.values import SELF, Address, Double, Environment, State, Value

READING = frozenset({"copy", "count", "index", "items", "keys", "values"})
"""Methods of dicts and lists that leave these as they are, and give none of their items by itself."""

_CHANGES = (
    rb"self\.%s(?:\[[^\n]*\][ \t]*=(?!=)"  # an item is set
    rb"|[ \t]*[|+]=|\.(?!(?:copy|count|get|index|items|keys|values)\()\w+\()"
    rb"|[=(,][ \t]*self\.%s\b(?![.\[])"  # something else gets it
)
_GIVING = frozenset({"get", "pop"})
_MOST = 8
"""Of more items not each is looked at."""


def key_of(index: ast.expr) -> str:
    """The name under which a container has the item with a literal key; "" for any other key.

    Keys that are equal (`1`, `True`) are told apart by no one else, so that only whole numbers and strings count.
    """
    negative = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)
    node = index.operand if isinstance(index, ast.UnaryOp) else index
    if not isinstance(node, ast.Constant) or type(node.value) not in ({int} if negative else {int, str}):
        return ""
    return f"[{'-' if negative else ''}{node.value!r}]"


def called_as(node: ast.expr) -> str:
    """What is called, as it is told: names with their attributes and literal items."""
    at = node
    while isinstance(at, ast.Attribute) or (isinstance(at, ast.Subscript) and key_of(at.slice)):
        at = at.value
    return ast.unparse(node) if isinstance(at, ast.Name) else "the result of a call"


def container(
    node: ast.List | ast.Tuple | ast.Dict, values: Mapping[int, Value], address: Address, env: Environment
) -> Double | None:
    """The container that an expression makes; `values` are those of the expressions in it, by their `id`.

    None where not all of its keys are literals, or where not each of its items is written.
    """
    items: dict[str, Value] = {}
    if isinstance(node, ast.Dict):
        names = [key_of(key) if key is not None else "" for key in node.keys]
        if "" in names:
            return None
        items |= {name: values.get(id(each)) for name, each in zip(names, node.values, strict=True)}
    else:
        if any(isinstance(each, ast.Starred) for each in node.elts):
            return None
        for at, each in enumerate(node.elts):
            items[f"[{at}]"] = items[f"[{at - len(node.elts)}]"] = values.get(id(each))
    env.states[address] = State("unknown", "unknown", items, holds="values" if isinstance(node, ast.Dict) else "items")
    return Double(address)


def dict_of(values: Mapping[str, Value], address: Address, env: Environment) -> Double:
    """A dict that holds some values by strings; of any other key nothing is known."""
    items = {f"[{name!r}]": value for name, value in values.items()}
    env.states[address] = State("unknown", "unknown", items, holds="values")
    return Double(address)


def item(holder: Value, index: ast.expr, env: Environment) -> Value:
    """The item of a container with a literal key."""
    name = key_of(index)
    return env.member(holder, name) if name and isinstance(holder, Double) and env.holds(holder) else None


def set_item(holder: Value, index: ast.expr, value: Value, env: Environment) -> None:
    """An item of something is assigned."""
    name = key_of(index)
    if name and isinstance(holder, Double) and env.holds(holder) == "values":
        env.states[holder.address] = env.states[holder.address].having(name, value)
    else:
        env.forget(holder)
    env.escape(value)


def called(node: ast.Call, holder: Value, env: Environment) -> tuple[bool, Value]:
    """Whether a call is that of a method of a container, and what it gives."""
    if not isinstance(holder, Double) or not isinstance(node.func, ast.Attribute) or not env.holds(holder):
        return False, None
    method = node.func.attr
    given = item(holder, node.args[0], env) if method in _GIVING and node.args else None
    if method not in {*READING, "get"}:
        env.forget(holder)
    return True, given


def kept(env: Environment, text: bytes) -> Environment:
    """What a set-up leaves behind; of containers that `self` holds, those that nothing in the module may change."""
    state = env.states.get(SELF)
    for name, value in state.members.items() if state is not None else ():
        if env.holds(value) and re.search(_CHANGES % (name.encode(), name.encode()), text):
            env.forget(value)
    return env


def items_of(holder: Value, env: Environment) -> Sequence[Value] | None:
    """The items of a list or tuple, the values of a dict; None for anything else, or where these are many."""
    if not isinstance(holder, Double) or not env.holds(holder):
        return None
    members = env.states[holder.address].members
    names = list(members)[::2] if env.holds(holder) == "items" else list(members)
    return [members[name] for name in names] if len(names) <= _MOST else None
