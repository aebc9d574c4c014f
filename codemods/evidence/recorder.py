"""What the hooks tell, counted: doubles, their calls, and what became of each coroutine.

Mocks are known by a number in their `__dict__`: it is copied with them, hidden by `dir()`, and keeps nothing alive.
"""

from __future__ import annotations

import itertools
import os
import threading
import traceback
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import CoroutineType, FrameType, FunctionType
from typing import Any

from codemods.evidence.describe import bare, kind_of, name_of, real_of, weakly
from codemods.evidence.places import Project, Site
from codemods.evidence.plain import Dropped, PlainCoroutines
from codemods.evidence.records import CallRecord, Chain, DoubleRecord, Original, Token
from codemods.evidence.schema import CALLS_OF_DOUBLE, DOUBLES, STACK, Outcome

DEPTH = 23
"""Frames that the interpreter notes of each coroutine's creation.  asyncio's debug mode notes 10: the two must differ,
so that a warning shows what it would have shown without the recorder."""

_FRAMES = 60
"""Frames that are looked through for those of the project: a test runner alone has about forty."""

_DEEP = 64
"""Members of members: more is a mock that is its own return value."""

_numbers = itertools.count(1)
_recorders: weakref.WeakSet[Recorder] = weakref.WeakSet()


class Patcher:
    """Where a `patch(...)` stands, and how it is written."""

    __slots__ = ("made_by", "site")

    def __init__(self, site: Site | None, made_by: str) -> None:
        self.site = site
        self.made_by = made_by


class Recorder:
    """Everything that was seen so far.

    `root` is the folder that paths are relative to, `skipped` tells which files are the machinery of mocks.  One
    recorder serves all threads.  In a forked child it sees nothing: what happens there is another process's.
    """

    def __init__(self, root: Path, skipped: Callable[[str], bool]) -> None:
        self.project = Project(root)
        self.key = f"_codemods_double_{next(_numbers)}"
        self.process = os.getpid()
        self.on = False
        self.test: int | None = None
        self.tests: dict[str, int] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.doubles: list[DoubleRecord] = []
        self.plain = PlainCoroutines(self.project, skipped)
        self.left_out = 0
        self.errors: list[str] = []
        # Finalizers run at any moment, also inside of the lock: it must let its own thread in again.
        self.lock = threading.RLock()
        self._known: dict[tuple[object, ...], DoubleRecord] = {}
        _recorders.add(self)

    def belongs_here(self) -> bool:
        """Whether this is the process that records, and no fork of it."""
        return os.getpid() == self.process

    def started(self, test: str | None) -> None:
        """A test begins by its id; None: what follows is no test's."""
        self.test = None if test is None else self.tests.setdefault(test, len(self.tests))

    def ended(self, test: str, outcome: Outcome) -> None:
        """How a test (or a phase of it) ended; an error or a failure stays."""
        self.tests.setdefault(test, len(self.tests))
        before = self.outcomes.get(test)
        if before not in {"failed", "error"}:
            self.outcomes[test] = outcome

    def failed(self, error: Exception) -> None:
        """The recorder itself is at fault: no test may notice, but the end of the run tells."""
        if len(self.errors) < 20:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.errors.append(f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})")

    # -- doubles

    def double(
        self, mock: Any, site: Site | None, made_by: str, spec: object, patched: tuple[str, object, object] | None
    ) -> None:
        """A mock was created that is nobody's member.

        `patched` is the target, what stood there, and the object that stands for nothing.
        """
        target, original, default = patched or ("", None, None)
        spec_name = name_of(spec)
        kind = kind_of(original, default) if patched else ""
        type_name = type(mock).__name__
        key = (site and id(site), made_by, type_name, spec_name, target, kind)
        with self.lock:
            record = self._known.get(key)
            if record is None:
                if len(self.doubles) >= DOUBLES:
                    self.left_out += 1
                    return
                number = len(self.doubles)
                record = DoubleRecord(number, site, made_by, type_name, spec_name, target, kind)
                self.doubles.append(record)
                self._known[key] = record
            record.count += 1
            record.tests.add(self.test)
            model = spec if spec_name else bare(original)
            if model is not None and model is not default:
                record.model = weakly(model)
        mock.__dict__[self.key] = record.number

    def member(self, parent: Any, name: str) -> None:
        """A mock made a child by itself."""
        number = parent.__dict__.get(self.key)
        if number is not None and name != "()":
            attributes = self.doubles[number].attributes
            if name not in attributes:
                with self.lock:
                    if len(attributes) < CALLS_OF_DOUBLE:
                        attributes.add(name)
                    else:
                        self.left_out += 1

    def attached(self, parent: Any, value: Any) -> None:
        """A mock was given to another one as an attribute or return value."""
        number = value.__dict__.get(self.key)
        found = self.lead(parent)
        if number is not None and found is not None and found[0].number != number:
            with self.lock:
                self.doubles[number].parents.add(found[0].number)

    def put(self, mock: Any, target: str, kind: Original) -> None:
        """A mock was put in the place of something by `patch(..., new=mock)`."""
        inside = getattr(mock, "__dict__", {})
        number = inside.get(self.key) if isinstance(inside, dict) else None
        if isinstance(number, int) and not self.doubles[number].target:
            self.doubles[number].target, self.doubles[number].original = target, kind

    def lead(self, mock: Any) -> tuple[DoubleRecord, Chain] | None:
        """The double that a mock belongs to, and the chain of names that leads from there."""
        names: list[str] = []
        inside: Mapping[str, Any] = mock.__dict__
        key = self.key
        for _step in range(_DEEP):
            number = inside.get(key)
            if number is not None:
                names.reverse()
                return self.doubles[number], tuple(names)
            parent = inside.get("_mock_new_parent")
            if parent is None:
                return None
            names.append(inside.get("_mock_new_name") or "()")
            inside = parent.__dict__
        return None

    def _late_spec(self, double: DoubleRecord, mock: Any) -> None:
        """The spec that the class of a mock gave to itself: it wasn't among the arguments."""
        inside: Mapping[str, Any] = mock.__dict__
        while self.key not in inside:
            inside = inside["_mock_new_parent"].__dict__
        spec = inside.get("_spec_class")
        if spec is not None and spec is not FunctionType:
            double.spec = double.spec or name_of(spec)
            double.model = weakly(spec)

    # -- calls

    def called(self, mock: Any, frame: FrameType | None, asynchronous: bool) -> CallRecord | None:
        """A mock is being called; `frame` is the caller's, the library of mocks already left behind."""
        found = self.lead(mock)
        if found is None:
            return None
        double, chain = found
        site, inner = self.project.inner(frame)
        caller = "" if frame is None or inner is frame else str(frame.f_globals.get("__name__", "?"))
        key = (chain, site and id(site), caller, asynchronous)
        with self.lock:
            record = double.calls.get(key)
            if record is None:
                if len(double.calls) >= CALLS_OF_DOUBLE:
                    self.left_out += 1
                    return None
                if double.model is None:
                    self._late_spec(double, mock)
                model = double.model and double.model()
                real = "" if model is None else real_of(model, chain)
                record = CallRecord(double, chain, asynchronous, site, caller, real)
                double.calls[key] = record
            record.count += 1
            record.tests.add(self.test)
        return record

    def token(self, mock: Any, frame: FrameType | None) -> Token | None:
        """An AsyncMock is being called: what its coroutine has to carry."""
        record = self.called(mock, frame, True)
        if record is None:
            return None
        return Token(self, record, self.test, () if record.dropped else self.stack(frame))

    def stack(self, frame: FrameType | None) -> tuple[Site, ...]:
        """The innermost frames of the project at or outside of a frame."""
        sites: list[Site] = []
        project = self.project
        for _step in range(_FRAMES):
            if frame is None or len(sites) == STACK:
                break
            site = project.site(frame)
            if site is not None:
                sites.append(site)
            frame = frame.f_back
        return tuple(sites)

    def handed(self, callee: Any, arguments: tuple[object, ...], keywords: Mapping[str, object]) -> None:
        """Note the coroutines among the arguments of a mock that is being called."""
        found = [item for item in _items(arguments, keywords) if type(item) is CoroutineType]
        if not found:
            return
        lead = self.lead(callee)
        if lead is None:
            return
        number = lead[0].number
        for coroutine in found:
            token = self.token_of(coroutine)
            with self.lock:
                if token is not None:
                    token.call.handed_to.add(number)
                else:
                    self.plain.hand(coroutine, number, self.test)

    def token_of(self, coroutine: CoroutineType[Any, Any, Any]) -> Token | None:
        """The token of an AsyncMock's coroutine, if it is one of this recorder."""
        frame = coroutine.cr_frame
        if frame is None or frame.f_code.co_name != "_execute_mock_call":
            return None
        tokens = frame.f_locals.get("tokens", ())
        return next((each for each in tokens if isinstance(each, Token) and each.recorder is self), None)

    # -- what became of coroutines

    def began(self, token: Token) -> None:
        """The coroutine of an AsyncMock began to run."""
        with self.lock:
            token.done = True
            token.call.awaited += 1

    def cancelled(self, token: Token) -> None:
        """It began to run, and was cancelled."""
        with self.lock:
            token.call.awaited -= 1
            token.call.cancelled += 1

    def dropped(self, coroutine: CoroutineType[Any, Any, Any]) -> None:
        """The interpreter is about to warn that a coroutine was never awaited."""
        token = self.token_of(coroutine)
        if token is None:
            self._dropped_plain(self.plain.dropped(coroutine, self.test))
            return
        with self.lock:
            call = token.call
            token.done = True
            if not call.dropped:
                call.stack = token.stack
            call.dropped += 1
            call.dropping.add(token.test)

    def _dropped_plain(self, dropped: Dropped) -> None:
        mock = dropped.stands_for()
        lead = None if mock is None else self.lead(mock)
        with self.lock:
            if lead is None:
                self.plain.count(dropped)
                return
            # The mock is called when the function that stands for it runs: this is the first that is heard of it.
            double, chain = lead
            key = (chain, dropped.made, "", True)
            record = double.calls.get(key)
            if record is None:
                record = double.calls[key] = CallRecord(double, chain, True, None, "", "async", line=dropped.made)
            record.count += 1
            record.dropped += 1
            record.dropping.add(dropped.test)
            record.handed_to.update(dropped.doubles)


def _items(arguments: tuple[object, ...], keywords: Mapping[str, object]) -> Iterator[object]:
    """Arguments, and what is in those that are plain collections: `gather(*calls)`, `wait([...])`."""
    for argument in itertools.chain(arguments, keywords.values()):
        yield argument
        if type(argument) in {list, tuple, set}:
            yield from itertools.islice(_elements(argument), 100)


def _elements(collection: Any) -> Iterable[object]:
    return tuple(collection)


def _forked() -> None:
    """A forked child records nothing; a lock that another thread held is held for ever in it."""
    for recorder in _recorders:
        recorder.on = False
        recorder.lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
