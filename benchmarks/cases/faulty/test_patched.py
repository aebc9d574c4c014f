"""`patch(..., new_callable=AsyncMock)` as a context manager."""

from unittest.mock import AsyncMock, patch


async def test_the_outbox_is_flushed() -> None:
    with patch("letters.flush", new_callable=AsyncMock) as flush:
        flush()  # fault
    flush.assert_called_once_with()
