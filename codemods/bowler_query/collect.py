"""`collect`: run the query on one module, and say what it changes."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from codemods.bowler_query.config import Config
from codemods.bowler_query.mentions import mentions_in
from codemods.engines.edits import PlacedEdit, Text, Trouble, placed
from codemods.engines.facts import Group, Worked
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.spelled import Spelled, spelled_at
from codemods.toolkit.python.uses import mentions

if TYPE_CHECKING:
    from codemods.engines.bowler import Match, Rejected, Transformed

_NAMELESS = Spelled(reason="the match is about no name that stands in the file")


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Any file can matter, as what a query looks for is known to it alone; with an origin those that mention it."""
    return not config.origin or mentions(body, config.origin)


def everywhere(config: Config) -> bool:
    """With an origin: a use in a file that may not change would be lost, too."""
    return bool(config.origin)


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Worked:
    """What the query changes in one module, and for which names where an origin is asked for.

    Raises `UsageError` when there is no query to be had.
    """
    from codemods.engines.bowler import Altered, QueryFailed, Unparsable

    if not words and not relevant(module.source.body, config, words):
        return Worked()  # another file's names lead through it
    work = _Work(module, config)
    try:
        worked = work.worked()
    except Unparsable as problem:
        worked = Worked(Trouble("unreadable", problem.line, f"Bowler's parser can't read it: {problem.message}"))
    except Altered:
        worked = Worked(Trouble("altered", 0, "Bowler's parser doesn't give it back as it was"))
    except QueryFailed as problem:
        worked = Worked(Trouble("failed", 0, f"the query raises {problem}"))
    if not config.origin:
        return worked
    return msgspec.structs.replace(worked, mentions=mentions_in(module, names, words | {config.word}, work.seen))


class _Work:
    """The work of a query on one module; `seen` are the offsets of the names that its matches are about."""

    def __init__(self, module: Module, config: Config) -> None:
        from codemods.engines.bowler_source import QuerySource

        self._module = module
        self._config = config
        self._source = QuerySource(config.query, config.digest, config.args, config.root)
        self._text = Text(module.source.body)
        self._plain = self._text.plain.decode()
        self._future = frozenset(_future_features(module.tree))
        self.seen: frozenset[int] = frozenset()

    def worked(self) -> Worked:
        """What the query does."""
        whole = self._transformed()
        edits = self._edits(whole)
        if not self._config.origin:
            return Worked(edits=edits)
        groups = tuple(self._groups(whole.matches, edits)) if edits or whole.matches else ()
        return Worked(edits=edits, groups=groups)

    def _transformed(self, allowed: Callable[[Match], bool] | None = None) -> Transformed:
        from codemods.engines.bowler import transformed

        return transformed(self._source, self._module.source.path, self._plain, self._future, allowed)

    def _edits(self, result: Transformed) -> tuple[PlacedEdit, ...]:
        edits = placed(self._module, list(self._text.edits_to(result.text.encode())))
        return _marked(edits, self._plain, self._text, result.rejected) if result.rejected else edits

    def _groups(self, matches: Sequence[Match], edits: tuple[PlacedEdit, ...]) -> list[Group]:
        """The edits by the name that they are made for: each name is run by itself, so that none gets in another's."""
        meanings = self._meanings(matches)
        distinct = sorted({meanings.get(match.name, _NAMELESS) for match in matches}) or [_NAMELESS]
        if len(distinct) == 1:
            return [Group(distinct[0], edits)]
        groups: list[Group] = []
        for each in distinct:
            alone = self._transformed(lambda match, each=each: meanings.get(match.name, _NAMELESS) == each)  # type: ignore[misc]
            groups.append(Group(each, self._edits(alone)))
        return groups

    def _meanings(self, matches: Sequence[Match]) -> Mapping[tuple[int, int] | None, Spelled]:
        offsets = {match.name: self._offset(match.name[0]) for match in matches if match.name is not None}
        self.seen = frozenset(offsets.values())
        spelled = spelled_at(self._module, self.seen)
        return {name: spelled[offset] for name, offset in offsets.items()}

    def _offset(self, characters: int) -> int:
        """Where in the body a character of the plain text is."""
        ascii_only = len(self._plain) == len(self._text.plain)
        return self._text.offset(characters if ascii_only else len(self._plain[:characters].encode()))


def _future_features(tree: ast.Module) -> list[str]:
    return [
        alias.name
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        for alias in statement.names
    ]


def _marked(
    edits: tuple[PlacedEdit, ...], plain: str, text: Text, rejected: Sequence[Rejected]
) -> tuple[PlacedEdit, ...]:
    """The edits, those within rejected lines marked."""
    starts = [0]
    for line in plain.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    offsets = [text.offset(start) for start in starts]

    def is_rejected(edit: PlacedEdit) -> bool:
        line = bisect_right(offsets, edit.start) - 1
        return any(hunk.start <= line <= hunk.end for hunk in rejected)

    reason = "the query's process function rejects it"
    return tuple(msgspec.structs.replace(edit, rejected=reason) if is_rejected(edit) else edit for edit in edits)
