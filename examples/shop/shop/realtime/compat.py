"""The first version was a coroutine.  Kept for those who still await it."""

import warnings

from shop.context import UserContext
from shop.realtime.unified_manager import UnifiedWebSocketManager


async def create_websocket_manager_async(user_context: UserContext) -> UnifiedWebSocketManager:
    warnings.warn("use get_websocket_manager", DeprecationWarning, stacklevel=2)
    from shop.realtime.manager import get_websocket_manager

    return get_websocket_manager(user_context)
