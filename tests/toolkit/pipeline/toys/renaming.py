"""A small codemod for the tests of the pipeline: `from shop.old import Old` becomes `from shop.new import New`.

It has a fault for every promise, switched on by its configuration.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import msgspec

from codemods.toolkit.codemod import Code, Codemod, Creation, Edit, Finding, Plan, Site, Source
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module, Project


class Config(msgspec.Struct, frozen=True):
    """What to rename, and what to do wrong (all of it off)."""

    old: str = "Old"
    new: str = "New"
    prefix: str = ""
    demands: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    creates: dict[str, Creation] = {}
    again: bool = False
    stubborn: bool = False
    wrong: str = ""


class Facts(msgspec.Struct, frozen=True):
    """Spans of the name in one file, the names that it is imported under, the words that were asked for."""

    spans: tuple[tuple[int, int], ...]
    aliases: tuple[str, ...]
    words: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """The edits of one file."""

    edits: tuple[Edit, ...]
    wrong: str


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether the old name occurs."""
    return config.old.encode() in body


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """The spans of the old name, and of the words."""
    if config.wrong == "collect":
        raise LookupError("a bug in collect")
    if config.wrong == "deep":
        raise RecursionError
    found: list[tuple[int, int]] = []
    aliases: list[str] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.alias) and node.name == config.old:
            start, _ = module.span(node)
            found.append((start, start + len(config.old)))
            aliases += [node.asname] if node.asname else []
        elif isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == config.old:
            start = module.source.body.index(config.old.encode(), module.span(node)[0])
            found.append((start, start + len(config.old)))
        elif isinstance(node, ast.Name) and node.id == config.old:
            found.append(module.span(node))
    return Facts(tuple(found), tuple(aliases), tuple(sorted(words)))


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """The names that the old one is imported under."""
    return frozenset(
        alias for entry in project.entries.values() if entry.facts is not None for alias in entry.facts.aliases
    )


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """The next file that the configuration demands: one at a time."""
    missing = [path for path in config.demands if path not in project.entries]
    return frozenset(missing[:1])


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """Rename everywhere."""
    parts: dict[str, Part] = {}
    sites: list[Site] = []
    for path, entry in project.entries.items():
        if entry.facts is None or not entry.facts.spans:
            continue
        refused = path in withheld and not config.stubborn
        for start, _ in entry.facts.spans:
            code, reason = withheld[path] if refused else ("", "renamed")
            sites.append(Site("name", path, 1, start, config.old, "refused" if refused else "rewritten", reason, code))
        if not refused:
            new = config.new.encode()
            parts[path] = Part(tuple(Edit(start, end, new) for start, end in entry.facts.spans), config.wrong)
    deletions = tuple(path for path in config.deletes if path in project.layout.paths and path not in withheld)
    findings = (Finding("RN101", "", 0, 0, "told"),) if config.wrong == "told" else ()
    there = frozenset() if config.again else project.layout.paths
    creations = {path: made for path, made in config.creates.items() if path not in withheld and path not in there}
    return Plan(parts, tuple(sites), findings, (), deletions, creations)


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits as planned, or with a fault."""
    if part.wrong == "rewrite":
        raise LookupError("a bug in rewrite")
    if part.wrong == "rewrite deep":
        raise RecursionError
    if part.wrong == "overlap":
        return (*part.edits, *part.edits)
    if part.wrong == "nothing":
        return tuple(Edit(edit.start, edit.end, source.body[edit.start : edit.end]) for edit in part.edits)
    return part.edits


CODE = Code("RN101", "told", "Something to tell.")

codemod = Codemod(
    name="renaming",
    summary="Rename one name.",
    config=Config,
    facts=Facts,
    part=Part,
    codes=(CODE,),
    relevant=relevant,
    collect=collect,
    widen=widen,
    demand=demand,
    decide=decide,
    rewrite=rewrite,
)
