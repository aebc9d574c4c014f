"""What is raised where a double can't be changed as it should."""

from __future__ import annotations


class Impossible(Exception):  # noqa: N818 - it says what can't be done, and is caught by the one who asked
    """The expression can't be changed like that: (code, reason)."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
