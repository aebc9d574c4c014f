"""Names that parts of statements bind: targets, patterns, assignment expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterator


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
