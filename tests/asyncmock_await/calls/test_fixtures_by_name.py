"""Fixtures that a test asks for by a name which is written there (`request.getfixturevalue("db")`)."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_orders.py"
FIXTURES = """\
import pytest
from unittest.mock import AsyncMock, MagicMock


@pytest.fixture
def db():
    db = AsyncMock()
    db.add = MagicMock()
    return db


"""
CONFTEST = {
    "tests/conftest.py": FIXTURES.replace("def db", "def far_db"),
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
}
REWRITTEN = [
    pytest.param(
        'async def test_it(request):\n    found = request.getfixturevalue("db")\n    found.add(1)\n'
        '    ', "found.save(1)",
        id="a fixture of the module",
    ),
    pytest.param(
        'async def test_it(request):\n    found = request.getfixturevalue("far_db")\n    ', "found.save(1)",
        id="a fixture of conftest.py",
    ),
    pytest.param(
        'async def test_a(request):\n    request.getfixturevalue("db")\n\n\nasync def test_it(db):\n'
        '    ', "db.save(1)",
        id="a parameter of another test",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call"), REWRITTEN)
def test_a_lost_call_of_a_fixture_by_its_name_is_awaited(before: str, call: str) -> None:
    check_transformed(
        codemod,
        {**CONFTEST, TEST: f"{FIXTURES}{before}{call}\n"},
        {TEST: f"{FIXTURES}{before}await {call}\n"},
    )


LEFT_ALONE = [
    pytest.param(
        'async def test_it(request):\n    found = request.getfixturevalue("db")\n    found.add(1)\n'
        '', id="a sync member"
    ),
    pytest.param(
        "NAME = 'db'\n\n\nasync def test_it(request):\n    found = request.getfixturevalue(NAME)\n"
        "    found.save(1)\n",
        id="a name that is not written there",
    ),
    pytest.param(
        'async def test_it(request, db):\n    other = request.getfixturevalue("db")\n    other.save = print\n'
        '    db.save(1)\n',
        id="another name for what the test has",
    ),
    pytest.param(
        '@pytest.fixture(autouse=True)\ndef ready(request):\n    request.getfixturevalue("db").save = print\n\n\n'
        "async def test_it(db):\n    db.save(1)\n",
        id="a fixture that changes it by its name",
    ),
    pytest.param(
        'def ready(request):\n    request.getfixturevalue("db").save = print\n\n\n'
        "async def test_it(db, request):\n    ready(request)\n    db.save(1)\n",
        id="a helper that changes it by its name",
    ),
    pytest.param(
        '@pytest.mark.parametrize("db", [{}])\nasync def test_it(request, db):\n'
        '    found = request.getfixturevalue("db")\n    found.copy()\n',
        id="a parameter of that name",
    ),
    pytest.param(
        'class Request:\n    def getfixturevalue(self, name):\n        return {}\n\n\nasync def test_it():\n'
        '    request = Request()\n    found = request.getfixturevalue("db")\n    found.copy()\n',
        id="something else that is called request",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_fixture_that_may_be_something_else_is_left_alone(text: str) -> None:
    check_noop(codemod, {**CONFTEST, TEST: FIXTURES + text})
