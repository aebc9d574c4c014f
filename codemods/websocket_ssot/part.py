"""What `rewrite` is told about one file: records only."""

from __future__ import annotations

import msgspec


class CallChange(msgspec.Struct, frozen=True, array_like=True):
    """Make the call at `start:end` one of `function`.

    `start:end` spans the `await` too where it has to go.  `call_start` is where the call begins in it, `arguments` are
    the new arguments in order: the index of an argument of the old call with the keyword it gets ("" keeps it as
    written), or -1 with a whole new argument (`mode="unified"`).
    """

    start: int
    end: int
    call_start: int
    call_end: int
    function: str
    arguments: tuple[tuple[int, str], ...]


class NameChange(msgspec.Struct, frozen=True, array_like=True):
    """Replace the dotted name at `start:end`; for strings the span is that of the name within the quotes."""

    start: int
    end: int
    name: str


class NewImport(msgspec.Struct, frozen=True, array_like=True, order=True):
    """`from module import name as asname` (`module` with its leading dots; `asname` "" for none)."""

    module: str
    name: str
    asname: str = ""


class ImportChange(msgspec.Struct, frozen=True, array_like=True):
    """Change the import statement at `start:end`.

    `gone` are the positions of names that leave it, `added` what is imported in their place, right where the statement
    stands.  A statement that only gains imports keeps all its names.  `alone` says that its block holds nothing else.
    """

    start: int
    end: int
    gone: tuple[int, ...]
    added: tuple[NewImport, ...]
    alone: bool = False


class Removal(msgspec.Struct, frozen=True, array_like=True):
    """Delete the statement at `start:end` with its line; `alone` puts `pass` in its place."""

    start: int
    end: int
    alone: bool


class ExportChange(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Delete the entry of `__all__` at `start:end`."""

    start: int
    end: int


class Part(msgspec.Struct, frozen=True):
    """All changes of one file."""

    calls: tuple[CallChange, ...] = ()
    names: tuple[NameChange, ...] = ()
    imports: tuple[ImportChange, ...] = ()
    removals: tuple[Removal, ...] = ()
    exports: tuple[ExportChange, ...] = ()
