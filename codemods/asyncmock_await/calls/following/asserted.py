"""What a function that was followed asserts of doubles: what becomes of it (AM106), `assertions` decides."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.asyncmock_await.calls.facts import RESULT, Assertion
from codemods.asyncmock_await.calls.following.walk import Walk
from codemods.asyncmock_await.calls.module.scan import Function
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module


def assertions_in(function: Function, walk: Walk, module: Module) -> Iterator[Assertion]:
    """The assertions in a function about what surely is an AsyncMock."""
    keyword = module.span(function)[0] if isinstance(function, ast.FunctionDef) else -1
    for asserted in walk.asserted.values():
        if asserted.kinds != {"async"} or len(asserted.addresses) != 1:
            continue
        (address,) = asserted.addresses
        made = address[0] if address and isinstance(address[0], int) else -1
        chain = tuple(part for part in address[1:] if isinstance(part, str))
        start, end = module.span(asserted.node)
        yield Assertion(
            start, end, asserted.node.lineno, asserted.node.col_offset, dotted_name(asserted.node),
            asserted.node.attr, made, chain, address in walk.called and RESULT not in chain, keyword,
        )  # fmt: skip
