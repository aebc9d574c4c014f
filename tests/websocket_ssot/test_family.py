from __future__ import annotations

import pytest

from codemods.websocket_ssot.family import about_sockets, family_named, plainly_named, role, words


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("WebSocketManager", "manager"),
        ("_UnifiedWebSocketManagerImplementation", "manager"),
        ("WSManagerV2", "manager"),
        ("WebSocketManagerFactory", "factory"),
        ("WebSocketManagerAdapter", "adapter"),
        ("WebSocketManagerProtocol", "protocol"),
        ("MockWebSocketManager", "double"),
        ("WebSocketManagerMode", "other"),
        ("create_websocket_manager", "make"),
        ("get_websocket_manager_sync", "make"),
        ("get_websocket_manager_factory", "make-factory"),
        ("create_session_factory", "other"),
        ("websocket_manager", "other"),
        ("create_user", "other"),
        ("create_fake_websocket_manager", "double"),
        ("_", "other"),
        ("123", "other"),
    ],
)
def test_a_name_says_what_it_means(name: str, meaning: str) -> None:
    assert role(name) == meaning


def test_an_identifier_falls_into_words_at_capitals_underscores_and_digits() -> None:
    assert words("get_WSManager2forHTTPUsers") == ("get", "ws", "manager", "2", "for", "http", "users")


@pytest.mark.parametrize("name", ["WebSocketManager", "ws_mgr", "ConnectionManager", "shop.ws.SocketFactory"])
def test_a_socket_and_a_manager_make_a_family_name(name: str) -> None:
    assert family_named(name)


@pytest.mark.parametrize("name", ["Manager", "WebSocket", "UserManager", "socket_path"])
def test_one_of_the_two_is_not_enough(name: str) -> None:
    assert not family_named(name)


def test_a_word_of_its_own_makes_a_special_manager() -> None:
    assert plainly_named("get_unified_websocket_manager")
    assert not plainly_named("get_redis_websocket_manager")


@pytest.mark.parametrize(
    ("name", "about"),
    [("WSManager", True), ("WebSocketManager", True), ("shop.ws.manager", True), ("ConnectionManager", False)],
)
def test_a_name_says_whether_it_is_about_sockets(name: str, about: bool) -> None:
    assert about_sockets(name) is about
