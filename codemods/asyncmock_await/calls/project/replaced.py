"""Functions that code of tests replaces for other modules: in a conftest.py, in a base class, in what a test imports.

An `await` in front of such a function is wrong where a sync mock stands in its place.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from codemods.asyncmock_await.calls.facts import CallFacts, Replaced
from codemods.asyncmock_await.calls.module.fixtures import EVERYTHING
from codemods.asyncmock_await.calls.module.references import is_of_tests
from codemods.asyncmock_await.calls.project.conftests import conftests
from codemods.asyncmock_await.calls.project.production import production
from codemods.asyncmock_await.calls.project.ways import way
from codemods.asyncmock_await.doubles.stands_for import lineage
from codemods.asyncmock_await.imported_within import origin_of
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Entry, Module, Project, Told

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_PLUGINS = "pytest_plugins"
_ASYNC, _SELF = "async ", "self."

_NAMES_PLUGIN = re.compile(rb"(?<![\w-])-p[ =\"',]*(?!no:)\w|pytest11")
_FAR = 6
"""So many base classes are followed, one after another."""


def plugins_of(module: Module) -> Iterator[str]:
    """The modules that a conftest.py names as plugins: their fixtures are there for its tests."""
    for node in module.tree.body if _PLUGINS.encode() in module.source.body else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == _PLUGINS:
                parts = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
                yield from (
                    each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )


_Placed: TypeAlias = tuple[str, Replaced]
"""What a file replaces, behind the file."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What may be replaced around a test: attributes by their last names, and modules."""

    by_name: Mapping[str, Sequence[_Placed]]
    modules: Sequence[_Placed]


class Replacements:
    """Answers about one project.  Files that an answer lacks stand in `origins.unloaded`."""

    def __init__(self, project: Project[Facts], origins: Origins) -> None:
        self._project = project
        self._origins = origins
        self._known: dict[str, _Around] = {}
        self._together: dict[frozenset[str], _Around] = {}
        self._lineages: dict[tuple[str, str], frozenset[tuple[str, str]] | None] = {}
        self._ways: dict[tuple[str, str], frozenset[tuple[str, str]] | None] = {}
        self._altered: dict[str, frozenset[str]] = {}
        self._bases: dict[str, tuple[Origin, ...]] = {}
        self._imports: dict[str, tuple[str, ...]] = {}

    def place(
        self, path: str, dotted: str, *, looked_up: str = "", owner: Origin | None = None, to_async: bool = False
    ) -> str:  # fmt: skip
        """Where something may replace what a dotted name calls while a test of the file `path` runs ("" for nowhere).

        That is a place (`file:line`).  The last name of what is replaced counts, or that of what leads to it, where it
        isn't known whose it is.  `looked_up` are the first names of `dotted`, which the file looks up itself, `owner`
        is the class whose method is called, or the function itself, where that is known.  `to_async`: what is replaced
        by an AsyncMock matters, too.
        """
        names = dotted.split(".")
        around, of_production = self._around(path).by_name, production(self._project.told).replaces
        for name in dict.fromkeys((EVERYTHING, *names)):
            for place, each in (*around.get(name, ()), *of_production.get(name, ())):
                if each.asynchronous and not to_async:
                    continue
                elsewhere = owner is not None and name not in names[:-1] and self._is_another_class(place, each, owner)
                elsewhere = elsewhere or (owner is not None and self._is_another_module(place, each, path, looked_up))
                if name == EVERYTHING or not elsewhere:
                    return f"{place}:{each.line}" if each.line else place
        if plugin := next(filter(None, map(self._plugin, names)), ""):
            return plugin
        around_modules = self._around(path).modules
        modules = {each.name: f"{place}:{each.line}" for place, each in (*around_modules, *self._of_modules(path))}
        return next((modules[name] for name in self._imported_names(path) if name in modules), "") if modules else ""

    def _plugin(self, name: str) -> str:
        """The plugin of pytest that sets an attribute of a name, and that only settings name ("" for none)."""
        places = production(self._project.told).plugins.get(name, ())
        settings = _naming_plugins(self._project.told) if places else b""
        for place in places if settings else ():
            modules = (re.escape(each).encode() for each in self._project.layout.names(place))
            if any(re.search(rb"(?<![\w.])%s(?![\w.])" % each, settings) for each in modules):
                return place
        return ""

    def _of_modules(self, path: str) -> Iterator[_Placed]:
        return ((path, each) for each in self._facts(path).replaces if each.kind == "module")

    # -- whose it is that is replaced

    def _holder(self, place: str, replaced: Replaced) -> Origin | None:
        """The class or module that has what is replaced; None where that isn't certain."""
        if replaced.kind not in {"target", "object"}:
            return None
        first, *rest = replaced.owner.split(".")
        if replaced.kind == "target":
            start = self._origins.module(place, 0, first)
        else:
            start = origin_of(self._project, self._origins, place, first)
        origin, left = self._origins.follow(start, rest)
        certain = not origin.fallback and (not left or origin.status == "external")
        return origin if certain and origin.status in {"class", "module", "external"} else None

    def _is_another_class(self, place: str, replaced: Replaced, owner: Origin) -> bool:
        """Whether the attribute of a class is replaced, and not of the one that has the method, nor of its kin."""
        holder = self._holder(place, replaced)
        if holder is None or holder.status == "module":
            return False
        if holder.status == "external" or owner.status != "class":
            return True
        held, owned = self._lineage(holder), self._lineage(owner)
        return held is not None and owned is not None and holder.key not in owned and owner.key not in held

    def _lineage(self, owner: Origin) -> frozenset[tuple[str, str]] | None:
        """A class of the project and all that it derives from; None where one of these isn't known."""
        if owner.key not in self._lineages:
            self._lineages[owner.key] = lineage(self._project, self._origins, owner)
        return self._lineages[owner.key]

    def _is_another_module(self, place: str, replaced: Replaced, path: str, looked_up: str) -> bool:
        """Whether a name of a module is replaced that is not on the way by which a file looks something up."""
        holder = self._holder(place, replaced)
        if holder is None or holder.status == "class":
            return False
        if (path, looked_up) not in self._ways:
            self._ways[path, looked_up] = way(self._project, self._origins, path, looked_up)
        ways = self._ways[path, looked_up]
        return ways is not None and (holder.path, replaced.name) not in ways

    def _imported_names(self, path: str) -> Iterator[str]:
        """The dotted names of modules that a file, or what gives objects to its tests, imports, and what holds them."""
        for place in {path, *conftests(self._project, path), *(each.path for each in self._based(path))}:
            entry = self._entry(place)
            for statement in entry.names.imports if entry is not None and entry.names is not None else ():
                for each in statement.names:
                    parts = ".".join(filter(None, (statement.module, each.name))).split(".")
                    yield from (".".join(parts[:size]) for size in range(1, len(parts) + 1))

    def place_in_bases(self, path: str, names: AbstractSet[str], *, by_name: bool = False) -> str:
        """Where the set-up of a class that one of a file derives from may replace an attribute of some names.

        What that of a module with tests sets was not written down, only what it patches: any may set an attribute,
        but a method of the class below it only by its name.
        """
        for each in self._based(path):
            for replaced in self._facts(each.path).replaces:
                if _ASYNC * replaced.asynchronous + _SELF * (replaced.kind == "self") + replaced.name in names:
                    return f"{each.path}:{replaced.line}"
            if is_of_tests(each.path) and not by_name and self._sets_up(each):
                return each.path
        return ""

    def _sets_up(self, origin: Origin) -> bool:
        return any(each.setup for each in self._facts(origin.path).classes if each.name == origin.name)

    def _around(self, path: str) -> _Around:
        known = self._known.get(path)
        if known is None:
            places = frozenset({*self._places(path), *(each.path for each in self._based(path))} - {path})
            known = self._together.get(places)
            if known is None:
                known = self._together[places] = self._all(sorted(places))
            self._known[path] = known
        return known

    def _all(self, places: Iterable[str]) -> _Around:
        """What some files replace."""
        by_name: dict[str, list[_Placed]] = {}
        modules: list[_Placed] = []
        for place in places:
            for each in self._facts(place).replaces:
                if each.kind == "module":
                    modules.append((place, each))
                elif each.kind != "self":
                    by_name.setdefault(each.name, []).append((place, each))
        return _Around(by_name, modules)

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


@lru_cache(maxsize=1)
def _naming_plugins(told: Told) -> bytes:
    """The settings that may name a plugin of pytest."""
    return b"\n".join(text for text in told.settings.values() if _NAMES_PLUGIN.search(text))
