"""The expressions of a function that is followed: what they give, and what becomes of the coroutines in them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

from codemods.asyncmock_await.calls.facts import RESULT, Outside
from codemods.asyncmock_await.calls.following.configuring import spec_name
from codemods.asyncmock_await.calls.following.containers import called, container, item
from codemods.asyncmock_await.calls.following.creations import created_kind, is_patch, of_mocker, spec_of
from codemods.asyncmock_await.calls.following.evaluation import Asserted, Handed, Seen, arguments_of
from codemods.asyncmock_await.calls.following.making import Making
from codemods.asyncmock_await.calls.following.meeting import joined, met
from codemods.asyncmock_await.calls.following.patching import followed_form
from codemods.asyncmock_await.calls.following.values import (
    SELF,
    Coroutine,
    Double,
    Environment,
    Patcher,
    Root,
    Value,
    from_outside,
    is_foreign,
)
from codemods.asyncmock_await.calls.module.effects import SideEffect, is_expected
from codemods.asyncmock_await.calls.module.forms import (
    AWAITED_FORMS,
    LOST,
    Use,
    in_branch,
    iterated,
    of_arguments,
    of_coroutine,
)
from codemods.asyncmock_await.calls.module.handed import SETTERS
from codemods.asyncmock_await.calls.module.scan import root_name
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.targets import stored_names, walrus_names

_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


_HANDED: frozenset[Use] = frozenset({"handed on", "kept among others"})


class Expressions(Making):
    """Evaluates the expressions of one function."""

    def value(self, node: ast.expr, env: Environment, use: Use) -> Value:
        """What an expression gives; `use` is what is done with it."""
        match node:
            case ast.Name(id=name):
                self._loaded(name, use)
                return env.names[name] if name in env.names else env.placed.get(name)
            case ast.Constant():
                return None
            case ast.Attribute():
                found = self._attribute(node, env)
                return self._handed_on(found, env) if use in _HANDED else found
            case ast.Call():
                return self._call(node, env, use)
            case ast.Await():
                return self._await(node, env)
            case ast.NamedExpr():
                return self._named_expression(node, env, use)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.value(test, env, "value")
                one, other = (self.value(each, env, in_branch(use)) for each in (body, orelse))
                return one if one == other else self._one_of((one, other), env)
            case ast.BoolOp(values=values):
                return self._one_of([self.value(each, env, in_branch(use)) for each in values], env)
            case ast.Compare() | ast.UnaryOp() | ast.BinOp() | ast.FormattedValue() | ast.Slice():
                compares: Use = "compared" if isinstance(node, ast.Compare) else "value"
                for part in ast.iter_child_nodes(node):
                    if isinstance(part, ast.expr):
                        self.value(part, env, compares)
                return None
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return self._display(node, env, use)
            case ast.Starred(value=inner):
                env.escape(self.value(inner, env, iterated(inner)))
                return None
            case ast.Subscript(value=inner, slice=index):
                holder = self.value(inner, env, "taken apart")
                self.value(index, env, "value")
                return item(holder, index, env)
            case ast.Lambda():
                self._lambda(node, env)
                return None
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, env, use)
                return None
        self._parts(node, env, "value" if isinstance(node, ast.JoinedStr) else "handed on")
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            self._late = self.of_fixture
            if not self.of_fixture:
                env.forget_escaped()
        return None

    def _handed_on(self, member: Value, env: Environment) -> Value:
        """Somebody has a member of an object, or the coroutine that it gives: its code may run at any time."""
        if isinstance(member, Double) and is_foreign(member):
            env.share((member.address[:1],))
        return member

    def _await(self, node: ast.Await, env: Environment) -> Value:
        found = self.value(node.value, env, "await")
        if not isinstance(node.value, ast.Call):
            env.put.clear()  # a task or a coroutine that began, or was made, before anything was put there
        if isinstance(node.value, ast.Call):
            self.awaits[self._offset(node.value)] = node
        result = self._outcomes.get(found.call) if isinstance(found, Coroutine) else None
        if isinstance(result, Double):
            self._awaited.add(result.address)
        return result

    def _named_expression(self, node: ast.NamedExpr, env: Environment, use: Use) -> Value:
        local = not self._depth and node.target.id not in self._within.declared
        found = self.value(node.value, env, "kept in a name" if local else "handed on")
        self.bind(node.target, found, env)
        self._loaded(node.target.id, use)
        return found

    def _lambda(self, node: ast.Lambda, env: Environment) -> None:
        """Nothing is rewritten in it: what names hold when it is called may be something else than now."""
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                env.escape(self.value(default, env, "handed on"))
        inner = env.copy()
        inner.names |= dict.fromkeys(each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg))
        self._depth += 1
        self.value(node.body, inner, "handed on")
        self._depth -= 1

    def _attribute(self, node: ast.Attribute, env: Environment) -> Value:
        holder = self.value(node.value, env, "handed on" if of_coroutine(node) else "taken apart")
        if isinstance(holder, Coroutine) and not of_coroutine(node):
            holder = self._outcomes.get(holder.call)
        if node.attr in {"__dict__", "__class__"}:
            env.forget(holder)
            env.forget_escaped()
        if not isinstance(holder, Double):
            return self._placed(node, env)
        return env.member(holder, RESULT if node.attr == "return_value" else node.attr)

    def one_of(self, calls: Sequence[ast.expr], env: Environment) -> Value:
        """What a name holds that is one of the values of some expressions, nobody knows which."""
        first, *others = (self.value(each, env, "handed on") for each in calls)
        for other in others:
            first = met((first, env), (other, env), env)
        return first

    def _one_of(self, values: Sequence[Value], env: Environment) -> Value:
        """An expression gives one of some values, nobody knows which."""
        found = met((values[0], env), (values[1], env), env) if len(values) == 2 else None
        return found if found is not None else self._lost(values, env)

    def _loaded(self, name: str, use: Use) -> None:
        self.loads.setdefault(name, set()).add("handed on" if self._depth else use)

    def _display(self, node: ast.List | ast.Tuple | ast.Set | ast.Dict, env: Environment, use: Use) -> Value:
        """A list and the like: where all of it is compared, so are its items."""
        values: dict[int, Value] = {}
        holds_double = False
        of_items: Use = "compared" if use == "compared" else "handed on"
        if use in {"kept in a name", "kept among others"} and not self._depth:
            of_items = "kept among others"
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                found = values[id(part)] = self.value(part, env, of_items)
                holds_double = holds_double or isinstance(found, Double)
                env.escape(found)
                if of_items == "kept among others" and isinstance(found, Coroutine):
                    self._among.append(found.call)
        if isinstance(node, ast.Set) or not holds_double:
            return None
        return container(node, values, ("display", self._offset(node), *self._generation), env)

    def _comprehension(self, node: _Comprehension, env: Environment, use: Use) -> None:
        """Its parts run several times or not at all, those of a generator expression later, and without any `await`.

        What its first loop goes through is evaluated outside of it.
        """
        later = isinstance(node, ast.GeneratorExp)
        first = node.generators[0]
        env.escape(self.value(first.iter, env, "handed on" if first.is_async else iterated(first.iter)))
        inner = env.copy()
        inner.names |= dict.fromkeys(stored_names(node))
        self._depth += later
        for each in node.generators:
            if each is not first:
                inner.escape(self.value(each.iter, inner, "handed on" if each.is_async else iterated(each.iter)))
            for condition in each.ifs:
                self.value(condition, inner, "value")
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            inner.escape(self.value(part, inner, use if use == "compared" else "handed on"))
        self._depth -= later
        inner.names = dict(env.names)
        after = joined(env, inner) or env
        env.states, env.escaped, env.blurred, env.lent = after.states, after.escaped, after.blurred, after.lent
        for name in walrus_names(node):
            env.escape(env.names.get(name))
            env.names[name] = None

    def _call(self, node: ast.Call, env: Environment, use: Use) -> Value:
        name = dotted_name(node.func)
        created = created_kind(node, self._mocks) if self._is_library(name, env) else "unknown"
        if created != "unknown":
            return self._creation(node, created, env)
        form = followed_form(node, self._mocks)
        if form and of_mocker(name):
            return self.replaced(node, form, env)
        spec = spec_of(node, self._mocks) if name.endswith("create_autospec") else None
        if spec is not None and (of := spec_name(spec[1], env)):
            return self._specified(Outside(spec[0], of), node, env, of_object=of != spec[1])
        apart: Use = "value" if isinstance(node.func, ast.Attribute) else "taken apart"
        entered = self._started(node, name, env)
        if entered is not None:
            return self.replaced(entered.call, entered.form, env)
        callee = self.value(node.func, env, apart)
        of_container, given = called(node, self._owner(node, env), env) if callee is None else (False, None)
        if of_container:
            for argument in arguments_of(node):
                env.escape(self.value(argument, env, "handed on"))
            return given
        self._displace(node, name, env)
        if name.startswith("self.") and name.count(".") == 1 and is_foreign(callee):
            callee = None  # a method that a base class defines
        mappings = {id(each.value) for each in node.keywords if each.arg is None}
        uses = ((each, iterated(each) if id(each) in mappings else of_arguments(node)) for each in arguments_of(node))
        arguments = [self.value(each, env, use) for each, use in uses]
        if name in self._around.receivers and name.partition(".")[0] not in env.names.keys() - {"self"}:
            owner = self.owner if "." in name else ""
            self.handed.append(Handed(owner, name, node, self._offset(node), tuple(arguments), env.copy()))
        if isinstance(node.func, ast.Attribute) and node.func.attr in AWAITED_FORMS:
            self._assertion(node.func, env)
        if is_patch(node, self._mocks):
            self._patcher(node, env)
            return Patcher(node, form) if form else None
        if name.rpartition(".")[2] in SETTERS and not self._is_own(self._owner(node, env)):
            self._setattr(node, arguments, env)
        elif is_foreign(callee):  # what it is when it is called, not what may become of it then
            result = self._called(node, callee, env, use)
            if use in _HANDED:
                self._handed_on(callee, env)
            if not self._configured(node, arguments, env):
                self._handed(node, name, arguments, callee, env)
            return result
        elif not self._configured(node, arguments, env):
            self._handed(node, name, arguments, callee, env)
        return self._called(node, callee, env, use)

    def _started(self, node: ast.Call, name: str, env: Environment) -> Patcher | None:
        """The patch that a call puts in place: its own `start()`, or one that enters it into an exit stack."""
        if not isinstance(node.func, ast.Attribute):
            return None
        if node.func.attr == "start" and not node.args:
            of = node.func.value
            found = self.value(of, env, "value") if isinstance(of, ast.Call) else self.known(of, env)
        elif node.func.attr in {"enter_context", "enterContext"} and len(node.args) == 1:
            found = self.value(node.args[0], env, "value") if followed_form(node.args[0], self._mocks) else None
        else:
            return None
        return found if isinstance(found, Patcher) else None

    def _called(self, node: ast.Call, callee: Value, env: Environment, use: Use) -> Value:
        """A call is written down, and gives its result."""
        offset = self._offset(node)
        if not isinstance(callee, Double) or callee.address == SELF:
            self._others.add(offset)
            if offset in self.calls:
                self.calls[offset].kinds.add("unknown")
            given = self._given(node, env)
            if isinstance(given, Double):
                seen = self.named.setdefault(offset, Seen(node, {"async"}, set(), self._depth > 0))
                seen.uses.add(self._meant(use))
            return given
        kind = env.kind(callee)
        seen = self.calls.setdefault(offset, Seen(node, set(), set(), self._depth > 0))
        origin = from_outside(callee.address)
        seen.outside.add(None if _is_async_itself(origin) else origin)
        seen.addresses.add(callee.address)
        seen.shared = seen.shared or (bool(env.placed) and root_name(node.func) not in env.names)
        seen.put.update(callee.put)
        seen.kinds |= {kind, "unknown" if offset in self._others else kind}
        if env.is_mixed(callee):
            seen.kinds.add("async")
        seen.of_result = seen.of_result or self._is_of_result(callee)
        seen.late = seen.late or self._late
        seen.guarded = seen.guarded or self._guarded or bool(self._deliberate)
        effect = env.effect(callee) if kind == "async" else None
        if effect is not None:
            seen.raises = seen.raises or (
                self._raises(effect, callee, env) and not is_expected(effect.name, self._expected)
            )
            env.count(callee, at_once=bool(self._generation))
        seen.uses.add(self._meant(use))
        if use == "await" or (use in LOST and not self._is_meant(use)):
            self.called.add(callee.address)
        if kind == "unknown":
            return None
        result = env.member(callee, RESULT)
        seen.unset = seen.unset and isinstance(result, Double) and result.address == (*callee.address, RESULT)
        if kind == "sync":
            return result
        self._outcomes[offset] = result
        return Coroutine(offset)

    @staticmethod
    def _raises(effect: SideEffect, double: Double, env: Environment) -> bool:
        """Whether a call may raise: of what something else has, nobody knows how often that calls it."""
        return effect.after == 0 or double.address in env.escaped

    def _assertion(self, node: ast.Attribute, env: Environment) -> None:
        """`double.assert_called()` is written down, with what the double is."""
        double = self.known(node.value, env)
        asserted = self.asserted.setdefault(self._offset(node), Asserted(node))
        asserted.kinds.add(env.kind(double))
        if isinstance(double, Double):
            asserted.addresses.add(double.address)
        if self._guarded or self._deliberate or self._depth:
            asserted.kinds.add("unknown")

    def _given(self, node: ast.Call, env: Environment) -> Value:
        """What a function or class of the project gives, by the name that is called."""
        name = dotted_name(node.func)
        first = name.partition(".")[0]
        if name == "request.getfixturevalue" and not self.of_fixture and self.not_asked is not None:
            return self._asked_for(node, self.not_asked, env)
        if name.startswith("self.") and env.names.get("self") == Double(SELF) and name.count(".") == 1:
            outside = Outside("call", name, self.owner)
        elif first in self._around.leads and first not in env.names and not self._patches_unseen:
            outside = Outside("call", name)
        else:
            return None
        return env.given(Root(outside, (self._offset(node), *self._generation), foreign=True))

    def _asked_for(self, node: ast.Call, besides: str, env: Environment) -> Value:
        """What the fixture gives that a test asks for by a name which is written there."""
        match node.args:
            case [ast.Constant(value=str(name))] if name not in besides and not node.keywords:
                return env.given(Root(Outside("fixture", name, self.owner), (), foreign=True))
        return None

    def _meant(self, use: Use) -> Use:
        """What is done with a coroutine, where that is not what the code wants."""
        return "handed on" if use != "await" and self._is_meant(use) else use

    def _is_meant(self, use: Use) -> bool:
        """Whether a coroutine that is not awaited may be what the code wants."""
        misused = self._deliberate == "misuse" and use != "statement"
        return self.asks or self._deliberate == "warning" or misused

    def _is_of_result(self, callee: Double) -> bool:
        """Whether a member belongs to what an awaited call gave."""
        address = callee.address
        if address[1:2] == (RESULT,) and isinstance(address[0], Root) and "autospec" in address[0].outside.form:
            address = address[2:]  # the instance of a class
        return RESULT in address or any(address[:count] in self._awaited for count in range(len(address) + 1))


def _is_async_itself(origin: tuple[Outside, tuple[str, ...]] | None) -> bool:
    """Whether what is called is an AsyncMock that the function makes, whatever its spec is or what it wraps."""
    if origin is None or origin[1]:
        return False
    return origin[0].form == "spec" or (origin[0].form == "async wraps" and not origin[0].name.endswith("()"))
