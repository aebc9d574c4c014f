"""A bare call in a sync test."""

from unittest.mock import AsyncMock


def test_a_letter_is_sent() -> None:
    send = AsyncMock()
    send("hello")  # fault
    send.assert_called_once_with("hello")
