"""Coroutine functions that other code may replace while a test runs: no call of them gets an `await`."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "tests/__init__.py": ""}
SHOP = """async def save(order):
    return order


class Orders:
    async def save(self, order):
        return order
"""
BY_NAME = "import shop\n\n\nasync def test_a():\n    {}shop.save(1)\n"
BY_METHOD = "from shop import Orders\n\n\nasync def test_a():\n    orders = Orders()\n    {}orders.save(1)\n"
GIVEN = "async def test_a(orders):\n    {}orders.save(1)\n"
ORDERS = "import pytest\n\nfrom shop import Orders\n\n\n@pytest.fixture\ndef orders():\n    return Orders()\n"
STUBS = "import sys\nfrom unittest.mock import MagicMock\n\n"

CERTAIN = [
    pytest.param({"tests/conftest.py": STUBS + "sys.modules['torch'] = MagicMock()\n"}, BY_NAME, id="another module"),
    pytest.param({"tests/conftest.py": STUBS + "assert sys.modules['shop']\n"}, BY_NAME, id="a module that is read"),
    pytest.param(
        {"tests/conftest.py": STUBS + "sys.modules['torch'] = MagicMock()\nPARTS = ['shop', 'torch']\n"}, BY_NAME,
        id="a module beside which another one is named",
    ),
    pytest.param(
        {"tests/conftest.py": STUBS + "from unittest.mock import patch\n\npatch.dict(sys.modules, "
            "{'torch': MagicMock(),\n 'torch.nn': MagicMock()}).start()\nPARTS = ['shop', 'torch']\n"}, BY_NAME,
        id="modules in a dict beside which another one is named",
    ),
    pytest.param(
        {"tests/conftest.py": "def fill(x, **more):\n    for name in more:\n        setattr(x, name, more[name])\n"},
        BY_NAME, id="setattr of names that are given",
    ),
    pytest.param({"conftest.py": ORDERS}, GIVEN, id="a fixture"),
    pytest.param(
        {"conftest.py": ORDERS.replace("@pytest", "@pytest.mark.slow\n@pytest")}, GIVEN, id="a fixture with a mark"
    ),
    pytest.param(
        {"conftest.py": ORDERS.replace("import pytest", "from pytest_asyncio import fixture as async_fixture")
            .replace("pytest.fixture", "async_fixture")}, GIVEN,
        id="a fixture by another name",
    ),
    pytest.param(
        {"tests/support.py": "def ready(monkeypatch):\n    monkeypatch.setattr('shop.load', int)\n"},
        "import shop\nfrom tests.support import ready\n\n\nasync def test_a(monkeypatch):\n    ready(monkeypatch)\n"
        "    {}shop.save(1)\n", id="a helper that replaces another one",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("others", "text"), CERTAIN)
def test_what_nothing_replaces_is_awaited(others: Mapping[str, str], text: str) -> None:
    files = {**AUTO, "shop.py": SHOP, **others, "tests/test_a.py": text.format("")}
    check_transformed(codemod, files, {"tests/test_a.py": text.format("await ")})


HELPED = (
    "import shop\nfrom {} import ready\n\n\nasync def test_a(monkeypatch):\n    ready(monkeypatch)\n    shop.save(1)\n"
)
READY = "import shop\n\n\ndef ready(monkeypatch):\n    monkeypatch.setattr(shop, 'save', int)\n"
CHANGED = (
    "monkeypatch):\n    for name, _ in inspect.getmembers(Orders):\n        monkeypatch.setattr(Orders, name, int)\n"
)
LEFT = [
    pytest.param({"tests/conftest.py": STUBS + "sys.modules['shop'] = MagicMock()\n"}, BY_NAME, id="its module"),
    pytest.param(
        {"conftest.py": ORDERS, "tests/conftest.py": STUBS + "sys.modules['shop'] = MagicMock()\n"}, GIVEN,
        id="the module of a fixture's object",
    ),
    pytest.param(
        {"tests/conftest.py": STUBS + "from unittest.mock import patch\n\npatch.dict('sys.modules', "
            "{'torch': MagicMock(),\n 'shop': MagicMock()}).start()\n"}, BY_NAME, id="its module in a dict",
    ),
    pytest.param(
        {"tests/conftest.py": STUBS + "NAME = 'shop'\nsys.modules.update({NAME: MagicMock(), 'torch': 1})\n"}, BY_NAME,
        id="its module by a name in a dict",
    ),
    pytest.param(
        {"tests/conftest.py": STUBS + "sys.modules.setdefault('shop', MagicMock())\n"}, BY_METHOD,
        id="its module by setdefault",
    ),
    pytest.param(
        {"tests/conftest.py": "import sys\n\nimport pytest\n\n\n@pytest.fixture(autouse=True)\ndef stub(monkeypatch):\n"
            "    monkeypatch.setitem(sys.modules, 'shop', 1)\n"}, BY_NAME,
        id="its module by setitem",
    ),
    pytest.param({}, STUBS + "sys.modules['shop'] = MagicMock()\n" + BY_NAME, id="its module, by the test module"),
    pytest.param(
        {"tests/conftest.py": "import shop\n\nvars(shop)['save'] = int\n"}, BY_NAME, id="an item of its vars"
    ),
    pytest.param(
        {"tests/conftest.py": "import inspect\n\nimport pytest\n\nfrom shop import Orders\n\n\n"
            "@pytest.fixture(autouse=True)\ndef change(" + CHANGED}, BY_METHOD,
        id="all methods of its class",
    ),
    pytest.param({"support.py": READY}, HELPED.format("support"), id="a helper beside the tests"),
    pytest.param(
        {"tests/inner.py": READY, "tests/support.py": "from tests.inner import ready\n\n__all__ = ['ready']\n"},
        HELPED.format("tests.support"), id="a helper of a helper",
    ),
    pytest.param(
        {"shop.py": SHOP + "\n\nimport sys\n\nfor name in ('save',):\n    setattr(sys.modules[__name__], name, int)\n"},
        BY_NAME, id="its own module",
    ),
    pytest.param(
        {"conftest.py": ORDERS},
        "import pytest\n\nNAME = 'orders'\n\n\n@pytest.fixture(name=NAME)\ndef quick():\n    return 1\n\n\n" + GIVEN,
        id="a fixture of a name that isn't written there",
    ),
    pytest.param(
        {"conftest.py": ORDERS, "tests/conftest.py":
            "import pytest\n\nNAME = 'orders'\n\n\n@pytest.fixture(name=NAME)\ndef quick():\n    return 1\n"}, GIVEN,
        id="such a fixture of a nearer conftest.py",
    ),
    pytest.param(
        {"conftest.py": ORDERS.replace("@pytest.fixture", "@pytest.fixture\n@quickly")}, GIVEN,
        id="a fixture with another decorator",
    ),
    pytest.param(
        {"conftest.py": ORDERS.replace("@pytest.fixture", "@session_fixture")}, GIVEN,
        id="a decorator that is called like a fixture",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("others", "text"), LEFT)
def test_what_may_be_replaced_stays_as_it_is(others: Mapping[str, str], text: str) -> None:
    check_noop(codemod, {**AUTO, "shop.py": SHOP, **others, "tests/test_a.py": text.format("")})


METHOD = "\n\nasync def test_b():\n    orders = Orders()\n    {}orders.save(1)\n"
OWN_CERTAIN = [
    pytest.param(
        "from shop import Orders\n\n\nasync def test_a(monkeypatch, size):\n    name = 'sa' + 've'\n"
        "    monkeypatch.setattr(Orders, name, int)\n" + METHOD,
        id="in another test, by a name that it makes",
    ),
    pytest.param(
        "import shop\nfrom shop import Orders\n\n\ndef ready(settings, **more):\n    for name in more:\n"
        "        setattr(settings, name, 1)\n" + METHOD,
        id="on something else",
    ),
]


@pytest.mark.parametrize("text", OWN_CERTAIN)
def test_what_a_module_sets_elsewhere_is_no_matter(text: str) -> None:
    files = {**AUTO, "shop.py": SHOP, "tests/test_a.py": text.format("")}
    check_transformed(codemod, files, {"tests/test_a.py": text.format("await ")})


OWN_LEFT = [
    pytest.param(
        "from shop import Orders\n\n\nasync def test_a(monkeypatch):\n    name = 'sa' + 've'\n"
        "    monkeypatch.setattr(Orders, name, int)\n    orders = Orders()\n    orders.save(1)\n",
        id="by a name that isn't written there",
    ),
    pytest.param(
        "from shop import Orders\n\n\ndef quickly(cls):\n    for name in dir(cls):\n        setattr(cls, name, int)\n\n"
        "\nquickly(Orders)\n" + METHOD.format(""),
        id="all attributes of something",
    ),
    pytest.param(
        "import shop\n\n\nasync def test_a():\n    shop.orders.__class__ = Quick\n    shop.orders.save(1)\n",
        id="the class of an object",
    ),
]


@pytest.mark.parametrize("text", OWN_LEFT)
def test_what_the_module_itself_may_replace_stays_as_it_is(text: str) -> None:
    shop = SHOP + "\n\norders = Orders()\n"
    check_noop(codemod, {**AUTO, "shop.py": shop, "tests/test_a.py": text})
