"""The parameter of a `patch` decorator."""

from unittest.mock import AsyncMock, patch


@patch("letters.flush", new_callable=AsyncMock)
async def test_the_outbox_is_flushed(flush: AsyncMock) -> None:
    flush()  # fault
    flush.assert_called_once_with()
