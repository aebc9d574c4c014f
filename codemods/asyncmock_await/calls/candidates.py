"""Which functions are worth following, as their text shows: following one costs more than parsing it.

The text may show too much, which costs time, never too little: a function that is not followed has no call of a double
that it would be followed for.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from codemods.toolkit.python.project import Module

_ASSIGNED = re.compile(
    rb"\n[ \t]+([A-Za-z_][\w. =]*?)[ \t]*(?::[^=\n]+)?=[ \t]*(?:[(\\][ \t\r\n]*)?(?:await[ \t]+)?([A-Za-z_][\w.]*)"
    rb"(?![ \t\w.]*=)"
)
_SEVERAL = re.compile(rb"[\n;][ \t]*(\w++(?:[ \t]*,[ \t]*\w++)++)[ \t]*=([^=\n][^\n]*)")
_CHOSEN = re.compile(rb"\n[ \t]*(\w[\w.]*)[ \t]*(?::[^=\n]+)?=(?!=)([^\n]*\b(?:if|or|and)\b[^\n]*)")
_ELSEWHERE = re.compile(
    rb":=|;[ \t]*\w[\w.]*[ \t]*=|(?:Mock|stub|autospec)\([^\n]*\)(?:\.\w++)*+\(|\n[ \t]*\)(?:\.\w++)*+\(|\n[ \t]*\.\w"
)
"""A double may be bound, or called, in another way than by a line that assigns it, and by its name."""

_NAME = re.compile(rb"[A-Za-z_][\w.]*")
_BOUND_BY_WITH = re.compile(rb"\bas[ \t]+(\w+)")
_CALLED = re.compile(rb"(?<![\w.])([A-Za-z_][\w.]*+)[ \t]*+\(")
_DOUBLE = re.compile(rb"Mock\Z|patch(\.object)?\Z|async_stub\Z|create_autospec\Z|enter_?[cC]ontext\Z")
_LOST = re.compile(
    rb"\n[ \t]++(?:(?:assert|return|if|while|elif|for[ \t]++\w++(?:[ \t]*+,[ \t]*+\w++)*+[ \t]++in)[ \t(]++"
    rb"(?:not[ \t(]++)?|(\w++)[ \t]*+=[ \t]*+|(?:\w++[ \t]*+,[ \t]*+)++\w++[ \t]*+=[ \t]*+)?"
    rb"(?:(?:len|str|repr|bool|int|float|print|list|dict|set|tuple|sorted|sum|any|all|isinstance|self\.assert\w++)"
    rb"\([ \t\r\n]*+)?"
    rb"([A-Za-z_]\w*+)(\([^()\n]*+\)(?=\.))?((?:\.\w++)*+)\("
)


_OWN = re.compile(rb"\.(assert_\w+|reset_mock|configure_mock|mock_add_spec|attach_mock)\Z")


class Lost(NamedTuple):
    """A call at the beginning of a line, or of what is assigned or asserted there: nothing awaits what it gives.

    `called`: it is a method of what a call of its first name gives (`Service().run()`).  `bare`: it is a statement.
    `target` is the name that its result is assigned to, b"" without one.
    """

    line: int
    root: bytes
    rest: bytes
    called: bool
    bare: bool
    target: bytes


def lost_calls(module: Module) -> list[Lost]:
    """The calls of a module, by its text, whose result may be lost; those of a mock's own methods are none."""
    starts, body = module.line_starts, module.source.body
    found: list[Lost] = []
    for match in _LOST.finditer(body):
        target, root, called, rest = match.groups()
        if not _OWN.search(rest):
            line = bisect_right(starts, match.start(2))
            bare = not target and body[starts[line - 1] : match.start(2)].isspace()
            found.append(Lost(line, root, rest, called is not None, bare, target or b""))
    return found


def lost_between(lost: list[Lost], first: int, last: int) -> Iterator[Lost]:
    """Those in a range of lines."""
    at = bisect_left(lost, first, key=lambda each: each.line)
    while at < len(lost) and lost[at].line <= last:
        yield lost[at]
        at += 1


def calls_doubles(text: bytes, given: Iterable[str], spelled: Collection[bytes]) -> bool:
    r"""Whether the text of a function calls something that may be a double or a member of one.

    `given` are the parameters and attributes (`self.db`) that may hold doubles from the start, `spelled` further names
    of the library's classes.

    >>> calls_doubles(b"\n m = AsyncMock()\n n = m.x\n n.save()", (), ())
    True
    >>> calls_doubles(b"\n m = AsyncMock()\n service.run(m)\n m.save.assert_called()", (), ())
    False
    """
    if _ELSEWHERE.search(text):
        return True
    roots = {each.encode() for each in given}
    if b"patch" in text or any(name in text for name in spelled):
        roots |= {match[1] for match in _BOUND_BY_WITH.finditer(text)}
    pairs = [(name.strip(), match[2]) for match in _ASSIGNED.finditer(text) for name in match[1].split(b"=")]
    for match in _SEVERAL.finditer(text):
        pairs += [(name.strip(), value) for name in match[1].split(b",") for value in _NAME.findall(match[2])]
    pairs += [(match[1], value) for match in _CHOSEN.finditer(text) for value in _NAME.findall(match[2])]
    found = -1
    while found != len(roots):
        found = len(roots)
        for name, value in pairs:
            own = name.partition(b".")
            if own[1] and (own[0] not in {b"self", b"cls"} or b"." in own[2]):
                continue
            if _DOUBLE.search(value) or value in spelled or _root(value, roots):
                roots.add(name)
    return any(_root(match[1], roots) and not _OWN.search(match[1]) for match in _CALLED.finditer(text))


def _root(dotted: bytes, roots: Collection[bytes]) -> bool:
    first, _, rest = dotted.partition(b".")
    return first in roots or (first in {b"self", b"cls"} and first + b"." + rest.partition(b".")[0] in roots)
