"""The application: routes are functions, registered by a decorator, as in larger web frameworks."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Handler = Callable[..., Awaitable[Any]]


class App:
    def __init__(self) -> None:
        self.routes: dict[str, Handler] = {}

    def websocket(self, path: str) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.routes[path] = handler
            return handler

        return register

    def handle(self, path: str, **message: Any) -> Any:
        """Run the handler of one message to its end."""
        return asyncio.run(self.routes[path](**message))


app = App()
