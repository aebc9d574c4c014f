"""Statements that call a coroutine function by its name, and drop what it gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.asyncmock_await.calls.given.given import Givers
from codemods.asyncmock_await.calls.given.suspects import drops_calls
from codemods.asyncmock_await.calls.module.references import dropped_calls, may_bind
from codemods.asyncmock_await.calls.module.scan import Function, bound_names, parameters
from codemods.asyncmock_await.calls.text.lost import LostCalls
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module


def referring_calls(
    functions: Sequence[Function], owner: str, givers: Givers, lost: LostCalls, module: Module
) -> Iterator[tuple[ast.Call, str]]:
    """The statements of a function that may call a coroutine function of the module or of its class, by its name.

    `functions` are that function, and before it those around it; `owner` is the class of the first, "" without one.
    """
    function = functions[-1]
    bare = [each for each in lost.between(*module.span(function)) if each.bare]
    own = len(functions) == 1 and any(each.own and givers.own.meant(owner, each.rest[1:]) for each in bare)
    if not (own or any(each.root in givers.led for each in bare)) or not drops_calls(functions[0], givers):
        return
    own = own and _is_method(module.read(function))
    for node, name in dropped_calls(module.read(function), givers.led | {"self"} if own else givers.led):
        root, _, rest = name.partition(".")
        if root == "self":
            if "." not in rest and givers.own.meant(owner, rest):
                yield node, name
            continue
        texts = ((each, module.source.body[slice(*module.span(each))]) for each in functions)
        if not any(may_bind(each, text, root, givers.within) for each, text in texts):
            yield node, name


def loses_own(function: Function, owner: ast.ClassDef | None, givers: Givers, lost: LostCalls, module: Module) -> bool:
    """Whether a method may lose what a coroutine function of its class gives."""
    calls = lost.between(*module.span(function)) if owner is not None else ()
    return owner is not None and any(each.own and givers.own.certain(owner.name, each.rest[1:]) for each in calls)


def _is_method(function: Function) -> bool:
    """Whether `self` is the object of a method all the while."""
    if any(dotted_name(each) == "staticmethod" for each in function.decorator_list):
        return False
    first = function.args.args[:1]
    return parameters(function)[:1] == ["self"] and "self" not in bound_names(function, besides={*first})
