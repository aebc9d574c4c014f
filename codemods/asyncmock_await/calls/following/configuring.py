"""The calls that set members of doubles, or say what members these have."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from codemods.asyncmock_await.calls.facts import RESULT, Outside
from codemods.asyncmock_await.calls.following.creations import added_spec, attached, has_open_keywords, members_set
from codemods.asyncmock_await.calls.following.evaluation import Evaluation, arguments_of
from codemods.asyncmock_await.calls.following.values import (
    Double,
    Environment,
    Root,
    Value,
    from_outside,
    is_foreign,
    is_unknown,
)
from codemods.asyncmock_await.calls.module.effects import SIDE_EFFECT

_CONFIGURES = frozenset({"configure_mock", "mock_add_spec", "attach_mock"})


class Configuring(Evaluation):
    """Follows what the calls of a function set on doubles."""

    def _outcome(self, dotted: str, node: ast.expr, env: Environment) -> Value:
        """What a member of a double is set to; of a `side_effect` it matters what that does."""
        found = self.value(node, env, "handed on")
        if dotted.rpartition(".")[2] != SIDE_EFFECT:
            return found
        env.escape(found)
        return self.effect(node, found, env)

    def _set_at(self, double: Value, dotted: str, value: Value, env: Environment) -> None:
        """A member of a double is set, or one of its members (`load.return_value`)."""
        *names, last = dotted.split(".")
        for name in names:
            member = RESULT if name == "return_value" else name
            double = env.member(double, member) if isinstance(double, Double) else None
        self._set(double, last, value, env)

    def _owner(self, node: ast.Call, env: Environment) -> Value:
        """What a method is called on."""
        return self.known(node.func.value, env) if isinstance(node.func, ast.Attribute) else None

    def _configured(self, node: ast.Call, arguments: Sequence[Value], env: Environment) -> bool:
        """Whether a call configures a double (`m.configure_mock(close=...)`); then that is done."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in {*_CONFIGURES, "reset_mock"}:
            return False
        owner = self._owner(node, env)
        if node.func.attr == "reset_mock":
            return isinstance(owner, Double) and not node.args and not node.keywords
        if node.func.attr == "configure_mock" and not node.args and not has_open_keywords(node):
            for name, each in members_set(node):
                self._set_at(owner, name, self._outcome(name, each, env), env)
            return True
        if node.func.attr == "attach_mock" and (name := attached(node)):
            self._set(owner, name, arguments[0], env)
            return True
        if node.func.attr == "mock_add_spec" and self._adds_spec(node, owner, env):
            return True
        for argument in arguments_of(node):
            env.escape(self.known(argument, env))
        env.forget(owner)
        env.forget_escaped()
        return True

    def _adds_spec(self, node: ast.Call, owner: Value, env: Environment) -> bool:
        """Whether a call adds a spec to a double that nobody else has; then that is done."""
        name = spec_name(added_spec(node), env)
        if not name or not isinstance(owner, Double) or is_foreign(owner):
            return False
        root = Root(Outside("mock spec", name), (self._offset(node), *self._generation), foreign=False)
        return env.specify(owner, root)

    def _setattr(self, node: ast.Call, arguments: Sequence[Value], env: Environment) -> None:
        if node.args and isinstance(node.args[0], ast.Constant):  # `monkeypatch.setattr("package.module.name", ...)`
            env.displace(str(node.args[0].value).rpartition(".")[2])
            return
        owner = arguments[0] if arguments else None
        name = node.args[1] if len(node.args) > 1 else None
        value = arguments[2] if len(node.args) > 2 else None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            self._set(owner, name.value, value, env)
            return
        for argument in arguments:
            env.forget(argument)
        env.forget_escaped()


def spec_name(name: str, env: Environment) -> str:
    """A spec by names of the module: an object that the function itself has made is `Orders()`.

    "" for anything else that the function binds, and for an object of which some members were set.
    """
    first = re.split(r"\W", name)[0]
    if first not in env.names:
        return name
    held = env.names[first]
    if name != first or not isinstance(held, Double) or not is_unknown(held, env) or len(held.address) > 1:
        return ""
    found = from_outside(held.address)
    changed = any(held.address in among for among in env.blurred.values())
    made = found is not None and found[0].form == "call" and not found[0].owner and not changed
    return f"{found[0].name}()" if found is not None and made else ""
