"""What the functions of a module are given: by fixtures, by the set-up of their class, by patches, by the module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from codemods.asyncmock_await.calls.facts import ClassOf, Outside
from codemods.asyncmock_await.calls.following.containers import kept
from codemods.asyncmock_await.calls.following.meeting import joined, take
from codemods.asyncmock_await.calls.following.patching import adds_nothing
from codemods.asyncmock_await.calls.following.shapes import is_altered
from codemods.asyncmock_await.calls.following.values import SELF, Double, Environment, Root, State
from codemods.asyncmock_await.calls.following.walk import Walk
from codemods.asyncmock_await.calls.given.doubles_made import doubles_made
from codemods.asyncmock_await.calls.given.parametrised import doubles_of_parameters
from codemods.asyncmock_await.calls.given.patches import Patches
from codemods.asyncmock_await.calls.given.receiving import Receivers
from codemods.asyncmock_await.calls.given.within import Given, Gives, Within
from codemods.asyncmock_await.calls.module.definitions import definitions_of
from codemods.asyncmock_await.calls.module.fixtures import (
    ASKED_FOR,
    EVERYTHING,
    OF_PYTEST,
    Fixture,
    classes_of,
    derived_from,
    fixture,
    is_dynamic,
    is_helper,
    is_set_up,
    marks_of,
    named_besides_tests,
    parametrised,
    replaces_members,
    returning,
    self_changes,
    set_ups,
    sets_up,
    usable,
)
from codemods.asyncmock_await.calls.module.handed import Surroundings, surroundings_of
from codemods.asyncmock_await.calls.module.own_coroutines import OwnCoroutines
from codemods.asyncmock_await.calls.module.own_methods import OwnMethods
from codemods.asyncmock_await.calls.module.references import is_of_tests, leading_names, leading_within, led_names
from codemods.asyncmock_await.calls.module.scan import (
    Function,
    Inside,
    bound_once,
    inside,
    mapping_parameter,
    parameters,
)
from codemods.asyncmock_await.calls.text.lost import LostCalls, Owners, owners
from codemods.asyncmock_await.calls.text.texts import Texts
from codemods.asyncmock_await.imported_within import imported_within
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import lines_of
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module


class Givers:
    """What the functions of one module get."""

    def __init__(
        self, module: Module, names: ModuleNames, mocks: MockNames, lost: LostCalls, spelled: frozenset[bytes]
    ) -> None:
        self._module = module
        self.read = module.read
        self.texts = Texts(module, mocks, spelled)
        self.names = names
        self._lost = lost
        self.mocks = mocks
        self.patches = Patches(mocks)
        self._insides: dict[Function, Inside] = {}
        self._classes: dict[ast.ClassDef, Within] = {}
        self._replaced: dict[ast.ClassDef, bool] = {}
        self._of_class: dict[ast.ClassDef, frozenset[str]] = {}
        self.changes = self_changes(module)
        self.definitions = definitions_of(module.tree)
        self.own = OwnCoroutines(module, self.definitions)
        self.within = leading_within(imported_within(names, module.source.body))
        self.leads = leading_names(names) | self.within
        self.led = led_names(names) | self.within
        self.receivers = Receivers(module, self.definitions, lost)
        self.shared = not is_of_tests(module.source.path)

    # Most modules have no function that is worth following: what it takes to follow one waits until it is asked for.

    @cached_property
    def _lambdas(self) -> list[int]:
        return lines_of(self._module, re.compile(rb"lambda"))

    @cached_property
    def _dynamic(self) -> bool:
        return is_dynamic(self._module.source.body)

    @cached_property
    def _around(self) -> Surroundings:
        found = surroundings_of(self._module, self.names, self.definitions, self.leads)
        found = replace(found, receivers=self.receivers.written, within=self.within)
        return replace(found, sets=OwnMethods(self._module, self.definitions, found).sets)

    @cached_property
    def derived_from(self) -> set[str]:
        """The names of the module's classes that others in it derive from."""
        return derived_from(self._module.tree.body)

    @cached_property
    def factories(self) -> Mapping[str, Function]:
        """The fixtures at the top level in which a function may make doubles, whenever a test calls it."""
        found = ((each, function) for each, function in usable(self.definitions.top) if function is not None)
        return {
            each.name: function
            for each, function in found
            if self.texts.mentions_mocks(function) and self._module.body_holds(function, b"def ") and not self._dynamic
        }

    @cached_property
    def owners(self) -> Owners:
        """Whose members are called in the module, of all that may be lost."""
        return owners(self._lost)

    @cached_property
    def of_module(self) -> list[tuple[Fixture, Function]]:
        """The fixtures of the module and of its classes."""
        return [(found, each) for each, _owner in self.definitions if (found := fixture(each)) is not None]

    @cached_property
    def _taken(self) -> set[str]:
        """What the fixtures of the module ask for."""
        return {name for _, function in self.of_module for name in parameters(function)}

    @cached_property
    def doubles(self) -> Mapping[str, Given]:
        """The doubles to which names of the module are bound for good."""
        walk = Walk(self.mocks, self._around, Inside(), self._offset, asks=False)
        found: dict[str, Given] = {}
        for name, call in doubles_made(self._module, self.names, self.mocks, self.texts):
            env = Environment()
            found[name] = Given(walk.value(call, env, "handed on"), env)
        return found

    @cached_property
    def _without_fixtures(self) -> Within:
        """What the fixtures at the top level get, whose own are not known yet."""
        return Within(parametrised=parametrised(marks_of(self._module.tree.body)))

    @cached_property
    def altered(self) -> tuple[str, ...]:
        """The names of fixtures that fixtures of the module may change, `EVERYTHING` where they ask by names."""
        unknown = self._dynamic or any(each.name == EVERYTHING for each, _function in self.of_module)
        return (EVERYTHING,) if unknown and self.of_module else tuple(sorted(set(self._altered())))

    @cached_property
    def module(self) -> Within:
        """What the functions at the top level get."""
        plain = self._without_fixtures
        fixtures = self._given_by(self.definitions.top, plain)
        return replace(plain, fixtures=fixtures, of_module=fixtures)

    @cached_property
    def given_names(self) -> frozenset[str]:
        """The parameters that may hold a double of the module from the start.

        Fixtures that may make one, or get one from another fixture, and what patches hand over.
        """
        found: set[str] = set()
        waiting = list(self.of_module)
        while makers := [each for each in waiting if self.texts.may_give_double(each[1], found)]:
            found.update(each.name for each, _ in makers)
            waiting = [each for each in waiting if each not in makers]
        for each, owner in self.definitions:
            decorators = [*each.decorator_list, *(owner.decorator_list if owner is not None else ())]
            if not all(map(adds_nothing, decorators)) or self.texts.parametrises(each):
                found.update((*parameters(each), *mapping_parameter(each)))
        return frozenset(found - {"self", "cls"})

    def fixtures_of(self, owner: ast.ClassDef) -> frozenset[str]:
        """The names of the fixtures that a class defines itself."""
        known = self._of_class.get(owner)
        if known is None:
            fixtures = (fixture(each) for each in self.definitions.methods[owner])
            known = self._of_class[owner] = frozenset(each.name for each in fixtures if each is not None)
        return known

    # -- what is followed, and how

    def hands_mocks(self, owner: ast.ClassDef | None, function: Function) -> bool:
        """Whether a patch of the class hands an AsyncMock to a test, as its text tells."""
        return function.name.startswith("test") and any(map(self.texts.makes_mocks, self.patches.of_class(owner)))

    def inside(self, function: Function) -> Inside:
        """What the functions and lambdas within a function do with names."""
        found = self._insides.get(function)
        if found is None:
            found = self._insides[function] = inside(function, self._lambdas)
        return found

    def walk(self, function: Function, around: Within) -> Walk:
        """Ready to follow a function, whose body is read for it."""
        self._module.read(function)
        asks, within = self.texts.asks(function), self.inside(function)
        walk = Walk(self.mocks, self._around, within, self._offset, asks=asks, owner=around.name)
        walk.of_fixture = fixture(function) is not None
        return walk

    def _offset(self, node: ast.expr) -> int:
        # The end tells calls apart that begin with each other: `m().n()`.
        return self._module.span(node)[1]

    # -- what they are given

    def around(self, owner: ast.ClassDef | None, function: Function) -> Within:
        """What a function of the module or of a class gets."""
        return self.module if owner is None else self._within(owner, function)

    def _within(self, node: ast.ClassDef, method: Function) -> Within:
        found = self._classes.get(node)
        if found is None:
            found = self._classes[node] = self._class(node)
        helper = is_helper(method) and (found.held is not None or found.inherits)
        if helper and node not in self._replaced:
            self._replaced[node] = any(replaces_members(self._module, each) for each in self.definitions.methods[node])
        if is_set_up(method) or (helper and self._replaced[node]):
            return replace(found, held=None, inherits="")
        return found

    def _class(self, node: ast.ClassDef) -> Within:
        methods = self.definitions.methods[node]
        own = self._given_by(methods, self.module)
        marks = parametrised(marks_of(node.body, node.decorator_list))
        patches = self.patches.of_class(node)
        marks = f"{self.module.parametrised},{marks}"
        around = Within(node.name, None, own, marks, "", patches, self.module.fixtures)
        if node.name in self.derived_from:
            others = {name for each in self.definitions.methods if each is not node for name in self.fixtures_of(each)}
            return replace(around, fixtures={**own, **dict.fromkeys(others)})
        held = None
        makes = any(is_set_up(each) and self.texts.may_set_mocks(each) for each in methods)
        if makes or self._loses_members(node):
            held = self.held_by(set_ups(methods, self.changes), replace(around, decorators=()))
        inherits = node.name if node.bases and not sets_up(methods, self.changes) else ""
        return replace(around, held=held, inherits=inherits)

    def _loses_members(self, node: ast.ClassDef) -> bool:
        """Whether a class may lose what a call of something gives that `self` holds."""
        return any(
            lost.root == "self" and lost.rest.count(".") > 1 for lost in self._lost.between(*self._module.span(node))
        )

    def _given_by(self, functions: list[Function], around: Within) -> Gives:
        """What the fixtures among some functions give, where that is one double on every path."""
        found: dict[str, Given | None] = {}
        for each, function in usable(functions):
            found[each.name] = None
            if function is None or self._dynamic:
                continue
            gives = bool(self.doubles) or len(parameters(function)) == 1
            gives = gives or self.texts.mentions_mocks(function) or self.texts.yields_patched(function)
            made = self.shared or each.name in self.owners.names
            made = made and self.texts.calls_one_of(function, self.leads)
            if (gives or made) and {each.name, EVERYTHING}.isdisjoint(self.altered):
                found[each.name] = self.result(function, around)
        return found

    def result(self, function: Function, around: Within) -> Given | None:
        """The double that a function gives on every path."""
        walk = self.walk(function, around)
        walk.block(returning(function.body), self.start(function, around, walk)[0])
        if len(walk.results) == 1 and isinstance(walk.results[0][0], Double):
            return Given(*walk.results[0])
        return None

    def held_by(self, setups: Sequence[Function], around: Within) -> Given | None:
        """What `self` holds after the set-ups of a class, None where that is not known."""
        held = None
        for setup in setups:
            before = replace(around, held=held)
            walk = self.walk(setup, before)
            end = walk.block(returning(setup.body), self.start(setup, before, walk)[0])
            for _value, at in walk.results:
                end = joined(end, at)
            if end is None:
                return None
            held = Given(Double(SELF), kept(end, self._module.source.body))
        return held

    def held(self, function: Function, around: Within) -> Iterator[tuple[str, Given | None]]:
        """What a function may get from outside, by its spelling; None for what this module doesn't show."""
        yield from self._asked(function, around)
        if around.held is not None and parameters(function)[:1] == ["self"]:
            for name, value in around.held.around.states[SELF].members.items():
                if isinstance(value, Double):
                    yield f"self.{name}", Given(value, around.held.around)
        yield from ((name, None) for name in self.doubles)

    def _asked(self, function: Function, around: Within) -> Iterator[tuple[str, Given | None]]:
        """The fixtures that a function asks for, but those that are surely no double, or not always the same."""
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        names = names[: len(names) - len(function.args.defaults)]
        names = names[1:] if names[:1] in (["self"], ["cls"]) else names
        if not names:
            return
        patches = self.patches.injected(function, around.decorators)
        marks = around.parametrised + "," + parametrised(function.decorator_list)
        if patches is None or EVERYTHING in marks:
            return
        asks = function.name.startswith("test") or fixture(function) is not None
        for name in names[len(patches.by_position) :]:
            if name in marks or name in OF_PYTEST or name in patches.by_name or not asks:
                continue  # whoever calls a helper says what it gets
            if name in around.fixtures or name in around.of_module:
                own = name in around.fixtures
                given = around.fixtures[name] if own else around.of_module[name]
                if given is not None:
                    yield name, given
                elif name in self.factories and not (own and around.name):
                    yield name, None
            elif {name, EVERYTHING}.isdisjoint(self.altered) and not self._dynamic:
                yield name, None

    def start(self, function: Function, around: Within, walk: Walk) -> tuple[Environment, tuple[str, ...]]:
        """What holds when a function begins, and the fixtures of the module that this rests on."""
        env = Environment(dict.fromkeys(parameters(function)))
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        for name in self.doubles:
            if name not in env.names:
                walk.give(name, env.given(Root(Outside("name", name), (), foreign=True)), env)
        if names[:1] in (["self"], ["cls"]):
            if around.held is not None:
                take(env, around.held.around)
            elif around.inherits:
                env.states[SELF] = State("unknown", "unknown", inherits=around.inherits)
                env.escaped.add(SELF)
            if SELF not in env.states:
                env.double(SELF, "unknown")
            walk.give(names[0], Double(SELF), env)
        self.patches.hand_over(function, around.decorators, walk, env)
        relied: list[str] = []
        for name, calls in doubles_of_parameters(function, around, self.mocks):
            if name not in self._taken:  # a fixture that asks for it may change it
                relied.append(name)
                walk.give(name, walk.one_of(calls, env), env)
        by_name = ASKED_FOR.search(self._module.source.body, *self._module.span(function)) is not None
        if by_name and "request" in parameters(function) and "request" in bound_once(function):
            walk.not_asked = f"{around.parametrised},{parametrised(function.decorator_list)}"
        for name, given in self._asked(function, around):
            if given is None:
                walk.give(name, env.given(Root(Outside("fixture", name, around.name), (), foreign=True)), env)
            else:
                relied.append(name)
                take(env, given.around)
                if name in self._taken or by_name:
                    env.escape(given.value)
                walk.give(name, given.value, env)
        return env, tuple(relied)

    def classes(self) -> Iterator[ClassOf]:
        """The classes at the top level."""
        return classes_of(self.definitions, self.changes)

    # -- what others may get from here

    def _altered(self) -> Iterator[str]:
        """The fixtures that fixtures of the module may change, as far as these ask for them."""
        yield from named_besides_tests(self._module, self.definitions)
        for _, function in self.of_module:
            names = [name for name in parameters(function) if name not in {"self", "cls", *OF_PYTEST}]
            if not names:
                continue
            walk = self.walk(function, self._without_fixtures)
            env = Environment(dict.fromkeys(parameters(function)))
            asked = {name: env.given(Root(Outside("fixture", name), (), foreign=True)) for name in names}
            for name, double in asked.items():
                walk.give(name, double, env)
            end = walk.block(returning(function.body), env)
            ends = [each for each in (end, *(at for _value, at in walk.results)) if each is not None]
            yield from (name for name, double in asked.items() if any(is_altered(double, each) for each in ends))
