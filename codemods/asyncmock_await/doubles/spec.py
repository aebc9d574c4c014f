"""The real class of a double, where the source names it and the evidence agrees with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from codemods.asyncmock_await.doubles.facts import Creation, Function
from codemods.asyncmock_await.doubles.stands_for import class_at, members_of
from codemods.asyncmock_await.doubles.uses import Chain, Uses
from codemods.asyncmock_await.part import CallChange
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts


def spec_instead(
    project: Project[Facts], origins: Origins, path: str, creation: Creation, uses: Uses, sync: Sequence[Chain]
) -> CallChange | None:
    """The double gets the class that annotates it as its spec; None where that isn't known to be right.

    `spec` allows no names but those of the class (an attribute that `__init__` sets is none of them), and makes its
    coroutine functions AsyncMocks and all other members MagicMocks (`NonCallableMock._mock_add_spec` and
    `_get_child_mock` of CPython).  So every member that was seen has to be known, and be of the kind that was seen.
    """
    entry = project.entries.get(path)
    if entry is None or entry.names is None or not _bound_at_run_time(entry.names, creation.annotated):
        return None
    if not creation.what.endswith("AsyncMock") or creation.positional:
        return None
    if {name for name, _text in creation.keywords} & {"spec", "spec_set", "wraps", "**"}:
        return None
    owner = class_at(origins, path, creation.annotated)
    members = members_of(project, origins, owner) if owner is not None else None
    if members is None or not _agrees(members, uses, sync):
        return None
    return CallChange(creation.start, creation.end, added=(("spec", creation.annotated),))


def _bound_at_run_time(names: ModuleNames, dotted: str) -> bool:
    bounds = names.bindings.get(dotted.partition(".")[0], ()) if dotted else ()
    return bool(bounds) and all(not {"typing", "main"} & set(bound.context) for bound in bounds)


def _agrees(members: dict[str, Function | None], uses: Uses, sync: Sequence[Chain]) -> bool:
    """Whether the class has all that was seen, each of the kind that was seen."""
    if any(len(chain) != 1 for chain in sync) or () in uses.wanted:
        return False
    methods = {name: method for name, method in members.items() if method is not None}
    plain = all(chain[0] in methods and methods[chain[0]].plain for chain in sync)
    awaited = all(chain[0] in methods and methods[chain[0]].asynchronous for chain in uses.wanted)
    seen = {name for double in uses.doubles for name in double.attributes}
    return plain and awaited and seen <= members.keys()
