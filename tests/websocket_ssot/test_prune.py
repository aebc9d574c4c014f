from __future__ import annotations

from collections.abc import Callable

from codemods.toolkit.pipeline.result import Result

Shop = Callable[..., Result]

ALIASES = """
from shop.ws.manager import UnifiedWebSocketManager, get_websocket_manager

__all__ = ["WSManager", "setup"]

WSManager = UnifiedWebSocketManager


def setup(ctx):
    manager = get_websocket_manager(ctx)
    assert isinstance(manager, UnifiedWebSocketManager)
"""
WITHOUT = """
from shop.ws.manager import UnifiedWebSocketManager, get_websocket_manager

__all__ = ["setup"]



def setup(ctx):
    manager = get_websocket_manager(ctx)
    assert isinstance(manager, UnifiedWebSocketManager)
"""


def shims(result: Result) -> dict[str, tuple[str, str]]:
    return {site.name: (site.decision, site.reason) for site in result.sites if site.kind == "shim"}


def test_an_alias_that_nobody_imports_is_deleted_with_its_promise(shop: Shop) -> None:
    result = shop({"shop/api.py": ALIASES}, {"shop/api.py": WITHOUT}, deleted=("shop/ws/legacy.py",), prune=True)
    assert shims(result)["WSManager"] == ("rewritten", "nobody uses this alias any more: deleted")


def test_an_alias_that_its_own_module_uses_stays(shop: Shop) -> None:
    text = ALIASES + "\n\ndef known(manager):\n    return isinstance(manager, WSManager)\n"
    result = shop({"shop/api.py": text}, deleted=("shop/ws/legacy.py",), prune=True)
    assert shims(result)["WSManager"] == ("kept", "used in its own module")


def test_an_alias_that_somebody_takes_by_a_star_stays(shop: Shop) -> None:
    files = {"shop/api.py": ALIASES, "shop/plugins.py": "from shop.api import *\n"}
    result = shop(files, deleted=("shop/ws/legacy.py",), prune=True)
    assert shims(result)["WSManager"] == ("kept", "imported by shop/plugins.py")
    assert [finding.code for finding in result.findings] == ["WS144"]


def test_only_some_of_those_who_keep_a_shim_are_named(shop: Shop) -> None:
    plugin = "from shop.ws import legacy\n\nPLUGINS = vars(legacy)\n"
    result = shop({f"shop/plugin{number}.py": plugin for number in range(5)}, prune=True)
    decision, reason = shims(result)["shop/ws/legacy.py"]
    assert decision == "kept"
    assert reason == "imported by shop/plugin0.py, shop/plugin1.py, shop/plugin2.py and 2 more"


def test_a_shim_that_only_a_shim_imports_goes_with_it(shop: Shop) -> None:
    older = "from shop.ws.legacy import create_websocket_manager as create_ws_manager\n"
    shop({"shop/ws/older.py": older}, deleted=("shop/ws/legacy.py", "shop/ws/older.py"), prune=True)


def test_a_shim_that_a_string_names_stays(shop: Shop) -> None:
    result = shop('PLUGIN = "shop.ws.legacy.WebSocketManager"\n', prune=True)
    assert shims(result)["shop/ws/legacy.py"] == ("kept", "imported by shop/orders.py")


def test_a_module_with_something_of_its_own_is_no_shim(shop: Shop) -> None:
    own = """
        from shop.ws.manager import get_websocket_manager

        def notify(ctx):
            return get_websocket_manager(ctx)
    """
    result = shop({"shop/notify.py": own}, deleted=("shop/ws/legacy.py",), prune=True)
    assert list(shims(result)) == ["shop/ws/legacy.py"]
