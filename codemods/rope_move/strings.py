"""Strings that hold the old place: targets of mocks, names that are imported by a string, and what merely says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.rope_move.context import Context
from codemods.rope_move.facts import Facts, Quoted
from codemods.rope_move.lookups import dotted
from codemods.toolkit.codemod import Edit

_DOTTED = re.compile(r"[^\W\d]\w*(?:[.:][^\W\d]\w*)+")
_STATEMENT = re.compile(r"\bfrom\s+(?P<module>[\w.]+)\s+import\b(?P<names>[^\r\n]*)")


def plan_strings(context: Context, path: str, facts: Facts) -> None:
    """Plan for the strings of one file."""
    for quoted in facts.quoted:
        match quoted.kind:
            case "patch":
                _patch(context, path, quoted)
            case "import" | "module":
                _import(context, path, quoted)
            case "string":
                _mention(context, path, quoted, "string", "RM109")
            case "prose" | "comment":
                _mention(context, path, quoted, "mention", "RM110")
            case "name" | "begin" | "end" | "doctest":
                pass  # see `namespaces`


def _parts(context: Context, path: str, quoted: Quoted) -> tuple[int, tuple[str, ...]]:
    """(how many parts are the old module, all parts) of a dotted name in a string."""
    parts = tuple(dotted(quoted).split("."))
    return context.lookups.spelled_module(path, ".".join(parts)), parts


def _patch(context: Context, path: str, quoted: Quoted) -> None:
    """A target of a mock: where the name is looked up decides."""
    count, parts = _parts(context, path, quoted)
    at, shown = (quoted.line, quoted.column), f'"{quoted.value}"'
    if not count:
        _may_be_old(context, path, quoted, parts)
        if _is_passed_on(context, path, parts):
            context.site("string", path, at, shown, "kept", "it is looked up in another module, and stays there")
        return
    following = parts[count] if 0 < count < len(parts) else context.name if context.name in parts else ""
    if following == context.name:
        if context.name in context.rest and not context.elsewhere:
            context.site("string", path, at, shown, "kept", "it is looked up in the old module, which imports it")
        elif context.name in context.rest and _is_attribute(count, parts):
            context.site("string", path, at, shown, "kept", "the old module imports it, and has the same object")
        elif context.name in context.rest:
            reason = "it is looked up in both modules: which of them is meant can't be told"
            context.draft.block("string", path, *at, shown, reason, "RM108")
        else:
            _place(context, path, quoted, count, parts)
    elif following in context.needed:
        if following in context.rest and not _is_attribute(count, parts):
            reason = f"`{following}` is replaced in the old module, and what moves reads it too: patch it in both"
            context.draft.block("string", path, *at, shown, reason, "RM108")
        elif following not in context.rest:
            _place(context, path, quoted, count, parts)


def _may_be_old(context: Context, path: str, quoted: Quoted, parts: tuple[str, ...]) -> None:
    """Refuse a string that may name the old module by a name that no source root knows."""
    module = next(
        (".".join(parts[:count]) for count in range(1, len(parts) + 1) if _may_be(context, path, parts[:count])), ""
    )
    if module and (quoted.kind == "module" or context.name in parts):
        reason = f"`{module}` may be {context.places.source} here: name its source root (`roots` in [tool.codemods])"
        context.draft.block("string", path, quoted.line, quoted.column, f'"{quoted.value}"', reason, "RM107")


def _may_be(context: Context, path: str, parts: tuple[str, ...]) -> bool:
    return all(parts) and context.lookups.may_be_source(path, ".".join(parts))


def _is_passed_on(context: Context, path: str, parts: tuple[str, ...]) -> bool:
    """Whether a dotted name leads to the definition through a module that isn't the old one."""
    at = parts.index(context.name) if context.name in parts else 0
    return at > 0 and context.origins.imported(path, 0, ".".join(parts[:at]), context.name).key == (
        context.lookups.definition.key
    )


def _is_attribute(count: int, parts: tuple[str, ...]) -> bool:
    """Whether an attribute of what both modules have is replaced: then it is replaced for both."""
    return len(parts) > count + 1


def _import(context: Context, path: str, quoted: Quoted) -> None:
    """A name, or a module that the name is taken from, that a call imports."""
    count, parts = _parts(context, path, quoted)
    if not count:
        _may_be_old(context, path, quoted, parts)
    if count and (quoted.kind == "module" or context.name in parts[count:][:1] or count < 0):
        _place(context, path, quoted, count, parts)


def _place(context: Context, path: str, quoted: Quoted, count: int, parts: tuple[str, ...]) -> None:
    """Put the new module in place of the old one in a string."""
    at, shown = (quoted.line, quoted.column), f'"{quoted.value}"'
    spelled = ".".join(parts[:count]) if count > 0 else ""
    new = context.places.spelled(path, 0, spelled) if spelled else None
    if new is None or not quoted.plain:
        reason = "the string doesn't spell the old module by its name" if count < 0 else "the string can't be edited"
        context.draft.block("string", path, *at, shown, reason, "RM107")
        return
    end = quoted.start + len(spelled.encode())
    context.draft.file(path).edits.append(Edit(quoted.start, end, new[1].encode()))
    context.site("string", path, at, shown, "rewritten", f"now in {new[1]}")


def _mention(context: Context, path: str, quoted: Quoted, kind: str, code: str) -> None:
    """A string or comment that merely holds the old place."""
    for spelled, parts in _named(quoted.value, context.name):
        known = context.lookups.spelled_module(path, ".".join(parts))
        last = context.places.module.rpartition(".")[2]
        if not known and parts[0] != last:
            continue
        at = (quoted.line, quoted.column)
        reason = "whether it means the definition that moves can't be told: look at it"
        if kind == "mention":
            reason = f"it says `{spelled}`, and this is in {context.places.destination} now"
        context.site(kind, path, at, spelled, "refused", reason, code)
        return


def _named(value: str, name: str) -> Iterator[tuple[str, list[str]]]:
    """What in a text may be the definition, as it is spelled and as the parts of a dotted name."""
    for found in _STATEMENT.finditer(value):
        if name in re.findall(r"\w+", found["names"]):
            yield found[0].strip(), [*found["module"].lstrip(".").split("."), name]
    for found in _DOTTED.finditer(value):
        parts = found[0].replace(":", ".").split(".")
        if name in parts:
            yield found[0], parts
