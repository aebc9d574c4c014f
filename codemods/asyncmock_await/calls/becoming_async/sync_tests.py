"""Sync tests, fixtures and helpers that lose a coroutine (AM103): they become async, so that the project runs them.

A test that runs an event loop itself must not run in one (`asyncio.run` refuses that), nor must one that calls code of
the project which does.  How far such code lies away can't be followed: the module of the test, the conftest.py files
above it, and the modules of the names that it calls are searched for the words.  What other tests do doesn't matter,
nor does what fixtures do of which the test asks for none, unless they come by themselves.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.becoming_async.askers import AWAIT_FOR_THEIR_OWN, askers
from codemods.asyncmock_await.calls.becoming_async.callers import Callers
from codemods.asyncmock_await.calls.becoming_async.set_ups import ASYNC_NAMES, obstacle_of, renamed
from codemods.asyncmock_await.calls.facts import Mention, Role, SyncFunction
from codemods.asyncmock_await.calls.module.fixtures import fixture
from codemods.asyncmock_await.calls.project.conftests import conftests
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.imported_within import origin_of
from codemods.asyncmock_await.never_run.bases import Bases
from codemods.asyncmock_await.never_run.classes import Classes, Key
from codemods.asyncmock_await.never_run.collect import function_of
from codemods.asyncmock_await.never_run.facts import ASYNC_SETUPS, MODULE_SETUPS, RUNNING, SETUPS, Function
from codemods.asyncmock_await.never_run.markers import marked
from codemods.asyncmock_await.never_run.modes import Modes
from codemods.asyncmock_await.never_run.verdicts import Verdict, Verdicts
from codemods.asyncmock_await.part import AsyncDef, Awaited, Change
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Module, Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_LOOP_WORDS = (
    b"run_until_complete", b"run_forever", b"asyncio.Runner", b"async_to_sync", b"AsyncToSync", b"from_thread",
    b"nest_asyncio",
)  # fmt: skip
_RUNS = (b"asyncio.run(", b"anyio.run(", b"trio.run(")
_DEFINITION = re.compile(rb"[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)")
_LOOP_FIXTURE = "event_loop"
"""The fixture of pytest-asyncio that projects define anew: it makes the loop that the test runs in."""
_RUNNERS = frozenset(SETUPS) | ASYNC_SETUPS | MODULE_SETUPS | RUNNING | {"load_tests", "setup", "teardown"}
_DJANGO = re.compile(rb"django(?<!\wdjango)")

Changes = Mapping[str, tuple[Change, ...]]
_Place = tuple[str, int]


def loops_in(body: bytes) -> tuple[str, ...]:
    """The functions of a file that run an event loop, or may, by its bytes ("*" where that is none, or always)."""
    found: set[str] = set()
    runs = b"io.run(" in body
    for word in (*(_RUNS if runs else ()), *(_LOOP_WORDS if runs or b"async" in body else ())):
        at = body.find(word)
        while at >= 0:
            around = _last_definition(body, at)
            by_itself = around is None or b"autouse" in body[max(0, around.start() - 300) : around.start()]
            found.add("*" if around is None or by_itself else around[1].decode())
            at = body.find(word, at + 1)
    return tuple(sorted(found)) if found - {_LOOP_FIXTURE} else ()


def _last_definition(body: bytes, before: int) -> re.Match[bytes] | None:
    """The last `def` line that begins before an offset."""
    at = body.rfind(b"def", 0, before)
    while at >= 0:
        found = _DEFINITION.match(body, body.rfind(b"\n", 0, at) + 1, before)
        if found is not None:
            return found
        at = body.rfind(b"def", 0, at)
    return None


def sync_function(
    module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str, asked: Iterable[ast.AST] = ()
) -> SyncFunction:
    """What has to be known of a function of a test module, to make it async if it isn't, and to find who calls it.

    `asked` are the fixtures of the module that it asks for.
    """
    function = function_of(module, node)
    calls = {dotted_name(part) for each in (node, *asked) for part in _called_or_handed(each)}
    found = fixture(node)
    role: Role = "fixture" if found is not None else "test" if node.name.startswith("test") else "helper"
    if role == "helper" and owner and node.name in ASYNC_NAMES:
        role = "set-up"
    obstacle = ""
    if function.yields and role != "fixture":
        obstacle = "it is a generator"
    elif found is not None and not found.plain:
        obstacle = "several tests share what it gives"
    elif function.called and role != "helper":
        obstacle = "the module calls it itself"
    elif role == "test" and _is_named(module, node.name):
        obstacle = "the module names it in another place, which may call it"
    elif _DJANGO.search(module.source.body):
        obstacle = "its module uses Django, whose database is for sync code"
    elif role == "helper":
        obstacle = _called_by_others(function)
    elif role == "set-up":
        obstacle = obstacle_of(module.source.body, function, module.span(node))
    asked_for = found.name if found is not None and found.name == node.name and not found.by_itself else ""
    return SyncFunction(function, owner, tuple(sorted(calls - {""})), obstacle, role, asked_for)


def _is_named(module: Module, test: str) -> bool:
    """Whether a module names a test besides defining it, also one of that name in another class."""
    body = module.source.body
    named = re.finditer(rb"\b" + test.encode() + rb"\b", body)
    return any(not body.endswith(b"def ", 0, each.start()) for each in named)


def _called_by_others(function: Function) -> str:
    """Why a helper may be called by code that doesn't name it."""
    if function.decorators:
        return f"its decorator @{function.decorators[0] or '...'} may not take an async function"
    if function.name in _RUNNERS or function.name.startswith("pytest_"):
        return "the runner calls it, and awaits nothing"
    if function.name.startswith("__") and function.name.endswith("__"):
        return "Python calls it, and awaits nothing"
    return ""


def _called_or_handed(node: ast.AST) -> Iterator[ast.expr]:
    """What a piece of code calls, and what it gives to others, which may call it (`CliRunner().invoke(main)`)."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield part.func
            yield from (each for each in part.args if isinstance(each, (ast.Name, ast.Attribute)))
            yield from (each.value for each in part.keywords if isinstance(each.value, (ast.Name, ast.Attribute)))


class Conversions:
    """What it takes to make sync functions of tests async."""

    def __init__(
        self, project: Project[Facts], origins: Origins, withheld: Mapping[str, tuple[str, str]], config: Config
    ) -> None:
        self._requested = config.requested
        self._calls: dict[tuple[str, int, int], Mention] = {}
        self._asked: dict[_Place, tuple[Mention, str]] = {}
        self._project = project
        self._origins = origins
        self._withheld = withheld
        self._classes = Classes(project, origins)
        self._modes = Modes(project)
        self._verdicts = Verdicts(project, self._classes, self._modes)
        self.callers = Callers(project, origins, self._classes, self._modes)
        self._bases = Bases(project, self._classes, withheld)

    def of(self, path: str, function: SyncFunction) -> Changes | str:
        """The changes by file that make a sync function async, or why it stays as it is."""
        return self._of(path, function, frozenset())

    def awaited(self, changes: Changes) -> Iterator[tuple[str, Mention]]:
        """The calls of helpers that get an `await` by some changes of this record's."""
        for path, several in changes.items():
            for each in several:
                call = self._calls.get((path, each.start, each.end)) if isinstance(each, Awaited) else None
                if call is not None:
                    yield path, call

    def asking(self, changes: Changes) -> Iterator[tuple[str, Mention, str]]:
        """The sync tests that become async for a fixture by some changes of this record's, each with that fixture."""
        for path, several in changes.items():
            for each in several:
                asked = self._asked.get((path, each.start)) if isinstance(each, AsyncDef) else None
                if asked is not None:
                    yield path, *asked

    def _of(self, path: str, test: SyncFunction, active: frozenset[_Place]) -> Changes | str:
        """The same; `active` are the functions that become async for it, or that it becomes async for."""
        function = test.function
        odd = self._unlike_a_fixture(path, test) if test.role == "fixture" else self._odd_decorator(path, test)
        obstacle = test.obstacle or odd or self._runs_loop(path, test)
        if obstacle:
            return obstacle
        own = (AsyncDef(function.keyword, function.name_start, function.name_end),)
        if test.role == "fixture":
            return self._with_askers(path, test, active | {(path, function.keyword)})
        if test.role == "set-up":
            change = renamed(self._project, self._classes, Key(path, test.owner), function)
            return change if isinstance(change, str) else {path: (change,)}
        if test.role == "helper":
            return self._with_callers(path, test, active | {(path, function.keyword)})
        verdict = self._verdicts.if_async(path, test.owner, function)
        if verdict.decision == "right":
            return {path: own}
        if verdict.code == "AM302":
            found = marked(self._project, self._classes, self._modes, path, function)
            return found[1] if isinstance(found, tuple) else {**found, path: (*found[path], *own)}
        if verdict.code == "AM301":
            based = self._based(verdict)
            return based if isinstance(based, str) else {**based, path: (*based.get(path, ()), *own)}
        return verdict.reason

    def _with_callers(self, path: str, helper: SyncFunction, active: frozenset[_Place]) -> Changes | str:
        """A helper becomes async, each call of it gets its `await`, and whoever calls it becomes async as well."""
        calls = self.callers.of(path, helper)
        if isinstance(calls, str):
            return calls
        function = helper.function
        changes: dict[str, list[Change]] = {path: [AsyncDef(function.keyword, function.name_start, function.name_end)]}
        for place, call in calls:
            around: Changes | str = {}
            if call.keyword >= 0 and (place, call.keyword) not in active:
                caller = self._function(place, call.keyword)
                around = self._of(place, caller, active) if caller is not None else "nothing is known of it"
            if isinstance(around, str):
                return f"{place}:{call.line} calls it in {call.function}, which is no async function: {around}"
            for each, several in (*around.items(), (place, (Awaited(call.start, call.end, call.brackets),))):
                planned = changes.setdefault(each, [])
                planned += (change for change in several if change not in planned)
        held = sorted(changes.keys() & self._withheld.keys())
        if held:
            return f"{held[0]} has to change for it and can't: {self._withheld[held[0]][1]}"
        self._calls.update(((place, call.start, call.end), call) for place, call in calls)
        return {each: tuple(several) for each, several in changes.items()}

    def _function(self, path: str, keyword: int) -> SyncFunction | None:
        facts = self._project.entries[path].facts
        return (
            next((each for each in facts.calls.functions if each.function.keyword == keyword), None) if facts else None
        )

    def _odd_decorator(self, path: str, test: SyncFunction) -> str:
        odd = next((each for each in test.function.decorators if not self._classes.neutral(path, each)), None)
        return "" if odd is None else f"its decorator @{odd or '...'} may not take an async function"

    def _unlike_a_fixture(self, path: str, test: SyncFunction) -> str:
        """Why a fixture can't become async, whatever asks for it."""
        if [self._classes.canonical(path, each) for each in test.function.decorators] != ["pytest.fixture"]:
            return "its decorators may not take an async function"
        return ""

    def _with_askers(self, path: str, fixture: SyncFunction, active: frozenset[_Place]) -> Changes | str:
        """A fixture becomes async: by the auto mode of pytest-asyncio, or with the tests that ask for it."""
        function = fixture.function
        own: tuple[Change, ...] = (AsyncDef(function.keyword, function.name_start, function.name_end),)
        plugin = self._modes.marker(path)
        if plugin == "asyncio" and self._modes.runs_all(path):
            return {path: own}
        another = self._modes.runs_all(path) and self._modes.marker("") != plugin
        if another or plugin not in AWAIT_FOR_THEIR_OWN:
            return "only the auto mode of pytest-asyncio awaits such a fixture"
        tests = askers(self._project, self._origins, self._classes, path, fixture)
        if isinstance(tests, str):
            return f"{plugin} awaits it for its own tests only: {tests}"
        changes: dict[str, list[Change]] = {path: [*own]}
        for place, test in tests:
            around = self._asking(place, test, plugin, active)
            if isinstance(around, str):
                return f"{plugin} awaits it for its own tests only, and {test.function} asks for it: {around}"
            for each, several in around.items():
                planned = changes.setdefault(each, [])
                planned += (change for change in several if change not in planned)
        self._asked.update({(place, test.keyword): (test, function.name) for place, test in tests if test.keyword >= 0})
        return {each: tuple(several) for each, several in changes.items()}

    def _asking(self, path: str, test: Mention, plugin: str, active: frozenset[_Place]) -> Changes | str:
        """What makes a test one of the plugin's, nothing where it is; or why it can't become one."""
        verdict = self._verdicts.at(path, test.start)
        if verdict is not None:
            runs = verdict.decision == "right" and self._verdicts.plugins(verdict) <= {plugin}
            return {} if runs else "it is not certain what runs it"
        function = self._function(path, test.keyword)
        if function is None:
            return "nothing is known of it"
        found = {} if (path, test.keyword) in active else self._of(path, function, active)
        if isinstance(found, str):
            return found
        would_be = self._verdicts.if_async(path, function.owner, function.function)
        return found if self._verdicts.plugins(would_be) <= {plugin} else "it is not certain what runs it"

    def _runs_loop(self, path: str, test: SyncFunction) -> str:
        given = set(test.function.parameters) - {"self"}
        for place in (path, *conftests(self._project, path), *self._called(path, test)):
            entry = self._project.entries.get(place)
            names = set(entry.facts.loops) if entry is not None and entry.facts is not None else set()
            if place == path:
                names = {name for name in names if not name.startswith("test") or name == test.function.name}
            elif place.endswith("conftest.py") and not given:
                names &= {"*"}
            if names:
                return f"{place} runs an event loop, which can't be done within another one"
        return ""

    def _called(self, path: str, test: SyncFunction) -> Iterator[str]:
        """The modules of the names that a test calls."""
        for name in test.calls:
            first, *rest = name.split(".")
            origin, _left = self._origins.follow(origin_of(self._project, self._origins, path, first), rest)
            if origin.path.endswith(".py"):
                yield origin.path

    def _based(self, verdict: Verdict) -> dict[str, tuple[Change, ...]] | str:
        """The class gets the base that runs async tests, unless that would bring other tests to life."""
        changes: dict[str, tuple[Change, ...]] = {}
        for runner in verdict.runners:
            blamed = self._bases.blamed(runner)
            if not isinstance(blamed, Key):
                return blamed[1]
            if self._sleeps(blamed):
                return "its class has async tests or set-ups that never run: mend those first (--select AM3)"
            for path, several in self._bases.changes(blamed).items():
                changes[path] = (*changes.get(path, ()), *several)
        return changes

    def _sleeps(self, key: Key) -> bool:
        """Whether a class, or one that derives from it, has async functions that nothing runs, nor will after this run.

        Where a rewrite of those is requested, the class gets its other base for them in any case.
        """
        codes: set[str] = set()
        for each in (key, *self._classes.below(key)):
            for base in self._classes.order(each) or ():
                found = self._classes.get(base)
                for function in found.functions if found is not None else ():
                    if function.is_async:
                        codes.add("AM303" if function.name in SETUPS else "AM301")
        return bool(codes) and codes.isdisjoint(self._requested)
