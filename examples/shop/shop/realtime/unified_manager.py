"""The one implementation."""

from shop.context import UserContext


class UnifiedWebSocketManager:
    """Holds the connections of one user."""

    def __init__(self, mode: str = "unified", user_context: UserContext | None = None, _granted_by: str = "") -> None:
        self.mode = mode
        self.user_context = user_context
        self.sent: list[dict[str, object]] = []

    async def send(self, event: str, **payload: object) -> None:
        self.sent.append({"event": event, **payload})

    def is_open(self) -> bool:
        return self.mode != "closed"
