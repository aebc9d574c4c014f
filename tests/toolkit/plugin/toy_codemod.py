"""A codemod of somebody else's, installed beside this package: `old` becomes `new`, line by line.

A line with `# keep` stays, one with `# refuse` is refused (TY101).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from codemods.toolkit.codemod import Code, Codemod, Decision, Edit, Finding, Measure, Option, Plan, Site, Source, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codemods.toolkit.python.names import ModuleNames
    from codemods.toolkit.python.project import Module, Project


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the name becomes, and how often; `note` is for whoever asks."""

    new: str = "new"
    note: tuple[str, ...] = ()
    most: int = 1000
    told: bool = False


class Word(msgspec.Struct, frozen=True):
    """One place of a word."""

    start: int
    line: int
    column: int
    decision: Decision


Words = tuple[Word, ...]


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether one of the words can occur."""
    del config, words
    return b"old" in body or b"new" in body


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Words:
    """All places of both words."""
    del names, words
    found: list[Word] = []
    start = 0
    for number, line in enumerate(module.source.body.split(b"\n"), 1):
        for match in re.finditer(rb"\b(old|%s)\b" % config.new.encode(), line):
            decision: Decision = "rewritten"
            if match[0] != b"old":
                decision = "right"
            elif b"# keep" in line:
                decision = "kept"
            elif b"# refuse" in line:
                decision = "refused"
            found.append(Word(start + match.start(), number, match.start(), decision))
        start += len(line) + 1
    return tuple(found)


def decide(project: Project[Words], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[tuple[Edit, ...]]:
    """Rename where nothing speaks against it."""
    parts: dict[str, tuple[Edit, ...]] = {}
    sites: list[Site] = []
    for path, entry in sorted(project.entries.items()):
        for word in entry.facts or ():
            code = "TY101" if word.decision == "refused" else ""
            sites.append(Site("name", path, word.line, word.column, "old", word.decision, f"is {word.decision}", code))
            if word.decision == "rewritten" and path not in withheld:
                edit = Edit(word.start, word.start + 3, config.new.encode())
                parts[path] = (*parts.get(path, ()), edit)
    findings = (Finding("TY102", "a.py", 1, 0, "told"),) if config.told else ()
    return Plan(parts, tuple(sites), findings, (Measure("old names", len(sites), 0),))


def rewrite(source: Source, part: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits as planned."""
    del source
    return part


def words_of(project: Project[Words], config: Config) -> str:
    """How often each file says it."""
    del config
    return "".join(f"{path}: {len(entry.facts or ())}\n" for path, entry in sorted(project.entries.items()))


codemod = Codemod(
    name="toy",
    summary="Rename old to new.",
    config=Config,
    facts=Words,
    part=tuple[Edit, ...],
    codes=(Code("TY101", "old on purpose", "Somebody wrote `# refuse`.\n"), Code("TY102", "told", "Told.\n")),
    relevant=relevant,
    collect=collect,
    widen=lambda project, config: frozenset(),
    demand=lambda project, config: frozenset(),
    decide=decide,
    rewrite=rewrite,
    options=(
        Option("--new", "new", "NAME", "what it becomes"),
        Option("--most", "most", "N", "how often"),
        Option("--told", "told", "", "tell", switch=True),
    ),
    views=(View("--words", "show how often each file says it", words_of),),
    kinds=("name",),
)
