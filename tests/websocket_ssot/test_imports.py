"""Imports that follow: which name they give, and where they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codemods.toolkit.pipeline.result import Result

Shop = Callable[..., Result]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from shop.ws.manager import get_websocket_manager as make\n{}"
            "def f(ctx):\n    return make(ctx), create_websocket_manager(ctx)\n",
            "from shop.ws.manager import get_websocket_manager as make\n\n\n"
            "def f(ctx):\n    return make(ctx), make(user_context=ctx)\n",
            id="an alias that the file has already",
        ),
        pytest.param(
            "import shop.ws.manager as ws\n{}"
            "def f(ctx):\n    return ws.get_websocket_manager(ctx), create_websocket_manager(ctx)\n",
            "import shop.ws.manager as ws\nfrom shop.ws.manager import get_websocket_manager\n\n\n"
            "def f(ctx):\n    return ws.get_websocket_manager(ctx), get_websocket_manager(user_context=ctx)\n",
            id="a module that the file has already",
        ),
    ],
)
def test_calls_take_the_name_that_is_there(shop: Shop, before: str, after: str) -> None:
    shop(before.format("from shop.ws.legacy import create_websocket_manager\n\n\n"), after)


def test_an_import_that_only_a_dropped_argument_used_goes_from_its_function(shop: Shop) -> None:
    before = """
        from shop.ws.legacy import WebSocketManager


        def notify(ctx):
            from shop.pools import POOL

            return WebSocketManager(user_context=ctx, pool=POOL)
    """
    after = """
        from shop.ws.manager import get_websocket_manager


        def notify(ctx):

            return get_websocket_manager(user_context=ctx)
    """
    shop({"shop/pools.py": "POOL = 1\n", "shop/orders.py": before}, {"shop/orders.py": after}, drop=("pool",))


def test_an_import_that_other_files_take_from_here_stays(shop: Shop) -> None:
    before = """
        from shop.pools import POOL
        from shop.ws.legacy import WebSocketManager


        def notify(ctx):
            return WebSocketManager(user_context=ctx, pool=POOL)
    """
    after = """
        from shop.pools import POOL
        from shop.ws.manager import get_websocket_manager


        def notify(ctx):
            return get_websocket_manager(user_context=ctx)
    """
    user = "from shop.orders import POOL\nfrom shop.ws.manager import get_websocket_manager as make\n\nmake(POOL)\n"
    files = {"shop/pools.py": "POOL = 1\n", "shop/jobs.py": user, "shop/orders.py": before}
    shop(files, {"shop/orders.py": after}, drop=("pool",))


def test_an_unused_import_that_leads_nowhere_is_repaired_unless_it_is_meant_to_fail(shop: Shop) -> None:
    before = """
        import pytest

        from shop.ws.gone import WebSocketManager


        def test_it_is_gone():
            with pytest.raises(ImportError):
                from shop.ws.older import WebSocketManager
    """
    repaired = before.replace(
        "shop.ws.gone import WebSocketManager", "shop.ws.manager import UnifiedWebSocketManager as WebSocketManager"
    )
    result = shop({"tests/test_gone.py": before}, {"tests/test_gone.py": repaired})
    assert ("kept", "meant to fail") in {(site.decision, site.reason) for site in result.sites}
