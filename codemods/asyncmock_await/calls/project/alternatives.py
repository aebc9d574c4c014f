"""Names that a module binds in several ways, as in the branches of a `try` or an `if`: any of them may run.

`try: import fast; from fast_orders import save` / `except ImportError: def save(order): ...` may give either, whatever
the one import alone leads to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from codemods.asyncmock_await.imported_within import origin_of
from codemods.toolkit.python.names import Bound
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_FAR = 12
"""So many imports are followed, one after another."""

_NOT_RUN = frozenset({"typing", "main"})


def has_alternatives(project: Project[Facts], origins: Origins, path: str, dotted: str) -> bool:
    """Whether a name on the way of a dotted name of a file, through modules and from-imports, is bound in several ways.

    None in the place of what can't be imported is no other way: nothing of it could be called.  What a module binds in
    any case hides all that it has bound before.
    """
    first, *rest = dotted.split(".")
    if _is_either(project, origins, path, first):
        return True
    origin = origin_of(project, origins, path, first)
    for name in rest:
        if origin.status != "module" or not origin.path.endswith(".py"):
            return False
        if _is_either(project, origins, origin.path, name):
            return True
        origin, _left = origins.follow(origin, [name])
    return False


def _is_either(project: Project[Facts], origins: Origins, path: str, name: str) -> bool:
    for _step in range(_FAR):
        entry = project.entries.get(path)
        bounds = entry.names.bindings.get(name, ()) if entry is not None and entry.names is not None else ()
        several = [each for each in _last(bounds) if not each.none and _NOT_RUN.isdisjoint(each.context)]
        if len({(each.kind, each.module, each.member, each.level, _defined(each)) for each in several}) > 1:
            return True
        following = _next(origins, path, several)
        if following is None:
            return False
        path, name = following
    return False


def _last(bounds: Sequence[Bound]) -> Sequence[Bound]:
    """The last binding that runs in any case, and those behind it."""
    ordered = sorted(bounds, key=lambda each: each.start)
    at = max((index for index, each in enumerate(ordered) if not each.context), default=0)
    return ordered[at:]


def _defined(bound: Bound) -> int:
    """Where something is defined that is no import: two definitions of a name are two things."""
    return -1 if bound.kind in {"import", "from"} else bound.start


def _next(origins: Origins, path: str, bounds: Sequence[Bound]) -> tuple[str, str] | None:
    """The file and the name that the binding of a name takes it from, None where it ends there."""
    match list(bounds):
        case [Bound(kind="from", member=member) as bound, *_] if member != "*":
            module = origins.module(path, bound.level, bound.module)
            return (module.path, member) if module.status == "module" and module.path.endswith(".py") else None
        case [Bound(kind="alias", member=member), *_] if "." not in member:
            return path, member
    return None
