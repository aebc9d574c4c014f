"""What this family collects of one module: each function that can hold a mock is followed once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codemods.asyncmock_await.calls.creations import injected
from codemods.asyncmock_await.calls.facts import CallFacts, CallSite, Fate, Place
from codemods.asyncmock_await.calls.forms import Use
from codemods.asyncmock_await.calls.scan import (
    Function,
    changed_names,
    changes_parameters,
    functions_of,
    is_fixture,
    is_setup,
    names_read_within,
    nested_names,
    parameters,
    parametrised,
)
from codemods.asyncmock_await.calls.values import SELF, Double, Environment, Value
from codemods.asyncmock_await.calls.walk import Helper, Walk
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

_MOCK = re.compile(rb"Mock|patch|mocker|async_stub")
_DROPPED: frozenset[Use] = frozenset({"statement"})
_READ: frozenset[Use] = frozenset({"statement", "value", "taken apart"})


@dataclass(frozen=True, slots=True)
class _Given:
    """A double that a function gets from outside, with the states that belong to it."""

    value: Value
    around: Environment


def collect(module: Module, names: ModuleNames, mocks: MockNames) -> CallFacts:
    """The facts of one module."""
    if not is_test(module.source.path) or not _MOCK.search(module.source.body):
        return CallFacts()
    sites = tuple(sorted(_Collector(module, mocks).sites(), key=lambda site: (site.start, -site.end)))
    assumed = tuple((each.level, each.module, each.member) for each in mocks.assumed)
    return CallFacts(sites, assumed if sites else ())


class _Collector:
    """One module on its way."""

    def __init__(self, module: Module, mocks: MockNames) -> None:
        self._module = module
        self._mocks = mocks
        top = list(functions_of(module.tree.body))
        self._helpers: Mapping[str, Helper] = {each.name: Helper(changes_parameters(each)) for each in top}
        self._fixtures: dict[str, _Given] = {}
        self._top = top

    def sites(self) -> Iterator[CallSite]:
        """All sites of the module."""
        self._fixtures = self._given_by(self._top)
        for function in self._top:
            yield from self._function(function, None, {})
        for node in self._module.tree.body:
            if isinstance(node, ast.ClassDef):
                yield from self._class(node)

    def _class(self, node: ast.ClassDef) -> Iterator[CallSite]:
        methods = list(functions_of(node.body))
        own = self._given_by(methods)
        setups = [each for each in methods if is_setup(each)]
        held = self._held(setups[0], own) if len(setups) == 1 else None
        if held is not None and held.value is not None and isinstance(held.value, Double):
            tests = [each for each in methods if each is not setups[0] and not each.name.startswith("test")]
            if any("self" in changed_names(each) for each in tests):
                held = None
        for method in methods:
            yield from self._function(method, None if method in setups else held, own)

    def _given_by(self, functions: list[Function]) -> dict[str, _Given]:
        """What the fixtures among some functions give, where that is one double on every path."""
        found: dict[str, _Given] = {}
        fixtures = [each for each in functions if is_fixture(each)]
        for fixture in fixtures:
            if not self._mentions_mocks(fixture) or any(fixture.name in parameters(each) for each in fixtures):
                continue
            walk = self._walk(fixture)
            walk.block(_returning(fixture.body), self._start(fixture, None, {}))
            if len(walk.results) == 1 and isinstance(walk.results[0][0], Double):
                value, around = walk.results[0]
                found[fixture.name] = _Given(value, around)
        return found

    def _held(self, setup: Function, own: Mapping[str, _Given]) -> _Given | None:
        """What `self` holds after the set-up of a class."""
        walk = self._walk(setup)
        end = walk.block(_returning(setup.body), self._start(setup, None, own))
        end = walk.results[0][1] if end is None and len(walk.results) == 1 else end
        return _Given(Double(SELF), end) if end is not None else None

    def _mentions_mocks(self, function: Function) -> bool:
        first = min((each.lineno for each in function.decorator_list), default=function.lineno)
        start = self._module.line_starts[first - 1]
        return _MOCK.search(self._module.source.body, start, self._module.span(function)[1]) is not None

    def _walk(self, function: Function) -> Walk:
        return Walk(self._mocks, self._helpers, nested_names(function), self._offset)

    def _offset(self, node: ast.expr) -> int:
        # The end tells calls apart that begin with each other: `m().n()`.
        return self._module.span(node)[1]

    def _start(self, function: Function, held: _Given | None, own: Mapping[str, _Given]) -> Environment:
        """What holds when a function begins: its parameters, and what `self` has."""
        env = Environment(dict.fromkeys(parameters(function)))
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        if names[:1] in (["self"], ["cls"]):
            if held is not None:
                env.states |= {address: state.copy() for address, state in held.around.states.items()}
            env.names[names.pop(0)] = Double(SELF)
            if SELF not in env.states:
                env.double(SELF, "unknown")
        kinds = injected(function.decorator_list, self._mocks)
        if kinds is None:
            return env
        given = parametrised(function)
        for name, kind in zip(names, kinds, strict=False):
            env.names[name] = env.double(("parameter", name), kind) if kind != "unknown" else None
        for name in names[len(kinds) :]:
            source = own.get(name) or self._fixtures.get(name)
            if source is not None and name not in given:
                env.states |= {address: state.copy() for address, state in source.around.states.items()}
                env.names[name] = source.value
        return env

    def _function(self, function: Function, held: _Given | None, own: Mapping[str, _Given]) -> Iterator[CallSite]:
        takes = any(name in own or name in self._fixtures for name in parameters(function))
        if not (takes or held is not None or self._mentions_mocks(function)):
            return
        walk = self._walk(function)
        walk.block(function.body, self._start(function, held, own))
        hidden = names_read_within(function)
        around: Place = "async" if isinstance(function, ast.AsyncFunctionDef) else "sync"
        test = function.name.startswith("test") and not is_fixture(function)
        for offset, seen in walk.calls.items():
            if "async" in seen.kinds:
                fate = _fate(seen.uses, walk.kept.get(offset, ""), walk, hidden)
                yield self._site(
                    seen.node, fate, "closed" if seen.closed else around, function, test,
                    brackets="taken apart" in seen.uses, certain=seen.kinds == {"async"}, of_result=seen.of_result,
                )  # fmt: skip
        for node, use, closed in walk.references.values():
            if use == "statement" and not closed and around == "async" and test:
                yield self._site(node, "dropped", around, function, test, reference=True)
        for inner in _inner_functions(function):
            yield from self._function(inner, None, {})

    def _site(
        self, node: ast.Call, fate: Fate, around: Place, function: Function, test: bool, *,
        brackets: bool = False, certain: bool = True, reference: bool = False, of_result: bool = False,
    ) -> CallSite:  # fmt: skip
        start, end = self._module.span(node)
        name = dotted_name(node.func) or "the result of a call"
        return CallSite(
            start, end, node.lineno, node.col_offset, name, fate, around, function.name, test, brackets, certain,
            reference, of_result,
        )  # fmt: skip


def _inner_functions(function: Function) -> Iterator[Function]:
    """The functions right within a function."""
    stack: list[ast.stmt] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif not isinstance(node, ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                stack += getattr(node, field, ())
            for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                stack += part.body


def _returning(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a fixture, a `yield value` at its top taken for its `return`."""
    for number, node in enumerate(body):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
            return [*body[:number], ast.copy_location(ast.Return(node.value.value), node)]
    return body


def _fate(uses: set[Use], name: str, walk: Walk, hidden: set[str]) -> Fate:
    """What becomes of the coroutine, by all that is done with the call, and with the name that holds it."""
    if uses == {"await"}:
        return "awaited"
    if uses <= _READ:
        return "dropped" if uses <= _DROPPED else "value"
    if uses == {"kept in a name"} and name and name not in hidden:
        loads = walk.loads.get(name, set())
        return "dropped" if not loads else "value" if loads <= _READ else "consumed"
    return "consumed"
