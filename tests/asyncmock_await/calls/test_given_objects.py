"""Objects of the project's own classes that another file gives: a conftest.py, a helper module, a base class."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

SHOP = """class Shelf:
    async def count(self):
        return 0


class Orders(Shelf):
    async def save(self, order):
        return order

    def names(self):
        return []

    def configure(self, x):
        self.x = x


class Prices:
    def save(self, price):
        return price
"""
CONFTEST = """import pytest
from unittest.mock import MagicMock, patch

from shop import Orders, Prices
from tests.making import make_orders


@pytest.fixture
def orders():
    return Orders()


@pytest.fixture(name="renamed")
def renamed_fixture():
    found = Orders()
    yield found


@pytest.fixture
def made():
    return make_orders()


@pytest.fixture
def prices():
    return Prices()


@pytest.fixture
def changed():
    orders = Orders()
    orders.save = MagicMock()
    return orders


@pytest.fixture
def patched():
    with patch.object(Orders, "save"):
        yield Orders()


@pytest.fixture(params=[Orders, Prices])
def either(request):
    return request.param()


class Fake(Orders):
    def save(self, order):
        return order


@pytest.fixture
def fake():
    return Fake()
"""
MAKING = "from shop import Orders\n\n\ndef make_orders():\n    return Orders()\n"
BASE = "from shop import Orders\n\n\nclass Base:\n    def setup_method(self):\n        self.orders = Orders()\n"
FILES = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "shop.py": SHOP,
    "tests/__init__.py": "",
    "tests/conftest.py": CONFTEST,
    "tests/making.py": MAKING,
    "tests/base.py": BASE,
}
NO_PATCH = CONFTEST.replace('    with patch.object(Orders, "save"):\n        yield Orders()\n', "    return 1\n")
NO_PATCH = NO_PATCH.replace("    orders.save = MagicMock()\n", "")
"""Nothing in it replaces a method of its name."""

MOCK = "from unittest.mock import AsyncMock\n\n\n"
"""What makes a module one that is read in any case."""

LOST = [
    pytest.param("async def test_a(orders):\n    ", "orders.save(1)", "\n", id="a fixture of the conftest"),
    pytest.param("async def test_a(orders):\n    assert ", "orders.save(1)", " == 1\n", id="its value"),
    pytest.param("async def test_a(renamed):\n    ", "renamed.save(1)", "\n", id="a fixture under another name"),
    pytest.param("async def test_a(made):\n    ", "made.save(1)", "\n", id="a fixture that a helper's object is"),
    pytest.param("async def test_a(orders):\n    ", "orders.count()", "\n", id="an inherited method"),
    pytest.param(
        "class TestA:\n    async def test_a(self, orders):\n        ", "orders.save(1)", "\n", id="in a test class"
    ),
]


@pytest.mark.parametrize(("before", "call", "after"), LOST)
@pytest.mark.parametrize("start", [pytest.param("", id="without a mock"), pytest.param(MOCK, id="with a mock")])
def test_a_method_of_what_a_conftest_gives_is_awaited(start: str, before: str, call: str, after: str) -> None:
    check_transformed(
        codemod,
        {**FILES, "tests/conftest.py": NO_PATCH, "tests/test_a.py": start + before + call + after},
        {"tests/test_a.py": start + before + "await " + call + after},
    )


def test_a_method_of_what_a_base_class_sets_up_is_awaited() -> None:
    start = "from tests.base import Base\n\n\nclass TestA(Base):\n    async def test_a(self):\n        "
    check_transformed(
        codemod,
        {**FILES, "tests/conftest.py": "", "tests/test_a.py": start + "self.orders.save(1)\n"},
        {"tests/test_a.py": start + "await self.orders.save(1)\n"},
    )


def test_the_object_of_a_helper_module_is_followed() -> None:
    start = "from tests.making import make_orders\n\n\nasync def test_a():\n    orders = make_orders()\n    "
    check_transformed(
        codemod,
        {**FILES, "tests/conftest.py": "", "tests/test_a.py": start + "orders.save(1)\n"},
        {"tests/test_a.py": start + "await orders.save(1)\n"},
    )


STAYS = [
    pytest.param("async def test_a(prices):\n    prices.save(1)\n", id="a sync method of another class"),
    pytest.param("async def test_a(orders):\n    orders.names()\n", id="a sync method"),
    pytest.param("async def test_a(changed):\n    changed.save(1)\n", id="an object whose method is replaced"),
    pytest.param("async def test_a(patched):\n    patched.save(1)\n", id="a class that is patched"),
    pytest.param("async def test_a(either):\n    either.save(1)\n", id="one of two classes"),
    pytest.param("async def test_a(fake):\n    fake.save(1)\n", id="a derived class with a sync method"),
    pytest.param("async def test_a(orders):\n    orders = []\n    orders.save(1)\n", id="a name that is bound anew"),
    pytest.param(
        'import pytest\n\n\n@pytest.mark.parametrize("orders", [[]])\nasync def test_a(orders):\n    orders.save(1)\n',
        id="a parameter of the name",
    ),
    pytest.param(
        "import pytest\n\n\n@pytest.fixture\ndef orders():\n    return []\n\n\nasync def test_a(orders):\n"
        "    orders.save(1)\n",
        id="a nearer fixture of the name",
    ),
    pytest.param(
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef plain(orders):\n    orders.save = print\n\n\n"
        "async def test_a(orders):\n    orders.save(1)\n",
        id="a fixture that changes it",
    ),
]


@pytest.mark.parametrize("text", STAYS)
@pytest.mark.parametrize("start", [pytest.param("", id="without a mock"), pytest.param(MOCK, id="with a mock")])
def test_what_a_conftest_gives_may_make_no_coroutine(start: str, text: str) -> None:
    check_noop(codemod, {**FILES, "tests/test_a.py": start + text})


OWN = [
    pytest.param(
        "from shop import Orders\n\n\nclass TestA:\n    def setup_method(self):\n        self.orders = Orders()\n\n"
        "    def teardown_method(self):\n        self.orders.names()\n        self.orders = None\n\n"
        "    async def test_a(self):\n        ",
        "self.orders.save(1)",
        "\n",
        id="an attribute that what runs behind the test takes away",
    ),
    pytest.param(
        "from shop import Orders\n\n\nasync def test_a():\n    orders = Orders()\n    orders.configure(1)\n    ",
        "orders.save(1)",
        "\n",
        id="an object that a method of its own sets up",
    ),
]


@pytest.mark.parametrize(("before", "call", "after"), OWN)
def test_an_object_stays_what_it_is(before: str, call: str, after: str) -> None:
    check_transformed(
        codemod,
        {**FILES, "tests/conftest.py": "", "tests/test_a.py": before + call + after},
        {"tests/test_a.py": before + "await " + call + after},
    )


CHANGED = [
    pytest.param(
        "from shop import Orders\n\n\nclass TestA:\n    def setup_method(self):\n        self.orders = Orders()\n\n"
        "    def helper(self):\n        self.orders = []\n\n"
        "    async def test_a(self):\n        self.helper()\n        self.orders.save(1)\n",
        id="an attribute that a helper sets",
    ),
    pytest.param(
        "from tests.making import FakeOrders\n\n\nasync def test_a():\n    orders = FakeOrders()\n"
        "    orders.configure(1)\n    orders.save(1)\n",
        id="an object of a class of the tests that sets up its methods",
    ),
]
FAKE = "\n\nclass FakeOrders(Orders):\n    def configure(self, x):\n        setattr(self, 'save', print)\n"


@pytest.mark.parametrize("text", CHANGED)
def test_an_object_may_be_another_one(text: str) -> None:
    check_noop(codemod, {**FILES, "tests/conftest.py": "", "tests/making.py": MAKING + FAKE, "tests/test_a.py": text})
