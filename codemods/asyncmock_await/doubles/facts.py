"""What is known of where doubles are created (AM2xx) in one module."""

from __future__ import annotations

import msgspec


class DoubleFacts(msgspec.Struct, frozen=True):
    """The facts of one module about where doubles are created (AM2xx)."""
