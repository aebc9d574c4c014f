"""Who calls a sync function of a test module that has to become async: all of them, or why that isn't certain.

A function of a module is followed by origin into every file that mentions its name, a method of a test class through
the classes that derive from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.facts import Mention, SyncFunction
from codemods.asyncmock_await.never_run.classes import Classes, Key
from codemods.asyncmock_await.never_run.modes import Modes
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.names import ImportedName, ImportStatement
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_OPEN = frozenset({"ambiguous", "dynamic", "unparsable", "unloaded"})
_SELF = frozenset({"self", "cls", "super()"})

Calls = list[tuple[str, Mention]]


class UnclearError(Exception):
    """Something that names the function may not be able to await it: where, and what it does."""

    def __init__(self, path: str, line: int, does: str) -> None:
        super().__init__(f"{path}:{line} {does}")


class Callers:
    """Answers about one project.  Files that an answer lacks stand in `origins.unloaded`."""

    def __init__(self, project: Project[Facts], origins: Origins, classes: Classes, modes: Modes) -> None:
        self._project = project
        self._origins = origins
        self._classes = classes
        self._modes = modes

    def of(self, path: str, helper: SyncFunction) -> Calls | str:
        """The calls of a function or method, each of which can get an `await`; or why that isn't so for one."""
        name = helper.function.name
        try:
            if helper.owner:
                key = Key(path, helper.owner)
                if not self._is_test_class(key):
                    return "its class is no test class"
                found = [each for each in self._mentions(name) if self._is_method(*each, key, helper)]
            else:
                found = [each for each in self._mentions(name) if self._is_function(*each, path, helper)]
                self._imports(path, name)
            for place, mention in found:
                if mention.how != "call" or mention.obstacle:
                    raise UnclearError(place, mention.line, mention.obstacle or "names it")
                if not is_test(place):
                    raise UnclearError(place, mention.line, "calls it, and is no test")
        except UnclearError as problem:
            return str(problem)
        return found or "nothing that could await it calls it"

    def elsewhere(self, path: str, helper: SyncFunction) -> str:
        """Why a function or method may be called by another module as well, "" where it surely isn't."""
        name = helper.function.name
        key = Key(path, helper.owner)
        try:
            for place, mention in self._mentions(name):
                if place != path:
                    named = (
                        self._is_method(place, mention, key, helper)
                        if helper.owner
                        else self._is_function(place, mention, path, helper)
                    )
                    if named:
                        raise UnclearError(place, mention.line, f"calls {name}")
            if not helper.owner:
                self._imports(path, name)
        except UnclearError as problem:
            return str(problem)
        return ""

    def _mentions(self, name: str) -> Iterator[tuple[str, Mention]]:
        for path, entry in self._project.entries.items():
            if entry.facts is not None:
                yield from ((path, each) for each in entry.facts.calls.mentions if each.name == name)

    # -- functions of a module

    def _is_function(self, place: str, mention: Mention, path: str, helper: SyncFunction) -> bool:
        """Whether a place names the function."""
        own = place == path
        if mention.how == "text":
            stem = path.rpartition("/")[2].removesuffix(".py")
            return own or mention.receiver.rpartition(".")[2] == stem
        if mention.how == "definition":
            other = own and not mention.owner and mention.start != helper.function.keyword
            if other:
                raise UnclearError(place, mention.line, "defines another function of this name")
            return False
        if mention.how == "import":
            return False
        if mention.receiver == "?" and own:
            raise UnclearError(place, mention.line, "calls something of this name")
        if mention.receiver in {"self", "cls", "super()", "?"}:
            return False
        first, *rest = [*filter(None, mention.receiver.split(".")), mention.name]
        origin, left = self._origins.follow(self._origins.bound(place, first), rest)
        if origin.key == (path, mention.name) and not left:
            if origin.status != "def" or origin.fallback:
                raise UnclearError(place, mention.line, "may name another function")
            return True
        if origin.status in _OPEN and (own or not mention.receiver):
            raise UnclearError(place, mention.line, "may name it")
        return False

    def _imports(self, path: str, name: str) -> None:
        """Names that are imported under another one, or within a function, are not followed."""
        for place in dict.fromkeys(place for place, _mention in self._mentions(name)):
            names = self._project.entries[place].names
            for statement in names.imports if names is not None else ():
                if any(self._leads(place, statement, each, path, name) for each in statement.names):
                    raise UnclearError(place, statement.line, "imports it in a way that is not followed")

    def _leads(self, place: str, statement: ImportStatement, each: ImportedName, path: str, name: str) -> bool:
        """Whether an import brings the function, or its module, in such a way."""
        if not statement.function and not (statement.is_from and each.name == name and each.asname):
            return False
        if not statement.is_from:
            return self._origins.module(place, 0, each.name).path == path
        if each.name == "*":
            return self._origins.module(place, statement.level, statement.module).path == path
        origin = self._origins.imported(place, statement.level, statement.module, each.name)
        return origin.path == path and (origin.status == "module" or each.name == name)

    # -- methods of a test class

    def _is_test_class(self, key: Key) -> bool:
        word = self._classes.kind(key).word
        if word == "pytest":
            return self._modes.collects_class(key.path, key.name.rpartition(".")[2])
        return word in {"plain", "isolated"}

    def _is_method(self, place: str, mention: Mention, key: Key, helper: SyncFunction) -> bool:
        """Whether a place names the method."""
        here = Key(place, mention.owner) if mention.owner else None
        relation = "own" if here == key else self._relation(here, key)
        related = relation != "none" or place == key.path
        match mention.how:
            case "definition":
                if relation != "none" and mention.start != helper.function.keyword and not mention.function:
                    raise UnclearError(place, mention.line, "defines it anew")
                return False
            case "text":
                return related
            case "import":
                return False
        if not mention.receiver:
            if relation != "none" and mention.how == "other" and not mention.function:
                raise UnclearError(place, mention.line, "uses its name in a class")
            return False
        if mention.receiver not in _SELF:
            if related or mention.receiver.rpartition(".")[2] == key.name:
                raise UnclearError(place, mention.line, "calls something of this name")
            return False
        if relation == "own" and mention.receiver == "super()":
            raise UnclearError(place, mention.line, "calls another one of this name")
        if relation in {"own", "below"}:
            return True
        if relation in {"above", "open"}:
            raise UnclearError(place, mention.line, "may call it")
        return False

    def _relation(self, here: Key | None, key: Key) -> str:
        """What a class is to that of the method: `below` it, `above` it, `open` where that isn't known, `none`.

        A class that another one has for a base beside that of the method is above it, too.
        """
        if here is None:
            return "none"
        order, own = self._classes.order(here), self._classes.order(key)
        if own is None or order is None:
            return "open"
        if key in order:
            return "below"
        together = (self._classes.order(each) or () for each in self._classes.below(key))
        return "above" if here in own or any(here in each for each in together) else "none"
