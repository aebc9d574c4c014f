"""Where the name of an import that comes is something else."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import msgspec

from codemods.engines.edits import PlacedEdit
from codemods.rope_restructure.needed import aliases, needed
from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import line_starts
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import Scope, Walk


def with_clashes(body: bytes, edits: tuple[PlacedEdit, ...], imports: Sequence[str]) -> tuple[PlacedEdit, ...]:
    """The edits of a file, those rejected where a scope around them binds the name of one of these imports otherwise.

    The edits that bring the imports go where no other is left.
    """
    wanted = {name: alias for each in imports for alias in aliases(ast.parse(each).body[0]) for name in _bound(alias)}
    if not wanted:
        return edits
    module = Module(Source("", body), ast.parse(body.decode()), line_starts(body))
    walk = Walk(module, wanted.__contains__, sorted({edit.line for edit in edits}), strings=False)
    bringing = set(needed(body, imports))
    checked = [_checked(edit, module, walk.scopes, wanted) for edit in edits if edit.edit not in bringing]
    if all(edit.rejected for edit in checked):
        return tuple(checked)
    return tuple(sorted((*checked, *(edit for edit in edits if edit.edit in bringing)), key=lambda edit: edit.start))


def _bound(alias: tuple[int, str, str, str]) -> Iterator[str]:
    _level, _module, name, asname = alias
    yield asname or name.partition(".")[0]


def _checked(
    edit: PlacedEdit, module: Module, scopes: Sequence[Scope], wanted: dict[str, tuple[int, str, str, str]]
) -> PlacedEdit:
    for scope in () if edit.rejected else scopes:
        if scope.kind != "module" and not _is_around(module, scope, edit):
            continue
        for name, bindings in scope.bindings.items():
            if name in wanted and any(wanted[name] not in aliases(binding.node) for binding in bindings):
                return msgspec.structs.replace(edit, rejected=f"RX105 `{name}` is something else there")
    return edit


def _is_around(module: Module, scope: Scope, edit: PlacedEdit) -> bool:
    if not isinstance(scope.node, (ast.stmt, ast.expr)):
        return False
    start, end = module.span(scope.node)
    return start <= edit.start and edit.end <= end
