"""Changes that only exchange names: the tree has the same form, so little of it has to be looked at again."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection

from codemods.toolkit.python.reads import KNOWN
from codemods.toolkit.python.scope_walk import MEANING_BY_SPELLING
from codemods.toolkit.python.words import as_identifiers

_NAME = re.compile(rb"([A-Za-z_]\w*)")
_KEYWORDS = frozenset(word.encode() for word in (*keyword.kwlist, *keyword.softkwlist))


def respelled(before: bytes, after: bytes) -> frozenset[tuple[bytes, bytes]] | None:
    r"""The names (old, new) that stand in each other's place, where the change is nothing but that; else None.

    Lines stay lines, and all that is no name stays as it is.  Comments (`# noqa: F401`) and star imports say something
    of other names, so that a change of one of these is more.

    >>> respelled(b"import a\na.b(1)\n", b"import c\nc.b(1)\n")
    frozenset({(b'a', b'c')})
    """
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old_lines) != len(new_lines):
        return None
    found: set[tuple[bytes, bytes]] = set()
    for old_line, new_line in zip(old_lines, new_lines, strict=True):
        if old_line != new_line:
            exchanged = _in_line(old_line, new_line)
            if exchanged is None:
                return None
            found |= exchanged
    return frozenset(found)


def _in_line(old_line: bytes, new_line: bytes) -> set[tuple[bytes, bytes]] | None:
    old, new = _NAME.split(old_line), _NAME.split(new_line)
    if len(old) != len(new) or old[::2] != new[::2] or (b"import" in old and b"*" in old_line):
        return None
    changed = [at for at in range(1, len(old), 2) if old[at] != new[at]]
    names = all(_is_name(old, at) and _is_name(new, at) for at in changed)
    return {(old[at], new[at]) for at in changed} if names else None


def _is_name(parts: list[bytes], at: int) -> bool:
    """Whether a word is a name, or stands in a string: no keyword, no prefix, no part of another word, no comment."""
    left, right = parts[at - 1][-1:], parts[at + 1][:1]
    prefix = right in {b"'", b'"'} and not parts[at].lower().strip(b"rbuft")
    alone = left < b"\x80" and right < b"\x80" and not left.isdigit() and not prefix
    return alone and parts[at] not in _KEYWORDS and not any(b"#" in part for part in parts[:at])


def exchanged_throughout(before: bytes, after: bytes, names: Collection[tuple[bytes, bytes]]) -> bool:
    """Whether each of these names gives way to a new one everywhere, so that whatever was bound and read still is."""
    gone, come = {old for old, _new in names}, {new for _old, new in names}
    return (
        len(gone) == len(come) == len(names)
        and not any(map(_has_meaning, gone | come))
        and not any(_holds(after, old) for old in gone)
        and not meet(before, names)
    )


def meet(before: bytes, names: Collection[tuple[bytes, bytes]]) -> bool:
    """Whether one of the new names was there already: where two become one, the compiler may have something against it.

    That are two parameters, two keywords of a call, a parameter that is `global`.
    """
    return any(_holds(before, new) for _old, new in names)


def _has_meaning(name: bytes) -> bool:
    return name.startswith(b"__") or name.decode() in KNOWN | MEANING_BY_SPELLING


def _holds(body: bytes, name: bytes) -> bool:
    return name in body and as_identifiers([name.decode()]).search(body) is not None
