"""The imports that files which change need.

rope could add them, but arranges all imports of a file anew when it does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.engines.edits import Text
from codemods.toolkit.codemod import Edit
from codemods.toolkit.pipeline.source import line_starts


def needed(body: bytes, statements: Sequence[str]) -> tuple[Edit, ...]:
    """The edits that give a module those import statements that it doesn't have: behind the imports of its head."""
    tree = ast.parse(body.decode())
    there = {alias for node in tree.body for alias in aliases(node)}
    missing = [each for each in statements if not set(aliases(ast.parse(each).body[0])) <= there]
    if not missing:
        return ()
    starts = line_starts(body)
    text = Text(body)
    last = _last_of_the_head(tree)
    if last is None:
        line = min([tree.body[0].lineno, *(each.lineno for each in getattr(tree.body[0], "decorator_list", ()))])
        new = "".join(f"{each}\n" for each in missing) + "\n"
        return (Edit(starts[line - 1], starts[line - 1], text.restored(new.encode())),)
    end_line = last.end_lineno or last.lineno
    end = starts[end_line] if end_line < len(starts) else len(body)
    at = len(body[:end].rstrip(b"\r\n"))
    gap = "\n" if isinstance(last, (ast.Import, ast.ImportFrom)) else "\n\n"
    return (Edit(at, at, text.restored((gap + "\n".join(missing)).encode())),)


def aliases(node: ast.AST) -> Iterator[tuple[int, str, str, str]]:
    """What an import statement binds: (level, module, name, asname) of each name; nothing of any other node."""
    match node:
        case ast.Import(names=names):
            yield from ((0, "", each.name, each.asname or "") for each in names)
        case ast.ImportFrom(level=level, module=module, names=names):
            yield from ((level, module or "", each.name, each.asname or "") for each in names)


def _last_of_the_head(tree: ast.Module) -> ast.stmt | None:
    """The last import before anything else, or the docstring."""
    found: ast.stmt | None = None
    for index, node in enumerate(tree.body):
        match node:
            case ast.Import() | ast.ImportFrom():
                found = node
            case ast.Expr(value=ast.Constant(value=str())) if not index:
                found = node
            case _:
                break
    return found
