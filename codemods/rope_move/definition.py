"""Find the statement that moves, with all that belongs to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from codemods.rope_move.facts import Definition, Relative
from codemods.toolkit.python.collect_names import blocks, dotted_name, last_part
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import bindings_in

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINING = re.compile(rb"(?:\s|#[^\r\n]*)*(?:@|class\b|def\b|async\b)")
_FROM = re.compile(rb"from(?P<gap>[\s\\]*)(?P<module>.+?)[\s\\]*\bimport\b", re.DOTALL)


def definition_of(module: Module, name: str) -> Definition | None:
    """The definition of a name at the top level of a module, None where nothing but imports binds it there.

    What can't be moved has a `problem`.
    """
    found = list(bindings_in(module.tree.body, name.__eq__, (), walrus=b":=" in module.source.body))
    if not found or all(binding.kind == "import" for binding in found):
        return None
    nodes = [binding.node for binding in found if isinstance(binding.node, ast.stmt)]
    problem = _problem(module, nodes, [binding.context for binding in found])
    return _definition(module, nodes, problem)


def _problem(module: Module, nodes: Sequence[ast.stmt], contexts: Sequence[tuple[str, ...]]) -> str:
    """Why these statements can't be moved; "" where they can."""
    if any(contexts) or any(node not in module.tree.body for node in nodes):
        return "it is defined under a condition, in a loop, or in another block"
    last = nodes[-1]
    if len(nodes) > 1:
        at = module.tree.body.index(nodes[0])
        together = module.tree.body[at : at + len(nodes)] == list(nodes)
        if not together or not all(_is_overload(node) for node in nodes[:-1]):
            return "it is bound more than once"
    match last:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            pass
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
            pass
        case ast.Assign():
            return "it is assigned together with other names"
        case _ if type(last).__name__ == "TypeAlias":
            pass
        case _:
            return "it is bound by a statement that does other things too"
    if not _has_own_lines(module, nodes):
        return "it shares a line with other statements"
    return ""


def _is_overload(node: ast.stmt) -> bool:
    return isinstance(node, _FUNCTION) and any(last_part(each) == "overload" for each in node.decorator_list)


def first_line(node: ast.stmt) -> int:
    """The line in which a statement starts, decorators included."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    return min([node.lineno, *(each.lineno for each in decorators)])


def _has_own_lines(module: Module, nodes: Sequence[ast.stmt]) -> bool:
    lines = {line for node in nodes for line in range(first_line(node), (node.end_lineno or 0) + 1)}
    others = (node for node in module.tree.body if node not in nodes)
    return not any(first_line(node) in lines or node.end_lineno in lines for node in others)


def _definition(module: Module, nodes: Sequence[ast.stmt], problem: str) -> Definition:
    first, last = nodes[0], _last(module, nodes[-1])
    start = module.line_starts[comments_above(module, first_line(first)) - 1]
    end_line = last.end_lineno or last.lineno
    body = module.source.body
    next_line = module.line_starts[end_line] if end_line < len(module.line_starts) else len(body)
    end = start + len(body[start:next_line].rstrip(b"\r\n"))
    decorators = (each for node in nodes for each in getattr(node, "decorator_list", ()))
    return Definition(
        start=start,
        end=end,
        text=body[start:end],
        line=nodes[-1].lineno,
        column=nodes[-1].col_offset,
        annotated=any(_is_annotated(inner) for node in nodes for inner in ast.walk(node)),
        decorators=tuple(dotted_name(each.func if isinstance(each, ast.Call) else each) for each in decorators),
        relative=tuple(found for node in nodes for found in _relative(module, node)),
        problem=problem,
    )


def _last(module: Module, node: ast.stmt) -> ast.stmt:
    """The statement that a definition ends with: a string right below a variable is its docstring (PEP 257)."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node in module.tree.body:
        following = module.tree.body[module.tree.body.index(node) + 1 :]
        match following[:1]:
            case [ast.Expr(value=ast.Constant(value=str())) as text] if text.lineno == (node.end_lineno or 0) + 1:
                return text
    return node


def is_function_or_class(text: bytes) -> bool:
    """Whether the text of a definition is that of a function or class (decorators and comments may come first)."""
    return _DEFINING.match(text) is not None


def comments_above(module: Module, line: int) -> int:
    """The line in which the comments right above a line start; the line itself where there are none.

    Comments that reach up to the first line are the head of the file, and belong to nothing in particular.
    """
    at = line
    while at > 1 and _line(module, at - 1).startswith(b"#"):
        at -= 1
    return line if at == 1 else at


def _line(module: Module, number: int) -> bytes:
    start = module.line_starts[number - 1]
    end = module.line_starts[number] if number < len(module.line_starts) else len(module.source.body)
    return module.source.body[start:end]


def _is_annotated(node: ast.AST) -> bool:
    match node:
        case ast.AnnAssign():
            return True
        case ast.arg(annotation=annotation):
            return annotation is not None
        case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
            return returns is not None
    return False


def _relative(module: Module, node: ast.stmt) -> Iterator[Relative]:
    """Relative imports within a statement."""
    if isinstance(node, ast.ImportFrom) and node.level:
        start, end = module.span(node)
        found = _FROM.match(module.source.body, start, end)
        if found is not None:
            yield Relative(found.start("module"), found.end("module"), node.level, node.module or "")
    for block, _word in blocks(node):
        for inner in block:
            yield from _relative(module, inner)
