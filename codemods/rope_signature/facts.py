"""What is known of one module for a change of a signature: records only."""

from __future__ import annotations

import msgspec

from codemods.rope_signature.calls import Given
from codemods.rope_signature.signature import Parameters
from codemods.toolkit.python.uses import Use


class Span(msgspec.Struct, frozen=True, array_like=True):
    """A place in the text of a module."""

    start: int
    end: int


class Function(msgspec.Struct, frozen=True, array_like=True):
    """The function: its parameters, where they stand (between the parentheses), and what its body does with them.

    `inside` is what stands between the parentheses, `written` the code of defaults and annotations as it stands there,
    by its normal form.  `reads` are the places of each parameter in the body, `words` all names in the function,
    `closed` the parameters that can't be renamed; `problem` says why the signature can't be changed.
    """

    line: int
    column: int
    parameters: Parameters
    inside: Span
    indent: str
    written: dict[str, str]
    reads: dict[str, tuple[Span, ...]]
    words: frozenset[str]
    closed: frozenset[str]
    problem: str = ""


class Call(msgspec.Struct, frozen=True, array_like=True):
    """The arguments of the call that starts where a use does."""

    start: int
    given: tuple[Given, ...]


class Double(msgspec.Struct, frozen=True, array_like=True):
    """A string by which a mock may take the place of the function."""

    value: str
    line: int
    column: int


class Facts(msgspec.Struct, frozen=True):
    """All that is known of one module."""

    uses: tuple[Use, ...]
    calls: tuple[Call, ...]
    doubles: tuple[Double, ...]
    function: Function | None = None


class CallPart(msgspec.Struct, frozen=True, array_like=True):
    """A call that changes: where its function's name ends, its arguments, which of them go, and the new texts."""

    end: int
    spans: tuple[Span, ...]
    drop: tuple[int, ...]
    texts: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """What happens to one file: its calls, and where the function is in it, its parameters and what reads them."""

    calls: tuple[CallPart, ...] = ()
    inside: Span | None = None
    parameters: tuple[str, ...] = ()
    indent: str = ""
    names: tuple[tuple[Span, str], ...] = ()
