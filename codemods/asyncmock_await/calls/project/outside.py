"""What doubles are that a function gets from elsewhere: from fixtures, helpers, base classes, specs and patches.

What a spec makes of a member, and what `patch` puts in place by itself, are the rules of CPython's `unittest/mock.py`
(`NonCallableMock._get_child_mock`, `_patch.__enter__`, the same in 3.11 to 3.13): with a spec, members that are
coroutine functions there become AsyncMocks and all others MagicMocks; what replaces a coroutine function is an
AsyncMock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from codemods.asyncmock_await.calls.facts import RESULT, Outside, Shape
from codemods.asyncmock_await.calls.project.alternatives import has_alternatives
from codemods.asyncmock_await.calls.project.conftests import conftests
from codemods.asyncmock_await.calls.project.inheritance import Inheritance
from codemods.asyncmock_await.calls.project.replaced import Replacements
from codemods.asyncmock_await.calls.project.sources import Sources
from codemods.asyncmock_await.doubles.stands_for import (
    enters_itself,
    function_at,
    function_named,
    keeps,
    may_be_held,
    method_of,
)
from codemods.asyncmock_await.imported_within import origin_of
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

Meaning = Literal["async", "raising", "sync", "unknown", "coroutine function"]
"""What is called: an AsyncMock, one whose `side_effect` may raise, something that makes no coroutine, nobody knows, or
a real coroutine function."""


class Meant(NamedTuple):
    """What is called; of a coroutine function also the class that it was found by, or the function itself."""

    what: Meaning
    owner: Origin | None = None


_UNKNOWN = Meant("unknown")
_FAR = 12
"""So many fixtures, helpers and base classes are followed, one after another."""


class Outsides:
    """Answers about one project.  Files that an answer lacks stand in `origins.unloaded`."""

    def __init__(self, project: Project[Facts], origins: Origins) -> None:
        self._project = project
        self._origins = origins
        self.replacements = Replacements(project, origins)
        self.sources = Sources(project, origins, self.replacements)
        self.inheritance = Inheritance(project, origins, self.replacements)

    def meaning(self, path: str, outside: Outside, chain: tuple[str, ...]) -> Meaning:
        """What the member is that `chain` leads to, from a double that a function of the file `path` gets."""
        return self._meant(path, outside, chain).what

    def replaced_at(self, path: str, name: str, outside: Outside | None, chain: tuple[str, ...]) -> str:
        """Where something may replace what is called, while a test of the file runs (`file:line`, "" for nowhere).

        That is `name`, or a member of what `outside` gives: the name by which a test knows a fixture's object is its
        own, only the way to its method can be replaced elsewhere.
        """
        if outside is None:
            return self.replacements.place(path, name, looked_up=name, owner=self._function(path, name))
        looked_up = "" if outside.form == "fixture" else outside.name
        names = ".".join(filter(None, (looked_up, *chain)))
        owner = self._meant(path, outside, chain).owner
        return self.replacements.place(path, names, looked_up=looked_up, owner=owner)

    def _meant(self, path: str, outside: Outside, chain: tuple[str, ...], left: int = _FAR) -> Meant:
        if not left:
            return _UNKNOWN
        match outside.form:
            case "function":
                owner = self._function(path, outside.name)
                return Meant("coroutine function", owner) if owner is not None else _UNKNOWN
            case "name" if left != _FAR:
                return _UNKNOWN  # a double of another module: whoever imports it may have changed it
            case "spec" | "mock spec" | "autospec" | "patch autospec":
                return Meant(self._specified(path, outside, chain))
            case "wraps" | "async wraps":
                return Meant(self._wrapped(path, outside, chain))
            case "patch" | "patch object":
                find = function_at if outside.form == "patch" else function_named
                found = find(self._project, self._origins, path, outside.name)
                return Meant("async") if found is not None and found.asynchronous and RESULT not in chain else _UNKNOWN
            case "call" | "entered":
                origin = self.sources.origin(path, outside.name)
                if origin is not None and origin.status == "class":
                    entered = outside.form == "entered"
                    itself = not entered or enters_itself(self._project, self._origins, origin)
                    return self._of_instance(origin, chain, left) if itself else _UNKNOWN
        found_at = self.sources.shape(path, outside)
        return _UNKNOWN if found_at is None else self._within(*found_at, chain, left)

    def given_above(self, path: str, fixture: str, chain: tuple[str, ...]) -> Meaning:
        """What a member is of what a fixture of a conftest.py gives to a file that need not be known itself."""
        place, shape = self.sources.nearest(conftests(self._project, path), fixture) or (path, None)
        return self._within(place, shape, chain, _FAR).what if shape is not None else "unknown"

    def made_elsewhere(self, path: str, target: str, chain: tuple[str, ...]) -> Meaning:
        """What a member is of what a function or class gives, by the dotted name with which `path` may import it."""
        first, *rest = target.split(".")
        origin, left = self._origins.follow(self._origins.module(path, 0, first), rest)
        known = {("def", 0), ("value", 0), ("class", 0), ("class", 1)}
        if origin.fallback or (origin.status, len(left)) not in known:
            return "unknown"
        if origin.status == "value":
            return self._of_value(origin, chain).what
        if origin.status == "class" and not left:
            return self._of_instance(origin, chain, _FAR).what
        shape = self.sources.gift(origin.path, "call", ".".join((origin.name, *left)))
        return self._within(origin.path, shape, chain, _FAR).what if shape is not None else "unknown"

    def _of_value(self, value: Origin, chain: tuple[str, ...]) -> Meant:
        """What a member is of the object that a module which is none of tests binds a name to."""
        shape = self.sources.gift(value.path, "name", value.name) if not is_test(value.path) else None
        return self._within(value.path, shape, chain, _FAR) if shape is not None else _UNKNOWN

    def makes(self, path: str, outside: Outside) -> bool:
        """Whether a function makes what a call gives of what another one gets, so that it is no result of a double."""
        found = self.sources.shape(path, outside) if outside.form == "fixture" else None
        return found is not None and found[1].makes

    def is_coroutine_function(self, path: str, dotted: str) -> bool:
        """Whether a name of the file `path` surely means an `async def` of the project, also one of a class."""
        return self._function(path, dotted) is not None

    def _function(self, path: str, dotted: str) -> Origin | None:
        """The `async def` that a name of a file surely means, or the class of one; None where it means none."""
        first, *rest = dotted.split(".")
        origin, left = self._origins.follow(origin_of(self._project, self._origins, path, first), rest)
        if has_alternatives(self._project, self._origins, path, dotted):
            return None
        if origin.status == "class" and len(left) == 1 and not origin.fallback:
            if f"{origin.name}.{left[0]}" in self.sources.facts(origin.path).coroutines:
                return origin
            return origin if self._method(origin, tuple(left)) == "coroutine function" else None
        if origin.status == "value" and len(left) == 1 and not origin.fallback:
            found = self._of_value(origin, tuple(left))
            return found.owner if found.what == "coroutine function" else None
        if origin.status != "async def" or left or origin.fallback:
            return None
        return origin if origin.name in self.sources.facts(origin.path).coroutines else None

    def is_beside_a_module(self, path: str, name: str) -> bool:
        """Whether a name is from-imported that a module has as well, so that a string which says it may mean either."""
        entry = self._project.entries[path]
        bounds = entry.names.bindings.get(name, ()) if entry.names is not None else ()
        modules = [f"{bound.module}.{bound.member}" for bound in bounds if bound.kind == "from" and not bound.level]
        found = any(self._project.layout.find_written(each, path) is not None for each in modules)
        return found and self._origins.bound(path, name).status != "module"

    def held_above(self, path: str, owner: str, name: str, left: int = _FAR) -> bool:
        """Whether a base class of a class of tests may give its objects another attribute of the name of a method."""
        found = self.sources.class_of(path, owner)
        if found is None or not left:
            return True
        for base in filter(None, self.sources.bases(path, found)):
            if base.path == path:
                held = self.held_above(path, base.name, name, left - 1)
            else:
                held = may_be_held(self._project, self._origins, base, name)
            if held:
                return True
        return False

    def keeps(self, path: str, outside: Outside, name: str, left: int = _FAR) -> bool:
        """Whether an attribute that is set on an object is what was set, by the class that the object is of."""
        origin = self.sources.origin(path, outside.name) if outside.form == "call" else None
        if origin is not None and origin.status == "class":
            return keeps(self._project, self._origins, origin, name)
        found = self.sources.shape(path, outside) if left else None
        if found is None or found[1].makes or found[1].chain:
            return False
        inner = found[1].outside
        return self.keeps(found[0], inner, name, left - 1) if inner is not None else not name.startswith("_")

    def _within(self, path: str, shape: Shape, chain: tuple[str, ...], left: int) -> Meant:
        """What a member of a double is that a function of the file `path` gives."""
        for index, name in enumerate(chain):
            if name in shape.members:
                member = shape.members[name]
                if member is None or not self._is_kept(path, shape, name):
                    return _UNKNOWN
                shape = member
            elif shape.outside is not None:
                return self._meant(path, shape.outside, (*shape.chain, *chain[index:]), left - 1)
            elif name == RESULT or shape.children == "unknown":
                return _UNKNOWN
            else:
                shape = Shape(shape.children, shape.children)
        outside = shape.outside
        found = Meant(shape.kind) if outside is None else self._meant(path, outside, shape.chain, left - 1)
        return Meant("raising") if found.what == "async" and shape.raises else found

    def _is_kept(self, path: str, shape: Shape, name: str) -> bool:
        """Whether a member that was set on what a function gives is one: a mock keeps it, a real object may not."""
        real = shape.outside is not None and shape.outside.form in {"call", "fixture", "self"} and name != RESULT
        return not real or (not shape.chain and shape.outside is not None and self.keeps(path, shape.outside, name))

    # -- specs and classes

    def _specified(self, path: str, outside: Outside, chain: tuple[str, ...]) -> Meaning:
        targeted, made = outside.form == "patch autospec", outside.name.endswith("()")
        name = outside.name.removesuffix("()")
        origin = self._target(path, name) if targeted else self.sources.origin(path, name)
        if not chain and not made and (origin is None or origin.status != "class"):
            find = function_at if targeted else function_named
            named = find(self._project, self._origins, path, name)
            return "async" if named is not None and named.asynchronous else "unknown"
        if origin is None or (made and (origin.status != "class" or not chain)):
            return "unknown"
        if "autospec" in outside.form and chain[:1] == (RESULT,) and origin.status == "class":
            chain = chain[1:]
        if not chain:
            return "sync"
        found = self._method(origin, chain) if origin.status == "class" else "unknown"
        return "async" if found == "coroutine function" else found

    def _target(self, path: str, target: str) -> Origin | None:
        """What the target of a `patch` is, None where that isn't certain."""
        first, *rest = target.split(".")
        origin, left = self._origins.follow(self._origins.module(path, 0, first), rest)
        return None if left or origin.fallback else origin

    def _wrapped(self, path: str, outside: Outside, chain: tuple[str, ...]) -> Meaning:
        """What a mock calls that wraps something: a sync one the real thing; an AsyncMock has AsyncMocks as members."""
        name = outside.name.removesuffix("()")
        if outside.form == "async wraps" and not chain:
            return "async" if name == outside.name else "unknown"
        if not chain:
            return (
                "coroutine function" if name == outside.name and self.is_coroutine_function(path, name) else "unknown"
            )
        origin = self.sources.origin(path, name)
        if origin is None or origin.status != "class" or len(chain) > 1:
            return "unknown"
        if outside.form == "async wraps":
            return "async" if method_of(self._project, self._origins, origin, chain[0]) is not None else "unknown"
        return "coroutine function" if self._method(origin, chain) == "coroutine function" else "unknown"

    def _method(self, owner: Origin, chain: tuple[str, ...]) -> Meaning:
        method = method_of(self._project, self._origins, owner, chain[0]) if len(chain) == 1 else None
        if method is None:
            return "unknown"
        return "coroutine function" if method.asynchronous else "sync" if method.plain else "unknown"

    def _of_instance(self, owner: Origin, chain: tuple[str, ...], left: int) -> Meant:
        """What a member of an instance is: what the `__init__` of the class sets comes before a method."""
        if chain and self.sources.known_gifts(owner.path).keys() >= {("instance", f"{owner.name}.{chain[0]}")}:
            shape = self.sources.gift(owner.path, "instance", f"{owner.name}.{chain[0]}")
            certain = shape is not None and self.sources.uses_the_library(owner.path)
            return self._within(owner.path, shape, chain[1:], left) if shape is not None and certain else _UNKNOWN
        found = self._method(owner, chain)
        held = found != "unknown" and may_be_held(self._project, self._origins, owner, chain[0])
        return _UNKNOWN if held else Meant(found, owner if found == "coroutine function" else None)
