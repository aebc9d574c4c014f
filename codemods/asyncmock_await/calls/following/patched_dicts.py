"""Dicts that `patch.dict` changes for a while: what it puts into them, and when that is certain no more.

It changes the dict where that is, and makes it what it was again at its end (`_patch_dict` in CPython's
`unittest/mock.py`, the same in 3.11 to 3.13).  So whoever has the dict sees the change, and others may have it: what is
known of it ends with the first thing that may change it.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from codemods.asyncmock_await.calls.following.containers import key_of
from codemods.asyncmock_await.calls.following.creations import keyword_value
from codemods.asyncmock_await.calls.following.values import Address, Double, Environment, State, Value
from codemods.toolkit.python.collect_names import dotted_name

_CHANGING = frozenset({"update", "clear", "pop", "popitem", "setdefault", "__setitem__", "__delitem__"})
_SAID = ("in_dict", "values", "clear")
"""The parameters of `patch.dict`; any other keyword is a key."""


class DictPatch(NamedTuple):
    """What a `patch.dict` says: the dict, its new items by the names of their keys, and what else it evaluates.

    `certain`: these are all that it sets.  `clears`: the dict may have no other items meanwhile.
    """

    target: ast.expr
    items: dict[str, ast.expr]
    others: tuple[ast.expr, ...]
    certain: bool
    clears: bool

    @property
    def path(self) -> str:
        """The path of the dict that a string names, "" where it is given itself."""
        return str(self.target.value) if isinstance(self.target, ast.Constant) else ""


def dict_patch(call: ast.Call) -> DictPatch | None:
    """What a call of `patch.dict` says; None where it doesn't say which dict it changes."""
    given = [keyword_value(call, name) for name in _SAID]
    given[: len(call.args)] = call.args[: len(_SAID)]
    target, values, clear = given
    if target is None or any(isinstance(each, ast.Starred) for each in call.args):
        return None
    items: dict[str, ast.expr] = {}
    others: list[ast.expr] = [] if clear is None else [clear]
    certain = all(keyword.arg is not None for keyword in call.keywords)
    if isinstance(values, ast.Dict):
        for key, value in zip(values.keys, values.values, strict=True):
            name = key_of(key) if key is not None else ""
            certain = certain and bool(name)
            items[name] = value
            others += [key] if key is not None else []
        others += [items.pop("")] if "" in items else []
    elif values is not None:
        certain = False
        others.append(values)
    for keyword in call.keywords:
        if keyword.arg is None:
            others.append(keyword.value)
        elif keyword.arg not in _SAID:
            items[f"[{keyword.arg!r}]"] = keyword.value
    keeps = clear is None or (isinstance(clear, ast.Constant) and not clear.value)
    return DictPatch(target, items, tuple(others), certain, not keeps)


def changed_dict(
    said: DictPatch, values: dict[str, Value], holder: Value, address: Address, env: Environment
) -> Double | None:
    """The dict with its new items, where all of them are certain; `holder` is the dict, if it is known."""
    known = env.states[holder.address] if isinstance(holder, Double) and env.holds(holder) == "values" else None
    for value in values.values():
        env.escape(value)
    if not said.certain or (isinstance(holder, Double) and known is None):
        env.forget(holder)
        return None
    before = known.members if known is not None and not said.clears else {}
    at = holder.address if isinstance(holder, Double) else address
    env.states[at] = State("unknown", "unknown", {**before, **values}, holds="values")
    env.escaped.add(at)
    return Double(at)


def may_change_dicts(call: ast.Call, env: Environment) -> bool:
    """Whether a call may change a dict that others have: by a method of dicts, or as it names a key of it."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in _CHANGING:
        return True
    states = (env.states.get(at) for at in env.escaped)
    keys = {name for state in states if state is not None and state.holds for name in state.members}
    return any(key_of(each) in keys for each in call.args)


def is_local(target: ast.expr, env: Environment) -> bool:
    """Whether a function finds a dict by a name that it binds."""
    return dotted_name(target).partition(".")[0] in env.names


class Before(NamedTuple):
    """What a dict was before a patch that ends with its `with`."""

    target: ast.expr
    holder: Value
    state: State | None
    shared: bool

    def put_back(self, env: Environment) -> None:
        """The dict is what it was, unless it is not certain any more what it is."""
        if isinstance(self.holder, Double) and self.state is not None:
            if env.holds(self.holder):
                env.states[self.holder.address] = self.state
            if not self.shared:
                env.escaped.discard(self.holder.address)
        elif isinstance(self.target, ast.Name) and self.target.id in env.names:
            env.names[self.target.id] = None


def before(target: ast.expr, holder: Value, env: Environment) -> Before | None:
    """What the dict of a `patch.dict` is before it; None where the function doesn't bind the name of it."""
    if not is_local(target, env):
        return None
    state = env.states.get(holder.address) if isinstance(holder, Double) else None
    return Before(target, holder, state, isinstance(holder, Double) and holder.address in env.escaped)
