"""From the signature that is wanted to what changes in a function, and why it can't."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from codemods.rope_signature.calls import Change, Given
from codemods.rope_signature.config import Config
from codemods.rope_signature.facts import Function, FunctionPart, Remarks, Span
from codemods.rope_signature.signature import Parameter, Parameters, parameters, texts
from codemods.toolkit.codemod import UsageError


class Problem(NamedTuple):
    """Why a function can't change."""

    code: str
    reason: str


def wanted_change(config: Config, function: Function) -> Change:
    """The change of the target itself: annotations stay where none are given.

    Raises `UsageError` where the first parameter of a method is left out.
    """
    wanted = parameters(config.signature)
    renamed = {old: new for old, new in config.renamed.items() if any(each.name == old for each in function.parameters)}
    before = {renamed.get(each.name, each.name): each for each in function.parameters}
    if function.binding in {"instance", "class"}:
        first = function.parameters[0].name if function.parameters else "self"
        if not wanted or wanted[0].name != first:
            raise UsageError(f"signature: that of a method has its first parameter, too: ({first}, ...)")
    new = tuple(
        msgspec.structs.replace(each, annotation=each.annotation or before[each.name].annotation)
        if each.name in before
        else each
        for each in wanted
    )
    return Change(function.parameters, new, renamed, config.values)


def override_change(target: Function, change: Change, override: Function) -> Change | Problem:
    """The change of a method that overrides the target, or is overridden by it: the same, with its own defaults."""
    if override.binding != target.binding:
        return Problem("RS110", "it is called in another way (static or class method)")
    skipped = 1 if target.binding in {"instance", "class"} else 0
    mine = override.parameters[skipped:]
    theirs = change.old[skipped:]
    if [(each.name, each.kind) for each in mine] != [(each.name, each.kind) for each in theirs]:
        return Problem("RS110", "it takes other parameters")
    own = {change.renamed.get(each.name, each.name): each for each in mine}
    base = {change.renamed.get(each.name, each.name): each for each in theirs}
    new: list[Parameter] = list(override.parameters[:skipped])
    for each in change.new[skipped:]:
        if each.name not in own:
            new.append(each)
            continue
        before, here = base[each.name], own[each.name]
        if before.default == each.default:
            default = here.default
        elif before.default == here.default:
            default = each.default
        else:
            return Problem("RS110", f"its default for `{here.name}` is another one")
        stated = each.annotation != before.annotation
        new.append(msgspec.structs.replace(
            each, default=default, annotation=each.annotation if stated else here.annotation
        ))  # fmt: skip
    return Change(override.parameters, tuple(new), change.renamed, change.values)


def on_instance(change: Change) -> Change:
    """The change as calls see it that don't pass the first parameter themselves."""
    return change._replace(old=change.old[1:], new=change.new[1:])


def hands_on(function: Function, given: tuple[Given, ...]) -> bool:
    """Whether a call in a method that takes anything hands on all that the method got (`*args, **kwargs`)."""
    open_to = [each for each in function.parameters[1:] if each.kind in {"rest", "keywords"}]
    if len(open_to) != 2 or len(function.parameters) != 3:
        return False
    once = all(len(function.reads.get(each.name, ())) == 1 for each in open_to)
    return once and [each.value for each in given] == [f"*{open_to[0].name}", f"**{open_to[1].name}"]


def takes_anything(function: Function) -> bool:
    """Whether a method takes what it gets and hands it on: `(self, *args, **kwargs)`."""
    return [each.kind for each in function.parameters[1:]] == ["rest", "keywords"]


def problems(function: Function, change: Change, *, spell_defaults: bool) -> Iterator[Problem]:
    """Why a function can't change so."""
    if function.problem:
        yield Problem("RS101", function.problem)
    before = {each.name for each in change.old}
    after = {each.name: each for each in change.new}
    for old in change.old:
        new = change.renamed.get(old.name, old.name)
        if new not in after:
            if function.reads.get(old.name):
                yield Problem("RS106", f"its body reads `{old.name}`, which would go")
        elif new != old.name and (old.name in function.closed or new in function.words):
            yield Problem("RS106", f"`{old.name}` can't become `{new}` in its body: one of the two means more there")
        if new in after:
            yield from _meaning(old, after[new], spell_defaults=spell_defaults)
    origin = {change.renamed.get(old.name, old.name) for old in change.old}
    for each in change.new:
        if each.name not in origin and each.name in function.words and each.name not in before:
            yield Problem("RS106", f"`{each.name}` means something else in its body already")


def _meaning(old: Parameter, new: Parameter, *, spell_defaults: bool) -> Iterator[Problem]:
    """Why a parameter would mean something else than it does."""
    if old.default and new.default and old.default != new.default and not spell_defaults:
        reason = f"the default of `{new.name}` would change from {old.default} to {new.default}"
        yield Problem("RS107", f"{reason} (--spell-defaults has calls pass the old one)")
    elif old.default and old.default != new.default and not _is_constant(old.default):
        yield Problem("RS107", f"calls would have to pass `{old.default}` for `{new.name}`, which is no constant")
    if {old.kind, new.kind} & {"rest", "keywords"} and old.kind != new.kind:
        yield Problem("RS107", f"`{new.name}` would take its arguments in another way")


def _is_constant(text: str) -> bool:
    """Whether code is a literal that nothing can change, so that each call may have one of its own."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return not isinstance(value, (list, dict, set)) and not (isinstance(value, tuple) and _holds_more(value))


def _holds_more(value: tuple[object, ...]) -> bool:
    return any(isinstance(each, (list, dict, set)) or (isinstance(each, tuple) and _holds_more(each)) for each in value)


def is_extension(change: Change) -> bool:
    """Whether every call that was right stays right: parameters with defaults come behind all others."""
    if change.values or change.renamed or len(change.new) < len(change.old):
        return False
    plain = [each for each in change.new if each in change.old]
    added = [each for each in change.new if each not in change.old]
    if plain != list(change.old) or not all(each.default for each in added):
        return False
    if any(each.kind in {"rest", "keywords"} for each in change.old):
        return all(each.kind == "keyword" for each in added) and all(each.kind != "keywords" for each in change.old)
    by_position = [each for each in change.new if each.kind != "keyword"]
    count = sum(each.kind != "keyword" for each in change.old)
    return by_position[:count] == [each for each in change.old if each.kind != "keyword"]


def renamed_reads(function: Function, change: Change) -> tuple[tuple[Span, str], ...]:
    """The places of renamed parameters in the body, with the new names."""
    new_names = {old: new for old, new in change.renamed.items() if old != new}
    return tuple((span, new) for old, new in new_names.items() for span in function.reads.get(old, ()))


def part_of(function: Function, change: Change) -> FunctionPart:
    """The definition as it becomes."""
    written = _as_written(function, change.new)
    remarks = _remarks(function.remarks, change) if function.remarks else ()
    return FunctionPart(function.inside, tuple(texts(written)), function.indent, remarks)


def _as_written(function: Function, wanted: Parameters) -> Parameters:
    """The parameters with defaults and annotations as the code has them."""
    return tuple(
        msgspec.structs.replace(
            each,
            default=function.written.get(each.default, each.default),
            annotation=function.written.get(each.annotation, each.annotation),
        )
        for each in wanted
    )


def _remarks(old: Mapping[str, Remarks], change: Change) -> tuple[Remarks, ...]:
    """The comments by the new items; those of what goes stand behind all."""
    names = [text.lstrip("*").partition(":")[0].partition("=")[0].strip() or text for text in texts(change.new)]
    back = {new: before for before, new in change.renamed.items()}
    left = dict(old)
    found = [left.pop(back.get(name, name), Remarks()) for name in names]
    last = left.pop("", Remarks())
    rest = [line for each in (*left.values(), last) for line in (*each.before, each.behind) if line]
    return (*found, Remarks(tuple(rest)))
