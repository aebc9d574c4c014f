"""Undefined names: reads that no binding can reach, and which of them a change brought."""

from __future__ import annotations

from collections import Counter

from codemods.toolkit.python.reads import ModuleReads, Read


def new_undefined(before: ModuleReads, after: ModuleReads) -> tuple[Read, ...]:
    """Reads that are undefined after a change, and were bound or not there before it.

    Reads are counted by scope and name; a scope that got a new name takes over what its old name had.  With a star
    import, an undefined name may be bound all the same: it counts only where it lost a binding of its own, or where the
    star imports are no longer those that it may have come from.

    >>> import ast
    >>> from codemods.toolkit.python.reads import module_reads
    >>> new_undefined(module_reads(ast.parse("import a; a, b")), module_reads(ast.parse("a, b")))
    (Read(scope='', name='a', line=1),)
    """
    fresh = _added(before, after)
    if before.stars - after.stars:
        return after.undefined
    if after.stars:
        return tuple(read for read in fresh if read.name in before.bound)
    return fresh


def _added(before: ModuleReads, after: ModuleReads) -> tuple[Read, ...]:
    had = Counter((read.scope, read.name) for read in before.undefined)
    spare = Counter(read.name for read in before.undefined if read.scope not in after.scopes)
    fresh = []
    for read in after.undefined:
        if had[read.scope, read.name] > 0:
            had[read.scope, read.name] -= 1
        elif read.scope not in before.scopes and spare[read.name] > 0:
            spare[read.name] -= 1
        else:
            fresh.append(read)
    return tuple(fresh)
