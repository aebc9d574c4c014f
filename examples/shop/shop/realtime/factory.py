"""Factory objects, from the time when a manager was made for each request."""

from shop.context import UserContext
from shop.realtime.manager import get_websocket_manager
from shop.realtime.unified_manager import UnifiedWebSocketManager


class WebSocketManagerFactory:
    def create_manager(self, user_context: UserContext) -> UnifiedWebSocketManager:
        return get_websocket_manager(user_context)

    def report(self) -> dict[str, str]:
        return {"kind": "factory"}


def get_websocket_manager_factory() -> WebSocketManagerFactory:
    return WebSocketManagerFactory()


WebSocketManagerAdapter = type(
    "WebSocketManagerAdapter",
    (),
    {"create_manager": lambda self, user_context: get_websocket_manager(user_context)},
)
