"""What the cases import."""

import asyncio
from collections.abc import Awaitable, Callable


async def deliver(letter: str, send: Callable[[str], Awaitable[None]]) -> None:
    """Send a letter."""
    await send(letter)


async def flush() -> None:
    """Wait for what is on its way."""
    await asyncio.sleep(0)
