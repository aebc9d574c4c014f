"""One function, followed statement by statement: which calls make coroutines, and what becomes of these."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from codemods.asyncmock_await.calls.creations import (
    configured_members,
    created_kind,
    has_spec,
    keyword_value,
    new_value,
    patch_form,
    patched_kind,
)
from codemods.asyncmock_await.calls.forms import Use, of_coroutine, reads
from codemods.asyncmock_await.calls.values import RESULT, Address, Coroutine, Double, Environment, Kind, Value, joined
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.targets import stored_names

_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SETTERS = frozenset({"setattr", "delattr", "monkeypatch.setattr", "monkeypatch.delattr"})
_PASSES = 3
"""A loop is followed so often: what differs from round to round is not certain afterwards."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of the module: whether it changes attributes of its parameters (or hands them on)."""

    changes: bool


@dataclass(slots=True)
class Seen:
    """A call that was met, with all that was seen of it on the paths that lead there.

    `closed`: it stands in a lambda or comprehension.  `of_result`: it is a method of what another call gave.
    """

    node: ast.Call
    kinds: set[Kind]
    uses: set[Use]
    closed: bool
    of_result: bool = False


OffsetOf = Callable[[ast.expr], int]


class Walk:
    """Follows one function.

    `calls` are the calls of doubles that it met, by offset; `kept` those whose result goes to a name, `loads` what is
    done with each name wherever it is read.  `references` are calls of names that the function doesn't bind.
    `results` is what it returns, each with all that holds there.
    """

    def __init__(
        self, mocks: MockNames, helpers: Mapping[str, Helper], tainted: Collection[str], offset: OffsetOf
    ) -> None:
        self._mocks = mocks
        self._helpers = helpers
        self._tainted = tainted
        self._offset = offset
        self._generation: tuple[int, ...] = ()
        self._observers: list[Environment | None] = []
        self._depth = 0
        self._asked = False
        self._outcomes: dict[int, Value] = {}
        self._awaited: set[Address] = set()
        self._others: set[int] = set()
        self.calls: dict[int, Seen] = {}
        self.kept: dict[int, str] = {}
        self.loads: dict[str, set[Use]] = {}
        self.references: dict[int, tuple[ast.Call, Use, bool]] = {}
        self.results: list[tuple[Value, Environment]] = []

    # -- statements

    def block(self, body: Sequence[ast.stmt], env: Environment | None) -> Environment | None:
        """What holds behind some statements; None where nothing gets there."""
        for statement in body:
            if env is None:
                return None
            env = self.statement(statement, env)
            if env is not None and self._observers:
                self._observers[-1] = joined(self._observers[-1], env)
        return env

    def statement(self, node: ast.stmt, env: Environment) -> Environment | None:
        """What holds behind one statement."""
        match node:
            case ast.Expr(value=value):
                self.value(value, env, "statement")
            case ast.Assign(targets=targets, value=value):
                self._assign(targets, value, env)
            case ast.AnnAssign():
                if node.value is not None:
                    self._assign([node.target], node.value, env)
            case ast.AugAssign():
                self.value(node.value, env, "handed on")
                self._bind(node.target, None, env)
            case ast.Return(value=value):
                self.results.append((self.value(value, env, "handed on"), env) if value else (None, env))
                return None
            case ast.Raise() | ast.Break() | ast.Continue():
                self._parts(node, env, "handed on")
                return None
            case ast.Assert(test=test, msg=message):
                self.value(test, env, "value")
                if message is not None:
                    self.value(message, env, "value")
            case ast.Delete(targets=targets):
                for target in targets:
                    self._bind(target, None, env)
            case ast.If(test=test, body=body, orelse=orelse):
                self.value(test, env, "value")
                around, self._asked = self._asked, self._asked or _asks_for_coroutines(test)
                after = joined(self.block(body, env.copy()), self.block(orelse, env.copy()))
                self._asked = around
                return after
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, env)
            case ast.Try() | ast.TryStar():
                return self._try(node, env)
            case ast.With() | ast.AsyncWith():
                return self._with(node, env)
            case ast.Match(subject=subject, cases=cases):
                self.value(subject, env, "handed on")
                left: Environment | None = env.copy()
                for case in cases:
                    left = joined(left, self.block(case.body, self._unbound(case.pattern, env.copy())))
                return left
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                for decorator in node.decorator_list:
                    self.value(decorator, env, "handed on")
                env.names[node.name] = None
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                env.names.update(dict.fromkeys(names))
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                env.names.update({(each.asname or each.name).partition(".")[0]: None for each in aliases})
            case _:
                self._parts(node, env, "handed on")
        return env

    def _unbound(self, pattern: ast.AST, env: Environment) -> Environment:
        for part in ast.walk(pattern):
            for name in (getattr(part, "name", None), getattr(part, "rest", None)):
                if isinstance(name, str):
                    env.names[name] = None
        return env

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, env: Environment) -> Environment | None:
        around = self._generation
        after: Environment | None = env
        for number in range(_PASSES):
            start = after.copy() if after is not None else env.copy()
            self._generation = (*around, number)
            if isinstance(node, ast.While):
                self.value(node.test, start, "value")
            else:
                self.value(node.iter, start, "handed on")
                self._bind(node.target, None, start)
            self._observers.append(start.copy())
            self.block(node.body, start)
            after = joined(after, self._observed())
        self._generation = around
        return joined(after, self.block(node.orelse, after.copy() if after is not None else None))

    def _observed(self) -> Environment | None:
        """What may hold wherever the statements since the last observer may have been left."""
        seen = self._observers.pop()
        if self._observers:
            self._observers[-1] = joined(self._observers[-1], seen)
        return seen

    def _try(self, node: ast.Try | ast.TryStar, env: Environment) -> Environment | None:
        self._observers.append(env.copy())
        end = self.block(node.body, env.copy())
        raised = self._observed()
        end = self.block(node.orelse, end)
        ends = [end]
        for handler in node.handlers:
            start = raised.copy() if raised is not None else None
            if start is not None and handler.name:
                start.names[handler.name] = None
            ends.append(self.block(handler.body, start))
        after: Environment | None = None
        for each in ends:
            after = joined(after, each)
        if node.finalbody:
            self.block(node.finalbody, joined(raised, after))
            return self.block(node.finalbody, after)
        return after

    def _with(self, node: ast.With | ast.AsyncWith, env: Environment) -> Environment | None:
        restored: list[tuple[Double, str]] = []
        swallows = False
        for item in node.items:
            made, patched = self._entered(item.context_expr, env)
            swallows = swallows or not patch_form(item.context_expr, self._mocks)
            if patched is not None:
                restored.append(patched)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, made, env)
        self._observers.append(env.copy())
        end = self.block(node.body, env)
        seen = self._observed()
        after = joined(end, seen) if swallows else end
        for double, name in restored:
            if after is not None:
                after.set_member(double, name, None)
        return after

    def _entered(self, node: ast.expr, env: Environment) -> tuple[Value, tuple[Double, str] | None]:
        """What a `with` gives to its `as`, and the member of a double that it replaces until it ends."""
        form = patch_form(node, self._mocks)
        if not form or not isinstance(node, ast.Call):
            self.value(node, env, "handed on")
            return None, None
        self._parts(node, env, "handed on")
        made = self.patched(node, form, env)
        if form == "patch.object" and len(node.args) > 1:
            owner, name = self.value(node.args[0], env, "value"), node.args[1]
            if isinstance(owner, Double):
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    env.set_member(owner, name.value, made)
                    return made, (owner, name.value)
                env.forget(owner)
        return made, None

    def patched(self, node: ast.Call, form: str, env: Environment) -> Value:
        """The double that a patch puts in place."""
        new = new_value(node, form)
        if new is not None:
            return self.value(new, env, "handed on")
        if any(each.arg in {"spec", "spec_set", "autospec", "wraps", None} for each in node.keywords):
            return None
        kind = patched_kind(node, self._mocks)
        return None if kind == "unknown" else env.double((self._offset(node), *self._generation), kind)

    # -- assignments

    def _assign(self, targets: Sequence[ast.expr], value: ast.expr, env: Environment) -> None:
        single = len(targets) == 1 and isinstance(targets[0], ast.Name)
        found = self.value(value, env, "kept in a name" if single else "handed on")
        for target in targets:
            self._bind(target, found, env)

    def _bind(self, target: ast.expr, value: Value, env: Environment) -> None:
        match target:
            case ast.Name(id=name):
                if isinstance(value, Coroutine):
                    self.kept[value.call] = name
                if name in self._tainted:
                    env.forget(value)
                    value = None
                env.names[name] = value
            case ast.Attribute(value=owner, attr=attribute):
                holder = self.value(owner, env, "value")
                if isinstance(holder, Double):
                    env.set_member(holder, attribute, value)
            case ast.Subscript(value=owner, slice=index):
                env.forget(self.value(owner, env, "value"))
                self.value(index, env, "handed on")
            case _:
                for name in stored_names(target):
                    env.names[name] = None

    # -- expressions

    def value(self, node: ast.expr, env: Environment, use: Use) -> Value:
        """What an expression gives; `use` is what is done with it."""
        match node:
            case ast.Name(id=name):
                self.loads.setdefault(name, set()).add("handed on" if self._depth else use)
                return env.names.get(name)
            case ast.Attribute(value=owner, attr=attribute):
                holder = self.value(owner, env, "handed on" if of_coroutine(node) else "taken apart")
                if isinstance(holder, Coroutine) and not of_coroutine(node):
                    holder = self._outcomes.get(holder.call)
                if not isinstance(holder, Double):
                    return None
                if attribute in {"__dict__", "__class__"}:
                    env.forget(holder)
                return env.member(holder, RESULT if attribute == "return_value" else attribute)
            case ast.Call():
                return self._call(node, env, use)
            case ast.Await(value=inner):
                found = self.value(inner, env, "await")
                result = self._outcomes.get(found.call) if isinstance(found, Coroutine) else None
                if isinstance(result, Double):
                    self._awaited.add(result.address)
                return result
            case ast.NamedExpr(target=target, value=inner):
                found = self.value(inner, env, "handed on")
                self._bind(target, found, env)
                return found
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.value(test, env, "value")
                one, other = self.value(body, env, _inner(use)), self.value(orelse, env, _inner(use))
                return one if one == other else None
            case ast.BoolOp(values=values):
                for each in values:
                    self.value(each, env, _inner(use))
                return None
            case ast.Compare(left=left, comparators=others):
                for each in (left, *others):
                    self.value(each, env, "value")
                return None
            case ast.UnaryOp(operand=operand):
                self.value(operand, env, "value")
                return None
            case ast.BinOp(left=left, right=right):
                self.value(left, env, "value")
                self.value(right, env, "value")
                return None
            case ast.FormattedValue(value=inner) | ast.Subscript(value=inner):
                self.value(inner, env, "taken apart" if isinstance(node, ast.Subscript) else "value")
                if isinstance(node, ast.Subscript):
                    self.value(node.slice, env, "value")
                return None
            case _ if isinstance(node, _SCOPES):
                self._closed(node, env)
                return None
        self._parts(node, env, "value" if isinstance(node, ast.JoinedStr) else "handed on")
        return None

    def _known(self, node: ast.expr, env: Environment) -> Value:
        """What a name or a chain of attributes holds, without another look at what is called on the way."""
        match node:
            case ast.Name(id=name):
                return env.names.get(name)
            case ast.Attribute(value=owner, attr=attribute):
                holder = self._known(owner, env)
                if not isinstance(holder, Double):
                    return None
                return env.member(holder, RESULT if attribute == "return_value" else attribute)
        return None

    def _closed(self, node: ast.expr, env: Environment) -> None:
        """A lambda or a comprehension: it may run later, or not at all, and an `await` may be no option."""
        inner = env.copy()
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                inner.names[part.id] = None
            elif isinstance(part, ast.arg):
                inner.names[part.arg] = None
        if isinstance(node, ast.Lambda):  # what names hold when it is called, nobody knows here
            inner = Environment()
        self._depth += 1
        self._parts(node, inner, "handed on")
        self._depth -= 1

    def _parts(self, node: ast.AST, env: Environment, use: Use) -> None:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.value(part, env, use)
            elif isinstance(part, (ast.keyword, ast.comprehension, ast.arguments)):
                self._parts(part, env, use)

    # -- calls

    def _call(self, node: ast.Call, env: Environment, use: Use) -> Value:
        created = created_kind(node, self._mocks)
        if created != "unknown":
            return self._creation(node, created, env)
        form = patch_form(node, self._mocks)
        name = dotted_name(node.func)
        if form and name.startswith("mocker."):
            return self._entered(node, env)[0]
        callee = self.value(node.func, env, "value")
        arguments = [self.value(each, env, "value" if reads(node) else "handed on") for each in _arguments(node)]
        if name in _SETTERS:
            self._setattr(node, arguments, env)
        elif not self._configured(node, env):
            self._handed(node, name, arguments, callee, env)
        offset = self._offset(node)
        if not isinstance(callee, Double):
            self._others.add(offset)
            if offset in self.calls:
                self.calls[offset].kinds.add("unknown")
            if name and name.partition(".")[0] not in env.names:
                self.references[offset] = (node, use, self._depth > 0)
            return None
        kind = env.kind(callee)
        seen = self.calls.setdefault(offset, Seen(node, set(), set(), self._depth > 0))
        seen.kinds.add("unknown" if offset in self._others else kind)
        seen.kinds.add(kind)
        seen.of_result = seen.of_result or self._is_of_result(callee)
        seen.uses.add("handed on" if self._asked and use != "await" else use)
        if kind == "unknown":
            return None
        result = env.member(callee, RESULT)
        if kind == "sync":
            return result
        self._outcomes[offset] = result
        return Coroutine(offset)

    def _is_of_result(self, callee: Double) -> bool:
        """Whether a member belongs to what an awaited call gave."""
        address = callee.address
        return RESULT in address or any(address[:count] in self._awaited for count in range(len(address) + 1))

    def _creation(self, node: ast.Call, kind: Kind, env: Environment) -> Value:
        values = [(name, self.value(each, env, "handed on")) for name, each in configured_members(node)]
        result, effect = keyword_value(node, "return_value"), keyword_value(node, "side_effect")
        returned = self.value(result, env, "handed on") if result is not None else None
        if effect is not None:
            self.value(effect, env, "handed on")
        for argument in node.args:
            self.value(argument, env, "handed on")
        spec = has_spec(node)
        mapped = any(keyword.arg is None for keyword in node.keywords)
        double = env.double((self._offset(node), *self._generation), kind, "unknown" if spec or mapped else kind)
        for name, value in values:
            env.set_member(double, name, value)
        if result is not None or effect is not None or spec:
            env.states[double.address].members[RESULT] = returned if effect is None else None
        return double

    def _configured(self, node: ast.Call, env: Environment) -> bool:
        """Whether a call configures a double (`m.configure_mock(close=...)`); then that is done."""
        if not isinstance(node.func, ast.Attribute):
            return False
        owner = self._known(node.func.value, env)
        if not isinstance(owner, Double):
            return False
        if node.func.attr == "configure_mock" and all(keyword.arg is not None for keyword in node.keywords):
            for keyword in node.keywords:
                env.set_member(owner, keyword.arg or "", self.value(keyword.value, env, "handed on"))
            return True
        if node.func.attr in {"configure_mock", "mock_add_spec", "attach_mock"}:
            env.forget(owner)
            return True
        return node.func.attr == "reset_mock" and not node.args and not node.keywords

    def _setattr(self, node: ast.Call, arguments: Sequence[Value], env: Environment) -> None:
        owner = arguments[0] if arguments else None
        if not isinstance(owner, Double):
            return
        name = node.args[1] if len(node.args) > 1 else None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            env.set_member(owner, name.value, arguments[2] if len(arguments) > 2 and len(node.args) > 2 else None)
        else:
            env.forget(owner)

    def _handed(self, node: ast.Call, name: str, arguments: Iterable[Value], callee: Value, env: Environment) -> None:
        """Doubles go to a function: one of the tests may change them."""
        if reads(node) or isinstance(callee, Double):
            return
        first, _, rest = name.partition(".")
        helper = self._helpers.get(name)
        if helper is not None:
            changes = helper.changes
        elif first in {"self", "cls"}:
            changes = True
        else:
            # A class or a method of another object takes it for what it is; a lone function may be there to set it up.
            changes = (not rest and not first[:1].isupper()) or not name
        if changes:
            for argument in arguments:
                env.forget(argument)


def _asks_for_coroutines(test: ast.expr) -> bool:
    """Whether a condition finds out what a call gives: its branches know what they do."""
    return any(
        isinstance(part, (ast.Name, ast.Attribute))
        and (part.id if isinstance(part, ast.Name) else part.attr)
        in {"iscoroutinefunction", "iscoroutine", "isawaitable"}
        for part in ast.walk(test)
    )


def _arguments(node: ast.Call) -> Iterator[ast.expr]:
    yield from node.args
    for keyword in node.keywords:
        yield keyword.value


def _inner(use: Use) -> Use:
    """What is done with a branch of a conditional whose value is used so."""
    return "handed on" if use in {"kept in a name", "await", "taken apart"} else use
