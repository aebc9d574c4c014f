"""Classes whose instances hold doubles from the start: their `__init__` makes these, and nothing else sets them.

Only what stands in the class itself is certain: it derives from nothing, and no other method of it sets the attribute.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.asyncmock_await.calls.module.forms import READERS
from codemods.asyncmock_await.calls.module.scan import CONFIGURING, Function, parameters
from codemods.asyncmock_await.doubles.attributes import EVERY
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.targets import stored_names

_OF_ATTRIBUTES = frozenset({"__new__", "__getattribute__", "__setattr__", "__delattr__"})
"""Methods that decide what an attribute is, whatever `__init__` has set."""

_PLAIN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign, ast.Expr, ast.Pass)
_OF_CLASS = frozenset({"staticmethod", "classmethod"})
_OUTCOMES = frozenset({"return_value", "side_effect"})


def initialiser(node: ast.ClassDef, methods: Sequence[Function]) -> Function | None:
    """The `__init__` that says what instances of a class begin with, None where something else may have a say."""
    found = [each for each in methods if each.name == "__init__"]
    if len(found) != 1 or found[0].decorator_list or isinstance(found[0], ast.AsyncFunctionDef):
        return None
    if node.decorator_list or node.keywords or any(dotted_name(base) != "object" for base in node.bases):
        return None
    if not all(isinstance(each, _PLAIN) for each in node.body):
        return None
    if any(each.name in _OF_ATTRIBUTES or not _has_self(each) for each in methods):
        return None
    return found[0]


def _has_self(method: Function) -> bool:
    """Whether a method knows its object by the name that is looked for, or has none."""
    return parameters(method)[:1] == ["self"] or any(
        isinstance(each, ast.Name) and each.id in _OF_CLASS for each in method.decorator_list
    )


def bound_by_class(node: ast.ClassDef) -> Iterator[str]:
    """The names that the body of a class binds to something that may come before an attribute of an instance.

    Functions and plain values don't: only what has a `__set__` does (a property, another descriptor).
    """
    for each in node.body:
        match each:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if each.decorator_list:
                    yield each.name
            case ast.Assign(value=ast.Constant()) | ast.AnnAssign(value=ast.Constant() | None):
                pass
            case _:
                yield from stored_names(each)


def changed_by(method: Function) -> Iterator[str]:
    """The attributes of `self` that a method may change, or let others change, `EVERY` where that may be any.

    A call of one, and what its calls are to give, leave it what it is.
    """
    stack: list[ast.AST] = list(method.body)
    while stack:
        node = stack.pop()
        match node:
            case ast.Call(func=called) if names := _of_self(called):
                if names[-1] in CONFIGURING or names[0].startswith("__"):
                    yield names[0] if len(names) > 1 else EVERY
                stack += (*node.args, *node.keywords)
            case ast.Call(func=ast.Name(id=name)) if name in READERS:
                stack += (each for each in (*node.args, *node.keywords) if not _of_self(each))
            case ast.Attribute() if names := _of_self(node):
                configured = isinstance(node.ctx, ast.Store) and len(names) > 1 and names[-1] in _OUTCOMES
                if not configured:
                    yield EVERY if names[0].startswith("__") else names[0]
            case ast.Name(id="self"):
                yield EVERY
            case _:
                stack += ast.iter_child_nodes(node)


def _of_self(node: ast.AST) -> list[str]:
    """The names of a chain of attributes of `self`, none for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return names[::-1] if isinstance(node, ast.Name) and node.id == "self" else []
