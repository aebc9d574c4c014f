"""What the syntax around a call does with its result."""

from __future__ import annotations

import ast
from typing import Literal

Use = Literal["statement", "value", "taken apart", "await", "handed on", "kept in a name"]
"""`value`: compared, tested, formatted.  `taken apart`: an attribute, an item or a call of it.  `handed on`: it goes to
somebody who may await it.  `kept in a name`: by an assignment to a single name."""

READERS = frozenset(
    {"len", "str", "repr", "bool", "int", "float", "isinstance", "print", "sorted", "sum", "min", "max"}
)
"""Builtins that look at a value and await nothing."""

_OF_COROUTINES = frozenset({"close", "send", "throw"})


def reads(call: ast.Call) -> bool:
    """Whether a call only looks at its arguments."""
    return isinstance(call.func, ast.Name) and call.func.id in READERS


def of_coroutine(attribute: ast.Attribute) -> bool:
    """Whether an attribute is one that coroutines have: whoever takes it knows what the object is."""
    return attribute.attr in _OF_COROUTINES or attribute.attr.startswith(("cr_", "__"))
