"""`decide`: which edits are made.  Without an origin all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from codemods.bowler_query.config import Config
from codemods.bowler_query.together import together
from codemods.engines.edits import PlacedEdit
from codemods.engines.facts import Decided, Group, Part, Worked, made_or_rejected, plan_of
from codemods.toolkit.codemod import Finding, Plan
from codemods.toolkit.python.definition import Definition
from codemods.toolkit.python.project import Project
from codemods.toolkit.python.spelled import Spelled

_CODES = {"unreadable": "BQ101", "altered": "BQ102", "failed": "BQ103", "remark": "BQ103"}


def demand(project: Project[Worked], config: Config) -> frozenset[str]:
    """Files that the query doesn't work on, but that names lead through."""
    if not config.origin:
        return frozenset()
    definition = Definition(project, config.origin)
    for path, entry in project.entries.items():
        if entry.facts is not None:
            spelled = [group.spelled for group in entry.facts.groups]
            for each in (*spelled, *(mention.spelled for mention in entry.facts.mentions)):
                definition.verdict(path, each)
    return definition.unloaded


def widen(project: Project[Worked], config: Config) -> frozenset[str]:
    """Other names that modules give the definition: a file may know it by one of these alone."""
    if not config.origin:
        return frozenset()
    definition = Definition(project, config.origin)
    return frozenset(
        name
        for path, entry in project.entries.items()
        for name in (entry.names.bindings if entry.names is not None else ())
        if name != config.word and definition.verdict(path, Spelled((name,))).same
    )


def decide(project: Project[Worked], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """What happens to each edit, and why."""
    if not config.origin:
        return plan_of(project, withheld, _CODES)
    definition = Definition(project, config.origin)
    plan = plan_of(project, withheld, _CODES, lambda path, worked: _by_origin(definition, path, worked))
    plan = together(project, definition, plan)
    if definition.known:
        return plan
    nowhere = Finding("BQ106", ".", 0, 0, f"there is no {config.origin}: nothing can lead to it")
    return Plan(plan.parts, plan.sites, (nowhere, *plan.findings))


def _by_origin(definition: Definition, path: str, worked: Worked) -> Iterator[Decided]:
    verdicts = [(group, definition.verdict(path, group.spelled)) for group in worked.groups]
    chosen = [group for group, verdict in verdicts if verdict.same]
    if len(chosen) == len(verdicts):
        yield from map(made_or_rejected, worked.edits)
        return
    clash = _clash(chosen)
    for group, verdict in verdicts:
        for edit in group.edits:
            if verdict.same is None:
                yield Decided(edit, "refused", verdict.reason, "BQ104")
            elif not verdict.same:
                yield Decided(edit, "kept", verdict.reason)
            elif clash:
                yield Decided(edit, "refused", "edits for several names meet at one place", "BQ105")
            else:
                yield made_or_rejected(edit)


def _clash(groups: list[Group]) -> bool:
    """Whether edits that are made for different names touch: what they do together was not seen."""
    spans: list[PlacedEdit] = sorted((edit for group in groups for edit in group.edits), key=_span)
    return any(first.end >= second.start for first, second in pairwise(spans))


def _span(edit: PlacedEdit) -> tuple[int, int]:
    return edit.start, edit.end
