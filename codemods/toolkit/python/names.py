"""What one module binds at its top level and what it imports anywhere: records only, `module_names` makes them.

The records are arrays in the cache (`array_like`): a monorepo has hundreds of thousands of them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

BindingKind = Literal["import", "from", "def", "async def", "class", "alias", "value"]

Context = tuple[str, ...]
"""The blocks around a statement, outermost first, each one of:

`if` `else` `typing` (under TYPE_CHECKING) `main` (under `__name__ == "__main__"`) `loop` `with` `raises` (in a
`with pytest.raises(...)`, `assertRaises`, or a `try` that ends by failing the test) `class` `function` `try` (no
handler that catches import errors) `try:import-error` `try:broad` (`except Exception`, bare `except`) `except`
`finally`.  The `else` of a `try` is `try-else`, a `match` case is `if`, the body of `if not TYPE_CHECKING` is `else`.
"""


class Bound(msgspec.Struct, frozen=True, array_like=True):
    """One binding of a name at the top level of a module.

    For `import a.b` the name is `a` and `module` is `a`; for `import a.b as c` the name is `c` and `module` is `a.b`.
    For `from ..m import x as y`: name `y`, `level` 2, `module` "m", `member` "x".
    For an alias (`X = pkg.Y`) `member` is the dotted right-hand side as written.  `none` marks `X = None`.
    `start` and `end` are the span of the whole statement.
    """

    name: str
    kind: BindingKind
    module: str
    member: str
    level: int
    context: Context
    line: int
    start: int
    end: int
    none: bool = False


class Import(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What an import binds to one name: `member` of a module, or (with `member` "") the module itself."""

    level: int
    module: str
    member: str


class ImportedName(msgspec.Struct, frozen=True, array_like=True):
    """One name of an import statement: `name` ("*" for a star), `asname` ("" when there is none)."""

    name: str
    asname: str

    @property
    def bound(self) -> str:
        """The name that `from m import name` binds."""
        return self.asname or self.name


class ImportStatement(msgspec.Struct, frozen=True, array_like=True):
    """One import statement anywhere in a module.

    `is_from` tells `from module import names` from `import names`.  `function` is the dotted path of functions and
    classes around it ("" at the top level), `at_import` says that it runs when the module is imported (not in a
    function, not under TYPE_CHECKING, not under `__main__`), `alone` that its block holds nothing else.  `start`,
    `end`: the span of the statement.
    """

    is_from: bool
    level: int
    module: str
    names: tuple[ImportedName, ...]
    context: Context
    function: str
    at_import: bool
    alone: bool
    line: int
    column: int
    start: int
    end: int


class Export(msgspec.Struct, frozen=True, array_like=True):
    """One entry of `__all__`: the string's value and its span (quotes included)."""

    name: str
    line: int
    start: int
    end: int


class ModuleNames(msgspec.Struct, frozen=True):
    """What a module binds, exports and imports.

    `exports` is None without `__all__`; `open_exports` says that `__all__` has parts that are not literal strings.
    `dynamic` says that the module has a `__getattr__` (PEP 562), or writes into its own namespace
    (`globals()[name] = ...`): a name that isn't bound may exist all the same.
    `global_names` are names that functions declare `global`: they may be bound at run time.
    `stars` are (level, module) of star imports at the top level.
    """

    bindings: dict[str, tuple[Bound, ...]]
    stars: tuple[tuple[int, str], ...]
    exports: tuple[Export, ...] | None
    open_exports: bool
    dynamic: bool
    global_names: tuple[str, ...]
    imports: tuple[ImportStatement, ...]
