"""Patches of several things at once, and what the patches among decorators hand to a function.

`patch.multiple` is as many patches as it has names (`_patch_multiple` in CPython's `unittest/mock.py`, the same in 3.11
to 3.13): each replaces one attribute of the target, and what is said of specs and `new_callable` holds for all of them.
Those with `DEFAULT` make a mock themselves; these are what a `with` gives, by their names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, NamedTuple

from codemods.asyncmock_await.calls.following.creations import Patch, keyword_value, known_as, new_value, patch_form
from codemods.asyncmock_await.calls.following.patched_dicts import dict_patch
from codemods.asyncmock_await.calls.module.scan import Function, parameters
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name, last_part

_OF_ALL = frozenset({"spec", "create", "spec_set", "autospec", "new_callable", "unsafe"})
"""The parameters of `patch.multiple` that are no names of attributes, but for its target."""

Given = Literal["made", "new", "unknown"]
"""Whether a patch makes its mock itself, or puts something in place that is given to it."""


class Patching(NamedTuple):
    """One patch, as a call of `patch` or `patch.object`; of several things at once, that of one `name` among them."""

    call: ast.Call
    form: Patch
    name: str = ""
    given: Given = "made"


class Injected(NamedTuple):
    """What the patches among decorators hand to a function: by position, in the order of its parameters, and by name.

    None is something of which nobody knows whether it is handed over, or which of two it is.
    """

    by_position: tuple[Patching, ...]
    by_name: dict[str, Patching | None]

    def to_parameters(self, function: Function) -> Iterator[tuple[str, Patching]]:
        """The parameters of a function that get one of these."""
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        names = names[1:] if names[:1] in (["self"], ["cls"]) else names
        yield from zip(names, self.by_position, strict=False)
        for name in parameters(function):
            patching = self.by_name.get(name)
            if patching is not None and name not in names[: len(self.by_position)]:
                yield name, patching

    def to_mapping(self, function: Function) -> dict[str, Patching]:
        """What the parameter of a function gets that takes all other keywords (`**mocks`)."""
        own = parameters(function)
        return {name: each for name, each in self.by_name.items() if each is not None and name not in own}


def is_multiple(node: ast.expr, mocks: MockNames) -> bool:
    """Whether an expression is a call of `patch.multiple`, or pytest-mock's."""
    return isinstance(node, ast.Call) and known_as(node.func, mocks) == "patch.multiple"


def patchings_of(call: ast.Call, mocks: MockNames) -> list[Patching] | None:
    """The patches of single attributes that a `patch.multiple` is; None where not all of their names are written."""
    target = call.args[0] if call.args else keyword_value(call, "target")
    named = _named(call)
    if target is None or len(call.args) > 1 or isinstance(target, ast.Starred) or named is None:
        return None
    shared = [each for each in call.keywords if each.arg in _OF_ALL]
    found: list[Patching] = []
    for name, value in named:
        given = _given(value, mocks)
        form: Patch = "patch.object"
        place: list[ast.expr] = [target, ast.copy_location(ast.Constant(name), value)]
        if isinstance(target, ast.Constant) and isinstance(target.value, str):
            form, place = "patch", [ast.copy_location(ast.Constant(f"{target.value}.{name}"), target)]
        new = [] if given == "made" else [value]
        # It stands where its value does, so that the mocks which it makes are told apart.
        single = ast.copy_location(ast.Call(call.func, [*place, *new], [*shared]), value)
        found.append(Patching(single, form, name, given))
    return found


def followed_form(node: ast.expr, mocks: MockNames) -> Patch | Literal["patch.multiple", "patch.dict", ""]:
    """Whether an expression is a patch that is followed: of several things, or a dict, where it says of which."""
    known = known_as(node.func, mocks) if isinstance(node, ast.Call) else ""
    match node, known:
        case ast.Call(), "patch.multiple":
            return "patch.multiple" if patchings_of(node, mocks) is not None else ""
        case ast.Call(), "patch.dict":
            return "patch.dict" if dict_patch(node) is not None else ""
        case _, "patch" | "patch.object":
            return known
    return ""


def single_patches(node: ast.Call, mocks: MockNames) -> list[tuple[ast.Call, Patch | Literal[""]]]:
    """The patches of single things that a patch is: itself, without a form where nobody knows what it replaces."""
    several = patchings_of(node, mocks) if is_multiple(node, mocks) else None
    return [(each.call, each.form) for each in several] if several else [(node, patch_form(node, mocks))]


def _named(call: ast.Call) -> list[tuple[str, ast.expr]] | None:
    """The attributes that a `patch.multiple` replaces, with what it says of each."""
    found: list[tuple[str, ast.expr]] = []
    for keyword in call.keywords:
        if keyword.arg is not None:
            found += [(keyword.arg, keyword.value)] if keyword.arg not in {*_OF_ALL, "target"} else []
            continue
        if not isinstance(keyword.value, ast.Dict):
            return None
        for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str) or key.value in _OF_ALL:
                return None
            found.append((key.value, value))
    return found


def _given(value: ast.expr, mocks: MockNames) -> Given:
    if known_as(value, mocks) == "DEFAULT":
        return "made"
    return "unknown" if isinstance(value, (ast.Name, ast.Attribute)) else "new"


def injected(decorators: list[ast.expr], mocks: MockNames) -> Injected | None:
    """What the patches among some decorators hand to a function.

    They come bottom-up; a patch with a `new` of its own hands over nothing, one of several things what it makes, by
    keyword (`_patch.decoration_helper`).  None where a decorator is not known.
    """
    by_position: list[Patching] = []
    by_name: dict[str, Patching | None] = {}
    for decorator in reversed(decorators):
        if adds_nothing(decorator):
            continue
        form = patch_form(decorator, mocks)
        if isinstance(decorator, ast.Call) and form:
            new = new_value(decorator, form)
            if new is None:
                by_position.append(Patching(decorator, form))
            elif last_part(new) == "DEFAULT":
                return None
        elif isinstance(decorator, ast.Call) and is_multiple(decorator, mocks):
            patchings = patchings_of(decorator, mocks)
            if patchings is None:
                return None
            for each in patchings:
                if each.given != "new":
                    by_name[each.name] = each if each.given == "made" and each.name not in by_name else None
        elif mocks.canonical(_decorating(decorator)) != "patch.dict":
            return None
    return Injected(tuple(by_position), by_name)


def decorators_of(function: Function, of_class: tuple[ast.expr, ...]) -> list[ast.expr]:
    """The decorators of a function; the patches of its class come last, and only for tests (`patch.TEST_PREFIX`)."""
    return [*(of_class if function.name.startswith("test") else ()), *function.decorator_list]


def adds_nothing(decorator: ast.expr) -> bool:
    """Whether a decorator surely gives the function no argument."""
    name = _decorating(decorator)
    return name.startswith(("pytest.mark.", "mark.")) or name.rpartition(".")[2] == "fixture"


def _decorating(decorator: ast.expr) -> str:
    return dotted_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
