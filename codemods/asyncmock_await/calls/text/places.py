"""Where a module may call a double, as its text shows: a function without such a place is not even looked at.

From each word that makes a double (`AsyncMock`, `patch`) to the names that lines assign it to, from these to further
names, and so on; and to the places where one of them is called.  What is read of the text are the lines around these
words: most of a module holds none.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from codemods.asyncmock_await.calls.text.candidates import (
    ASSIGNING,
    BOUND_BY_WITH,
    ELSEWHERE,
    IS_OF_MOCKS,
    ITEM,
    names_assigned,
    names_put,
)

_MAKING = (b"Mock", b"patch", b"async_stub", b"create_autospec", b"enterContext", b"enter_context", b"enter_Context")
_CHAIN = re.compile(ITEM + rb"((?:\.\w++)*+)[ \t]*+\(")
_VALUE = re.compile(rb"[ \t]*+(?::[^=\n]++)?=(?!=)[ \t]*+(?:[(\\][ \t\r\n]*+)?(?:await[ \t]++)?([A-Za-z_][\w.]*+)")
_ALONE = re.compile(rb"[ \t]*+(?:await[ \t]++|[\"']\w*+[\"'][ \t]*+:[ \t]*+)?[\w.]*+")
_ITEM_CALLED = re.compile(rb"\w(?:\[(?:\"[^\"\n]*+\"|'[^'\n]*+'|-?\d++)\]|\.get\([^()\n]*+\))(?:\.\w++)*+\(")
_DICT = re.compile(rb"patch\.dict\((?![^\n]*(?:environ|sys\.modules))")
"""A patch of a dict that may hold doubles: not that of the environment, nor that of modules."""

_MULTIPLE = b"patch.multiple("
_PUT = re.compile(rb"(\w++)[ \t]*=[ \t]*(?:\w++\.)*+(?:AsyncMock\(|DEFAULT\b)")
_FAR = 600
"""So far behind the word the names of a patch of several things are looked for."""

_LONG = 4
"""Shorter names are a part of too many others for a plain search."""

_LETTERS = frozenset(string.ascii_letters.encode() + string.digits.encode() + b"_")
_INSIDE = _LETTERS | frozenset(b".")
_CALLING = frozenset(b"([. \t")
_BLANKS = frozenset(b" \t\r\n\f\v")
_OPENING = frozenset(b"([{\\")
_SPECS = tuple(
    re.compile(word + rb"([A-Za-z_][\w.]*)")
    for word in (rb"spec(?:_set)?[ ]?=[ ]?", rb"wraps[ ]?=[ ]?", rb"autospec\(")
)
_SPECIFIES = (b"Mock(", b"autospec(")
_SPECIFIED = re.compile(rb"\n[ \t]+(\w+)[ \t]*=[ \t]*(?:\w+\.)*(?:\w*Mock\([^()\n]*|create_)\Z")


class Doubles(NamedTuple):
    """The doubles of a module, as its text shows.

    `holders` are names that are assigned one where it is made, or that follow an `as`; `names` all that may hold one;
    `places` (ascending) are where a name of these is called, or may be, `patched` where that may be what a patch has
    put into a dict or a module.
    """

    holders: frozenset[bytes]
    names: frozenset[bytes]
    places: list[int]
    patched: list[int]


def doubles_in(body: bytes, given: Iterable[bytes], spelled: Collection[bytes]) -> Doubles:
    r"""What the text of a module shows of its doubles.

    `given` are the parameters that may hold doubles from the start, `spelled` further names of the library's classes.
    It may show too much, never too little.

    >>> body = b"def f():\n    m = AsyncMock()\n    n = m.x\n    n.save()\n"
    >>> [body[place:place + 8] for place in doubles_in(body, (), ()).places]
    [b'n.save()']
    """
    if not body.endswith(b"\n"):
        body += b"\n"
    words = _words(spelled)
    holders = {name for word in words for at in _occurrences(body, word) for name in _assigned(body, at)}
    if any(word in body for word in (b"patch", *spelled)):
        holders.update(match[1] for match in BOUND_BY_WITH.finditer(body) if _may_enter(body, match.start()))
    names = {*given, *holders, *names_put(body)}
    names = {name for name in names if not _is_below(name, names)}
    makes = bool(names) or any(word in body for word in words)
    places = {match.start() for pattern in ELSEWHERE for match in pattern.finditer(body)} if makes else set()
    stack = list(names)
    while stack:
        name = stack.pop()
        for at in _occurrences(body, name):
            if body[at - 1] in _INSIDE or body[at - 4 : at] == b"def ":
                continue
            end = at + len(name)
            chain = _CHAIN.match(body, end) if body[end] in _CALLING else None
            if chain is not None and not IS_OF_MOCKS.search(chain[1]):
                places.add(at)
            further = [other for other in _assigned(body, at) if other not in names and not _is_below(other, names)]
            names.update(further)
            stack += further
    patched = [*_patched(body)]
    return Doubles(frozenset(holders), frozenset(names), sorted({*places, *patched}), sorted(patched))


def _patched(body: bytes) -> Iterator[int]:
    """Where an item is called that `patch.dict` may have set, or what `patch.multiple` replaces by an AsyncMock."""
    if b"AsyncMock" not in body:
        return
    if b"patch.dict(" in body and _DICT.search(body):
        yield from (match.start() for match in _ITEM_CALLED.finditer(body))
    at = body.find(_MULTIPLE)
    names: set[bytes] = set()
    while at >= 0:
        names.update(_PUT.findall(body, at, at + _FAR))
        at = body.find(_MULTIPLE, at + 1)
    for name in names:
        yield from (match.start() for match in re.finditer(rb"\." + name + rb"\(", body))


def _is_below(name: bytes, names: Collection[bytes]) -> bool:
    """Whether a name is an attribute of another one that is looked for, so that its calls are found by that."""
    end = name.rfind(b".")
    return end >= 0 and (name[:end] in names or _is_below(name[:end], names))


def _may_enter(body: bytes, at: int) -> bool:
    """Whether an `as` may be that of a `with`."""
    line = body.rfind(b"\n", 0, at) + 1
    return not body[line:at].lstrip().startswith((b"except ", b"import ", b"from "))


def _words(spelled: Collection[bytes]) -> list[bytes]:
    return [*_MAKING, *(name for name in spelled if not name.endswith(_MAKING))]


def values_assigned(body: bytes, name: bytes) -> list[bytes]:
    """What is assigned to a name, or called for it, anywhere in a text: dotted names."""
    matches = (_VALUE.match(body, at + len(name)) for at in _occurrences(body, name))
    return list(dict.fromkeys(match[1] for match in matches if match is not None))


def _occurrences(body: bytes, name: bytes) -> Iterator[int]:
    """Where a name stands that does not go on; other letters may stand before it."""
    if len(name) < _LONG:
        yield from (match.start() for match in _short(name).finditer(body))
        return
    at = body.find(name)
    while at >= 0:
        end = at + len(name)
        if end == len(body) or body[end] not in _LETTERS:
            yield at
        at = body.find(name, end)


@cache
def _short(name: bytes) -> re.Pattern[bytes]:
    return re.compile(re.escape(name) + rb"(?!\w)(?<!\w" + re.escape(name) + rb")")


def _assigned(body: bytes, at: int) -> list[bytes]:
    """The names that a line assigns what stands at an offset, by itself or as one of several."""
    line = body.rfind(b"\n", 0, at) + 1
    if body.find(b"=", line, at) < 0 and body.find(b"for ", line, at) < 0:
        above = _line_above(body, line)
        if above < 0 or not _ALONE.fullmatch(body, line, at):
            return []
        line = above
    for pattern in ASSIGNING:
        match = pattern.match(body, line)
        if match is not None and match.start(2) <= at < match.end(2):
            return names_assigned(match[1])
    return []


def _line_above(body: bytes, line: int) -> int:
    """Where the line begins that goes on in a line; -1 where the one above ends in no bracket and no backslash."""
    end = line - 1
    while end >= 0 and body[end] in _BLANKS:
        end -= 1
    return body.rfind(b"\n", 0, end) + 1 if end >= 0 and body[end] in _OPENING else -1


def specified(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The names that hold mocks, each with the spec of its mock, or with what that wraps, by the line that makes it."""
    specifies = b"mock" in body and any(word in body for word in _SPECIFIES)  # the first tells soonest that it doesn't
    for match in (match for pattern in _SPECS for match in pattern.finditer(body)) if specifies else ():
        target = _SPECIFIED.search(body[max(0, body.rfind(b"\n", 0, match.start())) : match.start()])
        if target is not None:
            yield target[1], match[1]
