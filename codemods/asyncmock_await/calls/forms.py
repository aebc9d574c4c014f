"""What the syntax around a call does with its result."""

from __future__ import annotations

import ast
import re
from typing import Literal

from codemods.toolkit.python.collect_names import dotted_name, last_part

Use = Literal["statement", "value", "taken apart", "await", "handed on", "kept in a name"]
"""`value`: compared, tested, formatted.  `taken apart`: an attribute, an item or a call of it.  `handed on`: it goes to
somebody who may await it.  `kept in a name`: by an assignment to a single name."""

READERS = frozenset(
    {"len", "str", "repr", "bool", "int", "float", "isinstance", "print", "sorted", "sum", "min", "max"}
)
"""Builtins that look at a value and await nothing."""

_OF_COROUTINES = frozenset({"close", "send", "throw"})
_COROUTINE_TYPES = re.compile(r"[Cc]orout|[Aa]waitable|Generator")
ASKING = (b"iscoroutine", b"isawaitable", b"assert_not_awaited", b"CoroutineType", b"Awaitable")
ASKS = re.compile(b"|".join(ASKING))
"""Code that finds out what a call gives, or says that it is never awaited, knows what it does."""

_WARNS = frozenset({"warns", "catch_warnings", "assertWarns", "assertWarnsRegex"})
_RAISES = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})
_OF_MISUSE = frozenset({"AttributeError", "TypeError", "Exception", "BaseException"})

AWAITED_FORMS = {
    "assert_called": "assert_awaited",
    "assert_called_once": "assert_awaited_once",
    "assert_called_with": "assert_awaited_with",
    "assert_called_once_with": "assert_awaited_once_with",
    "assert_any_call": "assert_any_await",
    "assert_has_calls": "assert_has_awaits",
}
"""Assertions about calls, and those about awaits that an AsyncMock has for them (`AsyncMockMixin` in CPython)."""

Deliberate = Literal["", "misuse", "warning"]
"""What a test expects of the code in a `with`: that it fails the way a coroutine does where its result was meant
(`with pytest.raises(AttributeError): m().x`), or that Python warns of it."""


def reads(call: ast.Call) -> bool:
    """Whether a call only looks at its arguments, and does not ask whether they are coroutines."""
    if not isinstance(call.func, ast.Name) or call.func.id not in READERS:
        return False
    return call.func.id != "isinstance" or not any(
        isinstance(part, (ast.Name, ast.Attribute)) and _COROUTINE_TYPES.search(last_part(part))
        for argument in call.args[1:]
        for part in ast.walk(argument)
    )


def of_coroutine(attribute: ast.Attribute) -> bool:
    """Whether an attribute is one that coroutines have: whoever takes it knows what the object is."""
    return attribute.attr in _OF_COROUTINES or attribute.attr.startswith(("cr_", "__"))


def deliberate(node: ast.With | ast.AsyncWith) -> Deliberate:
    """What the body of a `with` is expected to do."""
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    names = {dotted_name(call.func).rpartition(".")[2] for call in calls}
    if names & _WARNS:
        return "warning"
    expected = {last_part(part) for call in calls for argument in call.args for part in ast.walk(argument)}
    return "misuse" if names & _RAISES and expected & _OF_MISUSE else ""


def in_branch(use: Use) -> Use:
    """What is done with a branch of a conditional whose value is used so."""
    return "handed on" if use in {"kept in a name", "await", "taken apart"} else use
