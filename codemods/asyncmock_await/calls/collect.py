"""What this family collects of one module: each function that can hold a mock is followed once."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from codemods.asyncmock_await.calls.candidates import calls_doubles
from codemods.asyncmock_await.calls.creations import injected, patch_form
from codemods.asyncmock_await.calls.expressions import Seen
from codemods.asyncmock_await.calls.facts import CallFacts, CallSite, Fate, Place
from codemods.asyncmock_await.calls.fixtures import (
    EVERYTHING,
    all_functions,
    derived_from,
    fixture,
    is_dynamic,
    marks_of,
    parametrised,
    set_up,
    usable,
)
from codemods.asyncmock_await.calls.forms import ASKS, Use
from codemods.asyncmock_await.calls.handed import Surroundings
from codemods.asyncmock_await.calls.references import (
    bare_calls,
    coroutine_functions,
    dropped_calls,
    may_be_replaced,
    may_bind,
)
from codemods.asyncmock_await.calls.scan import (
    Function,
    Inside,
    bound_names,
    changes_parameters,
    functions_of,
    inner_functions,
    inside,
    parameters,
)
from codemods.asyncmock_await.calls.values import SELF, Double, Environment, Value
from codemods.asyncmock_await.calls.walk import Walk
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name, holds_line, lines_of
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

_MOCK = re.compile(rb"Mock|patch|mocker|async_stub")
_LAMBDA = re.compile(rb"lambda")
_DROPPED: frozenset[Use] = frozenset({"statement"})
_READ: frozenset[Use] = frozenset({"statement", "value", "taken apart"})


@dataclass(frozen=True, slots=True)
class _Given:
    """A double that a function gets from outside, with the states that belong to it."""

    value: Value
    around: Environment


_Gives = Mapping[str, _Given | None]
"""What fixtures give, by their names; None where that is not certain."""


@dataclass(frozen=True, slots=True)
class _Class:
    """What the tests of a class get: what `self` holds, the class's own fixtures, all names that are parametrised."""

    held: _Given | None
    fixtures: _Gives
    parametrised: str


def collect(module: Module, names: ModuleNames, mocks: MockNames) -> CallFacts:
    """The facts of one module."""
    coroutines = tuple(coroutine_functions(module))
    if not is_test(module.source.path) or not _MOCK.search(module.source.body):
        return CallFacts(coroutines=coroutines)
    sites = tuple(sorted(_Collector(module, names, mocks).sites(), key=lambda site: (site.start, -site.end)))
    assumed = tuple((each.level, each.module, each.member) for each in mocks.assumed)
    return CallFacts(sites, assumed if sites else (), coroutines)


class _Collector:
    """One module on its way."""

    def __init__(self, module: Module, names: ModuleNames, mocks: MockNames) -> None:
        self._module = module
        self._names = names
        self._mocks = mocks
        spelled = [written for written, what in mocks.spellings if what == "AsyncMock"]
        self._spelled = frozenset(each.encode() for each in spelled)
        words = ("AsyncMock", "async_stub", *spelled)
        self._async = sorted(line for word in words for line in lines_of(module, re.compile(re.escape(word).encode())))
        self._bare = bare_calls(module, names)
        self._asks = lines_of(module, ASKS)
        body = module.tree.body
        self._top = list(functions_of(body))
        self._taken = {name for each in all_functions(body) if fixture(each) is not None for name in parameters(each)}
        self._lambdas = lines_of(module, _LAMBDA)
        self._insides: dict[Function, Inside] = {}
        self._around = _surroundings(names, self._top)
        self._derived_from = derived_from(body)
        self._none = _Class(None, {}, parametrised(marks_of(body)))
        self._fixtures: _Gives = {}

    def sites(self) -> Iterator[CallSite]:
        """All sites of the module."""
        self._fixtures = self._given_by(self._top)
        for function in self._top:
            yield from self._function(function, self._none)
        for node in self._module.tree.body:
            if isinstance(node, ast.ClassDef):
                yield from self._class(node)

    def _class(self, node: ast.ClassDef) -> Iterator[CallSite]:
        methods = list(functions_of(node.body))
        own: _Gives = self._given_by(methods)
        marks = parametrised((*node.decorator_list, *marks_of(node.body)))
        if any(patch_form(each, self._mocks) for each in node.decorator_list):
            marks += EVERYTHING  # patches of the class hand doubles to all its tests
        setup = set_up(node, methods) if node.name not in self._derived_from else None
        around = _Class(None, own, f"{self._none.parametrised},{marks}")
        held = self._held(setup, around) if setup is not None else None
        for method in methods:
            yield from self._function(method, _Class(None if method is setup else held, own, around.parametrised))

    def _given_by(self, functions: list[Function]) -> _Gives:
        """What the fixtures among some functions give, where that is one double on every path."""
        found: dict[str, _Given | None] = {}
        for each, function in usable(functions, self._taken):
            found[each.name] = None
            if function is None or is_dynamic(self._module.source.body) or not self._mentions_mocks(function):
                continue
            walk = self._walk(function)
            walk.block(_returning(function.body), self._start(function, self._none))
            if len(walk.results) == 1 and isinstance(walk.results[0][0], Double):
                found[each.name] = _Given(*walk.results[0])
        return found

    def _held(self, setup: Function, around: _Class) -> _Given | None:
        """What `self` holds after the set-up of a class."""
        walk = self._walk(setup)
        end = walk.block(_returning(setup.body), self._start(setup, around))
        end = walk.results[0][1] if end is None and len(walk.results) == 1 else end
        return _Given(Double(SELF), end) if end is not None else None

    def _mentions_mocks(self, function: Function) -> bool:
        return holds_line(function, self._async)

    def _inside(self, function: Function) -> Inside:
        found = self._insides.get(function)
        if found is None:
            found = self._insides[function] = inside(function, self._lambdas)
        return found

    def _walk(self, function: Function) -> Walk:
        asks = holds_line(function, self._asks)
        return Walk(self._mocks, self._around, self._inside(function), self._offset, asks=asks)

    def _offset(self, node: ast.expr) -> int:
        # The end tells calls apart that begin with each other: `m().n()`.
        return self._module.span(node)[1]

    def _start(self, function: Function, around: _Class) -> Environment:
        """What holds when a function begins: its parameters, and what `self` has."""
        env = Environment(dict.fromkeys(parameters(function)))
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        walk = self._walk(function)
        if names[:1] in (["self"], ["cls"]):
            if around.held is not None:
                env.take(around.held.around)
            if SELF not in env.states:
                env.double(SELF, "unknown")
            walk.give(names.pop(0), Double(SELF), env)
        patches = injected(function.decorator_list, self._mocks)
        if patches is None:
            return env
        for name, patch in zip(names, patches, strict=False):
            walk.give(name, walk.patched(patch, patch_form(patch, self._mocks), env), env)
        given = around.parametrised + "," + parametrised(function.decorator_list)
        if EVERYTHING in given:
            return env
        for name in names[len(patches) :]:
            source = around.fixtures[name] if name in around.fixtures else self._fixtures.get(name)
            if source is not None and name not in given:
                env.take(source.around)
                walk.give(name, source.value, env)
        return env

    def _function(self, function: Function, around: _Class, outer: tuple[Function, ...] = ()) -> Iterator[CallSite]:
        if self._calls_doubles(function, around):
            walk = self._walk(function)
            start = self._start(function, around)
            start.names = {**dict.fromkeys(name for each in outer for name in bound_names(each)), **start.names}
            walk.block(function.body, start)
            yield from self._seen(function, walk)
        if not outer:
            yield from self._referred(function)
        for inner in inner_functions(function) if self._mentions_mocks(function) else ():
            if self._mentions_mocks(inner):
                yield from self._function(inner, self._none, (*outer, function))

    def _calls_doubles(self, function: Function, around: _Class) -> bool:
        names = parameters(function)
        given = [name for name in names if around.fixtures.get(name) or self._fixtures.get(name)]
        members = around.held.around.states[SELF].members if around.held is not None and names[:1] == ["self"] else {}
        held = [f"self.{name}" for name, value in members.items() if isinstance(value, Double)]
        if not (given or held or self._mentions_mocks(function)):
            return False
        start, end = self._module.span(function)
        patched = names if injected(function.decorator_list, self._mocks) else given
        return calls_doubles(self._module.source.body[start:end], (*patched, *held), self._spelled)

    def _seen(self, function: Function, walk: Walk) -> Iterator[CallSite]:
        """The calls of doubles in a function."""
        hidden = self._inside(function).read
        for offset, seen in walk.calls.items():
            if "async" in seen.kinds:
                fate = _fate(seen, walk.kept.get(offset, ""), walk, hidden)
                yield self._site(
                    seen.node, fate, function,
                    closed=seen.closed,
                    brackets="taken apart" in seen.uses,
                    certain=seen.kinds == {"async"},
                    of_result=seen.of_result,
                )  # fmt: skip

    def _referred(self, function: Function) -> Iterator[CallSite]:
        """The statements of an async test that call a name of the module and drop what it gives."""
        if not isinstance(function, ast.AsyncFunctionDef) or not function.name.startswith("test") or fixture(function):
            return
        if not holds_line(function, self._bare):
            return
        for node, name in dropped_calls(function, self._names):
            start, end = self._module.span(function)
            if not may_bind(function, self._module.source.body[start:end], name.partition(".")[0]):
                certain = not may_be_replaced(self._module.source.body, name)
                yield self._site(node, "dropped", function, certain=certain, reference=True)

    def _site(
        self, node: ast.Call, fate: Fate, function: Function, *, closed: bool = False, brackets: bool = False,
        certain: bool = True, reference: bool = False, of_result: bool = False,
    ) -> CallSite:  # fmt: skip
        start, end = self._module.span(node)
        around: Place = "async" if isinstance(function, ast.AsyncFunctionDef) else "sync"
        return CallSite(
            start, end, node.lineno, node.col_offset,
            name=dotted_name(node.func) or "the result of a call",
            fate=fate,
            around="closed" if closed else around,
            function=function.name,
            test=function.name.startswith("test") and fixture(function) is None,
            brackets=brackets,
            certain=certain,
            reference=reference,
            of_result=of_result,
        )  # fmt: skip


def _surroundings(names: ModuleNames, top: list[Function]) -> Surroundings:
    counts = Counter(each.name for each in top)
    once = {each.name: each for each in top if counts[each.name] == 1}
    imported = {
        each.asname or (each.name if statement.is_from else each.name.partition(".")[0]): (
            "." * statement.level + statement.module if statement.is_from else each.name
        )
        for statement in names.imports
        for each in statement.names
    }
    defined = {
        name for name, bounds in names.bindings.items() if any(bound.kind not in {"import", "from"} for bound in bounds)
    }

    @cache
    def is_harmless(name: str) -> bool:
        function = once.get(name)
        return function is not None and len(names.bindings.get(name, ())) == 1 and not changes_parameters(function)

    return Surroundings(is_harmless, imported, frozenset(defined))


def _returning(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a fixture, a `yield value` at its top taken for its `return`."""
    for number, node in enumerate(body):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
            return [*body[:number], ast.copy_location(ast.Return(node.value.value), node)]
    return body


def _fate(seen: Seen, name: str, walk: Walk, hidden: frozenset[str]) -> Fate:
    """What becomes of the coroutine, by all that is done with the call, and with the name that holds it."""
    uses = seen.uses
    if uses == {"await"}:
        return "awaited"
    if uses <= _READ:
        return "dropped" if uses <= _DROPPED else "value"
    if uses == {"kept in a name"} and name and name not in hidden:
        loads = walk.loads.get(name, set())
        return "dropped" if not loads else "value" if loads <= _READ else "consumed"
    return "consumed"
