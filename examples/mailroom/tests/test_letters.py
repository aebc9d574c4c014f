import unittest
from unittest.mock import AsyncMock

from mailroom.letters import Letters


async def test_a_letter_is_posted():
    session = AsyncMock()
    assert await Letters(session).post("hello") == "hello"
    session.add.assert_called_once_with("hello")


async def test_a_session_can_be_closed():
    session = AsyncMock()
    session.close()
    session.close.assert_called_once()


class TestCount(unittest.TestCase):
    async def test_letters_are_counted(self):
        session = AsyncMock()
        assert await Letters(session).count() == 3
