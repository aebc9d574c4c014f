"""Doubles that an object of the tests holds since its `__init__`, or that a method of a class gives."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_orders.py"
IMPORTS = """\
import pytest
from unittest.mock import AsyncMock, MagicMock, patch

from tests import fakes
from tests.fakes import FarDb, Made, Overridden


"""
PROJECT = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "tests/__init__.py": "",
    "tests/fakes.py": """\
from unittest.mock import AsyncMock, MagicMock


class FarDb:
    def __init__(self):
        self.execute = AsyncMock()
        self.add = MagicMock()
        self.session = MagicMock()
        self.session.commit = AsyncMock()


class Overridden:
    def __init__(self):
        self.execute = print
        self.session = AsyncMock()

    async def execute(self):
        pass


class Made:
    @staticmethod
    def make_db():
        db = AsyncMock()
        db.add = MagicMock()
        return db

    @classmethod
    def client(cls):
        return AsyncMock()

    @staticmethod
    def twice():
        return AsyncMock()

    @staticmethod
    def twice():
        return MagicMock()
""",
}
FAKE = """\
class FakeDb:
    size = 3

    def __init__(self, rows=()):
        self.rows = rows
        self.execute = AsyncMock(return_value=rows)
        self.add = MagicMock()

    def count(self):
        return len(self.rows)


class Other:
    def __init__(self):
        self.execute = MagicMock()


"""


def file_with(text: str) -> str:
    return IMPORTS + text


REWRITTEN = [
    pytest.param(
        FAKE + "async def test_it():\n    db = FakeDb()\n    ", "db.execute(1)", "\n", id="a class of the module",
    ),
    pytest.param(FAKE + "async def test_it():\n    ", "FakeDb().execute(1)", "\n", id="a new object at once"),
    pytest.param(
        FAKE + "async def test_it():\n    db = FakeDb([1])\n    db.add(1)\n    db.count()\n    assert ",
        "db.execute(1)", " == [1]\n", id="its value, behind calls of other members",
    ),
    pytest.param(
        FAKE + "@pytest.fixture\ndef db():\n    return FakeDb()\n\n\nasync def test_it(db):\n"
        "    ", "db.execute(1)", "\n",
        id="an object of a fixture",
    ),
    pytest.param(
        FAKE + "class TestIt:\n    def setup_method(self):\n        self.db = FakeDb()\n\n"
        "    async def test_it(self):\n        ", "self.db.execute(1)", "\n", id="an object of the set-up",
    ),
    pytest.param("async def test_it():\n    db = FarDb()\n    ", "db.execute(1)", "\n", id="an imported class"),
    pytest.param(
        "class Fake:\n    def __init__(self):\n        self.calls = []\n        self.execute = AsyncMock()\n\n"
        "    async def run(self, query):\n        self.calls.append(query)\n"
        "        self.execute.return_value = len(self.calls)\n"
        "        return await self.execute(query)\n\n\nasync def test_it():\n    db = Fake()\n"
        "    await db.run(1)\n    ",
        "db.execute(1)", "\n", id="a method that calls and configures the member",
    ),
    pytest.param(
        "async def test_it():\n    db = fakes.FarDb()\n    ", "db.session.commit()", "\n",
        id="a member of a member, of a class of an imported module",
    ),
    pytest.param("async def test_it():\n    db = Made.make_db()\n    ", "db.save()", "\n", id="a static method"),
    pytest.param("async def test_it():\n    db = fakes.Made.client()\n    ", "db.save()", "\n", id="a class method"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call", "after"), REWRITTEN)
def test_a_lost_call_of_a_double_that_an_object_holds_is_awaited(before: str, call: str, after: str) -> None:
    check_transformed(
        codemod,
        {**PROJECT, TEST: file_with(before + call + after)},
        {TEST: file_with(before + "await " + call + after)},
    )


LEFT_ALONE = [
    pytest.param(FAKE + "async def test_it():\n    db = FakeDb()\n    db.add(1)\n", id="a sync member"),
    pytest.param(FAKE + "async def test_it():\n    db = Other()\n    db.execute(1)\n", id="another class"),
    pytest.param("async def test_it():\n    db = FarDb()\n    db.add(1)\n", id="a sync member of an imported class"),
    pytest.param(
        "async def test_it():\n    db = Overridden()\n    db.execute()\n", id="an attribute that hides a method",
    ),
    pytest.param(
        "async def test_it():\n    db = Made.make_db()\n    db.add(1)\n", id="a sync member that a method sets",
    ),
    pytest.param("async def test_it():\n    db = Made.twice()\n    db.save()\n", id="a method that is there twice"),
    pytest.param(
        FAKE + "async def test_it():\n    db = FakeDb()\n    db.execute = MagicMock()\n    db.execute(1)\n",
        id="a member that the test sets",
    ),
    pytest.param(
        FAKE + "async def test_it():\n    db = FakeDb()\n    other = db\n    other.execute = print\n"
        "    db.execute(1)\n",
        id="a member that the test sets by another name",
    ),
    pytest.param(
        "class Fake(FarDb):\n    def __init__(self):\n        super().__init__()\n        self.execute = print\n\n\n"
        "async def test_it():\n    db = Fake()\n    db.execute(1)\n",
        id="a class that derives from another",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self):\n        self.execute = AsyncMock()\n\n    def go_sync(self):\n"
        "        self.execute = MagicMock()\n\n\nasync def test_it():\n    db = Fake()\n    db.go_sync()\n"
        "    db.execute(1)\n",
        id="a method that sets the member",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self):\n        self.execute = AsyncMock()\n\n    def go_sync(self):\n"
        "        setattr(self, 'execute', print)\n\n\nasync def test_it():\n    db = Fake()\n    db.go_sync()\n"
        "    db.execute(1)\n",
        id="a method that hands its object on",
    ),
    pytest.param(
        "def plain(double):\n    double.get = MagicMock()\n\n\nclass Fake:\n    def __init__(self):\n"
        "        self.session = AsyncMock()\n\n    def go_sync(self):\n        plain(self.session)\n\n\n"
        "async def test_it():\n    db = Fake()\n    db.go_sync()\n    db.session.get(1)\n",
        id="a method that hands the member on",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self):\n        self.session = AsyncMock()\n\n    def go_sync(self):\n"
        "        self.session.configure_mock(get=print)\n\n\n"
        "async def test_it():\n    db = Fake()\n    db.go_sync()\n    db.session.get(1)\n",
        id="a method that configures a member of the member",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self):\n        self.execute = AsyncMock()\n\n    def go_sync(self):\n"
        "        self.__dict__['execute'] = print\n\n\nasync def test_it():\n    db = Fake()\n    db.go_sync()\n"
        "    db.execute(1)\n",
        id="a method that sets the member in a dict",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self):\n        self.execute = AsyncMock()\n\n    def go_sync(me):\n"
        "        me.execute = print\n\n\nasync def test_it():\n    db = Fake()\n    db.go_sync()\n"
        "    db.execute(1)\n",
        id="a method that calls its object something else",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self, slow):\n        self.execute = MagicMock()\n        if not slow:\n"
        "            return\n        self.execute = AsyncMock()\n\n\nasync def test_it():\n    db = Fake(False)\n"
        "    db.execute(1)\n",
        id="an `__init__` with more than one end",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self, execute=None):\n        self.execute = execute or AsyncMock()\n\n\n"
        "async def test_it():\n    db = Fake(print)\n    db.execute(1)\n",
        id="a member that may be an argument",
    ),
    pytest.param(
        "class Sync:\n    def __set__(self, owner, value):\n        pass\n\n    def __get__(self, owner, of):\n"
        "        return print\n\n\nclass Fake:\n    execute = Sync()\n\n    def __init__(self):\n"
        "        self.execute = AsyncMock()\n\n\nasync def test_it():\n    db = Fake()\n    db.execute(1)\n",
        id="a descriptor of the class",
    ),
    pytest.param(
        "class Fake:\n    def __init__(self):\n        self.execute = AsyncMock()\n\n"
        "    def __getattribute__(self, name):\n"
        "        return print\n\n\nasync def test_it():\n    db = Fake()\n    db.execute(1)\n",
        id="a class that decides what its attributes are",
    ),
    pytest.param(
        "def plain(of):\n    return dict\n\n\n@plain\nclass Fake:\n    def __init__(self):\n"
        "        self.keys = AsyncMock()\n\n\nasync def test_it():\n    db = Fake()\n    db.keys()\n",
        id="a class that is decorated",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_member_that_may_be_something_else_is_left_alone(text: str) -> None:
    check_noop(codemod, {**PROJECT, TEST: file_with(text)})
