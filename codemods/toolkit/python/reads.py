"""Which names a module reads, and which bindings those reads reach: CPython's scope rules, without control flow.

A name that is bound anywhere in a scope counts as bound there (as the compiler sees it), so `del x` unbinds nothing.
Names in annotation strings, `cast("X", ...)`, `TypeVar(bound="X")` and quoted generics count as reads.  Private names
in classes (`__x`) are not mangled.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

import msgspec

from codemods.toolkit.python.scope_walk import Scope, ScopeWalk, UnreadImport


class Read(msgspec.Struct, frozen=True, array_like=True):
    """One read of a name.  `scope` is the dotted path of functions and classes around it ("" at the top level)."""

    scope: str
    name: str
    line: int


class ModuleReads(msgspec.Struct, frozen=True):
    """What a module reads without binding it, and what it imports without reading it.

    `stars` are (level, module) of star imports: with one, an undefined name may be bound all the same.  `dynamic` says
    that the module looks names up at run time (`globals()`, `exec`).  `exported` are the strings of `__all__`, `bound`
    all names that any scope binds, `scopes` the dotted paths of all scopes.
    """

    undefined: tuple[Read, ...]
    unread_imports: tuple[UnreadImport, ...]
    stars: frozenset[tuple[int, str]]
    dynamic: bool
    exported: frozenset[str]
    bound: frozenset[str]
    scopes: frozenset[str]


KNOWN = frozenset(dir(builtins)) | {
    # set in every module (language reference, "import-related attributes on module objects")
    "__name__", "__file__", "__doc__", "__path__", "__package__", "__spec__", "__loader__", "__cached__",
    "__builtins__", "__annotations__", "__dict__", "__debug__",
    # builtins of other platforms and newer versions, and those that `site` adds
    "WindowsError", "PythonFinalizationError", "exit", "quit", "copyright", "credits", "license",
}  # fmt: skip
"""Names that nothing has to bind."""


def _settle(walk: ScopeWalk) -> None:
    """Moves what `global` and `nonlocal` declare to where it lives."""
    for scope in walk.scopes:
        for name in scope.globals & scope.names:
            walk.module.names.add(name)
        scope.names -= scope.globals
        scope.names -= scope.nonlocals
        if scope.globals:
            walk.module.imports += (found for found in scope.imports if found.name in scope.globals)
            scope.imports = [found for found in scope.imports if found.name not in scope.globals]


def _owner(scope: Scope, name: str, module: Scope) -> Scope | None:
    """The scope whose binding a read of `name` in `scope` reaches; None when there is none."""
    looking: Scope | None = scope
    sees_class = True
    while looking is not None:
        if looking.kind != "class" or sees_class:
            if name in looking.globals:
                return module if name in module.names else None
            if name in looking.names:
                return looking
        elif name == "__class__":
            return looking
        sees_class = sees_class and looking.kind == "type"  # PEP 695: only annotation scopes right inside see it
        looking = looking.up
    return None


def _undefined(walk: ScopeWalk) -> Iterator[Read]:
    for scope in walk.scopes:
        unknown = set()
        for name in {name for name, _ in scope.reads}:
            owner = _owner(scope, name, walk.module)
            if owner is not None:
                owner.used.add(name)
            elif name not in KNOWN:
                unknown.add(name)
        if unknown:
            yield from (Read(scope.qualified, name, line) for name, line in scope.reads if name in unknown)


def _unread(scopes: Iterable[Scope]) -> Iterator[UnreadImport]:
    for scope in scopes:
        yield from (found for found in scope.imports if found.name not in scope.used)


def module_reads(tree: ast.Module) -> ModuleReads:
    """The names that a module reads without binding them, and those that it imports without reading them."""
    walk = ScopeWalk(tree)
    _settle(walk)
    undefined = sorted(_undefined(walk), key=lambda read: (read.line, read.name))
    unread = sorted(_unread(walk.scopes), key=lambda found: (found.line, found.name))
    return ModuleReads(
        undefined=tuple(undefined),
        unread_imports=tuple(unread),
        stars=frozenset(walk.stars),
        dynamic=walk.dynamic,
        exported=frozenset(walk.exported),
        bound=frozenset().union(*(scope.names for scope in walk.scopes)),
        scopes=frozenset(scope.qualified for scope in walk.scopes),
    )
