"""Bowler queries as pure functions: a text goes in, a text comes out.

A query is compiled to fixers of fissix (a fork of lib2to3), which run in memory.  Bowler's own tool is never used: it
changes line ends, drops edits in files without a final newline, starts processes, and exits 0 when it failed.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from bowler import Query
from fissix.fixer_base import BaseFix
from fissix.pgen2.parse import ParseError
from fissix.pgen2.tokenize import TokenError
from fissix.pytree import Node
from fissix.refactor import RefactoringTool

from codemods.engines.bowler_names import Captured, Spans, Tree, name_of
from codemods.engines.bowler_source import QuerySource
from codemods.engines.contained import contained
from codemods.engines.user_code import explained, is_of_run, reason

_CONTEXT = 3
"""Lines around a change that belong to a hunk, as in Bowler's own diff."""


class Unparsable(Exception):  # noqa: N818 - the state of a text
    """A text that fissix can't parse: the line (from 1, 0 for unknown) and what it says."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message


class Altered(Exception):  # noqa: N818 - the state of a text
    """A text that fissix gives back otherwise than it was, without any change."""


class QueryFailed(Exception):  # noqa: N818 - what the user's code did
    """The user's code raised something: why, in one line."""


class Match(NamedTuple):
    """One match of a query: the number of its transform, and the span in characters of the name that it is about.

    The span is None where the match is about no name (a whole module), or about code that the query made itself.
    """

    transform: int
    name: tuple[int, int] | None


class Rejected(NamedTuple):
    """Lines of the text before (from 0, the end excluded) whose changes a `.process()` function doesn't want."""

    start: int
    end: int


class Transformed(NamedTuple):
    """What a query makes of one text."""

    text: str
    matches: tuple[Match, ...] = ()
    rejected: tuple[Rejected, ...] = ()


Allowed: TypeAlias = Callable[[Match], bool]


def transformed(
    source: QuerySource, path: str, text: str, future: frozenset[str] = frozenset(), allowed: Allowed | None = None
) -> Transformed:
    """What a query makes of the text of a module (line feeds only), and its matches.

    `future` are the features that the module imports from `__future__`.  Of the matches only those that are `allowed`
    are transformed.

    Raises:
        Unparsable: fissix can't parse the text.
        Altered: fissix doesn't give the text back as it was.
        QueryFailed: the user's code raised something.
        UsageError: there is no query to be had.
    """
    query = source.query()
    with contained(source.root):
        try:
            if query.filename_matcher is not None and not query.filename_matcher(path):
                return Transformed(text)
            run = _Run(source, query, allowed)
            after = run.text_after(path, text, future)
            return Transformed(after, tuple(run.matches), tuple(_rejected(query, path, text, after)))
        except (Unparsable, Altered):
            raise
        except BaseException as problem:  # anything may come from code of the user's
            if is_of_run(problem, source.file):
                raise
            raise QueryFailed(reason(problem, source.file)) from None


class _Tool(RefactoringTool):  # type: ignore[misc]  # fissix has no types
    """The refactoring tool of fissix for code of Python 3, whose `print` and `exec` are functions."""

    def __init__(self, fixers: Sequence[type[BaseFix]]) -> None:
        super().__init__(fixers, options={"print_function": True})
        del self.grammar.keywords["exec"]

    def get_fixers(self) -> tuple[list[BaseFix], list[BaseFix]]:
        """The fixers by order of traversal; here they are classes, not names of modules."""
        fixers = [fixer(self.options, self.fixer_log) for fixer in self.fixers]
        return [each for each in fixers if each.order == "pre"], [each for each in fixers if each.order == "post"]

    def parsed(self, text: str) -> Node:
        """The tree of a text that ends with a newline."""
        try:
            return self.driver.parse_string(text)
        except ParseError as problem:
            line = problem.context[1][0] if problem.context else 0
            raise Unparsable(line, f"the parser stops at {problem.value!r}") from None
        except TokenError as problem:
            message, (line, _column) = problem.args
            raise Unparsable(line, str(message)) from None
        except IndentationError as problem:
            raise Unparsable(problem.lineno or 0, problem.msg) from None


class _Run:
    """One query on its way over one text; `matches` are those that it found."""

    def __init__(self, source: QuerySource, query: Query, allowed: Allowed | None) -> None:
        self._allowed = allowed
        self._spans = Spans(())
        self._words = [str(transform.kwargs.get("name", "")) for transform in query.transforms] or [""]
        self._fixers = [_Fixer(transform.fixer) for transform in query.transforms if transform.fixer]
        for transform in query.transforms:
            if transform.fixer:
                transform.fixer = next(each for each in self._fixers if each.kind is transform.fixer)
        self.matches: list[Match] = []
        with explained(source.factory, "can't be compiled"):
            self._tool = _Tool([self._noting(number, fixer) for number, fixer in enumerate(query.compile())])

    def text_after(self, path: str, text: str, future: frozenset[str]) -> str:
        """The text as the query leaves it."""
        ended = text.endswith("\n")
        whole = text if ended else f"{text}\n"
        tree = self._tool.parsed(whole)
        if str(tree) != whole:
            raise Altered
        tree.future_features = future
        self._spans = Spans(tree.leaves())
        for fixer in self._fixers:
            fixer.start(tree, path)
        self._tool.refactor_tree(tree, path)
        after = str(tree)
        return after if ended else after.removesuffix("\n")

    def _noting(self, number: int, fixer: type[BaseFix]) -> type[BaseFix]:
        """The same fixer; each match is noted, and left alone unless it is allowed."""
        run = self

        class Noting(fixer):  # type: ignore[misc]  # fissix has no types
            def transform(self, node: Tree, results: Captured) -> Tree | None:
                match = Match(number, name_of(node, results, run._words[number], run._spans))
                run.matches.append(match)
                if run._allowed is not None and not run._allowed(match):
                    return None
                made: Tree | None = super().transform(node, results)
                return made

        return Noting


class _Fixer:
    """A fixer class of the user's, in the form in which Bowler calls it: without arguments, once for each match."""

    def __init__(self, kind: type[BaseFix]) -> None:
        self.kind = kind
        self.BM_compatible = kind.BM_compatible
        self.PATTERN = kind.PATTERN
        self._fixer = kind({"print_function": True}, [])

    def __call__(self) -> BaseFix:
        return self._fixer

    def start(self, tree: Node, path: str) -> None:
        """Get ready for another tree."""
        self._fixer.start_tree(tree, path)


def _rejected(query: Query, path: str, before: str, after: str) -> Iterator[Rejected]:
    """Ask the functions that were given to `.process()` about each hunk; all of them see it, as in Bowler."""
    if not query.processors or before == after:
        return
    old, new = before.splitlines(), after.splitlines()
    hunks = list(_hunks(path, old, new))
    groups = list(difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT))
    for hunk, group in zip(hunks, groups, strict=True):
        verdicts: list[Any] = [process(path, list(hunk)) for process in query.processors]
        if any(verdict is False for verdict in verdicts):
            yield Rejected(group[0][1], group[-1][2])


def _hunks(path: str, old: Sequence[str], new: Sequence[str]) -> Iterator[list[str]]:
    """The hunks of a diff, each with the two lines that name the file."""
    head, lines = [f"--- {path}", f"+++ {path}"], list(difflib.unified_diff(old, new, path, path, lineterm=""))[2:]
    starts = [number for number, line in enumerate(lines) if line.startswith("@@")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield [*head, *lines[start:end]]
