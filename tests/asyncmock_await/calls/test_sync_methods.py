"""Calls of an AsyncMock that stands for a class with a sync method of that name: no `await` is right there."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_carts.py"
SHOP = (
    "class Base:\n    def add(self, thing):\n        self.things.append(thing)\n\n\n"
    "class Cart(Base):\n    async def pay(self):\n        pass\n\n    def __getitem__(self, key):\n        return 1\n\n"
    "    def total(self):\n        return compute()\n"
)
IMPORTS = "from unittest.mock import AsyncMock\n\nimport pytest\n\nimport shop\nfrom shop import Cart\n\n\n"

STANDS_FOR = [
    pytest.param('async def test_it():\n    cart: Cart = AsyncMock()\n    cart.add("tea")\n', id="an annotated name"),
    pytest.param('async def test_it():\n    cart: "shop.Cart" = AsyncMock()\n    cart.add("tea")\n', id="in quotes"),
    pytest.param(
        "@pytest.fixture\ndef cart() -> Cart:\n    return AsyncMock()\n\n\n"
        'async def test_it(cart):\n    cart.add("tea")\n',
        id="a fixture that returns one",
    ),
    pytest.param(
        "@pytest.fixture\ndef cart():\n    return AsyncMock()\n\n\n"
        'async def test_it(cart: Cart):\n    cart.add("tea")\n',
        id="a parameter",
    ),
    pytest.param('def test_it():\n    cart: Cart = AsyncMock()\n    cart.add("tea")\n', id="in a sync test"),
    pytest.param(
        'async def test_it():\n    cart: Cart = AsyncMock()\n    assert not cart.add("tea").x\n', id="its value is used"
    ),
]


@pytest.mark.parametrize("text", STANDS_FOR)
def test_a_call_of_a_sync_method_gets_no_await(text: str) -> None:
    files = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "shop.py": SHOP, TEST: IMPORTS + text}

    (site,) = [site for site in check_noop(codemod, files).sites if site.kind == "mock call"]
    assert (site.decision, site.code) == ("refused", "AM115")


AWAITED = [
    pytest.param("    cart: Cart = AsyncMock()\n    cart.pay()\n", id="a coroutine function"),
    pytest.param("    cart: Cart = AsyncMock()\n    cart.refund()\n", id="a method that the class lacks"),
    pytest.param("    cart: Cart = AsyncMock()\n    cart.total()\n", id="a method that may give something to await"),
    pytest.param("    cart: object = AsyncMock()\n    cart.add()\n", id="a class of somebody else"),
    pytest.param("    cart: Cart = AsyncMock()\n    cart.lines.add()\n", id="a member of a member"),
    pytest.param("    cart = AsyncMock()\n    cart.add()\n", id="no annotation"),
]


@pytest.mark.parametrize("text", AWAITED)
def test_any_other_call_gets_its_await(text: str) -> None:
    start = IMPORTS + "async def test_it():\n"
    first, second = text.splitlines()
    after = f"{first}\n    await {second.strip()}\n"

    check_transformed(codemod, {"shop.py": SHOP, TEST: start + text}, {TEST: start + after})
