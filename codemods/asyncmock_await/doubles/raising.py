"""Patched functions whose `side_effect` is an exception: a function closes the coroutine, and raises it then.

`run.side_effect = OSError("down")` becomes `run.side_effect = close_and_raise`, below a `def` of that.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.asyncmock_await.calls.module.effects import is_builtin_exception
from codemods.asyncmock_await.doubles.facts import AssignedEffect
from codemods.asyncmock_await.doubles.impossible import Impossible
from codemods.asyncmock_await.part import Change, Lines, Reworded
from codemods.toolkit.python.names import ModuleNames

SET_ALREADY = "its side_effect is set already: have that close the coroutine (`coroutine.close()`)"
_NAME = "close_and_raise"


def closing_before(effects: Sequence[AssignedEffect], names: ModuleNames) -> tuple[Change, ...]:
    """The changes that have the exception raised by a function that closes the coroutine before.

    `effects` are all places that assign the `side_effect` of the double, `names` what its module binds.

    Raises:
        Impossible: there are several, or it is anything else than an exception whose arguments are constants.
    """
    effect = effects[0]
    value = _value(effect.text)
    if len(effects) > 1 or effect.start < 0 or value is None or not _is_exception(value, names):
        raise Impossible("AM295", SET_ALREADY)
    written = effect.text.encode()[: value.end_col_offset]
    end = effect.value + len(written)
    lines = (f"def {_NAME}(coroutine, *_, **__):", "    coroutine.close()", f"    raise {written.decode()}", "")
    return Lines(effect.start, end, "above", lines), Reworded(effect.value, end, _NAME)


def _value(text: str) -> ast.expr | None:
    """The expression, None where the line holds only a part of it, or more."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _is_exception(value: ast.expr, names: ModuleNames) -> bool:
    """Whether it is one of Python's own exceptions, by itself or made of constants: it may be made later, and anew."""
    if isinstance(value, ast.Call):
        constant = all(isinstance(argument, ast.Constant) for argument in value.args)
        return constant and not value.keywords and _is_exception_class(value.func, names)
    return _is_exception_class(value, names)


def _is_exception_class(value: ast.expr, names: ModuleNames) -> bool:
    if not isinstance(value, ast.Name) or {value.id, _NAME} & names.bindings.keys() or names.stars:
        return False
    return is_builtin_exception(value.id)
