"""How far this family has to look: files whose classes may be TestCases, and async tests that may lack a marker.

Classes are followed by their names in the bytes of all files, so that none has to be parsed to find out that it can't
matter.  A name may mean several classes: that makes the search wider, never narrower.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from codemods.asyncmock_await.never_run.modes import FILES, REQUIREMENTS, Modes
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project, Told

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
_FROM = re.compile(rb"from\s+([.\w]+)\s+import\s+(\([^)]*\)?|[^\r\n(]*)")
_IMPORTED = re.compile(rb"(\w+)(?:\s+as\s+(\w+))?")
_MARKERS = re.compile(rb"mark\.(?:asyncio|anyio|trio)")

CLASS, ALIAS, FROM, WORD = "test class ", "test alias ", "test from ", "test word "
TESTS, SETUPS = "async tests", "async set-ups"


def marks(body: bytes, coroutines: Sequence[bytes], modes: Set[bytes]) -> tuple[str, ...]:
    """What the bytes of any file say: its classes and their bases, other names of them, whether it has async tests.

    `coroutines` are the names of its `async def`s, `modes` what it says of the mode of pytest-asyncio: `asyncio_mode`.
    """
    return tuple(dict.fromkeys(_marks(body, coroutines, modes)))


def _marks(body: bytes, coroutines: Sequence[bytes], modes: Set[bytes]) -> Iterator[str]:
    tests = any(name.startswith(b"test") for name in coroutines)
    if tests:
        yield TESTS
    if not _SETUPS.isdisjoint(coroutines):
        yield SETUPS
    # A pattern that begins with letters is searched as fast as these alone.
    for word in sorted({*_MARKERS.findall(body), *modes}):
        yield WORD + word.decode()
    bases: set[bytes] = set()
    for name, rest in _CLASS.findall(body):
        words = _WORD.findall(rest) if rest else []
        if words or tests:
            yield CLASS + b" ".join((name, *words)).decode()
        bases.update(words)
    for new, module, old in _imported(body, bases):
        yield FROM + b" ".join((new, module, old)).decode()
    for new, old in _ALIAS.findall(body):
        yield f"{ALIAS}{new.decode()} {old.rpartition(b'.')[2].decode()}"


def _imported(body: bytes, bases: set[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Those of some names that a from-import gives: each with the module, and its name there."""
    statements = _FROM.findall(body) if bases else []
    for base in sorted(bases) if statements else ():
        for module, names in statements:
            if base in names:
                found = ((new or old, module, old) for old, new in _IMPORTED.findall(names))
                yield from (each for each in found if each[0] == base)


_Node = tuple[str, str]
"""A class by its file and name; by the name alone (file "") where it isn't known which file's it is."""


@dataclass(slots=True)
class _Names:
    """Classes, and other names of them: by their names, by file, and in the order in which they may derive.

    A name alone stands for all classes of that name.  `loose` are those that a class derives from, `bound` are the
    names of each file that are known to be a class, or to be imported.
    """

    of_name: defaultdict[str, list[_Node]] = field(default_factory=lambda: defaultdict(list))
    classes: dict[str, list[_Node]] = field(default_factory=dict)
    bound: dict[str, set[str]] = field(default_factory=dict)
    above: defaultdict[_Node, list[_Node]] = field(default_factory=lambda: defaultdict(list))
    below: defaultdict[_Node, list[_Node]] = field(default_factory=lambda: defaultdict(list))
    loose: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)
    setups: set[str] = field(default_factory=set)

    def derives(self, node: _Node, file: str, name: str) -> None:
        """Note that a class may derive from what has a name in a file, or is that."""
        if name not in self.bound.get(file, ()):
            file = ""
            self.loose.add(name)
        self.above[node].append((file, name))
        self.below[file, name].append(node)


def _names(project: Project[Any]) -> _Names:
    names = _Names()
    derived: list[tuple[_Node, str, str]] = []
    for path, said in project.marks.items():
        if TESTS in said:
            names.tests.add(path)
        if SETUPS in said:
            names.setups.add(path)
        here: set[str] = set()
        classes: list[_Node] = []
        for mark in said:
            if mark.startswith((CLASS, ALIAS)):
                _test, kind, name, *bases = mark.split()
                node = path, name
                here.add(name)
                names.of_name[name].append(node)
                if kind == "class":
                    classes.append(node)
                derived += [(node, path, base) for base in bases]
            elif mark.startswith(FROM):
                _test, _from, name, module, old = mark.split()
                here.add(name)
                derived.append(((path, name), _file(project, path, module), old))
        if here:
            names.bound[path], names.classes[path] = here, classes
    for node, file, base in derived:
        names.derives(node, file, base)
    for name in names.loose:
        for node in names.of_name.get(name, ()):
            names.above["", name].append(node)
            names.below[node].append(("", name))
    return names


def _file(project: Project[Any], path: str, module: str) -> str:
    """The file that a from-import takes a name from, "" where it isn't known."""
    return project.layout.find_written(module, path) or ""


def wanted(project: Project[Any]) -> frozenset[str]:
    """The files whose tests have to be looked at.

    Those with async tests in a class that may be a TestCase or is a base of one, those of which no setting says that
    every async test is run, and those with async set-ups.
    """
    return _wanted(project.told)


@lru_cache(maxsize=1)
def _wanted(told: Told) -> frozenset[str]:
    project: Project[Any] = Project(told.layout, {}, told.marks, told.settings)
    modes, names = Modes(project), _names(project)
    cases = _closed(names.below, {("", name) for name in names.loose if _outside(name, names)})
    bases = _closed(names.above, cases) - cases
    found = set(names.setups)
    mixins: set[_Node] = set()
    for path in names.tests | names.setups:
        classes = set(names.classes.get(path, ()))
        if not classes.isdisjoint(cases) or not modes.runs_all(path):
            found.add(path)
        if mixed := classes & bases:
            found.add(path)
            mixins |= mixed
    users = _closed(names.below, mixins) & cases
    return frozenset(found | {path for path, _name in users if path})


def _outside(name: str, names: _Names) -> bool:
    return name == "TestCase" or (name.endswith("TestCase") and name not in names.of_name)


def _closed(edges: Mapping[_Node, Sequence[_Node]], start: set[_Node]) -> set[_Node]:
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
