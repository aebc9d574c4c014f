"""Import statements that name the definition, and star imports that bring it."""

from __future__ import annotations

from codemods.rope_move.context import Context, takes
from codemods.rope_move.facts import Facts, Statement
from codemods.rope_move.places import text


def plan_imports(context: Context, path: str, facts: Facts) -> None:
    """Plan for the import statements of one file that name the definition."""
    for statement in facts.statements:
        if _may_be_old(context, path, facts, statement):
            continue
        if statement.is_from:
            for index, alias in enumerate(statement.aliases):
                if alias.name == context.name:
                    _import(context, path, facts, statement, index)


def _may_be_old(context: Context, path: str, facts: Facts, statement: Statement) -> bool:
    """Whether a statement may import the old module by a name that no source root knows: nothing moves then."""
    names = [alias.name for alias in statement.aliases]
    if statement.level or (not facts.mentions and names != ["*"]):
        return False
    modules = [statement.module, *(f"{statement.module}.{name}" for name in names)] if statement.is_from else names
    for module in modules:
        if context.lookups.may_be_source(path, module):
            reason = (
                f"`{module}` may be {context.places.source} here: name its source root (`roots` in [tool.codemods])"
            )
            context.draft.block("import", path, statement.line, statement.column, module, reason, "RM107")
            return True
    return False


def _import(context: Context, path: str, facts: Facts, statement: Statement, index: int) -> None:
    alias = statement.aliases[index]
    at = (statement.line, statement.column)
    spelled = f"from {text(statement.level, statement.module)} import {alias.text}"
    module = context.origins.module(path, statement.level, statement.module)
    if not context.lookups.is_source(module):
        origin = context.origins.imported(path, statement.level, statement.module, alias.name)
        same = origin.key == context.lookups.definition.key and not origin.nowhere
        reason = f"it comes through {module.path}, which still has it" if same else "it is another definition"
        context.site("import", path, at, spelled, "kept", reason)
        return
    if path == context.places.source:
        reason = "it is imported from the module itself: take that away first"
        context.draft.block("import", path, *at, spelled, reason, "RM107")
        return
    if path == context.places.target:
        if alias.bound != context.name:
            reason = f"the new module knows it as `{alias.asname}`: use its own name there first"
            context.draft.block("import", path, *at, spelled, reason, "RM102")
            return
        context.draft.file(path).statement(statement).drop.add(index)
        context.site("import", path, at, spelled, "rewritten", "it is defined here")
        return
    new = context.places.spelled(path, statement.level, statement.module)
    if new is None:
        reason = f"how {context.places.destination} is imported here can't be told"
        context.draft.block("import", path, *at, spelled, reason, "RM107")
        return
    _from(context, path, facts, statement, index, text(*new))
    context.site("import", path, at, spelled, "rewritten", f"now imported from {text(*new)}")


def _from(context: Context, path: str, facts: Facts, statement: Statement, index: int, module: str) -> None:
    """Have a name of a statement imported from another module."""
    draft = context.draft.file(path).statement(statement)
    alias = statement.aliases[index]
    if len(statement.aliases) == 1:
        draft.module = module
        return
    draft.drop.add(index)
    near = _near(context, path, facts, statement)
    if near is None:
        draft.after.append(f"from {module} import {alias.text}")
    elif all(each.text != alias.text for each in near.aliases):
        context.draft.file(path).statement(near).append.append(alias.text)


def _near(context: Context, path: str, facts: Facts, statement: Statement) -> Statement | None:
    """A statement that comes first in the same block and imports from the new module already."""
    for each in facts.statements:
        same = (each.block, each.context, each.function) == (statement.block, statement.context, statement.function)
        if each.is_from and same and each.start < statement.start and each.aliases[0].name != "*":
            origin = context.origins.module(path, each.level, each.module)
            if context.places.exists and (origin.status, origin.path) == ("module", context.places.target):
                return each
    return None


# -- star imports


def plan_stars(context: Context) -> frozenset[str]:
    """Have modules that star-import the old one import the definition by its name, where it is used through them.

    Returns those that no longer have it.
    """
    givers = dict(_stars(context))
    needed: set[str] = set()
    while True:
        more = {path for path in givers if path not in needed and _is_needed(context, path, needed)}
        if not more:
            break
        needed |= more
    for path in sorted(needed):
        statement = givers[path]
        if not context.lookups.is_source(context.origins.module(path, statement.level, statement.module)):
            continue  # it comes through another module, which has it
        at = (statement.line, statement.column)
        spelled = f"from {text(statement.level, statement.module)} import *"
        new = context.places.spelled(path, statement.level, statement.module)
        if path == context.places.target:
            context.site("import", path, at, spelled, "kept", "it is defined here")
        elif new is None:
            reason = f"how {context.places.destination} is imported here can't be told"
            context.draft.block("import", path, *at, spelled, reason, "RM107")
        else:
            draft = context.draft.file(path).statement(statement)
            alone = not _is_used(context, path) and not any(
                _imports(context, other, each.facts, path, needed)
                for other, each in context.project.entries.items()
                if other != path and each.facts is not None
            )
            name = f"{context.name} as {context.name}" if alone else context.name
            draft.after.append(f"from {text(*new)} import {name}")
            context.site("import", path, at, spelled, "rewritten", "the star no longer brings it")
    return frozenset(givers.keys() - needed - {context.places.target})


def _stars(context: Context) -> list[tuple[str, Statement]]:
    """The modules that have the definition by a star import, and that import."""
    found: list[tuple[str, Statement]] = []
    for path, entry in context.project.entries.items():
        if entry.facts is None or entry.names is None or path == context.places.source:
            continue
        if any(_is_by_name(context, path, statement) for statement in entry.facts.statements):
            continue
        for statement in entry.facts.statements:
            if statement.is_from and statement.aliases[0].name == "*" and not statement.function:
                origin = context.origins.bound(path, context.name)
                module = context.origins.module(path, statement.level, statement.module)
                through = context.origins.imported(path, statement.level, statement.module, context.name)
                same = through.key == context.lookups.definition.key and not through.nowhere
                stays = origin.key == through.key or origin.status == "ambiguous"
                if module.status == "module" and same and stays:
                    found.append((path, statement))
                    break
    return found


def _is_by_name(context: Context, path: str, statement: Statement) -> bool:
    """Whether an import at the top level brings the definition by its name in any case."""
    if not statement.top or not statement.is_from or context.name not in {alias.bound for alias in statement.aliases}:
        return False
    origin = context.origins.imported(path, statement.level, statement.module, context.name)
    return origin.key == context.lookups.definition.key


def _is_needed(context: Context, path: str, needed: set[str]) -> bool:
    """Whether a module with a star import has to have the definition."""
    return _is_used(context, path) or any(
        other != path
        and entry.facts is not None
        and (
            _imports(context, other, entry.facts, path, needed)
            or takes(context, other, entry.facts, path, context.name)
        )
        for other, entry in context.project.entries.items()
    )


def _is_used(context: Context, path: str) -> bool:
    """Whether a module uses the definition itself, or is there to pass it on."""
    entry = context.project.entries[path]
    if entry.facts is None or entry.names is None:
        return False
    if context.project.layout.is_package(path):
        return True
    if any(chain.names[0] == context.name and chain.bound == "module" for chain in entry.facts.chains):
        return True
    return any(export.name == context.name for export in entry.names.exports or ())


def _imports(context: Context, path: str, facts: Facts, giver: str, needed: set[str]) -> bool:
    """Whether a file imports the definition from another one."""
    for statement in facts.statements:
        if not statement.is_from:
            continue
        names = {alias.name for alias in statement.aliases}
        if names & {context.name, "*"}:
            origin = context.origins.module(path, statement.level, statement.module)
            if origin.path == giver and (context.name in names or path in needed):
                return True
    return False
