"""By which names of which modules a file comes to what a dotted name means in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.asyncmock_await.imported_within import import_within, origin_of
from codemods.toolkit.python.names import Import
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_FAR = 12
"""So many imports are followed, one after another."""


def way(project: Project[Facts], origins: Origins, path: str, dotted: str) -> frozenset[tuple[str, str]] | None:
    """The names (with their files) that a dotted name of a file is looked up by, up to a class or another object.

    What takes the place of any other name of a module doesn't change what it means.  None where that isn't certain.
    """
    first, *rest = dotted.split(".")
    if not first:
        return frozenset()
    found = _from(project, origins, path, first)
    origin = origin_of(project, origins, path, first)
    for name in rest:
        if found is None or origin.status != "module":
            break
        below = _from(project, origins, origin.path, name) if origin.path.endswith(".py") else frozenset()
        found = found | below if below is not None else None
        origin, _left = origins.follow(origin, [name])
    return found


def _from(project: Project[Facts], origins: Origins, path: str, name: str) -> frozenset[tuple[str, str]] | None:
    """The names by which a file comes to what a name of it means, through from-imports."""
    found: set[tuple[str, str]] = set()
    for _step in range(_FAR):
        found.add((path, name))
        imported = _imported(project, origins, path, name)
        if imported is None:
            return None
        if not imported.member:
            return frozenset(found)
        module = origins.module(path, imported.level, imported.module)
        if module.status != "module":
            return None
        if not module.path.endswith(".py"):
            return frozenset(found)
        path, name = module.path, imported.member
    return None


def _imported(project: Project[Facts], origins: Origins, path: str, name: str) -> Import | None:
    """What binds a name: a from-import, or (without a member) something that ends the way.  None for anything else."""
    entry = project.entries.get(path)
    if entry is None or entry.names is None:
        origins.unloaded.add(path)
        return None
    end = Import(0, "", "")
    bounds = entry.names.bindings.get(name, ())
    if not bounds:
        within = import_within(entry.names, name)
        return within or (end if origins.bound(path, name).status == "module" else None)
    if len(bounds) > 1 or entry.names.stars or name in entry.names.global_names or bounds[0].context:
        return None
    bound = bounds[0]
    match bound.kind:
        case "from" if bound.member != "*":
            return Import(bound.level, bound.module, bound.member)
        case "import" if "." in bound.module and bound.name != bound.module.partition(".")[0]:
            return None
        case "def" | "async def" | "class" | "value" | "import":
            return end
    return None
