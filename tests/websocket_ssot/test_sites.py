"""Decisions about single uses that need no fixture of their own: the code, and that nothing changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codemods.toolkit.pipeline.result import Result

Shop = Callable[..., Result]


def refused(result: Result) -> list[str]:
    return sorted(site.code for site in result.sites if site.decision == "refused")


def reasons(result: Result, decision: str, path: str = "shop/orders.py") -> list[str]:
    return [site.reason for site in result.sites if site.decision == decision and site.path == path]


FACTORY = """
    from shop.ws.manager import get_websocket_manager


    class WebSocketManagerFactory:
        def create_manager(self, user_context):
            return get_websocket_manager(user_context)

        def create_for(self, topic):
            return print(topic)


    def get_websocket_manager_factory():
        return WebSocketManagerFactory()
"""


@pytest.mark.parametrize(
    ("use", "code"),
    [
        pytest.param("WebSocketManagerFactory(1).create_manager(ctx)", "WS122", id="made with an argument"),
        pytest.param("WebSocketManagerFactory().create_manager", "WS122", id="not called"),
        pytest.param("WebSocketManagerFactory().shutdown()", "WS122", id="another method"),
        pytest.param("WebSocketManagerFactory().create_for(ctx)", "WS122", id="makes something else"),
        pytest.param("WebSocketManagerFactory().create_manager()", "WS126", id="for nobody"),
        pytest.param("WebSocketManagerFactory().create_manager(*ctx)", "WS123", id="unpacked"),
        pytest.param("asyncio.run(WebSocketManagerFactory().create_manager(ctx))", "WS129", id="as a coroutine"),
        pytest.param("[WebSocketManagerFactory()]", "WS122", id="handed on"),
    ],
)
def test_a_factory_object_that_serves_more_is_refused(shop: Shop, use: str, code: str) -> None:
    orders = f"""
        import asyncio

        from shop.ws.factory import WebSocketManagerFactory


        def notify(ctx):
            return asyncio, {use}
    """
    assert refused(shop({"shop/ws/factory.py": FACTORY, "shop/orders.py": orders})) == [code]


def test_a_function_that_gives_a_factory_object_stands_for_it(shop: Shop) -> None:
    before = """
        from shop.ws.factory import get_websocket_manager_factory


        def notify(ctx):
            return get_websocket_manager_factory().create_manager(ctx)
    """
    after = """
        from shop.ws.manager import get_websocket_manager


        def notify(ctx):
            return get_websocket_manager(user_context=ctx)
    """
    shop({"shop/ws/factory.py": FACTORY, "shop/orders.py": before}, {"shop/orders.py": after})


@pytest.mark.parametrize("name", ["WebSocketManager", "get_websocket_manager"])
def test_what_a_function_takes_as_a_coroutine_can_be_no_manager(shop: Shop, name: str) -> None:
    orders = f"""
        import asyncio

        from shop.ws.{"legacy" if name == "WebSocketManager" else "manager"} import {name}


        def notify(ctx):
            return asyncio.run({name}(ctx))
    """
    assert refused(shop(orders)) == ["WS129"]


@pytest.mark.parametrize(
    "use",
    ["WebSocketManager.__doc__", "WebSocketManager.registry", "WebSocketManager == other", "print(WebSocketManager)"],
)
def test_a_reference_that_means_the_old_class_is_kept(shop: Shop, use: str) -> None:
    orders = f"""
        from shop.ws.legacy import WebSocketManager


        def notify(other):
            return {use}
    """
    result = shop(orders)
    assert refused(result) == []
    assert len(reasons(result, "kept")) == 2  # the reference and its import


def test_a_missing_class_of_which_something_is_asked_that_nobody_has_is_refused(shop: Shop) -> None:
    orders = """
        from shop.ws.gone import WebSocketManager


        def notify():
            return WebSocketManager.registry
    """
    repaired = orders.replace(
        "shop.ws.gone import WebSocketManager", "shop.ws.manager import UnifiedWebSocketManager as WebSocketManager"
    )
    assert refused(shop(orders, repaired)) == ["WS130"]


def test_a_missing_factory_object_that_is_handed_on_has_no_meaning(shop: Shop) -> None:
    orders = """
        from shop.ws.gone import WebSocketManagerFactory


        def notify():
            return print(WebSocketManagerFactory)
    """
    assert "WS131" in refused(shop(orders))


def test_a_guard_of_the_old_function_is_not_given_up(shop: Shop) -> None:
    compat = """
        from shop.ws.manager import get_websocket_manager


        def create_websocket_manager(user_context=None):
            if user_context is None:
                raise ValueError("for whom?")
            return get_websocket_manager(user_context)
    """
    orders = """
        from shop.ws.compat import create_websocket_manager


        def notify():
            return create_websocket_manager()
    """
    assert refused(shop({"shop/ws/compat.py": compat, "shop/orders.py": orders})) == ["WS126"]


@pytest.mark.parametrize(
    ("imports", "code"),
    [
        pytest.param("from shop.ws.legacy import WebSocketManager\nWebSocketManager = 1", "WS128", id="bound twice"),
        pytest.param("def f():\n    global WebSocketManager\nfrom shop.ws.legacy import WebSocketManager", "WS128"),
        pytest.param("from shop.ws.legacy import WebSocketManager\nget_websocket_manager = 1", "WS132", id="taken"),
    ],
)
def test_a_name_that_means_something_else_as_well_is_refused(shop: Shop, imports: str, code: str) -> None:
    orders = imports + "\n\n\ndef notify(ctx):\n    return WebSocketManager(user_context=ctx)\n"
    assert refused(shop(orders)) == [code]


def test_a_call_through_a_star_import_needs_a_place_for_its_import(shop: Shop) -> None:
    before = """
        from shop.ws.legacy import *


        def notify(ctx):
            return create_websocket_manager(ctx)
    """
    after = """
        from shop.ws.legacy import *
        from shop.ws.manager import get_websocket_manager


        def notify(ctx):
            return get_websocket_manager(user_context=ctx)
    """
    shop(before, after)


def test_a_module_that_is_imported_twice_can_not_be_left(shop: Shop) -> None:
    orders = """
        try:
            import shop.ws.legacy as ws
        except ImportError:
            import shop.ws.old as ws


        def notify(ctx):
            return ws.create_websocket_manager(ctx)
    """
    assert refused(shop(orders)) == ["WS128"]


def test_an_import_that_would_close_a_cycle_is_refused(shop: Shop) -> None:
    manager = """
        import shop.orders


        class UnifiedWebSocketManager:
            def __init__(self, mode="unified", user_context=None):
                self.users = shop.orders


        def get_websocket_manager(user_context=None, mode="unified"):
            return UnifiedWebSocketManager(mode, user_context)
    """
    orders = """
        from shop.ws.gone import WebSocketManager


        def notify(ctx):
            return WebSocketManager(user_context=ctx)
    """
    result = shop({"shop/ws/manager.py": manager, "shop/orders.py": orders, "shop/ws/legacy.py": ""})
    assert "WS134" in refused(result)


def test_a_promise_is_repaired_only_where_all_of_it_can_be_read(shop: Shop) -> None:
    api = """
        import shop.names

        __all__ = ["WebSocketManagerAdapter", *shop.names.ALL]
    """
    assert refused(shop({"shop/api.py": api, "shop/names.py": "ALL = []\n"})) == ["WS138"]
