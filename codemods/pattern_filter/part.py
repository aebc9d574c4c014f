"""What `decide` tells `rewrite` about one file.  Spans are offsets in `Source.body`."""

from __future__ import annotations

import msgspec


class Reworded(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The expression at this span is replaced by a text."""

    start: int
    end: int
    new: str


class Replaced(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The statement at this span is replaced; comments inside it stay, on lines of their own above the new one.

    With `new` empty only the comments are left, and without any the line goes.
    """

    start: int
    end: int
    new: str


class Around(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Text is put in front of the expression at this span, and behind it."""

    start: int
    end: int
    before: str
    behind: str


class Elements(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The list at this span loses the elements at these places."""

    start: int
    end: int
    dropped: tuple[int, ...]


class Below(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A new line below the statement at this span, which is the last one on its line."""

    start: int
    end: int
    line: str


class Unshelled(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The call at this span gets the joined list itself as its first argument, and loses `shell=True`."""

    start: int
    end: int


class GeneratedCode(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The generated code with these functions replaces what stands at this span (nothing: it is inserted there).

    `policy` is the table (category -> how it is filtered), `depth` how many folders the file lies below the root,
    `present` are names of modules that the file imports at its top already.  With `module` set, an import of the
    functions from there stands in for the code.
    """

    start: int
    end: int
    functions: tuple[str, ...]
    policy: tuple[tuple[str, str], ...]
    test_files: tuple[str, ...]
    depth: int
    present: tuple[str, ...]
    module: str = ""


Change = Reworded | Replaced | Around | Elements | Below | Unshelled
"""Changes of one place each: what `collect` proposes and `decide` agrees to."""


class Part(msgspec.Struct, frozen=True):
    """All changes of one file, each once, in the order of their places."""

    changes: tuple[Change, ...]
    generated: GeneratedCode | None = None
