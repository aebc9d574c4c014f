"""What is known of calls of mocks and coroutine functions (AM1xx) in one module."""

from __future__ import annotations

from typing import Literal

import msgspec

Fate = Literal["dropped", "value", "awaited", "consumed"]
"""What becomes of the coroutine of a call, as the syntax around it shows.

`dropped`: the call is a statement, or its result is never read.  `value`: it is used as if it were the result.
`awaited`: there is an `await`.  `consumed`: it is handed on to something that may await it.
"""

Place = Literal["async", "sync", "closed"]
"""What is around a call: an async function, a sync one, or a lambda or comprehension within either."""


class CallSite(msgspec.Struct, frozen=True, array_like=True):
    """One call that makes a coroutine, or may.

    `start`, `end` are the span of the call, `name` what is called as written.  `brackets`: an `await` needs brackets
    around it.  `certain`: the receiver is an AsyncMock on every path that leads here.  `reference`: what is called is
    not a mock but this name of the module, which may be a coroutine function.  `function` is the name of the function
    around it, `test` whether that is a test.  `of_result`: it is a method of what an awaited call gave.
    """

    start: int
    end: int
    line: int
    column: int
    name: str
    fate: Fate
    around: Place
    function: str
    test: bool
    brackets: bool = False
    certain: bool = True
    reference: bool = False
    of_result: bool = False


class CallFacts(msgspec.Struct, frozen=True):
    """The facts of one module about calls of mocks and coroutine functions.

    `assumed` are the names of the mock library that come from another module of the project: (level, module, member).
    `coroutines` are the functions of the module whose call makes a coroutine and does nothing else.
    """

    sites: tuple[CallSite, ...] = ()
    assumed: tuple[tuple[int, str, str], ...] = ()
    coroutines: tuple[str, ...] = ()
