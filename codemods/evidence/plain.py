"""Coroutines that no mock made: what is known of one that was never awaited.

Nothing is seen of those that are awaited, so nothing is counted until the interpreter tells that one was dropped.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from types import CodeType, CoroutineType, FrameType, FunctionType
from typing import Any, NamedTuple

from codemods.evidence.places import Project
from codemods.evidence.records import CoroutineRecord
from codemods.evidence.schema import DOUBLES, STACK

Origin = tuple[tuple[str, int, str], ...]
"""File, line and function of the frames in which a coroutine was made, the innermost first."""

_REMEMBERED = 10_000
"""So many coroutines are remembered that were handed to a mock."""

_RUNNERS = (f"{os.sep}unittest{os.sep}case.py", f"{os.sep}unittest{os.sep}async_case.py", f"{os.sep}_pytest{os.sep}")


class Handed(NamedTuple):
    """Who got a coroutine as an argument, and during which test; what tells it from a later one at its address."""

    code: CodeType | None = None
    origin: Origin | None = None
    doubles: tuple[int, ...] = ()
    test: int | None = None


class Dropped(NamedTuple):
    """One coroutine that was never awaited.

    `made` is the file and line of the project that called the function, if none but a mock stood between.
    """

    code: CodeType
    function: str
    frame: FrameType | None
    made: tuple[str, int] | None
    by_runner: bool
    stack: tuple[tuple[str, int, str], ...]
    doubles: tuple[int, ...]
    test: int | None

    def stands_for(self) -> Any:
        """The mock of an autospecced `async def`: from Python 3.13 on a function of `unittest.mock` stands for it."""
        names = self.frame.f_globals if self.frame and self.code.co_filename == "<string>" else {}
        return names.get("mock") if "_checksig_" in names else None


class PlainCoroutines:
    """Those that were dropped, by function and place; `skipped` tells of a file whether it is the mocks' machinery."""

    def __init__(self, project: Project, skipped: Callable[[str], bool]) -> None:
        self.records: dict[tuple[object, ...], CoroutineRecord] = {}
        self.left_out = 0
        self._project = project
        self._skipped = skipped
        self._handed: dict[int, Handed] = {}

    def hand(self, coroutine: CoroutineType[Any, Any, Any], double: int, test: int | None) -> None:
        """Remember by its address who got a coroutine: holding it would change when it is dropped."""
        code, origin = coroutine.cr_code, coroutine.cr_origin
        known = self._handed.pop(id(coroutine), Handed())
        doubles = known.doubles if (known.code, known.origin) == (code, origin) else ()
        self._handed[id(coroutine)] = Handed(code, origin, (*doubles, double), test)
        while len(self._handed) > _REMEMBERED:
            del self._handed[next(iter(self._handed))]

    def dropped(self, coroutine: CoroutineType[Any, Any, Any], test: int | None) -> Dropped:
        """What is to be said of a coroutine that is dropped during a test, perhaps of an earlier one."""
        code, origin = coroutine.cr_code, coroutine.cr_origin
        handed = self._handed.pop(id(coroutine), Handed())
        if (handed.code, handed.origin) != (code, origin):
            handed = Handed(test=test)
        frames = [frame for frame in origin or () if not self._skipped(frame[0])]
        stack = tuple((path, line, name) for file, line, name in frames if (path := self._project.path(file)))
        made = stack[0][:2] if frames and self._project.path(frames[0][0]) else None
        by_runner = bool(frames) and any(name in frames[0][0] for name in _RUNNERS)
        return Dropped(
            code=code,
            function=coroutine.__qualname__,
            frame=coroutine.cr_frame,
            made=made,
            by_runner=by_runner,
            stack=stack[:STACK],
            doubles=handed.doubles,
            test=handed.test,
        )

    def count(self, dropped: Dropped) -> None:
        """Add one to its function and place."""
        key = (id(dropped.code), dropped.function, dropped.made)
        record = self.records.get(key)
        if record is None:
            if len(self.records) >= DOUBLES:
                self.left_out += 1
                return
            defined = _defining(dropped)
            frame = dropped.frame
            record = self.records[key] = CoroutineRecord(
                function=dropped.function,
                module=str(frame.f_globals.get("__name__", "")) if frame else "",
                code=dropped.code,
                defined=(self._project.path(defined.co_filename), defined.co_firstlineno),
                made=dropped.made,
                is_test=dropped.by_runner,
                stack=dropped.stack,
            )
        record.count += 1
        record.tests.add(dropped.test)
        record.handed_to.update(dropped.doubles)


def _defining(dropped: Dropped) -> CodeType:
    """The code of the function that was written, where a decorator of `unittest.mock` made the coroutine."""
    function = dropped.frame.f_locals.get("func") if dropped.frame and dropped.code.co_name == "patched" else None
    inner = inspect.unwrap(function) if isinstance(function, FunctionType) else None
    return inner.__code__ if isinstance(inner, FunctionType) else dropped.code
