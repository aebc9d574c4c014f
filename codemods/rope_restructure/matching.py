"""What rope makes of one file, and whether it means what the goal says."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from codemods.engines.edits import Text, Trouble, placed
from codemods.engines.facts import Worked
from codemods.rope_restructure.config import WILDCARD, Config, is_expression
from codemods.rope_restructure.needed import needed
from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.pipeline.source import line_starts, spliced
from codemods.toolkit.python.project import Module

if TYPE_CHECKING:
    from codemods.engines.rope.memory import MemoryProject


def worked(rope_project: MemoryProject, path: str, body: bytes, config: Config) -> Worked:
    """The changes of one file, or why there are none.  Raises `Refused` where rope doesn't make them."""
    plain = _changes(rope_project, path, body, config, config.goal)
    if not plain:
        return Worked()
    module = Module(Source(path, body), ast.Module([], []), line_starts(body))
    edits = placed(module, plain)
    after = _parsed(spliced(body, plain))
    if after is None:
        return Worked(Trouble("failed", edits[0].line, "what rope makes of it can't be parsed"))
    meant = _changes(rope_project, path, body, config, _in_parentheses(config))
    if after != _parsed(spliced(body, meant)):
        message = "the goal would be read in another way here: put its wildcards, or all of it, into parentheses"
        return Worked(Trouble("altered", edits[0].line, message))
    return Worked(edits=edits)


def _in_parentheses(config: Config) -> str:
    """The goal with all in parentheses that could be read in another way."""
    goal = WILDCARD.sub(r"(${\1})", config.goal)
    return f"({goal})" if is_expression(config.goal) and is_expression(config.pattern) else goal


def _changes(rope_project: MemoryProject, path: str, body: bytes, config: Config, goal: str) -> tuple[Edit, ...]:
    """What rope changes in a file, for a goal, with the imports that it needs then."""
    from rope.refactor.restructure import Restructure

    from codemods.engines.rope.planning import changed, refusing

    with refusing():
        resource = rope_project.get_resource(path)
        work = Restructure(rope_project, config.pattern, goal, args=config.checks)
        edits = changed({path: body}, work.get_changes(resources=[resource])).get(path, ())
        regions = list(_regions(rope_project, work, resource)) if edits else []
    if not edits:
        return ()
    return tuple(sorted((*needed(body, config.imports), *_by_match(body, edits, regions))))


def _regions(rope_project: MemoryProject, work: Any, resource: Any) -> Iterator[tuple[int, int]]:
    """Where the matches are in a text of rope's, in characters."""
    from rope.refactor import similarfinder

    finder = similarfinder.SimilarFinder(rope_project.get_pymodule(resource), wildcards=work.wildcards)
    for match in finder.get_matches(work.pattern, work.args):
        yield match.get_region()


def _by_match(body: bytes, edits: tuple[Edit, ...], regions: Sequence[tuple[int, int]]) -> tuple[Edit, ...]:
    """The edits, those within one match as one."""
    from codemods.engines.rope.memory import plain

    text, characters = Text(body), plain(body)
    found: list[Edit] = list(edits)
    for region in sorted(regions, key=lambda region: region[0] - region[1]):
        start, end = (text.offset(len(characters[:at].encode())) for at in region)
        inside = [edit for edit in found if start <= edit.start and edit.end <= end]
        if len(inside) > 1:
            first, last = inside[0].start, inside[-1].end
            within = [Edit(edit.start - first, edit.end - first, edit.new) for edit in inside]
            whole = Edit(first, last, spliced(body[first:last], within))
            found = sorted([*(edit for edit in found if edit not in inside), whole])
    return tuple(found)


def _parsed(body: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(body.decode()))
    except SyntaxError:
        return None
