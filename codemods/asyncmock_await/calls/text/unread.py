"""Test modules that name no mock, by their bytes: which of them may lose a coroutine of the project's own functions.

A module with an AsyncMock is read in any case.  Of all others, most call no coroutine function without `await`: their
bytes say what they call, and those of all files together whose `async def`s these may be, so that few are parsed.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from codemods.asyncmock_await.calls.module.made import instances_named, renamed
from codemods.asyncmock_await.calls.text.lost import ENTERS, LostText, lost_texts
from codemods.asyncmock_await.calls.text.places import specified, values_assigned

FUNCTIONS, METHODS, LOST, GIVES, MAKES = "async functions ", "async methods ", "lost calls ", "gives ", "makes "
DOUBLES, RENAMES = "doubles of ", "renames "
ASKED, HELD, OWN = "asked", "held", "own"
"""What stands for the module in a word of a mark of lost calls: another file's fixture, or set-up, gives the object.

Or it is a method of the test itself, which its class inherits.
"""

_CLASS = re.compile(rb"class (\w+)")
_FIXTURE = re.compile(rb"fixture\b([^\n]*)\n(?:[ \t]*@[^\n]*\n)*[ \t]*(?:async )?def (\w+)\(")
_NAMED = re.compile(rb"""name=["'](\w+)""")
_FROM = re.compile(rb"from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\r\n(]*)")
_IMPORTED = re.compile(rb"(\w+)(?:\s+as\s+(\w+))?")
_NAMED_MODULE = re.compile(rb"import[ \t]+([\w.]+)[ \t]+as[ \t]+(\w+)")
_IMPORT = re.compile(rb"import[ \t]+([^\r\n]+)")
_WORD = re.compile(rb"\w+")
_CALLED = re.compile(rb"([A-Za-z_]\w*)\(")
_SETTING = re.compile(rb"\bself\.(\w+)[ \t]*(?::[^=\n]+)?=(?!=)[ \t]*(?:await[ \t]+)?([\w.]+)\(")
_MAKES = re.compile(rb"^(?:(?:async )?def|class) (\w+)|^[ \t]+(?:async )?def (\w+)|(AsyncMock)", re.MULTILINE)
_SETS_UP = (b"setUp", b"setup_method", b"autouse")
GIVING = (b"fixture", *_SETS_UP)
"""What the text of a file says that may give objects to the tests of others."""

_DEFINED = re.compile(rb"def (\w+)\(")
_SELF = frozenset({b"self", b"cls"})
_TARGET = re.compile(rb"(\w+)[ \t]*=")
_HANDING = (
    b"await ", b"append(", b"add(", b"create_task(", b"ensure_future(", b"wait_for(", b"shield(", b"gather(", b"run(",
    b"run_until_complete(", b"submit(", b"(*",
)  # fmt: skip
"""What stands before a coroutine that is awaited later."""

_BEHIND = (b"fixture", b"def test")
"""What begins behind a fixture."""


def definition_marks(body: bytes, definitions: Iterable[tuple[bytes, int]]) -> Iterator[str]:
    """The marks of the `async def`s of a file, but for tests: its functions, and the methods of each class.

    `definitions` are their names, and the offsets where they begin (ascending).
    """
    functions: set[bytes] = set()
    methods: defaultdict[bytes, set[bytes]] = defaultdict(set)
    classes = [*_CLASS.finditer(body)]
    around: list[tuple[int, bytes]] = []
    seen = 0
    for name, at in definitions:
        while seen < len(classes) and classes[seen].start() < at:
            column = _column(body, classes[seen].start())
            if column >= 0:
                around = [each for each in around if each[0] < column]
                around.append((column, classes[seen][1]))
            seen += 1
        if name.startswith(b"test"):
            continue
        column = _column(body, at)
        owner = next((owner for indent, owner in reversed(around) if indent < column), b"")
        (methods[owner] if owner else functions).add(name)
    if functions:
        yield FUNCTIONS + b" ".join(sorted(functions)).decode()
    for owner, names in sorted(methods.items()):
        yield METHODS + b" ".join((owner, *sorted(names))).decode()


def _column(body: bytes, at: int) -> int:
    """How far a line is indented that begins with what stands at an offset, -1 where it begins with something else."""
    line = body.rfind(b"\n", 0, at) + 1 or len(BOM_UTF8) * body.startswith(BOM_UTF8)
    return at - line if line == at or body[line:at].isspace() else -1


def giving_marks(body: bytes) -> Iterator[str]:
    """The marks of a file without tests: the fixtures that it has for others, each with what its text calls.

    A function of the file that is called counts with what its own text calls.  If the file has set-ups, an attribute of
    `self` counts with what is called for it.
    """
    held: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for attribute, maker in _SETTING.findall(body) if any(word in body for word in _SETS_UP) else ():
        held[b"self." + attribute].add(_last(maker))
    for attribute, makers in sorted(held.items()):
        yield GIVES + b" ".join((attribute, *sorted(makers))).decode()
    defined = frozenset(_DEFINED.findall(body))
    for match in _FIXTURE.finditer(body):
        named = _NAMED.search(match[1])
        makers = _called_behind(body, match.end())
        for maker in makers & defined:
            makers = makers | _called_in(body, maker)
        yield GIVES + b" ".join((named[1] if named is not None else match[2], *sorted(makers))).decode()


def making_mark(body: bytes) -> Iterator[str]:
    """The mark of a file without tests: its names and functions that give instances, each with that of the class."""
    found = dict.fromkeys(instances_named(body))
    if found:
        yield MAKES + b" ".join(name + b":" + of for name, of in found).decode()


def renaming_mark(body: bytes) -> Iterator[str]:
    """The mark of a file without tests: the names by which others may import what has another name elsewhere."""
    found = dict.fromkeys(renamed(body))
    if found:
        yield RENAMES + b" ".join(name + b":" + of for name, of in found).decode()


def double_mark(body: bytes) -> Iterator[str]:
    """The mark of a file without tests that names AsyncMock: its functions, classes and methods that do."""
    found: set[bytes] = set()
    top = method = b""
    for match in _MAKES.finditer(body):
        if match[3]:
            found |= {top, method}
        elif match[1]:
            top, method = match[1], b""
        else:
            method = match[2]
    if names := sorted(found - {b""}):
        yield DOUBLES + b" ".join(names).decode()


def lost_mark(body: bytes, definitions: Sequence[tuple[bytes, int]], asked: AbstractSet[bytes]) -> Iterator[str]:
    """The mark of a test module: the functions and methods whose results it may lose, each with where it is from.

    `app.mail:send`, `app.mail:Mailer.send`, or `:Mailer.send` for what is not from-imported; `asked:mailer.send` for a
    method of what another file's fixture gives.  `definitions` are the module's own `async def`s, as in
    `definition_marks`, `asked` the parameters of its tests.
    """
    found = lost_texts(body)
    texts = _Texts(body, found, asked)
    coroutines = {name for name, at in definitions if not name.startswith(b"test") and not _column(body, at)}
    words = {word for each in found for word in texts.words(each, coroutines)}
    if words:
        yield LOST + b" ".join(sorted(words)).decode()


class _Texts:
    """What the text of a test module says of names."""

    def __init__(self, body: bytes, found: Iterable[LostText], asked: AbstractSet[bytes]) -> None:
        self._body = body
        self._asked = asked
        self._makers: defaultdict[bytes, set[bytes]] = defaultdict(set)
        self._of_class: defaultdict[bytes, set[bytes]] = defaultdict(set)
        for target, root, called, rest in found:
            if target and not called:
                self._makers[target].add(_last(root + rest))
                if rest and root.lstrip(b"_")[:1].isupper():
                    self._of_class[target].add(root + rest)
        for maker, name in ENTERS.findall(body):
            self._makers[name].add(_last(maker))
        for target, spec in specified(body):
            self._makers[target] |= {_last(spec), *self._makers.get(spec, ())}
        self._known: dict[bytes, set[bytes]] = {}

    @cached_property
    def _imported(self) -> dict[bytes, tuple[bytes, bytes]]:
        """The names that are from-imported, or imported under another name: the module of each, and its name there."""
        found = {
            new or old: (module, old)
            for module, names in _FROM.findall(self._body)
            for old, new in _IMPORTED.findall(names)
        }
        for dotted, new in _NAMED_MODULE.findall(self._body):
            package, _, module = dotted.rpartition(b".")
            found.setdefault(new, (package, module))
        return found

    @cached_property
    def _modules(self) -> frozenset[bytes]:
        """The names behind an `import`."""
        return frozenset(name for names in _IMPORT.findall(self._body) for name in _WORD.findall(names))

    @cached_property
    def _fixtures(self) -> frozenset[bytes]:
        found = _FIXTURE.findall(self._body) if b"fixture" in self._body else ()
        return frozenset(name for _arguments, name in found)

    def words(self, call: LostText, coroutines: AbstractSet[bytes]) -> Iterator[bytes]:
        """What a call may mean whose result may be lost."""
        _target, root, called, rest = call
        if not rest:
            if root in self._imported:
                yield self._with_origin(root, b"")
            elif root in coroutines:
                yield b":" + root
            return
        for owner in self._owners(root, rest, bool(called)):
            for maker in (owner, *self._called(owner)):
                yield self._with_origin(maker, b"." + _last(rest))
        for maker in self._of_class.get(root, ()) if not called and rest.count(b".") == 1 else ():
            owner, _, method = maker.partition(b".")
            yield self._with_origin(owner, b"." + method + rest)
        if root in self._asked and root not in self._fixtures and not called and rest.count(b".") == 1:
            yield ASKED.encode() + b":" + root + rest
        elif root == b"self" and rest.count(b".") == 1 and not called:
            yield from self._own(rest[1:])
        elif root == b"self" and rest.count(b".") == 2 and not self._held(root + rest.rpartition(b".")[0]):
            yield HELD.encode() + b":" + rest[1:]

    def _own(self, name: bytes) -> Iterator[bytes]:
        """A method that is called on `self`: one of the module, or of what a class of it derives from."""
        if name in self._defined and self._body.find(b"async def %s(" % name) >= 0:
            word = b":" + name
        elif name not in self._defined:
            word = OWN.encode() + b":" + name
        else:
            return
        if any(map(self._may_lose, _places_of(self._body, b"self.%s(" % name))):
            yield word

    def _may_lose(self, at: int) -> bool:
        """Whether the call at an offset may be lost: what it gives is none of several things, nor handed on later."""
        start = self._body.rfind(b"\n", 0, at) + 1
        before = self._body[start:at].strip()
        if not before:
            return self._body[start - 2 : start - 1] not in {b"(", b"[", b"{", b","}
        target = _TARGET.fullmatch(before)
        if target is None:
            return not before.endswith((b"await", b"return", b"(", b","))
        return not any(before + target[1] in self._body for before in _HANDING)

    def _owners(self, root: bytes, rest: bytes, called: bool) -> Iterable[bytes]:
        """What may have the method that is called: a class, or a module."""
        parts = rest.count(b".")
        if root in _SELF:
            return self._held(b"self." + rest.split(b".")[1]) if parts == 2 else ()
        if not called and parts == 1:
            if root in self._makers:
                return self._makers[root]
            if root in self._fixtures:
                return self._made(root)
        known = root in self._imported or root in self._modules or root.lstrip(b"_")[:1].isupper()
        return (_last((root + rest).rpartition(b".")[0]),) if known else ()

    def _with_origin(self, name: bytes, rest: bytes) -> bytes:
        module, old = self._imported.get(name, (b"", name))
        return module + b":" + old + rest

    def _held(self, attribute: bytes) -> set[bytes]:
        """What is assigned to an attribute of `self` in the module."""
        found = self._known.get(attribute)
        if found is None:
            found = self._known[attribute] = {_last(value) for value in values_assigned(self._body, attribute)}
        return found

    def _called(self, name: bytes) -> Iterable[bytes]:
        """What a function of the module calls that gives an object."""
        return self._made(name) if name in self._defined and name not in self._imported else ()

    @cached_property
    def _defined(self) -> frozenset[bytes]:
        """The names of all functions and methods of the module."""
        return frozenset(_DEFINED.findall(self._body))

    def _made(self, name: bytes) -> set[bytes]:
        """What a fixture of the module calls, by its name: one of these makes the object."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = _called_in(self._body, name)
        return found


def _called_in(body: bytes, name: bytes) -> set[bytes]:
    """What a function or fixture of a module calls, as its text shows, none where it has no such function."""
    at = body.find(b"def " + name + b"(")
    return _called_behind(body, at + len(name) + 5) if at >= 0 else set()


def _called_behind(body: bytes, at: int) -> set[bytes]:
    """What is called between an offset and what begins behind it."""
    ends = [end for word in _BEHIND if (end := body.find(word, at)) >= 0]
    return set(_CALLED.findall(body, at, min(ends, default=len(body))))


def _places_of(body: bytes, text: bytes) -> Iterator[int]:
    """Where a text stands in another."""
    at = body.find(text)
    while at >= 0:
        yield at
        at = body.find(text, at + 1)


def _last(dotted: bytes) -> bytes:
    return dotted.rpartition(b".")[2]
