"""Doubles and coroutine functions that a test gets from elsewhere: where they are followed, and where they aren't."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/unit/test_orders.py"
IMPORTS = """\
import unittest

import pytest
from unittest.mock import AsyncMock, MagicMock, Mock, create_autospec, patch

from shop import mail
from shop.orders import Orders, Stock
from tests import doubles
from tests.base import DatabaseCase


"""
PROJECT = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "shop/__init__.py": "",
    "shop/mail.py": """\
from contextlib import asynccontextmanager


async def send(text):
    return text


def address(name):
    return name


@asynccontextmanager
async def session():
    yield 1
""",
    "shop/orders.py": """\
class Base:
    async def close(self):
        return 1


class Orders(Base):
    async def save(self, order):
        return order

    def count(self):
        return 1

    async def rows(self):
        yield 1

    @property
    def stock(self):
        return Stock()


class Stock:
    def take(self):
        return 1
""",
    "tests/__init__.py": "",
    "tests/unit/__init__.py": "",
    "tests/doubles.py": """\
from unittest.mock import AsyncMock, MagicMock

import pytest


def make_db():
    db = AsyncMock()
    db.add = MagicMock()
    return db


def either(slow):
    if slow:
        return AsyncMock()
    return MagicMock()


@pytest.fixture
def imported_db():
    return AsyncMock()
""",
    "tests/base.py": """\
import unittest
from unittest.mock import AsyncMock, MagicMock


class DatabaseCase(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.db = AsyncMock()
        self.mock_db = AsyncMock()
        self.log = MagicMock()
""",
    "tests/conftest.py": """\
import pytest
from unittest.mock import AsyncMock, MagicMock


@pytest.fixture
def db():
    db = AsyncMock()
    db.add = MagicMock()
    return db


@pytest.fixture
def mock_db():
    return AsyncMock()


@pytest.fixture
async def connected(db):
    await db.connect()
    yield db


@pytest.fixture(scope="session")
def shared():
    return AsyncMock()


@pytest.fixture
def log():
    return MagicMock()


DB = AsyncMock()


@pytest.fixture
def of_module():
    return DB
""",
}


def file_with(text: str) -> str:
    return IMPORTS + text


REWRITTEN = [
    pytest.param("async def test_it(db):\n    ", "db.save(1)", "\n", id="a fixture of conftest.py"),
    pytest.param("async def test_it(db):\n    ", "db(1)", "\n", id="a fixture of conftest.py that is called itself"),
    pytest.param("async def test_it(mock_db):\n    ", "mock_db.save(1)", "\n", id="a fixture named after mocks"),
    pytest.param(
        "async def test_it(mock_db, db):\n    await mock_db.save(1)\n    ", "db.save(1)", "\n",
        id="a fixture behind a call of one named after mocks",
    ),
    pytest.param(
        "async def test_it(db):\n    await db()\n    ", "db.setup(1)", "\n",
        id="a method whose name speaks of setting up",
    ),
    pytest.param(
        "class TestIt(DatabaseCase):\n    async def test_it(self):\n        ", "self.mock_db.save()", "\n",
        id="an attribute of the base class that is named after mocks",
    ),
    pytest.param(
        "async def test_it(connected):\n    ", "connected.save(1)", "\n", id="a fixture that hands on another"
    ),
    pytest.param("async def test_it(db):\n    assert ", "db.get(1)", " == 1\n", id="the value of such a call"),
    pytest.param(
        "from tests.doubles import imported_db\n\n\nasync def test_it(imported_db):\n    ", "imported_db.save()", "\n",
        id="a fixture that the module imports",
    ),
    pytest.param("async def test_it():\n    db = doubles.make_db()\n    ", "db.save()", "\n", id="a helper elsewhere"),
    pytest.param(
        "def make():\n    return AsyncMock()\n\n\nasync def test_it():\n    m = make()\n    ", "m.save()", "\n",
        id="a helper of the module",
    ),
    pytest.param(
        "class TestIt:\n    def _make(self):\n        return AsyncMock()\n\n    async def test_it(self):\n"
        "        m = self._make()\n        ", "m.save()", "\n",
        id="a helper of the class",
    ),
    pytest.param(
        "class TestIt(DatabaseCase):\n    async def test_it(self):\n        ", "self.db.save()", "\n",
        id="the set-up of a base class",
    ),
    pytest.param(
        "class Middle(DatabaseCase):\n    pass\n\n\nclass TestIt(Middle):\n    async def test_it(self):\n        ",
        "self.db.save()", "\n",
        id="the set-up of a base class of the base class",
    ),
    pytest.param(
        "async def test_it():\n    orders = AsyncMock(spec=Orders)\n    ", "orders.save(1)", "\n",
        id="a coroutine function of the spec of an AsyncMock",
    ),
    pytest.param(
        "async def test_it():\n    orders = MagicMock(spec=Orders)\n    ", "orders.save(1)", "\n",
        id="a coroutine function of the spec of a MagicMock",
    ),
    pytest.param(
        "async def test_it():\n    orders = MagicMock(spec_set=Orders)\n    ", "orders.close()", "\n",
        id="a coroutine function that the spec inherits",
    ),
    pytest.param(
        "async def test_it():\n    orders = create_autospec(Orders, instance=True)\n    ", "orders.save(1)", "\n",
        id="an instance by create_autospec",
    ),
    pytest.param(
        "async def test_it():\n    orders = create_autospec(Orders)\n    ", "orders.return_value.save(1)", "\n",
        id="the instance of a class by create_autospec",
    ),
    pytest.param(
        "async def test_it():\n    send = create_autospec(mail.send)\n    ", "send(1)", "\n",
        id="a coroutine function by create_autospec",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.mail.send") as send:\n        ', 'send("x")', "\n",
        id="a patched coroutine function",
    ),
    pytest.param(
        '@patch("shop.mail.send")\nasync def test_it(send):\n    ', 'send("x")', "\n",
        id="a patched coroutine function that a decorator hands on",
    ),
    pytest.param(
        'async def test_it():\n    with patch.object(mail, "send") as send:\n        ', 'send("x")', "\n",
        id="a coroutine function patched as an attribute",
    ),
    pytest.param(
        'async def test_it():\n    with patch.object(Orders, "close") as close:\n        ', "close()", "\n",
        id="a patched method that is inherited",
    ),
    pytest.param(
        "async def test_it():\n    orders = Orders()\n    ", "orders.save(1)", "\n    m = AsyncMock()\n",
        id="a coroutine function of an object",
    ),
    pytest.param("async def test_it():\n    ", "Orders().save(1)", "\n", id="a coroutine function of a new object"),
    pytest.param(
        "async def test_it():\n    orders = Orders()\n    result = ", "orders.save(1)", "\n    assert result == 1\n",
        id="its value",
    ),
    pytest.param(
        "async def test_it():\n    orders = Orders()\n    assert len(", "orders.save([1])", ") == 1\n",
        id="its length",
    ),
    pytest.param(
        "class TestIt(unittest.IsolatedAsyncioTestCase):\n    def setUp(self):\n        self.orders = Orders()\n\n"
        "    async def test_it(self):\n        ", "self.orders.save(1)", "\n",
        id="a coroutine function of an object that the set-up makes",
    ),
    pytest.param(
        "class TestIt:\n    def setup_method(self):\n        orders = Orders()\n        self.orders = orders\n\n"
        "    async def test_it(self):\n        ", "self.orders.save(1)", "\n",
        id="an attribute that gets another name's object",
    ),
    pytest.param(
        "class TestIt:\n    def setup_method(self):\n        self.orders = self._make()\n\n"
        "    def _make(self):\n        return AsyncMock()\n\n    async def test_it(self):\n        ",
        "self.orders.save(1)", "\n", id="an attribute that a method of the test makes",
    ),
    pytest.param(
        "class TestIt:\n    @pytest.fixture\n    def orders(self):\n        return Orders()\n\n"
        "    async def test_it(self, orders):\n        ", "orders.save(1)", "\n", id="a fixture of the class",
    ),
    pytest.param(
        "@pytest.fixture\ndef orders():\n    return Orders()\n\n\nasync def test_it(orders):\n    ",
        "orders.save(1)", "\n", id="a fixture that asks for nothing",
    ),
    pytest.param(
        "class TestIt:\n    @pytest.fixture\n    def orders(self, log):\n        return Orders(log)\n\n"
        "    async def test_it(self, orders):\n        ", "orders.save(1)", "\n",
        id="a fixture of the class that asks for another",
    ),
    pytest.param(
        "def make(size):\n    orders = Orders()\n    orders.size = size\n    return orders\n\n\n"
        "async def test_it():\n    orders = make(3)\n    ", "orders.save(1)", "\n", id="an object that a helper makes",
    ),
    pytest.param(
        "class TestIt:\n    def _make(self):\n        return Orders()\n\n    async def test_it(self):\n"
        "        orders = self._make()\n        ", "orders.save(1)", "\n",
        id="an object that a helper of the class makes",
    ),
    pytest.param(
        "def make(size):\n    return Orders(size)\n\n\nasync def test_it():\n    ", "make(3).save(1)", "\n",
        id="a coroutine function of what a helper gives",
    ),
    pytest.param(
        "class Case(unittest.IsolatedAsyncioTestCase):\n    async def asyncSetUp(self):\n        self.orders = Orders()"
        "\n\n\nclass TestIt(Case):\n    async def test_it(self):\n        ", "self.orders.save(1)", "\n",
        id="an object that the set-up of a base class of the module makes",
    ),
    pytest.param(
        "async def test_it():\n    orders = Orders()\n    result: int | None = ", "orders.save(1)",
        "\n    assert result == 1\n", id="the value of an annotated name",
    ),
    pytest.param(
        "from shop.mail import send as post\n\n\nasync def test_it():\n    ", "post(1)", "\n",
        id="a coroutine function under another name",
    ),
    pytest.param(
        "from shop.mail import send as post\n\n\nasync def test_it():\n    assert ", "post(1)", " is None\n",
        id="the value of a coroutine function under another name",
    ),
    pytest.param(
        "DB = AsyncMock()\n\n\nasync def test_it():\n    ", "DB.save()", "\n", id="a double of the module"
    ),
    pytest.param(
        "async def test_it():\n    orders = Mock(Orders)\n    ", "orders.save(1)", "\n", id="a spec by its position"
    ),
    pytest.param(
        "async def test_it():\n    orders = MagicMock(spec=Orders())\n    ", "orders.save(1)", "\n",
        id="an instance for a spec",
    ),
    pytest.param(
        "async def test_it():\n    orders = create_autospec(Orders, spec_set=True, instance=True)\n    ",
        "orders.save(1)", "\n", id="a strict instance by create_autospec",
    ),
    pytest.param(
        "async def test_it():\n    orders = MagicMock(wraps=Orders())\n    assert ", "orders.save(1)", " == 1\n",
        id="what a sync mock wraps",
    ),
    pytest.param(
        "async def test_it():\n    orders = Orders()\n    m = create_autospec(orders)\n    ", "m.save(1)", "\n",
        id="an object of the function for a spec",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock(wraps=mail.address)\n    ", "m(1)", "\n",
        id="an AsyncMock that wraps a function",
    ),
    pytest.param(
        "async def test_it():\n    m = MagicMock()\n    m.mock_add_spec(Orders)\n    for each in range(2):\n        ",
        "m.save(each)", "\n", id="a spec that is added before a loop",
    ),
    pytest.param(
        "@pytest.fixture\ndef orders():\n    return AsyncMock(wraps=Orders())\n\n\nasync def test_it(orders):\n    ",
        "orders.save(1)", "\n", id="a fixture whose AsyncMock wraps an object",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.mail.send", autospec=True) as send:\n        ', 'send("x")', "\n",
        id="patched with its own spec",
    ),
    pytest.param(
        'async def test_it():\n    with patch.object(Orders, "save", autospec=True) as save:\n        ',
        "save(Orders(), 1)", "\n", id="an attribute patched with its own spec",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.orders.Orders", autospec=True) as orders:\n        ',
        "orders.return_value.save(1)", "\n", id="the instance of a class patched with its own spec",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.mail.address", spec=Orders) as orders:\n        ',
        "orders.save(1)", "\n", id="patched with a spec",
    ),
    pytest.param(
        'async def test_it():\n    send = patch("shop.mail.send").start()\n    ', 'send("x")', "\n",
        id="a patch that is started",
    ),
    pytest.param(
        "class TestIt(unittest.IsolatedAsyncioTestCase):\n    def setUp(self):\n"
        '        started = patch("shop.mail.send")\n        self.send = started.start()\n'
        "        self.addCleanup(started.stop)\n\n    async def test_it(self):\n        ", "self.send(1)", "\n",
        id="a patch that a set-up starts, which names no mock",
    ),
    pytest.param(
        'async def test_it(mocker):\n    send = mocker.patch("shop.mail.send")\n    assert ', 'send("x")', "\n",
        id="patched by pytest-mock",
    ),
    pytest.param(
        '@patch("shop.mail.send")\nclass TestIt:\n    async def test_it(self, send):\n        ', 'send("x")', "\n",
        id="a patch of a class",
    ),
    pytest.param(
        "class Fake:\n    async def save(self):\n        return 1\n\n\n"
        "async def test_it():\n    m = AsyncMock(spec=Fake)\n    ", "m.save()", "\n",
        id="a class of the module for a spec",
    ),
    pytest.param(
        'def test_other():\n    with patch.object(Orders, "save"):\n        pass\n\n\n@patch.object(Orders, "save")\n'
        "def test_more(save):\n    pass\n\n\nasync def test_it():\n    ", "Orders().save(1)", "\n",
        id="a method that is patched in other tests",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call", "after"), REWRITTEN)
def test_what_surely_makes_a_coroutine_is_awaited(before: str, call: str, after: str) -> None:
    check_transformed(
        codemod,
        {**PROJECT, TEST: file_with(before + call + after)},
        {TEST: file_with(before + "await " + call + after)},
    )


def test_a_file_that_names_no_mock_gets_its_await_for_the_double_of_a_conftest() -> None:
    check_transformed(
        codemod,
        {**PROJECT, TEST: "async def test_it(db):\n    db.save(1)\n"},
        {TEST: "async def test_it(db):\n    await db.save(1)\n"},
    )


LEFT_ALONE = [
    pytest.param(
        "async def test_it():\n    orders = create_autospec(Orders, instance=True)\n"
        '    with patch.object(orders, "count", return_value=6) as count:\n        assert count() == 6\n',
        id="what is patched in the place of a sync method of a spec",
    ),
    pytest.param(
        "async def test_it(db):\n    await db.setup()\n    db.save(1)\n", id="a member that another one may have set up"
    ),
    pytest.param(
        "async def test_it(db, app):\n    app.prepare()\n    db.save(1)\n",
        id="a member that an object which nobody knows may have set up",
    ),
    pytest.param("async def test_it(db):\n    db.add(1)\n", id="a sync member of a fixture"),
    pytest.param("async def test_it(log):\n    log.info(1)\n", id="a fixture that gives a sync mock"),
    pytest.param("async def test_it(shared):\n    shared.save(1)\n", id="a fixture that all tests share"),
    pytest.param(
        "async def test_it(of_module):\n    of_module.save(1)\n", id="a fixture that gives a double of its module"
    ),
    pytest.param("async def test_it(unknown):\n    unknown.save(1)\n", id="a fixture that nobody defines"),
    pytest.param("async def test_it(db):\n    db.save = print\n    db.save(1)\n", id="a member that the test replaces"),
    pytest.param(
        "async def test_it(db, log):\n    log.db.save = print\n    db.save(1)\n",
        id="a member that is set on what may be the same",
    ),
    pytest.param(
        "@pytest.fixture(autouse=True)\ndef plain(db):\n    db.save = print\n\n\nasync def test_it(db):\n"
        "    db.save(1)\n",
        id="a fixture that another one changes",
    ),
    pytest.param('@pytest.mark.parametrize("db", [[]])\nasync def test_it(db):\n    db.append(1)\n', id="a parameter"),
    pytest.param("async def test_it(db=[]):\n    db.append(1)\n", id="a default value"),
    pytest.param("async def test_it():\n    m = doubles.either(1)\n    m.save()\n", id="a helper that gives either"),
    pytest.param("async def test_it():\n    db = doubles.make_db()\n    db.add(1)\n", id="a sync member of a helper's"),
    pytest.param(
        "class TestIt(DatabaseCase):\n    def setUp(self):\n        self.db = []\n\n"
        "    async def test_it(self):\n        self.db.append(1)\n        AsyncMock\n",
        id="a set-up of its own",
    ),
    pytest.param(
        "class TestIt(DatabaseCase):\n    def swap(self):\n        self.db = []\n\n"
        "    async def test_it(self):\n        self.swap()\n        self.db.append(1)\n",
        id="a method that replaces what the base class set up",
    ),
    pytest.param(
        "class TestIt(DatabaseCase):\n    async def test_it(self):\n        self.db = []\n        self.db.append(1)\n",
        id="a test that replaces what the base class set up",
    ),
    pytest.param(
        "class TestIt(DatabaseCase):\n    async def test_it(self):\n        self.log.info(1)\n",
        id="a sync mock of the base class",
    ),
    pytest.param(
        "async def test_it():\n    orders = AsyncMock(spec=Orders)\n    orders.count()\n", id="a sync method of a spec"
    ),
    pytest.param(
        "async def test_it():\n    orders = MagicMock(spec=Orders)\n    orders.rows()\n    orders.stock.take()\n",
        id="a generator and a property of a spec",
    ),
    pytest.param(
        'async def test_it():\n    orders = AsyncMock(spec=["save"])\n    orders.save(1)\n', id="a spec of names"
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock(spec=Orders)\n    m.save = MagicMock()\n    m.save(1)\n",
        id="a sync mock in the place of a member of the spec",
    ),
    pytest.param(
        "async def test_it():\n    m = MagicMock(wraps=Orders())\n    m.save.return_value = 1\n    assert m.save(1)\n",
        id="what a sync mock wraps but doesn't call",
    ),
    pytest.param(
        "async def test_it(flag):\n    m = MagicMock()\n    if flag:\n        m.mock_add_spec(Orders)\n    m.save(1)\n",
        id="a spec that is added on one path only",
    ),
    pytest.param(
        "async def test_it(flag):\n    m = MagicMock()\n    m.save(1)\n    m.mock_add_spec(Orders)\n    m.save(1)\n",
        id="a member that was called before the spec was added",
    ),
    pytest.param(
        "async def test_it(spec):\n    m, n = MagicMock(), MagicMock()\n    m.mock_add_spec(spec)\n    m.save(1)\n"
        "    n.mock_add_spec(*spec)\n    n.save(1)\n",
        id="a spec that the function is given",
    ),
    pytest.param(
        "@pytest.fixture\ndef orders():\n    m = MagicMock()\n    m.mock_add_spec(Orders)\n    return m\n\n\n"
        "async def test_it(orders):\n    orders.count()\n    orders.other(1)\n",
        id="a fixture that adds a spec",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock(wraps=Orders())\n    m(1)\n",
        id="an object that can't be called, wrapped",
    ),
    pytest.param(
        "async def test_it():\n    real = Orders()\n    real.save = MagicMock()\n    m = MagicMock(spec=real)\n"
        "    m.save(1)\n",
        id="an object for a spec of which a member was set",
    ),
    pytest.param(
        "async def test_it():\n    m = MagicMock(spec=Orders, wraps=Orders())\n    assert m.count() == 1\n",
        id="a sync method of a spec and of what is wrapped",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock(wraps=Orders())\n    m.unknown(1)\n",
        id="what the class of what is wrapped doesn't have",
    ),
    pytest.param(
        "async def test_it():\n    m = MagicMock(wraps=Orders())\n    assert m.count() == 1\n",
        id="a sync method of what is wrapped",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self):\n        self.save = print\n\n"
        "    async def save(self):\n        pass\n\n\n"
        "async def test_it():\n    m = MagicMock(spec=Fake())\n    m.save()\n",
        id="a method that the instance of a spec replaces",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.mail.address", autospec=True) as address:\n        address("x")\n',
        id="a sync function patched with its own spec",
    ),
    pytest.param(
        'async def test_it(mocker):\n    send = mocker.patch("shop.mail.send", new=MagicMock())\n    send("x")\n',
        id="patched by pytest-mock with a sync mock",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.mail.address") as address:\n        address("x")\n',
        id="a patched sync function",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.mail.session") as session:\n        session()\n',
        id="a patched context manager",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.orders.Orders") as orders:\n        orders.save()\n',
        id="a patched class",
    ),
    pytest.param(
        'async def test_it():\n    with patch("shop.mail.send", new=MagicMock()) as send:\n        send("x")\n',
        id="a coroutine function patched with a sync mock",
    ),
    pytest.param("async def test_it():\n    orders = Orders()\n    orders.count()\n", id="a sync method"),
    pytest.param("async def test_it():\n    orders = Orders()\n    orders.rows()\n", id="an async generator"),
    pytest.param(
        "async def test_it():\n    orders = Orders()\n    orders.save = MagicMock()\n    orders.save(1)\n",
        id="a method that the test replaces",
    ),
    pytest.param(
        'async def test_it():\n    orders = Orders()\n    with patch.object(orders, "save", MagicMock()):\n'
        "        orders.save(1)\n",
        id="a method of the object that is patched",
    ),
    pytest.param(
        'def test_other():\n    patch.object(Orders, "save", MagicMock()).start()\n\n\n'
        "async def test_it():\n    Orders().save(1)\n",
        id="a method that another test patches for good",
    ),
    pytest.param(
        "DB = AsyncMock()\n\n\ndef change():\n    DB.save = print\n\n\nasync def test_it():\n    DB.save()\n",
        id="a double of the module that is changed",
    ),
    pytest.param(
        "class Orders:\n    def save(self, order):\n        AsyncMock\n\n\n"
        "async def test_it():\n    Orders().save(1)\n",
        id="another class of the name",
    ),
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_may_make_no_coroutine_is_left_alone(text: str) -> None:
    check_noop(codemod, {**PROJECT, TEST: file_with(text)})


NEARER = [
    pytest.param("@pytest.fixture\ndef db():\n    return MagicMock()\n", id="it gives a sync mock"),
    pytest.param("@pytest.fixture(autouse=True)\ndef plain(db):\n    db.save = print\n", id="it changes the double"),
    pytest.param(
        '@pytest.fixture(autouse=True)\ndef plain(request):\n    request.getfixturevalue("db").save = print\n',
        id="it asks for fixtures by a name that only a run shows",
    ),
    pytest.param("from tests.other import db\n", id="it takes the fixture from elsewhere"),
    pytest.param('pytest_plugins = ["tests.other"]\n', id="it loads plugins"),
]


@pytest.mark.parametrize("text", NEARER)
def test_a_nearer_conftest_has_the_last_word(text: str) -> None:
    conftest = "import pytest\nfrom unittest.mock import MagicMock\n\n\n" + text
    other = "import pytest\n\n\n@pytest.fixture\ndef db():\n    return []\n"
    files = {**PROJECT, "tests/unit/conftest.py": conftest, "tests/other.py": other}

    check_noop(codemod, {**files, TEST: file_with("async def test_it(db):\n    db.save(1)\n")})


def test_a_class_may_inherit_the_coroutine_function_from_a_module_that_nothing_else_asks_for() -> None:
    shop = {"shop/late.py": "from shop.orders import Base\n\n\nclass Late(Base):\n    pass\n"}
    text = (
        "from unittest.mock import AsyncMock\n\nfrom shop.late import Late\n\n\n"
        "async def test_it():\n    m = AsyncMock()\n    await m.x()\n    assert {}Late.close(m) == 1\n"
    )
    check_transformed(codemod, {**PROJECT, **shop, TEST: text.format("")}, {TEST: text.format("await ")})


def test_a_method_that_is_no_coroutine_function_is_told_where_an_async_mock_wraps_it() -> None:
    text = "async def test_it():\n    m = AsyncMock(wraps=Orders())\n    m.count()\n"
    found = check_noop(codemod, {**PROJECT, TEST: file_with(text)})
    assert [each.code for each in found.sites if each.decision == "refused"] == ["AM115"]


def test_a_file_that_names_no_async_mock_is_read_where_a_spec_may_have_coroutine_functions() -> None:
    head = "from unittest.mock import MagicMock\n\nfrom shop.orders import Orders\n\n\nasync def test_it():\n"
    text = head + "    m = MagicMock(spec=Orders)\n    {}m.save(1)\n"
    check_transformed(codemod, {**PROJECT, TEST: text.format("")}, {TEST: text.format("await ")})
