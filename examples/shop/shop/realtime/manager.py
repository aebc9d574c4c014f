"""The canonical way to a manager: one for each user, whoever asks."""

from shop.context import UserContext
from shop.realtime.unified_manager import UnifiedWebSocketManager

_managers: dict[UserContext | None, UnifiedWebSocketManager] = {}


def get_websocket_manager(user_context: UserContext | None = None, mode: str = "unified") -> UnifiedWebSocketManager:
    if user_context not in _managers:
        _managers[user_context] = UnifiedWebSocketManager(mode, user_context, _granted_by="get_websocket_manager")
    return _managers[user_context]
