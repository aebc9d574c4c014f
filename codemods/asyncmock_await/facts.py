"""What `collect` finds in one module: the facts of each family of codes, and how mocks are spelled there."""

from __future__ import annotations

import msgspec

from codemods.asyncmock_await.calls.facts import CallFacts
from codemods.asyncmock_await.doubles.facts import DoubleFacts
from codemods.asyncmock_await.never_run.facts import TestFacts


class Facts(msgspec.Struct, frozen=True):
    """The facts of one module, one record for each family: un-awaited calls, doubles, tests that never run.

    `loops` are its functions that run an event loop, or may; "*" where that is none, or one that runs by itself.
    """

    calls: CallFacts = CallFacts()
    doubles: DoubleFacts = DoubleFacts()
    tests: TestFacts = TestFacts()
    loops: tuple[str, ...] = ()
