"""Calls that may be lost, by the text: which of them are arguments that somebody may await."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.calls.text.lost import lost_calls
from codemods.testing import check_noop, check_transformed

SERVICE = {"shop.py": "class Service:\n    async def run(self):\n        return 1\n"}
TEST = """import unittest
from asyncio import gather
from shop import Service


class TestIt(unittest.IsolatedAsyncioTestCase):
    async def test_a(self):
        service = Service()
        {before}(
            1,
            {call},
        )
"""

HANDED = [
    pytest.param("    await gather(\n        m.save(),\n    )\n", id="the first argument"),
    pytest.param("    await asyncio.gather(\n        one(),\n        m.save(),\n    )\n", id="a later argument"),
    pytest.param(
        "    x = [wait(\n        1,\n        m.save(2),\n        timeout=3,\n    )]\n", id="within something else"
    ),
]
KEPT = [
    pytest.param("    m.save()\n", id="a statement"),
    pytest.param("    x = 1,\n    m.save()\n", id="after a tuple"),
    pytest.param(
        "    with patch(\n        'a'):\n        m.save()\n", id="the body of a block that begins in two lines"
    ),
    pytest.param("    self.assertEqual(\n        1,\n        m.save(),\n    )\n", id="an argument of an assertion"),
    pytest.param("    assert 1 == len(\n        m.save(),\n    )\n", id="an argument of what only reads"),
    pytest.param("    return(\n        m.save()\n    )\n", id="a word of the language"),
    pytest.param("    x = [\n        m.save(),\n    ]\n", id="an item of a list"),
    pytest.param("    gather(\n        1,\n            m.save(),\n    )\n", id="an indentation of its own"),
    pytest.param("    gather(  # both\n        m.save(),\n    )\n", id="behind a comment"),
]


def handed(text: str) -> list[bool]:
    return [each.handed for each in lost_calls(b"def test_a():\n" + text.encode()).calls if each.rest == ".save"]


@pytest.mark.parametrize("text", HANDED)
def test_an_argument_on_a_line_of_its_own_is_handed_on(text: str) -> None:
    assert handed(text) == [True]


@pytest.mark.parametrize("text", KEPT)
def test_anything_else_may_be_lost(text: str) -> None:
    assert handed(text) == [False]


def test_at_the_beginning_of_a_file_nothing_is_handed_on() -> None:
    assert [each.handed for each in lost_calls(b"1,\n m.save()\n").calls] == [False]


def test_a_later_argument_of_an_assertion_gets_its_await() -> None:
    before, after = (
        TEST.format(before="self.assertEqual", call=call) for call in ("service.run()", "await service.run()")
    )
    check_transformed(codemod, {**SERVICE, "tests/test_a.py": before}, {"tests/test_a.py": after})


def test_an_argument_of_a_call_that_awaits_it_gets_none() -> None:
    check_noop(codemod, {**SERVICE, "tests/test_a.py": TEST.format(before="await gather", call="service.run()")})
