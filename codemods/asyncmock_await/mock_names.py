"""How the names of `unittest.mock` are spelled in a module: by its imports, never by the spelling alone.

`from unittest import mock as m` makes `m.AsyncMock` an AsyncMock; a class of the module's own that is called AsyncMock
is none.  A name of the library that is imported from elsewhere (`from tests.doubles import AsyncMock`) counts only if
it leads there, which `decide` has to ask: `assumed` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import msgspec

from codemods.asyncmock_await.part import Change, ImportedName, NewImport
from codemods.toolkit.python.names import ImportStatement, ModuleNames

LIBRARIES = frozenset({"unittest.mock", "mock"})
"""The standard library's module and its backport, which has the same classes."""

CLASSES = frozenset(
    {
        "AsyncMock", "MagicMock", "Mock", "NonCallableMagicMock", "NonCallableMock", "PropertyMock", "ThreadingMock",
    }
)  # fmt: skip
FUNCTIONS = frozenset({"create_autospec", "patch", "call", "sentinel", "seal", "mock_open", "DEFAULT", "ANY"})
_NAMES = CLASSES | FUNCTIONS


class Assumed(msgspec.Struct, frozen=True, array_like=True):
    """A name that a module imports from another one than the library: it is the library's if it leads there."""

    name: str
    level: int
    module: str
    member: str


class MockNames(msgspec.Struct, frozen=True, dict=True):
    """The spellings of one module: (dotted prefix as written, what it is), the library itself being "".

    `packages` are the names of `unittest` itself: `unittest.mock` is there behind them once anything has imported it,
    so that it is read by that name, and never written.  Empty where the module has no way to the library.
    """

    spellings: tuple[tuple[str, str], ...] = ()
    assumed: tuple[Assumed, ...] = ()
    packages: tuple[str, ...] = ()

    def canonical(self, dotted: str) -> str:
        """What a dotted name is in the library (`AsyncMock`, `patch.object`), "" when it is none of it.

        >>> MockNames((("m", ""), ("AM", "AsyncMock"))).canonical("m.patch.object")
        'patch.object'
        """
        written, rest = dotted, ""
        while written:
            found = self._by_spelling.get(written)
            if found is not None:
                name = found + rest if found else rest[1:]
                return name if name.partition(".")[0] in _NAMES else ""
            written, _, last = written.rpartition(".")
            rest = f".{last}{rest}"
        return ""

    @cached_property
    def _by_spelling(self) -> Mapping[str, str]:
        return {**{f"{package}.mock": "" for package in self.packages}, **dict(self.spellings)}

    def knows(self, name: str) -> bool:
        """Whether a name that an import binds is the library, a package around it, or something of it."""
        return name in self.packages or any(written.partition(".")[0] == name for written, _what in self.spellings)

    def spelling(self, name: str) -> str:
        """How a name of the library can be written in the module as it is, "" when it can't."""
        direct = [written for written, what in self.spellings if what == name]
        modules = [f"{written}.{name}" for written, what in self.spellings if not what]
        return min(direct or modules, key=lambda written: (written.count("."), len(written)), default="")


def mock_names(names: ModuleNames) -> MockNames:
    """The spellings in a module, by every import statement in it (also those in functions).

    A name that the module binds to anything else as well is left out: what it is depends on the place.
    """
    found: dict[str, str | None] = {}
    assumed: dict[str, Assumed] = {}
    for statement in names.imports:
        for written, what, assumption in _imported(statement):
            known = found.setdefault(written, what)
            if known != what:
                found[written] = None
            if assumption is not None:
                assumed[written] = assumption
    packages = {
        each.asname or each.name
        for statement in names.imports
        for each in statement.names
        if not statement.is_from and each.name == "unittest"
    }
    for name, bounds in names.bindings.items():
        if name in packages and any(bound.kind not in {"import", "from"} for bound in bounds):
            packages.discard(name)
        if name in found:
            if any(bound.kind not in {"import", "from"} for bound in bounds):
                found[name] = None
        elif len(bounds) == 1 and bounds[0].kind == "alias":
            what = _through(found, bounds[0].member)
            if what:
                found[name] = what
    known_spellings = {written: what for written, what in found.items() if what is not None}
    used = tuple(assumption for written, assumption in assumed.items() if written in known_spellings)
    return MockNames(tuple(sorted(known_spellings.items())), used, tuple(sorted(packages)))


def _through(found: dict[str, str | None], dotted: str) -> str:
    known = tuple((written, what) for written, what in found.items() if what is not None)
    return MockNames(known).canonical(dotted)


def _imported(statement: ImportStatement) -> Iterator[tuple[str, str | None, Assumed | None]]:
    """(what is written, what it is, None for another thing; and what has to be true for that)."""
    for name in statement.names:
        if not statement.is_from:
            if name.name in LIBRARIES:
                yield name.asname or name.name, "", None
            elif name.asname in _NAMES:
                yield name.asname, None, None
        elif statement.level == 0 and statement.module in LIBRARIES:
            if name.name == "*":
                yield from ((each, each, None) for each in sorted(_NAMES))
            elif name.name == "mock":  # `from mock import mock`
                yield name.bound, "", None
            else:
                yield name.bound, name.name, None
        elif statement.level == 0 and statement.module == "unittest" and name.name == "mock":
            yield name.bound, "", None
        elif name.name in _NAMES:
            assumption = Assumed(name.bound, statement.level, statement.module, name.name)
            yield name.bound, name.name, assumption
        elif name.bound in _NAMES:
            yield name.bound, None, None


def made_available(names: ModuleNames, mocks: MockNames, name: str) -> tuple[str, tuple[Change, ...]] | None:
    """How to write a name of the library in a module, and the import that it takes; None where there is no way.

    It is added to a statement at the top level that imports from the library; else there is a new one below it.
    """
    written = mocks.spelling(name)
    if written and _at_top(names, written.partition(".")[0]):
        return written, ()
    if name in names.bindings:
        return None
    anchor = next(_top_imports(names.imports), None)
    if anchor is None:
        return None
    if anchor.is_from and anchor.module in LIBRARIES and all(each.name != "*" for each in anchor.names):
        return name, (ImportedName(anchor.start, anchor.end, name),)
    return name, (NewImport(anchor.start, anchor.end, "below", f"from unittest.mock import {name}"),)


def _at_top(names: ModuleNames, first: str) -> bool:
    return any(
        statement.at_import and not statement.context
        for statement in names.imports
        for each in statement.names
        if (each.asname or (each.name if statement.is_from else each.name.partition(".")[0])) == first
        or each.name == "*"
    )


def _top_imports(imports: Iterable[ImportStatement]) -> Iterator[ImportStatement]:
    """The imports of the library at the top level, outside of any block: from-imports of its names first."""
    top = [each for each in imports if each.at_import and not each.context]
    yield from (each for each in top if each.is_from and each.level == 0 and each.module in LIBRARIES)
    yield from (each for each in top if each.is_from and each.module == "unittest")
    yield from (each for each in top if not each.is_from and any(name.name in LIBRARIES for name in each.names))
    yield from top
