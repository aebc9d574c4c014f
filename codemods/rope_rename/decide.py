"""`decide`: what happens to each mention, and why.  The rename is made as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from codemods.rope_rename.clashes import clash_in
from codemods.rope_rename.config import Config
from codemods.rope_rename.modules import ModuleVerdicts, created, init_of, new_path
from codemods.rope_rename.obstacles import Found, Obstacle, Obstacles
from codemods.rope_rename.target import Search, Target
from codemods.rope_rename.texts import mentions_in_texts
from codemods.rope_rename.verdicts import DICTIONARIES, DOUBLES, Verdict, Verdicts
from codemods.toolkit.codemod import Decision, Edit, Finding, Plan, Site, UsageError
from codemods.toolkit.codes import LEFT_OUT
from codemods.toolkit.pipeline.source import Unreadable
from codemods.toolkit.python.mentions.classes import Classes, Key
from codemods.toolkit.python.mentions.facts import Facts, Form, Mention
from codemods.toolkit.python.mentions.heirs import files_of_heirs
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

Part: TypeAlias = tuple[Edit, ...]
KINDS = ("definition", "reference", "import", "keyword", "string", "mention")

_LINK = ": a link"
"""How the reason ends for a file that changes as the one that it is a link to."""

_KINDS: Mapping[Form, str] = {
    "definition": "definition", "parameter": "definition", "name": "reference", "attribute": "reference",
    "global": "reference", "other": "reference", "import": "import", "as": "import", "module part": "import",
    "keyword": "keyword", "export": "string", "annotation": "string", "target": "string", "key": "string",
    "string": "string", "word": "mention", "comment": "mention",
}  # fmt: skip
_TEXTS = frozenset({"string", "word", "comment"})
_ASKED = frozenset({"attribute", "keyword"})


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """The module of the definition, and modules that names lead through."""
    origins = Origins(project)
    search = Search(project, origins, Classes(project, origins), config)
    if search.path not in project.entries:
        return frozenset({search.path})
    try:
        decision = _Decision(project, config, {}, origins)
    except UsageError:  # it is raised again when there is no more to know
        return frozenset(origins.unloaded)
    if decision.target is not None:
        for path, facts in decision.files.items():
            for mention in facts.mentions:
                decision.verdicts.of(path, mention)
        target = decision.target
        if target.kind == "module":
            return frozenset((*origins.unloaded, *init_of(project.layout, target.path)))
        family = target.family or frozenset(Key(path, names[:-1]) for path, names in target.functions)
        return frozenset((*origins.unloaded, *files_of_heirs(project, decision.classes, family)))
    return frozenset(origins.unloaded)


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """No further names are looked for: `demand` asks for the files with classes that inherit."""
    return frozenset()


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """The plan.  Raises `UsageError` when there is nothing of that name, under its old or its new name."""
    decision = _Decision(project, config, withheld, Origins(project))
    return decision.plan() if decision.target is not None else Plan(sites=(_renamed_already(project, config),))


def _renamed_already(project: Project[Facts], config: Config) -> Site:
    origins = Origins(project)
    path = Search(project, origins, Classes(project, origins), config).path
    if config.is_module:
        return Site("definition", path, 1, 0, config.module, "right", "it has that name")
    names = project.entries[path].names
    first = config.names[0] if len(config.names) > 1 else config.new_name
    bound = names.bindings.get(first, ()) if names is not None else ()
    line = bound[0].line if bound else 1
    return Site("definition", path, line, 0, config.new_name, "right", "it has that name")


class _Decision:
    """One run of `decide`: what was found out so far, and the steps in their order."""

    def __init__(
        self, project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]], origins: Origins
    ) -> None:
        self.project = project
        self.config = config
        self.withheld = withheld
        self.classes = Classes(project, origins)
        self.files = {
            path: entry.facts
            for path, entry in sorted(project.entries.items())
            if entry.facts is not None and entry.names is not None
        }
        found = Search(project, origins, self.classes, config).target()
        self.target = found
        self._target = found or Target("variable", "", (config.old_name,))
        self._origins = origins
        self.verdicts = self._judge(frozenset())
        self.findings: list[Finding] = []

    def _judge(self, blocked: frozenset[str]) -> Verdicts | ModuleVerdicts:
        """Who says what mentions are."""
        if self._target.kind == "module":
            return ModuleVerdicts(self.project, self._origins, self._target, blocked)
        word = self._target.names[-1]
        return Verdicts(self.project, self._origins, self.classes, self._target, word, blocked)

    def plan(self) -> Plan[Part]:
        """The plan."""
        verdicts, aliased, obstacle = self._own_verdicts()
        verdicts = self._asked_rope(verdicts)
        obstacles = Obstacles(
            self.project, self.config, self.withheld, self.classes, self._target, self.verdicts, self._origins
        )
        obstacle = obstacle or obstacles.first(verdicts, aliased)
        concerned = {
            path for path, found in verdicts.items() if any(verdict.is_it == "same" for _mention, verdict in found)
        }
        sites: list[Site] = []
        parts: dict[str, list[Edit]] = {}
        for path, found in verdicts.items():
            kept = self.withheld.get(path)
            if kept is not None and kept[1].endswith(_LINK):
                continue
            for mention, verdict in found:
                site, edit = self._decided(path, mention, verdict, aliased, concerned)
                if kept is not None and kept[0] == LEFT_OUT and site.decision != "rewritten":
                    continue
                sites.append(site)
                if edit is not None:
                    parts.setdefault(path, []).append(edit)
                    if kept is not None and obstacle is None:
                        obstacle = Obstacle(path, mention.line, "RR102", f"is a use, and can't change: {kept[1]}")
        texts = mentions_in_texts(self.project.settings, self.config)
        findings = (*self.findings, *obstacles.findings, *texts)
        edits = {path: tuple(sorted(found)) for path, found in parts.items()}
        if self._target.kind != "module":
            return (
                _withdrawn(sites, findings, obstacle) if obstacle is not None else Plan(edits, tuple(sites), findings)
            )
        return self._moved(edits, sites, findings, obstacle)

    def _moved(
        self, edits: dict[str, Part], sites: list[Site], findings: tuple[Finding, ...], obstacle: Obstacle | None
    ) -> Plan[Part]:
        """The plan for a module: its file goes, and comes under its new name."""
        path = self._target.path
        to = new_path(path, self.config.new_name)
        sites.insert(0, Site("definition", path, 1, 0, self.config.module, "rewritten", f"becomes {to}"))
        if obstacle is None:
            try:
                creation = created(self.files[path], path, edits.pop(path, ()))
            except Unreadable as problem:
                obstacle = Obstacle(path, problem.line, "RR102", problem.message)
            else:
                return Plan(edits, tuple(sites), findings, deletions=(path,), creations={to: creation})
        return _withdrawn(sites, findings, obstacle)

    def _own_verdicts(self) -> tuple[Found, frozenset[tuple[str, int]], Obstacle | None]:
        """What the toolkit can tell: a module that keeps the name has it for those, too, that import it from there."""
        blocked: frozenset[str] = frozenset()
        while True:
            verdicts = {
                path: [(mention, self.verdicts.of(path, mention)) for mention in facts.mentions]
                for path, facts in self.files.items()
            }
            aliased, obstacle = self._variables(verdicts)
            more = blocked | {path for path, variable in aliased if variable == 0}
            if more == blocked or self._target.kind not in {"variable", "module"}:
                return verdicts, aliased, obstacle
            blocked = more
            self.verdicts = self._judge(blocked)

    def _asked_rope(self, verdicts: Found) -> Found:
        """The same, where rope was asked about what nobody else can tell."""
        forks = frozenset(name for facts in self.files.values() for name in facts.forks)
        places = {
            path: [mention for mention, verdict in found if _is_for_rope(mention, verdict, forks)]
            for path, found in verdicts.items()
        }
        places = {path: mentions for path, mentions in places.items() if mentions}
        if not places or self._target.kind == "module":
            return verdicts
        from codemods.engines.rope.occurrences import Occurrences
        from codemods.engines.rope.readable import unreadable

        definitions = [
            (path, mention.offset)
            for path, found in verdicts.items()
            for mention, verdict in found
            if verdict.is_it == "same" and mention.form in {"definition", "parameter"}
        ] or [
            (path, mention.offset)
            for path, found in verdicts.items()
            for mention, verdict in found
            if verdict.is_it == "same" and path == self._target.path
        ]
        rope = Occurrences({path: facts.body for path, facts in self.files.items()}, self.project.layout, definitions)
        answers: dict[tuple[str, int], Verdict] = {}
        for path, mentions in places.items():
            problem = unreadable(self.files[path].body)
            if problem is not None:
                self.findings.append(Finding("RR108", path, problem.line, 0, problem.message))
                continue
            for mention in mentions:
                answer = rope.at(path, mention.offset)
                if answer.is_it != "unknown":
                    answers[path, mention.offset] = Verdict(*answer)
        return {
            path: [(mention, answers.get((path, mention.offset), verdict)) for mention, verdict in found]
            for path, found in verdicts.items()
        }

    def _variables(self, verdicts: Found) -> tuple[frozenset[tuple[str, int]], Obstacle | None]:
        """Variables (path, scope) that keep their name, as an import gives them the old one; and what is in the way."""
        groups: dict[tuple[str, int], list[tuple[Mention, Verdict]]] = {}
        for path, found in verdicts.items():
            for mention, verdict in found:
                if mention.variable >= 0:
                    groups.setdefault((path, mention.variable), []).append((mention, verdict))
        aliased: set[tuple[str, int]] = set()
        for (path, variable), group in groups.items():
            same = [mention for mention, verdict in group if verdict.is_it == "same"]
            if not same:
                continue
            clash = clash_in(self.files[path], variable, same, self.config.new_name)
            bound = [(mention, verdict) for mention, verdict in group if mention.form not in {"global", "annotation"}]
            imports = [mention for mention in same if mention.bare]
            attribute = bool(imports) and self.files[path].scopes[variable].kind == "class"
            if clash is None and not attribute and all(verdict.is_it == "same" for _mention, verdict in bound):
                continue
            own = any(mention.form in {"definition", "parameter"} for mention in same)
            if imports and not own:
                aliased.add((path, variable))
            else:
                line, reason = clash or (same[0].line, f"`{self.config.old_name}` is bound to something else there too")
                return frozenset(), Obstacle(path, line, "RR101", reason)
        return frozenset(aliased), None

    def _decided(
        self, path: str, mention: Mention, verdict: Verdict, aliased: frozenset[tuple[str, int]], concerned: set[str]
    ) -> tuple[Site, Edit | None]:
        decision, reason, code = self._decision(path, mention, verdict, concerned)
        new = self.config.new_name
        if decision == "rewritten" and (path, mention.variable) in aliased:
            if mention.bare:
                new = f"{new} as {self.config.old_name}"
            else:
                decision, reason = "kept", "the import gives it that name still"
        site = Site(
            _KINDS[mention.form], path, mention.line, mention.column, self.config.old_name, decision, reason, code
        )
        if decision != "rewritten":
            return site, None
        end = mention.offset + len(self.config.old_name.encode())
        return site, Edit(mention.offset, end, new.encode())

    def _decision(
        self, path: str, mention: Mention, verdict: Verdict, concerned: set[str]
    ) -> tuple[Decision, str, str]:
        match verdict.is_it:
            case "other":
                return "kept", verdict.reason, ""
            case "same" if mention.form == "string":
                return "refused", f"{verdict.reason}, but it is not known what the string is for", "RR105"
            case "same":
                return "rewritten", verdict.reason, ""
        if mention.form in {"key", "string"}:
            return "refused", verdict.reason, "RR105"
        if mention.form in _TEXTS:
            if path in concerned:
                return "refused", verdict.reason, "RR106"
            return "kept", f"{verdict.reason} of a file that has no use of the definition", ""
        return "refused", verdict.reason, "RR104"


def _is_for_rope(mention: Mention, verdict: Verdict, forks: frozenset[str]) -> bool:
    """Whether rope can tell: it takes what a function returns first for all that it returns."""
    if verdict.is_it != "unknown" or verdict.final:
        return False
    steps = {step.removeprefix("await ").removesuffix("()") for step in mention.ref.receiver if step.endswith("()")}
    if mention.ref.via in {"made", "awaited", "entered"}:
        steps |= set(mention.ref.names[-1:])
    special = mention.called in DOUBLES | DICTIONARIES
    return mention.firm and mention.form in _ASKED and forks.isdisjoint(steps) and not special


def _withdrawn(sites: list[Site], findings: tuple[Finding, ...], obstacle: Obstacle) -> Plan[Part]:
    """The plan that changes nothing, and says why in one place."""
    told = Finding(obstacle.code, obstacle.path, obstacle.line, 0, f"nothing is renamed: {obstacle.reason}")
    return Plan({}, tuple(_refused(site, obstacle) for site in sites), (told, *findings))


def _refused(site: Site, obstacle: Obstacle) -> Site:
    if site.decision != "rewritten":
        return site
    reason = f"{obstacle.path}:{obstacle.line} {obstacle.reason}"
    return msgspec.structs.replace(site, decision="refused", reason=reason, code=obstacle.code)
