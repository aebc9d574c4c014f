"""Which functions are worth following, as their text shows: following one costs more than parsing it.

The text may show too much, which costs time, never too little: a function that is not followed has no call of a double
that it would be followed for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_ASSIGNED = (
    rb"[ \t]++([A-Za-z_][\w.]*+(?:[ \t]*+=[ \t]*+[A-Za-z_][\w.]*+(?=[ \t]*+[:=]))*+)[ \t]*+(?::[^=\n]++)?=(?!=)"
    rb"[ \t]*+(?:[(\\][ \t\r\n]*+)?(?:await[ \t]++)?([A-Za-z_][\w.]*+)"
)
_SEVERAL = rb"[ \t]*+(\w++(?:[ \t]*+,[ \t]*+\w++)++)[ \t]*+=([^=\n][^\n]*+)"
_CHOSEN = rb"[ \t]*+(\w[\w.]*+)[ \t]*+(?::[^=\n]++)?=(?!=)([^\n]*?\b(?:if|or|and)\b[^\n]*+)"
_DISPLAYED = rb"[ \t]*+(\w[\w.]*+)[ \t]*+(?::[^=\n]++)?=(?!=)[ \t]*+([\[{(][^\n]*+(?:(?<=[\[{(])\n[^\n]*+)?)"
_LOOPED = rb"[ \t]*+for[ \t]++(\w++(?:[ \t]*+,[ \t]*+\w++)*+)[ \t]++in[ \t]++([^\n]++)"
_LINES = (_ASSIGNED, _SEVERAL, _CHOSEN, _DISPLAYED, _LOOPED)
ASSIGNING = tuple(re.compile(each) for each in _LINES)
"""Lines that assign something to names: the one that is assigned at once, or all that the line holds behind the `=`.

Of a list or dict that begins there, the first line counts; a loop assigns the items of what it goes through.
"""

_ASSIGNING = tuple(re.compile(rb"\n" + each) for each in _LINES)
ITEM = rb"(?:\[(?:\"[^\"\n]*+\"|'[^'\n]*+'|-?\d++)\])?+"
"""An item of something, by a literal key."""

ELSEWHERE = tuple(
    re.compile(pattern)
    for pattern in (
        rb":=",
        rb";[ \t]*+\w[\w., \t]*+=",
        rb"Mock\((?=[^\n]*\)(?:\.\w++)*+\()",
        rb"stub\((?=[^\n]*\)(?:\.\w++)*+\()",
        rb"autospec\((?=[^\n]*\)(?:\.\w++)*+\()",
        rb"\n[ \t]*+(?:\.\w|\)(?:\.\w++)*+\()",
    )
)
"""A double may be bound, or called, in another way than by a line that assigns it, and by its name."""

NAME = re.compile(rb"[A-Za-z_][\w.]*")
BOUND_BY_WITH = re.compile(rb"as(?<!\was)[ \t]++(\w++)")
_CALLED = re.compile(rb"(?<![\w.])([A-Za-z_][\w.]*+)" + ITEM + rb"((?:\.\w++)*+)[ \t]*+\(")
_GIVEN = re.compile(rb"(?<!\w)(?:return|yield)[ \t(]++(?:[\r\n][ \t\r\n]*+)?(?:await[ \t]++)?([A-Za-z_][^\n]*+)")
_GIVEN_AMONG = re.compile(rb"(?<!\w)(?:return|yield)[ \t]++(\w[^\n]*+,[^\n]*+|[\[{(][^\n]*+(?:(?<=[\[{(])\n[^\n]*+)?)")
_CHOICE = re.compile(rb"\b(?:if|or|and)\b")
SELF = frozenset({b"self", b"cls"})
_DOUBLE = re.compile(rb"Mock\Z|patch(?:\.object|\.multiple)?\Z|async_stub\Z|create_autospec\Z|enter_?[cC]ontext\Z")

_PUT = tuple(
    re.compile(word + rb"""\([ \t\r\n]*+([A-Za-z_][\w.]*+),[ \t\r\n]*+(["'])(\w++)\2""")
    for word in (rb"patch\.object", rb"setattr")
)
"""An attribute of something gets another value, by its name.  What begins with letters is searched soonest."""

IS_OF_MOCKS = re.compile(rb"\.(assert_\w+|reset_mock|configure_mock|mock_add_spec|attach_mock)\Z")
"""A dotted name that ends in a method of all mocks."""


def calls_doubles(text: bytes, given: Iterable[str], spelled: Collection[bytes]) -> bool:
    r"""Whether the text of a function calls something that may be a double or a member of one.

    `given` are the parameters and attributes (`self.db`) that may hold doubles from the start, `spelled` further names
    of the library's classes.

    >>> calls_doubles(b"\n m = AsyncMock()\n n = m.x\n n.save()", (), ())
    True
    >>> calls_doubles(b"\n m = AsyncMock()\n service.run(m)\n m.save.assert_called()", (), ())
    False
    """
    if any(pattern.search(text) for pattern in ELSEWHERE):
        return True
    roots = _holding(text, given, spelled)
    return any(
        _root(match[1], roots) and not IS_OF_MOCKS.search(match[2] or match[1]) for match in _CALLED.finditer(text)
    )


def gives_doubles(text: bytes, given: Iterable[str], spelled: Collection[bytes]) -> bool:
    r"""Whether the text of a function returns or yields something that may be a double.

    >>> gives_doubles(b"\n m = AsyncMock()\n return m", (), ())
    True
    >>> gives_doubles(b"\n m = AsyncMock()\n return Service(m)", (), ())
    False
    """
    if any(pattern.search(text) for pattern in ELSEWHERE):
        return True
    roots = _holding(text, given, spelled)
    roots |= {name.rpartition(b".")[0] for name in roots}
    return any(
        _makes_double(value, spelled) or _root(value, roots)
        for match in (*_GIVEN.finditer(text), *_GIVEN_AMONG.finditer(text))
        for value in (NAME.findall(match[1]) if _gives_several(match) else NAME.findall(match[1])[:1])
    )


def _gives_several(match: re.Match[bytes]) -> bool:
    """Whether any of the names that are returned may be what is given, or an item of it."""
    return match.re is _GIVEN_AMONG or _CHOICE.search(match[1]) is not None


def _holding(text: bytes, given: Iterable[str], spelled: Collection[bytes]) -> set[bytes]:
    """The names that may hold doubles in a function."""
    roots = {each.encode() for each in given} | names_put(text)
    if b"patch" in text or any(name in text for name in spelled):
        roots |= {match[1] for match in BOUND_BY_WITH.finditer(text)}
    pairs = [
        (name, value)
        for pattern in _ASSIGNING
        for match in pattern.finditer(text)
        for name in names_assigned(match[1])
        for value in NAME.findall(match[2])
    ]
    found = -1
    while found != len(roots):
        found = len(roots)
        for name, value in pairs:
            if _makes_double(value, spelled) or _root(value, roots):
                roots.add(name)
    return roots


def _makes_double(dotted: bytes, spelled: Collection[bytes]) -> bool:
    return _DOUBLE.search(dotted) is not None or dotted in spelled


def _root(dotted: bytes, roots: Collection[bytes]) -> bool:
    end = dotted.find(b".")
    while end >= 0:
        if dotted[:end] in roots:
            return True
        end = dotted.find(b".", end + 1)
    return dotted in roots


def names_put(text: bytes) -> set[bytes]:
    """The attributes, each with what it belongs to, that get another value by their names (`setattr(x, "y", ...)`)."""
    return {owner + b"." + name for pattern in _PUT for owner, _quote, name in pattern.findall(text)}


def names_assigned(targets: bytes) -> list[bytes]:
    """The names among the targets of an assignment, those of attributes with what these belong to (`self.x`, `x.y`)."""
    return [name.strip() for name in targets.replace(b",", b"=").split(b"=")]
