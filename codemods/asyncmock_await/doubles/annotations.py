"""What annotations of one module say of the objects that doubles stand for: of what functions hand out, and are given.

Only an annotation that names one class says something: `Session`, `"Session"`, `Session | None`, `Optional[Session]`,
`Annotated[Session, ...]`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from codemods.asyncmock_await.calls.module.scan import bound_names
from codemods.toolkit.python.collect_names import dotted_name, last_part

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_GENERATORS = frozenset({"Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_ASKING = frozenset({"isinstance", "issubclass"})


class Received(msgspec.Struct, frozen=True, array_like=True):
    """A call `receiver.method(...)` whose receiver is annotated: its place as `ast` counts, and the class as written.

    The receiver is a parameter of the function, or an attribute of `self`.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    annotated: str


def class_named(annotation: ast.expr | None, *, yielded: bool = False) -> str:
    """The dotted name of the one class that an annotation names, "" where there is none, or more.

    `yielded`: the annotation is that of a generator function, and what it yields is asked for.
    """
    match annotation:
        case ast.Constant(value=str(text)):
            try:
                return class_named(ast.parse(text, mode="eval").body, yielded=yielded)
            except (SyntaxError, ValueError):
                return ""
        case ast.Subscript(value=generator, slice=what) if yielded:
            first = what.elts[0] if isinstance(what, ast.Tuple) and what.elts else what
            return class_named(first) if last_part(generator) in _GENERATORS else ""
        case ast.Subscript(value=around, slice=what) if last_part(around) == "Optional":
            return class_named(what)
        case ast.Subscript(value=around, slice=ast.Tuple(elts=[what, *_])) if last_part(around) == "Annotated":
            return class_named(what)
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return class_named(left)
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
            return class_named(right)
        case ast.Name() | ast.Attribute() if not yielded:
            return dotted_name(annotation)
    return ""


def handed_out(function: FunctionNode) -> tuple[ast.expr, str] | None:
    """What a function returns or yields wherever it does, and the class that its annotation names.

    None where it hands out several things, or no annotation tells.
    """
    if function.returns is None:
        return None
    yields = [node for node in _own(function.body) if isinstance(node, (ast.Yield, ast.YieldFrom))]
    values = [node.value for node in (yields or _own(function.body)) if isinstance(node, (ast.Yield, ast.Return))]
    if len(values) != 1 or values[0] is None or any(isinstance(node, ast.YieldFrom) for node in yields):
        return None
    value, named = values[0], class_named(function.returns, yielded=bool(yields))
    if not named or (isinstance(value, ast.Name) and _times_bound(function, value.id) != 1):
        return None
    return value, named


def _times_bound(function: FunctionNode, name: str) -> int:
    stored = (node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return sum(each == name for each in stored)


def _own(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of a body without those of the functions and classes in it."""
    stack = list(statements)
    while stack:
        node = stack.pop()
        if not isinstance(node, _SCOPES):
            yield node
            stack += ast.iter_child_nodes(node)


def received(tree: ast.Module) -> tuple[Received, ...]:
    """The calls of a module whose receiver is annotated."""
    return tuple(_received(tree.body, {}))


def _received(statements: Iterable[ast.AST], of_self: Mapping[str, str]) -> Iterator[Received]:
    for node in _with_scopes(statements):
        if isinstance(node, ast.ClassDef):
            yield from _received(node.body, _of_instances(node))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            known = {**{f"self.{name}": noted for name, noted in of_self.items()}, **_parameters(node)}
            yield from _calls(node, known)
            yield from _received(node.body, of_self)


def _with_scopes(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The functions and classes that statements define, not those within these."""
    stack = list(statements)
    while stack:
        node = stack.pop()
        if isinstance(node, _SCOPES):
            yield node
        else:
            stack += ast.iter_child_nodes(node)


def _calls(function: FunctionNode, known: Mapping[str, str]) -> Iterator[Received]:
    for node in _own(function.body):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            noted = known.get(dotted_name(node.func.value), "")
            if noted:
                yield Received(node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, noted)


def _parameters(function: FunctionNode) -> dict[str, str]:
    """The annotated parameters that the function never binds anew, each with its class."""
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    anew = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    named = {each.arg: class_named(each.annotation) for each in arguments if each.arg not in anew}
    return {name: noted for name, noted in named.items() if noted}


def _of_instances(owner: ast.ClassDef) -> dict[str, str]:
    """The attributes of `self` that a class annotates, or sets to nothing but annotated parameters of one class."""
    found: dict[str, set[str]] = {}
    for each in owner.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            found.setdefault(each.target.id, set()).add(class_named(each.annotation))
        elif isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
            known = _parameters(each)
            for node in ast.walk(each):
                for target, noted in _set_there(node, known):
                    if target.startswith("self."):
                        found.setdefault(target.removeprefix("self."), set()).add(noted)
    return {name: min(several) for name, several in found.items() if len(several) == 1 and "" not in several}


def _set_there(node: ast.AST, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a statement sets, and the class that is named for it ("" without one)."""
    match node:
        case ast.Assign(targets=targets, value=value):
            noted = known.get(value.id, "") if isinstance(value, ast.Name) else ""
            yield from ((dotted_name(target), noted) for target in targets)
        case ast.AnnAssign(target=target, annotation=annotation):
            yield dotted_name(target), class_named(annotation)
        case ast.AugAssign(target=target) | ast.NamedExpr(target=target) | ast.For(target=target):
            yield dotted_name(target), ""


def asked_of(tree: ast.Module) -> tuple[str, ...]:
    """The last names of the classes that a module asks objects for (`isinstance`, a class pattern)."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=func, args=[_, classes, *_]) if last_part(func) in _ASKING:
                found.update(
                    last_part(each) for each in ast.walk(classes) if isinstance(each, (ast.Name, ast.Attribute))
                )
            case ast.MatchClass(cls=pattern):
                found.add(last_part(pattern))
    return tuple(sorted(found - {""}))


def bound_within(tree: ast.Module) -> tuple[str, ...]:
    """The names that functions of a module bind and that look like a class's."""
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    found = frozenset[str]().union(*map(bound_names, functions))
    return tuple(sorted(name for name in found if name.lstrip("_")[:1].isupper()))
