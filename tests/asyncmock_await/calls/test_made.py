"""Instances that modules of the project give to tests, by their names and by their functions."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.calls.module.made import instances_named
from codemods.testing import check_noop, check_transformed

SHOP = """from fake import Sync


class Orders:
    def __init__(self, limit=1):
        self.limit = limit

    async def save(self, order):
        return order


orders = Orders()
stock: Orders = Orders(2)
changed = Orders()
sync = Sync()


def change():
    global changed
    changed = Sync()


def create_orders(limit):
    if limit:
        return Orders(limit)
    return Orders()


def create_within():
    from fake import Sync as Made

    return Made()


def create_either(limit):
    if limit:
        return Orders(limit)
    return Sync()


def create_given(Orders):
    return Orders()


def create_maybe(limit):
    if limit:
        return Orders(limit)
    return changed


def create_many():
    yield 1
    return Orders()


def decorated(function):
    return Sync


@decorated
def create_decorated():
    return Orders()
"""
STOCK = """from fake import Sync
from shop import Orders

kept = Orders()
altered = Orders()
altered.save = Sync().save
altered_by_name = Orders()
setattr(altered_by_name, "save", int)
deleted = Orders()
del deleted
"""
FAKE = "class Sync:\n    def save(self, order):\n        return order\n"
FILES = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "shop.py": SHOP, "stock.py": STOCK, "fake.py": FAKE}
MOCK = "from unittest.mock import AsyncMock\n\n\n"
STARTS = [pytest.param("", id="without a mock"), pytest.param(MOCK, id="with a mock")]

LOST = [
    pytest.param("from shop import orders\n\n\nasync def test_a():\n    ", "orders.save(1)", "\n", id="a name"),
    pytest.param(
        "from stock import kept\n\n\nasync def test_a():\n    ", "kept.save(1)", "\n", id="of an imported class"
    ),
    pytest.param(
        "from shop import stock\n\n\nasync def test_a():\n    ", "stock.save(1)", "\n", id="an annotated name"
    ),
    pytest.param(
        "from shop import orders\n\n\nasync def test_a():\n    assert ", "orders.save(1)", " == 1\n", id="its value"
    ),
    pytest.param("import shop\n\n\nasync def test_a():\n    ", "shop.orders.save(1)", "\n", id="a name of a module"),
    pytest.param(
        "from shop import create_orders\n\n\nasync def test_a():\n    orders = create_orders(3)\n    ",
        "orders.save(1)", "\n", id="a function",
    ),
    pytest.param(
        "async def test_a():\n    from shop import create_orders\n\n    orders = create_orders(3)\n    ",
        "orders.save(1)", "\n", id="a function that the test imports",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call", "after"), LOST)
@pytest.mark.parametrize("start", STARTS)
def test_a_method_of_such_an_instance_is_awaited(start: str, before: str, call: str, after: str) -> None:
    check_transformed(
        codemod,
        {**FILES, "tests/test_a.py": start + before + call + after},
        {"tests/test_a.py": start + before + "await " + call + after},
    )


STAYS = [
    pytest.param("from shop import sync\n\n\nasync def test_a():\n    sync.save(1)\n", id="of another class"),
    pytest.param(
        "from shop import changed\n\n\nasync def test_a():\n    changed.save(1)\n", id="changed by a function"
    ),
    *(
        pytest.param(
            f"from shop import {name}\n\n\nasync def test_a(x):\n    orders = {name}(x)\n    orders.save(1)\n", id=name
        )
        for name in (
            "create_either",
            "create_given",
            "create_maybe",
            "create_many",
            "create_decorated",
            "create_within",
        )
    ),
    pytest.param(
        "import shop\nfrom unittest.mock import MagicMock\n\n\nasync def test_a(monkeypatch):\n"
        "    monkeypatch.setattr(shop, 'orders', MagicMock())\n    shop.orders.save(1)\n",
        id="replaced by the test",
    ),
    pytest.param(
        "import shop\nfrom unittest.mock import patch\n\n\n@patch('shop.orders')\nasync def test_a(orders):\n"
        "    orders.save(1)\n",
        id="patched for the test",
    ),
    *(
        pytest.param(f"from stock import {name}\n\n\nasync def test_a():\n    {name}.save(1)\n", id=name)
        for name in ("altered", "altered_by_name", "deleted")
    ),
]


@pytest.mark.parametrize("text", STAYS)
@pytest.mark.parametrize("start", STARTS)
def test_what_may_be_something_else_is_left_alone(start: str, text: str) -> None:
    check_noop(codemod, {**FILES, "tests/test_a.py": start + text})


def test_a_module_that_fills_its_own_namespace_gives_nothing() -> None:
    shop = SHOP + "\n\nglobals()['orders'] = Sync()\n"
    text = "from shop import orders\n\n\nasync def test_a():\n    orders.save(1)\n"
    check_noop(codemod, {**FILES, "shop.py": shop, "tests/test_a.py": text})


TEXTS = [
    pytest.param("\norders = Orders()\n", [(b"orders", b"Orders")], id="a name"),
    pytest.param("\norders: Orders = shop.Orders()\n", [(b"orders", b"Orders")], id="an annotated name"),
    pytest.param("\ndef make():\n    return Orders()\n", [(b"make", b"Orders")], id="a function"),
    pytest.param("\ndef make():\n    pass\n\nclass A:\n    def m(self):\n        return Orders()\n", [], id="a method"),
    pytest.param("\nasync def make():\n    return Orders()\n", [], id="a coroutine function"),
    pytest.param("\ndef make():\n    return orders()\n", [], id="a call of a function"),
]


@pytest.mark.parametrize(("text", "found"), TEXTS)
def test_what_the_bytes_say_of_instances(text: str, found: list[tuple[bytes, bytes]]) -> None:
    assert [*instances_named(text.encode())] == found
