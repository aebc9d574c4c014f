"""What code that is no test sets on objects which are not its own: a test that runs it may have something else then.

An `await` in front of `bus.on_close()` is wrong where `Service(bus)` sets `bus.on_close`, and in front of `app.save()`
where another module sets that.  The last names alone are compared: whose attribute it is, no text shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from codemods.toolkit.python.layout import is_test

SETS = "sets on others "
"""The mark of a file with the names that it sets on anything but `self`."""

REPLACES = "sets on modules and classes "
"""The mark of a file with the names that it sets on a module that it imports, or on what is called like a class."""

_SET = re.compile(rb"\.(\w++)[ \t]*+=(?!=)")
_OWNER = re.compile(rb"(?<![\w.])(\w+(?:\.\w+)*+)\Z")
_SETATTR = re.compile(rb"""setattr\([ \t\r\n]*([\w.]+)[ \t\r\n]*,[ \t\r\n]*(?:(["'])(\w+)\2)?""")
_MODULES = re.compile(rb"""sys\.modules\[[ \t]*["']([\w.]+)["'][ \t]*\][ \t]*=(?!=)""")
_IN_PLACE = re.compile(
    rb"""(?:\bpatch(?:\.object\([ \t\r\n]*[\w.]+[ \t\r\n]*,|\()|\.setattr\()[ \t\r\n]*["'](?:[\w.]+\.)?(\w+)["']"""
)
_IMPORTED = re.compile(rb"(?<![^\s\xbf])(?:from|import)\b([^\r\n]*)")  # maybe behind a byte order mark
_WORD = re.compile(rb"\w+")
_FAR = 120
"""An owner is looked for so far before the name that is set."""


def production_marks(body: bytes) -> tuple[str, ...]:
    """What the bytes of a file say of attributes that it sets on others: of one with tests, nothing.

    Where it makes mocks, only what it sets on modules and classes counts: it is there for tests that ask for it.  What
    a plugin of pytest sets, it may set on anything that a test is given.
    """
    if b"def test" in body:
        return ()
    sets: set[bytes] = set()
    replaces: set[bytes] = {*_named_in_place(body)}
    imported: set[bytes] | None = None
    for owner, name in _set_by(body):
        root = owner.partition(b".")[0]
        sets.add(name)
        if imported is None:
            imported = {word for line in _IMPORTED.findall(body) for word in _WORD.findall(line)}
        if b"pytest" in body or root == b"cls" or root in imported or owner.rpartition(b".")[2][:1].isupper():
            replaces.add(name)
    found = ((SETS, sets if b"Mock" not in body else set()), (REPLACES, replaces))
    return tuple(mark + b" ".join(sorted(names)).decode() for mark, names in found if names)


def _set_by(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(owner, name) of each attribute that is set; `setattr` by another name sets what its owner is called."""
    for match in _SET.finditer(body):
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
    """The names that strings name whose objects are replaced: by patches, and in the table of modules."""
    if b"sys.modules[" in body:
        yield from (part for match in _MODULES.finditer(body) for part in match[1].split(b"."))
    if b"patch" in body and b"pytest" in body:  # else it is a script with tests of its own kind
        yield from (match[1] for match in _IN_PLACE.finditer(body))


@dataclass(frozen=True, slots=True)
class _Marks:
    """The marks of all files: they stay the same while more and more files are parsed."""

    by_path: Mapping[str, tuple[str, ...]]

    def __hash__(self) -> int:
        return len(self.by_path)


@dataclass(frozen=True, slots=True)
class Production:
    """Which files set a name on an object that is not their own, and which on a module or a class."""

    sets: Mapping[str, str]
    replaces: Mapping[str, str]


def production(marks: Mapping[str, tuple[str, ...]]) -> Production:
    """What the code of a project that is no test sets, by its marks."""
    return _of(_Marks(marks))


@lru_cache(maxsize=1)
def _of(marks: _Marks) -> Production:
    found: dict[str, dict[str, str]] = {SETS: {}, REPLACES: {}}
    for path, said in marks.by_path.items():
        for mark in said if not is_test(path) else ():
            for word, files in found.items():
                if mark.startswith(word):
                    for name in mark.removeprefix(word).split():
                        files.setdefault(name, path)
    return Production(found[SETS], found[REPLACES])
