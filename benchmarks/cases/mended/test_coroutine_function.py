"""An `async def` of another module (no mock is called)."""

from unittest.mock import AsyncMock

from letters import deliver


async def test_a_letter_is_delivered() -> None:
    send = AsyncMock()
    await deliver("hello", send)
    send.assert_awaited_once_with("hello")
