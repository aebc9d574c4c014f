"""`decide`: rope says what matches, and each change is checked for what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from codemods.engines.facts import Decided, Part, Worked, made_or_rejected, plan_of
from codemods.rope_restructure.collect import Facts
from codemods.rope_restructure.config import Config
from codemods.toolkit.codemod import Finding, Plan, UsageError
from codemods.toolkit.codes import LEFT_OUT
from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Entry, Project

_CODES = {"unreadable": "RX101", "altered": "RX103", "failed": "RX104", "remark": "RX102"}


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """No further names are looked for: the pattern is about what stands in the text."""
    return frozenset()


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """Modules that names lead through: rope has to know them where `--where` asks what a wildcard is."""
    if not config.pattern or not config.goal:
        raise UsageError("rope_restructure: say what is looked for and what it becomes: 'PATTERN' 'GOAL'")
    if not config.follows_names:
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
    facts = {
        path: entry.facts
        for path, entry in sorted(project.entries.items())
        if entry.facts is not None and withheld.get(path, ("",))[0] != LEFT_OUT
    }
    if config.follows_names:
        known = {path: entry.facts for path, entry in project.entries.items() if entry.facts is not None}
        bodies = tuple((path, each.body) for path, each in sorted(known.items()) if each.worked.trouble is None)
        asked = tuple(path for path, each in facts.items() if each.matches and each.worked.trouble is None)
        facts |= _followed(config, project.layout, bodies, asked)
    facts = {path: each for path, each in facts.items() if each.matches}
    entries = {path: Entry(project.entries[path].names, each.worked) for path, each in facts.items()}
    plan = plan_of(Project(project.layout, entries), withheld, _CODES, _decided)
    return replace(plan, findings=(*_refusals(facts), *plan.findings))


def _decided(path: str, worked: Worked) -> Iterator[Decided]:
    """Make each edit, unless a name means something else there."""
    for edit in worked.edits:
        code, _, reason = edit.rejected.partition(" ")
        yield Decided(edit, "refused", reason, code) if code else made_or_rejected(edit)


def _refusals(facts: Mapping[str, Facts]) -> Iterator[Finding]:
    """What rope says; once for all where it says the same of all files."""
    said = {path: each.refusal for path, each in facts.items() if each.refusal}
    if len(said) > 1 and len(said) == len(facts) and len(set(said.values())) == 1:
        said = {".": next(iter(said.values()))}
    yield from (Finding("RX102", path, 0, 0, message, failed=True) for path, message in said.items())


@lru_cache(maxsize=2)
def _followed(
    config: Config, layout: Layout, bodies: tuple[tuple[str, bytes], ...], paths: tuple[str, ...]
) -> Mapping[str, Facts]:
    """What files become, by their paths, where rope has to know others (path, text) as well.

    A plan is made several times for the same files, as changes are withheld, and rope takes its time.
    """
    from codemods.engines.rope.planning import Refused, opened
    from codemods.rope_restructure.matching import worked

    texts = dict(bodies)
    rope_project = opened(texts, layout)
    found: dict[str, Facts] = {}
    for path in paths:
        try:
            found[path] = Facts(True, worked(rope_project, path, texts[path], config))
        except Refused as refusal:
            found[path] = Facts(True, refusal=str(refusal))
    return found
