"""Unused imports: names that an import binds and nothing needs, and which of them a change brought."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from codemods.toolkit.python.names import ImportStatement
from codemods.toolkit.python.project import Project
from codemods.toolkit.python.reads import ModuleReads
from codemods.toolkit.python.scope_walk import UnreadImport

EVERY_NAME = "*"
"""Stands for all names of a module, where another file star-imports it."""

_NOQA = re.compile(rb"#\s*noqa(?!:)|#\s*noqa:[^#]*\bF401\b", re.IGNORECASE)
_TYPE_COMMENT = re.compile(rb"#\s*type:(.*)")


def unused_imports(reads: ModuleReads, body: bytes, *, package: bool) -> tuple[UnreadImport, ...]:
    """Imports that a reader would delete.

    Not among them: re-exports (`__all__`, `x as x`, the top level of a package's `__init__.py`, which `package` says
    this is), names in type comments, statements with `# noqa`, and every import of a module that looks names up at run
    time.  `body` is the text of the module.
    """
    if reads.dynamic or not reads.unread_imports:
        return ()
    lines = body.splitlines()
    commented = {word for match in _TYPE_COMMENT.finditer(body) for word in re.findall(rb"\w+", match.group(1))}
    return tuple(
        found
        for found in reads.unread_imports
        if not found.same
        and not (found.scope == "" and (package or found.name in reads.exported))
        and found.name.encode() not in commented
        and not any(_NOQA.search(line) for line in lines[found.line - 1 : found.end_line])
    )


def new_unused(
    before: ModuleReads, after: ModuleReads, unused: Collection[UnreadImport], kept_names: frozenset[str] = frozenset()
) -> tuple[UnreadImport, ...]:
    """Those `unused` imports `after` a change that were used, or not there, before it.

    `kept_names` are names that other files import from this one, see `names_for_others`.  An import that was there
    before and wasn't read then either (in a `try`, to find out whether it works) is as good as it was, also where it,
    or the function around it, has got another name.
    """
    had = Counter((found.scope, found.name) for found in before.unread_imports)
    now = {(found.scope, found.name) for found in after.unread_imports}
    renamed = Counter(found.line for found in before.unread_imports if (found.scope, found.name) not in now)
    fresh = []
    for found in unused:
        if had[found.scope, found.name] > 0:
            had[found.scope, found.name] -= 1
        elif renamed[found.line] > 0:
            renamed[found.line] -= 1
        elif found.scope or kept_names.isdisjoint((found.name, EVERY_NAME)):
            fresh.append(found)
    return tuple(fresh)


def names_for_others(project: Project[Any], paths: Collection[str]) -> dict[str, frozenset[str]]:
    """The names that other collected files import from each of these files (`EVERY_NAME` for a star import).

    Files from which nobody imports are left out.
    """
    wanted = frozenset(paths)
    stems = {_stem(path) for path in wanted}
    kept: defaultdict[str, set[str]] = defaultdict(set)
    for importer, entry in project.entries.items():
        if entry.names is None:
            continue
        for statement in entry.names.imports:
            if not statement.is_from or (statement.module.rpartition(".")[2] not in stems and statement.module):
                continue
            path = imported_file(project, importer, statement)
            if path in wanted and path != importer:
                kept[path].update(name.name for name in statement.names)
    return {path: frozenset(names) for path, names in kept.items()}


def imported_file(project: Project[Any], importer: str, statement: ImportStatement) -> str | None:
    """The file whose names `from module import ...` takes; None when there is none in this tree."""
    if statement.level:
        return project.layout.find_relative(importer, statement.level, statement.module)[0]
    return project.layout.find(statement.module, importer)


def _stem(path: str) -> str:
    """The last part of the name that a module is imported by."""
    return path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
