"""How far this family has to look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.becoming_async.askers import AWAIT_FOR_THEIR_OWN
from codemods.asyncmock_await.calls.becoming_async.callers import Callers
from codemods.asyncmock_await.calls.decide import is_of_sync_method, needs_async
from codemods.asyncmock_await.calls.facts import Outside, Shape, Suspect, SyncFunction
from codemods.asyncmock_await.calls.module.references import is_of_tests
from codemods.asyncmock_await.calls.project.conftests import conftests
from codemods.asyncmock_await.calls.project.outside import Outsides
from codemods.asyncmock_await.calls.project.production import production_marks
from codemods.asyncmock_await.calls.text.defined import Defined, defined
from codemods.asyncmock_await.calls.text.unread import (
    ASKED,
    GIVING,
    HELD,
    LOST,
    OWN,
    definition_marks,
    double_mark,
    giving_marks,
    lost_mark,
    making_mark,
    renaming_mark,
)
from codemods.asyncmock_await.doubles.stands_for import function_at
from codemods.asyncmock_await.imported_within import origin_of
from codemods.asyncmock_await.never_run.classes import Classes
from codemods.asyncmock_await.never_run.modes import Modes
from codemods.asyncmock_await.never_run.reach import CLASS
from codemods.toolkit.python.layout import Layout, is_test
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Entry, Project, Told

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

SETTINGS: frozenset[str] = frozenset()
"""The settings files that this family reads."""

_ASKS = re.compile(rb"def test\w*\(([^()]*)\)")
_WORD = re.compile(rb"\w+")
_FIXTURES = "fixtures asked for "
_PLAIN = frozenset({b"self", b"cls", b"monkeypatch", b"tmp_path", b"caplog", b"capsys", b"request", b"mocker"})


def relevant(body: bytes) -> bool:
    """Whether this file can matter by itself."""
    return b"AsyncMock" in body


def marks(body: bytes, definitions: Sequence[tuple[bytes, int]]) -> tuple[str, ...]:
    """What the bytes of any file say: its `async def`s; what its tests ask for, and may lose, if it names no mock.

    `definitions` are the names of its `async def`s, and the offsets where they begin.
    """
    found = [*definition_marks(body, definitions), *production_marks(body)]
    if b"AsyncMock" not in body and b"def test" in body:
        asked = {word for names in set(_ASKS.findall(body)) for word in _WORD.findall(names)} - _PLAIN
        if asked:
            found.append(_FIXTURES + b" ".join(sorted(asked)).decode())
        found += lost_mark(body, definitions, asked)
    elif b"def test" not in body:
        found += (*making_mark(body), *renaming_mark(body))
        found += giving_marks(body) if any(word in body for word in GIVING) else ()
        found += double_mark(body) if b"AsyncMock" in body else ()
    return tuple(found)


def demand(project: Project[Facts], origins: Origins) -> frozenset[str]:
    """The conftest.py files, and tests that get a double from one though they name none themselves.

    The modules that other names lead to stand in `origins.unloaded`.
    """
    widen(project, origins, {})  # what is asked on the way stands in `origins.unloaded`
    said = _said(project.told)
    asked: set[str] = set()
    given: dict[str, list[str]] = {}
    ask = partial(_asked, said.coroutines)
    for path, files in project.remembered.answers(project, "what calls need", said.coroutines, project.entries, ask):
        asked |= files
        facts = project.entries[path].facts
        if facts is not None and path.endswith("conftest.py"):
            for gift in facts.calls.gifts:
                if gift.what == "fixture" and _holds_async(project, origins, path, gift.shape):
                    given.setdefault(gift.name, []).append(path.removesuffix("conftest.py"))
    for path, names in said.asking if given else ():
        if any(path.startswith(folder) for name in names for folder in given.get(name, ())):
            asked.add(path)
    words = frozenset(said.losing.items())
    means = partial(_losing, said.losing)
    for _path, files in project.remembered.answers(project, "what lost calls mean", words, said.losing, means):
        asked |= files
    return frozenset(asked)


def _losing(words: Mapping[str, tuple[str, ...]], project: Project[Facts], path: str) -> frozenset[str]:
    """A test module that names no mock, if one of its calls loses a coroutine; and the files that it takes to tell."""
    origins = Origins(project)
    if any(_is_coroutine_function(project, origins, path, word) for word in words[path]):
        return frozenset({path})
    return frozenset(origins.unloaded)


def _is_coroutine_function(project: Project[Facts], origins: Origins, path: str, word: str) -> bool:
    """Whether a word of a mark of lost calls means one; where it doesn't tell the module, its names have to do."""
    module, _, dotted = word.partition(":")
    if module in {HELD, OWN}:
        return True
    if module == ASKED:
        fixture, member = dotted.split(".")
        return Outsides(project, origins).given_above(path, fixture, (member,)) == "coroutine function"
    plain = module.lstrip(".")
    target = project.layout.absolute(path, len(module) - len(plain), plain)
    if not module or not target:
        return True
    function = function_at(project, origins, path, f"{target}.{dotted}")
    if function is not None and function.asynchronous:
        return True
    maker, _, member = dotted.rpartition(".")
    means = Outsides(project, origins).made_elsewhere(path, f"{target}.{maker}", (member,))
    return means in {"coroutine function", "async"}


def _asked(coroutines: frozenset[str], project: Project[Facts], path: str) -> frozenset[str]:
    """The files that have to be known to decide about the calls of one file.

    `coroutines` are the names of all functions that may be coroutine functions.
    """
    entry = project.entries[path]
    if entry.facts is None:
        return frozenset()
    facts, origins = entry.facts.calls, Origins(project)
    outsides, asked = Outsides(project, origins), origins.unloaded
    for site in facts.sites:
        if site.reference and outsides.is_coroutine_function(path, site.name):
            outsides.replaced_at(path, site.name, None, ())
        is_of_sync_method(project, path, site, origins)
        outsides.inheritance.doubt(path, site)
        for each in site.put:
            outsides.keeps(path, each.outside, each.name)
        if site.late or site.shared:
            outsides.replacements.place(path, "")
        if site.shared:
            outsides.is_beside_a_module(path, site.name.partition(".")[0])
        if site.fixtures and (site.sync or site.fate in {"dropped", "value"}):
            outsides.replacements.fixtures_altered(path)
    asks = {(site.outside, site.chain) for site in facts.sites if site.outside is not None}
    for outside, chain in asks | {(suspect.outside, suspect.chain) for suspect in facts.suspects}:
        matters = _may_be_coroutine(entry, outside, chain, coroutines)
        meaning = outsides.meaning(path, outside, chain) if matters else "unknown"
        if meaning == "coroutine function" or (meaning == "async" and outside.form.startswith("patch")):
            outsides.replaced_at(path, "", outside, chain)
    outsides.sources.uses_the_library(path)
    if facts.functions:
        asked.update(conftests(project, path))
        Classes(project, origins).resolve_all(path)
    for function in facts.functions:
        for name in function.calls:
            first, *rest = name.split(".")
            origins.follow(origin_of(project, origins, path, first), rest)
    return frozenset(asked)


def _may_be_coroutine(
    entry: Entry[Facts], outside: Outside, chain: tuple[str, ...], coroutines: frozenset[str]
) -> bool:
    """Whether what is called may be a coroutine function of some name, if it is one of the project's own functions.

    Those of the file itself count, whatever their names.
    """
    if outside.form not in {"call", "function"}:
        return True
    named = _function_names(entry, outside.name) if outside.form == "function" else chain
    return not coroutines.isdisjoint(named) or (
        entry.facts is not None and not set(named).isdisjoint(entry.facts.calls.coroutines)
    )


def _function_names(entry: Entry[Facts], dotted: str) -> tuple[str, ...]:
    """The names that a function may have where it is defined, of which a module uses a dotted name."""
    last = dotted.rpartition(".")[2]
    if entry.names is None:
        return (last,)
    bounds = entry.names.bindings.get(dotted, ())
    within = (each.name for statement in entry.names.imports for each in statement.names if each.asname == dotted)
    return (dotted, last, *(bound.member for bound in bounds if bound.kind == "from"), *within)


def widen(project: Project[Facts], origins: Origins, seen: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The names of helpers that lose a coroutine, and of those that call them: whatever names them has to be known.

    So are the names of fixtures that lose one where each test that asks for it matters.

    `seen` are the functions, by file, in which a run saw a coroutine dropped.
    """
    found = list(_losing_helpers(project, origins, seen))
    received = {
        each.function.name
        for entry in project.entries.values()
        for each in (entry.facts.calls.received if entry.facts is not None else ())
    }
    if not found:
        return frozenset(received)
    modes = Modes(project)
    callers = Callers(project, origins, Classes(project, origins), modes)
    known = {(path, each.function.keyword) for path, each in found}
    for path, helper in found:  # it grows
        if helper.role != "helper":
            continue
        calls = callers.of(path, helper)
        for place, call in calls if not isinstance(calls, str) else ():
            for keyword, caller in _helpers(project, place).items():
                if keyword == call.keyword and (place, keyword) not in known:
                    known.add((place, keyword))
                    found.append((place, caller))
    return frozenset(received) | {
        each.function.name for path, each in found if each.role == "helper" or _may_follow(modes, path, each)
    }


def _may_follow(modes: Modes, path: str, fixture: SyncFunction) -> bool:
    """Whether a fixture may become async where all tests do that ask for it."""
    return bool(fixture.asked_for) and modes.marker(path) in AWAIT_FOR_THEIR_OWN


def _helpers(project: Project[Facts], path: str) -> dict[int, SyncFunction]:
    """The sync helpers and fixtures of a file that may become async, by where their `def` stands."""
    facts = project.entries[path].facts
    functions = facts.calls.functions if facts is not None else ()
    return {each.function.keyword: each for each in functions if each.role != "test" and not each.obstacle}


def _losing_helpers(
    project: Project[Facts], origins: Origins, seen: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, SyncFunction]]:
    outsides = Outsides(project, origins)
    for path in project.entries:
        helpers = _helpers(project, path)
        facts = project.entries[path].facts
        lost = {
            site.keyword
            for site in (facts.calls.sites if helpers and facts is not None else ())
            if site.keyword in helpers and needs_async(project, path, site, origins, outsides)
        }
        for keyword, helper in helpers.items():
            if keyword in lost or helper.function.name in seen.get(path, ()):
                yield path, helper


def again(project: Project[Facts]) -> Mapping[str, frozenset[str]]:
    """The functions, by file, that call a coroutine function or an AsyncMock which they get from elsewhere."""
    coroutines = _said(project.told).coroutines
    ask = partial(_lost_elsewhere, coroutines)
    found = project.remembered.answers(project, "suspects", coroutines, project.entries, ask)
    return {path: names for path, names in found if names}


def _lost_elsewhere(coroutines: frozenset[str], project: Project[Facts], path: str) -> frozenset[str]:
    """The functions of one file whose suspects do make a coroutine.

    `coroutines` are the names of all functions of other files that may be coroutine functions.
    """
    entry, outsides = project.entries[path], Outsides(project, Origins(project))
    suspects: dict[tuple[Outside, tuple[str, ...]], list[Suspect]] = {}
    for each in entry.facts.calls.suspects if entry.facts is not None else ():
        suspects.setdefault((each.outside, each.chain), []).append(each)
    found: set[str] = set()
    for (outside, chain), several in suspects.items():
        if outside.form == "function" and not _may_be_coroutine(entry, outside, chain, coroutines):
            continue
        meaning = outsides.meaning(path, outside, chain)
        if meaning in {"async", "raising", "coroutine function"}:
            found.update(each.function for each in several if meaning != "coroutine function" or not each.handed)
    return frozenset(found)


def _holds_async(project: Project[Facts], origins: Origins, path: str, shape: Shape | None) -> bool:
    """Whether a double of a file or one of its members may be an AsyncMock: an object of a class is none."""
    if shape is None:
        return False
    made = shape.outside.name if shape.outside is not None and shape.outside.form == "call" else "."
    if "." not in made and origins.bound(path, made).status not in {"def", "async def"}:
        return False
    return (
        shape.outside is not None
        or "async" in {shape.kind, shape.children}
        or any(_holds_async(project, origins, path, member) for member in shape.members.values())
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What marks say.

    `coroutines` are the names of `async def`s that tests may call.  `losing` are the test modules that name no mock,
    each with the words of its calls that may lose what one of these gives; `asking` the files that ask for fixtures by
    name.
    """

    coroutines: frozenset[str]
    losing: Mapping[str, tuple[str, ...]]
    asking: tuple[tuple[str, list[str]], ...]


@lru_cache(maxsize=1)
def _said(told: Told) -> _Said:
    known = defined(told.marks)
    losing = {
        path: found
        for path, words in _marked(told.marks, LOST)
        if is_test(path) and (found := tuple(each for each in words if _may_be(known, told, path, each)))
    }
    return _Said(known.names, losing, tuple(_marked(told.marks, _FIXTURES)))


def _may_be(known: Defined, told: Told, path: str, word: str) -> bool:
    """Whether a word of a mark of lost calls may mean a coroutine function, by all names of the project."""
    module, _, name = word.partition(":")
    if known.may_be(word):
        return _is_inside(told.layout, path, word) and (module != OWN or _inherits(known, told.marks[path], name))
    return known.may_be_given(word) and _is_for_tests(told.layout, path, word)


def _inherits(known: Defined, marks: Iterable[str], name: str) -> bool:
    """Whether a class of a file may have a coroutine function of some name."""
    classes = (mark.removeprefix(CLASS).split()[0] for mark in marks if mark.startswith(CLASS))
    return any(known.has(each, name) for each in classes)


def _is_for_tests(layout: Layout, path: str, word: str) -> bool:
    """Whether the module that a word begins with has helpers for tests, but no tests."""
    module = word.partition(":")[0]
    found = layout.find_written(module, path) if module else None
    return found is not None and is_test(found) and not is_of_tests(found)


def _is_inside(layout: Layout, path: str, word: str) -> bool:
    """Whether the module that a word of a mark of lost calls begins with may be one of the project's."""
    module = word.partition(":")[0]
    return module in {"", ASKED, HELD, OWN} or module.startswith(".") or layout.internal(module, path)


def _marked(marks: Mapping[str, tuple[str, ...]], word: str) -> Iterator[tuple[str, list[str]]]:
    """The names behind a word in the marks of each file that has one."""
    for path, said in marks.items():
        for mark in said:
            if mark.startswith(word):
                yield path, mark.removeprefix(word).split()
