"""What rope makes of one file, and whether it means what the goal says."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from codemods.engines.edits import PlacedEdit, Text, Trouble, placed
from codemods.engines.facts import Worked
from codemods.rope_restructure.clashes import with_clashes
from codemods.rope_restructure.config import WILDCARD, Config, is_expression
from codemods.rope_restructure.needed import needed
from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.pipeline.source import line_starts, spliced
from codemods.toolkit.python.project import Module

if TYPE_CHECKING:
    from codemods.engines.rope.memory import MemoryProject

_NOTHING_ELSE = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r|\n|\Z)")


class _Match(NamedTuple):
    """A match: its span in the body, and why it can't be replaced ("" where it can)."""

    start: int
    end: int
    obstacle: str


def worked(rope_project: MemoryProject, path: str, body: bytes, config: Config) -> Worked:
    """The changes of one file, or why there are none.  Raises `Refused` where rope doesn't make them."""
    plain, matches = _changes(rope_project, path, body, config, config.goal)
    if not plain:
        return Worked()
    module = Module(Source(path, body), ast.Module([], []), line_starts(body))
    edits = tuple(_judged(edit, matches) for edit in placed(module, plain))
    after = _parsed(body, plain, matches)
    if after is None:
        return Worked(Trouble("failed", edits[0].line, "what rope makes of it can't be parsed"))
    meant, _matches = _changes(rope_project, path, body, config, _in_parentheses(config))
    if after != _parsed(body, meant, matches):
        message = "the goal would be read in another way here: put its wildcards, or all of it, into parentheses"
        return Worked(Trouble("altered", edits[0].line, message))
    return Worked(edits=with_clashes(body, edits, config.imports))


def _obstacle(edit: Edit, matches: Sequence[_Match]) -> str:
    """Why an edit isn't made: a match in it can't be replaced."""
    around = (match for match in matches if edit.start < match.end and match.start < edit.end)
    return next((match.obstacle for match in around if match.obstacle), "")


def _judged(edit: PlacedEdit, matches: Sequence[_Match]) -> PlacedEdit:
    return msgspec.structs.replace(edit, rejected=_obstacle(edit.edit, matches))


def _in_parentheses(config: Config) -> str:
    """The goal with all in parentheses that could be read in another way."""
    goal = WILDCARD.sub(r"(${\1})", config.goal)
    return f"({goal})" if is_expression(config.goal) and is_expression(config.pattern) else goal


def _changes(
    rope_project: MemoryProject, path: str, body: bytes, config: Config, goal: str
) -> tuple[tuple[Edit, ...], Sequence[_Match]]:
    """What rope changes in a file, for a goal, with the imports that it needs then."""
    from rope.refactor.restructure import Restructure

    from codemods.engines.rope.planning import changed, refusing

    with refusing():
        resource = rope_project.get_resource(path)
        work = Restructure(rope_project, config.pattern, goal, args=config.checks)
        edits = changed({path: body}, work.get_changes(resources=[resource])).get(path, ())
        matches = list(_matches(rope_project, work, resource, body, config)) if edits else []
    if not edits:
        return (), ()
    return tuple(sorted((*needed(body, config.imports), *_by_match(body, edits, matches)))), matches


def _matches(rope_project: MemoryProject, work: Any, resource: Any, body: bytes, config: Config) -> Iterator[_Match]:
    """The matches in a text of rope's."""
    from rope.refactor import similarfinder

    from codemods.engines.rope.memory import plain

    text, characters = Text(body), plain(body)
    finder = similarfinder.SimilarFinder(rope_project.get_pymodule(resource), wildcards=work.wildcards)
    for match in finder.get_matches(work.pattern, work.args):
        start, end = (text.offset(len(characters[:at].encode())) for at in match.get_region())
        obstacle = ""
        if any(isinstance(node, ast.Starred) for node in match.mapping.values()):
            obstacle = "RX106 a wildcard stands for an unpacked argument, and rope would lose its star"
        elif config.needs_a_line and not _has_a_line(body, start, end):
            obstacle = "RX107 the goal is a statement, or several, and needs a line of its own"
        yield _Match(start, end, obstacle)


def _has_a_line(body: bytes, start: int, end: int) -> bool:
    """Whether nothing else stands in the lines of a match."""
    before = body[max(body.rfind(b"\n", 0, start), body.rfind(b"\r", 0, start)) + 1 : start]
    return not before.strip() and _NOTHING_ELSE.match(body, end) is not None


def _by_match(body: bytes, edits: tuple[Edit, ...], matches: Sequence[_Match]) -> tuple[Edit, ...]:
    """The edits, those within one match as one."""
    found: list[Edit] = list(edits)
    for start, end, _obstacle in sorted(matches, key=lambda match: match.start - match.end):
        inside = [edit for edit in found if start <= edit.start and edit.end <= end]
        if len(inside) > 1:
            first, last = inside[0].start, inside[-1].end
            within = [Edit(edit.start - first, edit.end - first, edit.new) for edit in inside]
            whole = Edit(first, last, spliced(body[first:last], within))
            found = sorted([*(edit for edit in found if edit not in inside), whole])
    return tuple(found)


def _parsed(body: bytes, edits: Sequence[Edit], matches: Sequence[_Match]) -> str | None:
    """What the text is once the edits are made that nothing is in the way of; None where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = [edit for edit in edits if not _obstacle(edit, matches)]
            return ast.dump(ast.parse(spliced(body, made).decode()))
    except SyntaxError:
        return None
