"""An `async def` of another module (no mock is called)."""

from unittest.mock import AsyncMock

from letters import deliver


async def test_a_letter_is_delivered() -> None:
    send = AsyncMock()
    deliver("hello", send)  # fault
    assert send.await_count < 2
