"""Where a pattern enters a runner (argparse, click, typer, the environment, a parameter), and whether it is a glob."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.pattern_filter.program import Function, Program
from codemods.pattern_filter.values import Way
from codemods.toolkit.python.collect_names import dotted_name

_GLOB = re.compile(r"\bglob\b|\bwildcard|(?<![\w*])\*[\w*]|[\w]\*(?!\w*\*\*)", re.IGNORECASE)
"""A word of help that says that a glob is meant, or an example of one."""

_WILD = re.compile(r"[*?]|\[[^\]]+\]")


def is_glob(text: str) -> bool:
    """Whether a literal is a glob, and so no expression for `-k`."""
    return "*" in text or "?" in text


def evidence(program: Program, way: Way) -> str:
    """Why a value that reaches `-k` is a glob, "" when nothing says so."""
    if way.cleaned:
        return "stars are taken off it" if not way.emptied else "stars are taken out of it"
    if way.starred:
        return "stars are put around it"
    if isinstance(way.root, ast.Constant):
        return "it is a glob" if isinstance(way.root.value, str) and is_glob(way.root.value) else ""
    for text, kind in _declared(program, way):
        if kind == "default" and is_glob(text):
            return f"it may be the glob {text!r}"
        if kind == "help" and _GLOB.search(text):
            return f"its help asks for a glob: {text!r}"
    return ""


def source(program: Program, way: Way) -> str:
    """What a pattern is to the user, in words."""
    root = way.root
    match root:
        case ast.Constant():
            return "a literal"
        case ast.Attribute(attr=name) if _options(program, name):
            return f"the option --{name.replace('_', '-')}"
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]):
            return f"the option --{name.replace('_', '-')}" if _options(program, name) else f"the attribute {name}"
        case ast.Call(func=func) | ast.Subscript(value=func) if _environment(func):
            return "the environment"
        case ast.Name(id=name) if name in way.function.params:
            return f"the option --{name}" if _decorated(way.function, name) else f"the parameter {name}"
    return f"`{program.text(root)}`"


def _environment(node: ast.expr) -> bool:
    return dotted_name(node) in {"os.environ", "os.environ.get", "os.getenv", "environ.get", "getenv"}


def _declared(program: Program, way: Way) -> Iterator[tuple[str, str]]:
    """The defaults and the help of a source."""
    match way.root:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            yield from _attribute(program, way.function, name)
        case ast.Attribute(attr=name):
            for call in _options(program, name):
                yield from _keywords(call)
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *rest]):
            yield from _texts(rest[:1], "default")
            for call in _options(program, name):
                yield from _keywords(call)
        case ast.Call(func=func, args=[_, default]) if _environment(func):
            yield from _texts([default], "default")
        case ast.Name(id=name) if name in way.function.params:
            yield from _parameter(way.function, name)
        case ast.Name():
            for assigned in program.assigned(way.function, way.root):
                if assigned.element:
                    yield from ((text, "default") for text in _entries(program, assigned.value, assigned.function))


def _attribute(program: Program, function: Function, name: str) -> Iterator[tuple[str, str]]:
    """The defaults of an attribute: in the class (a dataclass), or of the parameter that it is made of."""
    for step in program.top.steps:
        parent = program.parents.get(id(step.node))
        if isinstance(parent, ast.ClassDef) and parent.name == function.owner:
            match step.node:
                case (
                    ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value)
                    | ast.Assign(targets=[ast.Name(id=target)], value=value)
                ) if target == name:
                    yield from _texts([value], "default")
    for assigned in program.assigned(function, ast.parse(f"self.{name}", mode="eval").body):
        if isinstance(assigned.value, ast.Name) and assigned.value.id in assigned.function.params:
            yield from _parameter(assigned.function, assigned.value.id)


def _entries(program: Program, value: ast.expr, function: Function) -> Iterator[str]:
    """The literal entries of a list or a dictionary that a loop goes through."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr="items" | "values"), args=[]):
            yield from _entries(program, inner, function)
        case ast.Dict(values=entries) | ast.List(elts=entries) | ast.Tuple(elts=entries):
            for entry in entries:
                yield from (text for text, _kind in _texts([entry], ""))
        case ast.Name() | ast.Attribute():
            for assigned in program.assigned(function, value):
                if not assigned.element and not isinstance(assigned.value, (ast.Name, ast.Attribute)):
                    yield from _entries(program, assigned.value, assigned.function)


def _parameter(function: Function, name: str) -> Iterator[tuple[str, str]]:
    node = function.node
    if isinstance(node, ast.Module):
        return
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults = [None] * (len(positional) - len(node.args.defaults)) + list(node.args.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    for argument, default in pairs:
        if argument.arg == name and default is not None:
            yield from _texts([default], "default")
            if isinstance(default, ast.Call):  # typer.Option("*", help=...)
                yield from _texts(default.args[:1], "default")
                yield from _keywords(default)
    for call in _decorated(function, name):
        yield from _keywords(call)


def _decorated(function: Function, name: str) -> list[ast.Call]:
    """The `@click.option` of a parameter."""
    decorators = [] if isinstance(function.node, ast.Module) else function.node.decorator_list
    return [each for each in decorators if isinstance(each, ast.Call) and _names(each, name)]


def _options(program: Program, name: str) -> list[ast.Call]:
    """The `add_argument` calls whose value becomes an attribute of this name."""
    return [call for call in program.called_by_name("add_argument") if _names(call, name)]


def _names(call: ast.Call, name: str) -> bool:
    destination = next((k.value for k in call.keywords if k.arg == "dest"), None)
    if isinstance(destination, ast.Constant):
        return destination.value == name
    given = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    long = [each for each in given if each.startswith("--")] or given
    return any(each.lstrip("-").replace("-", "_") == name for each in (long if "click" in ast.dump(call.func) else
                                                                       long[:1]))  # fmt: skip


def _keywords(call: ast.Call) -> Iterator[tuple[str, str]]:
    for keyword in call.keywords:
        if keyword.arg == "default":
            yield from _texts([keyword.value], "default")
        elif keyword.arg in {"help", "metavar"}:
            yield from _texts([keyword.value], "help")


def _texts(values: list[ast.expr], kind: str) -> Iterator[tuple[str, str]]:
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value, kind
