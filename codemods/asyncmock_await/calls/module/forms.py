"""What the syntax around a call does with its result."""

from __future__ import annotations

import ast
import re
from typing import Literal

from codemods.toolkit.python.collect_names import dotted_name, last_part

Use = Literal[
    "statement", "value", "compared", "taken apart", "await", "handed on", "kept in a name", "kept among others"
]
"""`value`: tested, formatted, iterated.  `compared`: with something else, each item of a list with its counterpart.
`taken apart`: an attribute, an item or a call of it.  `handed on`: it goes to somebody who may await it.  `kept in a
name`: by an assignment to a single name.  `kept among others`: in a list or the like that goes to one."""

READERS = frozenset(
    {
        "len", "str", "repr", "bool", "int", "float", "isinstance", "print", "sorted", "sum", "min", "max", "list",
        "tuple", "set", "frozenset", "any", "all", "enumerate", "next", "iter", "abs", "round",
    }
)  # fmt: skip
"""Builtins that look at a value, or at the items that a coroutine doesn't have, and await nothing."""

_OF_ITEMS = frozenset({"any", "all", "sum", "min", "max"})
"""Those that look at each item."""

_COMPARING = re.compile(
    r"self\.assert(?:(?:Not)?(?:Equal|AlmostEqual|In|IsInstance|Regex)|Is(?:Not)?(?:None)?|True|False"
    r"|(?:Greater|Less)(?:Equal)?|(?:Count|Dict|List|Tuple|Set|Sequence|MultiLine)Equal)\Z"
)
"""The assertions of unittest that compare or test their arguments (`unittest/case.py`)."""

LOST: frozenset[Use] = frozenset({"statement", "value", "compared", "taken apart"})
"""What is done with a result whose coroutine nobody can await any more."""

_OF_COROUTINES = frozenset({"close", "send", "throw"})
_COROUTINE_TYPES = re.compile(r"[Cc]orout|[Aa]waitable|Generator")
ASKING = (b"coroutine", b"isawaitable", b"_awaited", b"CoroutineType", b"Awaitable", b".await_", b"recwarn")
ASKS = tuple(
    re.compile(pattern)
    for pattern in (
        rb"iscoroutine", rb"isawaitable", rb"assert_not_awaited", rb"CoroutineType", rb"Awaitable",
        rb"recwarn(?<!\wrecwarn)\b", rb"\.await_count[ \t]*(?:==|,)[ \t]*0\b",
        rb"\.await_args(?:_list)?[ \t]+(?:is[ \t]+None|==[ \t]*\[\])",
        rb"not(?<!\wnot)[ \t]+[\w.]+\.await_(?:count|args)",
        rb"coroutine[^\n]*\b(?:repr|str)\(", rb"\b(?:repr|str)\([^\n]*coroutine",
    )
)  # fmt: skip
"""Code that finds out what a call gives, or says that it is never awaited, knows what it does."""

_WARNS = frozenset({"warns", "catch_warnings", "assertWarns", "assertWarnsRegex"})
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex"})
OF_MISUSE = frozenset({"AttributeError", "TypeError", "Exception", "BaseException"})
"""What the use of a coroutine as something else raises, and what catches that."""

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


def of_arguments(call: ast.Call) -> Use:
    """What a call does with its arguments: whether it only looks at them, and does not ask if they are coroutines."""
    name = dotted_name(call.func)
    if name not in READERS and not _COMPARING.match(name):
        return "handed on"
    if name == "isinstance" or name.endswith("IsInstance"):
        asks = any(
            isinstance(part, (ast.Name, ast.Attribute)) and _COROUTINE_TYPES.search(last_part(part))
            for argument in call.args[1:]
            for part in ast.walk(argument)
        )
        return "handed on" if asks else "value"
    return "value" if name in READERS - _OF_ITEMS else "compared"


def iterated(node: ast.expr) -> Use:
    """What is done with something whose items are taken one by one; those of a name may be awaited."""
    return "taken apart" if isinstance(node, ast.Name) else "value"


def of_coroutine(attribute: ast.Attribute) -> bool:
    """Whether an attribute is one that coroutines have: whoever takes it knows what the object is."""
    return attribute.attr in _OF_COROUTINES or attribute.attr.startswith(("cr_", "__"))


def deliberate(node: ast.With | ast.AsyncWith) -> Deliberate:
    """What the body of a `with` is expected to do."""
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    if any(last_part(call.func) in _WARNS for call in calls):
        return "warning"
    given = (each for call in calls for each in (*expected_by_call(call), *passed_over_by_call(call)))
    expected = {last_part(part) for each in given for part in ast.walk(each)}
    return "misuse" if expected & OF_MISUSE else ""


def expected_by_call(call: ast.Call) -> list[ast.expr]:
    """The exceptions, or tuples of such, one of which a call fails without (`raises(KeyError)`); of others, none.

    Where it is given none, it takes any (pytest from 8.4 on).
    """
    if last_part(call.func) not in _EXPECTING:
        return []
    named = [each.value for each in call.keywords if each.arg == "expected_exception"]
    return [*call.args[:1], *named] or [ast.Name("BaseException")]


def passed_over_by_call(call: ast.Call) -> list[ast.expr]:
    """The exceptions that a call goes on after (`suppress(KeyError)`), raised or not; of others, none."""
    return call.args if last_part(call.func) == "suppress" else []


def in_branch(use: Use) -> Use:
    """What is done with a branch of a conditional whose value is used so."""
    return "handed on" if use in {"kept in a name", "kept among others", "await", "taken apart"} else use
