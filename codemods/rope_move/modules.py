"""What happens to the old and to the new module."""

from __future__ import annotations

from codemods.rope_move.context import Context
from codemods.rope_move.definition import is_function_or_class
from codemods.rope_move.draft import FileDraft
from codemods.rope_move.facts import Chain, Definition, Facts
from codemods.rope_move.head import grouped, merged
from codemods.rope_move.needs import Modules, Needs, readers, spelled_in_target
from codemods.rope_move.places import text
from codemods.toolkit.codemod import Edit
from codemods.toolkit.pipeline.source import spliced
from codemods.toolkit.python.names import ModuleNames

_BOM = b"\xef\xbb\xbf"
_PLAIN_DECORATORS = frozenset({
    "dataclass", "dataclasses.dataclass", "staticmethod", "classmethod", "property", "overload", "typing.overload",
    "contextmanager", "contextlib.contextmanager", "asynccontextmanager", "contextlib.asynccontextmanager", "wraps",
    "functools.wraps", "lru_cache", "functools.lru_cache", "cache", "functools.cache", "total_ordering", "final",
    "functools.total_ordering", "typing.final", "runtime_checkable", "typing.runtime_checkable", "unique",
    "enum.unique", "singledispatch", "functools.singledispatch", "override", "typing.override", "deprecated",
})  # fmt: skip
"""Decorators that do nothing to anything but what they decorate."""


# -- the old module


def plan_source(context: Context, modules: Modules, definition: Definition, needs: Needs) -> bool:
    """Take the definition out of the old module, with imports that only it needs; import it back where it is used.

    Says whether the old module goes on having it while the program runs.
    """
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
            _hint(draft, names, facts, [statement])
        elif circular:
            _cycle(context, definition, needs, own)
        else:
            draft.head.append(statement)
            keeps = True
    elif needs.from_source and _imports_target(context, facts):
        _cycle(context, definition, needs, own)
    _drop_imports(context, names, facts, definition, needs)
    return keeps


def _unexport(context: Context, names: ModuleNames, facts: Facts) -> None:
    """Say of each entry of `__all__` that names the definition what becomes of it."""
    for export in names.exports or ():
        if export.name == context.name and export.start in facts.listed:
            at = (export.line, 0)
            context.site("export", context.places.source, at, context.name, "rewritten", "it leaves __all__")
        elif export.name == context.name:
            reason = "`__all__` is put together in a way that can't be edited: take it out there first"
            context.draft.block("export", context.places.source, export.line, 0, context.name, reason, "RM107")


def _hint(draft: FileDraft, names: ModuleNames, facts: Facts, statements: list[str]) -> None:
    """Add imports that only type checkers see, and what the block of them needs where there is none."""
    draft.typing += statements
    guarded = any(statement.context[:1] == ("typing",) for statement in facts.statements)
    if statements and not guarded and "TYPE_CHECKING" not in names.bindings:
        draft.head.insert(0, "from typing import TYPE_CHECKING")


def _belongs(context: Context, own: list[Chain]) -> None:
    """Statements of the old module that are part of what the definition is."""
    for chain in own:
        if chain.eager and (
            chain.use == "store" or (len(chain.names) > 1 and chain.names[1] in {"register", "setter"})
        ):
            reason = f"`{chain.spelled}` changes it while the old module is imported: that belongs with it"
            context.draft.block("need", context.places.source, chain.line, chain.column, chain.spelled, reason, "RM101")


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
    gone = {name for name in needs.copied if name not in rest and not _is_needed(context, names, name)}
    gone |= {
        name
        for name in needs.local
        if name not in rest
        and all(bound.kind in {"import", "from"} for bound in names.bindings.get(name, ()))
        and name in names.bindings
        and not _is_needed(context, names, name)
    }
    draft = context.draft.file(context.places.source)
    for statement in facts.statements:
        if statement.function or set(statement.context) - {"typing"}:
            continue
        for index, alias in enumerate(statement.aliases):
            if alias.bound in gone and alias.asname != alias.name and alias.name != "*":
                draft.statement(statement).drop.add(index)
    _drop_type_checking(context, names, facts, definition)


def _drop_type_checking(context: Context, names: ModuleNames, facts: Facts, definition: Definition) -> None:
    """Take `TYPE_CHECKING` away with the last block that it guards."""
    draft = context.draft.file(context.places.source)
    guarded = [statement for statement in facts.statements if statement.context == ("typing",)]
    dropped = [
        statement
        for statement in guarded
        if statement.start in draft.imports and len(draft.imports[statement.start].drop) == len(statement.aliases)
    ]
    reads = readers(facts, definition).get("TYPE_CHECKING", [])
    if not guarded or len(dropped) < len(guarded) or draft.typing or len(reads) != 1:
        return
    if _is_needed(context, names, "TYPE_CHECKING"):
        return
    for statement in facts.statements:
        for index, alias in enumerate(statement.aliases):
            if statement.top and alias.bound == "TYPE_CHECKING":
                draft.statement(statement).drop.add(index)


def _is_needed(context: Context, names: ModuleNames, name: str) -> bool:
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


# -- the new module


def plan_target(
    context: Context, modules: Modules, definition: Definition, needs: Needs, *, loaded: bool
) -> bytes | None:
    """Put the definition into the new module; the content of the file where it isn't there yet.

    `loaded` says that the old module imports the new one.
    """
    _, facts = modules.source
    block = _block(context, facts, definition)
    if not loaded and not _imports_target(context, facts):
        _warn_of_decorators(context, definition)
    if modules.target is None:
        return _new_file(facts, block, needs, context.places.destination.partition(".")[0])
    names, target = modules.target
    _future(context, facts, target, definition)
    _clashes(context, names, target)
    draft = context.draft.file(context.places.target)
    draft.head += merged(needs.head)
    _hint(draft, names, target, list(needs.typing))
    draft.block = block
    draft.before = _place(context, names, target, needs, definition)
    exported = any(export.name == context.name for export in modules.source[0].exports or ())
    public = modules.source[0].exports is None and not context.name.startswith("_")
    there = any(export.name == context.name for export in names.exports or ())
    if names.exports is not None and not there and (exported or public):
        draft.exported = context.name
    return None


def _block(context: Context, facts: Facts, definition: Definition) -> bytes:
    """The text that moves, with its relative imports as the new module spells them."""
    edits: list[Edit] = []
    for each in definition.relative:
        new = spelled_in_target(context.places, each.level, each.module)
        old = text(each.level, each.module)
        if new != old:
            edits.append(Edit(each.start - definition.start, each.end - definition.start, new.encode()))
    draft = context.draft.file(context.places.source)
    inside = [edit for edit in draft.edits if definition.start <= edit.start < definition.end]
    draft.edits = [edit for edit in draft.edits if edit not in inside]
    edits += [Edit(edit.start - definition.start, edit.end - definition.start, edit.new) for edit in inside]
    return spliced(definition.text, edits)


def _warn_of_decorators(context: Context, definition: Definition) -> None:
    """Note decorators that may register the definition somewhere: that happens when the new module is imported."""
    for name in definition.decorators:
        if name and name not in _PLAIN_DECORATORS:
            reason = f"`@{name}` runs when {context.places.destination} is imported: see that something imports it"
            at = (definition.line, definition.column)
            context.site("decorator", context.places.source, at, f"@{name}", "refused", reason, "RM112")


def _future(context: Context, facts: Facts, target: Facts, definition: Definition) -> None:
    if definition.annotated and facts.future != target.future:
        places = context.places
        first, second = (places.module, places.destination) if facts.future else (places.destination, places.module)
        reason = f"{first} has `from __future__ import annotations` and {second} has not: its annotations would change"
        context.draft.block(
            "definition", places.source, definition.line, definition.column, f"{places.module}:{context.name}", reason,
            "RM106",
        )  # fmt: skip


def _clashes(context: Context, names: ModuleNames, target: Facts) -> None:
    """Names of the new module, or of those that star-import it, that the definition would take the place of."""
    path = context.places.target
    for bound in names.bindings.get(context.name, ()):
        origin = context.origins.bound(path, context.name)
        if bound.kind != "from" or origin.key != context.lookups.definition.key:
            reason = f"there is a `{context.name}` in the new module already"
            context.draft.block("definition", path, bound.line, 0, context.name, reason, "RM102")
    if context.name not in names.bindings:
        for chain in target.chains:
            origin = context.origins.bound(path, context.name)
            if (
                chain.names[0] == context.name
                and chain.bound == "module"
                and origin.key != context.lookups.definition.key
            ):
                reason = f"`{context.name}` means something else in the new module"
                context.draft.block("reference", path, chain.line, chain.column, context.name, reason, "RM102")
    for other, entry in context.project.entries.items():
        if entry.facts is None or entry.names is None or other == context.places.source:
            continue
        for statement in entry.facts.statements:
            star = statement.is_from and statement.aliases[0].name == "*"
            if star and context.origins.module(other, statement.level, statement.module).path == path:
                origin = context.origins.bound(other, context.name)
                reads = context.name in entry.names.bindings
                reads = reads or any(chain.names[0] == context.name for chain in entry.facts.chains)
                if reads and origin.key != context.lookups.definition.key:
                    reason = f"it star-imports the new module, and `{context.name}` means something else here"
                    context.draft.block("import", other, statement.line, statement.column, "*", reason, "RM102")


def _place(context: Context, names: ModuleNames, target: Facts, needs: Needs, definition: Definition) -> int:
    """Where the definition goes: last, or before the first statement that needs it while it is imported (its start)."""
    path = context.places.target
    early = [
        chain.top
        for chain in target.chains
        if chain.eager
        and (
            (chain.names[0] == context.name and chain.bound == "module")
            or (context.name in chain.names[1:] and _is_it(context, path, chain))
        )
    ]
    if not early:
        return -1
    before = min(early)
    for name, chains in needs.local.items():
        bounds = names.bindings.get(name, ())
        if any(chain.eager for chain in chains) and bounds and bounds[0].start >= before:
            reason = f"the new module needs it before `{name}` is there, which it needs itself"
            context.draft.block(
                "definition", context.places.source, definition.line, definition.column,
                f"{context.places.module}:{context.name}", reason, "RM105",
            )  # fmt: skip
    return before


def _is_it(context: Context, path: str, chain: Chain) -> bool:
    count = context.lookups.through(path, chain, None) if chain.bound == "module" else 0
    return bool(count) and chain.names[count : count + 1] == (context.name,)


def _new_file(facts: Facts, block: bytes, needs: Needs, own: str) -> bytes:
    """The content of a new module of the package `own`, in the form that the old one has."""
    future = ["from __future__ import annotations"] if facts.future else []
    typing = sorted(set(needs.typing))
    head = [*needs.head, *(["from typing import TYPE_CHECKING"] if typing else [])]
    sections = ["\n".join(future)] if future else []
    sections += grouped(head, own)
    if typing:
        sections.append("\n".join(["if TYPE_CHECKING:", *(f"    {each}" for each in typing)]))
    defining = is_function_or_class(block)
    above = "\n\n".join(sections)
    gap = ("\n\n\n" if defining else "\n\n") if above else ""
    content = (above + gap).encode() + block.replace(b"\r\n", b"\n") + b"\n"
    if facts.line_end == "\r\n":
        content = content.replace(b"\n", b"\r\n")
    return (_BOM if facts.bom else b"") + content
