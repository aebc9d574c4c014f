"""Sync fixtures that lose a coroutine, where anyio or pytest-trio awaits an async one for its own tests only."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_orders.py"
IMPORTS = "import pytest\nfrom unittest.mock import AsyncMock\n\n"
FIXTURE = "@pytest.fixture\ndef db():\n    m = AsyncMock()\n    m.connect()\n    return m\n\n\n"
ASYNC_FIXTURE = FIXTURE.replace("def db", "async def db").replace("m.connect", "await m.connect")
ASYNC_TEST = "async def test_a(db):\n    assert db\n"
SYNC_TEST = "def test_b(db):\n    assert db\n"
MARKED = "pytestmark = pytest.mark.{}\n\n\n"


@pytest.mark.parametrize("plugin", ["anyio", "trio"])
def test_it_becomes_async_with_the_sync_tests_that_ask_for_it(plugin: str) -> None:
    start = IMPORTS + MARKED.format(plugin)
    before = start + FIXTURE + ASYNC_TEST + "\n\n" + SYNC_TEST + "\n\ndef test_c():\n    pass\n"
    after = start + ASYNC_FIXTURE + ASYNC_TEST + "\n\nasync " + SYNC_TEST + "\n\ndef test_c():\n    pass\n"

    check_transformed(codemod, {TEST: before}, {TEST: after})


@pytest.mark.parametrize("plugin", ["anyio", "trio"])
def test_sync_tests_that_ask_for_it_get_the_marker(plugin: str) -> None:
    other = f"\n\n@pytest.mark.{plugin}\n"
    before = IMPORTS + "\n" + FIXTURE + SYNC_TEST + other + ASYNC_TEST
    after = IMPORTS + "\n" + ASYNC_FIXTURE + f"@pytest.mark.{plugin}\nasync " + SYNC_TEST + other + ASYNC_TEST

    check_transformed(codemod, {TEST: before}, {TEST: after})


def test_a_fixture_of_a_class_becomes_async_with_the_tests_of_the_class() -> None:
    text = IMPORTS + MARKED.format("anyio") + "class TestIt:\n" + "".join(
        f"    {line}".rstrip(" ") for line in (FIXTURE[:-1] + SYNC_TEST).splitlines(keepends=True)
    ).replace("(db)", "(self, db)").replace("db()", "db(self)")  # fmt: skip
    new = text.replace("    def", "    async def").replace("m.connect", "await m.connect")

    check_transformed(codemod, {TEST: text}, {TEST: new})


def test_tests_of_another_class_get_another_fixture() -> None:
    inner = "".join(f"    {line}".rstrip(" ") for line in (FIXTURE[:-1] + SYNC_TEST).splitlines(keepends=True))
    inner = inner.replace("(db)", "(self, db)").replace("db()", "db(self)")
    text = IMPORTS + MARKED.format("anyio") + "class TestA:\n" + inner
    new = text.replace("    def", "    async def").replace("m.connect", "await m.connect")
    other = "\n\nclass TestAll:\n    def test_it(self, db):\n        pass\n"
    conftest = "import pytest\n\n\n@pytest.fixture\ndef db():\n    return 1\n"

    check_transformed(codemod, {"tests/conftest.py": conftest, TEST: text + other}, {TEST: new + other})


def test_the_auto_mode_of_anyio_needs_no_marker() -> None:
    files = {"pytest.ini": "[pytest]\nanyio_mode = auto\n", TEST: IMPORTS + "\n" + FIXTURE + SYNC_TEST}

    check_transformed(codemod, files, {TEST: IMPORTS + "\n" + ASYNC_FIXTURE + "async " + SYNC_TEST})


LEFT = [
    pytest.param({}, "def test_c():\n    pass\n", "no test asks for it", id="nobody asks for it"),
    pytest.param(
        {}, "@pytest.fixture\ndef shop(db):\n    return db\n\n\n" + ASYNC_TEST, "the fixture shop asks for it",
        id="another fixture asks for it",
    ),
    pytest.param(
        {}, ASYNC_TEST + "\n\n@pytest.mark.usefixtures('db')\ndef test_c():\n    pass\n", "may ask for it",
        id="usefixtures",
    ),
    pytest.param(
        {}, "@pytest.mark.asyncio\n" + ASYNC_TEST, "only the auto mode", id="a test of another plugin too"
    ),
    pytest.param(
        {}, SYNC_TEST.replace("assert db", "yield db"), "test_b asks for it: it is a generator",
        id="a test that can't become async",
    ),
    pytest.param(
        {"tests/test_more.py": "from tests.test_orders import db\n\n\ndef test_it(db):\n    pass\n"}, ASYNC_TEST,
        "tests/test_more.py:1 imports it", id="another module imports it",
    ),
    pytest.param(
        {}, ASYNC_TEST + "\n\nclass TestIt:\n    @pytest.fixture\n    def db(self):\n        return 1\n",
        "defines another one", id="a class has its own",
    ),
    pytest.param(
        {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}, ASYNC_TEST, "only the auto mode", id="another plugin's mode"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("others", "text", "reason"), LEFT)
def test_it_stays_as_it_is_for_a_reason(others: Mapping[str, str], text: str, reason: str) -> None:
    start = IMPORTS + MARKED.format("anyio")
    files = {"tests/__init__.py": "", **others, TEST: start + FIXTURE + text}

    (site,) = [site for site in check_noop(codemod, files).sites if site.kind == "mock call"]
    assert (site.code, reason in site.reason) == ("AM113", True), site.reason


def test_that_of_a_class_stays_where_another_class_derives_from_it() -> None:
    inner = "".join(f"    {line}".rstrip(" ") for line in (FIXTURE[:-1] + SYNC_TEST).splitlines(keepends=True))
    inner = inner.replace("(db)", "(self, db)").replace("db()", "db(self)")
    text = IMPORTS + MARKED.format("anyio") + "class TestIt:\n" + inner + "\n\nclass TestMore(TestIt):\n    pass\n"

    (site,) = [site for site in check_noop(codemod, {TEST: text}).sites if site.kind == "mock call"]
    assert "tests of other classes may ask for it" in site.reason


SHARED = [
    pytest.param("@pytest.fixture", "@pytest.fixture(autouse=True)", "don't ask for it", id="it comes by itself"),
    pytest.param(
        "@pytest.fixture", "@pytest.fixture(name='db')", "may ask for it", id="its name is written as a string"
    ),
    pytest.param("@pytest.fixture", "@pytest.fixture(name='base')", "don't ask for it", id="it has another name"),
]


@pytest.mark.parametrize(("old", "new", "reason"), SHARED)
def test_how_tests_get_it_matters(old: str, new: str, reason: str) -> None:
    start = IMPORTS + MARKED.format("anyio")
    before = start + FIXTURE.replace(old, new) + ASYNC_TEST
    (site,) = [site for site in check_noop(codemod, {TEST: before}).sites if site.kind == "mock call"]
    assert reason in site.reason


def test_that_of_a_conftest_becomes_async_with_the_tests_of_all_modules_that_ask_for_it() -> None:
    conftest, start = IMPORTS + "\n", "import pytest\n\n" + MARKED.format("anyio")
    files = {
        "tests/conftest.py": conftest + FIXTURE, TEST: start + SYNC_TEST, "tests/unit/test_mail.py": start + SYNC_TEST,
        "other/test_mail.py": SYNC_TEST,
    }  # fmt: skip
    after = {
        "tests/conftest.py": conftest + ASYNC_FIXTURE, TEST: start + "async " + SYNC_TEST,
        "tests/unit/test_mail.py": start + "async " + SYNC_TEST,
    }  # fmt: skip

    check_transformed(codemod, files, after)


OF_CONFTEST = [
    pytest.param("@pytest.fixture\ndef db():\n    return 1\n\n\n" + ASYNC_TEST, "defines another", id="a module's own"),
    pytest.param("@pytest.fixture\ndef shop(db):\n    return db\n", "the fixture shop asks", id="another fixture"),
    pytest.param("@pytest.mark.usefixtures('db')\ndef test_c():\n    pass\n", "may ask for it", id="usefixtures"),
    pytest.param(SYNC_TEST.replace("assert db", "yield db"), "it is a generator", id="a generator"),
]


@pytest.mark.parametrize(("text", "reason"), OF_CONFTEST)
def test_that_of_a_conftest_stays_where_one_module_can_not_follow(text: str, reason: str) -> None:
    start = "import pytest\n\n" + MARKED.format("anyio")
    files = {
        "tests/conftest.py": IMPORTS + "\n" + FIXTURE,
        TEST: start + ASYNC_TEST,
        "tests/test_more.py": start + text,
    }

    (site,) = [site for site in check_noop(codemod, files).sites if site.kind == "mock call"]
    assert (site.code, reason in site.reason) == ("AM113", True), site.reason
