"""What a name leads to, as a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

Status = Literal[
    "def", "async def", "class", "value", "none", "module", "external", "dynamic", "unparsable", "unloaded",
    "missing-module", "missing-name", "cycle", "ambiguous",
]  # fmt: skip
"""What a name leads to.

`value` is any other assignment, `none` an assignment of None (the usual fallback of a guarded import), `external` is
outside this tree, `dynamic` may come from a module's `__getattr__` or a `global` statement (or is too far to follow),
`unparsable` and `unloaded` are modules of which nothing is known (yet), `missing-*` and `cycle` lead nowhere,
`ambiguous` has branches that define different things.
"""

NOWHERE = frozenset({"missing-module", "missing-name", "cycle"})
DEFINED = frozenset({"def", "async def", "class", "value"})
Sure: TypeAlias = Literal["always", "maybe", "unknown", "unrun"]
"""Whether a module has a name once it is imported.

In any case, where a condition holds, as far as anybody knows, or for type checkers only.
"""

Runs: TypeAlias = Literal["always", "maybe", "as alternative", "hardly"]
"""Whether a binding in a handler runs.

In any case, where a condition holds, where the binding of the same name before it leads nowhere, or only where an
import that leads somewhere fails all the same.
"""


class Origin(msgspec.Struct, frozen=True):
    """What a name leads to: `name` in the file `path` (for a module: its file or folder, and no name).

    For `missing-*` the two say where the search ended.  `fallback` marks a name whose first alternative leads nowhere.
    """

    status: Status
    path: str
    name: str = ""
    fallback: bool = False

    @property
    def nowhere(self) -> bool:
        """Whether the name leads to nothing at all."""
        return self.status in NOWHERE

    @property
    def key(self) -> tuple[str, str]:
        """The identity of a definition."""
        return self.path, self.name


def is_weak(origin: Origin, sure: Sure) -> bool:
    """Whether a binding counts only where no other does."""
    return origin.nowhere or sure in {"unknown", "unrun"}


def agreed(path: str, name: str, reached: Sequence[Origin]) -> Origin:
    """What several branches bind, the last first: the one thing that it may be, apart from None.

    A definition that is only wrapped (`X = cached(X)`) is still that definition.
    """
    things = [origin for origin in reached if origin.status != "none"] or reached
    if all(origin.status == "external" for origin in things):
        return things[0]
    defined = [origin for origin in things if origin.status != "value"] or things
    if len({origin.key for origin in things}) > 1 or len({origin.status for origin in defined}) > 1:
        return Origin("ambiguous", path, name)
    return defined[0]
