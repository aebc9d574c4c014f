"""What is known of calls of mocks and coroutine functions (AM1xx) in one module."""

from __future__ import annotations

import msgspec


class CallFacts(msgspec.Struct, frozen=True):
    """The facts of one module about calls of mocks and coroutine functions (AM1xx)."""
