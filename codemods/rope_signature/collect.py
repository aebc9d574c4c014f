"""`collect`: the uses of the function in one module, and the function itself."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from codemods.rope_signature.calls import Given, nature_of
from codemods.rope_signature.config import Config
from codemods.rope_signature.facts import Call, Double, Facts, Function, Span
from codemods.rope_signature.signature import of
from codemods.toolkit.python import uses
from codemods.toolkit.python.collect_names import last_part
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

_TRANSPARENT = frozenset({
    "cache", "lru_cache", "contextmanager", "asynccontextmanager", "deprecated", "final", "override", "no_type_check",
})  # fmt: skip
"""Decorators that hand all arguments on as they are."""

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_PATCHES = frozenset({"patch", "object", "setattr", "getattr", "import_string"})


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether a text holds the name of the function."""
    return bool(config.target) and uses.mentions(body, config.function)


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """The facts of one module."""
    found = uses.uses_of(module, config.function, words)
    name = config.function.rpartition(".")[2]
    return Facts(
        uses=found,
        calls=tuple(_call(module, use) for use in found if use.kind == "call"),
        doubles=tuple(_doubles(module, name)),
        function=_function(module, name),
    )


def _call(module: Module, use: uses.Use) -> Call:
    body = module.source.body
    given: list[Given] = []
    for argument in use.arguments:
        text = body[argument.start : argument.end].decode()
        value = text
        if argument.name and argument.name not in {"*", "**"}:
            value = body[argument.name_end : argument.end].decode().partition("=")[2].strip()
        given.append(Given(argument.name, value, nature_of(value)))
    return Call(use.start, tuple(given))


def _doubles(module: Module, name: str) -> Iterator[Double]:
    if re.search(rb"patch|[sg]etattr|import_string", module.source.body) is None:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and last_part(node.func) in _PATCHES:
            for argument in node.args[:2]:
                match argument:
                    case ast.Constant(value=str() as text) if text.rpartition(".")[2] == name:
                        yield Double(text, argument.lineno, argument.col_offset)


def _function(module: Module, name: str) -> Function | None:
    found = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name
    ]
    top = [node for node in found if node in module.tree.body and not isinstance(node, ast.ClassDef)]
    if not top or isinstance(top[-1], ast.ClassDef):
        return None
    node = top[-1]
    inside = _inside(module, node)
    names = {arg.name for arg in of(node.args)}
    return Function(
        line=node.lineno,
        column=node.col_offset,
        parameters=of(node.args),
        inside=inside,
        indent=_indent(module, inside),
        written=dict(_written(module, node)),
        reads={each: tuple(_places(module, node, each)) for each in sorted(names)},
        words=frozenset(_words(node)),
        closed=frozenset(each for each in names if _is_rebound(node, each)),
        problem=_problem(node, len(top)),
    )


def _problem(node: ast.FunctionDef | ast.AsyncFunctionDef, count: int) -> str:
    if count > 1:
        return "it is defined more than once"
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if last_part(called) not in _TRANSPARENT:
            return f"its decorator (line {decorator.lineno}) may call it, or take other arguments"
    if getattr(node, "type_params", ()):
        return "it has type parameters"
    if any(isinstance(each, ast.Name) and each.id in {"locals", "vars", "eval", "exec"} for each in ast.walk(node)):
        return "its body looks names up at run time"
    return ""


def _inside(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Span:
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


def _written(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, str]]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    found = [each.annotation for each in arguments if each is not None]
    for each in (*found, *node.args.defaults, *node.args.kw_defaults):
        if each is not None:
            start, end = module.span(each)
            yield ast.unparse(each), module.source.body[start:end].decode()


def _indent(module: Module, inside: Span) -> str:
    """The indentation of the first parameter where each has a line of its own, "" where they don't."""
    text = module.source.body[inside.start : inside.end].decode()
    found = re.match(r"[ \t]*(?:\r\n|\r|\n)([ \t]*)\S", text)
    return found[1] if found is not None else ""


def _places(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Iterator[Span]:
    for statement in node.body:
        for each in ast.walk(statement):
            if isinstance(each, ast.Name) and each.id == name:
                yield Span(*module.span(each))


def _words(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
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


def _is_rebound(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
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
