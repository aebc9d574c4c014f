"""What is known of one module for a move: records only.

Offsets are those of `Source.body`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from codemods.toolkit.codemod import Edit
from codemods.toolkit.python.names import Context

QuotedKind: TypeAlias = Literal[
    "patch", "import", "module", "string", "prose", "comment", "name", "begin", "end", "doctest"
]


class Alias(msgspec.Struct, frozen=True, array_like=True):
    """One name of an import statement with its span; `asname` is "" where there is none."""

    name: str
    asname: str
    start: int
    end: int

    @property
    def bound(self) -> str:
        """The name that it binds (of `import a.b` the first part)."""
        return self.asname or self.name.partition(".")[0]

    @property
    def text(self) -> str:
        """The name as an import statement spells it."""
        return f"{self.name} as {self.asname}" if self.asname else self.name


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """One import statement, wherever it stands.

    `function` says that it stands in a function or class, `block` is where the block around it starts (statements of
    one block have the same), `at_import` that it runs when the module is imported.
    """

    start: int
    line: int
    column: int
    is_from: bool
    level: int
    module: str
    aliases: tuple[Alias, ...]
    context: Context
    function: bool
    block: int
    at_import: bool

    @property
    def in_class(self) -> bool:
        """Whether it stands in the body of a class: what it binds is an attribute."""
        return [word for word in self.context if word in {"class", "function"}][-1:] == ["class"]

    @property
    def top(self) -> bool:
        """Whether it stands at the top level, in no block."""
        return not self.context and not self.function


class Chain(msgspec.Struct, frozen=True, array_like=True):
    """A name, or a chain of names, that is read: `names`, and where each of them ends.

    `bound` says what binds the first of them: something of the `module` (or nothing that is seen), one `import` within
    a function or class (it starts at `statement`), `several` bindings there of which one is an import, or anything else
    there (`local`).  `use` is what is done with the whole: `read`, `store` (or delete), or it is the first argument of
    a call that looks an attribute up (`lookup`, whose name is `attribute`), puts another object in its place (`patch`),
    or sees all of its names (`scan`).  `exact` says that the text is the chain as written; otherwise it stands in a
    string that can't be edited.  `eager` says that it is evaluated while the module is imported, `annotation` that it
    is (part of) an annotation, `top` is where the statement of the top level starts.  `effect` says that the statement
    `changes` what the chain leads to in its place (`name.append(1)`, `name[1] = 2`), or merely `acts` with it
    (`register(name)`); a chain `logs` that a logger is called by (`getLogger(__name__)`).
    """

    names: tuple[str, ...]
    start: int
    ends: tuple[int, ...]
    line: int
    column: int
    bound: Literal["module", "import", "several", "local"]
    statement: int
    use: Literal["read", "store", "lookup", "patch", "scan"]
    attribute: str
    exact: bool
    eager: bool
    annotation: bool
    top: int
    effect: Literal["", "changes", "acts", "logs"] = ""

    @property
    def spelled(self) -> str:
        """The chain as one word."""
        return ".".join(self.names)


class Quoted(msgspec.Struct, frozen=True, array_like=True):
    """A string or a comment that holds the old place, or the name.

    `kind` is `patch` (what a mock takes the place of), `import` (a name that is imported by this call), `module` (a
    module that is imported by it, and the name is taken from that), `string` (any other), `prose` (text with such a
    word in it), `comment`, `name` (it is the name alone), `begin` or `end` (it is, or may hold, a part of a dotted
    name) or `doctest` (the examples of a text).
    `plain` says that its characters stand in the file as they are, from `start` on.
    """

    kind: QuotedKind
    value: str
    start: int
    line: int
    column: int
    plain: bool


class Unknown(msgspec.Struct, frozen=True, array_like=True):
    """A place where the definition may be taken from something of which nothing is known."""

    line: int
    column: int


class Logger(msgspec.Struct, frozen=True, array_like=True):
    """A statement that makes a logger: its span and text, and whether it has the name of its module."""

    name: str
    start: int
    end: int
    text: str
    named: bool


class Relative(msgspec.Struct, frozen=True, array_like=True):
    """The module part of a relative import within the definition."""

    start: int
    end: int
    level: int
    module: str


class Definition(msgspec.Struct, frozen=True, array_like=True):
    """The statement (or overloads) that define the name at the top level.

    `start` and `end` are the span with decorators, and with the comments right above; `text` is that.  `problem` says
    why it can't be moved, `annotated` that it holds annotations, `decorators` are the names of what decorates it.
    """

    start: int
    end: int
    text: bytes
    line: int
    column: int
    annotated: bool
    decorators: tuple[str, ...]
    relative: tuple[Relative, ...]
    problem: str = ""


class Facts(msgspec.Struct, frozen=True):
    """All that is known of one module.

    `bound` are those names by which the new module is imported, or can be, that any scope binds otherwise than by an
    import (of imports `statements` tell).  `whole` says that `chains`
    are all names that are read (the module may be the old or the new place), not only those that may lead to the
    definition.  `future` says that annotations are not evaluated (PEP 563), `line_end` is the usual one.
    `mentions` says that the name is there, `named` that it is a string or an attribute there, `unsteady` are names
    that a `del` takes away or a `nonlocal` sets.  `words` are strings that can name a module, where the module imports
    by strings or has the name as one; `by_string` says that it does import by them, `computed` what is put together at
    run time.  `namespaces` is where the old or the new module looks into its own namespace, `loggers` are those that it
    makes at its top level.  `guard` is what the one `if TYPE_CHECKING:` reads and nothing else does.
    """

    statements: tuple[Statement, ...]
    chains: tuple[Chain, ...]
    quoted: tuple[Quoted, ...]
    unknown: tuple[Unknown, ...]
    bound: frozenset[str]
    whole: bool
    future: bool
    bom: bool
    line_end: str
    definition: Definition | None = None
    module_names: frozenset[str] = frozenset()
    listed: frozenset[int] = frozenset()
    mentions: bool = False
    named: bool = False
    unsteady: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    by_string: bool = False
    computed: bool = False
    namespaces: tuple[Unknown, ...] = ()
    loggers: tuple[Logger, ...] = ()
    guard: str = ""


class ImportChange(msgspec.Struct, frozen=True, array_like=True):
    """What happens to one import statement, which starts at `start`.

    The aliases `drop` (by their index) go, `append` are put at its end, and the statements `after` follow.  With
    `module` (of a statement that keeps no other name) it imports from there instead.  `rename` are aliases (by their
    index) that import something else now.
    """

    start: int
    drop: tuple[int, ...] = ()
    append: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    module: str = ""
    rename: tuple[tuple[int, str], ...] = ()


class Part(msgspec.Struct, frozen=True):
    """What happens to one file.

    `head` are import statements for its head, `typing` those for the block that only type checkers see.  The text from
    `removed[0]` to `removed[1]` goes with the blank lines around it.  `block` comes before the statement of the top
    level that starts at `before`, or last (-1).  `unexported` leaves `__all__`, `exported` comes into it.
    """

    edits: tuple[Edit, ...] = ()
    imports: tuple[ImportChange, ...] = ()
    head: tuple[str, ...] = ()
    typing: tuple[str, ...] = ()
    removed: tuple[int, int] | None = None
    block: bytes = b""
    before: int = -1
    unexported: str = ""
    exported: str = ""
