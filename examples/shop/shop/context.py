"""Who a message is for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UserContext:
    user_id: str
    locale: str = "en"


def create_user_context(user_id: str) -> UserContext:
    return UserContext(user_id)
