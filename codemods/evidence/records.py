"""What is known while the tests run: counters by place, which grow with the number of places and not of calls.

None of these holds a mock or a coroutine: what the recorder sees must live as long as it would without it.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Literal

from codemods.evidence.places import Site
from codemods.evidence.schema import TESTS_NAMED

if TYPE_CHECKING:
    from codemods.evidence.recorder import Recorder

Original = Literal["function", "async function", "class", "instance", "other", "missing", ""]
Real = Literal["async", "sync", "other", ""]
Chain = tuple[str, ...]


@dataclass(slots=True)
class Named:
    """The first tests that did something, by their number.  A test that is None is code outside of any test."""

    first: list[int] = field(default_factory=list)
    last: int | None = None

    def add(self, test: int | None) -> None:
        """Note a test; most often it is the one of the call before."""
        if test is None or test == self.last:
            return
        self.last = test
        if len(self.first) < TESTS_NAMED and test not in self.first:
            self.first.append(test)


@dataclass(slots=True)
class CallRecord:
    """The calls of one member of a double from one place.  What is not counted here was closed or is pending."""

    double: DoubleRecord
    chain: Chain
    asynchronous: bool
    site: Site | None
    caller: str
    real: Real
    line: tuple[str, int] | None = None
    """In place of a site, where only a file and a line are known."""
    count: int = 0
    awaited: int = 0
    cancelled: int = 0
    dropped: int = 0
    pending: int = 0
    handed_to: set[int] = field(default_factory=set)
    tests: Named = field(default_factory=Named)
    dropping: Named = field(default_factory=Named)
    stack: tuple[Site, ...] = ()


@dataclass(slots=True)
class DoubleRecord:
    """The mocks that one expression created, as far as they are alike."""

    number: int
    site: Site | None
    made_by: str
    type: str
    spec: str
    target: str
    original: Original
    count: int = 0
    parents: set[int] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    tests: Named = field(default_factory=Named)
    calls: dict[tuple[object, ...], CallRecord] = field(default_factory=dict)
    model: weakref.ref[object] | None = None
    """The spec or what was patched, of the mock that was created last."""


@dataclass(slots=True)
class CoroutineRecord:
    """Coroutines of one `async def` that were never awaited, made at one place."""

    function: str
    module: str
    code: CodeType
    defined: tuple[str, int]
    made: tuple[str, int] | None
    is_test: bool
    count: int = 0
    handed_to: set[int] = field(default_factory=set)
    tests: Named = field(default_factory=Named)
    stack: tuple[tuple[str, int, str], ...] = ()


@dataclass(slots=True)
class Token:
    """One call of an AsyncMock: its coroutine holds this, and nothing else does."""

    recorder: Recorder
    call: CallRecord
    test: int | None
    stack: tuple[Site, ...]
    traced: bool = False
    """Somebody else than the recorder asked for the origins of coroutines when it was made."""
    done: bool = False
    """It began to run, or was dropped: no longer to be counted."""
