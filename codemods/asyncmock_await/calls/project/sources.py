"""What other files give to the functions of a module: their fixtures, set-ups, helpers, and names.

What one of these gives is a shape, which may say itself that it comes from elsewhere; whoever asks follows that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.facts import CallFacts, ClassOf, Definition, Outside, Shape
from codemods.asyncmock_await.calls.module.fixtures import EVERYTHING
from codemods.asyncmock_await.calls.project.alternatives import has_alternatives
from codemods.asyncmock_await.calls.project.conftests import conftests
from codemods.asyncmock_await.calls.project.replaced import Replacements
from codemods.asyncmock_await.imported_within import origin_of
from codemods.asyncmock_await.mock_names import LIBRARIES
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_FAR = 12
"""So many base classes are followed, one after another."""


class Sources:
    """Answers about one project.  Files that an answer lacks stand in `origins.unloaded`."""

    def __init__(self, project: Project[Facts], origins: Origins, replacements: Replacements) -> None:
        self._project = project
        self._origins = origins
        self._replacements = replacements
        self._gifts: dict[str, dict[tuple[Definition, str], Shape | None]] = {}

    def origin(self, path: str, dotted: str) -> Origin | None:
        """What a dotted name of a file leads to, None where that isn't certain."""
        first, *rest = dotted.split(".")
        if first == "self" or has_alternatives(self._project, self._origins, path, dotted):
            return None
        origin, left = self._origins.follow(origin_of(self._project, self._origins, path, first), rest)
        return None if left or origin.fallback else origin

    def shape(self, path: str, outside: Outside) -> tuple[str, Shape] | None:
        """What is given, and the file that says so."""
        match outside.form:
            case "fixture":
                found = self._fixture(path, outside)
            case "self":
                found = self._set_up(path, outside.owner, outside.name, _FAR)
            case "call" | "entered" if outside.name.startswith("self."):
                found = path, self.gift(path, outside.form, f"{outside.owner}.{outside.name.removeprefix('self.')}")
            case "call" | "entered":
                found = self._made(path, outside.name, outside.form)
            case _:
                found = path, self.gift(path, "name", outside.name)
        if found is None or found[1] is None or not self.uses_the_library(found[0]):
            return None
        return found[0], found[1]

    def _made(self, path: str, dotted: str, what: Definition) -> tuple[str, Shape | None] | None:
        """What a function gives, or a method that is called on its class."""
        first, *rest = dotted.split(".")
        origin, left = self._origins.follow(origin_of(self._project, self._origins, path, first), rest)
        kind = ("def" if origin.status == "async def" and what == "entered" else origin.status, len(left))
        if origin.fallback or kind not in {("def", 0), ("class", 1)}:
            return None
        if has_alternatives(self._project, self._origins, path, dotted):
            return None
        return origin.path, self.gift(origin.path, what, ".".join((origin.name, *left)))

    def facts(self, path: str) -> CallFacts:
        """What this family knows of a file, nothing where that is not parsed yet."""
        entry = self._project.entries.get(path)
        if entry is None:
            self._origins.unloaded.add(path)
        return entry.facts.calls if entry is not None and entry.facts is not None else CallFacts()

    def gift(self, path: str, what: Definition, name: str) -> Shape | None:
        """What one of the gifts of a file is, None where nobody knows, or where there are two of that name."""
        return self.known_gifts(path).get((what, name))

    def known_gifts(self, path: str) -> Mapping[tuple[Definition, str], Shape | None]:
        """All gifts of a file by their kinds and names."""
        known = self._gifts.get(path)
        if known is None:
            known = self._gifts[path] = {}
            for each in self.facts(path).gifts:
                known[each.what, each.name] = None if (each.what, each.name) in known else each.shape
        return known

    def _fixture(self, path: str, asked: Outside) -> tuple[str, Shape | None] | None:
        """The fixture that pytest finds: in the class and its bases, the module, the nearest conftest.py above."""
        if asked.owner and self._defines(path, asked.owner, asked.name, _FAR) is not False:
            return None
        if self.altered(path, asked.name):
            return None
        return self.nearest((path, *conftests(self._project, path)), asked.name)

    def nearest(self, places: Iterable[str], name: str) -> tuple[str, Shape | None] | None:
        """The first fixture of a name in some files, which follow each other as pytest looks."""
        for place in places:
            entry = self._project.entries.get(place)
            if entry is None or entry.names is None:
                self._origins.unloaded.add(place)
                return None
            named = {each.name for each in self.facts(place).gifts if each.what == "fixture"}
            if EVERYTHING in named:
                return None
            if name in named:
                return place, self.gift(place, "fixture", name)
            if name in entry.names.bindings or entry.names.stars:
                origin = self._origins.bound(place, name)
                if origin.status in {"def", "async def"} and origin.path != place:
                    return origin.path, self.gift(origin.path, "fixture", name)
                if not origin.nowhere:
                    return None
            if "pytest_plugins" in entry.names.bindings:
                return None
        return None

    def altered(self, path: str, fixture: str) -> bool:
        """Whether a fixture of a conftest.py, or of another module, may change what a fixture of this name gives."""
        return not {fixture, EVERYTHING}.isdisjoint(self._replacements.fixtures_altered(path))

    def class_of(self, path: str, name: str) -> ClassOf | None:
        """The one class of a name at the top level of a file."""
        found = [each for each in self.facts(path).classes if each.name == name]
        return found[0] if len(found) == 1 else None

    def bases(self, path: str, found: ClassOf) -> Iterator[Origin | None]:
        """The bases of a class that are classes of the project; None for what isn't known."""
        for base in found.bases:
            origin = self.origin(path, base) if base else None
            if origin is None or (origin.status not in {"class", "external"} and base != "object"):
                yield None
            elif origin.status == "class":
                yield origin

    def _defines(self, path: str, name: str, fixture: str, left: int) -> bool | None:
        """Whether a class or one of its bases defines a fixture, None where that isn't known."""
        found = self.class_of(path, name)
        if found is None or not left:
            return None
        if fixture in found.fixtures:
            return True
        inherited = [
            None if base is None else self._defines(base.path, base.name, fixture, left - 1)
            for base in self.bases(path, found)
        ]
        return None if None in inherited else any(inherited)

    def _set_up(self, path: str, name: str, attribute: str, left: int) -> tuple[str, Shape | None] | None:
        """What the one set-up among the bases of a class puts into an attribute of `self`."""
        found = self.class_of(path, name)
        if found is None or not left:
            return None
        given: list[tuple[str, Shape | None] | None] = []
        for base in self.bases(path, found):
            above = self.class_of(base.path, base.name) if base is not None else None
            if base is None or above is None:
                return None
            if above.setup:
                given.append((base.path, self.gift(base.path, "self", f"{base.name}.{attribute}")))
            else:
                given.append(self._set_up(base.path, base.name, attribute, left - 1))
        return given[0] if len(given) == 1 else None

    def uses_the_library(self, path: str) -> bool:
        """Whether names of the mock library that come through modules of the project really are the library's."""
        for level, module, member in self.facts(path).assumed:
            origin = self._origins.imported(path, level, module, member)
            if origin.status != "external" or origin.path not in LIBRARIES or origin.name not in {"", member}:
                return False
        return True
