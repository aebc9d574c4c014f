"""What a class is by what it does, and which class a function makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.canonical import class_named, function_named
from codemods.websocket_ssot.census import Census, Key, Users, in_tests
from codemods.websocket_ssot.facts import ClassFact, Facts, FunctionFact, UseFact
from codemods.websocket_ssot.family import about_sockets, family_named, plainly_named, role, words

ClassKind = Literal["manager", "factory", "adapter", "protocol", "ABC", "enum", "test double", "stranger"]

CLASS_KINDS: tuple[ClassKind, ...] = (
    "manager", "factory", "adapter", "protocol", "ABC", "enum", "test double", "stranger",
)  # fmt: skip

_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_ABSTRACT = frozenset({"ABC", "ABCMeta"})
_MOCKS = frozenset({"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock", "TestCase"})
_SOCKET_WORDS = frozenset({"websocket", "websockets", "ws", "socket", "broadcast"})
_NOT_MAKING = frozenset({"fixture", "contextmanager", "asynccontextmanager", "property", "overload"})
_WRAPPED = re.compile(r"(?:typing\.)?(?:Optional|Awaitable)\[(.+)\]")
_NAME = re.compile(r"[^\W\d]\w*")
_DEPTH = 8


def kind_of(census: Census, path: str, cls: ClassFact) -> ClassKind:
    """The kind of a class; a `stranger` shares nothing with a manager but words of its name."""
    bases = _external_bases(census, path, cls)
    if role(cls.name) == "double" or in_tests(path) or bases & _MOCKS:
        return "test double"
    if bases & _ENUMS:
        return "enum"
    if "Protocol" in bases or role(cls.name) == "protocol":
        return "protocol"
    if bases & _ABSTRACT or any("abstractmethod" in method.decorators for method in cls.methods):
        return "ABC"
    match role(cls.name):
        case "factory":
            return "factory"
        case "adapter":
            return "adapter"
        case "manager" if serves_sockets(path, cls):
            return "manager"
    return "stranger"


def serves_sockets(path: str, cls: ClassFact) -> bool:
    """Whether a class that manages connections manages those of sockets: databases have them too.

    Its name says so, or that of its module where its own has no other speciality, or its methods and parameters do.
    """
    if about_sockets(cls.name) or (plainly_named(cls.name) and about_sockets(path)):
        return True
    said = {word for method in cls.methods for word in words(method.name)}
    said.update(word for method in cls.methods for p in method.parameters for word in words(p.name))
    return bool(said & _SOCKET_WORDS)


def _external_bases(census: Census, path: str, cls: ClassFact, depth: int = 0) -> set[str]:
    """The last names of all bases outside the project, also those of bases inside it."""
    found: set[str] = set()
    for base in cls.bases:
        dotted = base.partition("[")[0].strip()
        origin = census.chain(path, dotted)
        inner = class_named(_facts(census, origin.path), origin.name) if origin and origin.status == "class" else None
        if origin is not None and inner is not None and depth < _DEPTH:
            bases = _external_bases(census, origin.path, inner, depth + 1)
            if cls.passes or not {"Protocol", *_ABSTRACT} & bases:  # who implements an interface is none itself
                found |= bases
        else:
            found.add(dotted.rpartition(".")[2])
    return found


def _facts(census: Census, path: str) -> Facts | None:
    entry = census.project.entries.get(path)
    return entry.facts if entry else None


def unspoken(project: Project[Facts]) -> Iterator[str]:
    """Words by which callers of managers are found where no name tells: factories, and modules that hold an instance.

    `get_manager` says nothing of sockets, nor does `from app.ws import manager`.  Only spelling is looked at: this
    decides what is read, not what it means.
    """
    for path, entry in project.entries.items():
        if entry.facts is None or in_tests(path):
            continue
        for function in entry.facts.functions:
            if role(function.name) == "make" and not family_named(function.name):
                made = [
                    use.names[-1]
                    for use in entry.facts.uses
                    if function.start <= use.start < function.end
                    or (use.call and use.scope == 0 and use.call.receiver.name in function.gives)
                ]
                if any(_plain_manager(name) for name in (*made, last_name(function.annotation))):
                    yield function.name
        for use in entry.facts.uses:
            if use.call and use.scope == 0 and use.call.receiver.kind == "name" and _plain_manager(use.names[-1]):
                *_folders, folder, name = ("", *path.split("/"))
                yield folder if name == "__init__.py" else name.removesuffix(".py")


def _plain_manager(name: str) -> bool:
    return role(name) == "manager" and family_named(name) and plainly_named(name)


def last_name(annotation: str) -> str:
    """The last name in an annotation ("Manager" of `Optional["ws.Manager"]`), "" where there is none."""
    names = [name for name in _NAME.findall(annotation) if name != "None"]
    return names[-1] if names else ""


@dataclass(frozen=True, slots=True)
class Maker:
    """What a function makes: the class, whether a `return` proves it, and the function that it goes through (if any).

    `only` says that it does nothing but hand on to that function.
    """

    cls: Key
    proved: bool
    through: Key | None
    only: bool


class Makers:
    """Answers which class a function makes, and which one stands behind an instance at module level."""

    def __init__(self, census: Census) -> None:
        self._census = census
        self._known: dict[Key, Maker | None] = {}
        self._uses: dict[str, dict[int, UseFact]] = {}
        self.instances: dict[Key, Key] = {}
        for path, facts in census.facts():
            for use in facts.uses:
                receiver = use.call.receiver if use.call else None
                if receiver is not None and use.scope == 0 and receiver.kind == "name":
                    made = census.of_use(path, use)
                    if made is not None and made.status == "class":
                        self.instances[(path, receiver.name)] = made.key

    def users(self, cls: Key) -> Users:
        """Who uses a class: its importers, and those of its instances at module level."""
        return self._census.users(cls, self.instances_of(cls))

    def instances_of(self, cls: Key) -> tuple[Key, ...]:
        """The instances of a class at module level."""
        return tuple(instance for instance, made in self.instances.items() if made == cls)

    def maker(self, path: str, function: FunctionFact) -> Maker | None:
        """What a function at the top level of a module makes; None where that is no object of a known class."""
        key = path, function.name
        if key not in self._known:
            self._known[key] = None  # one that returns what it returns makes nothing
            self._known[key] = self._maker(path, function)
        return self._known[key]

    def _maker(self, path: str, function: FunctionFact) -> Maker | None:
        if _NOT_MAKING & set(function.decorators):
            return None
        classes: list[Key] = []
        through: list[tuple[Key, Key]] = []
        for status, key in self._returned(path, function):
            if status == "class":
                classes.append(key)
            elif (inner := self._function(key)) is not None:
                through.append((key, inner.cls))
        annotated = self._annotated(path, function)
        if classes:
            return Maker(annotated if annotated in classes else classes[0], True, None, False)
        if through:
            return Maker(through[0][1], True, through[0][0], function.delegates)
        return Maker(annotated, False, None, False) if annotated else None

    def _function(self, key: Key) -> Maker | None:
        inner = function_named(_facts(self._census, key[0]), key[1])
        return self.maker(key[0], inner) if inner else None

    def _returned(self, path: str, function: FunctionFact) -> list[tuple[str, Key]]:
        """("class" or "function", its key) of each call whose value is returned, directly or through a variable."""
        facts = _facts(self._census, path)
        calls = [use for use in facts.uses if use.call] if facts else []
        returned = [use for use in calls if use.start in function.returns]
        for name in function.gives:
            inside = [
                use
                for use in calls
                if function.start <= use.start < function.end
                and (call := use.call) is not None
                and (call.receiver.kind, call.receiver.name) == ("name", name)
            ]
            returned.extend(inside)
            instance = None if inside else self.instances.get(self._census.origins.bound(path, name).key)
            if instance is not None:
                return [("class", instance)]
        found: list[tuple[str, Key]] = []
        for use in returned:
            origin = self._census.of_use(path, use)
            if origin is not None and origin.status in {"class", "def", "async def"}:
                found.append(("class" if origin.status == "class" else "function", origin.key))
        return found

    def _annotated(self, path: str, function: FunctionFact) -> Key | None:
        text = function.annotation.strip("\"' ")
        wrapped = _WRAPPED.fullmatch(text)
        text = (wrapped[1] if wrapped else text).removesuffix("| None").removeprefix("None |").strip("\"' ")
        if not all(part.isidentifier() for part in text.split(".")):
            return None
        origin = self._census.chain(path, text)
        return origin.key if origin is not None and origin.status == "class" else None
