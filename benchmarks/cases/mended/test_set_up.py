"""`self.x`, made in `asyncSetUp` of an IsolatedAsyncioTestCase."""

import unittest
from unittest.mock import AsyncMock


class TestSession(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.session = AsyncMock()

    async def test_a_session_is_closed(self) -> None:
        await self.session.close()
        self.session.close.assert_called_once_with()
