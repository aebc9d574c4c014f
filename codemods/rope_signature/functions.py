"""The functions of a module that have the name: parameters, where they stand, and what the body does with them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from codemods.rope_signature.facts import Binding, Function, Remarks, Span
from codemods.rope_signature.signature import of
from codemods.toolkit.python.collect_names import blocks, last_part
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION

_Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

TRANSPARENT = frozenset({
    "cache", "lru_cache", "contextmanager", "asynccontextmanager", "deprecated", "final", "override", "no_type_check",
    "staticmethod", "classmethod", "abstractmethod",
})  # fmt: skip
"""Decorators that hand all arguments on as they are."""

_SCOPES = (*FUNCTION, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SHOWN = re.compile(rb"[\s)]*=\s*[}!:]")
"""What stands behind an expression in an f-string that shows its code (`{x=}`)."""
_OF_THE_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
"""Methods that get the class without a decorator (language reference, "Customizing class creation")."""


def functions_in(module: Module, name: str) -> tuple[Function, ...]:
    """All functions of that name at the top level of a module and in its classes."""
    found = list(_named(module.tree.body, (), name))
    counts = [names for names, _node in found]
    return tuple(
        _function(module, names, node, counts.count(names)) for names, node in found if isinstance(node, FUNCTION)
    )


def _named(
    body: Sequence[ast.stmt], around: tuple[str, ...], name: str
) -> Iterator[tuple[tuple[str, ...], _Def | ast.ClassDef]]:
    for node in body:
        if isinstance(node, (*FUNCTION, ast.ClassDef)) and node.name == name:
            yield (*around, name), node
        if isinstance(node, ast.ClassDef):
            yield from _named(node.body, (*around, node.name), name)
        elif not isinstance(node, FUNCTION):
            for block, _word in blocks(node):
                yield from _named(block, around, name)


def binding_of(node: _Def, *, in_class: bool) -> Binding:
    """What a function is called with besides its arguments."""
    if not in_class:
        return "function"
    decorators = {last_part(decorator) for decorator in node.decorator_list}
    if "staticmethod" in decorators:
        return "static"
    return "class" if "classmethod" in decorators or node.name in _OF_THE_CLASS else "instance"


def _function(module: Module, names: tuple[str, ...], node: _Def, count: int) -> Function:
    inside = _inside(module, node)
    parameters = of(node.args)
    each_name = {parameter.name for parameter in parameters}
    return Function(
        names=names,
        binding=binding_of(node, in_class=len(names) > 1),
        line=node.lineno,
        column=node.col_offset,
        parameters=parameters,
        inside=inside,
        indent=_indent(module, node, inside),
        written=dict(_written(module, node)),
        remarks=_remarks(module, inside),
        reads={name: tuple(_places(module, node, name)) for name in sorted(each_name)},
        words=frozenset(_words(node)),
        closed=frozenset(name for name in each_name if _is_rebound(node, name) or _is_misplaced(module, node, name)),
        problem=_problem(node, count),
    )


def _problem(node: _Def, count: int) -> str:
    if count > 1:
        return "it is defined more than once"
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if last_part(called) not in TRANSPARENT:
            return f"its decorator (line {decorator.lineno}) may call it, or take other arguments"
    if getattr(node, "type_params", ()):
        return "it has type parameters"
    if any(isinstance(each, ast.Name) and each.id in {"locals", "vars", "eval", "exec"} for each in ast.walk(node)):
        return "its body looks names up at run time"
    return ""


def _inside(module: Module, node: _Def) -> Span:
    """What stands between the parentheses of a parameter list."""
    body = module.source.body
    first = module.line_starts[node.lineno - 1]
    text = io.StringIO(body[first:].decode(), newline=None)
    depth, opening = 0, first
    for token in tokenize.generate_tokens(text.readline):
        if token.string in {"(", "[", "{"} and token.type == tokenize.OP:
            depth += 1
            if depth == 1:
                opening = _offset(module, node.lineno - 1 + token.end[0], token.end[1])
        elif token.string in {")", "]", "}"} and token.type == tokenize.OP:
            depth -= 1
            if depth == 0:
                return Span(opening, _offset(module, node.lineno - 1 + token.start[0], token.start[1]))
    raise ValueError(f"{module.source.path}: {node.name} has no parentheses")


def _offset(module: Module, line: int, characters: int) -> int:
    """The offset of a place that is counted in characters."""
    start = module.line_starts[line - 1]
    end = module.line_starts[line] if line < len(module.line_starts) else len(module.source.body)
    return start + len(module.source.body[start:end].decode()[:characters].encode())


def _remarks(module: Module, inside: Span) -> dict[str, Remarks]:
    """The comments in a parameter list, by the parameter that they belong to."""
    text = module.source.body[inside.start : inside.end].decode()
    if "#" not in text:
        return {}
    found: dict[str, Remarks] = {}
    before: list[str] = []
    name, depth, line = "", 0, -1
    is_new = True
    for token in tokenize.generate_tokens(io.StringIO(f"({text})", newline=None).readline):
        if token.type == tokenize.COMMENT:
            if token.start[0] == line:
                found[name] = Remarks(found[name].before, " ".join((found[name].behind, token.string)).strip())
            else:
                before.append(token.string)
        elif token.type in {tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING}:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string in {"*", "**"} and is_new:
                name = token.string
                found[name] = Remarks(tuple(before))
                before = []
            elif is_new and depth == 1 and (token.type == tokenize.NAME or token.string == "/"):
                star = found.pop(name) if name in {"*", "**"} else Remarks()
                name, is_new = token.string, False
                found[name] = Remarks((*star.before, *before), star.behind)
                before = []
            elif token.string == "," and depth == 1:
                is_new = True
            if token.string != "(" or depth > 1:
                line = token.end[0]
            if token.string == ")" and not depth:
                break
    if before:
        found[""] = Remarks(tuple(before))
    return {each: remarks for each, remarks in found.items() if remarks != Remarks()}


def _written(module: Module, node: _Def) -> Iterator[tuple[str, str]]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    found = [each.annotation for each in arguments if each is not None]
    for each in (*found, *node.args.defaults, *node.args.kw_defaults):
        if each is not None:
            start, end = module.span(each)
            yield ast.unparse(each), module.source.body[start:end].decode()


def _indent(module: Module, node: _Def, inside: Span) -> str:
    """The indentation of parameters where each has a line of its own, "" where they don't."""
    text = module.source.body[inside.start : inside.end].decode()
    found = re.match(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)([ \t]*)\S", text)
    if found is not None:
        return found[1]
    return " " * (node.col_offset + 4) if "#" in text else ""


def _places(module: Module, node: _Def, name: str) -> Iterator[Span]:
    for statement in node.body:
        for each in ast.walk(statement):
            if isinstance(each, ast.Name) and each.id == name:
                yield Span(*module.span(each))


def _is_misplaced(module: Module, node: _Def, name: str) -> bool:
    """Whether a place of a name isn't known (those in f-strings are not, before Python 3.12), or its code is shown."""
    body = module.source.body
    if any(body[span.start : span.end] != name.encode() for span in _places(module, node, name)):
        return True
    return any(
        isinstance(each, ast.FormattedValue)
        and SHOWN.match(body, module.span(each.value)[1]) is not None
        and any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(each.value))
        for each in ast.walk(node)
    )


def _words(node: _Def) -> Iterator[str]:
    for each in ast.walk(node):
        match each:
            case ast.Name(id=word) | ast.arg(arg=word) | ast.alias(asname=str() as word):
                yield word
            case ast.alias(name=word):
                yield word.partition(".")[0]
            case ast.FunctionDef(name=word) | ast.AsyncFunctionDef(name=word) | ast.ClassDef(name=word):
                yield word
            case ast.ExceptHandler(name=str() as word):
                yield word
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names


def _is_rebound(node: _Def, name: str) -> bool:
    """Whether a scope within the function, or a statement without a name node, binds a parameter's name."""
    for statement in node.body:
        for each in ast.walk(statement):
            if isinstance(each, _SCOPES) and _binds(each, name):
                return True
            if isinstance(each, _COMPREHENSIONS) and any(_stores(one.target, name) for one in each.generators):
                return True
            match each:
                case ast.ExceptHandler(name=word) | ast.MatchAs(name=word) | ast.MatchStar(name=word) if word == name:
                    return True
                case ast.MatchMapping(rest=word) if word == name:
                    return True
                case ast.Global(names=names) | ast.Nonlocal(names=names) if name in names:
                    return True
                case ast.alias(name=word, asname=asname) if (asname or word.partition(".")[0]) == name:
                    return True
    return False


def _binds(node: ast.AST, name: str) -> bool:
    if getattr(node, "name", "") == name:
        return True
    arguments = getattr(node, "args", None)
    if isinstance(arguments, ast.arguments) and any(each.name == name for each in of(arguments)):
        return True
    inner: Sequence[ast.AST] = getattr(node, "body", ()) if not isinstance(node, ast.Lambda) else ()
    return any(_stores(each, name) for each in inner)


def _stores(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store) for each in ast.walk(node)
    )
