"""What has to be known of a module's functions before one of them is followed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from codemods.toolkit.python.collect_names import dotted_name

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_CONFIGURES = frozenset({"configure_mock", "mock_add_spec", "attach_mock", "update", "setattr", "delattr"})
_SETUPS = frozenset({"setUp", "asyncSetUp", "setup_method", "setup", "setup_class"})


def changed_names(node: ast.AST) -> set[str]:
    """The names in a piece of code whose objects may be changed there: attributes set, handed on, bound anew."""
    found: set[str] = set()
    for part in ast.walk(node):
        match part:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                found.add(_root(part))
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Call(func=function, args=arguments, keywords=keywords):
                if isinstance(function, ast.Attribute) and function.attr in _CONFIGURES:
                    found.add(_root(function))
                for argument in (*arguments, *(keyword.value for keyword in keywords)):
                    found.add(_root(argument))
    return found - {""}


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def nested_names(function: Function) -> set[str]:
    """The names that functions, lambdas and classes within a function may change, or read."""
    found: set[str] = set()
    for part in ast.walk(function):
        if part is not function and isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            found |= changed_names(part)
            found |= {
                each
                for inner in ast.walk(part)
                if isinstance(inner, (ast.Nonlocal, ast.Global))
                for each in inner.names
            }
    return found


def names_read_within(function: Function) -> set[str]:
    """The names that functions, lambdas and classes within a function read."""
    return {
        inner.id
        for part in ast.walk(function)
        if part is not function and isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef))
        for inner in ast.walk(part)
        if isinstance(inner, ast.Name)
    }


def changes_parameters(function: Function) -> bool:
    """Whether a function may change what it is given."""
    arguments = function.args
    names = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    names |= {each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None}
    return bool(names & changed_names(function)) or any(
        isinstance(part, (ast.Global, ast.Nonlocal)) for part in ast.walk(function)
    )


def is_fixture(function: Function) -> bool:
    """Whether a function is a fixture of pytest, under its own name."""
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = dotted_name(call.func if call else decorator)
        if name.rpartition(".")[2] == "fixture":
            return not any(keyword.arg in {"name", None, "params"} for keyword in (call.keywords if call else ()))
    return False


def is_setup(function: Function) -> bool:
    """Whether a method runs before each test of its class."""
    return function.name in _SETUPS or any(
        dotted_name(each.func).endswith("fixture") and any(keyword.arg == "autouse" for keyword in each.keywords)
        for each in function.decorator_list
        if isinstance(each, ast.Call)
    )


def parametrised(function: Function | ast.ClassDef) -> str:
    """All names that `parametrize` gives to a function, as written."""
    words = [
        part.value
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and dotted_name(decorator.func).endswith("parametrize")
        for argument in decorator.args[:1]
        for part in ast.walk(argument)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    return ",".join(words)


def parameters(function: Function) -> list[str]:
    """The names of a function's parameters that are given by position or name."""
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def functions_of(body: list[ast.stmt]) -> Iterator[Function]:
    """The functions right in a block, those under conditions included."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from functions_of(node.body)
