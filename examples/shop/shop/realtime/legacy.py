"""What is left of earlier generations.  New code uses `shop.realtime.manager`."""

import warnings

from shop.context import UserContext
from shop.realtime.unified_manager import UnifiedWebSocketManager


class WebSocketManager:
    """The public name of old.  It can't be made any more: managers of two users got mixed up."""

    def __new__(cls, *args: object, **kwargs: object) -> "WebSocketManager":
        raise RuntimeError("WebSocketManager can't be made directly, use get_websocket_manager()")


class CompatWebSocketManager(UnifiedWebSocketManager):
    """Kept for imports from the first version."""


def create_websocket_manager(
    user_context: UserContext, mode: str = "unified", **options: object
) -> UnifiedWebSocketManager:
    warnings.warn("use get_websocket_manager", DeprecationWarning, stacklevel=2)
    from shop.realtime.manager import get_websocket_manager

    return get_websocket_manager(user_context, mode)
