"""Names that a module reads while it is imported, before anything has bound them.

Statements are taken in their order, blocks of all kinds as if they ran: a name counts as bound behind whatever may bind
it.  What functions and lambdas read is read later, and annotations may never be.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.toolkit.python.collect_names import blocks
from codemods.toolkit.python.reads import KNOWN
from codemods.toolkit.python.targets import captured_names, walrus_names


def early_reads(tree: ast.Module) -> dict[str, int]:
    r"""Names that the module binds, each with the line of a read that comes before.

    >>> early_reads(ast.parse("class A(B):\n    x = y\nfrom b import B, y\n"))
    {'B': 1, 'y': 2}
    """
    found = _Found()
    found.block(tree.body, found.bound)
    if "*" in found.bound:  # it may bind any name
        return {}
    return {name: line for name, line in found.early.items() if name in found.bound - KNOWN}


class _Found:
    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.early: dict[str, int] = {}

    def block(self, body: Sequence[ast.stmt], names: set[str]) -> None:
        """Some statements, one after another; `names` are those of the class that they stand in, or of the module."""
        for node in body:
            self._statement(node, names)

    def _statement(self, node: ast.stmt, names: set[str]) -> None:
        for expression in _evaluated(node):
            self._read(expression, names)
            names |= set(walrus_names(expression))
        match node:
            case ast.ClassDef(body=body):
                self.block(body, set())
                names.add(node.name)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                names.add(node.name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {(each.asname or each.name).partition(".")[0] for each in aliases}
            case _:
                names |= set(_bound(node))
                for block, _word in blocks(node):
                    self.block(block, names)

    def _read(self, expression: ast.expr, names: set[str]) -> None:
        inner = [node.target for node in ast.walk(expression) if isinstance(node, ast.comprehension)]
        known = names | self.bound | {name for target in inner for name in _stored(target)}
        stack: list[ast.AST] = [expression]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Lambda):
                stack += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
            elif isinstance(node, ast.GeneratorExp):
                stack.append(node.generators[0].iter)
            elif not isinstance(node, ast.Name):
                stack += ast.iter_child_nodes(node)
            elif isinstance(node.ctx, ast.Load) and node.id not in known:
                self.early.setdefault(node.id, node.lineno)


def _evaluated(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement that are evaluated where it stands, without its blocks."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults))
    elif isinstance(node, ast.ClassDef):
        yield from (*node.decorator_list, *node.bases, *(each.value for each in node.keywords))
    elif isinstance(node, ast.AnnAssign):
        yield from [node.value] if node.value is not None else []
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        yield from (item.context_expr for item in node.items)
    elif type(node).__name__ != "TypeAlias":  # PEP 695: evaluated when it is asked for
        yield from (each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds itself, in patterns and handlers too."""
    if isinstance(node, ast.Match):
        for case in node.cases:
            yield from captured_names(case.pattern)
    elif isinstance(node, (ast.Try, ast.TryStar)):
        yield from (handler.name for handler in node.handlers if handler.name)
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            yield from _stored(item.optional_vars) if item.optional_vars is not None else ()
    elif isinstance(node, ast.Global):
        yield from node.names
    elif type(node).__name__ == "TypeAlias":
        yield from _stored(node)
    else:
        for target in (*getattr(node, "targets", ()), *filter(None, [getattr(node, "target", None)])):
            yield from _stored(target)


def _stored(node: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
