"""A definition and its uses change together, or not at all.

Where the query changes what a name is defined as (its name, its parameters), each use that would stay as it is would
fail.  So does one that may be a use, for all that is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from codemods.engines.edits import PlacedEdit
from codemods.engines.facts import Mention, Part, Worked
from codemods.toolkit.codemod import Edit, Plan, Site
from codemods.toolkit.python.definition import Definition, Verdict
from codemods.toolkit.python.project import Project

_LOST = "would stay as it is, and lead to nothing"
_STAYS = "would stay as it is"
_MAY_STAY = "may be it, and would stay as it is"


class _Use(NamedTuple):
    """A place that is a use of the definition, or may be one.

    `word` is what stands there, `edits` are all that the query makes in the file, `asked` says that it makes some for
    what is spelled the same.
    """

    path: str
    word: str
    mention: Mention
    verdict: Verdict
    edits: Sequence[PlacedEdit]
    asked: bool

    @property
    def is_definition(self) -> bool:
        return self.mention.form == "definition" and self.verdict.same is True

    @property
    def form(self) -> tuple[str, str]:
        """As what it stands there, and under which name."""
        return self.mention.form, self.word

    @property
    def is_of_object(self) -> bool:
        """Whether it is an attribute of what may be anything."""
        return self.verdict.of_object or not self.mention.spelled.names

    def site(self, reason: str) -> Site:
        code = "BQ107" if self.verdict.same else "BQ104"
        return Site("use", self.path, self.mention.line, self.mention.column, self.word, "refused", reason, code)


def together(project: Project[Worked], definition: Definition, plan: Plan[Part]) -> Plan[Part]:
    """The plan, with the uses that it leaves behind; without any change where these would fail."""
    uses = list(_uses(project, definition))
    renames = any(use.is_definition and _loses_name(use, definition.word) for use in uses)
    left = list(_not_renamed(uses, definition.word, plan) if renames else _not_adapted(project, definition, uses, plan))
    plan = _with_sites(plan, left, renames)
    failing = [use for use in left if use.verdict.same or definition.is_attribute or not use.is_of_object]
    if failing and any(use.is_definition and _is_changed(use.mention, use.edits) for use in uses):
        return _unchanged(plan, failing, renames)
    return plan


def _not_renamed(uses: Iterable[_Use], old: str, plan: Plan[Part]) -> Iterator[_Use]:
    """Uses that keep the old name.  Other names for the same (`import ... as`) can stay."""
    return (use for use in uses if use.word == old and not _covered(use.mention, plan.parts.get(use.path, ())))


def _not_adapted(
    project: Project[Worked], definition: Definition, uses: Sequence[_Use], plan: Plan[Part]
) -> Iterator[_Use]:
    """Uses that the query doesn't see although it changes others of their form, and those whose edits are refused."""
    if not _changes_uses(project, definition, uses):
        return
    forms = {use.form for use in uses if use.mention.seen and use.verdict.same}
    refused = {site.path for site in plan.sites if site.decision == "refused" and site.code != "BQ104"}
    for use in uses:
        unseen = use.form in forms and not use.mention.seen
        if unseen or (use.asked and (use.verdict.same is None or use.path in refused)):
            yield use


def _uses(project: Project[Worked], definition: Definition) -> Iterator[_Use]:
    for path, entry in sorted(project.entries.items()):
        if entry.facts is None:
            continue
        asked = {group.spelled for group in entry.facts.groups if group.edits}
        for mention in entry.facts.mentions:
            verdict = definition.verdict(path, mention.spelled)
            if verdict.same is not False:
                word = mention.spelled.names[-1] if mention.spelled.names else definition.word
                yield _Use(path, word, mention, verdict, entry.facts.edits, mention.spelled in asked)


def _covered(mention: Mention, edits: Iterable[PlacedEdit | Edit]) -> bool:
    """Whether the word itself is changed."""
    return any(edit.start <= mention.offset < edit.end for edit in edits)


def _is_changed(mention: Mention, edits: Iterable[PlacedEdit]) -> bool:
    """Whether a definition is changed: its name, its parameters, its bases."""
    return _covered(mention, edits) or any(mention.offset < edit.end and edit.start < mention.end for edit in edits)


def _loses_name(use: _Use, word: str) -> bool:
    """Whether a definition gets another name, and none of its own takes its place (as a property does)."""
    name = re.escape(word.encode())
    defines = re.compile(rb"(?:def|class)[ \t]+" + name + rb"(?!\w)|^[ \t]*" + name + rb"[ \t]*[:=](?!=)", re.MULTILINE)
    return _covered(use.mention, use.edits) and not any(defines.search(edit.new) for edit in use.edits)


def _changes_uses(project: Project[Worked], definition: Definition, uses: Sequence[_Use]) -> bool:
    """Whether the query makes edits for uses of the definition, and not for the definition alone."""
    definitions = [use for use in uses if use.is_definition]
    return any(
        not any(use.path == path and _is_changed(use.mention, [edit]) for use in definitions)
        for path, entry in project.entries.items()
        for group in (entry.facts.groups if entry.facts is not None else ())
        if definition.verdict(path, group.spelled).same is not False
        for edit in group.edits
    )


def _with_sites(plan: Plan[Part], left: Iterable[_Use], renames: bool) -> Plan[Part]:
    """The plan with a site for each use that stays, unless it has that of an edit already."""
    stays = _LOST if renames else "a use that the query doesn't see, where it sees others"
    listed = {site.path for site in plan.sites}  # the edits of files that may not change are not
    sites = [
        use.site(stays if use.verdict.same else use.verdict.reason)
        for use in left
        if use.path not in listed or not (_covered(use.mention, use.edits) or (use.asked and not renames))
    ]
    return Plan(plan.parts, (*plan.sites, *sites), plan.findings)


def _unchanged(plan: Plan[Part], failing: Sequence[_Use], renames: bool) -> Plan[Part]:
    """The plan that changes nothing, as these uses would fail."""
    sure = [use for use in failing if use.verdict.same]
    first = (sure or failing)[0]
    count = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
    what = _MAY_STAY if not sure else _LOST if renames else _STAYS
    reason = f"{first.path}:{first.mention.line}{count} {what}"
    sites = (
        msgspec.structs.replace(site, decision="refused", reason=reason, code="BQ107" if sure else "BQ104")
        if site.decision == "rewritten"
        else site
        for site in plan.sites
    )
    return Plan({}, tuple(sites), plan.findings)
