"""The value of a call in an assert."""

from unittest.mock import AsyncMock


async def test_the_outbox_is_empty() -> None:
    is_empty = AsyncMock(return_value=True)
    assert await is_empty()
