"""What a category is: something that decides which tests a command runs.

A condition about anything else (the framework, the platform) is none of the policy table's business, however it is
spelled.  An expression holds a category where a table of lists is asked for it, where a path of the command is made of
it, or where comparing it decides which paths or options are added.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codemods.pattern_filter.commands import Commands
from codemods.pattern_filter.lists import Piece, subject_of
from codemods.pattern_filter.policies import Policy, policy_of
from codemods.pattern_filter.program import Function, Program


class Categories:
    """The categories of a module: their `names`, as far as they are written, and the expressions that hold one."""

    def __init__(self, program: Program, commands: Commands) -> None:
        self._program = program
        self.names: set[str] = set()
        self._subjects: set[tuple[Function, str]] = set()
        for key in commands.pytest:
            for piece in commands.pieces.get(key, ()):
                self._tables(piece)
                self._paths(piece)
                if piece.changes:
                    self._branches(piece)

    def decides(self, policy: Policy, function: Function) -> bool:
        """Whether a condition is one about a category."""
        held = (function, self._program.text(policy.subject)) in self._subjects
        return held or not self.names.isdisjoint(policy.named)

    def _tables(self, piece: Piece) -> None:
        for node in ast.walk(piece.value):
            subject = subject_of(node) if isinstance(node, (ast.Subscript, ast.Call)) else None
            table = getattr(node, "value", None) or getattr(getattr(node, "func", None), "value", None)
            if subject is None or not isinstance(table, ast.expr):
                continue
            for each in self._program.assigned(piece.function, table):
                if isinstance(each.value, ast.Dict) and any(isinstance(v, ast.List) for v in each.value.values):
                    self._subjects.add((piece.function, self._program.text(subject)))
                    self.names |= {str(k.value) for k in each.value.keys if isinstance(k, ast.Constant)}

    def _paths(self, piece: Piece) -> None:
        for element in _elements(piece):
            match element:
                case ast.JoinedStr(values=[first, *_]) if _begins(first).startswith("-"):
                    continue
                case ast.BinOp(left=left) if _begins(left).startswith("-"):
                    continue
                case ast.JoinedStr() | ast.BinOp():
                    for node in ast.walk(element):
                        if isinstance(node, (ast.Name, ast.Attribute)):
                            self._subjects.add((piece.function, self._program.text(node)))

    def _branches(self, piece: Piece) -> None:
        if not any(_selects(element) for element in _elements(piece)):
            return
        node: ast.AST | None = piece.step.node
        while node is not None and node is not piece.function.node:
            if isinstance(node, ast.If):
                policy = policy_of(self._program, node.test, piece.function)
                if policy is not None and policy.function is None:
                    self._subjects.add((piece.function, self._program.text(policy.subject)))
                    self.names |= set(policy.named)
            node = self._program.parents.get(id(node))


def _elements(piece: Piece) -> Iterator[ast.expr]:
    yield from [piece.value] if piece.single else getattr(piece.value, "elts", [])


def _begins(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _selects(element: ast.expr) -> bool:
    """Whether a literal element is a path, or an option that selects."""
    text = _begins(element)
    return text in {"-k", "-m"} or (text != "" and not text.startswith("-"))
