"""Import statements of a module with the spans of their names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.rope_move.facts import Alias, Statement
from codemods.toolkit.python.collect_names import blocks
from codemods.toolkit.python.names import Context
from codemods.toolkit.python.project import Module

_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def import_statements(module: Module) -> tuple[Statement, ...]:
    """All import statements of a module, in the order of the source."""
    found = _within(module, module.tree.body, (), function=False, block=-1)
    return tuple(sorted(found, key=lambda statement: statement.start))


def _within(
    module: Module, body: Sequence[ast.stmt], context: Context, *, function: bool, block: int
) -> Iterator[Statement]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield _statement(module, node, context, function=function, block=block)
            continue
        for inner, word in blocks(node):
            start = module.span(inner[0])[0] if inner else -1
            within = function or isinstance(node, _INNER)
            yield from _within(module, inner, (*context, word), function=within, block=start)


def _statement(
    module: Module, node: ast.Import | ast.ImportFrom, context: Context, *, function: bool, block: int
) -> Statement:
    is_from = isinstance(node, ast.ImportFrom)
    return Statement(
        start=module.span(node)[0],
        line=node.lineno,
        column=node.col_offset,
        is_from=is_from,
        level=node.level if isinstance(node, ast.ImportFrom) else 0,
        module=(node.module or "") if isinstance(node, ast.ImportFrom) else "",
        aliases=tuple(Alias(each.name, each.asname or "", *module.span(each)) for each in node.names),
        context=context,
        function=function,
        block=block,
        at_import=not {"function", "typing", "main"} & set(context),
    )


def import_nodes(
    module: Module,
) -> tuple[dict[int, ast.Import | ast.ImportFrom], dict[int, Sequence[ast.stmt]]]:
    """The import statements by their start, and the block that each stands in."""
    nodes: dict[int, ast.Import | ast.ImportFrom] = {}
    around: dict[int, Sequence[ast.stmt]] = {}
    stack: list[Sequence[ast.stmt]] = [module.tree.body]
    while stack:
        block = stack.pop()
        for node in block:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                start = module.span(node)[0]
                nodes[start], around[start] = node, block
            else:
                stack += (inner for inner, _word in blocks(node))
    return nodes, around
