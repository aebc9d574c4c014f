"""What `decide` tells `rewrite` about one file: changes of expressions, of function headers, new lines, new imports.

Spans are offsets in `Source.body`.  Changes of expressions may lie within each other, but not overlap otherwise.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Awaited(msgspec.Struct, frozen=True, tag=True):
    """The expression gets an `await`.  `brackets`: its value is taken apart (`(await m()).x`, `(await m())[0]`)."""

    start: int
    end: int
    brackets: bool


class Unawaited(msgspec.Struct, frozen=True, tag=True):
    """The `await` expression at this span loses its `await` (and brackets that stood only around it)."""

    start: int
    end: int


class Forsaken(msgspec.Struct, frozen=True, tag=True):
    """The call at this span loses the `await` in front of it.  `rewrite` refuses where it finds none there."""

    start: int
    end: int


class Reworded(msgspec.Struct, frozen=True, tag=True):
    """The expression is replaced as a whole: a base class, a decorator, an argument."""

    start: int
    end: int
    new: str


class CallChange(msgspec.Struct, frozen=True, tag=True):
    """The call at this span gets another callee (`function`, "" keeps it), loses and gains keyword arguments.

    `dropped` are keywords that go, `added` are (keyword, text of the value), put last.  `positional` replaces the
    positional argument of that index by a text ((index, text)); -1 appends one behind the positional arguments.
    """

    start: int
    end: int
    function: str = ""
    dropped: tuple[str, ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    positional: tuple[tuple[int, str], ...] = ()


ExpressionChange = Awaited | Unawaited | Forsaken | Reworded | CallChange


class AsyncDef(msgspec.Struct, frozen=True, tag=True):
    """The function whose `def` keyword starts here becomes `async def`.  `name` is its new name, "" keeps it.

    `name_start`, `name_end` are the span of its name.
    """

    start: int
    name_start: int
    name_end: int
    name: str = ""


class Lines(msgspec.Struct, frozen=True, tag=True):
    """New lines above or below the statement at this span, with its indentation.

    `start` is where the statement begins: for lines above a decorated definition, its first decorator's `@`.  With
    `where="below"` the statement has to be alone on its last line (a comment may follow): `rewrite` refuses otherwise.
    """

    start: int
    end: int
    where: Literal["above", "below"]
    lines: tuple[str, ...]


class ImportedName(msgspec.Struct, frozen=True, tag=True):
    """A name is added to the from-import at this span (`from unittest.mock import AsyncMock` gets `, MagicMock`)."""

    start: int
    end: int
    name: str


class DroppedName(msgspec.Struct, frozen=True, tag=True):
    """A name that nothing uses any more leaves the from-import at this span; it is never the only one there."""

    start: int
    end: int
    name: str


class NewImport(msgspec.Struct, frozen=True, tag=True):
    """A new import statement on a line of its own, below the statement at this span (or above it)."""

    start: int
    end: int
    where: Literal["above", "below"]
    text: str


Change = ExpressionChange | AsyncDef | Lines | ImportedName | DroppedName | NewImport


class Part(msgspec.Struct, frozen=True):
    """All changes of one file, each once, in the order of their places."""

    changes: tuple[Change, ...]
