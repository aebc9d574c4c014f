"""What happens to the old module."""

from __future__ import annotations

from typing import NamedTuple

from codemods.rope_move.context import Context
from codemods.rope_move.draft import hint
from codemods.rope_move.facts import Chain, Definition, Facts
from codemods.rope_move.needs import Modules, Needs, readers
from codemods.rope_move.places import text
from codemods.toolkit.python.names import ModuleNames


class Left(NamedTuple):
    """What the old module is without the definition.

    `keeps` says that it goes on having it while the program runs, `loads` that it imports the new module.
    """

    keeps: bool
    loads: bool


def plan_source(context: Context, modules: Modules, definition: Definition, needs: Needs) -> Left:
    """Take the definition out of the old module, with imports that only it needs; import it back where it is used."""
    names, facts = modules.source
    places = context.places
    draft = context.draft.file(places.source)
    draft.removed = definition.start, definition.end
    rest = readers(facts, definition)
    own = rest.get(context.name, [])
    _belongs(context, own)
    keeps = False
    exported = any(export.name == context.name for export in names.exports or ())
    if exported and not context.keep_alias:
        draft.unexported = context.name
        _unexport(context, names, facts)
    if own or context.keep_alias:
        alias = f"{context.name} as {context.name}" if context.keep_alias and not own and not exported else context.name
        only_hints = (
            bool(own) and not context.keep_alias and not any(chain.eager or not chain.annotation for chain in own)
        )
        statement = f"from {_target_in_source(context, facts)} import {alias}"
        circular = bool(needs.from_source) or _loads(context, modules, names)
        if circular and only_hints:
            hint(draft, names, facts, [statement])
        elif circular:
            _cycle(context, definition, needs, own)
        else:
            draft.head.append(statement)
            keeps = True
    elif needs.from_source and _imports_target(context, facts):
        _cycle(context, definition, needs, own)
    _drop_imports(context, names, facts, definition, needs)
    return Left(keeps, keeps or _imports_target(context, facts))


def _unexport(context: Context, names: ModuleNames, facts: Facts) -> None:
    """Say of each entry of `__all__` that names the definition what becomes of it."""
    for export in names.exports or ():
        if export.name == context.name and export.start in facts.listed:
            at = (export.line, 0)
            context.site("export", context.places.source, at, context.name, "rewritten", "it leaves __all__")
        elif export.name == context.name:
            reason = "`__all__` is put together in a way that can't be edited: take it out there first"
            context.draft.block("export", context.places.source, export.line, 0, context.name, reason, "RM107")


def _belongs(context: Context, own: list[Chain]) -> None:
    """Statements of the old module that are part of what the definition is."""
    path, places = context.places.source, context.places
    for chain in (each for each in own if each.eager):
        registers = len(chain.names) > 1 and chain.names[1] in {"register", "setter"}
        if chain.use == "store" or chain.effect == "changes" or registers:
            reason = f"this changes it while {places.module} is imported: it belongs with it"
            context.draft.block("need", path, chain.line, chain.column, chain.spelled, reason, "RM101")
        elif chain.effect == "acts":
            reason = f"this runs when {places.module} is imported: who imports {places.destination} alone is without it"
            context.site("need", path, (chain.line, chain.column), chain.spelled, "refused", reason, "RM112")


def _target_in_source(context: Context, facts: Facts) -> str:
    relative = context.places.relative(context.places.source)
    if relative is not None and any(statement.level for statement in facts.statements):
        return text(*relative)
    return context.places.destination


def _loads(context: Context, modules: Modules, names: ModuleNames) -> bool:
    """Whether the new module imports the old one already, for anything but the definition."""
    if modules.target is None:
        return False
    facts = modules.target[1]
    for statement in facts.statements:
        if not statement.at_import:
            continue
        if not statement.is_from:
            origins = [context.origins.module(context.places.target, 0, alias.name) for alias in statement.aliases]
        else:
            others = [alias for alias in statement.aliases if alias.name != context.name]
            module = context.origins.module(context.places.target, statement.level, statement.module)
            origins = [module] if others else []
            origins += [
                context.origins.imported(context.places.target, statement.level, statement.module, alias.name)
                for alias in others
            ]
        if any(context.lookups.is_source(origin) for origin in origins):
            only = not statement.is_from and _only_for_it(context, facts)
            if not only:
                return True
    return False


def _only_for_it(context: Context, facts: Facts) -> bool:
    """Whether the new module uses the old one for the definition only."""
    for chain in facts.chains:
        count = context.lookups.through(context.places.target, chain, None) if chain.bound == "module" else 0
        if count and chain.names[count : count + 1] != (context.name,):
            return False
    return True


def _imports_target(context: Context, facts: Facts) -> bool:
    """Whether the old module imports the new one while it is imported, and goes on doing so."""
    for statement in facts.statements:
        if not statement.at_import or not context.places.exists:
            continue
        if statement.is_from:
            origins = [context.origins.module(context.places.source, statement.level, statement.module)]
            origins += [
                context.origins.imported(context.places.source, statement.level, statement.module, alias.name)
                for alias in statement.aliases
            ]
        else:
            origins = [context.origins.module(context.places.source, 0, alias.name) for alias in statement.aliases]
        if any((origin.status, origin.path) == ("module", context.places.target) for origin in origins):
            return True
    return False


def _cycle(context: Context, definition: Definition, needs: Needs, own: list[Chain]) -> None:
    places = context.places
    back = ", ".join(f"`{name}`" for name in sorted(needs.from_source))
    uses = f", and {places.module} still uses it (line {own[0].line})" if own else ""
    if back:
        reason = f"it needs {back} of {places.module}{uses}: the two would import each other; move {back} first"
    else:
        reason = f"{places.destination} imports {places.module}{uses}: the two would import each other"
    context.draft.block(
        "definition",
        places.source,
        definition.line,
        definition.column,
        f"{places.module}:{context.name}",
        reason,
        "RM104",
    )


def _drop_imports(context: Context, names: ModuleNames, facts: Facts, definition: Definition, needs: Needs) -> None:
    """Take away the imports that only the definition needed."""
    rest = readers(facts, definition)
    gone = {name for name in needs.copied if name not in rest and not is_needed(context, names, name)}
    gone |= {
        name
        for name in needs.local
        if name not in rest
        and all(bound.kind in {"import", "from"} for bound in names.bindings.get(name, ()))
        and name in names.bindings
        and not is_needed(context, names, name)
    }
    draft = context.draft.file(context.places.source)
    for statement in facts.statements:
        if statement.function or set(statement.context) - {"typing"}:
            continue
        for index, alias in enumerate(statement.aliases):
            if alias.bound in gone and alias.asname != alias.name and alias.name != "*":
                draft.statement(statement).drop.add(index)


def is_needed(context: Context, names: ModuleNames, name: str) -> bool:
    """Whether others may take a name from the old module."""
    if any(export.name == name for export in names.exports or ()):
        return True
    places = context.places
    if context.project.layout.is_package(places.source):
        return True
    for path, entry in context.project.entries.items():
        if entry.facts is None or path == places.source:
            continue
        for statement in entry.facts.statements:
            taken = statement.is_from and {name, "*"} & {alias.name for alias in statement.aliases}
            if taken and context.lookups.is_source(context.origins.module(path, statement.level, statement.module)):
                return True
        for chain in entry.facts.chains:
            if name in chain.names[1:] and chain.bound == "module" and chain.use not in {"patch", "store"}:
                count = context.lookups.through(path, chain, None)
                if count and chain.names[count : count + 1] == (name,):
                    return True
    return False
