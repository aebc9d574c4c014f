"""The `-k` and `-m` that a command is given: in its list, in tables, by helpers that it is handed to, by callers."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.pattern_filter.commands import FAR, Commands, Key
from codemods.pattern_filter.lists import Piece, is_pytest, option_of, parts_of, subject_of
from codemods.pattern_filter.program import Block, Function, Step


@dataclass(frozen=True, slots=True)
class Given:
    """One `-k` or `-m` with its value.

    `path` and `loops` are what stands around it on its way into the command.  `literal` is the list that holds it and
    `at` its place in it; None for elements that are appended one by one.  `home` is the list that it is put into first.
    `table` says that it is one of several entries, `step` the statement that puts it into `home`.
    """

    option: str
    value: ast.expr
    function: Function
    step: Step
    path: tuple[Block, ...]
    loops: tuple[int, ...]
    literal: ast.List | ast.Tuple | None
    at: int
    home: Key | None
    changes: bool
    fresh: bool = False
    table: ast.expr | None = None


def given_to(commands: Commands, key: Key) -> list[Given]:
    """All `-k` and `-m` of a command, in the order of the statements."""
    return list(_Options(commands).of(key, (), (), FAR))


class _Options:
    """The options of the commands of a module.

    `path` and `loops` are what stands around a list on its way into the command, `far` how much further to look.
    """

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._program = commands.program

    def of(self, key: Key, path: tuple[Block, ...], loops: tuple[int, ...], far: int) -> Iterator[Given]:
        pieces = sorted(self._commands.pieces.get(key, ()), key=lambda piece: piece.step.index)
        behind = any(self._commands.names_pytest(piece) for piece in pieces)
        for number, piece in enumerate(pieces):
            around, within = (*path, *piece.step.path), (*loops, *piece.step.loops)
            if piece.single:
                following = pieces[number + 1] if number + 1 < len(pieces) else None
                if following is not None and _pair(piece, following):
                    yield Given(
                        option_of(piece.value), following.value, piece.function, piece.step, around, within, None, 0,
                        key, True,
                    )  # fmt: skip
                continue
            yield from self._in_piece(piece, piece.value, around, within, far, key, behind=behind)
        yield from self._from_helpers(key, path, loops, far)

    def _from_callers(self, key: Key, path: tuple[Block, ...], loops: tuple[int, ...], far: int) -> Iterator[Given]:
        """What callers hand over for a parameter that is put into a command: one call excludes the others."""
        if not far:
            return
        for number, (inner, _part, _caller, step) in enumerate(self._commands.arguments(key)):
            if (key, inner) in self._commands.handed:
                around = (*path, *step.path, (id(key[0].node), f"call {number}"))
                yield from self.of(inner, around, (*loops, *step.loops), far - 1)

    def _from_helpers(self, key: Key, path: tuple[Block, ...], loops: tuple[int, ...], far: int) -> Iterator[Given]:
        """What functions of the module put into a list that they are handed."""
        if not far:
            return
        for function in self._program.functions:
            for param in function.params:
                if (function, param) not in self._commands.pieces:
                    continue
                for call, caller, step in self._program.calls_of(function):
                    given = self._program.argument(call, function, param)
                    if given is not None and self._commands.key(caller, given) == key:
                        yield from self.of(
                            (function, param), (*path, *step.path), (*loops, *step.loops), far - 1
                        )  # fmt: skip

    def _in_piece(
        self, piece: Piece, value: ast.expr, path: tuple[Block, ...], loops: tuple[int, ...], far: int,
        home: Key | None, *, behind: bool = True, function: Function | None = None, table: ast.expr | None = None,
    ) -> Iterator[Given]:  # fmt: skip
        function = function or piece.function
        if not far:
            return
        match value:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                yield from self._in_list(piece, value, elements, path, loops, far, home, behind, function, table)
            case ast.IfExp(body=body, orelse=orelse):
                for branch, part in (("if", body), ("else", orelse)):
                    within = (*path, (id(value), branch))
                    yield from self._in_piece(piece, part, within, loops, far - 1, home, function=function, table=table)
            case ast.Subscript() | ast.Call(func=ast.Attribute(attr="get")):
                yield from self._in_table(piece, value, path, loops, far, function)
            case ast.Name() | ast.Attribute():
                key = self._commands.key(function, value)
                if key is not None:
                    yield from self._from_callers(key, path, loops, far)
                if key is not None and key in self._commands.pieces:
                    yield from self.of(key, path, loops, far - 1)
                elif key is not None:
                    for each in self._program.assigned(function, value):
                        if not each.element:
                            within = (*path, *each.step.path)
                            yield from self._in_piece(
                                piece, each.value, within, loops, far - 1, None, function=each.function, table=table
                            )
            case ast.Call():
                for key in self._commands.meant(value, function):
                    if key in self._commands.pieces:
                        yield from self.of(key, path, loops, far - 1)
                    else:
                        yield from self._returned(piece, value, path, loops, far, function)
                        break

    def _returned(
        self, piece: Piece, call: ast.Call, path: tuple[Block, ...], loops: tuple[int, ...], far: int,
        function: Function,
    ) -> Iterator[Given]:  # fmt: skip
        called = self._program.called(call, function)
        for step in called.steps if called else ():
            if isinstance(step.node, ast.Return) and step.node.value is not None:
                for part in parts_of(step.node.value):
                    within = (*path, *step.path)
                    yield from self._in_piece(piece, part, within, loops, far - 1, None, function=called)

    def _in_table(
        self, piece: Piece, value: ast.expr, path: tuple[Block, ...], loops: tuple[int, ...], far: int,
        function: Function,
    ) -> Iterator[Given]:  # fmt: skip
        """The entries of a dictionary of lists: each excludes the others."""
        table = (
            value.value if isinstance(value, ast.Subscript) else getattr(getattr(value, "func", None), "value", None)
        )
        subject = subject_of(value)
        if table is None or subject is None:
            return
        for each in self._program.assigned(function, table):
            if not isinstance(each.value, ast.Dict):
                continue
            for number, entry in enumerate(each.value.values):
                within = (*path, *each.step.path, (id(each.value), str(number)))
                for part in parts_of(entry):
                    yield from self._in_piece(
                        piece, part, within, loops, far - 1, None, function=each.function, table=subject
                    )

    def _in_list(
        self, piece: Piece, literal: ast.List | ast.Tuple, elements: Sequence[ast.expr], path: tuple[Block, ...],
        loops: tuple[int, ...], far: int, home: Key | None, behind: bool, function: Function, table: ast.expr | None,
    ) -> Iterator[Given]:  # fmt: skip
        program = [at for at, element in enumerate(elements) if self._commands.is_program(element, function, FAR)]
        start = program[-1] + 1 if program else 0
        at = start
        while at < len(elements):
            element = elements[at]
            option = option_of(element)
            if isinstance(element, ast.Starred):
                for part in parts_of(element.value):
                    if home is not None and self._commands.key(function, part) == home:
                        continue
                    yield from self._in_piece(piece, part, path, loops, far - 1, None, function=function, table=table)
            elif option and at + 1 < len(elements) and not isinstance(elements[at + 1], ast.Starred):
                yield Given(
                    option, elements[at + 1], function, piece.step, path, loops, literal, at,
                    home if literal is piece.value else None, piece.changes, piece.fresh, table,
                )  # fmt: skip
                at += 1
            at += 1


def _pair(first: Piece, second: Piece) -> bool:
    """Whether two elements that are appended one after the other are an option and its value."""
    if not option_of(first.value) or not second.single or second.step.block is not first.step.block:
        return False
    value = second.value
    return not (isinstance(value, ast.Constant) and isinstance(value.value, str) and is_pytest(value.value))
