"""Which functions pytest and unittest run before a test, and where their doubles may not be the test's own.

A fixture counts only if it is made anew for each test, and if nothing else in the module gets hold of what it gives.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from codemods.asyncmock_await.calls.facts import ClassOf
from codemods.asyncmock_await.calls.module.definitions import Definitions
from codemods.asyncmock_await.calls.module.handed import Surroundings, effect
from codemods.asyncmock_await.calls.module.scan import (
    CONFIGURING,
    Function,
    changed_names,
    nodes_of,
    root_name,
    shared_names,
)
from codemods.toolkit.python.collect_names import dotted_name, last_part
from codemods.toolkit.python.project import Module

_SETUPS = frozenset({"setUp", "asyncSetUp", "setup_method", "setup"})
TEARDOWNS = frozenset({"tearDown", "asyncTearDown", "teardown_method", "teardown"})
"""What runs behind a test: the next one has an instance of its own (`unittest.TestLoader.loadTestsFromTestCase`)."""

OF_CLASS = frozenset({"setUpClass", "setup_class"})
_MARKS = "pytestmark"
_PLAIN = frozenset({"autouse", "ids", "loop_scope", "name", "params", "scope"})
_MAY_CHANGE_SELF = re.compile(
    rb"self(?<!\wself)(?:\b(?!(?:\.\w+)+\()"
    rb"|(?:\.\w+)*\.(?:configure_mock|mock_add_spec|attach_mock|update|setattr|delattr|__setattr__|__delattr__)\()"
)
"""More than a plain call of a method of what `self` holds."""

_SETS_SELF = re.compile(rb"\n[ \t]++self(?:\.\w++)++[ \t]*+(?::[^=\n]++)?=(?!=)")
_FIXTURES = frozenset({"fixture", "async_fixture", "asyncio_fixture", "pytest_fixture"})
"""The decorator of pytest and of pytest-asyncio, by names that it is imported under: another may do more."""

_QUOTES = (b'"""', b"'''")
_OUTCOMES = frozenset({"return_value", "side_effect"})
_DYNAMIC_WORDS = (b"pytest_generate_tests", b"getfuncargvalue", b"getfixturevalue")
_DYNAMIC = re.compile(rb"""pytest_generate_tests|getfuncargvalue|getfixturevalue(?!\(["']\w+["']\))""")
_HANDS_OVER = re.compile(rb"\.funcargs\b|\.cached_result[ \t]*=")
"""A hook of pytest gives tests something else than their fixtures do."""

ASKED_FOR = re.compile(rb"""getfixturevalue\(["'](\w+)["']\)""")
"""A fixture that is asked for by a name which is written there."""

OF_PYTEST = frozenset(
    {
        "request", "monkeypatch", "tmp_path", "tmp_path_factory", "tmpdir", "capsys", "capfd", "caplog", "recwarn",
        "pytestconfig", "cache", "event_loop", "mocker", "benchmark", "subtests", "record_property", "anyio_backend",
    }
)  # fmt: skip
"""Fixtures of pytest and its plugins that give no double."""

EVERYTHING = "*"
"""`parametrize` with names that are no literals: it may give any parameter."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixture: the name that tests ask for, and whether each test gets one of its own, by no other decorator.

    `by_itself`: tests get it that don't ask for it.
    """

    name: str
    plain: bool
    by_itself: bool = False


def fixture(function: Function) -> Fixture | None:
    """The fixture that a function is, by its decorators."""
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        last = _last(decorator)
        if "fixture" not in last:
            continue
        keywords = {each.arg or "": each.value for each in call.keywords} if call else {}
        name = keywords.get("name")
        scope = keywords.get("scope")
        own = scope is None or (isinstance(scope, ast.Constant) and scope.value == "function")
        plain = own and keywords.keys() <= _PLAIN and not (call and call.args) and last in _FIXTURES
        plain = plain and all(each is decorator or _keeps(each) for each in function.decorator_list)
        if name is None:
            return Fixture(function.name, plain, "autouse" in keywords)
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            return Fixture(name.value, plain, "autouse" in keywords)
        return Fixture(EVERYTHING, False)
    return None


def _last(decorator: ast.expr) -> str:
    return last_part(decorator.func if isinstance(decorator, ast.Call) else decorator).lower()


def _keeps(decorator: ast.expr) -> bool:
    """Whether a decorator below or above that of a fixture leaves it what the function gives: a patch, or a mark."""
    name = dotted_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return "patch" in name.split(".") or "mark" in name.split(".")


def usable(functions: Iterable[Function]) -> Iterator[tuple[Fixture, Function | None]]:
    """The fixtures among some functions; without the function where it is not certain that each test gets its own."""
    fixtures = [(found, each) for each in functions if (found := fixture(each)) is not None]
    names = [found.name for found, _each in fixtures]
    for found, function in fixtures:
        certain = found.plain and names.count(found.name) == 1 and EVERYTHING not in names
        yield found, function if certain else None


def returning(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a fixture up to its `yield value`, that taken for a `return`, also within `with` and `try`."""
    for number, node in enumerate(body):
        before = body[:number]
        match node:
            case ast.Expr(value=ast.Yield(value=value)):
                return [*before, ast.copy_location(ast.Return(value), node)]
            case ast.With() | ast.AsyncWith() if (inner := returning(node.body)) is not node.body:
                around = ast.With if isinstance(node, ast.With) else ast.AsyncWith
                return [*before, ast.copy_location(around(node.items, inner), node)]
            case ast.Try() if (inner := returning(node.body)) is not node.body:
                return [*before, *inner]
    return body


def is_dynamic(body: bytes) -> bool:
    """Whether a module asks for fixtures, or gives parameters, by names that only a run shows."""
    return any(word in body for word in _DYNAMIC_WORDS) and _DYNAMIC.search(body) is not None


def named_besides_tests(module: Module, definitions: Definitions) -> Iterator[str]:
    """The fixtures that something else than a test asks for by a name which is written there: it may change them."""
    if _HANDS_OVER.search(module.source.body):
        yield EVERYTHING
    found = [*ASKED_FOR.finditer(module.source.body)]
    tests = [module.span(each) for each, _owner in definitions if found and each.name.startswith("test")]
    for match in found:
        if not any(start <= match.start() < end for start, end in tests):
            yield match[1].decode()


def self_changes(module: Module) -> Callable[[Function], bool]:
    """A function that says of a method whether it may change what `self` holds."""

    @cache
    def changes(function: Function) -> bool:
        if not _may_change_self(module, function):
            return False
        return _sets_attribute(module, function) or "self" in changed_names(module.read(function))

    return changes


def set_ups(methods: list[Function], changes: Callable[[Function], bool]) -> tuple[Function, ...]:
    """The methods that run before each test of a class, in order; none where something else may change `self` then.

    More than one are `setUp` and `asyncSetUp`, in this order (`IsolatedAsyncioTestCase._callSetUp`): of others it isn't
    known.
    """
    found = sorted((each for each in methods if is_set_up(each)), key=lambda each: each.name == "asyncSetUp")
    if len(found) > 1 and [each.name for each in found] != ["setUp", "asyncSetUp"]:
        return ()
    if any(each.name in OF_CLASS for each in methods):
        return ()
    if any(changes(each) for each in _before_tests_end(methods) if each not in found):
        return ()
    plain = all((of := fixture(each)) is None or of.plain for each in found)
    return tuple(found) if plain else ()


def is_set_up(function: Function) -> bool:
    """Whether a method runs before each test of its class."""
    if function.name in _SETUPS:
        return True
    autouse = any(
        keyword.arg == "autouse"
        for each in function.decorator_list
        if isinstance(each, ast.Call)
        for keyword in each.keywords
    )
    return autouse and fixture(function) is not None


def classes_of(definitions: Definitions, changes: Callable[[Function], bool]) -> Iterator[ClassOf]:
    """The classes at the top level of a test module; `changes` says whether a method may change what `self` holds."""
    for node, methods in definitions.methods.items():
        fixtures = [found.name for each in methods if (found := fixture(each)) is not None]
        bases = tuple(dotted_name(base) for base in node.bases)
        called = tuple(each.name for each in methods if is_helper(each))
        yield ClassOf(node.name, bases, sets_up(methods, changes), tuple(fixtures), called, node.lineno)


def sets_up(methods: Sequence[Function], changes: Callable[[Function], bool]) -> bool:
    """Whether a class has a set-up, or something else than a test that may change what `self` holds."""
    if any(is_set_up(each) or each.name in OF_CLASS for each in methods):
        return True
    return any(map(changes, _before_tests_end(methods)))


def _before_tests_end(methods: Iterable[Function]) -> Iterator[Function]:
    """The methods of a class that may run before or during a test, but for tests."""
    return (each for each in methods if not each.name.startswith("test") and each.name not in TEARDOWNS)


def is_helper(function: Function) -> bool:
    """Whether a method is neither a test nor run before or after one: tests call it."""
    return not (function.name.startswith("test") or is_set_up(function) or fixture(function) is not None)


def _may_change_self(module: Module, function: Function) -> bool:
    return _MAY_CHANGE_SELF.search(module.source.body, *module.body_span(function)) is not None


def _sets_attribute(module: Module, function: Function) -> bool:
    """Whether a line sets an attribute of `self`, and stands in no string, as the text alone shows."""
    start, end = module.body_span(function)
    found = _SETS_SELF.search(module.source.body, max(0, start - 1), end)
    return found is not None and all(module.source.body.count(each, start, found.start()) % 2 == 0 for each in _QUOTES)


def replaces_members(module: Module, function: Function) -> bool:
    """Whether a test may give `self` another double than the set-up did, before it calls a helper.

    What calls of a double give may change, that leaves it what it is.
    """
    if not function.name.startswith("test") or not _may_change_self(module, function):
        return False
    stored, shared = False, False
    for part in nodes_of(module.read(function)):
        match part:
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()) if name not in _OUTCOMES:
                stored = True
                if root_name(part) == "self":
                    return True
            case ast.Assign(value=value) | ast.NamedExpr(value=value) | ast.withitem(context_expr=value):
                shared = shared or "self" in shared_names(value)
            case ast.Call(func=called, args=arguments, keywords=keywords):
                given = [*arguments, *(keyword.value for keyword in keywords)]
                given += [called] if last_part(called) in CONFIGURING else []
                changes = effect(dotted_name(called), False, Surroundings()) not in {"reads", "keeps"}
                if (changes or last_part(called) in CONFIGURING) and any(
                    "self" in shared_names(each) for each in given
                ):
                    return True
    return stored and shared


def derived_from(body: list[ast.stmt]) -> set[str]:
    """The names of a module's classes that others in it derive from: their tests run with the set-up of those too."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.ClassDef):
            found |= {last_part(base) for base in node.bases} | derived_from(node.body)
    return found


def parametrised(nodes: Iterable[ast.AST]) -> str:
    """All names that `parametrize` gives, as written in some decorators or values of `pytestmark`."""
    words: list[str] = []
    for node in nodes:
        for part in nodes_of(node):
            if not isinstance(part, ast.Call) or last_part(part.func) != "parametrize":
                continue
            first = part.args[0] if part.args else None
            literals = first.elts if isinstance(first, (ast.List, ast.Tuple)) else [first]
            for each in literals:
                literal = isinstance(each, ast.Constant) and isinstance(each.value, str)
                words.append(str(each.value) if literal and isinstance(each, ast.Constant) else EVERYTHING)
    return ",".join(words)


def marks_of(body: list[ast.stmt], decorators: Sequence[ast.expr] = ()) -> Iterator[ast.expr]:
    """The marks of a module or a class: the values of `pytestmark`, and the `decorators`.

    A mark by a name that means one elsewhere is taken for a `parametrize` of any name.
    """
    named: dict[str, ast.expr] = {}
    for node in body:
        if isinstance(node, ast.ImportFrom) and any((each.asname or each.name) == _MARKS for each in node.names):
            yield _of_any_name(node)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
        value = getattr(node, "value", None)
        if not isinstance(value, ast.expr):
            continue
        named |= {target.id: value for target in targets if isinstance(target, ast.Name)}
        if any(last_part(target) == _MARKS for target in targets):
            marks = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
            yield from (_mark(each, named) for each in marks)
    yield from (_mark(each, named) for each in decorators)


def _mark(node: ast.expr, named: Mapping[str, ast.expr]) -> ast.expr:
    """A mark, or what a name of the module stands for."""
    if isinstance(node, ast.Name):
        known = named.get(node.id)
        return known if known is not None else _of_any_name(node)
    if isinstance(node, ast.Call) or "mark" in dotted_name(node).split("."):
        return node
    return _of_any_name(node)


def _of_any_name(at: ast.expr | ast.stmt) -> ast.expr:
    call = ast.Call(ast.Name("parametrize", ast.Load()), [ast.Name(EVERYTHING, ast.Load())], [])
    return ast.copy_location(call, at)
