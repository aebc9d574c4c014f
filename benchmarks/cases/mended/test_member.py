"""A member of an AsyncMock."""

from unittest.mock import AsyncMock


async def test_a_session_is_closed() -> None:
    session = AsyncMock()
    await session.close()
    session.close.assert_called_once_with()
