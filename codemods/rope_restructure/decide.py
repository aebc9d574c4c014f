"""`decide`: rope says what matches, and each change is checked for what it means."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from codemods.engines.edits import Text, Trouble, placed
from codemods.engines.facts import Part, Worked, plan_of
from codemods.rope_restructure.collect import Facts
from codemods.rope_restructure.config import WILDCARD, Config, is_expression
from codemods.rope_restructure.needed import needed
from codemods.toolkit.codemod import Edit, Finding, Plan, Source, UsageError
from codemods.toolkit.pipeline.source import line_starts, spliced
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Entry, Module, Project

if TYPE_CHECKING:
    from codemods.engines.rope.memory import MemoryProject

LEFT_OUT = "TK107"
"""The code of files that are there to be read only."""

_CODES = {"unreadable": "RX101", "altered": "RX103", "failed": "RX104", "remark": "RX102"}


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """No further names are looked for: the pattern is about what stands in the text."""
    return frozenset()


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """Modules that names lead through: rope has to know them where `--where` asks what a wildcard is."""
    if not config.pattern or not config.goal:
        raise UsageError("rope_restructure: say what is looked for and what it becomes: 'PATTERN' 'GOAL'")
    if not config.where:
        return frozenset()
    origins = Origins(project)
    for path, entry in project.entries.items():
        for statement in entry.names.imports if entry.names is not None else ():
            module = statement.module if statement.is_from else statement.names[0].name
            found = origins.module(path, statement.level, module)
            if found.status == "module" and found.path.endswith(".py"):
                origins.bound(found.path, "")
            for name in statement.names if statement.is_from else ():
                origins.imported(path, statement.level, statement.module, name.name)
    wanted = origins.unloaded
    for check in config.checks.values():
        dotted = check.rpartition("=")[2]
        for count in range(1, dotted.count(".") + 1):
            found = origins.module("", 0, ".".join(dotted.split(".")[:count]))
            if found.status == "module" and found.path.endswith(".py"):
                wanted.add(found.path)
    return frozenset(wanted - project.entries.keys())


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """The plan: each change of rope's is an edit that is checked, proved and made by the toolkit."""
    from codemods.engines.rope.planning import Refused

    bodies = {
        path: entry.facts.body
        for path, entry in sorted(project.entries.items())
        if entry.facts is not None and entry.facts.trouble is None
    }
    matching = [path for path in bodies if _facts(project, path).matches and withheld.get(path, ("",))[0] != LEFT_OUT]
    try:
        plain = _changes(project, bodies, matching, config, config.goal)
        meant = _changes(project, bodies, list(plain), config, _in_parentheses(config)) if plain else {}
    except Refused as refusal:
        return Plan(findings=(Finding("RX102", ".", 0, 0, str(refusal), failed=True), *_troubles(project)))
    entries = {
        path: Entry(entry.names, _worked(path, entry.facts, plain.get(path, ()), meant.get(path, ())))
        for path, entry in project.entries.items()
        if entry.facts is not None and entry.facts.matches
    }
    worked = Project(project.layout, entries)
    return plan_of(worked, withheld, _CODES)


def _facts(project: Project[Facts], path: str) -> Facts:
    facts = project.entries[path].facts
    if facts is None:
        raise KeyError(path)
    return facts


def _troubles(project: Project[Facts]) -> Iterator[Finding]:
    for path, entry in sorted(project.entries.items()):
        if entry.facts is not None and entry.facts.matches and entry.facts.trouble is not None:
            yield Finding("RX101", path, entry.facts.trouble.line, 0, entry.facts.trouble.message, failed=True)


def _in_parentheses(config: Config) -> str:
    """The goal with all in parentheses that could be read in another way."""
    goal = WILDCARD.sub(r"(${\1})", config.goal)
    return f"({goal})" if is_expression(config.goal) and is_expression(config.pattern) else goal


def _changes(
    project: Project[Facts], bodies: Mapping[str, bytes], paths: Sequence[str], config: Config, goal: str
) -> Mapping[str, tuple[Edit, ...]]:
    """What rope changes in these files, for a goal."""
    from codemods.engines.rope.planning import planned

    if not paths:
        return {}

    regions: dict[str, list[tuple[int, int]]] = {}

    def request(rope_project: MemoryProject) -> Any:
        from rope.refactor.restructure import Restructure

        work = Restructure(rope_project, config.pattern, goal, args=config.checks)
        regions.update(_regions(rope_project, work, paths))
        return work.get_changes(resources=[rope_project.get_resource(path) for path in paths])

    found = planned(bodies, project.layout, request)
    edits = {path: _by_match(bodies[path], each, regions.get(path, ())) for path, each in found.items() if each}
    return {path: tuple(sorted((*needed(bodies[path], config.imports), *each))) for path, each in edits.items()}


def _regions(
    rope_project: MemoryProject, work: Any, paths: Sequence[str]
) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Where the matches are in each text of rope's, in characters."""
    from rope.refactor import similarfinder

    for path in paths:
        module = rope_project.get_pymodule(rope_project.get_resource(path))
        finder = similarfinder.SimilarFinder(module, wildcards=work.wildcards)
        yield path, [match.get_region() for match in finder.get_matches(work.pattern, work.args)]


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


def _worked(path: str, facts: Facts, plain: tuple[Edit, ...], meant: tuple[Edit, ...]) -> Worked:
    """The changes of one file, or why there are none."""
    if facts.trouble is not None:
        return Worked(facts.trouble)
    if not plain:
        return Worked()
    module = Module(Source(path, facts.body), ast.Module([], []), line_starts(facts.body))
    edits = placed(module, plain)
    after, wanted = _parsed(spliced(facts.body, plain)), _parsed(spliced(facts.body, meant))
    if after is None:
        return Worked(Trouble("failed", edits[0].line, "what rope makes of it can't be parsed"))
    if after != wanted:
        message = "the goal would be read in another way here: put its wildcards, or all of it, into parentheses"
        return Worked(Trouble("altered", edits[0].line, message))
    return Worked(edits=edits)


def _parsed(body: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(body.decode()))
    except SyntaxError:
        return None
