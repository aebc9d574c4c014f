"""Managers by their public names."""

from shop.realtime.legacy import CompatWebSocketManager, WebSocketManager, create_websocket_manager

__all__ = [
    "CompatWebSocketManager",
    "UnifiedWebSocketManager",
    "WebSocketManager",
    "create_websocket_manager",
]
