"""What the arguments of a call become."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from codemods.rope_signature.signature import Parameter, Parameters

Nature = Literal["constant", "plain", "impure", "generator"]
"""What evaluating an argument can do: nothing, read something, or anything; a bare generator needs parentheses."""


class Given(msgspec.Struct, frozen=True, array_like=True):
    """One argument of a call: the name of a keyword ("" for a position, "*" and "**" for what is unpacked)."""

    name: str
    value: str
    nature: Nature


class Impossible(Exception):  # noqa: N818 - what can't be done, which becomes a refusal
    """Why a call can't be rewritten: a code and a reason.  `misfit`: it doesn't fit the present signature."""

    def __init__(self, code: str, reason: str, *, misfit: bool = False) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.misfit = misfit


class Taken(NamedTuple):
    """An argument of the new call: the name of a keyword, its code, and which of the old ones it was (None: none)."""

    name: str
    code: str
    old: int | None


def nature_of(text: str) -> Nature:
    """What evaluating the code of an argument can do."""
    try:
        node = ast.parse(f"f({text})", mode="eval").body
    except SyntaxError:
        return "impure"
    if isinstance(node, ast.Call) and isinstance(node.args[0] if node.args else None, ast.GeneratorExp):
        return "generator" if not text.startswith("(") else "impure"
    inner = [each for child in ast.iter_child_nodes(node) for each in ast.walk(child)]
    if any(isinstance(each, (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)) for each in inner[2:]):
        return "impure"
    harmless = (ast.Name, ast.Constant, ast.expr_context, ast.Attribute, ast.Lambda, ast.Tuple, ast.List, ast.unaryop)
    if all(isinstance(each, (*harmless, ast.UnaryOp, ast.arguments, ast.arg, ast.Dict, ast.Set)) for each in inner):
        names = any(isinstance(each, (ast.Name, ast.Attribute)) for each in inner[2:])
        return "plain" if names else "constant"
    return "impure"


class Change(NamedTuple):
    """The signature before and after, new names by old ones, and what is passed for new parameters."""

    old: Parameters
    new: Parameters
    renamed: Mapping[str, str]
    values: Mapping[str, str]


class Bound(NamedTuple):
    """Which argument each parameter gets, and which ones `*args` and `**kwargs` take."""

    found: dict[str, int]
    rest: list[int]
    keywords: list[int]


def bound(old: Parameters, given: Sequence[Given]) -> Bound:
    """What the parameters of the present signature get.  Raises `Impossible` where the call doesn't fit."""
    found, rest, keywords = Bound({}, [], [])
    takes = {each.kind for each in old}
    by_position = [each for each in old if each.kind in {"positional", "plain"}]
    by_name = {each.name for each in old if each.kind in {"plain", "keyword"}}
    position = 0
    for index, each in enumerate(given):
        if each.name in {"*", "**"}:
            raise Impossible("RS102", "what it unpacks can't be told")
        if not each.name and position < len(by_position):
            found[by_position[position].name] = index
            position += 1
        elif not each.name and "rest" in takes:
            rest.append(index)
        elif not each.name:
            raise Impossible("RS103", "it passes more than the function takes", misfit=True)
        elif each.name in by_name and each.name not in found:
            found[each.name] = index
        elif each.name not in by_name and "keywords" in takes:
            keywords.append(index)
        else:
            raise Impossible("RS103", f"`{each.name}` is none of its parameters, or is passed twice", misfit=True)
    missing = [
        each.name
        for each in old
        if each.kind in {"positional", "plain", "keyword"} and not each.default and each.name not in found
    ]
    if missing:
        raise Impossible("RS103", f"it doesn't pass `{missing[0]}`", misfit=True)
    return Bound(found, rest, keywords)


def rewritten(change: Change, given: Sequence[Given]) -> tuple[Taken, ...]:
    """The arguments of a call by the new signature, in their order.  Raises `Impossible`."""
    passed, rest, keywords = bound(change.old, given)
    before = {change.renamed.get(each.name, each.name): each for each in change.old}
    positional: list[Taken] = []
    named: list[Taken] = []
    for each in change.new:
        if each.kind == "rest":
            if rest and len(positional) < _place(change.new, each):
                raise Impossible("RS103", f"what `*{each.name}` takes can't follow, as one before it is left out")
            positional += (Taken("", given[index].value, index) for index in rest)
        if each.kind in {"rest", "keywords"}:
            continue
        taken = _argument(change, each, before.get(each.name), passed, given)
        if taken is None:
            continue
        value, index, was_positional = taken
        gap = len(positional) < _place(change.new, each)
        if each.kind == "positional" and gap:
            raise Impossible("RS103", f"`{each.name}` can't be passed by position, as one before it is left out")
        if each.kind == "positional" or (each.kind == "plain" and was_positional and not gap):
            positional.append(Taken("", value, index))
        else:
            named.append(Taken(each.name, value, index))
    named += _others(change.new, given, keywords)
    named.sort(key=lambda taken: len(given) if taken.old is None else taken.old)
    found = (*positional, *named)
    _check(given, found)
    return found


def _others(new: Parameters, given: Sequence[Given], keywords: Sequence[int]) -> Iterator[Taken]:
    """What `**kwargs` takes.  Raises `Impossible` where a new parameter would take it."""
    names = {each.name for each in new if each.kind in {"plain", "keyword"}}
    for index in keywords:
        if given[index].name in names:
            raise Impossible("RS103", f"`{given[index].name}` would no longer be one of its `**` arguments")
        yield Taken(given[index].name, given[index].value, index)


def _place(new: Parameters, parameter: Parameter) -> int:
    return [each.name for each in new].index(parameter.name)


def _argument(
    change: Change, each: Parameter, old: Parameter | None, passed: Mapping[str, int], given: Sequence[Given]
) -> tuple[str, int | None, bool] | None:
    """(code, which argument it was, whether it was passed by position) for a parameter; None where it is left out."""
    if old is not None and old.name in passed:
        index = passed[old.name]
        return given[index].value, index, not given[index].name
    if old is not None:
        if each.default == old.default:
            return None
        return old.default, None, True
    if each.name in change.values:
        return change.values[each.name], None, True
    if each.default:
        return None
    raise Impossible("RS104", f"nothing says what it passes for `{each.name}` (--value {each.name}=EXPRESSION)")


def _check(given: Sequence[Given], found: Sequence[Taken]) -> None:
    """Raise `Impossible` where evaluation would change: what has effects goes, or changes places."""
    order = [taken.old for taken in found if taken.old is not None]
    for index, each in enumerate(given):
        if index not in order and each.nature in {"impure", "generator"}:
            raise Impossible("RS105", f"`{each.value}` would no longer be evaluated")
    moving = [index for index in order if given[index].nature != "constant"]
    if moving != sorted(moving) and any(given[index].nature == "impure" for index in moving):
        raise Impossible("RS105", "its arguments would be evaluated in another order")
    if any(each.nature == "generator" for each in given) and len(found) > 1:
        raise Impossible("RS105", "it passes a generator without parentheses of its own")
