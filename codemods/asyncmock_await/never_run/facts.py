"""What is known of test classes and async tests (AM3xx) in one module."""

from __future__ import annotations

import msgspec


class TestFacts(msgspec.Struct, frozen=True):
    """The facts of one module about test classes and async tests (AM3xx)."""
