"""What the staff sees and says."""

from shop.context import UserContext
from shop.context import create_user_context as create_websocket_manager
from shop.realtime import legacy
from shop.realtime.factory import WebSocketManagerAdapter, get_websocket_manager_factory


def open_desk(user_id: str) -> UserContext:
    return create_websocket_manager(user_id)  # a manager by name only


def close_desk(context: UserContext) -> object:
    return WebSocketManagerAdapter().create_manager(context)


def announce(context: UserContext) -> object:
    return legacy.create_websocket_manager(context, "broadcast", priority=1)


def statistics(context: UserContext) -> dict[str, str]:
    factory = get_websocket_manager_factory()
    factory.create_manager(context)
    return factory.report()
