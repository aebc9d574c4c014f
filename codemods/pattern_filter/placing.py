"""Where a call can take the place of an option: the statement that adds it, the list that holds it, or further below.

A pattern may select files, so it has to be applied when all paths are in the command.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.pattern_filter.commands import Commands
from codemods.pattern_filter.given import Given
from codemods.pattern_filter.guards import Guard
from codemods.pattern_filter.lists import Piece
from codemods.pattern_filter.part import Around, Below, Change, Elements, Replaced
from codemods.pattern_filter.program import Block, Program, Step
from codemods.pattern_filter.values import literals
from codemods.toolkit.python.rows import row_at


class Placing:
    """Makes the changes of one module that put a call in the place of an option."""

    def __init__(self, program: Program, commands: Commands) -> None:
        self._program = program
        self._commands = commands

    def target(self, given: Given) -> str:
        """The text of the list that an option is put into."""
        assert given.home is not None  # noqa: S101 - `_unchangeable` refuses what has none
        match given.step.node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target))) | ast.AugAssign(target=target):
                return self._program.text(target)
        return given.home[1]

    def statement(self, given: Given, call: str) -> tuple[Change, ...] | None:
        """The statement that puts the option into its list, with a call in its place or below it."""
        program = self._program
        if not given.changes:
            return None
        start, end = program.module.span(given.step.node)
        if given.literal is None:
            partner = self.partner(given)
            return (Replaced(start, end, call), *(Replaced(*program.module.span(each), "") for each in partner))
        if len(given.literal.elts) == 2:
            return (Replaced(start, end, call),)
        row = row_at(program.module.source.body, end, end)
        if not (row.whole or row.comment) or not isinstance(given.literal, ast.List):
            return None
        return Elements(*program.module.span(given.literal), (given.at, given.at + 1)), Below(start, end, call)

    def partner(self, given: Given) -> tuple[ast.stmt, ...]:
        """The statement that appends the value, where the option was appended by one of its own."""
        if given.literal is not None:
            return ()
        return (self._program.place(given.value)[1].node,)

    def wrapped(self, given: Given, behind: str) -> tuple[Change, ...] | None:
        """The list where it is made, narrowed at once."""
        if not isinstance(given.literal, ast.List):
            return None
        outer: ast.expr = given.literal
        while isinstance(parent := self._program.parents.get(id(outer)), ast.BinOp):
            outer = parent
        span = self._program.module.span(given.literal)
        return (
            Elements(*span, (given.at, given.at + 1)),
            Around(*self._program.module.span(outer), "apply_pattern(", behind),
        )

    def later_paths(self, given: Given) -> list[Piece]:
        """What may put a path into the command behind the option."""
        found: list[Piece] = []
        if given.home is None:
            return found
        for key, pieces in self._commands.pieces.items():
            if key != given.home and given.home in self._commands.holds(key):
                found += (piece for piece in pieces if piece.changes and self._adds_path(piece))
        if found:
            return found
        for piece in self._commands.pieces.get(given.home, ()):
            later = piece.step.index > given.step.index and piece.value is not given.value
            if later and not self._program.exclusive(given.path, piece.step.path) and self._adds_path(piece):
                found.append(piece)
        return sorted(found, key=lambda piece: piece.step.index)

    def _adds_path(self, piece: Piece) -> bool:
        option = False
        for element in [piece.value] if piece.single else getattr(piece.value, "elts", [piece.value]):
            texts = [text for text in literals(self._program, element, piece.function) if text]
            prefix = texts[0] if texts else _prefix(element)
            if not prefix.startswith("-") and not option:
                return True
            option = prefix.startswith("-") and "=" not in prefix
        return False

    def deferred(
        self, given: Given, behind: str, last: Piece, guard: Guard, cleaning: Sequence[Change]
    ) -> tuple[Change, ...] | None:
        """The call below the last statement that adds a path, where nothing but the pattern decides about it."""
        if not given.changes or given.literal is None or last.function is not given.function:
            return None
        if last.step.loops != given.step.loops or given.loops != given.step.loops:
            return None
        common = _common(given.step.path, last.step.path)
        condition = self._condition(given, common, guard)
        anchor = self._within(last.step, common)
        if condition is None or anchor is None:
            return None
        start, end = self._program.module.span(anchor)
        row = row_at(self._program.module.source.body, end, end)
        if not (row.whole or row.comment):
            return None
        call = Below(start, end, f"apply_pattern({self.target(given)}{behind}")
        if isinstance(condition, ast.If):
            rest = len(condition.body) - 1 - len(cleaning)
            if len(given.literal.elts) == 2 and not rest:
                return Replaced(*self._program.module.span(condition), ""), call
        removed: tuple[Change, ...]
        if len(given.literal.elts) > 2 and isinstance(given.literal, ast.List):
            removed = (Elements(*self._program.module.span(given.literal), (given.at, given.at + 1)),)
        elif len(given.literal.elts) == 2 and len(given.step.block) > 1 + len(cleaning):
            removed = (Replaced(*self._program.module.span(given.step.node), ""),)
        else:
            return None
        return (*removed, *guard.changes, *cleaning, call)

    def _condition(self, given: Given, common: tuple[Block, ...], guard: Guard) -> ast.stmt | None:
        """The only condition that falls away (the statement itself where there is none); None where there are more."""
        extra = len(given.step.path) - len(common)
        if extra == 0:
            return given.step.node
        parent = self._program.parents.get(id(given.step.node))
        if extra > 1 or not isinstance(parent, ast.If) or given.step.node not in parent.body or not guard.only_pattern:
            return None
        return parent if guard.changes or not parent.orelse else None

    def _within(self, step: Step, common: tuple[Block, ...]) -> ast.stmt | None:
        """The statement around a step that stands right in a block."""
        at: ast.AST | None = step.node
        while at is not None:
            if isinstance(at, ast.stmt) and len(self._program.place(at)[1].path) == len(common):
                return at
            at = self._program.parents.get(id(at))
        return None


def _common(one: tuple[Block, ...], other: tuple[Block, ...]) -> tuple[Block, ...]:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return one[:count]


def _prefix(element: ast.expr) -> str:
    match element:
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return text
    return ""
