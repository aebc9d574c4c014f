"""Imports that nothing uses once arguments are dropped: what a rewrite leaves unused goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from codemods.toolkit.python.names import ImportStatement, ModuleNames
from codemods.websocket_ssot.facts import Facts, ScopeFact


def leftovers(
    names: ModuleNames, facts: Facts, scopes: Mapping[int, ScopeFact], dropped: Sequence[tuple[int, int]],
    needed: frozenset[str],
) -> Iterator[tuple[int, int]]:  # fmt: skip
    """(start of an import statement, position of a name) of each import that only dropped arguments used.

    `dropped` are the spans of the arguments, `needed` are module-level names that other files import from here.
    """
    if not dropped:
        return
    for statement in names.imports:
        area = _area(statement, scopes, facts)
        for index, imported in enumerate(statement.names):
            name = imported.bound if statement.is_from or imported.asname else imported.name.partition(".")[0]
            reads = [at for at in facts.reads.get(name, ()) if area[0] <= at < area[1]]
            if not statement.function:
                if name in needed:
                    continue
                inner = _inner_areas(names, name, scopes, facts)
                reads = [at for at in reads if not any(start <= at < end for start, end in inner)]
            if reads and all(any(start <= at < end for start, end in dropped) for at in reads):
                yield statement.start, index


def _area(statement: ImportStatement, scopes: Mapping[int, ScopeFact], facts: Facts) -> tuple[int, int]:
    """The span in which the names of a statement can be read: its innermost function, or the whole file."""
    around = [s for s in scopes.values() if s.kind == "function" and s.start <= statement.start < s.end]
    if not statement.function or not around:
        return 0, max((at for offsets in facts.reads.values() for at in offsets), default=0) + 1
    inner = min(around, key=lambda scope: scope.end - scope.start)
    return inner.start, inner.end


def _inner_areas(names: ModuleNames, name: str, scopes: Mapping[int, ScopeFact], facts: Facts) -> list[tuple[int, int]]:
    """Functions that import the name themselves: what they read is not the module's."""
    return [
        _area(statement, scopes, facts)
        for statement in names.imports
        if statement.function and any(imported.bound == name for imported in statement.names)
    ]
