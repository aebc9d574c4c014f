"""An async test in a plain TestCase, which never runs."""

import unittest
from unittest.mock import AsyncMock


class TestSend(unittest.IsolatedAsyncioTestCase):
    async def test_a_letter_is_sent(self) -> None:
        send = AsyncMock()
        await send("hello")
        send.assert_awaited_once_with("hello")
