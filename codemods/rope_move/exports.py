"""The edits of `__all__`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.rope_move.facts import Part
from codemods.toolkit.codemod import Edit
from codemods.toolkit.python.collect_names import blocks
from codemods.toolkit.python.listed import with_more, without
from codemods.toolkit.python.project import Module


def export_edits(module: Module, part: Part, line_end: bytes) -> Iterator[Edit]:
    """The edits of `__all__`."""
    if not part.unexported and not part.exported:
        return
    lists = list(_export_lists(module.tree.body))
    # What stands in a block may not run.
    last = [*lists[-1:], *_export_lists([node for node in module.tree.body if not list(blocks(node))])][-1:]
    for node in lists:
        drop = [
            index
            for index, element in enumerate(node.elts)
            if isinstance(element, ast.Constant) and element.value == part.unexported
        ]
        more = [part.exported] if part.exported and node in last else []
        if drop or more:
            yield _export(module, node, drop, more, line_end)


def _export(
    module: Module, node: ast.List | ast.Tuple | ast.Set, drop: Sequence[int], more: Sequence[str], line_end: bytes
) -> Edit:
    start, end = module.span(node)
    text = module.source.body[start:end]
    spans = [(a - start, b - start) for a, b in (module.span(element) for element in node.elts)]
    quote = text[spans[0][0] :][:1] if spans else b'"'
    quote = quote if quote in {b"'", b'"'} else b'"'
    short = without(text, spans, drop, keep_comments=True)
    text, left = short.text, short.spans
    if isinstance(node, ast.Tuple) and len(left) + len(more) == 1 and b"," not in text and text.startswith(b"("):
        text = text[:-1] + b",)"
    items = [quote + each.encode() + quote for each in more]
    if items and left:
        text = with_more(text, left, items, line_end)
    elif items:
        trailing = b"," if isinstance(node, ast.Tuple) else b""
        text = text[:1] + b", ".join(items) + trailing + text[-1:]
    return Edit(start, end, text)


def listed(module: Module) -> frozenset[int]:
    """Where the elements of `__all__` start that `export_edits` can take out."""
    lists = _export_lists(module.tree.body)
    return frozenset(module.span(element)[0] for node in lists for element in node.elts)


def _export_lists(body: Sequence[ast.stmt]) -> Iterator[ast.List | ast.Tuple | ast.Set]:
    """The literals that `__all__` is made of."""
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                yield from _literals(value)
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                yield from _literals(value)
            case ast.AugAssign(target=ast.Name(id="__all__"), value=value):
                yield from _literals(value)
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id="__all__"), attr="extend"), args=[value])
            ):
                yield from _literals(value)
            case _:
                for inner, word in blocks(node):
                    if word not in {"class", "function"}:
                        yield from _export_lists(inner)


def _literals(value: ast.expr) -> Iterator[ast.List | ast.Tuple | ast.Set]:
    match value:
        case ast.List() | ast.Tuple() | ast.Set():
            yield value
        case ast.BinOp(left=left, right=right):
            yield from _literals(left)
            yield from _literals(right)
