"""A customer talks to the shop."""

from shop.app import app
from shop.context import UserContext
from shop.realtime.factory import WebSocketManagerFactory
from shop.realtime.legacy import WebSocketManager
from shop.realtime.unified_manager import UnifiedWebSocketManager


def last_words(managers: "list[WebSocketManager]") -> list[object]:
    return [manager.sent[-1]["event"] for manager in managers if manager.sent]


@app.websocket("/chat/opened")
async def chat_opened(context: UserContext, name: str) -> str:
    manager = UnifiedWebSocketManager("unified", context, _granted_by="chat")
    await manager.send("chat opened", name=name)
    return f"Hello {name}" if manager.is_open() else "We are closed"


@app.websocket("/chat/closed")
async def chat_closed(context: UserContext) -> str:
    manager = WebSocketManagerFactory().create_manager(context)
    await manager.send("chat closed")
    return "Goodbye"
