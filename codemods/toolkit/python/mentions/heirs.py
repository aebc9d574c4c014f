"""Files with classes that inherit: what the bytes of a file tell of its base classes, and which of them matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.toolkit.python.mentions.classes import Classes, Key
from codemods.toolkit.python.mentions.facts import Facts
from codemods.toolkit.python.project import Project

_IDENTIFIER = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_HEADER = re.compile(rb"class[ \t]+[\w\x80-\xff]+[^\n:(]*\(([^)]*)\)")
_AS = re.compile(rb" as[ \t]+([\w\x80-\xff]+)")
"""It begins with plain letters: that is searched many times as fast as a pattern that begins with any word."""
_BEFORE = re.compile(rb"[\w\x80-\xff]+\Z")
_FAR = 80


def bases_in(body: bytes) -> tuple[str, ...]:
    r"""The last names of all base classes in a file, also of those that an import gives another name.

    >>> bases_in(b"from a import Base as B\nclass C(B, x.Y[int]): ...\n")
    ('B', 'Base', 'Y', 'int', 'x')
    """
    if b"class " not in body:
        return ()
    found = {name for header in _HEADER.findall(body) for name in _IDENTIFIER.findall(header)}
    if found and b" as " in body:
        for match in _AS.finditer(body):
            if match[1] in found:
                found.update(_BEFORE.findall(body[max(match.start() - _FAR, 0) : match.start()])[-1:])
    return tuple(sorted(name.decode(errors="replace") for name in found))


def files_of_heirs(project: Project[Facts], classes: Classes, family: frozenset[Key]) -> Iterator[str]:
    """Files not known yet with a class that may inherit from one of these, though they don't mention the word.

    The marks of the project have to be those of `bases_in`.
    """
    known = frozenset(key for key in family if key in classes.facts)
    if known:
        names = {key.names[-1] for key in classes.related(known)}
        for path, bases in project.marks.items():
            if path not in project.entries and not names.isdisjoint(bases):
                yield path
