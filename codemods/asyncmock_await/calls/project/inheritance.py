"""Classes of other modules that may change what a class of tests is given: those it derives from, and those below it.

A class that derives from one has its tests run once more, with its own set-up and its own fixtures of the same names
(pytest's "override a fixture on a test module level" holds for classes, too).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.facts import CallSite, ClassOf
from codemods.asyncmock_await.calls.project.replaced import Replacements
from codemods.asyncmock_await.never_run.reach import CLASS, FROM
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project, Told

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts


_OF_CLASS = ("self.", "cls.")


class Inheritance:
    """Answers about one project.  Files that an answer lacks stand in `origins.unloaded`."""

    def __init__(self, project: Project[Facts], origins: Origins, replacements: Replacements) -> None:
        self._project = project
        self._origins = origins
        self._replacements = replacements
        self._known: dict[tuple[str, str], tuple[tuple[str, ClassOf], ...]] = {}

    @cached_property
    def _index(self) -> _Index:
        return _index(self._project.told)

    def doubt(self, path: str, call: CallSite) -> str:
        """Why a call in a class may be one of something else: a base or a derived class has its way ("" if none)."""
        matters = call.sync or call.fate in {"dropped", "value"}
        if not call.owner or not matters or _is_made_there(call):
            return ""
        place = self._from_above(path, call)
        return f"{place} may put something else in its place" if place else self._from_below(path, call)

    def _from_above(self, path: str, call: CallSite) -> str:
        parts = call.name.split(".")
        names = {*parts, call.member}
        if call.outside is None or call.outside.form != "self":  # else it is the set-up that the object comes from
            names.add(".".join(parts[:2]))
        if call.sync:
            names |= {f"async {name}" for name in names}
        own_method = call.outside is not None and call.outside.form == "function"
        return self._replacements.place_in_bases(path, names, by_name=own_method)

    def _from_below(self, path: str, call: CallSite) -> str:
        name = call.outside.name if call.outside is not None else ""
        asked = {*call.fixtures, name}
        by = call.name if call.outside is not None and call.outside.form == "function" else name
        made_by = by.removeprefix("self.") if by.startswith(_OF_CLASS) else ""
        known = self._known.get((path, call.owner))
        if known is None:
            known = self._known[path, call.owner] = tuple(self._below(path, call.owner))
        for file, each in known:
            own = made_by if made_by in each.methods else next(iter(asked.intersection(each.fixtures)), "")
            if each.setup or own:
                return f"{file}:{each.line} {each.name} derives from its class and has its own {own or 'set-up'}"
        return ""

    def _below(self, path: str, name: str) -> Iterator[tuple[str, ClassOf]]:
        """The classes of other files that derive from one, by the marks of these, each behind its file."""
        waiting, seen = [(path, name)], {(path, name)}
        while waiting:
            at, known = waiting.pop()
            for file, derived in self._index.derived(self._project, at, known):
                if (file, derived) in seen:
                    continue
                seen.add((file, derived))
                waiting.append((file, derived))
                entry = self._project.entries.get(file)
                if entry is None:
                    self._origins.unloaded.add(file)
                elif entry.facts is not None:
                    yield from ((file, each) for each in entry.facts.calls.classes if each.name == derived)


def _is_made_there(call: CallSite) -> bool:
    """Whether the function that calls a method makes the object itself, by a function or class of the project."""
    made = call.outside is not None and call.outside.form == "call" and not call.outside.name.startswith(_OF_CLASS)
    return made and not call.fixtures and not call.name.startswith(_OF_CLASS)


@dataclass(frozen=True, slots=True)
class _Index:
    """Classes by a word of their bases, and imported names by what they are called where they come from."""

    below: Mapping[str, list[tuple[str, str]]]
    imported: Mapping[str, list[tuple[str, str, str]]]

    def derived(self, project: Project[Facts], path: str, name: str) -> Iterator[tuple[str, str]]:
        """The classes of all files that may derive from the class of a file, with their files."""
        bound = {file: self._leads(project, file, module, path) for file, new, module in self.imported.get(name, ())}
        for file, derived in self.below.get(name, ()):
            if file == path or bound.get(file, True):
                yield file, derived
        for file, new, module in self.imported.get(name, ()):
            if new != name and self._leads(project, file, module, path):
                yield from ((each, derived) for each, derived in self.below.get(new, ()) if each == file)

    @staticmethod
    def _leads(project: Project[Facts], file: str, module: str, path: str) -> bool:
        """Whether a module that a file imports from may be, or pass on, what another file defines."""
        found = project.layout.find_written(module, file)
        return found is None or found == path or found.endswith("__init__.py")


@lru_cache(maxsize=1)
def _index(told: Told) -> _Index:
    below: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    imported: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for path, said in told.marks.items():
        for mark in said:
            if mark.startswith(CLASS):
                name, *bases = mark.removeprefix(CLASS).split()
                for base in bases:
                    below[base].append((path, name))
            elif mark.startswith(FROM):
                new, module, old = mark.removeprefix(FROM).split()
                imported[old].append((path, new, module))
    return _Index(below, imported)
