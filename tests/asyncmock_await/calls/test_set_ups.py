"""Sync set-ups of an IsolatedAsyncioTestCase that lose a coroutine."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

HEAD = "import unittest\nfrom unittest.mock import AsyncMock, patch\n\n"
CASE = (
    "class TestOrders(unittest.IsolatedAsyncioTestCase):\n    def {name}(self):\n        db = AsyncMock()\n"
    "        db.connect()\n\n    async def test_one(self):\n        pass\n"
)


@pytest.mark.parametrize(("name", "new"), [("setUp", "asyncSetUp"), ("tearDown", "asyncTearDown")])
def test_a_set_up_that_loses_a_coroutine_becomes_async(name: str, new: str) -> None:
    before = HEAD + CASE.format(name=name)
    after = before.replace(f"def {name}", f"async def {new}").replace("db.connect()", "await db.connect()")
    check_transformed(codemod, before, after, path="tests/test_orders.py")


def refusal(files: dict[str, str]) -> str:
    result = check_noop(codemod, files)
    [reason] = [each.reason for each in result.sites if each.code == "AM113"]
    return reason


SETUP = HEAD + CASE.format(name="setUp")


@pytest.mark.parametrize(
    ("there", "instead", "why"),
    [
        pytest.param("    def setUp(self)", "    @patch('a.b')\n    def setUp(self, b)", "decorated", id="decorated"),
        pytest.param("        db = ", "        super().setUp()\n        db = ", "calls super()", id="super"),
        pytest.param("        pass", "        self.setUp()", "calls it itself", id="called again"),
        pytest.param(
            "        db = ", "        self.loop = asyncio.new_event_loop()\n        db = ", "event loops", id="a loop"
        ),
        pytest.param("        pass", "        TestOrders.setUp(self)", "names setUp itself", id="called by its class"),
        pytest.param("(unittest.Isol", "(unknown.Base, unittest.Isol", "is not known", id="a base that isn't known"),
        pytest.param("(unittest.Isol", "(patch.Base, unittest.Isol", "may have one", id="a library's base"),
        pytest.param("IsolatedAsyncioTestCase", "TestCase", "awaits nothing", id="a plain TestCase"),
        pytest.param("setUp(self)", "setUpClass(self)", "awaits nothing", id="a set-up that has no async form"),
        pytest.param(
            "        pass\n",
            "        pass\n\nclass TestMore(TestOrders):\n    def setUp(self): ...\n",
            "TestMore",
            id="below",
        ),
    ],
)
def test_a_set_up_stays_where_the_order_may_change_or_the_runner_awaits_none(
    there: str, instead: str, why: str
) -> None:
    assert why in refusal({"tests/test_orders.py": SETUP.replace(there, instead)})


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("from tests.test_orders import TestOrders\n\nclass TestMore(TestOrders): ...\n", id="by its name"),
        pytest.param(
            "from tests.test_orders import TestOrders as Base\n\nclass TestMore(Base): ...\n", id="by another name"
        ),
        pytest.param("from tests import test_orders\n\nclass TestMore(test_orders.TestOrders): ...\n", id="dotted"),
    ],
)
def test_a_set_up_stays_where_a_class_of_another_file_may_derive_from_its_own(other: str) -> None:
    assert "tests/test_more.py may derive" in refusal({"tests/test_orders.py": SETUP, "tests/test_more.py": other})


def test_a_base_of_the_library_that_runs_nothing_is_no_reason() -> None:
    before = "import abc\n" + SETUP.replace("TestCase)", "TestCase, abc.ABC)")
    after = before.replace("def setUp", "async def asyncSetUp").replace("db.connect()", "await db.connect()")
    check_transformed(codemod, before, after, path="tests/test_orders.py")
