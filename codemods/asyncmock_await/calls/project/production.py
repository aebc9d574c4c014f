"""What code that is no test sets on objects which are not its own: a test that runs it may have something else then.

An `await` in front of `bus.on_close()` is wrong where `Service(bus)` sets `bus.on_close`, and in front of `app.save()`
where another module sets that.  Whose attribute it is no text shows, but for names of modules and classes: these lead
to what they mean in their file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from codemods.asyncmock_await.calls.facts import Replaced
from codemods.asyncmock_await.doubles.attributes import SET
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.project import Told

SETS = "sets on others "
"""The mark of a file with the names that it sets on anything but `self`."""

REPLACES = "sets on modules and classes "
"""The mark of a file with what it replaces, each as `kind:owner.name` (`facts.Replaced`; no owner of a `member`).

That is set on a module that it imports, or on what is called like a class.  A `beside` is an `object` in a package's
`__init__.py` alone: `from shop.orders import Order` binds `orders` there, and in no other file.
"""
_INIT = "__init__.py"

PLUGIN = "sets on what tests are given "
"""The mark of a file that speaks of pytest with all names that it sets: as a plugin, it may do so on anything."""

_OWNER = re.compile(rb"(?<![\w.])(\w+(?:\.\w+)*+)\Z")
_SETATTR = re.compile(rb"""setattr\([ \t\r\n]*([\w.]+)[ \t\r\n]*,[ \t\r\n]*(?:(["'])(\w+)\2)?""")
_MODULES = re.compile(rb"""sys\.modules\[[ \t]*["']([\w.]+)["'][ \t]*\][ \t]*=(?!=)""")
_IN_PLACE = re.compile(
    rb"""(?:\bpatch(?:\.object)?|\.setattr)\([ \t\r\n]*(?:([A-Za-z_][\w.]*)[ \t\r\n]*,[ \t\r\n]*)?"""
    rb"""["'](?:([\w.]+)\.)?(\w+)["']"""
)
_WORD = re.compile(rb"\w+")
_FROM = re.compile(rb"from[ \t]+\.*(?:\w+\.)*(\w*)[ \t]+\Z")
_ANYONES = frozenset({b"cls", b"builtins", b"__builtins__"})
"""What is set on one of these may be meant by a name in any module, whatever it is there."""

_FAR = 120
"""An owner is looked for so far before the name that is set."""


def production_marks(body: bytes) -> tuple[str, ...]:
    """What the bytes of a file say of attributes that it sets on others: of one with tests, nothing.

    Where it makes mocks, what it sets on parameters doesn't count: it is there for tests that ask for it.
    """
    if b"def test" in body:
        return ()
    sets: set[bytes] = set()
    replaces: set[bytes] = {*_named_in_place(body)}
    imported: tuple[set[bytes], set[bytes]] | None = None
    for owner, name in _set_by(body):
        root = owner.partition(b".")[0]
        sets.add(name)
        if imported is None:
            imported = _imported(body)
        if root in _ANYONES:
            replaces.add(b"member:." + name)
        elif root in imported[0] or owner.rpartition(b".")[2][:1].isupper():
            replaces.add(b"object:%s.%s" % (owner, name))
        elif root in imported[1]:
            replaces.add(b"beside:%s.%s" % (owner, name))
    plugin = sets if b"pytest" in body else set()
    found = ((SETS, sets if b"Mock" not in body else set()), (REPLACES, replaces), (PLUGIN, plugin))
    return tuple(mark + b" ".join(sorted(names)).decode() for mark, names in found if names)


def _imported(body: bytes) -> tuple[set[bytes], set[bytes]]:
    """The words of all statements that import something, those in brackets on several lines too.

    Apart from them, as nothing binds these but in a package: the last names of the modules that they import from.
    """
    words: set[bytes] = set()
    modules: set[bytes] = set()
    at = body.find(b"import")
    while at >= 0:
        end = body.find(b"\n", at)
        if body.find(b"(", at, end) >= 0:
            end = body.find(b")", at)
        end = end if end >= 0 else len(body)
        start = body.rfind(b"\n", 0, at) + 1
        module = _FROM.search(body, start, at)
        if module is not None:
            modules.add(module[1])
        words.update(_WORD.findall(body, start if module is None else at, end))
        at = body.find(b"import", end)
    return words, modules


def _set_by(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(owner, name) of each attribute that is set; `setattr` by another name sets what its owner is called."""
    for match in SET.finditer(body):
        at = match.start()
        if body.startswith(b"self", at - 4) or body.startswith(b"__", match.start(1)):
            continue  # most are; a longer name that ends so is not looked for
        owner = _OWNER.search(body, max(0, at - _FAR), at)
        if owner is not None:
            yield owner[1], match[1]
    for match in _SETATTR.finditer(body) if b"setattr(" in body else ():
        last = match[1].rpartition(b".")[2]
        if match[1] != b"self" and (match[3] or last[:1].isupper()):
            yield match[1], match[3] or last


def _named_in_place(body: bytes) -> Iterator[bytes]:
    """What strings name whose objects are replaced: by patches, and in the table of modules."""
    if b"sys.modules[" in body:
        yield from (b"member:." + part for match in _MODULES.finditer(body) for part in match[1].split(b"."))
    if b"patch" in body and b"pytest" in body:  # else it is a script with tests of its own kind
        for owner, target, name in _IN_PLACE.findall(body):
            if target:
                yield b"target:%s.%s" % (target, name)
            else:
                yield b"object:%s.%s" % (owner, name) if owner else b"member:." + name


@dataclass(frozen=True, slots=True)
class Production:
    """What code that is no test sets on objects which are not its own, by the names of the attributes.

    `sets` has one file for each name, also of parameters; `replaces` all of modules and classes, each behind its file;
    `plugins` the files that may be plugins of pytest.
    """

    sets: Mapping[str, str]
    replaces: Mapping[str, Sequence[tuple[str, Replaced]]]
    plugins: Mapping[str, Sequence[str]]


@lru_cache(maxsize=1)
def production(told: Told) -> Production:
    """What the code of a project that is no test sets, by its marks."""
    sets: dict[str, str] = {}
    replaces: defaultdict[str, list[tuple[str, Replaced]]] = defaultdict(list)
    plugins: defaultdict[str, list[str]] = defaultdict(list)
    for path, said in told.marks.items():
        for mark in said if not is_test(path) else ():
            if mark.startswith(SETS):
                for name in mark.removeprefix(SETS).split():
                    sets.setdefault(name, path)
            elif mark.startswith(REPLACES):
                words = (word for word in mark.removeprefix(REPLACES).split() if not _means_nothing(word, path))
                for each in map(_replaced, words):
                    replaces[each.name].append((path, each))
            elif mark.startswith(PLUGIN):
                for name in mark.removeprefix(PLUGIN).split():
                    plugins[name].append(path)
    return Production(sets, replaces, plugins)


def _replaced(word: str) -> Replaced:
    """What a word of the mark `REPLACES` says, which knows no line."""
    kind, _, dotted = word.partition(":")
    owner, _, name = dotted.rpartition(".")
    if kind == "target":
        return Replaced(name, 0, "target", owner)
    return Replaced(name, 0, "object", owner) if kind in {"object", "beside"} else Replaced(name, 0, "member")


def _means_nothing(word: str, path: str) -> bool:
    """Whether a word of the mark `REPLACES` is one for the `__init__.py` of a package only, and a file is another."""
    return word.startswith("beside:") and path.rpartition("/")[2] != _INIT
