"""What is known of where doubles are created (AM2xx) in one module, and of the functions and classes they stand for."""

from __future__ import annotations

import ast
import re
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import msgspec

from codemods.asyncmock_await.calls.module.effects import may_raise
from codemods.asyncmock_await.doubles.annotations import Received
from codemods.asyncmock_await.doubles.expected import Expecting
from codemods.evidence.schema import Place

_EFFECT = re.compile(r"(?:lambda\b[^:]*:\s*|(?:functools\.)?partial\(\s*)?([\w.]+)")
"""A function as a `side_effect`: by its name, called in a lambda, or with some of its arguments given."""


class Creation(msgspec.Struct, frozen=True, array_like=True):
    """A call that may create a double.

    `line` to `end_column` is its place as evidence names it, `start` and `end` its span in `Source.body`.  `callee` is
    written there (`mock.AsyncMock`), `what` is that by the module's imports (`AsyncMock`, `patch.object`;
    `mocker.patch` and the like for pytest-mock's fixture; "" for anything else).  `positional` and `keywords` are its
    arguments as written.  `target` is the dotted name that the call alone is assigned to ("" for any other position),
    `statement` the span of that assignment, `below` whether a line can be put below it.  `bound` is the name after
    `as` of the `with`, the parameter that a decorator injects, or the dotted target, "" without one.  `decorator`: it
    decorates a function or class.  `until` is the last line of the function that it stands in (0: none).  `annotated`
    is the dotted name that annotates the target, or the function that returns the call.  Only where evidence tells of
    the file: `handed_out` is the class that the function says it hands out where it returns or yields the double by its
    name, or yields the call, and `read` are the members that the module reads of the double, as far as its name tells.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int
    callee: str
    what: str
    positional: tuple[str, ...] = ()
    keywords: tuple[tuple[str, str], ...] = ()
    target: str = ""
    statement: tuple[int, int] = (0, 0)
    below: bool = False
    bound: str = ""
    decorator: bool = False
    until: int = 0
    annotated: str = ""
    handed_out: str = ""
    read: tuple[str, ...] = ()

    @property
    def attribute(self) -> str:
        """The attribute that the double is assigned to (`add` of `db.add = AsyncMock()`), "" without one."""
        return self.target.rpartition(".")[2] if "." in self.target else ""

    def given(self, keyword: str) -> bool:
        """Whether the call has an argument of that name."""
        return any(name == keyword for name, _text in self.keywords)

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Its span as `ast` counts."""
        return self.line, self.column, self.end_line, self.end_column


class Function(msgspec.Struct, frozen=True, array_like=True):
    """A function or method: whether a call of it makes a coroutine, and what is known of its result.

    `plain` says that a call of it gives nothing that could be awaited: it is no coroutine function, no decorator
    changes it, and its annotation (or the lack of any `return` with a value) tells what it returns.  `takes` is what
    the annotation or the name of its first parameter says: "coroutine" where it is one.  `decorated`: something may
    have made another thing of it (a property).  `gives_self`: it enters a context, and gives the object itself to it.
    """

    name: str
    asynchronous: bool
    plain: bool
    takes: str = ""
    decorated: bool = False
    gives_self: bool = False


ENTERING = ("__aenter__", "__enter__")
"""The methods that give to the `as` of an `async with`, or of a `with`."""

SUBSCRIPTED = "[]"
"""What stands behind a base class that is written with a subscript: `Generic[T]` is "Generic[]"."""


class ClassOf(msgspec.Struct, frozen=True, array_like=True):
    """A class at the top level: its bases as written (`SUBSCRIPTED`), its methods, and the other names of its body.

    A method that is assigned on `self` too is among both.  `held` are attributes that instances may have by themselves,
    and those of derived classes, too (`attributes.EVERY` among them: any).
    """

    name: str
    bases: tuple[str, ...]
    methods: tuple[Function, ...]
    others: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


class AssignedEffect(msgspec.Struct, frozen=True, array_like=True):
    """Where the `side_effect` of something is assigned.

    `owner` is the dotted name of what it belongs to, `text` the value as written, to the end of the `line`.  `start` is
    the offset of the statement, -1 where it isn't the first of its line, `value` that of the value.
    """

    line: int
    owner: str
    text: str
    start: int = -1
    value: int = 0


class DoubleFacts(msgspec.Struct, frozen=True):
    """The facts of one module about doubles.

    Unless evidence tells of the file, these are no more than a decision needs without any: `functions`, `classes`, and
    those `creations` that are patches with a `new_callable`, or annotated and called.

    `digest` is that of the file's bytes, as evidence has it.  `lengths` are those of its lines (see `packed`).
    `configured` tells where a `side_effect` is assigned, `coroutines` are the names of all `async def` in the module,
    `consumed` the calls whose result is handed to asyncio (`consumed_calls`).
    `taken` are the offsets at which calls end, in a file of tests, whose result is handed on (`taken_calls`).
    `received` are the calls whose receiver is annotated, `asked_of` the classes that the code asks objects for,
    `within` the names of functions' own that look like those of classes, `expecting` the parts of a file of tests
    that an exception is expected of.
    `mentioned` counts where the code (as far as a pattern can tell it from prose) says AsyncMock, imports included.
    """

    digest: str = ""
    lengths: bytes = b""
    creations: tuple[Creation, ...] = ()
    functions: tuple[Function, ...] = ()
    classes: tuple[ClassOf, ...] = ()
    configured: tuple[AssignedEffect, ...] = ()
    coroutines: tuple[str, ...] = ()
    consumed: tuple[tuple[int, int, int, int], ...] = ()
    taken: tuple[int, ...] = ()
    received: tuple[Received, ...] = ()
    asked_of: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    expecting: tuple[Expecting, ...] = ()
    mentioned: int = 0

    def at(self, place: Place) -> Creation | None:
        """The call that creates doubles at a place of the evidence; by its line where no more is known."""
        if place.end_line:
            span = (place.line, place.column, place.end_line, place.end_column)
            return next((each for each in self.creations if each.place == span), None)
        on_line = [each for each in self.creations if each.line == place.line]
        return on_line[0] if len(on_line) == 1 else None

    def effects_assigned(self, creation: Creation) -> tuple[AssignedEffect, ...]:
        """Where the `side_effect` of a double is assigned in the function that creates it."""
        return tuple(each for each in self.configured if self._is_of(creation, creation.bound, each))

    def coroutine_effect(self, creation: Creation, chain: tuple[str, ...], imported: Callable[[str], bool]) -> str:
        """The `async def` that is the `side_effect` of a double or of a member of it, "" without one.

        It is one of the module, or an `imported` one: that says so of a dotted name.  A member is known by its own name
        as well: other functions have other names for the double.
        """
        effects = self._effects_on(creation, chain)
        return next((name for name in _functions(effects) if self._is_own(name) or imported(name)), "")

    def raising_effect(self, creation: Creation, chain: tuple[str, ...]) -> str:
        """The `side_effect` of a double or of a member of it that may raise, as written, "" without one."""
        return next(filter(may_raise, self._effects_on(creation, chain)), "")

    def _effects_on(self, creation: Creation, chain: tuple[str, ...]) -> Iterator[str]:
        """What is set as the `side_effect` of a double, or of a member of it, by the text."""
        member = ".".join("return_value" if step == "()" else step for step in chain)
        whole = f"{creation.bound}.{member}" if member else creation.bound
        for name, text in creation.keywords:
            if name == "side_effect" and not chain:
                yield text
            elif name == "**" and member:
                yield from _set_by_mapping(text, f"{member}.side_effect")
        for each in self.configured:
            named = (
                bool(member) and each.owner.endswith(f".{member}") and not self._is_of_another(creation, member, each)
            )
            if named or self._is_of(creation, whole, each):
                yield each.text

    def effects(self) -> Iterator[str]:
        """The dotted names of all functions that are the `side_effect` of a double of the module."""
        given = (effect for each in self.creations for name, effect in each.keywords if name == "side_effect")
        return _functions((*given, *(each.text for each in self.configured)))

    def _is_own(self, dotted: str) -> bool:
        return dotted.rpartition(".")[2] in self.coroutines

    def _is_of_another(self, creation: Creation, member: str, effect: AssignedEffect) -> bool:
        """Whether a line configures a member of that name of another double that the module shows."""
        others = (each for each in self.creations if each != creation and each.bound)
        return any(self._is_of(each, f"{each.bound}.{member}", effect) for each in others)

    def _is_of(self, creation: Creation, whole: str, effect: AssignedEffect) -> bool:
        """Whether what a line configures is a double, or a member of it, by its name."""
        here = creation.line <= effect.line and (effect.line <= creation.until or not creation.until)
        return bool(effect.owner) and effect.owner == whole and (here or whole.startswith("self."))

    def offset(self, line: int, column: int) -> int | None:
        """The offset in `Source.body` of a position as `ast` counts; None where it isn't known."""
        lengths = unpacked(self.lengths)
        if not 1 <= line <= len(lengths):
            return None
        return sum(lengths[: line - 1]) + column


def _set_by_mapping(text: str, key: str) -> Iterator[str]:
    """What a mapping that is written there has under a key, as text."""
    try:
        mapping = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return
    for each, value in zip(mapping.keys, mapping.values, strict=True) if isinstance(mapping, ast.Dict) else ():
        if isinstance(each, ast.Constant) and each.value == key:
            yield ast.unparse(value)


def _functions(effects: Iterable[str]) -> Iterator[str]:
    return (match[1] for match in map(_EFFECT.match, effects) if match is not None)


def packed(line_starts: tuple[int, ...]) -> bytes:
    """The lengths of a file's lines, but the last, in few bytes; empty where a line is too long for that."""
    try:
        lengths = array("H", [after - at for at, after in pairwise(line_starts)])
    except OverflowError:
        return b""
    return zlib.compress(lengths.tobytes(), 1)


def unpacked(lengths: bytes) -> tuple[int, ...]:
    """What `packed` put in, and an empty last line."""
    if not lengths:
        return ()
    read = array("H")
    read.frombytes(zlib.decompress(lengths))
    return (*read, 0)
