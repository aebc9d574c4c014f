"""One function, followed statement by statement: which calls make coroutines, and what becomes of these."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

from msgspec.structs import replace

from codemods.asyncmock_await.calls.following.containers import items_of
from codemods.asyncmock_await.calls.following.creations import patched_place, puts_its_own
from codemods.asyncmock_await.calls.following.evaluation import OffsetOf
from codemods.asyncmock_await.calls.following.expressions import Expressions
from codemods.asyncmock_await.calls.following.meeting import joined
from codemods.asyncmock_await.calls.following.patched_dicts import Before, before, dict_patch
from codemods.asyncmock_await.calls.following.patching import followed_form, single_patches
from codemods.asyncmock_await.calls.following.values import Address, Double, Environment, Patcher, Root, State, Value
from codemods.asyncmock_await.calls.module.effects import SIDE_EFFECT, effect_of_function, expected_by, makes_exception
from codemods.asyncmock_await.calls.module.forms import Use, deliberate, iterated
from codemods.asyncmock_await.calls.module.handed import Surroundings
from codemods.asyncmock_await.calls.module.scan import Inside, nodes_of
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name, with_context
from codemods.toolkit.python.targets import captured_names

_ROUNDS = 8
"""A loop is followed so often at most; nearly all of them change nothing any more in the second round."""

_EFFECTS = (ast.Lambda, ast.List, ast.Tuple)
"""Expressions that a name may stand for as a `side_effect`, besides calls of what is called like an exception."""

_Restored: TypeAlias = tuple[Value, str, Value]
"""The owner and the name of an attribute that a `with patch.object(...)` replaces, and what it was before."""


_Settled: TypeAlias = tuple[dict[str, Double], dict[Address, State], dict[tuple[Address, str], Double]]


class Walk(Expressions):
    """Follows one function.

    `results` is what it returns, each with all that holds there.  `since` is what holds at any point behind the first
    function that is defined within it, where it `lends` names to that.
    """

    def __init__(
        self, mocks: MockNames, around: Surroundings, within: Inside, offset: OffsetOf, *, asks: bool, owner: str = ""
    ) -> None:
        super().__init__(mocks, around, within, offset, asks=asks, owner=owner)
        self._observers: list[Environment | None] = []
        self.lends = False
        self.since: Environment | None = None
        self.results: list[tuple[Value, Environment]] = []

    def block(self, body: Sequence[ast.stmt], env: Environment | None) -> Environment | None:
        """What holds behind some statements; None where nothing gets there."""
        for statement in body:
            if env is None:
                return None
            env = self.statement(statement, env)
            if env is not None and self.since is not None:
                self.since = joined(self.since, env)
            if env is not None and self._observers:
                self._observers[-1] = joined(self._observers[-1], env)
        return env

    def statement(self, node: ast.stmt, env: Environment) -> Environment | None:
        """What holds behind one statement."""
        match node:
            case ast.If():
                self.value(node.test, env, "value")
                return joined(self.block(node.body, env.copy()), self.block(node.orelse, env.copy()))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, env)
            case ast.Try() | ast.TryStar():
                return self._try(node, env)
            case ast.With() | ast.AsyncWith():
                return self._with(node, env)
            case ast.Match():
                return self._match(node, env)
            case ast.Return(value=value):
                self.results.append((self.value(value, env, "handed on"), env) if value else (None, env))
                return None
            case ast.Raise() | ast.Break() | ast.Continue():
                self._parts(node, env, "handed on")
                return None
        self._simple(node, env)
        return env

    def _simple(self, node: ast.stmt, env: Environment) -> None:
        """A statement behind which its block goes on."""
        match node:
            case ast.Expr(value=value):
                self.value(value, env, "statement")
            case ast.Assign(targets=targets, value=value):
                self._assign(targets, value, env)
            case ast.AnnAssign():
                if node.value is not None:
                    self._assign([node.target], node.value, env)
            case ast.AugAssign():
                env.escape(self.value(node.value, env, "value"))
                if env.holds(changed := self.known(node.target, env)):
                    env.forget(changed)
                elif self._dicts:
                    env.open_shared()
                self.bind(node.target, None, env)
            case ast.Assert(test=test, msg=message):
                self.value(test, env, "value")
                if message is not None:
                    self.value(message, env, "value")
            case ast.Delete(targets=targets):
                for target in targets:
                    self.bind(target, None, env)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                for decorator in node.decorator_list:
                    env.escape(self.value(decorator, env, "handed on"))
                env.names[node.name] = None if isinstance(node, ast.ClassDef) else effect_of_function(node, env.names)
                if self.lends:
                    self.since = joined(self.since, env)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                env.names.update(dict.fromkeys(names))
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                bound = {(each.asname or each.name).partition(".")[0] for each in aliases}
                env.names.update({name: None for name in bound if not self._mocks.knows(name)})
                for name in bound & self._around.within:  # it means now what it means in the whole module
                    env.names.pop(name, None)
            case _:
                self._parts(node, env, "handed on")

    def _assign(self, targets: Sequence[ast.expr], value: ast.expr, env: Environment) -> None:
        self._among.clear()
        target = targets[0]
        pairs = _pairs(target, value) if len(targets) == 1 else []
        if pairs:
            parts = [self.value(each, env, self._kept(name)) for name, each in pairs]
            for (name, each), part in zip(pairs, parts, strict=True):
                self.bind(name, self._as_effect([name], each, part, env), env)
            return
        given = self.value(value, env, self._kept(target) if len(targets) == 1 else "handed on")
        if isinstance(target, ast.Name):
            self.kept.update(dict.fromkeys(self._among, target.id))
        given = self._as_effect(targets, value, given, env)
        for each in targets:
            self.bind(each, given, env)

    def _as_effect(self, targets: Sequence[ast.expr], node: ast.expr, given: Value, env: Environment) -> Value:
        """What is assigned, as what it does where it is a `side_effect`, or may become one by a name."""
        if any(isinstance(each, ast.Attribute) and each.attr == SIDE_EFFECT for each in targets):
            env.escape(given)
            return self.effect(node, given, env)
        named = given is None and all(isinstance(each, ast.Name) for each in targets)
        return (
            self.effect(node, None, env) if named and (isinstance(node, _EFFECTS) or makes_exception(node)) else given
        )

    def _kept(self, target: ast.expr) -> Use:
        """What is done with a value that a target gets."""
        if isinstance(target, (ast.Tuple, ast.List)):
            return "value"  # its items are taken, and a coroutine has none
        local = isinstance(target, ast.Name) and target.id not in self._within.declared
        return "kept in a name" if local else "handed on"

    def _match(self, node: ast.Match, env: Environment) -> Environment | None:
        env.escape(self.value(node.subject, env, "handed on"))
        left: Environment | None = env.copy()
        for case in node.cases:
            start = env.copy()
            start.names.update(dict.fromkeys(captured_names(case.pattern)))
            if case.guard is not None:
                self.value(case.guard, start, "value")
            left = joined(left, self.block(case.body, start))
        return left

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, env: Environment) -> Environment | None:
        items = self._gone_through(node, env)
        if items is not None and isinstance(node, ast.For):
            return self._each(node, items, env)
        around = self._generation
        roots = {_root(address) for address in env.states}
        after = env.copy()
        for number in range(_ROUNDS):
            before = _settled(after, roots)
            if number == _ROUNDS - 1:
                after.forget_all()
            start = after.copy()
            self._generation = (*around, number)
            if isinstance(node, ast.While):
                self.value(node.test, start, "value")
            else:
                use: Use = iterated(node.iter) if isinstance(node, ast.For) else "handed on"
                start.escape(self.value(node.iter, start, use))
                self.bind(node.target, None, start)
            self._observers.append(start.copy())
            self.block(node.body, start)
            after = joined(after, self._observed()) or after
            if _settled(after, roots) == before and number:
                break
        self._generation = around
        return joined(after, self.block(node.orelse, after.copy()))

    def _gone_through(self, node: ast.For | ast.AsyncFor | ast.While, env: Environment) -> Sequence[Value] | None:
        """The items that a loop goes through, where they are written there or in the function; None for any others."""
        if not isinstance(node, ast.For):
            return None
        of = node.iter.func if isinstance(node.iter, ast.Call) else None
        if isinstance(of, ast.Attribute) and of.attr in {"values", "items"}:
            holder = self.known(of.value, env)
            return items_of(holder, env) if env.holds(holder) == "values" else None
        written = isinstance(node.iter, (ast.List, ast.Tuple))
        holder = self.value(node.iter, env, "value") if written else self.known(node.iter, env)
        return items_of(holder, env) if env.holds(holder) == "items" else None

    def _each(self, node: ast.For, items: Sequence[Value], env: Environment) -> Environment | None:
        """A loop whose body is followed for one item after the other."""
        around = self._generation
        if not isinstance(node.iter, (ast.List, ast.Tuple)):
            self.value(node.iter, env, iterated(node.iter))
        pairs = isinstance(node.iter, ast.Call) and dotted_name(node.iter.func).endswith(".items")
        after: Environment | None = env
        left: Environment | None = None
        holder = None if isinstance(node.iter, (ast.List, ast.Tuple)) else self.known(_holder(node.iter), env)
        for number, each in enumerate((*items, None)):
            changed = holder is not None and after is not None and not after.holds(holder)
            if after is None or (number == len(items) and not changed):
                break
            each = None if changed else each
            start = after.copy()
            self._generation = (*around, number)
            if pairs and isinstance(node.target, ast.Tuple) and len(node.target.elts) == 2:
                self.bind(node.target.elts[0], None, start)
                self.bind(node.target.elts[1], each, start)
            else:
                self.bind(node.target, None if pairs else each, start)
            self._observers.append(start.copy())
            end = self.block(node.body, start)
            after = joined(end, self._observed())
            left = joined(left, after)
        self._generation = around
        # A `break` may have left the loop in any round.
        after = left if any(isinstance(each, ast.Break) for part in node.body for each in nodes_of(part)) else after
        return joined(after, self.block(node.orelse, after.copy() if after is not None else None))

    def _observed(self) -> Environment | None:
        """What may hold wherever the statements since the last observer may have been left."""
        seen = self._observers.pop()
        if self._observers:
            self._observers[-1] = joined(self._observers[-1], seen)
        return seen

    def _try(self, node: ast.Try | ast.TryStar, env: Environment) -> Environment | None:
        self._observers.append(env.copy())
        around = self._guarded, self._expected
        self._guarded = self._guarded or bool(node.handlers)
        self._expected |= expected_by(node)
        end = self.block(node.body, env.copy())
        self._guarded, self._expected = around
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
        restored: list[_Restored] = []
        dicts: list[Before] = []
        swallows = False
        around, self._deliberate = self._deliberate, deliberate(node) or self._deliberate
        guarded = self._guarded, self._expected
        self._guarded = self._guarded or with_context(node.items) == "raises"
        self._expected |= expected_by(node)
        entered: list[Value] = []
        placed = env.placed
        for item in node.items:
            form = followed_form(item.context_expr, self._mocks)
            swallows = swallows or not form
            dicts += (patched := self._dict_before(item.context_expr, form, env))
            made = self._entered(item.context_expr, form, env, restored)
            ends = form == "patch.dict" and not any(isinstance(each.holder, Double) for each in patched)
            entered += [made] if ends or _is_entered(made) else []
            if item.optional_vars is not None:
                self.bind(item.optional_vars, made, env)
        self._observers.append(env.copy())
        within = env.placed
        end = self.block(node.body, env)
        seen = self._observed()
        after = joined(end, seen) if swallows else end
        if after is not None:
            after.placed = _put_back(placed, within, after.placed)
            for each in reversed(dicts):
                each.put_back(after)
            if swallows and self._dicts:
                after.open_shared()  # what it was given, it may have ended
        self._deliberate, (self._guarded, self._expected) = around, guarded
        for owner, name, original in restored if after is not None else ():
            self._set(owner, name, original if self._is_own(original) else None, after or env)
        for made in entered if after is not None else ():
            (after or env).forget(made)  # what ends it has changed it, or may have
        return after

    def _entered(self, node: ast.expr, form: str, env: Environment, restored: list[_Restored]) -> Value:
        """What a `with` gives to its `as`.  What a context manager is given, it is there to change."""
        if isinstance(node, ast.Call) and form:
            return self._within_patch(node, form, env, restored)
        given = self.value(node, env, "handed on")
        if isinstance(given, Patcher):
            return self.replaced(given.call, given.form, env)
        env.escape(given)
        if isinstance(node, ast.Call):
            doubles = [self.known(each, env) for each in (*node.args, *(keyword.value for keyword in node.keywords))]
            for double in doubles:
                env.forget(double)
            if any(isinstance(each, Double) for each in doubles):
                env.forget_escaped()
            root = given.address[0] if isinstance(given, Double) and len(given.address) == 1 else None
            if isinstance(root, Root) and root.outside.form == "call":
                return env.given(root._replace(outside=replace(root.outside, form="entered")))
        return None

    def _dict_before(self, node: ast.expr, form: str, env: Environment) -> list[Before]:
        """What the dict is that a `with` is about to patch."""
        if form != "patch.dict" or not isinstance(node, ast.Call):
            return []
        said = dict_patch(node)
        found = before(said.target, self.known(said.target, env), env) if said is not None else None
        return [found] if found is not None else []

    def _within_patch(self, node: ast.Call, form: str, env: Environment, restored: list[_Restored]) -> Value:
        """What a patch gives to the `as` of its `with`; `restored` is what the end of that puts back."""
        for call, single in single_patches(node, self._mocks):
            owner, name = patched_place(call)
            if single != "patch.object" or not name or owner is None:
                continue
            holder = self.known(owner, env)
            original = env.member(holder, name) if isinstance(holder, Double) else None
            if self._is_own(holder) or not puts_its_own(call, single):
                restored.append((holder, name, original))
        return self.replaced(node, form, env)


def _put_back(before: dict[str, Value], within: dict[str, Value], after: dict[str, Value]) -> dict[str, Value]:
    """What patches have put in place behind a `with`: what was there before, if nothing in it has changed that."""
    return {at: value for at, value in before.items() if at in after and after[at] == within.get(at)}


def _is_entered(value: Value) -> bool:
    """Whether something is what a context manager of the project gives."""
    root = value.address[0] if isinstance(value, Double) else None
    return isinstance(root, Root) and root.outside.form == "entered"


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """What each of several targets gets where as many values are written (`(a, b), c = (AsyncMock(), 1), Mock()`)."""
    if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(target.elts) != len(value.elts):
        return []
    pairs = list(zip(target.elts, value.elts, strict=True))
    if any(isinstance(each, ast.Starred) for pair in pairs for each in pair):
        return []
    return [inner for pair in pairs for inner in _pairs(*pair) or [pair]]


def _holder(node: ast.expr) -> ast.expr:
    """What a loop goes through: `doubles` for `doubles.values()`."""
    return node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node


def _root(address: Address) -> Address:
    size = len(address)
    while size and isinstance(address[size - 1], str):
        size -= 1
    return address[:size]


def _settled(env: Environment, roots: set[Address]) -> _Settled:
    """What an environment says of doubles that are older than a loop."""
    names = {name: value for name, value in env.names.items() if isinstance(value, Double)}
    names = {name: value for name, value in names.items() if _root(value.address) in roots}
    states = {address: state for address, state in env.states.items() if _root(address) in roots}
    return names, states, dict(env.put)
