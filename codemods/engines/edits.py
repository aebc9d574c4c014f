"""What an engine does to one module, as records: the edits, or why there are none.

Engines are given the text with line feeds only, whatever the file has, and their text is compared with that.  So no
engine can mix up line ends, and every byte that it does not change stays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from codemods.toolkit.codemod import Edit
from codemods.toolkit.python.edits_between import edits_between
from codemods.toolkit.python.project import Module

_FEW = 40
"""So many characters of a piece of code are shown."""


class PlacedEdit(msgspec.Struct, frozen=True, array_like=True):
    """An edit with the place to report, and what it does in a few words.

    `rejected` says why it is not to be made, where the user's code decided so.
    """

    start: int
    end: int
    new: bytes
    line: int
    column: int
    old: str
    becomes: str
    rejected: str = ""

    @property
    def edit(self) -> Edit:
        """The edit alone."""
        return Edit(self.start, self.end, self.new)


class Trouble(msgspec.Struct, frozen=True, array_like=True):
    """Why a file was not worked on: the engine can't read it, or gives it back otherwise, or the user's code failed."""

    kind: Literal["unreadable", "altered", "failed"]
    line: int
    message: str


class Text:
    r"""The text of a module as engines get it: without carriage returns.

    >>> text = Text(b"a\r\nb\r\n")
    >>> text.plain, text.offset(2), text.restored(b"x\n")
    (b'a\nb\n', 3, b'x\r\n')
    """

    def __init__(self, body: bytes) -> None:
        self.plain = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in body else body
        self._dropped = list(_dropped(body)) if b"\r\n" in body else []
        self._line_end = _usual_line_end(body)

    def offset(self, plain: int) -> int:
        """Where in the body an offset in the plain text is."""
        return plain + bisect_left(self._dropped, plain)

    def restored(self, new: bytes) -> bytes:
        """New text with the line ends of the file."""
        return new.replace(b"\n", self._line_end) if self._line_end != b"\n" else new

    def edits_to(self, after: bytes) -> Iterator[Edit]:
        """The edits of the body that lead to the plain text `after`."""
        for edit in edits_between(self.plain, after):
            yield Edit(self.offset(edit.start), self.offset(edit.end), self.restored(edit.new))


def _dropped(body: bytes) -> Iterator[int]:
    """Offsets in the plain text of the line feeds that stood behind a carriage return."""
    at = body.find(b"\r\n")
    count = 0
    while at >= 0:
        yield at - count
        count += 1
        at = body.find(b"\r\n", at + 2)


def _usual_line_end(body: bytes) -> bytes:
    """The line end that most lines have."""
    pairs, returns, feeds = body.count(b"\r\n"), body.count(b"\r"), body.count(b"\n")
    counts = {b"\n": feeds - pairs, b"\r\n": pairs, b"\r": returns - pairs}
    return max(counts, key=counts.__getitem__)


def placed(module: Module, edits: Sequence[Edit]) -> tuple[PlacedEdit, ...]:
    """The edits of a module with their places."""
    body = module.source.body
    return tuple(_placed(module, body, edit) for edit in edits)


def _placed(module: Module, body: bytes, edit: Edit) -> PlacedEdit:
    at = min(edit.start, max(len(body.rstrip(b"\r\n")) - 1, 0))
    line = bisect_right(module.line_starts, at)
    start = module.line_starts[line - 1]
    end = module.line_starts[line] if line < len(module.line_starts) else len(body)
    # An insertion at the end of a line is reported at its last character.
    length = len(body[start:end].rstrip(b"\r\n"))
    column = min(at - start, max(length - 1, 0))
    return PlacedEdit(
        edit.start, edit.end, edit.new, line, column, _shown(body[edit.start : edit.end]), _shown(edit.new)
    )


def _shown(text: bytes) -> str:
    """A piece of code in a few words."""
    words = " ".join(text.decode().split())
    return words if len(words) <= _FEW else f"{words[: _FEW - 3]}..."


def sentence(edit: PlacedEdit) -> str:
    """What an edit does."""
    if not edit.becomes:
        return f"`{edit.old}` goes" if edit.old else "white space goes"
    return f"becomes `{edit.becomes}`" if edit.old else f"`{edit.becomes}` is inserted"
