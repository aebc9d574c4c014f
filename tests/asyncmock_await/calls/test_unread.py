"""Test modules that name no mock, by their bytes: which of them may lose a coroutine."""

from __future__ import annotations

import re

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.calls.reach import marks
from codemods.asyncmock_await.calls.text.defined import Defined, defined
from codemods.asyncmock_await.calls.text.unread import DOUBLES, LOST, definition_marks, giving_marks
from codemods.testing import check_noop, check_transformed

DEF = re.compile(rb"async def (\w+)")
SHOP = """async def send(text):
    return text


class Shelf:
    async def count(self):
        return 0


class Orders(Shelf):
    async def save(self, order):
        return order
"""
SETTINGS = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}


def definitions(body: bytes) -> list[tuple[bytes, int]]:
    return [(match[1], match.start()) for match in DEF.finditer(body)]


def words(text: str) -> set[str]:
    return {
        word
        for mark in marks(text.encode(), definitions(text.encode()))
        if mark.startswith(LOST)
        for word in mark.split()[2:]
    }


def project(**texts: str) -> Defined:
    marks = {
        f"{name}.py": tuple(definition_marks(text.encode(), definitions(text.encode()))) for name, text in texts.items()
    }
    return defined(
        {**marks, "bases.py": ("test class Orders Shelf", "gives orders Orders", "gives self.orders Orders")}
    )


DEFINITIONS = [
    pytest.param("async def f():\n    pass\n", ["async functions f"], id="a function"),
    pytest.param(
        "if x:\n    async def f():\n        pass\n",
        ["async functions f"],
        id="a function under a condition",
    ),
    pytest.param("class A:\n    async def f(self):\n        pass\n", ["async methods A f"], id="a method"),
    pytest.param(
        "class A:\n    class B:\n        x = 1\n    async def f(self):\n        pass\n",
        ["async methods A f"],
        id="a method behind a class within its class",
    ),
    pytest.param(
        "class A:\n    pass\nasync def f():\n    pass\n", ["async functions f"], id="a function behind a class"
    ),
    pytest.param(
        '"""A class A."""\nif x:\n    async def f():\n        pass\n', ["async functions f"], id="a class in a text"
    ),
    pytest.param("async def test_f():\n    pass\n", [], id="a test"),
]


@pytest.mark.parametrize(("text", "marks"), DEFINITIONS)
def test_what_a_file_says_of_its_coroutine_functions(text: str, marks: list[str]) -> None:
    assert [*definition_marks(text.encode(), definitions(text.encode()))] == marks


CALLS = [
    pytest.param("from shop import send\ndef test_a():\n    send(1)\n", {"shop:send"}, id="an imported function"),
    pytest.param("from shop import send as s\ndef test_a():\n    x = s(1)\n", {"shop:send"}, id="under another name"),
    pytest.param("from shop import (\n    send,\n)\ndef test_a():\n    send(1)\n", {"shop:send"}, id="in brackets"),
    pytest.param("async def f():\n    pass\ndef test_a():\n    f()\n", {":f"}, id="a function of the module"),
    pytest.param("def test_a(f):\n    f()\n", set(), id="a parameter"),
    pytest.param("from shop import mail\ndef test_a():\n    mail.send(1)\n", {"shop:mail.send"}, id="of a module"),
    pytest.param("import shop.mail\ndef test_a():\n    shop.mail.send(1)\n", {":mail.send"}, id="of a dotted module"),
    pytest.param(
        "from shop import Orders\ndef test_a():\n    Orders().save(1)\n",
        {"shop:Orders.save"},
        id="at once",
    ),
    pytest.param(
        "from shop import Orders\ndef test_a():\n    o = Orders()\n    o.save(1)\n",
        {"shop:Orders", "shop:Orders.save"},
        id="a method of an object",
    ),
    pytest.param(
        "from shop import Orders\ndef setUp(self):\n    self.o = Orders()\ndef test_a(self):\n    self.o.save(1)\n",
        {"shop:Orders.save"},
        id="a method of an attribute",
    ),
    pytest.param(
        "from shop import Orders\n@fixture\ndef o():\n    return Orders()\ndef test_a(o):\n    o.save(1)\n",
        {"shop:Orders", "shop:Orders.save"},
        id="a method of a fixture",
    ),
    pytest.param("def test_a():\n    for o in x:\n        o.save(1)\n", set(), id="of something unknown"),
    pytest.param("from shop import send\nasync def test_a():\n    await send(1)\n", set(), id="awaited"),
    pytest.param(
        "async def test_a(orders):\n    orders.save(1)\n", {"asked:orders.save"}, id="of another file's fixture"
    ),
    pytest.param("def test_a(self):\n    self.orders.save(1)\n", {"held:orders.save"}, id="of a base class's set-up"),
    pytest.param(
        "from shop import Orders\ndef make():\n    return Orders()\ndef test_a():\n    o = make()\n    o.save(1)\n",
        {":make.save", "shop:Orders", "shop:Orders.save"},
        id="of what a function of the module gives",
    ),
    pytest.param(
        "from shop import Orders\ndef test_a():\n    o = mock.Mock(spec=Orders)\n    o.save(1)\n",
        {":Mock.save", "shop:Orders.save"},
        id="a method of a mock with a spec",
    ),
    pytest.param(
        "from mock import MagicMock\nfrom shop import Orders\ndef test_a():\n"
        "    r = Orders()\n    o = MagicMock(wraps=r)\n    o.save(1)\n",
        {"mock:MagicMock", "mock:MagicMock.save", "shop:Orders", "shop:Orders.save", ":r.save"},
        id="a method of a mock that wraps an object",
    ),
]


@pytest.mark.parametrize(("text", "found"), CALLS)
def test_what_a_module_may_lose(text: str, found: set[str]) -> None:
    assert words(text) == found


GIVES = [
    pytest.param("@fixture\ndef orders():\n    return Orders()\n", ["gives orders Orders"], id="a fixture"),
    pytest.param(
        '@fixture(name="orders")\ndef f():\n    yield Orders()\n', ["gives orders Orders"], id="under another name"
    ),
    pytest.param(
        "def make():\n    return Orders()\n\n\n@fixture\ndef orders():\n    return make()\n",
        ["gives orders Orders make"],
        id="a fixture that gives what a function gives",
    ),
    pytest.param(
        "class Base:\n    def setUp(self):\n        self.orders = shop.Orders()\n",
        ["gives self.orders Orders"],
        id="a set-up",
    ),
    pytest.param("def make():\n    return Orders()\n", [], id="a function"),
]


@pytest.mark.parametrize(("text", "found"), GIVES)
def test_what_a_file_without_tests_gives_to_others(text: str, found: list[str]) -> None:
    assert [*giving_marks(text.encode())] == found


MEANT = [
    pytest.param("shop:send", True, id="a function"),
    pytest.param("shop:post", False, id="no function"),
    pytest.param("app:shop.send", True, id="a function of a module"),
    pytest.param("shop:Orders.save", True, id="a method"),
    pytest.param("shop:Orders.count", True, id="a method of a base class"),
    pytest.param("shop:Orders.send", False, id="a function that is no method"),
    pytest.param("shop:Other.save", False, id="a method of another class"),
    pytest.param("asked:orders.save", True, id="a method of what a fixture gives"),
    pytest.param("asked:orders.send", False, id="no method of what a fixture gives"),
    pytest.param("asked:prices.save", False, id="a fixture that nobody has"),
    pytest.param("held:orders.count", True, id="a method of what a set-up gives"),
    pytest.param("held:prices.count", False, id="an attribute that nobody sets"),
]


@pytest.mark.parametrize(("word", "may_be"), MEANT)
def test_a_word_may_mean_a_coroutine_function_by_its_names(word: str, may_be: bool) -> None:
    assert project(shop=SHOP).may_be(word) is may_be


RENAMED = [
    pytest.param("from shop import send as post\n", ["renames post:send"], id="by an import"),
    pytest.param(
        "from shop import (\n    send as post,\n    Orders as Sales\n)\n",
        ["renames post:send Sales:Orders"],
        id="by an import in brackets",
    ),
    pytest.param("import shop\n\npost = shop.send  # soon\n", ["renames post:send"], id="by an assignment"),
    pytest.param("import shop\n\npost = shop.send", ["renames post:send"], id="by an assignment at the end"),
    pytest.param("\nwith b as c, d() as e:\n    pass\n", ["renames c:b"], id="by a with that may be one"),
    pytest.param("\na = 1\nb = None\nc = c\n    d = e\n", [], id="no name of something else"),
]


@pytest.mark.parametrize(("text", "found"), RENAMED)
def test_a_file_says_what_it_has_under_another_name(text: str, found: list[str]) -> None:
    assert [mark for mark in marks(text.encode(), []) if mark.startswith("renames ")] == found


RENAMES = {
    "shop.py": ("async functions send", "async methods Orders save", "makes default:Orders"),
    "pkg/__init__.py": ("renames post:send Sales:Orders orders:default core:shop again:put round:about",),
    "pkg/more.py": ("renames put:post about:round",),
}


@pytest.mark.parametrize(
    ("word", "may_be"),
    [
        pytest.param("pkg:post", True, id="a function"),
        pytest.param(":pkg.post", True, id="a function of a package"),
        pytest.param(":core.send", True, id="a function of a module"),
        pytest.param("pkg:again", True, id="a function by the name of a name"),
        pytest.param("pkg:round", False, id="names that stand for each other"),
        pytest.param("pkg:Sales.save", True, id="a method"),
        pytest.param("pkg:Sales.post", False, id="no method"),
        pytest.param("pkg:orders.save", True, id="a method of an object"),
    ],
)
def test_a_coroutine_function_goes_by_its_other_names_too(word: str, may_be: bool) -> None:
    assert defined(RENAMES).may_be(word) is may_be


def test_a_test_without_parameters_is_searched_that_names_no_mock() -> None:
    before = "from shop import send\n\n\nasync def test_a():\n    send(1)\n"
    check_transformed(
        codemod,
        {**SETTINGS, "shop.py": SHOP, "tests/test_a.py": before},
        {"tests/test_a.py": before.replace("    send", "    await send")},
    )


def test_a_class_of_another_library_has_no_coroutine_function_because_the_project_has_one_of_its_name() -> None:
    test = "from elsewhere import Orders\n\n\nasync def test_a():\n    orders = Orders()\n    orders.save(1)\n"
    check_noop(codemod, {**SETTINGS, "shop.py": SHOP, "tests/test_a.py": test})


def test_a_function_is_followed_to_its_module_to_see_whether_it_is_a_coroutine_function() -> None:
    prices = "def send(text):\n    return text\n"
    test = "from prices import send\n\n\nasync def test_a():\n    send(1)\n"
    check_noop(codemod, {**SETTINGS, "shop.py": SHOP, "prices.py": prices, "tests/test_a.py": test})


MAKING = [
    pytest.param("def make():\n    return AsyncMock()\n\n\ndef other():\n    pass\n", "make", id="a function"),
    pytest.param("class A:\n    def __init__(self):\n        self.db = AsyncMock()\n", "A __init__", id="a class"),
    pytest.param(
        "class A:\n    @staticmethod\n    def make():\n        return AsyncMock()\n\n\ndef b():\n"
        "    return AsyncMock()\n",
        "A b make", id="a static method, and a function behind it",
    ),
    pytest.param("from unittest.mock import AsyncMock\n\n\ndef make():\n    return 1\n", "", id="an import alone"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names"), MAKING)
def test_the_mark_of_a_helper_module_says_what_names_a_mock(text: str, names: str) -> None:
    found = [mark.removeprefix(DOUBLES) for mark in marks(text.encode(), []) if mark.startswith(DOUBLES)]
    assert found == ([names] if names else [])
