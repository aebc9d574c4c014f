"""Which of several bindings of a name a module ends up with, as far as its syntax tells."""

from __future__ import annotations

from collections.abc import Iterator

from codemods.toolkit.python.names import Bound, ImportStatement, ModuleNames


def star_bindings(names: ModuleNames) -> Iterator[Bound]:
    """The star imports of a module as bindings of whatever name."""
    for statement in names.imports:
        if statement.is_from and statement.names[0].name == "*":
            yield Bound(
                "*", "from", statement.module, "*", statement.level, statement.context, statement.line,
                statement.start, statement.end,
            )  # fmt: skip


def guarded_import(names: ModuleNames, bound: Bound, at: int) -> ImportStatement | None:
    """The import that a `try` consists of, None where it holds more than that, or no import at all.

    The `try` is the one that block number `at` around the binding is a handler (or the `else`) of.
    """
    around = bound.context[:at]
    found: ImportStatement | None = None
    for statement in names.imports:
        if statement.start >= bound.start:
            break
        inner = statement.context[at:]
        if statement.context[:at] == around and inner and inner[0].startswith("try") and inner[0] != "try-else":
            found = statement if statement.alone and len(inner) == 1 and not statement.function else None
    return found
