"""A bare call in an async test."""

from unittest.mock import AsyncMock


async def test_a_letter_is_sent() -> None:
    send = AsyncMock()
    await send("hello")
    send.assert_called_once_with("hello")
