"""`decide`: what happens to each use, and whether the definition can be moved at all.

A move is all or nothing: where anything stands in its way, nothing changes, and what stands there is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from codemods.rope_move.config import Config, last
from codemods.rope_move.context import Context, brought, looked_up
from codemods.rope_move.draft import Draft
from codemods.rope_move.facts import Definition, Facts, Part
from codemods.rope_move.importers import plan_imports, plan_stars
from codemods.rope_move.lookups import Lookups
from codemods.rope_move.namespaces import plan_namespaces
from codemods.rope_move.needs import Modules, Needs, needs_of, readers
from codemods.rope_move.new_module import plan_target
from codemods.rope_move.old_module import is_needed, plan_source
from codemods.rope_move.places import Places, places_of
from codemods.rope_move.references import plan_references
from codemods.rope_move.strings import plan_strings
from codemods.rope_move.texts import places_in_texts
from codemods.toolkit.codemod import Creation, Plan, Site, UsageError
from codemods.toolkit.codes import LEFT_OUT
from codemods.toolkit.python.layout import INIT
from codemods.toolkit.python.names import Import, ModuleNames
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.toolkit.suggest import did_you_mean


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """What others may call the old module, where it isn't by its own name, and the modules that star-import it."""
    origins = Origins(project)
    places = places_of(project, origins, config)
    lookups = Lookups(origins, places, config.name)
    found: set[str] = set()
    for path, entry in project.entries.items():
        if entry.facts is not None and path != places.source:
            found.update(_known_by_others(project, lookups, path, entry.facts))
    return frozenset(found)


def _known_by_others(project: Project[Facts], lookups: Lookups, path: str, facts: Facts) -> Iterator[str]:
    """The names by which others may go through one file."""
    firsts = {chain.names[0] for chain in facts.chains if lookups.name in (*chain.names, chain.attribute)}
    firsts.discard(last(lookups.places.module))
    for statement in (each for each in facts.statements if each.top):
        for alias in statement.aliases:
            if alias.name == "*":
                passes_on = not project.layout.is_package(path)
                if passes_on and lookups.is_module(path, Import(statement.level, statement.module, "")):
                    yield path.removesuffix(".py").rpartition("/")[2]
            elif alias.bound in firsts and alias.asname and lookups.is_module(path, brought(statement, alias)):
                yield alias.bound


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """The two modules, and those that names lead through."""
    origins = Origins(project)
    places = places_of(project, origins, config)
    package = places.target.rpartition("/")[0] + INIT
    wanted = {places.source, *([places.target] if places.exists else [])}
    wanted |= {package} & project.layout.paths
    lookups = Lookups(origins, places, config.name)
    entry = project.entries.get(places.source)
    if entry is None or entry.names is None:
        return frozenset(wanted - project.entries.keys())
    if package in project.entries:
        origins.bound(package, last(places.destination))
    for path, each in project.entries.items():
        if each.facts is not None:
            _follow(project, origins, lookups, path, each.facts, config.name)
    if entry.facts is not None:
        for name in {chain.names[0] for chain in entry.facts.chains}:
            origins.bound(places.source, name)
            if places.exists:
                origins.bound(places.target, name)
    return frozenset((wanted | origins.unloaded) - project.entries.keys())


def _follow(project: Project[Facts], origins: Origins, lookups: Lookups, path: str, facts: Facts, name: str) -> None:
    """Ask for all that the plan will ask for."""
    for statement in facts.statements:
        names = {alias.name for alias in statement.aliases}
        if statement.is_from and names & {name, "*"}:
            origins.imported(path, statement.level, statement.module, name)
    context = Context(project, origins, lookups.places, name, lookups, Draft())
    plan_references(context, path, facts)
    plan_strings(context, path, facts)


def decide(project: Project[Facts], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """The plan.  Raises `UsageError` where there is no such definition."""
    origins = Origins(project)
    places = places_of(project, origins, config)
    names, facts = _known(project, places.source)
    target = _known(project, places.target) if places.exists else None
    definition = facts.definition
    if definition is None:
        return _nothing_to_do(config, places, names, target)
    draft = Draft()
    modules = Modules((names, facts), target)
    needs = needs_of(config.name, definition, modules, places, origins)
    context = _context(project, config, origins, places, draft, needs, (facts, definition))
    _obstacles(context, definition, needs)
    if config.name in names.global_names or (target is not None and config.name in target[0].global_names):
        reason = "a function sets it by `global`: that would set another variable"
        draft.block("definition", places.source, definition.line, definition.column, config.name, reason, "RM101")
    _unparsable(context)
    for path, entry in sorted(project.entries.items()):
        if entry.facts is not None and withheld.get(path, ("",))[0] != LEFT_OUT:
            plan_imports(context, path, entry.facts)
            plan_references(context, path, entry.facts)
            plan_strings(context, path, entry.facts)
    losing = plan_stars(context)
    left = plan_source(context, modules, definition, needs)
    plan_namespaces(context, losing, keeps=left.keeps)
    content = plan_target(context, modules, definition, needs, loaded=left.loads)
    _unguard(context, names)
    return _plan(context, config, (definition, content), withheld)


def _unguard(context: Context, names: ModuleNames) -> None:
    """Take the import of `TYPE_CHECKING` away from files of which the block that it guards is gone."""
    for path, draft in context.draft.files.items():
        facts = context.project.entries[path].facts if path in context.project.entries else None
        if facts is None or not facts.guard or draft.typing:
            continue
        guarded = [statement for statement in facts.statements if statement.context == ("typing",)]
        if not all(each.start in draft.imports and draft.imports[each.start].is_gone for each in guarded):
            continue
        if path == context.places.source and is_needed(context, names, facts.guard):
            continue
        for statement in (each for each in facts.statements if each.top):
            for index, alias in enumerate(statement.aliases):
                if alias.bound == facts.guard:
                    draft.statement(statement).drop.add(index)


def _known(project: Project[Facts], path: str) -> tuple[ModuleNames, Facts]:
    entry = project.entries.get(path)
    if entry is None or entry.names is None or entry.facts is None:
        raise UsageError(f"{path} can't be parsed, so nothing can be moved from it or to it")
    return entry.names, entry.facts


def _nothing_to_do(
    config: Config, places: Places, names: ModuleNames, target: tuple[ModuleNames, Facts] | None
) -> Plan[Part]:
    """The plan where the old module doesn't define the name: it has moved already, or there is none."""
    moved = target[1].definition if target is not None else None
    if moved is not None:
        spelled = f"{config.destination}:{config.name}"
        site = Site("definition", places.target, moved.line, moved.column, spelled, "right", "it has moved already")
        return Plan(sites=(site,))
    bounds = names.bindings.get(config.name, ())
    if bounds:
        where = f"{'.' * bounds[-1].level}{bounds[-1].module}"
        raise UsageError(f"{config.target} is imported there, from {where}: move it from where it is defined")
    known = (
        name for name, found in names.bindings.items() if any(each.kind not in {"import", "from"} for each in found)
    )
    raise UsageError(f"{config.target}: there is no such definition{did_you_mean(config.name, known)}")


def _context(
    project: Project[Facts],
    config: Config,
    origins: Origins,
    places: Places,
    draft: Draft,
    needs: Needs,
    source: tuple[Facts, Definition],
) -> Context:
    facts, definition = source
    lookups = Lookups(origins, places, config.name)
    rest = frozenset(readers(facts, definition))
    context = Context(
        project,
        origins,
        places,
        config.name,
        lookups,
        draft,
        rest,
        frozenset(needs.names),
        keep_alias=config.keep_alias,
    )
    itself = any(
        chain.names[0] == config.name and chain.bound == "module"
        for chain in facts.chains
        if definition.start <= chain.start < definition.end and not chain.annotation
    )
    elsewhere: set[str] = set()
    for path, entry in project.entries.items():
        if entry.facts is not None and path != places.source:
            elsewhere |= looked_up(context, path, entry.facts)
    return Context(
        project, origins, places, config.name, lookups, draft,
        rest | (elsewhere & context.needed), context.needed, itself or config.name in elsewhere, config.keep_alias,
    )  # fmt: skip


def _obstacles(context: Context, definition: Definition, needs: Needs) -> None:
    """What stands in the way in the definition itself."""
    path, name = context.places.source, context.name
    if definition.problem:
        context.draft.block("definition", path, definition.line, definition.column, name, definition.problem, "RM101")
    for obstacle in needs.obstacles:
        context.draft.block("need", path, obstacle.line, obstacle.column, name, obstacle.reason, obstacle.code)
    for told in needs.told:
        context.site("need", path, (told.line, told.column), name, "refused", told.reason, told.code)


def _unparsable(context: Context) -> None:
    """Files that hold the name, and can't be read."""
    for path, entry in context.project.entries.items():
        if entry.names is None:
            reason = "it can't be parsed, and may use the definition: mend it, or leave it out with --exclude"
            context.draft.block("file", path, 1, 0, path, reason, "RM107")


def _plan(
    context: Context,
    config: Config,
    block: tuple[Definition, bytes | None],
    withheld: Mapping[str, tuple[str, str]],
) -> Plan[Part]:
    definition, content = block
    draft, places = context.draft, context.places
    parts = {path: part for path, part in ((path, each.part()) for path, each in sorted(draft.files.items())) if part}
    for path in [*parts, *([places.target] if content is not None else [])]:
        if path in withheld:
            code, reason = withheld[path]
            at = (definition.line, definition.column)
            spelled = f"{places.module}:{context.name}"
            draft.block("definition", places.source, *at, spelled, f"{path}: {reason}", code)
    spelled = f"{places.module}:{context.name}"
    if draft.blockers:
        return Plan(sites=tuple(_refused(draft, places, definition, spelled)))
    moved = Site(
        "definition", places.source, definition.line, definition.column, spelled, "rewritten",
        f"goes to {places.destination}",
    )  # fmt: skip
    sites = [moved, *draft.sites]
    if places.target in parts:
        spelled = f"{places.destination}:{context.name}"
        sites.append(Site("definition", places.target, 1, 0, spelled, "rewritten", f"comes from {places.module}"))
    creations = {places.target: Creation(content)} if content is not None else {}
    findings = () if config.keep_alias else tuple(places_in_texts(context.project.settings, config))
    return Plan(parts, _once(tuple(sites)), findings, creations=creations)


def _refused(draft: Draft, places: Places, definition: Definition, spelled: str) -> Iterator[Site]:
    """The sites of a move that doesn't happen."""
    first = draft.blockers[0]
    reason = f"nothing moves: {first.path}:{first.line}: {first.reason}"
    at_definition = (places.source, definition.line, definition.column)
    if not any(
        (each.kind, each.path, each.line, each.column) == ("definition", *at_definition) for each in draft.blockers
    ):
        yield Site("definition", *at_definition, spelled, "refused", reason, first.code)
    sites = (
        msgspec.structs.replace(site, decision="kept", reason="nothing moves, see the definition", code="")
        if site.decision in {"rewritten", "refused"}
        else site
        for site in draft.sites
    )
    yield from _once((*draft.blockers, *sites))


def _once(sites: tuple[Site, ...]) -> tuple[Site, ...]:
    """Each site once: the first that was noted for a place."""
    found: dict[tuple[str, str, int, int, str], Site] = {}
    for site in sites:
        found.setdefault((site.kind, site.path, site.line, site.column, site.name), site)
    return tuple(found.values())
