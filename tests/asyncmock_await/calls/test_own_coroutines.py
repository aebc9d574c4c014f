"""Coroutine functions that a test calls on itself: methods of its class, or of one that it derives from."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

BASE = """class Base:
    async def prepare(self):
        return 1

    async def other(self):
        return 1


class Mixin:
    def prepare(self):
        return 1
"""
FILES = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "tests/__init__.py": "", "tests/base.py": BASE}
MOCK = "from unittest.mock import AsyncMock\n\n\n"
STARTS = [pytest.param("", id="without a mock"), pytest.param(MOCK, id="with a mock")]
OWN = "class TestA:\n    async def _go(self):\n        return 1\n\n"
TEST = "    async def test_a(self):\n        "
BASED = "from tests.base import Base\n\n\nclass TestA(Base):\n"

LOST = [
    pytest.param(OWN + TEST, "self._go()", "\n", id="a method of the class"),
    pytest.param(OWN + TEST + "assert ", "self._go()", " == 1\n", id="its value"),
    pytest.param(OWN + TEST + "found = ", "self._go()", "\n        assert found == 1\n", id="its value in a name"),
    pytest.param(
        OWN + "    async def helper(self):\n        ",
        "self._go()",
        "\n\n    async def test_b(self):\n        await self.helper()\n",
        id="in a helper",
    ),
    pytest.param(
        OWN + "\nclass TestB(TestA):\n" + TEST, "self._go()", "\n", id="a method of a base class of the module"
    ),
    pytest.param(BASED + TEST, "self.prepare()", "\n", id="a method of a base class from elsewhere"),
    pytest.param(
        "import pytest\n\n\n@pytest.mark.slow\n" + OWN + TEST, "self._go()", "\n", id="of a class with a marker"
    ),
    pytest.param(
        "from typing import final\n\n\n@final\n" + OWN + TEST, "self._go()", "\n", id="of a class that is final"
    ),
    pytest.param(
        "from unittest import IsolatedAsyncioTestCase\n\n\n"
        + OWN.replace("TestA", "TestA(IsolatedAsyncioTestCase)")
        + TEST,
        "self._go()",
        "\n",
        id="in a test case",
    ),
]


@pytest.mark.parametrize(("before", "call", "after"), LOST)
@pytest.mark.parametrize("start", STARTS)
def test_a_coroutine_function_of_the_test_itself_is_awaited(start: str, before: str, call: str, after: str) -> None:
    check_transformed(
        codemod,
        {**FILES, "tests/test_a.py": start + before + call + after},
        {"tests/test_a.py": start + before + "await " + call + after},
    )


@pytest.mark.parametrize("start", STARTS)
def test_a_sync_test_becomes_async(start: str) -> None:
    before = start + OWN + "    def test_a(self):\n        self._go()\n"
    after = start + OWN + "    async def test_a(self):\n        await self._go()\n"
    check_transformed(codemod, {**FILES, "tests/test_a.py": before}, {"tests/test_a.py": after})


STAYS = [
    pytest.param("class TestA:\n    def _go(self):\n        return 1\n\n" + TEST + "self._go()\n", id="a sync method"),
    pytest.param(
        OWN.replace("    async", "    @property\n    async") + TEST + "self._go\n        self._go()\n", id="a property"
    ),
    pytest.param(OWN.replace("return", "yield") + TEST + "self._go()\n", id="a generator"),
    pytest.param(
        "import shop\n\n\n" + OWN.replace("    async", "    @shop.runs\n    async") + TEST + "self._go()\n",
        id="a decorated method",
    ),
    pytest.param("import shop\n\n\n@shop.sync\n" + OWN + TEST + "self._go()\n", id="of a decorated class"),
    pytest.param(OWN + TEST + "task = self._go()\n        await task\n", id="awaited later"),
    pytest.param(
        "import asyncio\n\n\n"
        + OWN
        + TEST
        + "await asyncio.gather(\n            self._go(),\n            self._go(),\n"
        "        )\n",
        id="given to gather, each in a line",
    ),
    pytest.param(
        "import asyncio\n\n\n" + OWN + TEST + "tasks = [\n            self._go(),\n        ]\n"
        "        await asyncio.gather(*tasks)\n",
        id="in a list",
    ),
    pytest.param(OWN + "    async def helper(self):\n        return self._go()\n", id="returned"),
    pytest.param(
        "from tests.base import Base, Mixin\n\n\nclass TestA(Mixin, Base):\n" + TEST + "self.prepare()\n",
        id="a sync method that comes first",
    ),
    pytest.param(
        OWN + TEST + "class Inner:\n            def run(self):\n                self._go()\n\n"
        "            def _go(self):\n                return 1\n\n        Inner().run()\n",
        id="another object's method within the test",
    ),
    pytest.param(OWN + TEST + "await self._go()\n        self = print\n        self._go()\n", id="self bound anew"),
]


@pytest.mark.parametrize("text", STAYS)
@pytest.mark.parametrize("start", STARTS)
def test_what_is_no_lost_coroutine_is_left_alone(start: str, text: str) -> None:
    check_noop(codemod, {**FILES, "tests/test_a.py": start + text})


REFUSED = [
    pytest.param(
        OWN + "    async def test_b(self):\n        self._go = print\n        self._go()\n\n" + TEST + "self._go()\n",
        {},
        id="a test sets it",
    ),
    pytest.param(
        OWN + TEST + "self._go()\n\n\nclass TestB(TestA):\n    def _go(self):\n        return 1\n",
        {},
        id="a derived class has another",
    ),
    pytest.param(
        OWN + TEST + "self._go()\n",
        {
            "tests/test_b.py": "from tests.test_a import TestA\n\n\nclass TestB(TestA):\n    def _go(self):\n"
            "        return 1\n"
        },
        id="a derived class elsewhere has another",
    ),
    pytest.param(
        "from tests.setting import Setting\n\n\n" + OWN.replace("TestA", "TestA(Setting)") + TEST + "self._go()\n",
        {"tests/setting.py": "class Setting:\n    def setup_method(self):\n        self._go = print\n"},
        id="the set-up of a base class sets it",
    ),
    pytest.param(
        OWN + TEST + "self._go()\n",
        {
            "tests/conftest.py": "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef plain(request):\n"
            "    request.instance._go = print\n"
        },
        id="a fixture of a conftest sets it",
    ),
]


@pytest.mark.parametrize(("text", "more"), REFUSED)
@pytest.mark.parametrize("start", STARTS)
def test_a_method_that_may_be_another_one_is_refused(start: str, text: str, more: dict[str, str]) -> None:
    result = check_noop(codemod, {**FILES, **more, "tests/test_a.py": start + text})
    assert {site.code for site in result.sites} == {"AM112"}


HELD = "import unittest\n\n\nclass Base(unittest.IsolatedAsyncioTestCase):\n{}"
CALLED = "from base import Base\n\n\nclass TestIt(Base):\n{}    async def test_it(self):\n        {}self.ready()\n"
READY = "    async def ready(self):\n        return 1\n\n"
ABOVE = [
    pytest.param("    def setUp(self):\n        self.ready = int\n", READY, id="set in a set-up"),
    pytest.param(
        "    def setUp(self):\n        for each in dir(self):\n            setattr(self, each, int)\n", READY,
        id="set by any name",
    ),
    pytest.param("    def __init_subclass__(cls):\n        cls.ready = int\n", READY, id="set on the class"),
    pytest.param("    def __getattribute__(self, name):\n        return int\n", READY, id="found in another way"),
    pytest.param(
        READY + "    def setUp(self):\n        setattr(self, 'ready', int)\n", "", id="set for an inherited method"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("base", "own"), ABOVE)
def test_what_a_base_class_sets_comes_before_a_method(base: str, own: str) -> None:
    check_noop(codemod, {"base.py": HELD.format(base), "tests/test_it.py": CALLED.format(own, "")})


def test_what_else_a_base_class_sets_is_no_matter() -> None:
    base = HELD.format("    def setUp(self):\n        self.size = 1\n")
    before, after = CALLED.format(READY, ""), CALLED.format(READY, "await ")
    check_transformed(codemod, {"base.py": base, "tests/test_it.py": before}, {"tests/test_it.py": after})


OTHERWISE = [
    pytest.param("    for ready in (int,):\n        pass\n\n", "self", id="the class binds the name again"),
    pytest.param("    @staticmethod\n", "self=1", id="self of a static method"),
]


@pytest.mark.parametrize(("before", "parameter"), OTHERWISE)
def test_another_thing_of_that_name_is_left_alone(before: str, parameter: str) -> None:
    text = f"class TestIt:\n{READY}{before}    async def test_it({parameter}):\n        self.ready()\n"
    check_noop(codemod, {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "tests/test_it.py": text})


def test_a_mangled_name_is_left_alone() -> None:
    text = "class TestIt:\n    async def __ready(self):\n        return 1\n\n    async def test_it(self):\n"
    files = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "tests/test_it.py": text + "        self.__ready()\n"}
    check_noop(codemod, files)
