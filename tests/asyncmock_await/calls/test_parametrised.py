"""Doubles that `pytest.mark.parametrize` gives to a test."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

PATH = "tests/test_orders.py"
IMPORTS = """\
import pytest
from unittest.mock import AsyncMock, MagicMock


"""
TEST = "async def test_it(m):\n    "


def file_with(text: str) -> str:
    return IMPORTS + text


REWRITTEN = [
    pytest.param(
        '@pytest.mark.parametrize("m", [AsyncMock(), AsyncMock(return_value=1)])\n' + TEST, "m.get(1)", "\n",
        id="a double in each set",
    ),
    pytest.param(
        '@pytest.mark.parametrize(("m", "size"), [(AsyncMock(), 1), pytest.param(AsyncMock(), 2, id="two")], '
        'ids=["a", "b"])\nasync def test_it(m, size):\n    assert ', "m()", " == size\n",
        id="a double beside another value",
    ),
    pytest.param(
        'class TestIt:\n    @pytest.mark.parametrize("m", (AsyncMock(),))\n    async def test_it(self, m):\n        ',
        "m.get(1)", "\n", id="in a class",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call", "after"), REWRITTEN)
def test_a_lost_call_of_a_parameter_is_awaited(before: str, call: str, after: str) -> None:
    check_transformed(codemod, file_with(before + call + after), file_with(before + "await " + call + after), path=PATH)


LEFT_ALONE = [
    pytest.param('@pytest.mark.parametrize("m", [MagicMock()])\n' + TEST + "m.get()\n", id="a sync mock"),
    pytest.param(
        '@pytest.mark.parametrize("m", [AsyncMock(get=MagicMock())])\n' + TEST + "m.get()\n", id="a sync member"
    ),
    pytest.param('@pytest.mark.parametrize("m", [AsyncMock(), {}])\n' + TEST + "m.get(1)\n", id="another value"),
    pytest.param(
        '@pytest.mark.parametrize("m", [AsyncMock()], indirect=True)\n' + TEST + "m.get(1)\n"
        "", id="what a fixture gets"
    ),
    pytest.param(
        '@pytest.mark.parametrize("size", [1, 2])\n@pytest.mark.parametrize("m", [AsyncMock()])\n'
        "async def test_it(m, size):\n    m.get(1)\n    m.get = print\n",
        id="a double that several runs share",
    ),
    pytest.param(
        'class TestIt:\n    @pytest.mark.parametrize("m", [AsyncMock()])\n    async def test_it(self, m):\n'
        "        m.get(1)\n        m.get = print\n",
        id="a double that a derived class may run again with",
    ),
    pytest.param(
        'pytestmark = pytest.mark.parametrize("size", [1, 2])\n\n\n@pytest.mark.parametrize("m", [AsyncMock()])\n'
        "async def test_it(m, size):\n    m.get(1)\n    m.get = print\n",
        id="a double that the module runs several times with",
    ),
    pytest.param(
        'VALUES = [AsyncMock()]\n\n\n@pytest.mark.parametrize("m", VALUES)\n' + TEST + "m.get(1)\n",
        id="values that are named",
    ),
    pytest.param(
        '@pytest.mark.parametrize("m", [AsyncMock()])\n' + TEST + "m.get = print\n    m.get(1)\n",
        id="a member that the test sets",
    ),
    pytest.param(
        '@pytest.fixture(autouse=True)\ndef ready(m):\n    m.get = MagicMock()\n\n\n'
        '@pytest.mark.parametrize("m", [AsyncMock()])\n' + TEST + "m.get(1)\n",
        id="a member that a fixture sets",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_parameter_that_may_be_something_else_is_left_alone(text: str) -> None:
    check_noop(codemod, file_with(text), path=PATH)


def test_a_parameter_that_is_a_double_in_some_sets_only_is_not_certain() -> None:
    text = file_with('@pytest.mark.parametrize("m", [AsyncMock(), MagicMock()])\n' + TEST + "m.get(1)\n")
    check_noop(codemod, text, path=PATH)


def test_a_parameter_that_a_fixture_of_a_conftest_changes_is_not_certain() -> None:
    conftest = IMPORTS + "@pytest.fixture\ndef ready(m):\n    m.get = MagicMock()\n"
    text = file_with('@pytest.mark.usefixtures("ready")\n@pytest.mark.parametrize("m", [AsyncMock()])\n' + TEST)
    check_noop(codemod, {"tests/conftest.py": conftest, PATH: text + "m.get(1)\n"})
