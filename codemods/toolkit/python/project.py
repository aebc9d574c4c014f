"""A parsed module, and the project as far as it is known: what `collect`, `demand` and `decide` are given."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeAlias, TypeVar

from codemods.toolkit.codemod import Source
from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.outline import FunctionText, parsed_body
from codemods.toolkit.python.remembered import Remembered

FactsT = TypeVar("FactsT")
FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One parsed file.  Lives only while its facts are collected; never kept, never pickled.

    `line_starts[n]` is the offset in `source.body` of line n + 1.  `unread` are the functions, by the numbers of
    their `def` lines (from 1), whose bodies have not been parsed yet: in the tree, they hold little more than imports,
    as `outline` leaves it.  `outlined` is that outline, which has the same lines; "" where all was parsed.
    """

    source: Source
    tree: ast.Module
    line_starts: tuple[int, ...]
    unread: dict[int, FunctionText] = field(default_factory=dict)
    outlined: bytes = b""

    def offset(self, line: int, column: int) -> int:
        """The offset in `source.body` of an `ast` position (line from 1, column in bytes)."""
        return self.line_starts[line - 1] + column

    def place(self, offset: int) -> tuple[int, int]:
        """The position (line from 1, column in bytes) of an offset in `source.body`."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1]

    def span(self, node: ast.expr | ast.stmt | ast.alias | ast.arg | ast.keyword) -> tuple[int, int]:
        """The span of a node in `source.body`.

        Raises:
            ValueError: the node was made by hand; the parser always says where a node ends.
        """
        end_line, end_column = node.end_lineno, node.end_col_offset
        if end_line is None or end_column is None:
            raise ValueError(f"no span: {ast.dump(node)} does not stem from the parser")
        return self.line_starts[node.lineno - 1] + node.col_offset, self.line_starts[end_line - 1] + end_column

    def whole_span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The same, with the decorators of a definition; the `@` of the first one is left out.

        Raises:
            ValueError: as `span` does.
        """
        start, end = self.span(node)
        return min((self.span(each)[0] for each in getattr(node, "decorator_list", ())), default=start), end

    def read(self, function: FunctionNode) -> FunctionNode:
        """The function, with its body: that is parsed when it is first asked for.

        Raises:
            SyntaxError: it can't be parsed.
        """
        unread = self.unread.pop(function.lineno, None)
        if unread is not None:
            function.body = parsed_body(self.source.body, unread)
        return function

    def read_all(self, nodes: Iterable[ast.stmt] | None = None, words: Iterable[bytes] = (b"",)) -> None:
        """Read all functions of the module, or within some statements of it, whose text holds one of some words.

        Raises:
            SyntaxError: one can't be parsed.
        """
        words = tuple(words)
        stack: list[ast.AST] = list(self.tree.body if nodes is None else nodes) if self.unread else []
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if node.lineno in self.unread and self.body_holds(node, *words):
                    self.read(node)
            else:
                for block in ("body", "orelse", "finalbody", "handlers", "cases"):
                    stack += getattr(node, block, ())

    def body_holds(self, function: FunctionNode, *words: bytes) -> bool:
        """Whether one of some words stands in the text of a function's body, which need not be read for it."""
        start, end = self.body_span(function)
        return any(self.source.body.find(word, start, end) >= 0 for word in words)

    def body_span(self, function: FunctionNode) -> tuple[int, int]:
        """The span of the body of a function, read or not, in `source.body`."""
        unread = self.unread.get(function.lineno)
        start = self.span(function.body[0])[0] if unread is None else unread.body
        return start, self.span(function)[1]


@dataclass(frozen=True, slots=True)
class Entry(Generic[FactsT]):
    """What is known of one file.  `facts` is None where only its names were asked for.

    `names` is None when the file can't be parsed or decoded: what it binds is unknown, so nothing in it is missing.
    """

    names: ModuleNames | None
    facts: FactsT | None


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is told of a project before any of its files is parsed: see `Project`.

    It stays the same in every round of a run, while more and more files are parsed, so that an answer which takes no
    more can be kept by it (`functools.lru_cache`).
    """

    layout: Layout
    marks: Mapping[str, tuple[str, ...]]
    settings: Mapping[str, bytes]

    def __eq__(self, other: object) -> bool:
        # The same mapping is equal to itself; Python would compare all that is in it, for a millisecond each time.
        return isinstance(other, Told) and all(
            one is another or one == another for one, another in zip(self._parts(), other._parts(), strict=True)
        )

    def __hash__(self) -> int:
        return hash((len(self.marks), len(self.settings)))

    def _parts(self) -> tuple[object, ...]:
        return self.marks, self.settings, self.layout


@dataclass(frozen=True, slots=True)
class Project(Generic[FactsT]):
    """All files by `layout`, and the `entries` (path -> entry) that were collected so far.

    `marks` (path -> marks) are what the codemod saw in the bytes of the files, parsed or not; files without any are not
    in it.  `settings` (path -> bytes) are the settings files that it asked for, `inputs` (key -> bytes of each file)
    those that were named on the command line.  `remembered` are answers of earlier looks at it.
    """

    layout: Layout
    entries: Mapping[str, Entry[FactsT]]
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, bytes] = field(default_factory=dict)
    inputs: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    remembered: Remembered = field(default_factory=Remembered, compare=False, repr=False)

    @property
    def told(self) -> Told:
        """What is known of it without its entries."""
        return Told(self.layout, self.marks, self.settings)

    def with_entries(self, entries: Mapping[str, Entry[FactsT]]) -> Project[FactsT]:
        """The same project where some files are replaced or added."""
        return replace(self, entries={**self.entries, **entries})
