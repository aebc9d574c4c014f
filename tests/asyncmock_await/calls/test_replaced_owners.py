"""Whose attribute it is that other code replaces: that of an unrelated class or module is no matter."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "tests/__init__.py": "", "pkg/__init__.py": ""}
SHOP = """class Shelf:
    async def load(self):
        return 0


class Orders(Shelf):
    async def save(self, order):
        return order


class Prices:
    async def save(self, price):
        return price

    async def load(self):
        return 1


class Sales(Prices):
    pass


async def save(order):
    return order
"""
REPORT = "from pkg.shop import Orders, save\n\n\ndef all_orders():\n    return [Orders()]\n"
SHOPS = {"pkg/shop.py": SHOP, "pkg/report.py": REPORT, "pkg/api.py": "from pkg.shop import Orders as Book, Prices\n"}
TEST = "from pkg.shop import Orders, save\n\n\nasync def test_a():\n    orders = Orders()\n    {}\n"
SAVES, LOADS, BY_NAME = "orders.save(1)", "orders.load()", "save(1)"
STUB = """from unittest.mock import MagicMock, patch

import pytest

import pkg.shop
from pkg.shop import Orders, Prices, Sales, Shelf
from pkg.api import Book


@pytest.fixture(autouse=True)
def stub(monkeypatch, request):
    {}
    yield
"""

ELSEWHERE = [
    pytest.param("with patch('pkg.shop.Prices.save', MagicMock()):", SAVES, id="patch of another class"),
    pytest.param("with patch('pkg.api.Prices.save', MagicMock()):", SAVES, id="that class by another module"),
    pytest.param("with patch.object(Prices, 'save', MagicMock()):", SAVES, id="patch.object of another class"),
    pytest.param("with patch.object(pkg.shop.Prices, 'save', MagicMock()):", SAVES, id="that by a dotted name"),
    pytest.param("monkeypatch.setattr(Prices, 'save', int)", SAVES, id="setattr of another class"),
    pytest.param("monkeypatch.setattr('pkg.shop.Prices.save', int)", SAVES, id="setattr by its whole name"),
    pytest.param("Prices.save = int", SAVES, id="assignment to another class"),
    pytest.param("with patch.object(Sales, 'load', MagicMock()):", LOADS, id="a class that inherits from another one"),
    pytest.param("with patch('pkg.shop.save', MagicMock()):", SAVES, id="a function of the name of the method"),
    pytest.param("with patch('pkg.report.Orders', MagicMock()):", SAVES, id="the class by the name of another module"),
    pytest.param("with patch('pkg.report.save', MagicMock()):", BY_NAME, id="the function in another module"),
    pytest.param("with patch('os.save', MagicMock()):", BY_NAME, id="a name of the standard library"),
    pytest.param("with patch.object(Orders, 'save', MagicMock()):", BY_NAME, id="a method of the name of the function"),
    pytest.param("monkeypatch.setenv('save', '1')", BY_NAME, id="a variable of the environment"),
    pytest.param("with patch.dict('os.environ', {'save': '1'}):", BY_NAME, id="that by patch.dict"),
]


def project(line: str, call: str) -> dict[str, str]:
    """A conftest.py that does something around each test, and a test that loses what a call gives."""
    line = f"{line}\n        yield\n    return" if line.endswith(":") else line
    conftest = STUB.replace("{}", line)
    return {**AUTO, **SHOPS, "tests/conftest.py": conftest, "tests/test_a.py": TEST.format(call)}


@pytest.mark.parametrize(("line", "call"), ELSEWHERE)
def test_what_is_replaced_of_something_else_is_no_matter(line: str, call: str) -> None:
    check_transformed(codemod, project(line, call), {"tests/test_a.py": TEST.format(f"await {call}")})


HERE = [
    pytest.param("with patch('pkg.shop.Orders.save', MagicMock()):", SAVES, id="patch of the class"),
    pytest.param("with patch('pkg.api.Book.save', MagicMock()):", SAVES, id="the class under another name"),
    pytest.param("with patch('pkg.report.Orders.save', MagicMock()):", SAVES, id="the class by another module"),
    pytest.param("with patch.object(Orders, 'save', MagicMock()):", SAVES, id="patch.object of the class"),
    pytest.param("with patch.object(Book, 'save', MagicMock()):", SAVES, id="that by another name"),
    pytest.param("monkeypatch.setattr(Orders, 'save', int)", SAVES, id="setattr of the class"),
    pytest.param("monkeypatch.setattr('pkg.shop.Orders.save', int)", SAVES, id="setattr by its whole name"),
    pytest.param("Book.save = int", SAVES, id="assignment to the class"),
    pytest.param("with patch.object(Shelf, 'load', MagicMock()):", LOADS, id="the base class that has the method"),
    pytest.param("with patch.object(Orders, 'load', MagicMock()):", LOADS, id="the class that inherits the method"),
    pytest.param("with patch('pkg.shop.save', MagicMock()):", BY_NAME, id="the function itself"),
    pytest.param("kind = request.param\n    kind.save = int", SAVES, id="the class of a variable"),
    pytest.param("Prices = Orders\n    Prices.save = int", SAVES, id="a local name like that of another class"),
    pytest.param("for Prices in (Orders,):\n        Prices.save = int", SAVES, id="a loop over classes"),
    pytest.param("with patch.object(type(Orders()), 'save', MagicMock()):", SAVES, id="the class of an object"),
    pytest.param("with patch.object(target=Orders, attribute='save', new=int):", SAVES, id="patch.object by keywords"),
    pytest.param("with patch(f'pkg.shop.{request.param}.save', int):", SAVES, id="a formatted target"),
    pytest.param("for name in ('save',):\n        monkeypatch.setattr(Orders, name, int)", SAVES, id="names in a loop"),
    pytest.param("with kin_patch('pkg.shop.Prices.save', int):", SAVES, id="a helper that makes another target of it"),
    pytest.param("kin_setattr(Prices, 'save', int)", SAVES, id="a helper that sets it elsewhere"),
    pytest.param(
        "for at in ('pkg.shop.Orders.save',):\n        monkeypatch.setattr(at, int)", SAVES, id="targets in a loop"
    ),
]


@pytest.mark.parametrize(("line", "call"), HERE)
def test_what_may_be_replaced_of_it_is_left(line: str, call: str) -> None:
    sites = check_noop(codemod, project(line, call)).sites
    assert [each.code for each in sites] == ["AM112"]


IMPORTS = "from pkg.shop import Orders, Prices, Sales, Shelf\n"
OTHERWISE = (
    "try:\n    from pkg.fast import Prices\nexcept ImportError:\n    from pkg.shop import Orders as Prices\n"
    "from pkg.shop import Orders, Sales, Shelf\n"
)
LEDGER = "from pkg.books import Ledger\n\n\nasync def test_a():\n    ledger = Ledger()\n    ledger.save(1)\n"
OF_KIN = [
    pytest.param(
        {
            "pkg/books.py": "from pkg.shop import *\n\n\nclass Ledger(Orders):\n    pass\n",
            "tests/conftest.py": STUB.format("monkeypatch.setattr(Orders, 'save', int)"),
        },
        LEDGER,
        id="a base class by a star import",
    ),
    pytest.param(
        {"tests/conftest.py": STUB.format("monkeypatch.setattr(Sales, 'save', int)")},
        "from pkg.shop import Sales\n\n\nasync def test_a():\n    sales = Sales()\n    sales.save(1)\n",
        id="a class whose base has the method",
    ),
    pytest.param(
        {
            "tests/kinds.py": "from pkg.shop import Orders as Prices\n",
            "tests/conftest.py": STUB.format("from tests.kinds import Prices\n    Prices.save = int"),
        },
        TEST.format(SAVES),
        id="a name that the function imports anew",
    ),
    pytest.param(
        {"tests/conftest.py": STUB.format("monkeypatch.setattr(Prices, 'save', int)").replace(IMPORTS, OTHERWISE)},
        TEST.format(SAVES),
        id="a name with an alternative",
    ),
]


@pytest.mark.parametrize(("files", "text"), OF_KIN)
def test_what_may_be_replaced_of_its_kin_is_left(files: Mapping[str, str], text: str) -> None:
    check_noop(codemod, {**AUTO, **SHOPS, **files, "tests/test_a.py": text})


def test_the_refusal_names_the_place() -> None:
    sites = check_noop(codemod, project("Orders.save = int", SAVES)).sites
    assert [each.reason for each in sites] == ["tests/conftest.py:12 may put something else in its place"]
