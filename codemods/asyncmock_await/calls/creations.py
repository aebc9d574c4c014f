"""Which expressions make a double, and of which kind."""

from __future__ import annotations

import ast
from typing import Literal

from codemods.asyncmock_await.calls.values import Kind
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.collect_names import dotted_name

_SYNC = frozenset({"MagicMock", "Mock", "NonCallableMock", "NonCallableMagicMock", "PropertyMock", "ThreadingMock"})
_SPECS = frozenset({"spec", "spec_set", "wraps", "autospec"})
_OF_MOCK = frozenset({"name", "return_value", "side_effect", "unsafe", *_SPECS})
"""Keywords of a mock that configure no member of it."""

Patch = Literal["patch", "patch.object"]


def class_kind(node: ast.expr, mocks: MockNames) -> Kind:
    """What a call of an instance gives, of a class that an expression names (`AsyncMock`, `mock.MagicMock`)."""
    name = dotted_name(node)
    canonical = mocks.canonical(name) if name else ""
    if canonical == "AsyncMock" or name == "mocker.AsyncMock":
        return "async"
    if canonical in _SYNC or name in {"mocker.MagicMock", "mocker.Mock"}:
        return "sync"
    return "unknown"


def created_kind(call: ast.Call, mocks: MockNames) -> Kind:
    """What a call of the double gives that an expression like `AsyncMock(...)` makes."""
    if dotted_name(call.func) == "mocker.async_stub":
        return "async"
    return class_kind(call.func, mocks)


def has_spec(call: ast.Call) -> bool:
    """Whether members depend on something that is not known here: a spec, or keywords from a mapping."""
    return bool(call.args) or any(keyword.arg is None or keyword.arg in _SPECS for keyword in call.keywords)


def configured_members(call: ast.Call) -> list[tuple[str, ast.expr]]:
    """The members that keywords of a mock's class set (`AsyncMock(close=MagicMock())`)."""
    return [
        (keyword.arg, keyword.value)
        for keyword in call.keywords
        if keyword.arg is not None and keyword.arg not in _OF_MOCK
    ]


def keyword_value(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def patch_form(call: ast.expr, mocks: MockNames) -> Patch | Literal[""]:
    """Whether an expression is a call of `patch` or `patch.object` (pytest-mock's as well)."""
    if not isinstance(call, ast.Call):
        return ""
    name = dotted_name(call.func)
    canonical = mocks.canonical(name) if name else ""
    if canonical == "patch" or name == "mocker.patch":
        return "patch"
    return "patch.object" if canonical == "patch.object" or name == "mocker.patch.object" else ""


def new_value(call: ast.Call, form: str) -> ast.expr | None:
    """What a patch puts in place, where it says so (its `new`)."""
    index = 1 if form == "patch" else 2
    if len(call.args) > index:
        return call.args[index]
    return keyword_value(call, "new")


def patched_kind(call: ast.Call, mocks: MockNames) -> Kind:
    """What a call of the double gives that a patch makes by itself: known only by its `new_callable`.

    Without that it depends on what is patched: an `async def` becomes an AsyncMock.
    """
    made_by = keyword_value(call, "new_callable")
    return class_kind(made_by, mocks) if made_by is not None else "unknown"


def injected(decorators: list[ast.expr], mocks: MockNames) -> list[Kind] | None:
    """The kinds of the doubles that decorators hand to a function, in the order of its parameters.

    They come bottom-up; a patch with a `new` of its own hands over nothing.  None where decorators can't be read.
    """
    kinds: list[Kind] = []
    for decorator in reversed(decorators):
        form = patch_form(decorator, mocks)
        if isinstance(decorator, ast.Call) and form:
            if any(keyword.arg is None for keyword in decorator.keywords):
                return None
            if new_value(decorator, form) is None:
                plain = not any(keyword.arg in _SPECS for keyword in decorator.keywords)
                kinds.append(patched_kind(decorator, mocks) if plain else "unknown")
            continue
        name = dotted_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if mocks.canonical(name).startswith("patch.multiple"):
            return None
    return kinds
