"""Random test functions full of mocks, and what really happens in them: the judge of the static analysis.

`program(seed)` makes one async function; every call of a mock stands on a line of its own.  `watched(text)` runs it
once for each value of its flag and tells, line by line, what became of the calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import random
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any, NamedTuple
from unittest import mock

HEADER = """\
import asyncio
from unittest import mock
from unittest.mock import AsyncMock, MagicMock, Mock, create_autospec, patch


class Real:
    async def load(self):
        return 1

    def name(self):
        return "real"


class Fickle:
    close = property(lambda self: len, lambda self, value: None)

    def load(self, *args):
        self.held = print
        self.__dict__.pop("name", None)
        return [self]

    def name(self, *args):
        self.load = MagicMock()


def configured(double):
    double.load = MagicMock(return_value=[])
    return double


def untouched(double):
    return None


def part_of(double):
    return double.load


class Holder:
    def __init__(self, double):
        self.double = double

    def load(self):
        return None


async def consumes(coroutine):
    return await coroutine


async def fetch():
    return 1

"""

_CREATIONS = (
    "AsyncMock()",
    "AsyncMock(return_value=1)",
    "mock.AsyncMock(name='m')",
    "MagicMock()",
    "Mock()",
    "AsyncMock(spec=Real)",
    "MagicMock(spec=Real)",
    "create_autospec(Real, instance=True)",
    "AsyncMock(close=MagicMock(return_value='x'))",
    "AsyncMock(**{'load.return_value': 2})",
    "AsyncMock(**{'close': MagicMock(), 'load.name': Mock()})",
    "MagicMock(**{'load': AsyncMock(), 'name.close': AsyncMock(return_value=1)})",
    "configured(AsyncMock())",
    "[]",
    "Real()",
    "Fickle()",
)
_MEMBERS = ("load", "name", "close")
_VALUES = (
    "MagicMock()",
    "MagicMock(return_value=1)",
    "AsyncMock(return_value=2)",
    "AsyncMock(side_effect=[1, 2, 3, 4, 5, 6])",
    "lambda *args: 3",
    "fetch",
    "untouched",
)


class Writer:
    """Writes one program line by line; it knows which names it has bound."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.names = ["first"]
        self.sync = False

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + ("pass" if self.sync and "await " in text else text))

    def member(self) -> str:
        name = self.random.choice((*self.names, *self.names, "box[0]"))
        member = self.random.choice(_MEMBERS)
        tail = f".{self.random.choice(_MEMBERS)}" if self.random.random() < 0.15 else ""
        return f"{name}.{member}{tail}"

    def call(self) -> str:
        receiver = self.random.choice(self.names) if self.random.random() < 0.15 else self.member()
        return f"{receiver}({self.random.choice(('', '1', 'flag'))})"

    def use(self, depth: int) -> None:
        """One line with a call of a mock, and what is done with its result."""
        call = self.call()
        self.line(
            depth,
            self.random.choice(
                (
                    call, call, call,
                    f"await {call}",
                    f"await {call}",
                    f"result = {call}",
                    f"result = await {call}",
                    f"seen.append({call})",
                    f"seen.append(await {call})",
                    f"seen.append({call} == 1)",
                    f"seen.append(f'{{{call}}}')",
                    f"seen.append({call} or 1)",
                    f"seen.append([{call}])",
                    f"task = asyncio.ensure_future({call})",
                    f"await asyncio.wait_for({call}, 5)",
                    f"await asyncio.gather({call}, return_exceptions=True)",
                    f"pending.append({call})",
                    f"await consumes({call})",
                    f"untouched({call})",
                    f"later = lambda: {call}",
                    "await result",
                    "await asyncio.gather(*pending)",
                    "result.close()",
                )
            ),
        )  # fmt: skip

    def change(self, depth: int) -> None:
        """One line that makes a name or a member something else."""
        name, member = self.random.choice(self.names), self.random.choice(_MEMBERS)
        value = self.random.choice(_VALUES)
        new = self.random.choice(("first", "second", "third"))
        choice = self.random.choice(
            (
                f"{name}.{member} = {value}",
                f"{name}.{member} = {value}",
                f"{name}.{member}.return_value = 4",
                f"{name}.{member}.side_effect = lambda *args: 5",
                f"setattr({name}, '{member}', {value})",
                f"{name}.{member}, ignored = {value}, 1",
                f"patch.object({name}, '{member}', {value}).start()",
                f"{new} = patch.object({name}, '{member}').start()",
                f"[setattr({name}, each, {value}) for each in ('{member}',)]",
                f"holder = Holder({name})",
                f"holder.double.{member} = {value}",
                f"box = [{name}, {self.random.choice(self.names)}]",
                f"box[0].{member} = {value}",
                f"box[1] = {self.random.choice(self.names)}",
                f"{new}, ignored = box",
                f"{new} = box[0]",
                "configured(box[0])",
                f"part_of({name}).{self.random.choice(_MEMBERS)} = {value}",
                f"({name} if flag else {self.random.choice(self.names)}).{member} = {value}",
                f"{new} = {name} if flag else {self.random.choice(self.names)}",
                f"{name}.{member} = {self.random.choice(self.names)}",
                f"{name}.configure_mock({member}={value})",
                f"configured({name})",
                f"untouched({name})",
                f"{name}.reset_mock()",
                f"{new} = {name}",
                f"{new} = {self.random.choice(_CREATIONS)}",
                f"{new} = {self.random.choice(_CREATIONS)}",
                f"{new} = {name}.{member}",
                f"{new} = {self.random.choice(_CREATIONS)} if flag else {self.random.choice(_CREATIONS)}",
            )
        )
        self.line(depth, choice)
        if choice.startswith(f"{new} = ") and new not in self.names:
            self.names.append(new)

    def block(self, depth: int) -> None:
        """A compound statement around some of the above."""
        known = list(self.names)
        match self.random.choice(("if", "if", "for", "try", "with", "with object", "def", "async def")):
            case "if":
                self.line(depth, "if flag:")
                self.body(depth + 1)
                if self.random.random() < 0.5:
                    self.names = list(known)
                    self.line(depth, "else:")
                    self.body(depth + 1)
            case "for":
                items = self.random.choice(("box", "(first, {0})", "[{0}, MagicMock()]", "")).format(self.names[-1])
                self.line(depth, f"for third in {items}:" if items else "for number in range(2):")
                self.names = [*known, *(["third"] if items and "third" not in known else [])]
                self.body(depth + 1)
            case "try":
                self.line(depth, "try:")
                self.body(depth + 1)
                self.line(depth, "except (TypeError, AttributeError):")
                self.names = list(known)
                self.body(depth + 1)
            case "with":
                kind = self.random.choice(("new_callable=AsyncMock", "new_callable=MagicMock", ""))
                self.line(depth, f"with patch(f'{{__name__}}.fetch', {kind}) as third:")
                self.names = [*known, *([] if "third" in known else ["third"])]
                self.body(depth + 1)
            case "with object":
                name, member = self.random.choice(self.names), self.random.choice(_MEMBERS)
                says = self.random.choice((f", {self.random.choice(_VALUES)}", "", ", return_value=6"))
                self.line(depth, f"with patch.object({name}, '{member}'{says}) as third:")
                self.names = [*known, *([] if "third" in known else ["third"])]
                self.body(depth + 1)
            case kind:
                self.line(depth, f"{kind} inner(first):" if self.random.random() < 0.3 else f"{kind} inner(*args):")
                around, self.sync = self.sync, kind == "def"
                self.body(depth + 1)
                self.sync = around
                self.line(depth, "inner(first)" if kind == "def" else "await inner(first)")
        self.names = known

    def body(self, depth: int) -> None:
        """Some statements."""
        for _ in range(self.random.randint(1, 4)):
            kind = self.random.random()
            if kind < 0.5 or depth > 3:
                self.use(depth)
            elif kind < 0.8:
                self.change(depth)
            else:
                self.block(depth)


def running_program(seed: int) -> str:
    """A program in which no statement fails: each one that does becomes `pass`, until the whole gets through."""
    text = program(seed)
    while failures := watched(text, f"program{seed}.py").failures:
        lines = text.splitlines(keepends=True)
        for number in failures:
            line = lines[number - 1]
            instead = "if True:\n" if line.rstrip().endswith(":") else "pass\n"
            lines[number - 1] = line[: len(line) - len(line.lstrip())] + instead
        text = "".join(lines)
    return text


def program(seed: int) -> str:
    """The text of a module with one async test function, the same for the same seed."""
    writer = Writer(seed)
    writer.line(0, "async def test_it(flag, seen, pending):")
    writer.line(1, "task = result = holder = None")
    writer.line(1, "box = []")
    writer.line(1, f"first = {writer.random.choice(_CREATIONS)}")
    for _ in range(3):
        writer.body(1)
    return HEADER + "\n".join(writer.lines) + "\n"


class Seen(NamedTuple):
    """What happened on the lines of a program: fates of coroutines by line, and the lines that an exception ended.

    A fate is `dropped`, `consumed`, or `sync` for a call that made no coroutine.
    """

    fates: dict[int, set[str]]
    failures: dict[int, set[str]]


class _Watch:
    def __init__(self, name: str) -> None:
        self.name = name
        self.made: Counter[int] = Counter()
        self.left: Counter[int] = Counter()
        self.sync: set[int] = set()
        self.lines: dict[int, int] = {}

    @property
    def fates(self) -> dict[int, set[str]]:
        """The fates of the calls by line."""
        found: dict[int, set[str]] = {line: {"sync"} for line in self.sync}
        for line, count in self.made.items():
            fates = found.setdefault(line, set())
            fates |= {"dropped"} if self.left[line] else set()
            fates |= {"consumed"} if self.left[line] < count else set()
        return found

    def called(self, original: Any) -> Any:
        def call(double: Any, /, *args: Any, **kwargs: Any) -> Any:
            result = original(double, *args, **kwargs)
            line = _line_in(self.name)
            if line is not None and inspect.iscoroutine(result):
                self.lines[id(result)] = line
                self.made[line] += 1
            elif line is not None:
                self.sync.add(line)
            return result

        return call

    def dropped(self, coroutine: Any) -> None:
        line = self.lines.pop(id(coroutine), None)
        if line is not None:
            self.left[line] += 1


def _line_in(name: str) -> int | None:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename == name:
            return frame.f_lineno
        frame = frame.f_back
    return None


@contextlib.contextmanager
def _watching(watch: _Watch) -> Iterator[None]:
    with (
        mock.patch.object(mock.CallableMixin, "__call__", watch.called(mock.CallableMixin.__call__)),
        mock.patch.object(warnings, "_warn_unawaited_coroutine", watch.dropped),
    ):
        yield


def watched(text: str, name: str) -> Seen:
    """Run the program for each value of its flag; `name` stands for its file."""
    watch = _Watch(name)
    failures: dict[int, set[str]] = defaultdict(set)
    for flag in (True, False):
        module = ModuleType(name.removesuffix(".py"))
        exec(compile(text, name, "exec"), vars(module))
        with mock.patch.dict(sys.modules, {module.__name__: module}), _watching(watch):
            problem = asyncio.run(_run(module.test_it, flag))
            gc.collect()
        if problem is not None:
            line, message = problem
            failures[line].add(message)
    return Seen(watch.fates, dict(failures))


async def _run(function: Any, flag: bool) -> tuple[int, str] | None:
    seen: list[Any] = []
    pending: list[Any] = []
    try:
        await function(flag, seen, pending)
    except Exception as error:  # noqa: BLE001 - any statement of a random program may fail
        trace = error.__traceback__
        line = 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == function.__code__.co_filename:
                line = trace.tb_lineno
            trace = trace.tb_next
        return line, f"{type(error).__name__}: {error}"
    return None
