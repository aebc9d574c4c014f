"""Sync tests that lose a coroutine become async, with what makes the project run them; or they stay, for a reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.config import Config
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_orders.py"
AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}
STRICT = {"requirements-dev.txt": "pytest-asyncio\n"}
IMPORTS = (
    "import asyncio\nimport unittest\n\nimport pytest\nfrom unittest.mock import AsyncMock, MagicMock, patch\n\n\n"
)
FUNCTION = "def test_it():\n    m = AsyncMock()\n    m.save()\n"
ASYNC = "async def test_it():\n    m = AsyncMock()\n    await m.save()\n"


def method(text: str) -> str:
    return "".join(f"    {line}" for line in text.replace("test_it()", "test_it(self)").splitlines(keepends=True))


CONVERTED = [
    pytest.param(AUTO, FUNCTION, ASYNC, id="every async test is run"),
    pytest.param(STRICT, FUNCTION, "@pytest.mark.asyncio\n" + ASYNC, id="the marker of pytest-asyncio"),
    pytest.param(
        {"tests/test_other.py": "@pytest.mark.anyio\nasync def test_other():\n    pass\n"},
        FUNCTION, "@pytest.mark.anyio\n" + ASYNC,
        id="the marker of anyio",
    ),
    pytest.param(
        {
            "tests/test_other.py": "@pytest.mark.anyio\nasync def test_other():\n    pass\n",
            "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n",
        },
        FUNCTION, "@pytest.mark.anyio\n" + ASYNC,
        id="the marker of anyio, which is told to use asyncio",
    ),
    pytest.param(
        STRICT, "@pytest.mark.asyncio\n" + FUNCTION, "@pytest.mark.asyncio\n" + ASYNC, id="a marker that is there"
    ),
    pytest.param(
        STRICT, "pytestmark = pytest.mark.asyncio\n\n\n" + FUNCTION, "pytestmark = pytest.mark.asyncio\n\n\n" + ASYNC,
        id="a marker of the module",
    ),
    pytest.param(
        STRICT, "class TestIt:\n" + method(FUNCTION),
        "class TestIt:\n    @pytest.mark.asyncio\n" + method(ASYNC),
        id="a method",
    ),
    pytest.param(
        STRICT, "@pytest.mark.asyncio\nclass TestIt:\n" + method(FUNCTION),
        "@pytest.mark.asyncio\nclass TestIt:\n" + method(ASYNC),
        id="a marker of the class",
    ),
    pytest.param(
        {}, "class TestIt(unittest.IsolatedAsyncioTestCase):\n" + method(FUNCTION),
        "class TestIt(unittest.IsolatedAsyncioTestCase):\n" + method(ASYNC),
        id="an IsolatedAsyncioTestCase",
    ),
    pytest.param(
        {}, "class TestIt(unittest.TestCase):\n" + method(FUNCTION),
        "class TestIt(unittest.IsolatedAsyncioTestCase):\n" + method(ASYNC),
        id="a plain TestCase gets the other base",
    ),
    pytest.param(
        AUTO,
        '@pytest.mark.parametrize("n", [1])\n@patch("os.sep", new_callable=AsyncMock)\ndef test_it(m, n):\n    m(n)\n',
        '@pytest.mark.parametrize("n", [1])\n@patch("os.sep", new_callable=AsyncMock)\nasync def test_it(m, n):\n'
        "    await m(n)\n",
        id="decorators that take async functions",
    ),
    pytest.param(
        AUTO, "def test_it():\n    m = AsyncMock()\n    m.save()\n    assert m.get() == 1\n",
        "async def test_it():\n    m = AsyncMock()\n    await m.save()\n    assert await m.get() == 1\n",
        id="two calls in one test",
    ),
    pytest.param(
        AUTO, "async def send():\n    pass\n\n\ndef test_it():\n    send()\n    AsyncMock\n",
        "async def send():\n    pass\n\n\nasync def test_it():\n    await send()\n    AsyncMock\n",
        id="a coroutine function",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "before", "after"), CONVERTED)
def test_a_sync_test_becomes_async(settings: Mapping[str, str], before: str, after: str) -> None:
    check_transformed(codemod, {**settings, TEST: IMPORTS + before}, {TEST: IMPORTS + after})


FIXTURE = "@pytest.fixture\ndef db():\n    m = AsyncMock()\n    m.connect()\n    "


@pytest.mark.parametrize("end", ["return m\n", "yield m\n"], ids=["that returns", "that yields"])
def test_a_sync_fixture_becomes_async_where_every_async_fixture_is_awaited(end: str) -> None:
    new = FIXTURE.replace("def db", "async def db").replace("m.connect", "await m.connect")
    check_transformed(codemod, {**AUTO, TEST: IMPORTS + FIXTURE + end}, {TEST: IMPORTS + new + end})


UNAWAITED_FIXTURES = [
    pytest.param(STRICT, FIXTURE, "only the auto mode", id="the strict mode"),
    pytest.param(
        {"pytest.ini": "[pytest]\nanyio_mode = auto\n"}, FIXTURE, "no test asks for it", id="the auto mode of anyio"
    ),
    pytest.param(
        AUTO, FIXTURE.replace("@pytest.fixture", "@pytest.fixture\n@patch('os.sep', 1)"), "its decorators",
        id="another decorator",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "text", "reason"), UNAWAITED_FIXTURES)
def test_a_sync_fixture_stays_as_it_is_for_a_reason(settings: Mapping[str, str], text: str, reason: str) -> None:
    result = check_noop(codemod, {**settings, TEST: IMPORTS + text + "return m\n"})

    (site,) = [site for site in result.sites if site.code]
    assert site.code == "AM113"
    assert reason in site.reason


NEAR_A_LOOP = [
    pytest.param({}, FUNCTION + "\n\ndef test_b():\n    asyncio.run(None)\n", id="another test runs a loop"),
    pytest.param(
        {"tests/conftest.py": "import asyncio\n\n\ndef loop():\n    asyncio.run(None)\n"}, FUNCTION,
        id="a fixture runs a loop that it doesn't ask for",
    ),
    pytest.param(
        {"tests/conftest.py": "def event_loop():\n    loop = 1\n    loop.run_until_complete(None)\n"}, FUNCTION,
        id="the fixture of the loop itself",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("others", "text"), NEAR_A_LOOP)
def test_a_loop_that_doesnt_run_in_the_test_is_no_obstacle(others: Mapping[str, str], text: str) -> None:
    new = text.replace("def test_it", "async def test_it").replace("m.save", "await m.save")
    check_transformed(codemod, {**AUTO, **others, TEST: IMPORTS + text}, {TEST: IMPORTS + new})


LEFT = [
    pytest.param({}, FUNCTION, "the project names no plugin", id="no plugin runs async tests"),
    pytest.param(AUTO, FUNCTION + "    asyncio.run(m.get())\n", "runs an event loop", id="it runs a loop itself"),
    pytest.param(
        {**AUTO, "tests/conftest.py": "@pytest.fixture(autouse=True)\ndef loop():\n    asyncio.run(None)\n"}, FUNCTION,
        "tests/conftest.py runs an event loop",
        id="a fixture that comes by itself runs a loop",
    ),
    pytest.param(
        {**AUTO, "tests/conftest.py": "import asyncio\n\n\ndef loop():\n    asyncio.run(None)\n"},
        FUNCTION.replace("test_it()", "test_it(tmp_path)"),
        "tests/conftest.py runs an event loop",
        id="a conftest above runs a loop, and the test asks for fixtures",
    ),
    pytest.param(
        {**AUTO, "shop.py": "import asyncio\n\n\ndef main(db):\n    asyncio.run(db.get())\n"},
        "from shop import main\n\n\n" + FUNCTION + "    main(m)\n",
        "shop.py runs an event loop",
        id="it calls a module that runs a loop",
    ),
    pytest.param(
        {**AUTO, "shop/__init__.py": "", "shop/jobs.py": "import asyncio\ndef main(db):\n    asyncio.run(db.get())\n"},
        "from shop import jobs\n\n\n" + FUNCTION + "    jobs.main(m)\n",
        "shop/jobs.py runs an event loop",
        id="it calls a function of such a module by the module's name",
    ),
    pytest.param(
        AUTO, FUNCTION + "\n\ndef test_again():\n    test_it()\n", "the module calls it itself", id="it is called"
    ),
    pytest.param(
        AUTO, FUNCTION + "\n\ndef test_all():\n    for each in (test_it,):\n        each()\n", "the module names it",
        id="something else may call it",
    ),
    pytest.param(
        AUTO, "import functools\n\n\n@functools.cache\n" + FUNCTION, "its decorator @functools.cache",
        id="an unknown decorator",
    ),
    pytest.param(
        {}, "class TestIt(unittest.TestCase):\n" + method(FUNCTION) + "\n    async def test_b(self):\n        pass\n",
        "never run",
        id="other tests of the class would come to life",
    ),
    pytest.param(
        {**AUTO, "tests/test_orders_django.py": ""}, "import django\n\n\n" + FUNCTION, "Django", id="Django"
    ),
    pytest.param(
        {"pytest.ini": "[pytest]\n", "requirements.txt": "pytest-twisted\n"}, FUNCTION, "a plugin that may run it",
        id="a plugin that is not known",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "text", "reason"), LEFT)
def test_a_sync_test_stays_as_it_is_for_a_reason(settings: Mapping[str, str], text: str, reason: str) -> None:
    result = check_noop(codemod, {**settings, TEST: IMPORTS + text})

    (site,) = [site for site in result.sites if site.kind in {"mock call", "coroutine call"} and site.code]
    assert site.code == "AM113"
    assert reason in site.reason


def test_a_sync_function_that_is_no_test_is_refused() -> None:
    text = "def given():\n    m = AsyncMock()\n    m.save()\n"

    result = check_noop(codemod, {**AUTO, TEST: IMPORTS + text})

    assert [site.code for site in result.sites] == ["AM113"]


def test_a_module_that_has_no_pytest_imports_it_for_the_marker() -> None:
    start = '"""Orders."""\n\nfrom unittest.mock import AsyncMock\n\n\n'
    new = '"""Orders."""\n\nimport pytest\nfrom unittest.mock import AsyncMock\n\n\n@pytest.mark.asyncio\n'

    check_transformed(codemod, {**STRICT, TEST: start + FUNCTION}, {TEST: new + ASYNC})


SEVERAL = """\
from unittest import {0}TestCase
from unittest.mock import AsyncMock


class TestOrders({0}TestCase):
    {1}def test_it(self):
        m = AsyncMock()
        {2}m.save()


class TestMail({0}TestCase):
    {1}def test_it(self):
        m = AsyncMock()
        {2}m.send()
"""


def test_the_import_follows_where_several_classes_get_another_base() -> None:
    after = SEVERAL.format("IsolatedAsyncio", "async ", "await ")
    check_transformed(codemod, {"tests/test_orders.py": SEVERAL.format("", "", "")}, {"tests/test_orders.py": after})


SLEEPING = """\

    async def test_more(self):
        assert self
"""


def test_a_class_whose_async_tests_never_run_stays_as_it_is() -> None:
    files = {"tests/test_orders.py": SEVERAL.format("", "", "") + SLEEPING}
    before, after = SEVERAL.format("", "", ""), SEVERAL.format("IsolatedAsyncio", "async ", "await ")
    start = (
        "from unittest import IsolatedAsyncioTestCase, TestCase\n"
        + after.partition("\n")[2].partition("class TestMail")[0]
    )

    result = check_transformed(
        codemod,
        files,
        {"tests/test_orders.py": start + "class TestMail" + before.partition("class TestMail")[2] + SLEEPING},
    )
    assert [site.code for site in result.sites if site.decision == "refused"] == ["AM113"]


def test_it_becomes_async_together_with_those_that_never_ran_on_request() -> None:
    before, after = SEVERAL.format("", "", ""), SEVERAL.format("IsolatedAsyncio", "async ", "await ")
    check_transformed(
        codemod, {"tests/test_orders.py": before + SLEEPING}, {"tests/test_orders.py": after + SLEEPING},
        config=Config(requested=("AM301", "AM302", "AM303")),
    )  # fmt: skip
