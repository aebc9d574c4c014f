"""What has to be known of a module's functions before one of them is followed."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from codemods.toolkit.python.collect_names import holds_line

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
CONFIGURING = frozenset(
    {"configure_mock", "mock_add_spec", "attach_mock", "update", "setattr", "delattr", "__setattr__", "__delattr__"}
)

_GIVING = frozenset({"values", "items", "get", "pop", "popitem", "setdefault", "copy"})
"""Methods of dicts and lists that give what these hold."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What the functions, lambdas and classes within a function do with names.

    `changed` are names whose objects they may change (names declared `global` or `nonlocal` anywhere count too), `read`
    all that they read, `declared` the `global` and `nonlocal` ones, `given` those whose objects they give to whoever
    calls them, or have as a default.
    """

    changed: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()


def inside(function: Function, lambdas: Sequence[int]) -> Inside:
    """What is inside a function; `lambdas` are the lines of the module that hold a `lambda`."""
    changed: set[str] = set()
    read: set[str] = set()
    declared: set[str] = set()
    given: set[str] = set()
    stack: list[ast.stmt] = list(function.body)
    while stack:
        node = stack.pop()
        nested: list[ast.AST] = []
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            nested.append(node)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            declared.update(node.names)
        else:
            below = list(blocks_below(node))
            stack += below
            if lambdas and holds_line(node, lambdas):
                nested += _lambdas(node)
        for each in nested:
            changed |= changed_names(each)
            for part in nodes_of(each):
                match part:
                    case ast.Name(id=name):
                        read.add(name)
                    case ast.Global(names=names) | ast.Nonlocal(names=names):
                        declared.update(names)
                    case ast.Return(value=ast.expr() as value) | ast.Lambda(body=value):
                        given |= shared_names(value)
                    case ast.arguments(defaults=defaults, kw_defaults=others):
                        given.update(*(shared_names(default) for default in (*defaults, *others) if default))
    sets = (changed | declared, read, declared, given)
    return Inside(*map(frozenset, sets))


def blocks_below(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements in the blocks of a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from part.body


def own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a function's body, in no order, but for those of functions and classes within it."""
    stack = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            stack += blocks_below(node)


def nodes_of(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it but for contexts, in no order: `ast.walk` takes half as long again."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        for name in node._fields:
            below = getattr(node, name, None)
            if isinstance(below, list):
                stack += [each for each in below if isinstance(each, ast.AST)]
            elif isinstance(below, ast.AST) and not isinstance(below, ast.expr_context):
                stack.append(below)


def _lambdas(node: ast.stmt) -> Iterator[ast.Lambda]:
    """The lambdas in the expressions of a statement itself."""
    stack: list[ast.AST] = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, ast.Lambda):
            yield at
        else:
            stack += (each for each in ast.iter_child_nodes(at) if not isinstance(each, ast.stmt))


def changed_names(node: ast.AST) -> set[str]:
    """The names in a piece of code whose objects may be changed there.

    Their attributes are set, they are bound anew or handed on, or they get another name, by which all that may happen.
    """
    found: set[str] = set()
    for part in nodes_of(node):
        match part:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                found.add(root_name(part, through_calls=True))
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Call(func=function, args=arguments, keywords=keywords):
                if isinstance(function, ast.Attribute) and function.attr in CONFIGURING:
                    found.add(root_name(function))
                for argument in (*arguments, *(keyword.value for keyword in keywords)):
                    found |= shared_names(argument)
            case ast.Assign(value=value) | ast.NamedExpr(value=value) | ast.AugAssign(value=value):
                found |= shared_names(value)
            case ast.AnnAssign(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
                found |= shared_names(value)
            case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
                found |= shared_names(value)
            case ast.withitem(context_expr=value) | ast.Match(subject=value):
                found |= shared_names(value)
    return found - {""}


def shared_names(node: ast.AST) -> set[str]:
    """The names whose objects an expression gives on, by itself or within something else."""
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Starred)):
        return {root_name(node)}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GIVING:
        return {root_name(node.func)}
    if isinstance(node, (ast.Call, ast.Await, ast.Compare, ast.Constant, ast.JoinedStr, ast.Lambda)):
        return set()
    return {name for part in ast.iter_child_nodes(node) for name in shared_names(part)}


def root_name(node: ast.AST, *, through_calls: bool = False) -> str:
    """The name that a chain of attributes and items (or calls, too) begins with, "" where that is none."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.Call)):
        if isinstance(node, ast.Call) and not through_calls:
            return ""
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def changes_parameters(function: Function) -> bool:
    """Whether a function may change what it is given."""
    arguments = function.args
    names = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    names |= {each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None}
    return (
        bool(function.decorator_list)
        or bool(names & changed_names(function))
        or any(isinstance(part, (ast.Global, ast.Nonlocal)) for part in nodes_of(function))
    )


def bound_names(function: Function | ast.ClassDef, besides: Set[ast.AST] = frozenset()) -> set[str]:
    """All names that a function binds, and those that functions within it bind, but by some nodes.

    A class, with its own name, is taken for one as well.
    """
    return set(_bindings(function, besides))


def bound_once(function: Function) -> frozenset[str]:
    """The names that a function binds in one place, and that no function within it binds."""
    return frozenset(name for name, count in Counter(_bindings(function, frozenset())).items() if count == 1)


def _bindings(function: Function | ast.ClassDef, besides: Set[ast.AST]) -> Iterator[str]:
    """The names that a function binds, once for each place, and those that functions within it bind."""
    nodes = nodes_of(function)
    for part in (each for each in nodes if each not in besides) if besides else nodes:
        match part:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names


def parameters(function: Function) -> list[str]:
    """The names of a function's parameters that are given by position or name."""
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def mapping_parameter(function: Function) -> list[str]:
    """The name of the parameter that gets all keywords which no other has (`**mocks`), if there is one."""
    return [function.args.kwarg.arg] if function.args.kwarg is not None else []


def functions_of(body: list[ast.stmt]) -> list[Function]:
    """The functions right in a block, those under conditions included."""
    found: list[Function] = []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append(node)
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            for block in (node.body, getattr(node, "orelse", []), getattr(node, "finalbody", [])):
                found += functions_of(block)
            for handler in getattr(node, "handlers", ()):
                found += functions_of(handler.body)
    return found


def inner_functions(function: Function) -> Iterator[Function]:
    """The functions right within a function, and the methods of classes there."""
    stack: list[ast.stmt] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        else:
            stack += blocks_below(node)


def holds_place(places: list[int], start: int, end: int) -> bool:
    """Whether one of some places (ascending) lies in a span."""
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end
