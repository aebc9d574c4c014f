"""The `-k` and `-m` of the commands of a module: which of them are wrong, and what has to change.

Three things can be wrong: a glob stands where pytest wants an expression, an option follows another one that pytest
then forgets, and quotes stand in an argument that no shell takes off.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.pattern_filter.categories import Categories
from codemods.pattern_filter.commands import Commands, Key
from codemods.pattern_filter.facts import Found, Kind
from codemods.pattern_filter.given import Given
from codemods.pattern_filter.guards import Guard, Pattern, UnclearError, guard_of
from codemods.pattern_filter.lists import is_tuple
from codemods.pattern_filter.part import Change, Replaced, Reworded
from codemods.pattern_filter.placing import Placing
from codemods.pattern_filter.program import Program
from codemods.pattern_filter.selection import PatternError, keyword_expression, names_path
from codemods.pattern_filter.shells import Join
from codemods.pattern_filter.sources import evidence, source
from codemods.pattern_filter.values import Way, literals, quotes_around, way_of
from codemods.toolkit.python.collect_names import dotted_name


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its options, and how it is joined."""

    key: Key
    given: Sequence[Given]
    joins: Sequence[Join]

    @property
    def shell(self) -> Join | None:
        """The join that a shell takes apart."""
        return next((join for join in self.joins if join.shell), None)

    @property
    def unknown(self) -> bool:
        """Whether the joined command goes where nobody can follow."""
        return any(join.unknown for join in self.joins)


class Options:
    """Judges the options of one module.  `seen` are the identities of the values that are judged."""

    def __init__(self, program: Program, commands: Commands, categories: Categories) -> None:
        self._program = program
        self._commands = commands
        self._categories = categories
        self.seen: set[int] = set()
        self._join: Join | None = None
        self._placing = Placing(program, commands)

    def found(self, command: Command) -> Iterator[Found]:
        """A place for each option of a command (each once, also where several commands hold it)."""
        before: list[Given] = []
        self._join = command.shell
        for given in command.given:
            if id(given.value) not in self.seen:
                self.seen.add(id(given.value))
                yield self._judged(command, given, before)
            before.append(given)

    def _judged(self, command: Command, given: Given, before: Sequence[Given]) -> Found:
        way = way_of(self._program, given.value, given.function)
        why = evidence(self._program, way) if given.option == "-k" else ""
        earlier = [
            each for each in (*self._anytime(command, given, before), *before)
            if each.option == given.option
            and not self._program.exclusive(each.path, given.path)
            and (not given.fresh or each.step is given.step)
        ]  # fmt: skip
        if why:
            return self._glob(command, given, way, why, bool(earlier))
        if earlier:
            return self._second(command, given, way, earlier)
        if given.changes and self._repeated(command, given):
            return self._place(given, "second option", "PF203", "it is added again in every round of a loop", True)
        quote = quotes_around(given.value)
        if quote or way.quoted:
            return self._quoted(command, given, way)
        return self._place(given, "option", "", "one option with an expression")

    def _anytime(self, command: Command, given: Given, before: Sequence[Given]) -> list[Given]:
        """What other methods put into the same attribute: which of them runs first is written nowhere."""
        if not given.changes or not command.key[1].startswith("self."):
            return []
        return [each for each in command.given if each.function is not given.function and each not in before]

    def _place(
        self, given: Given, kind: Kind, code: str, reason: str, refused: bool = False,
        changes: tuple[Change, ...] = (), needs: tuple[str, ...] = (), unfiltered: tuple[str, ...] = (),
    ) -> Found:  # fmt: skip
        name = f"{given.option} {self._program.text(given.value)}"
        at = given.value
        if changes and self._join is not None:
            changes, needs = (*changes, self._join.change), (*needs, *self._join.needs)
        return Found(kind, at.lineno, at.col_offset, name, code, reason, refused, changes, needs, unfiltered)

    def _repeated(self, command: Command, given: Given) -> bool:
        """Whether a loop puts the option into the same command again and again."""
        made = [piece for piece in self._commands.pieces.get(command.key, ()) if not piece.changes]
        return bool(given.loops) and not any(set(given.loops) <= set(piece.step.loops) for piece in made)

    # -- quotes

    def _quoted(self, command: Command, given: Given, way: Way) -> Found:
        shell = command.shell
        if shell is not None and shell.split:
            reason = f"the shell takes the quotes off; the command stays joined ({shell.split} may be several words)"
            return self._place(given, "quoted argument", "", reason)
        if shell is None and command.unknown:
            return self._place(
                given, "quoted argument", "PF205", "who takes the joined command apart can't be followed", True
            )
        bare = self._bare(given, way)
        if bare is None:
            return self._place(given, "quoted argument", "PF202", "the quotes are no plain part of the text", True)
        why = "the quotes reach pytest" if shell is None else "each argument is quoted where it is joined"
        changes = (Reworded(*self._program.module.span(given.value), bare), *self._cleaning(given, way))
        return self._place(given, "quoted argument", "PF103", why, changes=changes)

    def _bare(self, given: Given, way: Way) -> str | None:
        """The text of the value without quotes around it; None when they can't be told from the rest."""
        value = given.value
        if way.quoted:
            return self._program.text(way.plain or way.root)
        if not quotes_around(value):
            return self._program.text(value)
        return _literal(str(value.value)[1:-1]) if isinstance(value, ast.Constant) else None

    # -- a second option

    def _second(self, command: Command, given: Given, way: Way, before: Sequence[Given]) -> Found:
        earlier = before[-1]
        what = f"pytest forgets the {given.option} of line {earlier.value.lineno}"
        refused = self._unchangeable(command, given, before)
        bare = self._bare(given, way)
        if refused is None and _contradicts(self._program, earlier, given):
            refused = ("PF204", f"{what}, and both together select nothing: is it meant to replace the other?")
        elif refused is None and self._repeated(command, given):
            refused = ("PF203", f"{what}; it is added again in every round of a loop")
        elif refused is None and bare is None:
            refused = ("PF202", f"{what}; its quotes are no plain part of the text")
        elif refused is None and not given.changes:
            refused = ("PF202", f"{what}; both stand where the command is made")
        if refused is not None or bare is None:
            code, reason = refused or ("PF202", what)
            return self._place(given, "second option", code, reason, True)
        call = f'narrow({self._placing.target(given)}, "{given.option}", {bare})'
        changes = self._placing.statement(given, call)
        if way.quoted and changes is not None:
            changes = (*changes, *self._cleaning(given, way))
        if changes is None:
            return self._place(given, "second option", "PF202", f"{what}; it shares its line or its list", True)
        return self._place(given, "second option", "PF102", what, changes=changes, needs=("narrow",))

    def _unchangeable(self, command: Command, given: Given, before: Sequence[Given] = ()) -> tuple[str, str] | None:
        """Why the list can't be changed where the option is put into it, behind those `before` it."""
        if given.home is None:
            return "PF202", "it stands in a table or a list that is put into the command later"
        same = bool(before) and all(each.home == given.home for each in before)
        if given.home != command.key and given.home in self._commands.spliced and not same:
            return "PF202", "it stands in a list that is put into the command later"
        if any(each.value is not None and is_tuple(each.value) for each in self._commands.made(given.home)):
            return "PF202", "the command is a tuple, and a tuple can't be changed"
        if self._by_position(given):
            return "PF202", "elements of the list are set or taken out by their position"
        if self._commands.in_one_word(command.key):
            return "PF206", "the program and its arguments are one word of the list"
        shell = command.shell
        if shell is not None and shell.split:
            return "PF206", f"the command is joined for a shell, and {shell.split} may be meant as several words"
        return None

    def _by_position(self, given: Given) -> bool:
        """Whether the function counts on where an element stands (`command[-1] = path`): it would be another one."""
        name = given.home[1] if given.home is not None else ""
        for node in ast.walk(given.function.node):
            match node:
                case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()) if dotted_name(value) == name:
                    return True
                case ast.Call(func=ast.Attribute(value=value, attr="pop" | "insert" | "remove" | "reverse" | "sort")):
                    if dotted_name(value) == name:
                        return True
        return False

    # -- a glob

    def _glob(self, command: Command, given: Given, way: Way, why: str, second: bool) -> Found:
        what = f"{source(self._program, way)} is a glob ({why}), `-k` takes an expression"
        if second:
            what += ", and the category's own `-k` is forgotten"
        if isinstance(way.root, ast.Constant) and not second:
            return self._literal_glob(given, way, what)
        refused = self._unchangeable(command, given)
        if refused is not None:
            return self._place(given, "pattern", refused[0], f"{what}; {refused[1]}", True)
        if given.changes and self._repeated(command, given):
            return self._place(given, "pattern", "PF203", f"{what}; it is added again in every round of a loop", True)
        root = self._program.text(way.plain or way.root)
        if way.rebound and self._read_later(given, way):
            return self._place(given, "pattern", "PF202", f"{what}; {root} is overwritten and read later", True)
        own = (given.step.node, *self._placing.partner(given), *(step.node for step in way.passed))
        pattern = Pattern(root, frozenset({root, self._program.text(way.root)}), own)
        subject = next((each.table for each in reversed(command.given) if each.table is not None), None)
        try:
            guard = guard_of(self._program, self._categories, given, pattern, subject)
        except UnclearError as unclear:
            return self._place(given, "pattern", "PF207", f"{what}; {unclear}", True)
        return self._applied(given, way, root, guard, what)

    def _literal_glob(self, given: Given, way: Way, what: str) -> Found:
        text = str(getattr(way.root, "value", ""))
        try:
            expression = keyword_expression(text)
        except PatternError as error:
            return self._place(given, "pattern", "PF201", f"{what}; {error}", True)
        if names_path(text) or not expression or given.value is not way.root:
            return self._place(given, "pattern", "PF201", f"{what}; it names files, or nothing at all", True)
        start, end = self._program.module.span(given.value)
        return self._place(given, "pattern", "PF101", what, changes=(Reworded(start, end, _literal(expression)),))

    def _applied(self, given: Given, way: Way, root: str, guard: Guard, what: str) -> Found:
        behind = f", {root}, {guard.category})" if guard.category else f", {root})"
        later = self._placing.later_paths(given)
        cleaning = tuple(self._cleaning(given, way))
        changes: tuple[Change, ...] | None
        if later:
            changes = self._placing.deferred(given, behind, later[-1], guard, cleaning)
            if changes is None:
                reason = f"{what}; line {later[-1].value.lineno} may add a path that would not be narrowed"
                return self._place(given, "pattern", "PF208", reason, True)
        else:
            changes = self._placing.statement(given, f"apply_pattern({self._placing.target(given)}{behind}")
            if not given.changes:
                changes = self._placing.wrapped(given, behind)
            if changes is None:
                return self._place(given, "pattern", "PF202", f"{what}; it shares its line or its list", True)
            changes = (*changes, *guard.changes, *cleaning)
        if guard.ignored:
            what += f", and {guard.ignored}"
        return self._place(
            given, "pattern", "PF101", what, changes=changes, needs=("apply_pattern",), unfiltered=guard.unfiltered
        )

    def _cleaning(self, given: Given, way: Way) -> Iterator[Change]:
        """The assignments that only cleaned the pattern for this option go."""
        for step in way.passed[: way.undone]:
            name = dotted_name(getattr(step.node, "targets", [getattr(step.node, "target", None)])[0])
            reads = self._reads(given, name)
            if (way.rebound or len(reads) == 1) and len(step.block) > 1:
                yield Replaced(*self._program.module.span(step.node), "")

    def _reads(self, given: Given, name: str) -> list[ast.Name]:
        return [
            node
            for node in ast.walk(given.function.node)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]

    def _read_later(self, given: Given, way: Way) -> bool:
        """Whether the pattern without its stars is read for anything else than this option."""
        name, index = self._program.text(way.root), way.passed[-1].index
        later = [node for node in self._reads(given, name) if self._program.place(node)[1].index > index]
        return len(later) > 1


def _literal(text: str) -> str:
    """A string literal with double quotes where that is possible."""
    return f'"{text}"' if text.isprintable() and not set(text) & {'"', "\\"} else repr(text)


def _contradicts(program: Program, earlier: Given, given: Given) -> bool:
    """Whether two literal expressions can't both hold."""
    texts = [
        [text for text in literals(program, each.value, each.function) if text is not None] for each in (earlier, given)
    ]
    if any(len(found) != 1 for found in texts):
        return False
    one, other = (found[0].strip("'\"") for found in texts)
    return one.split() == ["not", *other.split()] or other.split() == ["not", *one.split()]
