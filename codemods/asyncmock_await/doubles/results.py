"""What a function gives, as its source tells: whether it can be awaited, whether it is the object itself."""

from __future__ import annotations

import ast

from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module

_PLAIN_RESULTS = frozenset(
    {
        "None", "bool", "int", "str", "bytes", "float", "complex", "list", "dict", "set", "tuple", "frozenset",
        "List", "Dict", "Set", "Tuple", "FrozenSet", "Sequence", "Mapping", "datetime", "date", "timedelta", "Path",
        "UUID", "Decimal",
    }
)  # fmt: skip
_UNIONS = frozenset({"Optional", "Union"})
_PLAIN_VALUES = (
    ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp,
)  # fmt: skip


def gives_nothing_awaitable(module: Module, node: ast.FunctionDef) -> bool:
    """Whether what a `def` gives surely can't be awaited, by its annotation, or by what it returns without one."""
    if node.returns is not None:
        return _is_plain(node.returns)
    if not module.body_holds(node, b"return", b"yield"):
        return True
    stack: list[ast.AST] = list(module.read(node).body)
    while stack:
        at = stack.pop()
        if isinstance(at, (ast.Yield, ast.YieldFrom)):
            return False
        if isinstance(at, ast.Return) and at.value is not None and not _is_plain_value(at.value):
            return False
        if not isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            stack += ast.iter_child_nodes(at)
    return True


def gives_self(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method gives its own object on every path that comes to an end."""
    own = [each.arg for each in (*node.args.posonlyargs, *node.args.args)][:1]
    body = module.read(node).body
    if not own or not isinstance(body[-1], ast.Return):
        return False
    for part in (each for statement in body for each in ast.walk(statement)):
        match part:
            case ast.Return(value=value) if not (isinstance(value, ast.Name) and [value.id] == own):
                return False
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if [name] == own:
                return False
            case ast.Yield() | ast.YieldFrom():
                return False
    return True


def _is_plain(annotation: ast.expr) -> bool:
    match annotation:
        case ast.Constant(value=None):
            return True
        case ast.Constant(value=str() as text):
            try:
                return _is_plain(ast.parse(text, mode="eval").body)
            except (SyntaxError, ValueError):
                return False
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _is_plain(left) and _is_plain(right)
        case ast.Subscript(value=value, slice=inner):
            name = dotted_name(value).rpartition(".")[2]
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return all(_is_plain(part) for part in parts) if name in _UNIONS else name in _PLAIN_RESULTS
    return dotted_name(annotation).rpartition(".")[2] in _PLAIN_RESULTS


def _is_plain_value(value: ast.expr) -> bool:
    """Whether an expression gives something that can't be awaited, whatever its names stand for."""
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            return _is_plain_value(body) and _is_plain_value(orelse)
        case ast.BoolOp(values=values):
            return all(map(_is_plain_value, values))
    return isinstance(value, _PLAIN_VALUES) or (isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not))
