"""The calls that make doubles, put them in place, configure them, or hand them on."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from msgspec.structs import replace

from codemods.asyncmock_await.calls.facts import RESULT, Kind, Outside
from codemods.asyncmock_await.calls.following.configuring import Configuring, spec_name
from codemods.asyncmock_await.calls.following.containers import dict_of
from codemods.asyncmock_await.calls.following.creations import (
    configured_members,
    has_open_keywords,
    has_spec,
    has_spec_of_names,
    is_member,
    keyword_value,
    names_its_place,
    new_value,
    patched_kind,
    patched_place,
    puts_its_own,
    spec_of,
    stands_in,
    stated_target,
)
from codemods.asyncmock_await.calls.following.evaluation import arguments_of
from codemods.asyncmock_await.calls.following.patched_dicts import changed_dict, dict_patch, is_local, may_change_dicts
from codemods.asyncmock_await.calls.following.patching import Patching, followed_form, patchings_of, single_patches
from codemods.asyncmock_await.calls.following.values import (
    SELF,
    Double,
    Environment,
    Root,
    Value,
    from_outside,
    is_foreign,
)
from codemods.asyncmock_await.calls.module.effects import UNKNOWN_EFFECT
from codemods.asyncmock_await.calls.module.handed import effect, effect_of_member, is_real_class, sets_up
from codemods.toolkit.python.collect_names import dotted_name

_EVALUATES = frozenset({"exec", "eval", "locals", "globals"})
_OWN_RESULT = frozenset({"spec", "mock spec", "async wraps"})
"""Doubles that the function makes itself, of whose results nothing is known."""


class Making(Configuring):
    """Follows what happens to doubles in the calls of a function."""

    def _creation(self, node: ast.Call, kind: Kind, env: Environment) -> Value:
        for argument in node.args:
            self.value(argument, env, "handed on")
        if not has_spec(node):
            return self._double(node, kind, kind, env)
        found = spec_of(node, self._mocks)
        name = spec_name(found[1], env) if found is not None else ""
        if found is not None and name:
            return self._specified(Outside(found[0], name), node, env, of_object=name != found[1])
        if kind == "sync" and has_spec_of_names(node):
            return self._double(node, kind, kind, env)
        for keyword in node.keywords:
            if keyword.arg is None or not is_member(keyword.arg):
                env.escape(self.value(keyword.value, env, "handed on"))
        if kind == "sync":  # `MagicMock(spec=f)` of an `async def` makes coroutines
            kind = "unknown"
        return self._double(node, kind, "unknown", env)

    def _specified(self, outside: Outside, node: ast.Call, env: Environment, *, of_object: bool) -> Value:
        """A double with a spec.  `of_object`: what is set on that from now on may be one of the double, too."""
        double = self._from(outside, node, env)
        known = dotted_name(node.func)
        if (self._mocks.canonical(known) or known).rpartition(".")[2].startswith("NonCallable"):
            env.states[double.address] = replace(env.states[double.address], kind="unknown")
        if of_object:
            env.escape(double)
        return double

    def _from(self, outside: Outside, node: ast.Call, env: Environment) -> Double:
        """A double that the function makes itself, but what it is is decided elsewhere."""
        root = Root(outside, (self._offset(node), *self._generation), foreign=False)
        values = self._members(node, env)
        double = env.given(root)
        if outside.form in _OWN_RESULT:
            env.states[double.address] = env.states[double.address].having(RESULT, None)
        return self._configure(node, double, values, env)

    def _members(self, node: ast.Call, env: Environment) -> list[tuple[str, Value]]:
        """The members that a call which makes a double says."""
        return [(name, self._outcome(name, each, env)) for name, each in configured_members(node)]

    def _configure(
        self, node: ast.Call, double: Double, values: Sequence[tuple[str, Value]], env: Environment
    ) -> Double:
        """A double with its members; a mapping that isn't known may set members of these."""
        for name, value in values:
            self._set_at(double, name, value, env)
        for _name, value in values if has_open_keywords(node) else ():
            env.forget(value)
        return double

    def _double(self, node: ast.Call, kind: Kind, children: Kind, env: Environment) -> Double:
        """A new double, with what the keywords of the call that makes it say of its members."""
        values = self._members(node, env)
        double = env.double((self._offset(node), *self._generation), kind, children)
        if children == "unknown":
            env.states[double.address] = env.states[double.address].having(RESULT, None)
        return self._configure(node, double, values, env)

    def patched(self, node: ast.Call, form: str, env: Environment) -> Value:
        """The double that a patch puts in place."""
        new = new_value(node, form)
        if new is not None:
            return self.value(new, env, "handed on")
        kind = patched_kind(node, self._mocks)
        place = stands_in(node, form)
        local = place is not None and place[0] not in {"patch", "patch autospec"}
        if place is not None and not (local and re.split(r"\W", place[1])[0] in env.names):
            return self._from(Outside(*place), node, env)
        for keyword in node.keywords if kind == "unknown" else ():
            env.escape(self.value(keyword.value, env, "handed on"))
        return None if kind == "unknown" else self._double(node, kind, kind, env)

    def replaced(self, node: ast.Call, form: str, env: Environment) -> Value:
        """What a patch puts in place, from now on."""
        if form == "patch.multiple":
            patchings = patchings_of(node, self._mocks) or ()
            each_made = [(each, self._put(each.call, each.form, env, known=True)) for each in patchings]
            return self.by_names(node, each_made, env)
        if form == "patch.dict":
            return self._dict(node, env)
        known = new_value(node, form) is not None or keyword_value(node, "new_callable") is not None
        return self._put(node, form, env, known=known)

    def _put(self, node: ast.Call, form: str, env: Environment, *, known: bool) -> Value:
        """What a single patch puts in place; `known`: whatever calls it there is known to call that.

        Where it says nothing of what it makes for a coroutine function, that is as much one as the function.
        """
        made = self._exchanged(node, form, env)
        owner, name = patched_place(node) if form == "patch.object" else (None, "")
        target = stated_target(node) if form == "patch" else ""
        dotted = dotted_name(owner) if owner is not None else ""
        places: tuple[str, ...] = ()
        if dotted and name and dotted.partition(".")[0] not in env.names:
            path = self._around.spellings.path(dotted)
            places = (f"{dotted}.{name}", *(self._around.spellings.of(f"{path}.{name}") if path else ()))
        elif target:
            places = self._around.spellings.of(target)
        elif form == "patch":
            env.placed = {}
        if target or name:
            env.displace(".".join((target or f"{dotted}.{name}").split(".")[-2:]))
        if known and isinstance(made, Double) and places:
            self._public = True
            env.placed = {**env.placed, **dict.fromkeys(places, made)}
        return made

    def _dict(self, node: ast.Call, env: Environment) -> Value:
        """The dict that a patch changes, from now on."""
        said = dict_patch(node)
        if said is None:
            return None
        self._dicts = self._public = True
        for each in said.others:
            env.escape(self.value(each, env, "handed on"))
        values = {name: self.value(each, env, "handed on") for name, each in said.items.items()}
        address = ("patched dict", self._offset(node), *self._generation)
        if is_local(said.target, env):
            holder = self.value(said.target, env, "value")
            env.open_shared(spared=holder)
            made = changed_dict(said, values, holder, address, env)
            if isinstance(said.target, ast.Name):
                env.names[said.target.id] = made if holder is None else holder
            return made
        env.open_shared()  # it may be one of these, by another name
        made = changed_dict(said, values, None, address, env)
        dotted = dotted_name(said.target)
        path = said.path or self._around.spellings.path(dotted)
        places = {*filter(None, [dotted]), *(self._around.spellings.of(path, itself=True) if path else ())}
        if places:
            env.displace((dotted or path).rpartition(".")[2])
        if made is not None:
            env.placed = {**env.placed, **dict.fromkeys(places, made)}
        return made

    def _displace(self, node: ast.Call, name: str, env: Environment) -> None:
        """A call may change what patches have put in place: the module's own code, a reload, what changes a dict."""
        if not env.placed and not self._dicts:
            return
        first, last = name.partition(".")[0], name.rpartition(".")[2]
        own = first in {"self", "cls"} or (first in self._around.defined and first not in env.names)
        if env.placed and (own or last == "reload"):
            env.placed = {}
        if self._dicts and may_change_dicts(node, env):
            env.open_shared()

    def decorated(self, decorators: Sequence[ast.expr], env: Environment) -> None:
        """What the patches among the decorators of a function put in place, from the bottom up, before it begins.

        Names mean there what they mean in the module, and no call in them can be awaited.
        """
        patches = [(each, form) for each in reversed(decorators) if (form := followed_form(each, self._mocks))]
        if not patches:
            return
        calls, named, handed = dict(self.calls), dict(self.named), list(self.handed)
        own, env.names = env.names, {}
        for decorator, form in patches:
            if isinstance(decorator, ast.Call):
                self.replaced(decorator, form, env)
        env.names = own
        self.calls, self.named, self.handed = calls, named, handed

    def _exchanged(self, node: ast.Call, form: str, env: Environment) -> Value:
        """What a patch puts in place, where that is an attribute of a double of the function."""
        if form != "patch.object":
            return self.patched(node, form, env)
        owner, name = patched_place(node)
        holder = self.value(owner, env, "value") if owner is not None else None
        original = env.member(holder, name) if isinstance(holder, Double) and name else None
        if isinstance(original, Double) and puts_its_own(node, form) and original.address != SELF:
            return self._in_place_of(original, holder, node, env)
        made = self.patched(node, form, env)
        if name and not isinstance(holder, Double) and puts_its_own(node, form):
            env.renew(name)
        elif name:
            self._set(holder, name, made, env)
        else:
            env.forget(holder)
            env.forget_escaped()
        return made

    def by_names(self, node: ast.Call, made: Sequence[tuple[Patching, Value]], env: Environment) -> Double:
        """What a patch of several things gives: the mocks that it makes itself, by their names."""
        values = {each.name: value for each, value in made if each.given == "made"}
        return dict_of(values, ("patched", self._offset(node), *self._generation), env)

    def _in_place_of(self, original: Double, holder: Value, node: ast.Call, env: Environment) -> Value:
        """What a patch makes by itself for a member of a double: a mock of the same kind, with members of its own.

        What other places decide about is taken for what it is there: of the mock in its place only the kind stays.
        """
        values = self._members(node, env)
        if from_outside(original.address) is not None:
            env.forget(original)
            return self._configure(node, original, values, env)
        kind = env.kind(original)
        double = env.double((self._offset(node), *self._generation), kind, kind)
        self._set(holder, patched_place(node)[1], double, env)
        return self._configure(node, double, values, env)

    def _patcher(self, node: ast.Call, env: Environment) -> None:
        """A patch that something else starts and stops: from now on, whenever code runs that nobody knows."""
        self._patchers = True
        for argument in arguments_of(node):
            env.forget(self.known(argument, env))
        for call, form in single_patches(node, self._mocks):
            self._patches_unseen = self._patches_unseen or not form or not names_its_place(call, form)
            name = patched_place(call)[1] if form == "patch.object" else ""
            if name and puts_its_own(call, form):
                env.renew(name)
            elif name:
                env.blur(name)
            else:
                env.forget_escaped()

    def _handed(self, node: ast.Call, name: str, arguments: Sequence[Value], callee: Value, env: Environment) -> None:
        """Doubles go to a function."""
        if isinstance(callee, Double) and callee.address != SELF and not is_foreign(callee):
            self._handed_to_double(arguments, callee, env)
            return
        if env.put:
            env.run(self._behind(node.func, env))
        if isinstance(node.func, ast.Attribute) and node.func.attr.startswith("__"):
            env.forget(self._owner(node, env))
        local = name.partition(".")[0] in env.names
        foreign = callee if is_foreign(callee) else None
        if self._calls_own(name, arguments, env):
            return
        does = (effect if foreign is None else effect_of_member)(name, local, self._around) if name else "changes"
        if self._patchers and does == "keeps":
            env.forget_escaped()
        for argument in arguments:
            if does in {"changes", "changes self"} or argument == Double(SELF):
                env.forget(argument)
                _doubt_effect(argument, env)
            elif does == "keeps":
                env.escape(argument)
        if any(isinstance(argument, Double) for argument in arguments):
            registered = does == "keeps" and "." in name and not local and not name[:1].isupper()
            self._public = self._public or does == "changes" or registered
        if does in {"changes", "changes self"} and self._reaches(node, env):
            # What is called counts only if it is a mock, of which a call changes nothing.
            env.forget_escaped(spared=foreign if not sets_up(name) or self._is_real(foreign) else None)
        if does == "changes self" or (not name and "super(" in ast.unparse(node.func)):
            env.forget_self()
        if name in _EVALUATES and not local:
            env.forget_all()

    def _behind(self, node: ast.expr, env: Environment) -> Value:
        """The object whose code a call runs: the nearest one in a chain of attributes of which anything is known."""
        while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
            node = node.func if isinstance(node, ast.Call) else node.value
            if (found := self.known(node, env)) is not None:
                return found
        return None

    def _is_real(self, double: Value) -> bool:
        """Whether something is an instance of a class that is none of tests: its methods set no doubles up."""
        root = double.address[0] if isinstance(double, Double) else None
        made = root.outside if isinstance(root, Root) else None
        return made is not None and made.form == "call" and is_real_class(made.name, self._around)

    def _calls_own(self, name: str, arguments: Sequence[Value], env: Environment) -> bool:
        """A call of a method of the class itself that sets some attributes at the most; then that is done."""
        method = name.removeprefix("self.")
        own = method != name and "." not in method and not self._patchers and env.names.get("self") == Double(SELF)
        if not own or any(isinstance(argument, Double) for argument in arguments):
            return False
        held = env.states.get(SELF)
        if held is None or SELF in env.escaped or method in held.members or not any(held.members.values()):
            return False
        sets = self._around.sets(self.owner, method)
        if sets is None:
            return False
        for value in held.members.values():
            env.escape(value)  # it may have given them to anything that keeps them
        for attribute in sets:
            env.set_member(Double(SELF), attribute, None)
        return True

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


def _doubt_effect(value: Value, env: Environment) -> None:
    """Something unknown may have set the `side_effect` of a double."""
    if isinstance(value, Double) and (state := env.states.get(value.address)) is not None:
        env.states[value.address] = replace(state, effect=UNKNOWN_EFFECT)
