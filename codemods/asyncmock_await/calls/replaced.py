"""Functions that code of tests replaces for other modules: in a conftest.py, in a base class, in what a test imports.

An `await` in front of such a function is wrong where a sync mock stands in its place.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.conftests import conftests
from codemods.asyncmock_await.calls.facts import CallFacts
from codemods.asyncmock_await.calls.fixtures import EVERYTHING
from codemods.asyncmock_await.calls.references import SETS_ANY_NAME, goes_through_all, is_of_tests
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Entry, Module, Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_REPLACING = (b"patch", b"setattr", b"vars(", b"__dict__")
_BEFORE, _BEHIND = 200, 300
"""So far before and behind such a word the names are looked for: it may stand in a loop that goes through them."""

_QUOTED = re.compile(
    rb"""["'](?:[\w.{}%]*\.)?([A-Za-z_]\w*)["'](?=(\s*,\s*(?:new(?:_callable)?=)?(?:\w+\.)*AsyncMock\b)?)"""
)
_SET = re.compile(rb"\.(\w++)[ \t]*+=(?!=)([ \t]*+(?:\w+\.)?AsyncMock\()?")
_KEYWORD = re.compile(rb"[(,][ \t\r\n]*([a-z_]\w*)=")
_ASYNC = b"async "
_MODULE = b"module "
_SET_MODULES = re.compile(rb"sys\.modules(?:\[[^\]\n]*\][ \t]*=(?!=)|\.(?:setdefault|update)\()")
_MODULES = re.compile(_SET_MODULES.pattern + rb"|sys\.modules[\"']?[ \t]*,")
"""The table of modules is written to, or handed to what does (`patch.dict(sys.modules, ...)`).

A test module counts only where it writes by itself: what a test patches is what it was again when it ends, and names
that functions import are not followed there.
"""

_DOTTED = re.compile(rb"""["']([A-Za-z_][\w.]*)["']""")
_MULTIPLE = b"patch.multiple"
_OWN = (b".start()", b"autouse")
"""What the set-up of a test module says that replaces something for the modules whose classes derive from its own."""

_PLUGINS = "pytest_plugins"
_FAR = 6
"""So many base classes are followed, one after another."""


def replaced_names(path: str, body: bytes) -> tuple[str, ...]:
    """The last names of all that a module of tests may replace while tests of other modules run, as its text shows.

    What is set on the object itself has a `self.` before it, what an AsyncMock replaces, `async `, and what stands for
    a whole module, `module `.  `EVERYTHING` is among them where all that something has may be replaced.
    """
    if is_of_tests(path) and not any(word in body for word in _OWN):
        return tuple(sorted({each.decode() for each in _modules_replaced(body, _SET_MODULES)}))
    found = {
        _ASYNC * bool(match[2]) + b"self." * (body[match.start() - 4 : match.start()] == b"self") + match[1]
        for match in _SET.finditer(body)
    }
    found.update(_modules_replaced(body, _MODULES))
    if any(goes_through_all(body, match.start()) for match in SETS_ANY_NAME.finditer(body)):
        found.add(EVERYTHING.encode())
    for word in _REPLACING:
        at = body.find(word)
        while at >= 0:
            start, end = max(0, at - _BEFORE), at + _BEHIND
            found.update(_ASYNC * bool(match[2]) + match[1] for match in _QUOTED.finditer(body, start, end))
            if body.startswith(_MULTIPLE, at):
                found.update(match[1] for match in _KEYWORD.finditer(body, at, end))
            at = body.find(word, at + len(word))
    return tuple(sorted(each.decode() for each in found))


def _modules_replaced(body: bytes, writes: re.Pattern[bytes]) -> Iterator[bytes]:
    """The modules in whose place a text puts something else, by the strings near the table of modules."""
    for match in writes.finditer(body):
        start, end = max(0, match.start() - _BEFORE), match.end() + _BEHIND
        yield from (_MODULE + each for each in _DOTTED.findall(body, start, end) if each != b"sys.modules")


def plugins_of(module: Module) -> Iterator[str]:
    """The modules that a conftest.py names as plugins: their fixtures are there for its tests."""
    for node in module.tree.body if _PLUGINS.encode() in module.source.body else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == _PLUGINS:
                parts = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
                yield from (
                    each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )


class Replacements:
    """Answers about one project.  Files that an answer lacks stand in `origins.unloaded`."""

    def __init__(self, project: Project[Facts], origins: Origins) -> None:
        self._project = project
        self._origins = origins
        self._known: dict[str, frozenset[str]] = {}
        self._altered: dict[str, frozenset[str]] = {}
        self._bases: dict[str, tuple[Origin, ...]] = {}
        self._imports: dict[str, tuple[str, ...]] = {}

    def may_hit(self, path: str, dotted: str, *, to_async: bool = False) -> bool:
        """Whether something may replace a function while a test of the file `path` runs, or what leads to it there.

        By an AsyncMock, too, where that matters.
        """
        names = dotted.split(".")
        around = self._around(path)
        if not around.isdisjoint((EVERYTHING, *names, *(f"async {name}" for name in names if to_async))):
            return True
        replaced = (*around, *self._facts(path).replaces)
        modules = frozenset(each.removeprefix("module ") for each in replaced if each.startswith("module "))
        return bool(modules) and any(map(modules.__contains__, self._imported_names(path)))

    def _imported_names(self, path: str) -> Iterator[str]:
        """The dotted names of modules that a file, or what gives objects to its tests, imports, and what holds them."""
        for place in {path, *conftests(self._project, path), *(each.path for each in self._based(path))}:
            entry = self._entry(place)
            for statement in entry.names.imports if entry is not None and entry.names is not None else ():
                for each in statement.names:
                    parts = ".".join(filter(None, (statement.module, each.name))).split(".")
                    yield from (".".join(parts[:size]) for size in range(1, len(parts) + 1))

    def bases_may_hit(self, path: str, names: AbstractSet[str], *, by_name: bool = False) -> bool:
        """Whether the set-up of a class that one of a file derives from may replace an attribute of some names.

        What that of a module with tests sets was not written down, only what it patches: any may set an attribute,
        but a method of the class below it only by its name.
        """
        return any(
            not names.isdisjoint(self._facts(each.path).replaces)
            or (is_of_tests(each.path) and not by_name and self._sets_up(each))
            for each in self._based(path)
        )

    def _sets_up(self, origin: Origin) -> bool:
        return any(each.setup for each in self._facts(origin.path).classes if each.name == origin.name)

    def _around(self, path: str) -> frozenset[str]:
        known = self._known.get(path)
        if known is None:
            places = {*self._places(path), *(each.path for each in self._based(path))} - {path}
            known = self._known[path] = frozenset(name for each in places for name in self._facts(each).replaces)
        return known

    def fixtures_altered(self, path: str) -> frozenset[str]:
        """The fixtures that other fixtures which the tests of a file may get change."""
        known = self._altered.get(path)
        if known is None:
            places = dict.fromkeys(self._places(path))
            known = self._altered[path] = frozenset(name for each in places for name in self._facts(each).altered)
        return known

    def _places(self, path: str) -> Iterator[str]:
        """The files whose fixtures the tests of a file may get, and the modules of tests that these import."""
        above = tuple(conftests(self._project, path))
        yield from above
        yield from self._helpers((path, *above))
        for place in above:
            plugins = (self._origins.module(place, 0, each) for each in self._facts(place).plugins)
            yield from (each.path for each in plugins if each.status == "module" and each.path.endswith(".py"))

    def _helpers(self, places: Iterable[str]) -> Iterator[str]:
        """The modules of tests that some files import, and those that these import in turn."""
        seen: set[str] = set()
        waiting = list(places)
        while waiting:
            for each in self._imported(waiting.pop()):
                if each not in seen:
                    seen.add(each)
                    waiting += () if is_of_tests(each) else (each,)
                    yield each

    def _imported(self, path: str) -> tuple[str, ...]:
        known = self._imports.get(path)
        if known is None:
            known = self._imports[path] = tuple(self._modules_of(path))
        return known

    def _modules_of(self, path: str) -> Iterator[str]:
        """The modules of tests that a file imports."""
        entry = self._entry(path)
        for statement in entry.names.imports if entry is not None and entry.names is not None else ():
            modules = [statement.module] if statement.is_from else [each.name for each in statement.names]
            for module in modules:
                found = self._origins.module(path, statement.level, module)
                if found.status == "module":
                    yield from self._modules(found.path, [each.name for each in statement.names])

    def _modules(self, path: str, members: list[str]) -> Iterator[str]:
        """A module of tests, or those that a folder of them has by some names."""
        layout = self._project.layout
        if path.endswith(".py") and (is_test(path) or self._facts(path).replaces):
            yield path
        folder = path.removesuffix("/__init__.py")
        for member in members if not folder.endswith(".py") else ():
            below = layout.child(folder, member)[0]
            if below is not None and is_test(below):
                yield below

    def _based(self, path: str) -> tuple[Origin, ...]:
        """The classes of other files that those of a file derive from."""
        known = self._bases.get(path)
        if known is None:
            known = self._bases[path] = tuple(self._above(path, _FAR))
        return known

    def _above(self, path: str, left: int) -> Iterator[Origin]:
        for base in {base for each in self._facts(path).classes for base in each.bases} if left else ():
            first, *rest = base.split(".")
            origin, _left = self._origins.follow(self._origins.bound(path, first), rest)
            if origin.status == "class" and origin.path != path:
                yield origin
                yield from self._above(origin.path, left - 1)

    def _entry(self, path: str) -> Entry[Facts] | None:
        entry = self._project.entries.get(path)
        if entry is None:
            self._origins.unloaded.add(path)
        return entry

    def _facts(self, path: str) -> CallFacts:
        entry = self._entry(path)
        return entry.facts.calls if entry is not None and entry.facts is not None else CallFacts()
