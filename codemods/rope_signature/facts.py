"""What is known of one module for a change of a signature: records only."""

from __future__ import annotations

from typing import Literal

import msgspec

from codemods.rope_signature.calls import Given
from codemods.rope_signature.signature import Parameters
from codemods.toolkit.python.mentions.facts import Facts as Known
from codemods.toolkit.python.mentions.facts import Mention
from codemods.toolkit.python.names import Import
from codemods.toolkit.python.spelled import Spelled

Binding = Literal["function", "instance", "class", "static"]
"""What a function is called with besides its arguments: nothing, the instance, the class, nothing in a class."""

Action = Literal["call", "asserted", "stored", "alias", "told", "doubled", "applied", "handed on", "unclear"]
"""What happens to a name.

`asserted`: a double is asked whether it was called so.  `stored`: something else takes its place.  `alias`: it gets
another name at the top level of a module.  `told`: nothing that has to do with calls.  `doubled`: a double is made
after it.  `applied`: it decorates something.  `unclear`: it stands in an f-string whose places are not known (before
Python 3.12).
"""


class Span(msgspec.Struct, frozen=True, array_like=True):
    """A place in the text of a module."""

    start: int
    end: int


class Remarks(msgspec.Struct, frozen=True, array_like=True):
    """The comments of a parameter: those in lines before it, and the one behind it ("" where there is none)."""

    before: tuple[str, ...] = ()
    behind: str = ""


class Function(msgspec.Struct, frozen=True, array_like=True):
    """A function of the name: its path, parameters, where they stand, and what its body does with them.

    `inside` is what stands between the parentheses, `written` the code of defaults and annotations as it stands there,
    by its normal form, `remarks` the comments there by the parameter (or `*`, `/`) that they belong to, by "" those
    behind all.  `reads` are the places of each parameter in the body, `words` all names in the function, `closed` the
    parameters that can't be renamed; `problem` says why the signature can't be changed.
    """

    names: tuple[str, ...]
    binding: Binding
    line: int
    column: int
    parameters: Parameters
    inside: Span
    indent: str
    written: dict[str, str]
    remarks: dict[str, Remarks]
    reads: dict[str, tuple[Span, ...]]
    words: frozenset[str]
    closed: frozenset[str]
    problem: str = ""


class Use(msgspec.Struct, frozen=True, array_like=True):
    """What happens to a name in the code.

    `end` is where the name ends (for a call what is called), `given` are the arguments, `spans` where they stand and
    `values` where their values do.  `on_class`: what stands before the dot is the class, by the method around it.
    `double`: what is stored is one of a test.  `quoted`: it stands in an f-string; `shown`: which shows its code.
    """

    action: Action
    spelled: str
    end: int
    given: tuple[Given, ...] = ()
    spans: tuple[Span, ...] = ()
    values: tuple[Span, ...] = ()
    on_class: bool = False
    double: bool = False
    quoted: bool = False
    shown: bool = False
    inside: tuple[str, ...] = ()


class Occurrence(msgspec.Struct, frozen=True, array_like=True):
    """A mention of a word, what it is by its module (where it is a name), and what happens to it there.

    `calling` says that a word in a string or comment is followed by a parenthesis, `of_self` that it is no word but
    the class of an instance, by what a method knows of it (`cls(...)`, `type(self)(...)`).
    """

    word: str
    mention: Mention
    meaning: Spelled
    use: Use | None = None
    calling: bool = False
    of_self: bool = False


class Facts(msgspec.Struct, frozen=True):
    """All that is known of one module: `known` is what mentions and classes say, `functions` are those of the name.

    `handed_on` are imports of what may be the module of the function, where that is read as a value; `names_module`
    says that the last name of that module stands in the text.
    """

    known: Known
    occurrences: tuple[Occurrence, ...] = ()
    functions: tuple[Function, ...] = ()
    handed_on: tuple[Import, ...] = ()
    names_module: bool = False


class Argument(msgspec.Struct, frozen=True, array_like=True):
    """An argument of the new call: the name of a keyword, and which of the old ones it was (-1: it is new), or code."""

    name: str
    old: int
    code: str = ""


class CallPart(msgspec.Struct, frozen=True, array_like=True):
    """A call that changes: where what is called ends, its arguments, where their values are, and what they become."""

    end: int
    spans: tuple[Span, ...]
    values: tuple[Span, ...]
    arguments: tuple[Argument, ...]


class FunctionPart(msgspec.Struct, frozen=True, array_like=True):
    """A definition that changes: where its parameters are, and their new texts, with comments where there are any."""

    inside: Span
    parameters: tuple[str, ...]
    indent: str
    remarks: tuple[Remarks, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """What happens to one file: calls, definitions, and names of parameters in their bodies."""

    calls: tuple[CallPart, ...] = ()
    functions: tuple[FunctionPart, ...] = ()
    names: tuple[tuple[Span, str], ...] = ()
