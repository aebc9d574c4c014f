"""The newsletter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.app import app
from shop.context import UserContext
from shop.realtime import WebSocketManager

if TYPE_CHECKING:
    from shop.realtime.legacy import CompatWebSocketManager


def issues(manager: CompatWebSocketManager) -> int:
    return len(manager.sent)


@app.websocket("/news/published")
async def news_published(context: UserContext, title: str) -> str:
    manager = WebSocketManager(user_context=context, priority=1)
    await manager.send("news published", title=title)
    return f"{title}, issue {issues(manager)}"
