"""Statements, and the names that parts of them bind: targets, patterns, assignment expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_BLOCKS: dict[type, tuple[str, ...]] = {
    node: tuple(field for field in node._fields if field in {"body", "orelse", "finalbody", "handlers", "cases"})
    for node in vars(ast).values()
    if isinstance(node, type) and issubclass(node, (ast.stmt, ast.excepthandler, ast.match_case))
}


def statements_in(block: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements of a block and those within them, in no order: no expression is looked into."""
    stack: list[ast.AST] = [*block]
    while stack:
        node = stack.pop()
        for field in _BLOCKS[node.__class__]:
            stack += getattr(node, field)
        if isinstance(node, ast.stmt):
            yield node


def targets_of(statement: ast.stmt) -> Iterator[ast.expr]:
    """What a statement stores to."""
    match statement:
        case ast.Assign(targets=targets):
            yield from targets
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield target
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield target
        case ast.With(items=items) | ast.AsyncWith(items=items):
            yield from (item.optional_vars for item in items if item.optional_vars is not None)


def stored_names(target: ast.AST) -> Iterator[str]:
    """Names that a target binds."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def captured_names(pattern: ast.pattern) -> Iterator[str]:
    """Names that the pattern of a `case` binds."""
    for node in ast.walk(pattern):
        if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


def walrus_names(node: ast.AST) -> Iterator[str]:
    """Names that `:=` in a statement or expression binds in the scope around it (through comprehensions: PEP 572).

    Statements inside have names of their own to bind, and so have lambdas.
    """
    stack = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, ast.NamedExpr):
            yield at.target.id
        inside = [at.args] if isinstance(at, ast.Lambda) else ast.iter_child_nodes(at)
        stack.extend(child for child in inside if not isinstance(child, ast.stmt))
