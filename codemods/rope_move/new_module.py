"""What happens to the new module."""

from __future__ import annotations

from codemods.rope_move.config import last
from codemods.rope_move.context import Context
from codemods.rope_move.definition import is_function_or_class
from codemods.rope_move.draft import hint
from codemods.rope_move.facts import Chain, Definition, Facts
from codemods.rope_move.head import grouped, merged
from codemods.rope_move.needs import Modules, Needs, spelled_in_target
from codemods.rope_move.places import text
from codemods.toolkit.codemod import Edit
from codemods.toolkit.pipeline.source import spliced
from codemods.toolkit.python.layout import INIT
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.origin import DEFINED

_BOM = b"\xef\xbb\xbf"
_PLAIN_DECORATORS = frozenset({
    "dataclass", "dataclasses.dataclass", "staticmethod", "classmethod", "property", "overload", "typing.overload",
    "contextmanager", "contextlib.contextmanager", "asynccontextmanager", "contextlib.asynccontextmanager", "wraps",
    "functools.wraps", "lru_cache", "functools.lru_cache", "cache", "functools.cache", "total_ordering", "final",
    "functools.total_ordering", "typing.final", "runtime_checkable", "typing.runtime_checkable", "unique",
    "enum.unique", "singledispatch", "functools.singledispatch", "override", "typing.override", "deprecated",
})  # fmt: skip
"""Decorators that do nothing to anything but what they decorate."""


def plan_target(
    context: Context, modules: Modules, definition: Definition, needs: Needs, *, loaded: bool
) -> bytes | None:
    """Put the definition into the new module; the content of the file where it isn't there yet.

    `loaded` says that the old module imports the new one.
    """
    _, facts = modules.source
    block = _block(context, facts, definition)
    if not loaded:
        _warn_of_decorators(context, definition)
    if modules.target is None:
        _hides(context)
        return _new_file(facts, block, needs, context.places.destination.partition(".")[0])
    names, target = modules.target
    _future(context, facts, target, definition)
    _clashes(context, names, target)
    draft = context.draft.file(context.places.target)
    draft.head += merged(needs.head)
    draft.head += [f"\n{statement}" for statement in needs.own.values()]
    hint(draft, names, target, list(needs.typing))
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
        origin = context.origins.bound(path, context.name)
        differs = origin.key != context.lookups.definition.key
        if differs and (origin.status in DEFINED or origin.status == "ambiguous"):
            reason = f"a star import gives the new module another `{context.name}`"
            context.draft.block("definition", path, 1, 0, context.name, reason, "RM102")
        for chain in target.chains:
            if differs and chain.names[0] == context.name and chain.bound == "module":
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


def _hides(context: Context) -> None:
    """Refuse a new module that takes the place of what its package calls so: importing it sets the attribute."""
    places, name = context.places, last(context.places.destination)
    package = places.target.rpartition("/")[0] + INIT
    entry = context.project.entries.get(package)
    if entry is None or entry.names is None:
        return
    origin = context.origins.bound(package, name)
    if (name in entry.names.bindings or origin.status in DEFINED) and origin.key != context.lookups.definition.key:
        line = entry.names.bindings[name][-1].line if name in entry.names.bindings else 1
        reason = f"the package has something else by the name `{name}`, which the new module would take the place of"
        context.draft.block("definition", package, line, 0, name, reason, "RM102")


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
    sections += ["\n".join(needs.own.values())] if needs.own else []
    defining = is_function_or_class(block)
    above = "\n\n".join(sections)
    gap = ("\n\n\n" if defining else "\n\n") if above else ""
    content = (above + gap).encode() + block.replace(b"\r\n", b"\n") + b"\n"
    if facts.line_end == "\r\n":
        content = content.replace(b"\n", b"\r\n")
    return (_BOM if facts.bom else b"") + content
