"""The function whose signature changes, and the methods that have to change with it."""

from __future__ import annotations

from typing import NamedTuple

from codemods.rope_signature.config import CONSTRUCTOR, Config
from codemods.rope_signature.facts import Facts, Function
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.mentions.classes import Classes, Key
from codemods.toolkit.python.mentions.facts import Facts as Known
from codemods.toolkit.python.origin import Origin
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Entry, Project


class Place(NamedTuple):
    """A function by its file and its path there."""

    path: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path}:{'.'.join(self.names)}"


class Target(NamedTuple):
    """What changes: the function itself, and for a method the classes that share it.

    `family` are the classes with the method, those that it overrides and is overridden in.  For a constructor `made`
    are the classes whose calls it takes: its own and those that inherit it.
    """

    place: Place
    family: frozenset[Key] = frozenset()
    made: frozenset[Key] = frozenset()

    @property
    def places(self) -> tuple[Place, ...]:
        """All functions that change, the target first."""
        name = self.place.names[-1]
        others = sorted(Place(key.path, (*key.names, name)) for key in self.family)
        return (self.place, *(place for place in others if place != self.place))


def known(project: Project[Facts]) -> Project[Known]:
    """The project as far as mentions and classes go."""
    entries = {
        path: Entry(entry.names, entry.facts.known if entry.facts is not None else None)
        for path, entry in project.entries.items()
    }
    return Project(project.layout, entries, project.marks)


def module_path(origins: Origins, config: Config) -> str:
    """The file of the module that the target names.  Raises `UsageError` where there is none."""
    if not config.target or not config.signature:
        raise UsageError("rope_signature: say which function and what signature: package.module:name '(a, b)'")
    origin = origins.module("", 0, config.module)
    if origin.status != "module" or not origin.path.endswith(".py"):
        raise UsageError(f"{config.module}: there is no such module in the project")
    return origin.path


def found(origins: Origins, classes: Classes, config: Config) -> Target:
    """The target.  Raises `UsageError` where there is no such function or method."""
    origin = origins.bound(module_path(origins, config), config.names[0])
    if len(config.names) == 1:
        return Target(Place(origin.path, (origin.name,)))
    return _method(classes, config, origin)


def _method(classes: Classes, config: Config, origin: Origin) -> Target:
    key = Key(origin.path, (origin.name, *config.names[1:-1]))
    if key not in classes.facts:
        raise UsageError(f"{config.target}: there is no class {'.'.join(config.names[:-1])} in its module")
    owner = classes.owner(key, config.name).key
    if owner is None:
        made = " (a data class makes it from its fields)" if classes.facts[key].keywords else ""
        raise UsageError(f"{config.target}: the class has no such method{made}")
    if not config.is_constructor:
        return Target(Place(owner.path, (*owner.names, config.name)), classes.family(owner, config.name))
    if owner != key:
        raise UsageError(f"{config.target}: the class has it from {owner}: say that class")
    made_by = {each for each in classes.related(frozenset({key})) if classes.owner(each, CONSTRUCTOR).key == key}
    return Target(Place(key.path, (*key.names, CONSTRUCTOR)), frozenset({key}), frozenset(made_by))


def function_at(project: Project[Facts], place: Place) -> Function | None:
    """The function at a place, None where there is none (or something else of its name)."""
    entry = project.entries.get(place.path)
    facts = entry.facts if entry is not None else None
    return next((each for each in facts.functions if each.names == place.names), None) if facts is not None else None
