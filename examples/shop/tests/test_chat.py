"""The chat, and what the staff sees."""

import pytest

from shop import admin, chat, news, stock  # noqa: F401  (registers the routes)
from shop.app import app
from shop.context import UserContext
from shop.realtime.manager import get_websocket_manager

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_chat_opens_with_a_greeting() -> None:
    assert app.handle("/chat/opened", context=UserContext("finn"), name="Finn") == "Hello Finn"


@pytest.mark.xfail(reason="the chat makes a manager of its own, so nobody else sees what it sends", raises=IndexError)
def test_what_the_chat_sends_is_seen_by_all() -> None:
    gina = UserContext("gina")
    app.handle("/chat/opened", context=gina, name="Gina")
    assert chat.last_words([get_websocket_manager(gina)])[-1] == "chat opened"


def test_a_chat_closes() -> None:
    hugo = UserContext("hugo")
    assert app.handle("/chat/closed", context=hugo) == "Goodbye"
    assert chat.last_words([get_websocket_manager(hugo)]) == ["chat closed"]


@pytest.mark.xfail(reason="makes a manager by the old name, with an argument that is gone", raises=RuntimeError)
def test_news_reach_a_reader() -> None:
    kai = UserContext("kai")
    assert app.handle("/news/published", context=kai, title="Sale") == "Sale, issue 1"
    assert get_websocket_manager(kai).sent[-1] == {"event": "news published", "title": "Sale"}


def test_the_desk_is_no_manager() -> None:
    assert admin.open_desk("ida") == UserContext("ida")


def test_the_staff_uses_the_manager_of_a_customer() -> None:
    jan = UserContext("jan")
    manager = get_websocket_manager(jan)
    assert admin.announce(jan) is admin.close_desk(jan) is manager
    assert admin.statistics(jan) == {"kind": "factory"}


def test_the_stock_has_a_connection_manager_of_its_own() -> None:
    assert stock.in_stock("lamp")
    assert not stock.in_stock("table")
