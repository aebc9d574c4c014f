"""Names that only the functions of a module import.

What such a name means is known where all these imports agree, and nothing else in the module can be meant by it.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from codemods.toolkit.python.names import Import, ImportStatement, ModuleNames
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_REPLACES_MODULES = b"sys.modules"
"""What the text of a module says that may have its functions import something else."""

_OF_ALL = frozenset({*vars(builtins), "*"})
"""Names that mean something in any function, or many at once."""


def imported_within(names: ModuleNames, body: bytes) -> Mapping[str, Import]:
    """The names that functions of a module import and that mean nothing else in it, each with its one meaning."""
    if _REPLACES_MODULES in body:
        return {}
    return _imports(names)


def origin_of(project: Project[Facts], origins: Origins, path: str, name: str) -> Origin:
    """What a name of the file `path` leads to: what binds it at the top level, else what functions import by it."""
    origin = origins.bound(path, name)
    if not origin.nowhere:
        return origin
    entry = project.entries.get(path)
    found = _imports(entry.names).get(name) if entry is not None and entry.names is not None else None
    return origins.brought(path, found) if found is not None else origin


def import_within(names: ModuleNames, name: str) -> Import | None:
    """What the functions of a module import by a name that means nothing else in it."""
    return _imports(names).get(name)


def _imports(names: ModuleNames) -> Mapping[str, Import]:
    if names.stars or names.dynamic:
        return {}
    found: defaultdict[str, set[Import]] = defaultdict(set)
    for statement in names.imports:
        for each in statement.names if statement.function and _is_local(statement) else ():
            if statement.is_from:
                found[each.bound].add(Import(statement.level, statement.module, each.name))
            else:
                bound = each.asname or each.name.partition(".")[0]
                found[bound].add(Import(0, each.name if each.asname else bound, ""))
    once = {name: min(several) for name, several in found.items() if len(several) == 1 and name not in _OF_ALL}
    return {name: each for name, each in once.items() if name not in names.bindings and name not in names.global_names}


def _is_local(statement: ImportStatement) -> bool:
    """Whether an import binds names of a function, and not of a class in it."""
    scopes = [word for word in statement.context if word in {"class", "function"}]
    return scopes[-1:] == ["function"]
