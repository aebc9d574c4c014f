"""Which functions are worth following, as their text shows: following one costs more than parsing it.

The text may show too much, which costs time, or too little (`for m in [AsyncMock()]`), where a function is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_ASSIGNED = re.compile(
    rb"\n[ \t]+([A-Za-z_][\w. =]*?)[ \t]*(?::[^=\n]+)?=[ \t]*(?:await[ \t]+)?([A-Za-z_][\w.]*)(?![ \t\w.]*=)"
)
_BOUND_BY_WITH = re.compile(rb"\bas[ \t]+(\w+)")
_CALLED = re.compile(rb"([A-Za-z_][\w.]*)\(")
_DOUBLE = re.compile(rb"Mock\Z|patch(\.object)?\Z|async_stub\Z")
_OWN = re.compile(rb"\.(assert_\w+|reset_mock|configure_mock|mock_add_spec|attach_mock)\Z")


def calls_doubles(text: bytes, given: Iterable[str], spelled: Collection[bytes]) -> bool:
    r"""Whether the text of a function calls something that may be a double or a member of one.

    `given` are the parameters and attributes (`self.db`) that may hold doubles from the start, `spelled` further names
    of the library's classes.

    >>> calls_doubles(b"\n m = AsyncMock()\n n = m.x\n n.save()", (), ())
    True
    >>> calls_doubles(b"\n m = AsyncMock()\n service.run(m)\n m.save.assert_called()", (), ())
    False
    """
    roots = {each.encode() for each in given}
    if b"new_callable" in text:
        roots |= {match[1] for match in _BOUND_BY_WITH.finditer(text)}
    pairs = [(name.strip(), match[2]) for match in _ASSIGNED.finditer(text) for name in match[1].split(b"=")]
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
