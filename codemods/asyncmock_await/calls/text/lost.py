"""Calls of a module, by its text, whose result may be lost: nothing awaits what they give."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import NamedTuple

import msgspec

from codemods.asyncmock_await.calls.module.forms import READERS
from codemods.asyncmock_await.calls.text.candidates import IS_OF_MOCKS

_LOST = re.compile(
    rb"\n[ \t]++(?=[A-Za-z_][^\n(]*+\()"  # most lines are none: that is told soonest by what they lack
    rb"(?:(?:assert|return|if|while|elif|for[ \t]++\w++(?:[ \t]*+,[ \t]*+\w++)*+[ \t]++in)[ \t(]++"
    rb"(?:not[ \t(]++)?|(\w++)[ \t]*+(?::[\w.\[\], |\"']++)?=[ \t]*+|(?:\w++[ \t]*+,[ \t]*+)++\w++[ \t]*+=[ \t]*+)?"
    rb"(?:(?:len|str|repr|bool|int|float|print|list|dict|set|tuple|sorted|sum|any|all|isinstance|self\.assert\w++)"
    rb"\([ \t\r\n]*+)?"
    rb"(?(1)|(?!self\.(?:assert|fail|skipTest|subTest)\w*+\())([A-Za-z_]\w*+)(\([^()\n]*+\)(?=\.))?((?:\.\w++)*+)\("
)
ENTERS = re.compile(rb"with(?<!\wwith)[ \t]+([A-Za-z_][\w.]*)\([^()\n]*\)[ \t]+as[ \t]+(\w+)")
"""What a call gives to a `with` or `async with`, and the name that gets it."""

_SELF = frozenset({"self", "cls"})
_OPENER = re.compile(rb"\b((?!assert)\w+)\(\Z")


class Lost(msgspec.Struct, frozen=True):
    """A call at the beginning of a line, or of what is assigned or asserted there: nothing awaits what it gives.

    `at` is the offset of its first name `root`, `rest` are the names behind that, each with its dot.  `called`: it is a
    method of what a call of that name gives (`Service().run()`).  `bare`: it is a statement.  `target` is the name that
    its result is assigned to, "" without one.  `handed`: it is an argument, on a line of its own, of a call that may
    await it.  `own`: it is a method of the test itself.
    """

    at: int
    root: str
    rest: str
    called: bool
    bare: bool
    target: str
    handed: bool = False
    own: bool = False

    @property
    def name(self) -> str:
        """What is called, as it is written; without the brackets of a call on the way."""
        return self.root + self.rest


@dataclass(frozen=True, slots=True)
class LostCalls:
    """The calls of a module that may be lost, by their `places` (ascending).

    `entered` are the names that get what a `with` gives.
    """

    calls: Sequence[Lost]
    places: Sequence[int]
    entered: frozenset[str]

    def between(self, start: int, end: int) -> Sequence[Lost]:
        """Those in a span."""
        first = bisect_left(self.places, start)
        return self.calls[first : bisect_left(self.places, end, first)]


def lost_calls(body: bytes) -> LostCalls:
    """The calls of a module, by its text, whose result may be lost.

    Those of a mock's own methods are none, nor are statements that call a sync method of the test's class.
    """
    found: list[Lost] = []
    plain = _Plain(body)
    for match in _LOST.finditer(body):
        target, root, called, rest = match.groups()
        if rest and IS_OF_MOCKS.search(rest):
            continue
        at = match.start(2)
        bare = target is None and body[match.start() + 1 : at].isspace()
        own = root == b"self" and called is None and rest.count(b".") == 1
        if own and ((plain[rest] and bare) or _is_given_on(body, match.start(), at)):
            continue
        handed = bare and _is_handed(body, match.start())
        name = target.decode() if target is not None else ""
        found.append(Lost(at, root.decode(), rest.decode(), called is not None, bare, name, handed, own))
    entered = frozenset(match[2].decode() for match in ENTERS.finditer(body))
    return LostCalls(found, [each.at for each in found], entered)


class _Plain(dict[bytes, bool]):
    """Whether a module defines functions of a name, and none of them as `async def`; the name has a dot before it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __missing__(self, rest: bytes) -> bool:
        name = rest[1:]
        defined = self._body.find(b"def %s(" % name) >= 0 and self._body.find(b"async def %s(" % name) < 0
        found = self[rest] = defined
        return found


LostText = tuple[bytes, bytes, bytes, bytes]
"""The text of a call that may be lost: what it is assigned to, its first name, the brackets behind that, the rest."""


def lost_texts(body: bytes) -> set[LostText]:
    """The texts of the calls of a module that may be lost, with those that a line of a call hands on."""
    found: set[LostText] = set(_LOST.findall(body))
    return {each for each in found if not (each[3] and IS_OF_MOCKS.search(each[3]))}


def _is_given_on(body: bytes, end: int, at: int) -> bool:
    """Whether the call at an offset, in the line behind another one, is what that returns, or one of several things."""
    return body[end - 1 : end] in {b"(", b"[", b"{", b","} or body[end + 1 : at].strip() == b"return"


def _is_handed(body: bytes, end: int) -> bool:
    """Whether the line after an offset is an argument of a call that has one in each line, and may await it."""
    if body[end - 1 : end] not in {b"(", b","}:
        return False
    line = body[end + 1 : end + 200]
    indent = len(line) - len(line.lstrip())
    while end > 0:
        start = body.rfind(b"\n", 0, end) + 1
        line = body[start:end]
        width = len(line) - len(line.lstrip())
        if width != indent or not line.endswith(b","):
            opener = _OPENER.search(line)
            return width < indent and opener is not None and not _keeps(opener[1].decode())
        end = start - 1
    return False


def _keeps(name: str) -> bool:
    """Whether what stands before a bracket is nothing that awaits what is within."""
    return name in READERS or iskeyword(name)


class Owners(NamedTuple):
    """Whose members are called, of all that may be lost.

    `names` of objects, `attributes` of `self`, and `makers`: the functions that give the object to such a name, or to
    the call itself.
    """

    names: frozenset[str]
    attributes: frozenset[str]
    makers: frozenset[str]


def owners(lost: LostCalls) -> Owners:
    """Whose members are called in a module: it matters what gives them, even where that makes no mock."""
    names = frozenset(each.root for each in lost.calls if each.rest and not each.called)
    makers = (
        each.root if each.called else each.rest.rpartition(".")[2] or each.root
        for each in lost.calls
        if each.called or each.target in names
    )
    attributes = (each.rest.split(".")[1] for each in lost.calls if each.root in _SELF and each.rest.count(".") > 1)
    return Owners(names, frozenset(attributes), frozenset(makers))


def lost_of(lost: LostCalls, leads: Collection[str], led: Collection[str], holders: Collection[str]) -> Iterator[int]:
    """Where calls may be lost of what the project defines, or of what a name holds that is one of `holders`.

    `leads` are the names that lead to the project, `led` those that may: statements that call one of these are looked
    at.  Parameters are not among them.
    """
    holding = {*holders, *lost.entered} | {
        each.target
        for each in lost.calls
        if each.target and not each.called and (each.root in leads or each.root in _SELF)
    }
    for each in lost.calls:
        if each.root in leads:
            name = each.rest.rpartition(".")[2] or each.root
            matters = bool(each.rest) if each.called else each.bare or not name[:1].isupper()
        else:
            matters = each.bare and each.root in led
        own = each.root in _SELF and (each.rest.count(".") > 1 or each.own)
        if matters or own or each.root in holding:
            yield each.at
