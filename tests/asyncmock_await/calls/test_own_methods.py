"""What `self` holds stays known behind a call of one of the class's own methods that changes none of it."""

from __future__ import annotations

from textwrap import indent

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

PATH = "tests/test_orders.py"
IMPORTS = """\
import unittest
from unittest.mock import AsyncMock, MagicMock

from shop import Service, register


"""
CLASS = "class TestIt:\n"
GIVEN = "        self.db = AsyncMock()\n        self.service = Service(self.db)\n"
TEST = f"\n    async def test_it(self):\n{GIVEN}        self.ready()\n        "


def file_with(method: str, call: str, test: str = TEST) -> str:
    return f"{IMPORTS}{CLASS}{indent(method, '    ')}\n{test}{call}\n"


KEPT = [
    pytest.param("def ready(self):\n    return 1", id="a method that does nothing"),
    pytest.param(
        "def ready(self):\n    self.count = 1\n    self.other = MagicMock()", id="a method that sets others",
    ),
    pytest.param(
        "def ready(self):\n    order = MagicMock()\n    order.lines.size = 2\n    return order", id="a builder",
    ),
    pytest.param(
        "def ready(self):\n    self.db.save.assert_not_called()", id="a method that asserts something of it",
    ),
    pytest.param("def ready(self):\n    return Service(self.db)", id="a method that hands it to a class"),
    pytest.param(
        "def ready(self):\n    self._more()\n\ndef _more(self):\n    self.count = 1",
        id="a method that calls another",
    ),
]  # fmt: skip


@pytest.mark.parametrize("method", KEPT)
def test_a_call_behind_one_of_an_own_method_is_awaited(method: str) -> None:
    before, after = (file_with(method, call) for call in ("self.db.save(1)", "await self.db.save(1)"))
    check_transformed(codemod, before, after, path=PATH)


LOST = [
    pytest.param("def ready(self):\n    self.db = MagicMock()", id="a method that sets it"),
    pytest.param("def ready(self):\n    self.db.save = MagicMock()", id="a method that sets a member"),
    pytest.param(
        "def ready(self):\n    self._more()\n\ndef _more(self):\n    self.db = print", id="one that another calls",
    ),
    pytest.param(
        "def ready(self):\n    db = self.db\n    db.save = print", id="a method that has another name for it",
    ),
    pytest.param(
        "def ready(self):\n    self.service.db.save = print", id="a method that reaches it by what holds it",
    ),
    pytest.param("def ready(self):\n    register(self)", id="a method that hands its object on"),
    pytest.param("def ready(self):\n    register(self.service)", id="a method that hands on what holds it"),
    pytest.param("def ready(self):\n    setattr(self, 'db', print)", id="a method that sets it by its name"),
    pytest.param("def ready(self):\n    self.db.configure_mock(save=print)", id="a method that configures it"),
    pytest.param("def ready(self):\n    self.service.setup_db()", id="a method that has it set up"),
    pytest.param(
        "def ready(self):\n    self._get().save = print\n\ndef _get(self):\n    return self.db",
        id="what another gives",
    ),
    pytest.param("def ready(self):\n    def later():\n        self.db = print\n    later()", id="a function within"),
    pytest.param("def ready(self):\n    self.unknown()", id="a method that calls one that a base class may have"),
]  # fmt: skip


@pytest.mark.parametrize("method", LOST)
def test_a_call_behind_one_of_a_method_that_may_change_it_is_left_alone(method: str) -> None:
    check_noop(codemod, file_with(method, "self.db.save(1)"), path=PATH)


def test_a_parameter_through_which_a_method_may_reach_it_counts() -> None:
    test = f"\n    async def test_it(self):\n{GIVEN}        self.ready(self.service)\n        "
    method = "def ready(self, service):\n    service.db.save = print"
    check_noop(codemod, file_with(method, "self.db.save(1)", test), path=PATH)


def test_an_attribute_that_hides_the_method_is_not_taken_for_it() -> None:
    test = f"\n    async def test_it(self):\n{GIVEN}        self.ready = register\n        self.ready(self)\n        "
    check_noop(codemod, file_with("def ready(self):\n    return 1", "self.db.save(1)", test), path=PATH)


def test_what_the_set_up_gives_stays_known_too() -> None:
    text = (
        f"{IMPORTS}class TestIt(unittest.IsolatedAsyncioTestCase):\n    def setUp(self):\n{GIVEN}\n"
        "    def ready(self):\n        return 1\n\n    async def test_it(self):\n        self.ready()\n        "
    )
    check_transformed(codemod, f"{text}self.db.save(1)\n", f"{text}await self.db.save(1)\n", path=PATH)
