"""Doubles of a function that functions within it read: followed where nothing within or around may change them."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

PATH = "tests/test_orders.py"
IMPORTS = """\
import asyncio
import pytest
from unittest.mock import AsyncMock, MagicMock, patch


"""


def file_with(text: str) -> str:
    return IMPORTS + text


REWRITTEN = [
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        ", "m.save()", "\n\n"
        "    await inner()\n",
        id="a double of the test",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        assert ", "m()", "\n\n"
        "    await asyncio.gather(inner(), inner())\n    configure(1)\n",
        id="the double itself, as a value, beside other calls",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n    m.get = AsyncMock(return_value=1)\n\n    async def inner():\n"
        "        ", "m.get()", "\n\n    await inner()\n",
        id="a member that is set before the function is there",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        async def deep():\n"
        "            ",
        "m.save()", "\n\n        await deep()\n\n    await inner()\n",
        id="a function within a function",
    ),
    pytest.param(
        "async def test_it():\n    spy = AsyncMock()\n\n    class Worker:\n        async def run(self):\n"
        "            ",
        "spy(self)", "\n\n    await Worker().run()\n",
        id="a method of a class within the test",
    ),
    pytest.param(
        "@pytest.fixture\ndef db():\n    return AsyncMock()\n\n\nasync def test_it(db):\n    async def inner():\n"
        "        ", "db.save()", "\n\n    await inner()\n",
        id="a double of a fixture",
    ),
    pytest.param(
        '@patch("shop.send", new_callable=AsyncMock)\nasync def test_it(send):\n    async def inner():\n        ',
        "send()", "\n\n    await inner()\n",
        id="a double of a patch",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        return await m.get()\n\n"
        "    await inner()\n    ", "m.save()", "\n",
        id="a double of which a function within awaits a call",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call", "after"), REWRITTEN)
def test_a_lost_call_in_a_function_within_is_awaited(before: str, call: str, after: str) -> None:
    check_transformed(codemod, file_with(before + call + after), file_with(before + "await " + call + after), path=PATH)


INNER = "\n    async def inner():\n        m.save()\n\n    await inner()\n"
LEFT_ALONE = [
    pytest.param("async def test_it():\n    m = MagicMock()\n" + INNER, id="a sync mock"),
    pytest.param("async def test_it():\n    m = AsyncMock()\n    m.save = print\n" + INNER, id="a sync member"),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        m.save()\n\n"
        "    m.save = print\n"
        "    await inner()\n",
        id="a member that is set later",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        m.save()\n\n"
        "    m = MagicMock()\n"
        "    await inner()\n",
        id="a name that is bound anew later",
    ),
    pytest.param(
        "async def test_it():\n    async def inner():\n        m.save()\n\n    m = AsyncMock()\n    m.save = print\n"
        "    await inner()\n    m.save = AsyncMock()\n\n    def other():\n        return 1\n",
        id="a member that is set again before another function is there",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner(m):\n        m.save()\n\n"
        "    await inner(MagicMock())\n",
        id="a parameter of that name",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        m = MagicMock()\n"
        "        m.save()\n\n"
        "    await inner()\n",
        id="a name of the inner function itself",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def change():\n        m.save = print\n" + INNER,
        id="a member that another inner function sets",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    def change():\n        nonlocal m\n"
        "        m = MagicMock()\n\n"
        "    async def inner():\n        m.save()\n\n    change()\n    await inner()\n",
        id="a name that another inner function binds",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    def given():\n        return m\n\n    def change(n=m):\n"
        "        n.save = print\n\n    async def inner():\n        m.save()\n\n    change()\n    await inner()\n",
        id="a double that is a default",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n    held = []\n\n    def given():\n        return m\n\n"
        "    def change():\n        held[0].save = print\n\n    held.append(given())\n    change()\n    m.save()\n",
        id="a double that an inner function gives",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n    held = [m]\n\n    def change():\n"
        "        held[0].save = print\n\n"
        "    async def inner():\n        m.save()\n\n    change()\n    await inner()\n",
        id="a double that is in a list, too",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n    configure(m)\n" + INNER, id="a double that is set up",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        m.save()\n\n"
        "    with pytest.warns(RuntimeWarning):\n        await inner()\n        import gc\n        gc.collect()\n",
        id="a warning that the test expects",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        m.save()\n\n    await inner()\n"
        "    m.save.assert_not_awaited()\n",
        id="a test that says that nothing is awaited",
    ),
    pytest.param(
        "async def test_it():\n    m = AsyncMock()\n\n    async def inner():\n        return m.save()\n\n"
        "    await (await inner())\n",
        id="a coroutine that the inner function gives",
    ),
    pytest.param(
        "async def test_it():\n    for kind in (AsyncMock, MagicMock):\n        m = kind()\n\n"
        "        async def inner():\n            m.save()\n\n        await inner()\n",
        id="a double of another kind in each round",
    ),
    pytest.param(
        "def configured(kind):\n    return kind\n\n\nasync def test_it():\n    m = MagicMock()\n"
        "    m.get = AsyncMock()\n\n"
        "    def change():\n        r = m.open()\n        r.close = AsyncMock()\n\n    change()\n"
        "    await m.open().close()\n",
        id="a result that an inner function sets up",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_double_that_may_be_another_one_within_is_left_alone(text: str) -> None:
    check_noop(codemod, file_with(text), path=PATH)
