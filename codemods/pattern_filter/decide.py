"""`decide`: what happens to each place, and which code a runner needs for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from codemods.pattern_filter.config import Config
from codemods.pattern_filter.facts import KINDS, Facts, Found
from codemods.pattern_filter.generated import needed, whole
from codemods.pattern_filter.part import Around, Change, Elements, GeneratedCode, Part, Reworded
from codemods.toolkit.codemod import Creation, Plan, Site
from codemods.toolkit.python.project import Project

__all__ = ["KINDS", "decide"]


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """What happens to each place, and why."""
    parts: dict[str, Part] = {}
    sites: list[Site] = []
    creations: dict[str, Creation] = {}
    for path, entry in sorted(project.entries.items()):
        if entry.facts is None:
            continue
        file = _File(path, entry.facts, config, _module(project, path, config, withheld), withheld.get(path))
        sites += [file.site(found) for found in entry.facts.found]
        part = file.part()
        if part is not None:
            parts[path] = part
            if part.generated is not None and part.generated.module and file.module.created:
                text = whole(config.policy, config.test_files, config.module.count("."))
                creations[file.module.created] = Creation(text.encode())
        drift = file.drift()
        if drift is not None:
            sites.append(drift)
    return Plan(parts, tuple(sites), creations=creations)


class _Module(msgspec.Struct, frozen=True):
    """The module that functions are imported from: the path where it is `created`, or what is wrong with it."""

    created: str = ""
    problem: tuple[str, str] | None = None


def _module(project: Project[Facts], importer: str, config: Config, withheld: Mapping[str, tuple[str, str]]) -> _Module:
    if config.placement == "inline":
        return _Module()
    path = config.module.replace(".", "/") + ".py"
    found = project.layout.find(config.module, importer)
    if found is not None:
        entry = project.entries.get(found)
        if entry is not None and entry.facts is not None and entry.facts.generated is not None:
            return _Module()
        return _Module(problem=("PF292", f"{found} is another module: choose a name for the generated one"))
    if path in project.layout.paths or project.layout.exists(config.module, importer):
        return _Module(problem=("PF292", f"what {config.module} means can't be told: choose another name"))
    return _Module(created=path, problem=withheld.get(path))


class _File:
    """The decisions about one file, on their way."""

    def __init__(
        self, path: str, facts: Facts, config: Config, module: _Module, withheld: tuple[str, str] | None
    ) -> None:
        self._path = path
        self._facts = facts
        self._config = config
        self.module = module
        self._withheld = withheld
        self._changes: list[Change] = []
        self._needs: set[str] = set()
        self._policy: dict[str, str] = {}
        self._clashing = _clashing([found for found in facts.found if found.code and self._alone(found) is None])

    def site(self, found: Found) -> Site:
        """What happens to one place."""
        site = Site(found.kind, self._path, found.line, found.column, found.name, "right", found.reason)
        if not found.code:
            return site
        problem = self._problem(found)
        if problem is not None:
            return msgspec.structs.replace(site, decision="refused", code=problem[0], reason=problem[1])
        self._changes += (change for change in found.changes if change not in self._changes)
        self._needs |= set(found.needs)
        self._policy |= dict.fromkeys(found.unfiltered, "none")
        return msgspec.structs.replace(site, decision="rewritten", code=found.code)

    def _problem(self, found: Found) -> tuple[str, str] | None:
        if found in self._clashing:
            return "PF290", "another change of this run touches the same place"
        return self._alone(found)

    def _alone(self, found: Found) -> tuple[str, str] | None:
        """Why a place can't be rewritten, whatever happens to the others."""
        if found.refused:
            return found.code, found.reason
        if self._withheld is not None:
            return self._withheld
        return self._unplaceable(found.needs, found.unfiltered)

    def _unplaceable(self, needs: Iterable[str], unfiltered: Iterable[str]) -> tuple[str, str] | None:
        """Why the functions that a change calls can't be had in this file."""
        if not needs:
            return None
        config = self._config
        if config.placement == "module":
            if self.module.problem is not None:
                return self.module.problem
            missing = [each for each in unfiltered if config.policy.get(each) is None]
            if missing:
                return (
                    "PF293",
                    f"the code leaves {missing[0]} unfiltered: say so in [tool.codemods.pattern_filter.policy]",
                )
            return None
        names = needed(needs)
        clash = next((name for name in names if name in self._facts.taken), None)
        if clash is not None:
            return "PF291", f"the module has another {clash}: the generated code can't stand in it"
        return None

    def part(self) -> Part | None:
        """All changes of the file."""
        generated = self._generated_code()
        if not self._changes and generated is None:
            return None
        return Part(tuple(sorted(self._changes, key=lambda change: (change.start, change.end))), generated)

    def drift(self) -> Site | None:
        """The generated code of an earlier run, where its policy table is out of date."""
        generated = self._facts.generated
        if generated is None or self._withheld is not None:
            return None
        wanted = self._table()
        if "CATEGORY_POLICY" not in needed(generated.functions) or wanted == generated.policy:
            return None
        reason = "the policy table is not that of the configuration"
        return Site("policy", self._path, 1, 0, "CATEGORY_POLICY", "rewritten", reason, "PF107")

    def _table(self) -> tuple[tuple[str, str], ...]:
        known = dict(self._facts.generated.policy) if self._facts.generated else {}
        table = {**known, **self._policy, **self._config.policy}
        return tuple(sorted(table.items()))

    def _generated_code(self) -> GeneratedCode | None:
        config, facts = self._config, self._facts
        if config.placement == "module" and facts.generated is None:
            missing = tuple(sorted(self._needs - set(facts.imported)))
            if not missing:
                return None
            return GeneratedCode(facts.insert, facts.insert, missing, (), (), 0, (), config.module)
        generated = facts.generated
        functions = self._needs | (set(generated.functions) if generated else set())
        if not functions or (not self._needs and self.drift() is None):
            return None
        if generated is not None and self._needs <= set(generated.functions) and self._table() == generated.policy:
            return None
        start, end = (generated.start, generated.end) if generated is not None else (facts.insert, facts.insert)
        return GeneratedCode(
            start, end, tuple(sorted(functions)), self._table(), config.test_files, self._path.count("/"), facts.modules
        )


def _clashing(found: Sequence[Found]) -> frozenset[Found]:
    """Places of which no two can be changed together: none is, or the next run would go on where this one stopped."""
    return frozenset(
        each for pair in itertools.combinations(found, 2)
        if any(_overlap(one, other) for one in pair[0].changes for other in pair[1].changes) for each in pair
    )  # fmt: skip


def _overlap(one: Change, other: Change) -> bool:
    if one == other:
        return False
    if (one.start, one.end) == (other.start, other.end):
        return True
    if isinstance(one, Around) or isinstance(other, Around):
        return (one.start < other.start < one.end < other.end) or (other.start < one.start < other.end < one.end)
    if {type(one), type(other)} == {Elements, Reworded}:
        outer, inner = (one, other) if isinstance(one, Elements) else (other, one)
        if outer.start < inner.start and inner.end < outer.end:
            return False  # an element that stays: a list is rendered with the changes within it
    return one.start < other.end and other.start < one.end
