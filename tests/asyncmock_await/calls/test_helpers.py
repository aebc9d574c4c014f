"""Sync helpers that lose a coroutine become async with all that call them; or they stay, for a reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_orders.py"
AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}
STRICT = {"requirements-dev.txt": "pytest-asyncio\n"}
IMPORTS = "import unittest\n\nimport pytest\nfrom unittest.mock import AsyncMock, MagicMock, patch\n\n\n"
GIVEN = "def given():\n    m = AsyncMock()\n    m.save()\n    return m\n\n\n"
ASYNC_GIVEN = GIVEN.replace("def", "async def").replace("m.save", "await m.save")
CLASS = (
    "class TestOrders:\n    def setup_method(self):\n        self.db = AsyncMock()\n\n"
    "    def given(self):\n        self.db.save()\n\n"
)
ASYNC_CLASS = CLASS.replace("def given", "async def given").replace("self.db.save", "await self.db.save")
ALL = "    def test_it(self):\n        self.given()\n"
ASYNC_ALL = "    async def test_it(self):\n        await self.given()\n"

CONVERTED = [
    pytest.param(
        AUTO,
        GIVEN + "def test_it():\n    assert given()\n",
        ASYNC_GIVEN + "async def test_it():\n    assert await given()\n",
        id="a test calls it",
    ),
    pytest.param(
        STRICT, GIVEN + "def test_it():\n    given()\n",
        ASYNC_GIVEN + "@pytest.mark.asyncio\nasync def test_it():\n    await given()\n",
        id="with the marker",
    ),
    pytest.param(
        AUTO, GIVEN + "async def test_it():\n    m = given()\n    assert m\n",
        ASYNC_GIVEN + "async def test_it():\n    m = await given()\n    assert m\n",
        id="an async test calls it",
    ),
    pytest.param(
        AUTO, GIVEN + "async def test_it():\n    assert given().db[given()] == 1\n",
        ASYNC_GIVEN + "async def test_it():\n    assert (await given()).db[await given()] == 1\n",
        id="brackets where its value is taken apart",
    ),
    pytest.param(
        AUTO, GIVEN + "def test_it():\n    assert [given() for _ in 'ab']\n",
        ASYNC_GIVEN + "async def test_it():\n    assert [await given() for _ in 'ab']\n",
        id="a comprehension",
    ),
    pytest.param(
        AUTO, GIVEN + "def service():\n    return [given()]\n\n\ndef test_it():\n    service()\n",
        ASYNC_GIVEN + "async def service():\n    return [await given()]\n\n\n"
        "async def test_it():\n    await service()\n",
        id="a helper calls it",
    ),
    pytest.param(
        AUTO, GIVEN + "@pytest.fixture\ndef db():\n    return given()\n\n\ndef test_it(db):\n    pass\n",
        ASYNC_GIVEN + "@pytest.fixture\nasync def db():\n    return await given()\n\n\ndef test_it(db):\n    pass\n",
        id="a fixture calls it",
    ),
    pytest.param(
        AUTO, GIVEN.replace("return m", "return m if m.x else given()") + "def test_it():\n    given()\n",
        ASYNC_GIVEN.replace("return m", "return m if m.x else await given()")
        + "async def test_it():\n    await given()\n",
        id="it calls itself",
    ),
    pytest.param(AUTO, CLASS + ALL, ASYNC_CLASS + ASYNC_ALL, id="a method of a test class"),
    pytest.param(
        {}, CLASS.replace("TestOrders", "TestOrders(unittest.TestCase)").replace("setup_method", "setUp") + ALL,
        ASYNC_CLASS.replace("TestOrders", "TestOrders(unittest.IsolatedAsyncioTestCase)").replace(
            "setup_method", "setUp"
        )
        + ASYNC_ALL,
        id="a method of a plain TestCase",
    ),
    pytest.param(
        AUTO, "async def send():\n    pass\n\n\ndef given():\n    send()\n    AsyncMock\n\n\n"
        "def test_it():\n    given()\n",
        "async def send():\n    pass\n\n\nasync def given():\n    await send()\n    AsyncMock\n\n\n"
        "async def test_it():\n    await given()\n",
        id="a coroutine function of the project",
    ),
    pytest.param(
        AUTO, GIVEN + "def test_it():\n    given()\n\n\ndef test_b(given):\n    assert given\n",
        ASYNC_GIVEN + "async def test_it():\n    await given()\n\n\ndef test_b(given):\n    assert given\n",
        id="a parameter of the same name is another thing",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "before", "after"), CONVERTED)
def test_a_helper_becomes_async_with_all_that_call_it(settings: Mapping[str, str], before: str, after: str) -> None:
    check_transformed(codemod, {**settings, TEST: IMPORTS + before}, {TEST: IMPORTS + after})


def test_calls_in_other_modules_get_their_await() -> None:
    other = "from tests.test_orders import given\n\n\ndef test_other():\n    given()\n"
    dotted = "import tests.test_orders\n\n\nasync def test_dotted():\n    tests.test_orders.given()\n"
    files = {
        **AUTO,
        "tests/__init__.py": "",
        "tests/test_b.py": other,
        "tests/test_c.py": dotted,
        TEST: IMPORTS + GIVEN,
    }

    check_transformed(
        codemod, files,
        {
            TEST: IMPORTS + ASYNC_GIVEN,
            "tests/test_b.py": other.replace("def test", "async def test").replace("    given", "    await given"),
            "tests/test_c.py": dotted.replace("    tests", "    await tests"),
        },
    )  # fmt: skip


def test_calls_in_a_class_that_derives_from_it_get_their_await() -> None:
    other = "from tests.test_orders import TestOrders\n\n\nclass TestMore(TestOrders):\n" + ALL
    files = {**AUTO, "tests/__init__.py": "", "tests/test_b.py": other, TEST: IMPORTS + CLASS.rstrip() + "\n"}

    check_transformed(
        codemod, files,
        {
            TEST: IMPORTS + ASYNC_CLASS.rstrip() + "\n",
            "tests/test_b.py": other.replace(ALL, ASYNC_ALL),
        },
    )  # fmt: skip


def test_methods_of_the_same_name_in_other_classes_stay_as_they_are() -> None:
    other = "\n\nclass TestMore:\n    def given(self):\n        pass\n\n" + ALL
    start = "from tests.test_b import given\n\n\n"
    files = {**AUTO, "tests/__init__.py": "", "tests/test_b.py": "def given():\n    pass\n"}

    check_transformed(
        codemod, {**files, TEST: IMPORTS + start + CLASS + ALL + other},
        {TEST: IMPORTS + start + ASYNC_CLASS + ASYNC_ALL + other},
    )  # fmt: skip


CALLED = "def test_it():\n    given()\n"
MORE = "\n\ndef test_more():\n    "
LEFT = [
    pytest.param(GIVEN, "nothing that could await it", id="nobody calls it"),
    pytest.param(GIVEN + CALLED + MORE + "x = list(given() for _ in y)\n", "in a generator", id="a generator"),
    pytest.param(GIVEN + CALLED + MORE + "x = lambda: given()\n", "in a lambda", id="a lambda"),
    pytest.param(GIVEN + CALLED + MORE + "x = f'{given()}'\n", "in an f-string", id="an f-string"),
    pytest.param(GIVEN + CALLED + MORE + "run(given)\n", "as a value", id="it is passed on"),
    pytest.param(
        GIVEN + CALLED + MORE + "def inner():\n        given()\n", "in a function within another one",
        id="an inner function",
    ),
    pytest.param(GIVEN + CALLED + "\n\nSHARED = given()\n", "where no function is", id="the top level"),
    pytest.param(
        GIVEN + "def test_it(m=given()):\n    given()\n", "where a function is defined", id="a default of a parameter"
    ),
    pytest.param(
        GIVEN + CALLED + "\n\nclass TestIt:\n    db = given()\n", "where a class is defined",
        id="an attribute of a class",
    ),
    pytest.param(GIVEN + CALLED + "\n\nasync def test_b():\n    await given()\n", "awaits what it gives", id="awaited"),
    pytest.param(
        GIVEN + CALLED + "\n\ndef test_b():\n    with patch('tests.test_orders.given'):\n        pass\n",
        "test_orders.py:18 names it", id="it is patched",
    ),
    pytest.param(
        GIVEN + CALLED + "\n\ndef test_b():\n    given = 1\n    given()\n", "gives its name",
        id="a local name",
    ),
    pytest.param(
        GIVEN + CALLED + "\n\n@pytest.fixture(scope='module')\ndef db():\n    return given()\n",
        "calls it in db, which is no async function: several tests share", id="a shared fixture calls it",
    ),
    pytest.param(
        GIVEN + CALLED + "\n\nclass TestIt:\n    def setup_method(self):\n        given()\n",
        "calls it in setup_method, which is no async function: the runner", id="a set-up calls it",
    ),
    pytest.param(
        GIVEN + CALLED + "\n\nclass TestIt:\n    @property\n    def db(self):\n        return given()\n",
        "calls it in db, which is no async function: its decorator", id="a property calls it",
    ),
    pytest.param(
        GIVEN.replace("def", "@patch('os.sep', '/')\ndef") + CALLED, "its decorator @patch", id="it is decorated"
    ),
    pytest.param(GIVEN.replace("return", "yield") + CALLED, "it is a generator", id="a generator"),
    pytest.param(GIVEN + GIVEN + CALLED, "another function of this name", id="it is defined twice"),
    pytest.param(GIVEN + "given = staticmethod(given)\n\n\n" + CALLED, "another function", id="it is bound again"),
    pytest.param(
        CLASS.replace("TestOrders", "FakeOrders") + "    def check(self):\n        self.given()\n",
        "its class is no test class", id="a method of a fake",
    ),
    pytest.param(
        CLASS + ALL + "\n\ndef test_more():\n    TestOrders().given()\n", "something of this name",
        id="on another object",
    ),
    pytest.param(
        CLASS.replace("self.db.save()", "self.db.save()\n        super().given()") + ALL,
        "calls another one of this name", id="it calls that of its base class",
    ),
    pytest.param(
        CLASS + ALL + "\n\nclass TestMore(Unknown):\n" + ALL, "may call it", id="a class of unknown bases calls its own"
    ),
    pytest.param(CLASS + ALL + "        assert 'given'\n", "names it", id="its name is a string"),
    pytest.param(CLASS + ALL + "\n    alias = given\n", "uses its name in a class", id="it has another name"),
    pytest.param(GIVEN + CALLED + MORE + "[1][0].given()\n", "something of this name", id="on something unknown"),
    pytest.param(
        GIVEN + CALLED + MORE + "global given\n    given()\n", "may bind it anew", id="a global name"
    ),
    pytest.param(
        "class Base:\n    def test_all(self):\n        self.given()\n\n\n"
        + CLASS.replace("TestOrders", "TestOrders(Base)") + ALL,
        "may call it", id="a base class calls it",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), LEFT)
def test_a_helper_stays_as_it_is_for_a_reason(text: str, reason: str) -> None:
    result = check_noop(codemod, {**AUTO, "tests/__init__.py": "", TEST: IMPORTS + text})

    sites = [site for site in result.sites if site.kind == "mock call" and site.code]
    assert {site.code for site in sites} == {"AM113"}
    assert any(reason in site.reason for site in sites), [site.reason for site in sites]


ELSEWHERE = [
    pytest.param(
        "from tests.test_orders import given\n\n\nclass TestMore:\n    db = given()\n", "where a class is defined",
        id="a class",
    ),
    pytest.param(
        "from tests.test_orders import given as g\n\n\ndef test_b():\n    g()\n", "imports it",
        id="another name",
    ),
    pytest.param(
        "def test_b():\n    from tests.test_orders import given\n\n    given()\n", "imports it",
        id="an import in a function",
    ),
    pytest.param(
        "def test_b():\n    import tests.test_orders as t\n\n    t.given()\n", "imports it",
        id="its module in a function",
    ),
    pytest.param(
        "def test_b(monkeypatch):\n    monkeypatch.setattr('tests.test_orders.given', 1)\n", "names it", id="a patch"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("other", "reason"), ELSEWHERE)
def test_a_helper_stays_for_what_another_module_does_with_it(other: str, reason: str) -> None:
    files = {**AUTO, "tests/__init__.py": "", TEST: IMPORTS + GIVEN + CALLED, "tests/test_b.py": other}

    (site,) = [site for site in check_noop(codemod, files).sites if site.kind == "mock call"]
    assert (site.code, reason in site.reason) == ("AM113", True), site.reason


def test_a_method_stays_when_a_class_that_derives_from_its_own_has_another() -> None:
    other = "from tests.test_orders import TestOrders\n\n\nclass TestMore(TestOrders):\n"
    other += "    def given(self):\n        pass\n"
    files = {**AUTO, "tests/__init__.py": "", TEST: IMPORTS + CLASS + ALL, "tests/test_b.py": other}

    (site,) = [site for site in check_noop(codemod, files).sites if site.kind == "mock call"]
    assert "tests/test_b.py:5 defines it anew" in site.reason


def test_a_method_stays_when_a_class_beside_its_own_may_call_it() -> None:
    other = (
        "from tests.test_orders import TestOrders\n\n\nclass Mixin:\n    def check(self):\n        self.given()\n\n\n"
    )
    other += "class TestMore(TestOrders, Mixin):\n    pass\n"
    files = {**AUTO, "tests/__init__.py": "", TEST: IMPORTS + CLASS + ALL, "tests/test_b.py": other}

    (site,) = [site for site in check_noop(codemod, files).sites if site.kind == "mock call"]
    assert "tests/test_b.py:6 may call it" in site.reason


def test_a_helper_stays_when_code_that_is_no_test_calls_it() -> None:
    other = "from tests.test_orders import given\n\n\ndef main():\n    given()\n"
    files = {**AUTO, "tests/__init__.py": "", TEST: IMPORTS + GIVEN + CALLED, "shop.py": other}

    (site,) = [site for site in check_noop(codemod, files).sites if site.kind == "mock call"]
    assert "shop.py:5 calls it, and is no test" in site.reason


UNCERTAIN = [
    pytest.param(
        CLASS + "    def test_it(self):\n        self.db = MagicMock()\n        self.given()\n",
        id="a test gives it another one",
    ),
    pytest.param(
        CLASS + "    def test_it(self):\n        self.db.configure_mock(save=MagicMock())\n        self.given()\n",
        id="a test configures it",
    ),
    pytest.param(
        CLASS + "    def test_it(self):\n        db = self.db\n        db.save = MagicMock()\n        self.given()\n",
        id="a test changes it by another name",
    ),
    pytest.param(
        CLASS + "    def test_it(self):\n        with patch.object(self, 'db'):\n            self.given()\n",
        id="a test patches it",
    ),
    pytest.param(
        "@pytest.fixture\ndef db():\n    return AsyncMock()\n\n\ndef given(db):\n    db.save()\n\n\n"
        "def test_it(db):\n    given(MagicMock())\n    given(db)\n",
        id="a parameter that is called like a fixture",
    ),
]


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_a_caller_may_have_changed_is_not_certain(text: str) -> None:
    check_noop(codemod, {**AUTO, "tests/__init__.py": "", TEST: IMPORTS + text})


def test_outcomes_that_a_test_sets_leave_a_double_what_it_is() -> None:
    more = "    def test_it(self):\n        self.db.save.return_value = 1\n        self.given()\n"
    new = more.replace("def", "async def").replace("self.given", "await self.given")

    check_transformed(codemod, {**AUTO, TEST: IMPORTS + CLASS + more}, {TEST: IMPORTS + ASYNC_CLASS + new})
