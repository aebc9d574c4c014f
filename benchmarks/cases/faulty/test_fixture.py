"""An AsyncMock from a fixture."""

from unittest.mock import AsyncMock

import pytest


@pytest.fixture
def send() -> AsyncMock:
    return AsyncMock()


async def test_a_letter_is_sent(send: AsyncMock) -> None:
    send("hello")  # fault
    send.assert_called_once_with("hello")
