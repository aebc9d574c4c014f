"""The project as it is once broken promises are kept: what later modules will find where a name leads nowhere now.

A repaired import or `__all__` entry in one module changes what another module gets from it.  Deciding on the repaired
project makes one run enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from codemods.toolkit.python.names import Bound, ModuleNames
from codemods.toolkit.python.project import Entry, Project
from codemods.websocket_ssot.exports import exports
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.family import family_named
from codemods.websocket_ssot.meanings import Meanings


def repaired(
    project: Project[Facts], meanings: Meanings, closes_cycle: Callable[[str, str], bool], withheld: frozenset[str]
) -> Project[Facts]:
    """The same project where module-level names that will be repaired lead to the canonical definitions."""
    changed: dict[str, Entry[Facts]] = {}
    for path, entry in project.entries.items():
        if entry.names is None or entry.facts is None or path in withheld:
            continue
        names = _with_repairs(path, entry.names, entry.facts, meanings, closes_cycle)
        if names is not entry.names:
            changed[path] = Entry(names, entry.facts)
    return project.with_entries(changed)


def _with_repairs(
    path: str, names: ModuleNames, facts: Facts, meanings: Meanings, closes_cycle: Callable[[str, str], bool]
) -> ModuleNames:
    bindings: dict[str, tuple[Bound, ...]] = {}
    used = {use.names[0] for use in facts.uses if use.bound == 0}
    for name, found in names.bindings.items():
        if any(bound.kind == "from" and family_named(bound.member) for bound in found):
            new = tuple(_repaired_bound(path, bound, meanings, closes_cycle, used=name in used) for bound in found)
            if new != found:
                bindings[name] = new
    for start, new_import in exports(path, names, meanings, closes_cycle).added:
        bound_name = new_import.asname or new_import.name
        bindings[bound_name] = (Bound(bound_name, "from", new_import.module, new_import.name, 0, (), 0, start, start),)
    if not bindings:
        return names
    merged: Mapping[str, tuple[Bound, ...]] = {**names.bindings, **bindings}
    return msgspec.structs.replace(names, bindings=dict(merged))


def _repaired_bound(
    path: str, bound: Bound, meanings: Meanings, closes_cycle: Callable[[str, str], bool], *, used: bool
) -> Bound:
    if bound.kind != "from" or not family_named(bound.member) or "raises" in bound.context:
        return bound
    origin = meanings.origins.imported(path, bound.level, bound.module, bound.member)
    kind = meanings.meaning(origin, bound.member).kind
    canonical = meanings.canonical
    if kind == "missing-class":
        module, name, file = canonical.class_module, canonical.class_name, canonical.class_path
    elif kind == "missing-function" and not used:
        module, name, file = canonical.factory_module, canonical.factory_name, canonical.factory_path
    else:
        return bound
    if closes_cycle(path, file):
        return bound
    return msgspec.structs.replace(bound, module=module, member=name, level=0)
