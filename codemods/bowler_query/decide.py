"""`decide`: which edits are made.  Without an origin all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import msgspec

from codemods.bowler_query.config import Config
from codemods.engines.edits import PlacedEdit
from codemods.engines.facts import LEFT_OUT, Decided, Group, Part, Worked, made_or_rejected, plan_of
from codemods.toolkit.codemod import Finding, Plan, Site
from codemods.toolkit.python.definition import Definition
from codemods.toolkit.python.project import Project
from codemods.toolkit.python.spelled import Spelled

_CODES = {"unreadable": "BQ101", "altered": "BQ102", "failed": "BQ103", "remark": "BQ103"}
_LEFT_BEHIND = "would stay as it is, and lead to nothing"


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
    missed = _missed(project, definition, plan, withheld)
    if missed:
        plan = _without_rename(plan, missed)
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


class _Missed(NamedTuple):
    """A use of the definition that would stay as it is while the definition gets another name."""

    path: str
    line: int
    column: int
    word: str


def _missed(
    project: Project[Worked], definition: Definition, plan: Plan[Part], withheld: Mapping[str, tuple[str, str]]
) -> list[_Missed]:
    """Uses that the plan leaves behind, where it renames the definition."""
    renames = False
    missed: list[_Missed] = []
    for path, entry in sorted(project.entries.items()):
        if entry.facts is None or withheld.get(path, ("", ""))[0] == LEFT_OUT:
            continue
        edits = plan.parts.get(path, ())
        for mention in entry.facts.mentions:
            if not definition.verdict(path, mention.spelled).same:
                continue
            changes = any(edit.start <= mention.offset < edit.end for edit in edits)
            renames = renames or (changes and mention.defines)
            if not changes:
                missed.append(_Missed(path, mention.line, mention.column, definition.word))
    return missed if renames else []


def _without_rename(plan: Plan[Part], missed: list[_Missed]) -> Plan[Part]:
    """The plan that changes nothing, as the definition would be lost to some of its uses."""
    first = missed[0]
    count = f" and {len(missed) - 1} more" if len(missed) > 1 else ""
    reason = f"{first.path}:{first.line}{count} {_LEFT_BEHIND}"
    sites = [
        msgspec.structs.replace(site, decision="refused", reason=reason, code="BQ107")
        if site.decision == "rewritten"
        else site
        for site in plan.sites
    ]
    sites += (
        Site("use", each.path, each.line, each.column, each.word, "refused", _LEFT_BEHIND, "BQ107") for each in missed
    )
    return Plan({}, tuple(sites), plan.findings)
