from __future__ import annotations

from collections.abc import Callable

import pytest

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.canonical import Canonical, canonical
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.facts import Facts

Collected = Callable[..., Project[Facts]]

MANAGER = """
class WebSocketManager:
    def __init__(self, user_context=None):
        self.user_context = user_context

class SlowWebSocketManager(WebSocketManager):
    def wait(self): ...

class LegacyWebSocketManager:
    def other(self): ...
"""


def settled(
    collected: Collected, factory: str, manager: str = MANAGER, *, cls: str = "WebSocketManager",
    name: str = "get_websocket_manager", **more: str,
) -> Canonical:  # fmt: skip
    """The canonical definitions of a package of one module, which holds both of these texts."""
    config = Config(factory=f"shop.ws:{name}", class_=f"shop.ws:{cls}")
    files = {"shop/__init__.py": "", "shop/ws.py": manager + factory, **{f"shop/{n}.py": t for n, t in more.items()}}
    project = collected(files, config)
    return canonical(project, Origins(project), config)


def factory(body: str = "return WebSocketManager(user_context)", annotation: str = "", head: str = "") -> str:
    return f"\n{head}\ndef get_websocket_manager(user_context=None){annotation}:\n    {body}\n"


@pytest.mark.parametrize(
    "annotation", ["", " -> WebSocketManager", ' -> "WebSocketManager"', " -> object", " -> list[WebSocketManager]"]
)
def test_a_factory_and_its_class_belong_together(collected: Collected, annotation: str) -> None:
    found = settled(collected, factory(annotation=annotation))
    assert (found.factory.name, found.cls.name) == ("get_websocket_manager", "WebSocketManager")


@pytest.mark.parametrize("cls", ["WebSocketManager", "SlowWebSocketManager"])
def test_a_class_and_its_base_belong_together(collected: Collected, cls: str) -> None:
    found = settled(collected, factory(annotation=" -> SlowWebSocketManager"), cls=cls)
    assert found.cls.name == cls


def test_a_factory_of_another_class_is_wrong_usage(collected: Collected) -> None:
    with pytest.raises(UsageError, match=r"LegacyWebSocketManager") as caught:
        settled(collected, factory(annotation=" -> LegacyWebSocketManager"))
    assert "\n" not in str(caught.value)


def test_a_class_is_no_factory(collected: Collected) -> None:
    with pytest.raises(UsageError, match=r"^factory: shop\.ws:WebSocketManager is not a function"):
        settled(collected, "", name="WebSocketManager")


def test_a_function_is_no_class(collected: Collected) -> None:
    with pytest.raises(UsageError, match=r"^class: shop\.ws:get_websocket_manager is not a class"):
        settled(collected, factory(), cls="get_websocket_manager")


def test_a_name_that_is_not_there_is_told_with_the_nearest(collected: Collected) -> None:
    with pytest.raises(UsageError, match=r"^class: shop\.ws has no WebSockManager; nearest: WebSocketManager"):
        settled(collected, factory(), cls="WebSockManager")


def test_a_name_that_nothing_is_like_is_told_alone(collected: Collected) -> None:
    with pytest.raises(UsageError, match=r"^class: shop\.ws has no Xyz$"):
        settled(collected, factory(), cls="Xyz")


def test_a_module_that_is_not_there_is_told_with_the_nearest(collected: Collected) -> None:
    config = Config(factory="shop.wss:get_websocket_manager", class_="shop.ws:WebSocketManager")
    project = collected({"shop/__init__.py": "", "shop/ws.py": MANAGER + factory()})
    with pytest.raises(UsageError, match=r"^factory: there is no module shop\.wss; nearest: shop\.ws"):
        canonical(project, Origins(project), config)


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        pytest.param(factory(), False, id="a new one each time"),
        pytest.param(factory("return _one", head="_one = WebSocketManager()"), True, id="a module's own"),
        pytest.param(factory("_one = WebSocketManager()\n    return _one", head="_one = None"), False, id="a local"),
        pytest.param(
            factory("global _one\n    _one = _one or WebSocketManager()\n    return _one", head="_one = None"),
            True,
            id="a global",
        ),
        pytest.param(factory("return user_context", head="user_context = None"), False, id="what it is given"),
        pytest.param(
            "\nfrom functools import cache\n@cache\ndef get_websocket_manager():\n    return WebSocketManager()\n",
            True,
            id="a cached one",
        ),
        pytest.param(factory(head="from functools import cache\n@cache"), False, id="cached for each argument"),
    ],
)
def test_a_factory_may_give_one_object_to_everybody(collected: Collected, text: str, shared: bool) -> None:
    assert settled(collected, text).shared is shared


def test_a_class_of_which_there_is_only_one_object_is_not_shared_by_the_factory(collected: Collected) -> None:
    single = """
class WebSocketManager:
    _instance = None
    def __new__(cls):
        cls._instance = cls._instance or super().__new__(cls)
        return cls._instance
"""
    meta = "class Singleton(type): ...\nclass WebSocketManager(metaclass=Singleton): ...\n"
    gives = factory("return _one", head="_one = WebSocketManager()")
    assert not settled(collected, gives, single).shared
    assert not settled(collected, gives, meta).shared


def test_members_are_those_of_the_bases_too(collected: Collected) -> None:
    found = settled(collected, factory(), cls="SlowWebSocketManager")
    assert {"wait", "__init__", "user_context"} <= found.members.keys()
    assert not found.open
    assert found.constructor is not None
    assert [parameter.name for parameter in found.constructor] == ["user_context"]


@pytest.mark.parametrize(
    ("base", "is_open"),
    [
        ("object", False),
        ("abc.ABC", False),
        ("Generic[T]", False),
        ("threading.Thread", True),
        ("Nowhere", True),
        ("parents.ConnectionManagerBase", False),
        ("parents.OpenConnectionManager", True),
    ],
)
def test_a_base_that_is_not_known_may_have_anything(collected: Collected, base: str, is_open: bool) -> None:
    text = f"import abc\nimport threading\nfrom shop import parents\nclass WebSocketManager({base}):\n    x = 1\n"
    parents = (
        "class ConnectionManagerBase:\n    y = 1\nclass OpenConnectionManager:\n    def __getattr__(self, name): ...\n"
    )
    found = settled(collected, factory(), text, parents=parents)
    assert found.open is is_open


def test_a_class_that_is_its_own_base_ends_somewhere(collected: Collected) -> None:
    found = settled(collected, factory(), "class WebSocketManager(WebSocketManager):\n    x = 1\n")
    assert found.open
    assert "x" in found.members


def test_a_class_without_constructor_has_no_known_signature(collected: Collected) -> None:
    assert settled(collected, factory(), "class WebSocketManager:\n    x = 1\n").constructor is None
