"""The expressions of a function that is followed: what they give, and what becomes of the coroutines in them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from codemods.asyncmock_await.calls.creations import (
    configured_members,
    created_kind,
    has_spec,
    is_patch,
    new_value,
    of_mocker,
    patch_form,
    patched_kind,
    patched_place,
    spec_of,
    stands_in,
)
from codemods.asyncmock_await.calls.facts import RESULT, Kind, Outside
from codemods.asyncmock_await.calls.forms import AWAITED_FORMS, Deliberate, Use, in_branch, of_coroutine, reads
from codemods.asyncmock_await.calls.handed import SETTERS, Surroundings, effect
from codemods.asyncmock_await.calls.scan import Inside
from codemods.asyncmock_await.calls.values import (
    SELF,
    Address,
    Coroutine,
    Double,
    Environment,
    Root,
    Value,
    from_outside,
    is_foreign,
)
from codemods.asyncmock_await.calls.values import joined as joined_environments
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.targets import stored_names, walrus_names

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_EVALUATES = frozenset({"exec", "eval", "locals", "globals"})
_CONFIGURES = frozenset({"configure_mock", "mock_add_spec", "attach_mock"})

OffsetOf = Callable[[ast.expr], int]


@dataclass(slots=True)
class Seen:
    """A call that was met, with all that was seen of it on the paths that lead there.

    `closed`: it stands in a lambda or comprehension.  `of_result`: it is a method of what another call gave.
    `outside` is where the double comes from on each of the paths, None where the function made it.  `unset`: what the
    call gives was not set on any of them.  `guarded`: it stands in a `try`, which may expect it to fail.
    """

    node: ast.Call
    kinds: set[Kind]
    uses: set[Use]
    closed: bool
    of_result: bool = False
    outside: set[tuple[Outside, tuple[str, ...]] | None] = field(default_factory=set)
    unset: bool = True
    guarded: bool = False


@dataclass(slots=True)
class Asserted:
    """An assertion about calls of a double, with the kinds and addresses of the double on the paths that lead there."""

    node: ast.Attribute
    kinds: set[Kind] = field(default_factory=set)
    addresses: set[Address] = field(default_factory=set)


class Expressions:
    """Evaluates the expressions of one function.

    `calls` are the calls of doubles that it met, by offset, `awaits` each `await` by that of the call behind it,
    `asserted` the assertions, `called` the addresses of doubles whose calls are awaited or lost; `kept` those whose
    result goes to a name, `loads` what is done with each name wherever it is read.  `asks`: the function finds out
    itself what a call gives.  `owner` is the class around the function.
    """

    def __init__(
        self, mocks: MockNames, around: Surroundings, within: Inside, offset: OffsetOf, *, asks: bool, owner: str = ""
    ) -> None:
        self.owner = owner
        self._mocks = mocks
        self._around = around
        self._within = within
        self._offset = offset
        self._asks = asks
        self._deliberate: Deliberate = ""
        self._generation: tuple[int, ...] = ()
        self._depth = 0
        self._patchers = False
        self._public = False
        self._outcomes: dict[int, Value] = {}
        self._awaited: set[Address] = set()
        self._others: set[int] = set()
        self._guarded = False
        self.calls: dict[int, Seen] = {}
        self.awaits: dict[int, ast.Await] = {}
        self.asserted: dict[int, Asserted] = {}
        self.called: set[Address] = set()
        self.kept: dict[int, str] = {}
        self.loads: dict[str, set[Use]] = {}

    def value(self, node: ast.expr, env: Environment, use: Use) -> Value:
        """What an expression gives; `use` is what is done with it."""
        match node:
            case ast.Name(id=name):
                self.loads.setdefault(name, set()).add("handed on" if self._depth else use)
                return env.names.get(name)
            case ast.Attribute():
                return self._attribute(node, env)
            case ast.Call():
                return self._call(node, env, use)
            case ast.Await(value=inner):
                found = self.value(inner, env, "await")
                if isinstance(inner, ast.Call):
                    self.awaits[self._offset(inner)] = node
                result = self._outcomes.get(found.call) if isinstance(found, Coroutine) else None
                if isinstance(result, Double):
                    self._awaited.add(result.address)
                return result
            case ast.NamedExpr(target=target, value=inner):
                found = self.value(inner, env, "handed on")
                self.bind(target, found, env)
                return found
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.value(test, env, "value")
                one, other = (self.value(each, env, in_branch(use)) for each in (body, orelse))
                return one if one == other else self._lost((one, other), env)
            case ast.BoolOp(values=values):
                return self._lost([self.value(each, env, in_branch(use)) for each in values], env)
            case ast.Compare() | ast.UnaryOp() | ast.BinOp() | ast.FormattedValue():
                for part in ast.iter_child_nodes(node):
                    if isinstance(part, ast.expr):
                        self.value(part, env, "value")
                return None
            case ast.Subscript(value=inner, slice=index):
                self.value(inner, env, "taken apart")
                self.value(index, env, "value")
                return None
            case ast.Lambda():
                # What names hold when it is called, nobody knows here.
                self._depth += 1
                self._parts(node, Environment(), "handed on")
                self._depth -= 1
                return None
            case _ if isinstance(node, _COMPREHENSIONS):
                self._comprehension(node, env)
                return None
        self._parts(node, env, "value" if isinstance(node, ast.JoinedStr) else "handed on")
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            env.forget_escaped()
        return None

    def _lost(self, values: Iterable[Value], env: Environment) -> Value:
        """An expression gives one of some values, nobody knows which."""
        for value in values:
            env.escape(value)
        return None

    def _attribute(self, node: ast.Attribute, env: Environment) -> Value:
        holder = self.value(node.value, env, "handed on" if of_coroutine(node) else "taken apart")
        if isinstance(holder, Coroutine) and not of_coroutine(node):
            holder = self._outcomes.get(holder.call)
        if node.attr in {"__dict__", "__class__"}:
            env.forget(holder)
            env.forget_escaped()
        if not isinstance(holder, Double):
            return None
        return env.member(holder, RESULT if node.attr == "return_value" else node.attr)

    def known(self, node: ast.expr, env: Environment) -> Value:
        """What a name or a chain of attributes holds, without another look at what is called on the way."""
        match node:
            case ast.Name(id=name):
                return env.names.get(name)
            case ast.Attribute(value=owner, attr=attribute):
                holder = self.known(owner, env)
                if not isinstance(holder, Double):
                    return None
                return env.member(holder, RESULT if attribute == "return_value" else attribute)
        return None

    def _comprehension(self, node: ast.expr, env: Environment) -> None:
        """It may run later, several times, or not at all, and an `await` may be no option in it."""
        inner = env.copy()
        inner.names |= dict.fromkeys(stored_names(node))
        self._depth += 1
        self._parts(node, inner, "handed on")
        self._depth -= 1
        inner.names = dict(env.names)
        after = joined_environments(env, inner) or env
        env.states, env.escaped, env.blurred = after.states, after.escaped, after.blurred
        for name in walrus_names(node):
            env.escape(env.names.get(name))
            env.names[name] = None

    def _parts(self, node: ast.AST, env: Environment, use: Use) -> None:
        """The parts of an expression that gives something else than one of them."""
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                env.escape(self.value(part, env, use))
            elif isinstance(part, (ast.keyword, ast.comprehension, ast.arguments)):
                self._parts(part, env, use)

    # -- names and attributes that get a value

    def bind(self, target: ast.expr, value: Value, env: Environment) -> None:
        """A target of an assignment gets a value, None being one that is not known."""
        match target:
            case ast.Name(id=name):
                if isinstance(value, Coroutine):
                    self.kept[value.call] = name
                self.give(name, value, env)
            case ast.Attribute(value=owner, attr=attribute):
                self._public = self._public or dotted_name(owner).partition(".")[0] not in env.names
                self._set(self.value(owner, env, "value"), attribute, value, env)
            case ast.Subscript(value=owner, slice=index):
                env.forget(self.value(owner, env, "value"))
                self._public = self._public or dotted_name(owner).partition(".")[0] not in env.names
                env.escape(value)
                self.value(index, env, "handed on")
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                env.escape(value)
                for part in parts:
                    self.bind(part, None, env)
            case ast.Starred(value=inner):
                self.bind(inner, None, env)

    def give(self, name: str, value: Value, env: Environment) -> None:
        """A name gets a value.  What functions within this one may change is not certain; what they read is shared."""
        if name in self._within.changed:
            env.forget(value)
            value = None
        elif name in self._within.read:
            env.escape(value)
        env.names[name] = value

    def _set(self, holder: Value, attribute: str, value: Value, env: Environment) -> None:
        if isinstance(holder, Double) and not is_foreign(holder):
            env.set_member(holder, attribute, value)
        else:
            env.escape(value)
            env.blur(attribute)

    # -- calls

    def _call(self, node: ast.Call, env: Environment, use: Use) -> Value:
        created = created_kind(node, self._mocks)
        if created != "unknown":
            return self._creation(node, created, env)
        form = patch_form(node, self._mocks)
        name = dotted_name(node.func)
        if form and of_mocker(name):
            return self.replaced(node, form, env)
        spec = spec_of(node, self._mocks) if name.endswith("create_autospec") else None
        if spec is not None and spec[1].partition(".")[0] not in env.names:
            return self._from(Outside(*spec), node, env)
        apart: Use = "value" if isinstance(node.func, ast.Attribute) else "taken apart"
        callee = self.value(node.func, env, apart)
        if name.startswith("self.") and name.count(".") == 1 and is_foreign(callee):
            callee = None  # a method that a base class defines
        arguments = [self.value(each, env, "value" if reads(node) else "handed on") for each in _arguments(node)]
        if isinstance(node.func, ast.Attribute) and node.func.attr in AWAITED_FORMS:
            self._assertion(node.func, env)
        if is_patch(node, self._mocks):
            self._patcher(node, env)
        elif name.rpartition(".")[2] in SETTERS and not self._is_own(self._owner(node, env)):
            self._setattr(node, arguments, env)
        elif not self._configured(node, env):
            self._handed(node, name, arguments, callee, env)
        return self._called(node, callee, env, use)

    def _called(self, node: ast.Call, callee: Value, env: Environment, use: Use) -> Value:
        """A call is written down, and gives its result."""
        offset = self._offset(node)
        if not isinstance(callee, Double) or callee.address == SELF:
            self._others.add(offset)
            if offset in self.calls:
                self.calls[offset].kinds.add("unknown")
            return self._given(node, env)
        kind = env.kind(callee)
        seen = self.calls.setdefault(offset, Seen(node, set(), set(), self._depth > 0))
        origin = from_outside(callee.address)
        seen.outside.add(None if origin is not None and origin[0].form == "spec" and not origin[1] else origin)
        seen.kinds |= {kind, "unknown" if offset in self._others else kind}
        seen.of_result = seen.of_result or self._is_of_result(callee)
        seen.guarded = seen.guarded or self._guarded or bool(self._deliberate)
        seen.uses.add("handed on" if use != "await" and self._is_meant(use) else use)
        if use == "await" or (use in {"statement", "value", "taken apart"} and not self._is_meant(use)):
            self.called.add(callee.address)
        if kind == "unknown":
            return None
        result = env.member(callee, RESULT)
        seen.unset = seen.unset and isinstance(result, Double) and result.address == (*callee.address, RESULT)
        if kind == "sync":
            return result
        self._outcomes[offset] = result
        return Coroutine(offset)

    def _assertion(self, node: ast.Attribute, env: Environment) -> None:
        """`double.assert_called()` is written down, with what the double is."""
        double = self.known(node.value, env)
        asserted = self.asserted.setdefault(self._offset(node), Asserted(node))
        asserted.kinds.add(env.kind(double))
        if isinstance(double, Double):
            asserted.addresses.add(double.address)
        if self._guarded or self._deliberate:
            asserted.kinds.add("unknown")

    def _given(self, node: ast.Call, env: Environment) -> Value:
        """What a function or class of the project gives, by the name that is called."""
        name = dotted_name(node.func)
        first = name.partition(".")[0]
        if name.startswith("self.") and env.names.get("self") == Double(SELF) and name.count(".") == 1:
            outside = Outside("call", name, self.owner)
        elif first in self._around.leads and first not in env.names and not self._patchers:
            outside = Outside("call", name)
        else:
            return None
        return env.given(Root(outside, (self._offset(node), *self._generation), foreign=True))

    def _is_meant(self, use: Use) -> bool:
        """Whether a coroutine that is not awaited may be what the code wants."""
        misused = self._deliberate == "misuse" and use != "statement"
        return self._asks or self._deliberate == "warning" or misused

    def _is_of_result(self, callee: Double) -> bool:
        """Whether a member belongs to what an awaited call gave."""
        address = callee.address
        if address[1:2] == (RESULT,) and isinstance(address[0], Root) and address[0].outside.form == "autospec":
            address = address[2:]  # the instance of a class
        return RESULT in address or any(address[:count] in self._awaited for count in range(len(address) + 1))

    # -- doubles

    def _creation(self, node: ast.Call, kind: Kind, env: Environment) -> Value:
        for argument in node.args:
            self.value(argument, env, "handed on")
        if not has_spec(node):
            return self._double(node, kind, kind, env)
        found = spec_of(node, self._mocks)
        if found is not None and found[1].partition(".")[0] not in env.names:
            return self._from(Outside(*found), node, env)
        if kind == "sync":  # `MagicMock(spec=f)` of an `async def` makes coroutines
            self._parts(node, env, "handed on")
            return None
        return self._double(node, kind, "unknown", env)

    def _from(self, outside: Outside, node: ast.Call, env: Environment) -> Double:
        """A double that the function makes itself, but what it is is decided elsewhere."""
        root = Root(outside, (self._offset(node), *self._generation), foreign=False)
        values = [(name, self.value(each, env, "handed on")) for name, each in configured_members(node)]
        double = env.given(root)
        if outside.form in {"spec", "mock spec"}:
            env.states[double.address] = env.states[double.address].having(RESULT, None)
        return self._configure(double, values, env)

    def _configure(self, double: Double, values: Sequence[tuple[str, Value]], env: Environment) -> Double:
        for name, value in sorted(values, key=lambda pair: pair[0] == "side_effect"):
            env.set_member(double, name, value)
        return double

    def _double(self, node: ast.Call, kind: Kind, children: Kind, env: Environment) -> Double:
        """A new double, with what the keywords of the call that makes it say of its members."""
        values = [(name, self.value(each, env, "handed on")) for name, each in configured_members(node)]
        double = env.double((self._offset(node), *self._generation), kind, children)
        if children == "unknown":
            env.states[double.address] = env.states[double.address].having(RESULT, None)
        return self._configure(double, values, env)

    def patched(self, node: ast.Call, form: str, env: Environment) -> Value:
        """The double that a patch puts in place."""
        new = new_value(node, form)
        if new is not None:
            return self.value(new, env, "handed on")
        kind = patched_kind(node, self._mocks)
        place = stands_in(node, form)
        if place is not None and not (place[0] == "patch object" and place[1].partition(".")[0] in env.names):
            return self._from(Outside(*place), node, env)
        for keyword in node.keywords if kind == "unknown" else ():
            env.escape(self.value(keyword.value, env, "handed on"))
        return None if kind == "unknown" else self._double(node, kind, kind, env)

    def replaced(self, node: ast.Call, form: str, env: Environment) -> Value:
        """What a patch puts in place, from now on."""
        made = self.patched(node, form, env)
        if form == "patch.object":
            owner, name = patched_place(node)
            holder = self.value(owner, env, "value") if owner is not None else None
            if name:
                self._set(holder, name, made, env)
            else:
                env.forget(holder)
                env.forget_escaped()
        return made

    def _patcher(self, node: ast.Call, env: Environment) -> None:
        """A patch that something else starts and stops: from now on, whenever code runs that nobody knows."""
        self._patchers = True
        for argument in _arguments(node):
            env.forget(self.known(argument, env))
        if patch_form(node, self._mocks) == "patch.object" and patched_place(node)[1]:
            env.blur(patched_place(node)[1])
        else:
            env.forget_escaped()

    @staticmethod
    def _is_own(value: Value) -> bool:
        """Whether something is surely a double."""
        return isinstance(value, Double) and not is_foreign(value)

    def _owner(self, node: ast.Call, env: Environment) -> Value:
        """What a method is called on."""
        return self.known(node.func.value, env) if isinstance(node.func, ast.Attribute) else None

    def _configured(self, node: ast.Call, env: Environment) -> bool:
        """Whether a call configures a double (`m.configure_mock(close=...)`); then that is done."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in {*_CONFIGURES, "reset_mock"}:
            return False
        owner = self._owner(node, env)
        if node.func.attr == "reset_mock":
            return isinstance(owner, Double) and not node.args and not node.keywords
        if node.func.attr == "configure_mock" and all(each.arg and "." not in each.arg for each in node.keywords):
            for keyword in node.keywords:
                value = self.value(keyword.value, env, "handed on")
                self._set(owner, keyword.arg or "", value, env)
            return True
        for argument in _arguments(node):
            env.escape(self.known(argument, env))
        env.forget(owner)
        env.forget_escaped()
        return True

    def _setattr(self, node: ast.Call, arguments: Sequence[Value], env: Environment) -> None:
        if node.args and isinstance(node.args[0], ast.Constant):  # `monkeypatch.setattr("package.module.name", ...)`
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

    def _handed(self, node: ast.Call, name: str, arguments: Sequence[Value], callee: Value, env: Environment) -> None:
        """Doubles go to a function."""
        if isinstance(callee, Double) and callee.address != SELF and not is_foreign(callee):
            self._handed_to_double(arguments, callee, env)
            return
        if isinstance(node.func, ast.Attribute) and node.func.attr.startswith("__"):
            env.forget(self._owner(node, env))
        local = name.partition(".")[0] in env.names
        does = effect(name, local, self._around) if name else "changes"
        if self._patchers and does == "keeps":
            env.forget_escaped()
        for argument in arguments:
            if does in {"changes", "changes self"} or argument == Double(SELF):
                env.forget(argument)
            elif does == "keeps":
                env.escape(argument)
        if any(isinstance(argument, Double) for argument in arguments):
            registered = does == "keeps" and "." in name and not local and not name[:1].isupper()
            self._public = self._public or does == "changes" or registered
        if does in {"changes", "changes self"} and self._reaches(node, env):
            env.forget_escaped()
        if does == "changes self" or (not name and "super(" in ast.unparse(node.func)):
            env.forget_self()
        if name in _EVALUATES and not local:
            env.forget_all()

    def _reaches(self, node: ast.Call, env: Environment) -> bool:
        """Whether a call mentions anything that may hold doubles of this function: its own names, or what it filled."""
        return self._public or any(isinstance(part, ast.Name) and part.id in env.names for part in ast.walk(node))

    def _handed_to_double(self, arguments: Sequence[Value], callee: Double, env: Environment) -> None:
        """A mock keeps the arguments of its calls; a `side_effect` gets them as well."""
        state = env.states.get(callee.address)
        effects = state is None or (RESULT in state.members and state.members[RESULT] is None)
        for argument in arguments:
            if effects:
                env.forget(argument)
            else:
                env.escape(argument)


def _arguments(node: ast.Call) -> Iterator[ast.expr]:
    yield from node.args
    for keyword in node.keywords:
        yield keyword.value
