"""What `collect` keeps of one module: records only.

Spans are offsets in `Source.body`.  A use stands for the longest chain of attributes on a plain name, so that
`decide` can say where in the chain the manager is.
"""

from __future__ import annotations

import msgspec

from codemods.toolkit.python.names import Context


class Argument(msgspec.Struct, frozen=True, array_like=True):
    """One argument of a call: `keyword` is "" for a positional one, "*" and "**" for unpacking.

    `text` is the value as written; `reads` are the names in it; `pure` says that leaving it out changes nothing else
    (names, attributes, constants, and calls whose only purpose is their value, see `collect`).
    """

    keyword: str
    start: int
    end: int
    text: str
    reads: tuple[str, ...]
    pure: bool


class Member(msgspec.Struct, frozen=True, array_like=True):
    """One use of an attribute of an object: `obj.attribute`, or a call of it (`bare`: a statement of its own).

    `fails` says that its block expects an AttributeError or a TypeError: the test is about what the object lacks.
    """

    attribute: str
    line: int
    called: bool
    positional: int
    keywords: tuple[str, ...]
    unpacked: bool
    awaited: bool
    stored: bool
    bare: bool = False
    fails: bool = False
    call: Call | None = None


class Receiver(msgspec.Struct, frozen=True, array_like=True):
    """What is done with the value of a call, as far as it can be followed in its own function or class.

    `kind` is `name`, `self` (an attribute of self), `chain` (used on the spot) or "" (handed on: not followed).
    `statement` is the span of the assignment, `alone` says that it is the only statement of its block.  `others` counts
    uses that are no attribute access, `compared` names what it is compared with (`id()` where its identity is taken).
    """

    kind: str
    name: str
    once: bool
    members: tuple[Member, ...]
    others: int
    compared: tuple[str, ...]
    statement: tuple[int, int]
    alone: bool


class Call(msgspec.Struct, frozen=True, array_like=True):
    """One call: its span, its arguments, and the span of the `await` around it ((0, 0) when there is none).

    `one_line` says that no line ends in it (so that no comment stands between its arguments).  `consumer` names the
    function that takes the call as a coroutine (`asyncio.run`), "" when there is none.
    """

    start: int
    end: int
    arguments: tuple[Argument, ...]
    one_line: bool
    awaited: tuple[int, int]
    consumer: str
    receiver: Receiver


class UseFact(msgspec.Struct, frozen=True, array_like=True):
    """One read of a name that may lead to a manager.

    `names` is the chain as written (`("pkg", "ws", "Manager")`), `ends` the end of each of its prefixes.  `bound` is
    the index of the scope that binds the first name (-1: none does), `scope` the one it stands in.  `form` says what
    the whole chain is used for (see `forms.py`), `raises` that its block expects an exception.  `quoted` marks a name
    in a string annotation.
    """

    names: tuple[str, ...]
    start: int
    ends: tuple[int, ...]
    line: int
    column: int
    bound: int
    scope: int
    form: str
    raises: bool
    quoted: bool
    call: Call | None = None


class BindingFact(msgspec.Struct, frozen=True, array_like=True):
    """One binding of a name in a scope; for imports, what is imported and the statement (by its start)."""

    kind: str
    start: int
    line: int
    context: Context
    is_from: bool = False
    level: int = 0
    module: str = ""
    member: str = ""
    asname: str = ""
    alias: str = ""


class ScopeFact(msgspec.Struct, frozen=True, array_like=True):
    """One scope that binds or uses a name of interest; `parent` is -1 for the module."""

    index: int
    parent: int
    kind: str
    name: str
    start: int
    end: int
    bindings: dict[str, tuple[BindingFact, ...]]


class PatchFact(msgspec.Struct, frozen=True, array_like=True):
    """A string that names what a test replaces.

    `form` is `target` (the whole dotted path is in the string), or `attribute` (an object and the name of one of its
    attributes: `holder` is the chain of the object, `bound` the scope of its first name; or `module` is its dotted
    path, given as a string), or `module` (a key of `sys.modules`; `create` marks a mock that has any attribute).
    `start` and `end` are the span of the string literal, quotes included, or of the keyword's name.  `create` marks
    `create=True`.
    """

    form: str
    value: str
    start: int
    end: int
    line: int
    column: int
    holder: tuple[str, ...]
    bound: int
    scope: int
    create: bool
    module: str = ""


class Parameter(msgspec.Struct, frozen=True, array_like=True):
    """One parameter: `kind` as in `inspect` (`pos`, `any`, `*`, `kw`, `**`), `default` as written (None: required)."""

    name: str
    kind: str
    default: str | None


class FunctionFact(msgspec.Struct, frozen=True, array_like=True):
    """A function at the top level, or a method.

    `returns` holds, for each `return`, the start of the use that it calls (-1 for any other value).  `delegates` says
    that nothing but warnings, logging, imports, guards and returns is in its body.  `guards` are parameters for which
    None is refused, `reassigned` are names that its body binds.  `gives` are the plain names that it returns, `hints`
    the words of its summary that speak for or against it (see `definitions.HINTS`).
    """

    name: str
    is_async: bool
    parameters: tuple[Parameter, ...]
    returns: tuple[int, ...]
    delegates: bool
    guards: tuple[str, ...]
    line: int
    start: int
    end: int
    reassigned: tuple[str, ...] = ()
    annotation: str = ""
    decorators: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


class ClassFact(msgspec.Struct, frozen=True, array_like=True):
    """A class at the top level.

    `bases` as written.  `attributes` are all names that instances surely have besides `methods`.  `raises` says that
    `__new__` (or, without one, `__init__`) can only end in an exception; `message` is the text of that exception.
    `open` says that attributes can appear in other ways (`__getattr__`, `setattr`, an unknown decorator).  `digest`
    identifies the body without docstrings, "" for an empty one.  `passes` says that the class adds nothing but a
    constructor that hands all its arguments on to its base.  `hints` as for a function.
    """

    name: str
    bases: tuple[str, ...]
    methods: tuple[FunctionFact, ...]
    attributes: tuple[str, ...]
    raises: bool
    message: str
    open: bool
    digest: str
    passes: bool
    line: int
    start: int
    end: int
    hints: tuple[str, ...] = ()
    metaclass: str = ""


class Facts(msgspec.Struct, frozen=True):
    """All that `decide` needs to know of one module.

    `type_made` are classes that are made at the top level by `type(name, bases, dict)`.  `reads` are the offsets of all
    reads of names that stand in arguments which may be dropped.  `prose` counts mentions in docstrings and other
    strings, which are never touched; `paths` are those strings that are dotted paths.  `tails` are names at the end of
    patch targets that are put together at run time (`f"{MODULE}.Name"`): then `paths` are all dotted paths of the file.
    `pinned` are names that are read by `getattr` and its relatives: the chain of the object, the scope of its first
    name, the name.  `hands_on` says that the module defines nothing of its own: imports, aliases, shims, warnings.
    """

    uses: tuple[UseFact, ...] = ()
    scopes: tuple[ScopeFact, ...] = ()
    patches: tuple[PatchFact, ...] = ()
    classes: tuple[ClassFact, ...] = ()
    functions: tuple[FunctionFact, ...] = ()
    type_made: tuple[ClassFact, ...] = ()
    reads: dict[str, tuple[int, ...]] = {}
    prose: int = 0
    paths: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    pinned: tuple[tuple[tuple[str, ...], int, str], ...] = ()
    hands_on: bool = False
