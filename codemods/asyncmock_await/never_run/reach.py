"""How far this family has to look: files whose classes may be TestCases, and async tests that may lack a marker.

Classes are followed by their names in the bytes of all files, so that none has to be parsed to find out that it can't
matter.  A name may mean several classes: that makes the search wider, never narrower.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from codemods.asyncmock_await.never_run.modes import FILES, REQUIREMENTS, Modes
from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

SETTINGS: frozenset[str] = frozenset({*FILES, *REQUIREMENTS})
"""The settings files that tell which plugin runs async tests."""

_CLASS = re.compile(rb"class (\w+)[ \t]*((?:[\[(][^:]{0,500})?):")
_ALIAS = re.compile(rb"\n([A-Za-z_]\w*+) = ([A-Za-z_][\w.]*+)[ \t]*+(?=[\r\n#])")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_SETUPS = frozenset(
    {
        b"setUp", b"tearDown", b"setUpClass", b"tearDownClass", b"setUpModule", b"tearDownModule",
        b"setup_method", b"teardown_method", b"setup_class", b"teardown_class", b"setup_module", b"teardown_module",
        b"setup_function", b"teardown_function",
    }
)  # fmt: skip
_FROM = re.compile(rb"from\s+[.\w]+\s+import\s+(?:\([^)]*\)?|[^\r\n(]*)")
_MARKERS = re.compile(rb"mark\.(?:asyncio|anyio|trio)")
_OPTIONS = re.compile(rb"asyncio[-_]mode")

CLASS, ALIAS, FROM, WORD = "test class ", "test alias ", "test from ", "test word "
TESTS, SETUPS = "async tests", "async set-ups"


def relevant(body: bytes) -> bool:
    """Whether this file can matter by itself: never, `demand` asks for what does."""
    return False


def marks(body: bytes, coroutines: Sequence[bytes]) -> tuple[str, ...]:
    """What the bytes of any file say: its classes and their bases, other names of them, whether it has async tests.

    `coroutines` are the names of its `async def`s.
    """
    return tuple(dict.fromkeys(_marks(body, coroutines)))


def _marks(body: bytes, coroutines: Sequence[bytes]) -> Iterator[str]:
    tests = any(name.startswith(b"test") for name in coroutines)
    if tests:
        yield TESTS
    if not _SETUPS.isdisjoint(coroutines):
        yield SETUPS
    # A pattern that begins with letters is searched as fast as these alone.
    for word in sorted({*_MARKERS.findall(body), *_OPTIONS.findall(body)}):
        yield WORD + word.decode()
    bases: set[bytes] = set()
    for name, rest in _CLASS.findall(body):
        words = _WORD.findall(rest)
        if words or tests:
            yield " ".join([CLASS + name.decode(), *(word.decode() for word in words)])
        bases.update(words)
    statements = _FROM.findall(body) if bases else []
    for word in sorted(bases) if statements else ():
        for module, old in _imported(statements, word):
            yield f"{FROM}{word.decode()} {module.decode()} {(old or word).decode()}"
    for new, old in _ALIAS.findall(body):
        yield f"{ALIAS}{new.decode()} {old.rpartition(b'.')[2].decode()}"


@cache
def _import_of(word: bytes) -> re.Pattern[bytes]:
    names = rb"(?:\([^)]*?|[^\r\n(]*?)"
    return re.compile(rb"from\s+([.\w]+)\s+import\s+" + names + rb"(?:\b(\w+)\s+as\s+)?\b" + word + rb"\b(?!\s+as\b)")


def _imported(statements: Sequence[bytes], word: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Modules that a name is imported from by one of some statements, and its name there where that is another."""
    for statement in statements:
        if word in statement:
            yield from _import_of(word).findall(statement)


_Node = tuple[str, str]
"""A class by its file and name; by the name alone (file "") where it isn't known which file's it is."""


@dataclass(slots=True)
class _Names:
    """Classes by name, and what each may derive from or stand for."""

    above: defaultdict[_Node, set[_Node]] = field(default_factory=lambda: defaultdict(set))
    in_file: dict[str, set[_Node]] = field(default_factory=dict)
    tests: set[str] = field(default_factory=set)
    setups: set[str] = field(default_factory=set)


def _names(project: Project[Any]) -> _Names:
    names = _Names()
    bound: dict[str, dict[str, set[_Node]]] = {}
    derived: list[tuple[str, str, str]] = []
    for path, said in project.marks.items():
        for mark in said:
            if mark.startswith(CLASS):
                name, *bases = mark.removeprefix(CLASS).split()
                names.above["", name].add((path, name))
                names.in_file.setdefault(path, set()).add((path, name))
                bound.setdefault(path, {}).setdefault(name, set()).add((path, name))
                derived += [(path, name, base) for base in bases]
            elif mark.startswith(ALIAS):
                new, old = mark.removeprefix(ALIAS).split()
                names.above["", new].add((path, new))
                bound.setdefault(path, {}).setdefault(new, set()).add((path, new))
                derived.append((path, new, old))
            elif mark.startswith(FROM):
                new, module, old = mark.removeprefix(FROM).split()
                file = _file(project, path, module)
                bound.setdefault(path, {}).setdefault(new, set()).add((file, old))
            elif mark == TESTS:
                names.tests.add(path)
            elif mark == SETUPS:
                names.setups.add(path)
    for path, name, base in derived:
        for node in bound.get(path, {}).get(base, {("", base)}):
            known = node if node == ("", node[1]) or node[1] in bound.get(node[0], {}) else ("", node[1])
            names.above[path, name].add(known)
    return names


def _file(project: Project[Any], path: str, module: str) -> str:
    """The file that a from-import takes a name from, "" where it isn't known."""
    plain = module.lstrip(".")
    level = len(module) - len(plain)
    if level:
        return project.layout.find_relative(path, level, plain)[0] or ""
    return project.layout.find(plain, path) or ""


def wanted(project: Project[Any]) -> frozenset[str]:
    """The files whose tests have to be looked at.

    Those with async tests in a class that may be a TestCase or is a base of one, those of which no setting says that
    every async test is run, and those with async set-ups.
    """
    return _wanted(_Said(project.layout, project.marks, project.settings))


@dataclass(frozen=True, slots=True)
class _Said:
    """What `wanted` goes by: the same in every round of a run, while more and more files are parsed."""

    layout: Layout
    marks: Mapping[str, tuple[str, ...]]
    settings: Mapping[str, bytes]

    def __hash__(self) -> int:
        return hash((len(self.marks), len(self.settings)))


@lru_cache(maxsize=1)
def _wanted(said: _Said) -> frozenset[str]:
    project: Project[Any] = Project(said.layout, {}, said.marks, said.settings)
    modes, names = Modes(project), _names(project)
    below = _inverted(names.above)
    goals = {node for node in below if not node[0] and _outside(node[1], names)}
    cases = _closed(below, goals)
    bases = _closed(names.above, cases) - cases
    found = set(names.setups)
    mixins: set[_Node] = set()
    for path in names.tests | names.setups:
        classes = names.in_file.get(path, set())
        if not classes.isdisjoint(cases) or not modes.runs_all(path):
            found.add(path)
        if mixed := classes & bases:
            found.add(path)
            mixins |= mixed
    users = _closed(below, mixins) & cases
    return frozenset(found | {path for path, _name in users if path})


def _outside(name: str, names: _Names) -> bool:
    return name == "TestCase" or (name.endswith("TestCase") and ("", name) not in names.above)


def _inverted(edges: Mapping[_Node, set[_Node]]) -> dict[_Node, set[_Node]]:
    found: defaultdict[_Node, set[_Node]] = defaultdict(set)
    for one, others in edges.items():
        for other in others:
            found[other].add(one)
    return found


def _closed(edges: Mapping[_Node, set[_Node]], start: set[_Node]) -> set[_Node]:
    """The nodes, and all that edges lead to from them."""
    found = set(start)
    stack = list(start)
    while stack:
        for node in edges.get(stack.pop(), ()):
            if node not in found:
                found.add(node)
                stack.append(node)
    return found


def demand(project: Project[Any]) -> frozenset[str]:
    """Further files that have to be parsed: those that are wanted, their conftests, and where their classes lead."""
    files = wanted(project)
    asked = set(files) | {path for path in project.layout.paths if path.endswith("conftest.py") and files}
    known = files & project.entries.keys()
    for _path, lacking in project.remembered.answers(project, "bases of tests", None, known, _lacking):
        asked |= lacking
    return frozenset(asked)


def _lacking(project: Project[Any], path: str) -> frozenset[str]:
    """The files that the classes of one file lead to, and that are not known yet."""
    from codemods.asyncmock_await.never_run.classes import Classes

    origins = Origins(project)
    Classes(project, origins).resolve_all(path)
    return frozenset(origins.unloaded)
