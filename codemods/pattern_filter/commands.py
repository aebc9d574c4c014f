"""The lists of arguments that a module builds for pytest, and the `-k` and `-m` in them.

A list is known by the object that it is: a name in a function, an attribute of `self`, a literal.  What is put into it
(`append`, `extend`, `+=`, `+`, `*args`, a table of lists, the result of a function of the module) is followed, also
into the functions that it is handed to.  A list belongs to pytest when the word `pytest` stands in it, or when it is
handed to `pytest.main`; other commands have a `-k` of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codemods.pattern_filter.lists import (
    Piece,
    elements_of,
    first_argument,
    is_pytest,
    parts_of,
    spliced_in,
)
from codemods.pattern_filter.program import Function, Program, Step
from codemods.toolkit.python.collect_names import dotted_name

Key = tuple[Function, str]
"""A list: the function that its name belongs to, and the name (for a literal without one: "#" and its offset)."""

FAR = 8


class Commands:
    """All lists of a module: what is put into each (`pieces`), and which of them belong to `pytest`.

    `spliced` are those that are put into another one, `handed` those that callers hand over for a parameter which is.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.pieces: dict[Key, list[Piece]] = {}
        self.spliced: set[Key] = set()
        self.handed: set[tuple[Key, Key]] = set()
        for function in program.functions:
            for step in function.steps:
                self._statement(function, step)
        self._literals()
        self.pytest = self._belonging()

    def key(self, function: Function, node: ast.expr) -> Key | None:
        """The list that a name or an attribute of `self` stands for."""
        name = dotted_name(node)
        if not name:
            return None
        if "." in name:
            if not name.startswith("self.") or not function.owner:
                return None
            first = next(each for each in self.program.functions if each.owner == function.owner)
            return first, name
        return self.program.owner_of(function, name), name

    def roots(self) -> list[Key]:
        """The lists that are commands of their own: put into no other one."""
        return [key for key in self.pieces if key in self.pytest and key not in self.spliced]

    def holds(self, key: Key) -> set[Key]:
        """The lists that end up in a list, or that it is the same as."""
        found: set[Key] = set()
        waiting = [key]
        while waiting:
            for piece in self.pieces.get(waiting.pop(), ()):
                for part in spliced_in(piece):
                    more = set(self.meant(part, piece.function)) - found - {key}
                    found |= more
                    waiting += more
        return found

    def made(self, key: Key) -> Iterator[ast.Assign | ast.AnnAssign]:
        """The statements that make a list, or give its name a new one."""
        for piece in self.pieces.get(key, ()):
            if not piece.changes and isinstance(piece.step.node, (ast.Assign, ast.AnnAssign)):
                yield piece.step.node

    def in_one_word(self, key: Key) -> bool:
        """Whether the program stands in one word with something else (`"uv run pytest"`), as only a shell takes it."""
        elements = (
            element for each in {key, *self.holds(key)} for piece in self.pieces.get(each, ())
            for element in elements_of(piece)
        )  # fmt: skip
        texts = [each.value for each in elements if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        return any(is_pytest(text) and len(text.split()) > 1 for text in texts)

    # -- what is put into which list

    def _statement(self, function: Function, step: Step) -> None:
        match step.node:
            case ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=value):
                self._assign(function, step, target, value)
            case ast.AnnAssign(target=ast.Name() | ast.Attribute() as target, value=ast.expr() as value):
                self._assign(function, step, target, value)
            case ast.AugAssign(target=ast.Name() | ast.Attribute() as target, op=ast.Add(), value=value):
                self._put(function, step, target, value, single=False)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr="extend"), args=[value])):
                self._put(function, step, target, value, single=False)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr="append"), args=[value])):
                self._put(function, step, target, value, single=True)

    def _assign(self, function: Function, step: Step, target: ast.expr, value: ast.expr) -> None:
        key = self.key(function, target)
        parts = list(parts_of(value))
        if key is None or not parts:
            return
        own = any(dotted_name(part) == key[1] for part in (*parts, *_starred(parts)))
        if isinstance(value, ast.Name):
            return  # another name for the same list: followed where it is used
        for part in parts:
            if own and dotted_name(part) == key[1]:
                continue
            self.pieces.setdefault(key, []).append(Piece(part, function, step, fresh=not own))
            if part is not value or not isinstance(part, ast.Call):  # what a function gives back is the list itself
                self._splice(function, part, key)

    def _put(self, function: Function, step: Step, target: ast.expr, value: ast.expr, *, single: bool) -> None:
        key = self.key(function, target)
        if key is None:
            return
        for part in [value] if single else parts_of(value):
            self.pieces.setdefault(key, []).append(Piece(part, function, step, single, changes=True))
            if not single:
                self._splice(function, part, key)

    def _splice(self, function: Function, part: ast.expr, into: Key) -> None:
        for each in _starred([part]) if isinstance(part, (ast.List, ast.Tuple)) else [part]:
            self.spliced |= {key for key in self.meant(each, function) if key != into}

    def _literals(self) -> None:
        """Lists that are handed to a call, or given back, as they stand."""
        for call in self.program.calls:
            if dotted_name(call.func).rpartition(".")[2].startswith("assert"):
                continue  # what a test expects
            function, step = self.program.place(call)
            for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                self._literal(function, step, argument)
        for function in self.program.functions:
            for step in function.steps:
                if isinstance(step.node, ast.Return) and step.node.value is not None:
                    self._literal(function, step, step.node.value)

    def _literal(self, function: Function, step: Step, value: ast.expr) -> None:
        parts = list(parts_of(value))
        if any(isinstance(part, ast.List) for part in parts):
            key = self.anonymous(function, value)
            self.pieces[key] = [Piece(part, function, step) for part in parts]
            for part in parts:
                self._splice(function, part, key)

    def anonymous(self, function: Function, argument: ast.expr) -> Key:
        """The list that a literal makes, as it stands."""
        return function, f"#{self.program.module.span(argument)[0]}"

    # -- which lists are commands of pytest

    def _belonging(self) -> set[Key]:
        found = {key for key, pieces in self.pieces.items() if any(self.names_pytest(piece) for piece in pieces)}
        found |= self._handed_to_main()
        while True:
            more = set(self._further(found)) - found
            if not more:
                return found
            found |= more

    def names_pytest(self, piece: Piece) -> bool:
        """Whether a piece holds the word `pytest`, written there or under a name."""
        return any(self.is_program(element, piece.function, FAR) for element in elements_of(piece))

    def is_program(self, element: ast.expr, function: Function, far: int) -> bool:
        """Whether an element is the program pytest; names and functions are followed `far` times."""
        match element:
            case ast.Constant(value=str(text)):
                return is_pytest(text)
            case ast.Name() | ast.Attribute() if far:
                found = self.program.assigned(function, element)
                return any(self.is_program(each.value, each.function, far - 1) for each in found)
            case ast.Call(args=args) if far:
                called = self.program.called(element, function)
                if called is None:
                    return any(self.is_program(each, function, far - 1) for each in args)
                returned = [step.node.value for step in called.steps if isinstance(step.node, ast.Return)]
                return any(self.is_program(each, called, far - 1) for each in returned if each is not None)
            case ast.BinOp(right=right) if far:
                return self.is_program(right, function, far - 1)
            case ast.List(elts=elements) | ast.Tuple(elts=elements):  # what a loop goes through
                return any(self.is_program(each, function, 0) for each in elements)
        return False

    def _handed_to_main(self) -> set[Key]:
        keys: set[Key] = set()
        for call in (*self.program.called_by_name("main"), *self.program.called_by_name("console_main")):
            if dotted_name(call.func) in {"pytest.main", "pytest.console_main"}:
                argument = first_argument(call)
                if argument is not None:
                    function, _step = self.program.place(call)
                    keys.add(self.anonymous(function, argument))
                    keys |= {key for part in parts_of(argument) if (key := self.key(function, part)) is not None}
        return keys

    def _further(self, known: set[Key]) -> Iterator[Key]:
        """Lists that belong to pytest because a known one holds them, begins them, or is handed to a function."""
        for key, pieces in self.pieces.items():
            if key not in known and self._begins(pieces[0], known):
                yield key
        for key in known:
            for piece in self.pieces.get(key, ()):
                for part in spliced_in(piece):
                    for each in self.meant(part, piece.function):
                        yield each
                        if key[1] not in key[0].params:
                            yield from self._handed_for(each, known)
        for function in self.program.functions:
            for param in function.params:
                for call, caller, _step in self.program.calls_of(function):
                    given = self.program.argument(call, function, param)
                    if given is not None and self.key(caller, given) in known:
                        yield function, param

    def _handed_for(self, key: Key, known: set[Key]) -> Iterator[Key]:
        """The lists that callers hand over for a parameter which is put into a command.

        They are put into it later, unless they are known to be commands of their own.
        """
        for inner, part, caller, step in self.arguments(key):
            if isinstance(part, (ast.List, ast.Tuple)):
                self.pieces.setdefault(inner, [Piece(part, caller, step)])
            if inner in self.pieces and inner not in known:
                self.spliced.add(inner)
                self.handed.add((key, inner))
                yield inner

    def arguments(self, key: Key) -> Iterator[tuple[Key, ast.expr, Function, Step]]:
        """What callers give for a parameter: the list, its expression, and where the call stands."""
        function, name = key
        for call, caller, step in self.program.calls_of(function) if name in function.params else ():
            value = self.program.argument(call, function, name)
            for part in parts_of(value) if value is not None else ():
                literal = isinstance(part, (ast.List, ast.Tuple))
                inner = self.anonymous(caller, part) if literal else self.key(caller, part)
                if inner is not None:
                    yield inner, part, caller, step

    def _begins(self, piece: Piece, known: set[Key]) -> bool:
        """Whether a list begins with one that belongs to pytest (`[*BASE, ...]`, `list(BASE)`, `base()`)."""
        first: ast.expr = piece.value
        if isinstance(first, (ast.List, ast.Tuple)) and first.elts and isinstance(first.elts[0], ast.Starred):
            first = first.elts[0].value
        if isinstance(first, ast.Call):
            called = self.program.called(first, piece.function)
            for step in called.steps if called else ():
                if isinstance(step.node, ast.Return) and isinstance(step.node.value, ast.List) and called:
                    return any(self.is_program(element, called, FAR) for element in step.node.value.elts)
        return not piece.single and any(key in known for key in self.meant(first, piece.function))

    def meant(self, part: ast.expr, function: Function) -> Iterator[Key]:
        """The lists that an expression stands for: one under a name, or what a function of the module gives back."""
        match part:
            case ast.Name() | ast.Attribute():
                key = self.key(function, part)
                if key is not None:
                    yield key
            case ast.Call():
                called = self.program.called(part, function)
                for step in called.steps if called else ():
                    if isinstance(step.node, ast.Return) and step.node.value is not None and called:
                        for inner in parts_of(step.node.value):
                            if isinstance(inner, ast.List):
                                yield called, f"#{self.program.module.span(inner)[0]}"
                            else:
                                yield from self.meant(inner, called)


def _starred(parts: Sequence[ast.expr]) -> list[ast.expr]:
    """What lists take in by `*`."""
    return [
        element.value
        for part in parts
        if isinstance(part, (ast.List, ast.Tuple))
        for element in part.elts
        if isinstance(element, ast.Starred)
    ]
