"""Awaits of what can't be awaited (AM105), and assertions that count calls instead of awaits (AM106, on request)."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

PATH = "tests/test_orders.py"
PROJECT = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "shop/__init__.py": "",
    "shop/orders.py": "class Orders:\n    async def save(self): ...\n\n    def count(self) -> int:\n        return 1\n",
}
IMPORTS = """\
import asyncio
import pytest
from unittest.mock import AsyncMock, MagicMock

from shop.orders import Orders


"""
REQUESTED = {"requested": ("AM106",)}


def body(text: str, head: str = "async def test_it():") -> str:
    return IMPORTS + head + "\n" + "".join(f"    {line}\n" for line in text.splitlines())


UNAWAITED = [
    pytest.param("m = AsyncMock()\nm.add = MagicMock()\nawait m.add(1)", "await m.add(1)", id="a member that is sync"),
    pytest.param("a = AsyncMock()\nm = MagicMock()\nx = await m.get(1)", "await m.get(1)", id="a sync mock"),
    pytest.param("m = AsyncMock(spec=Orders)\nawait m.count()", "await m.count()", id="a sync method of a spec"),
    pytest.param(
        "m = MagicMock()\nx = await m.get(1)", "await m.get(1)", id="a sync mock without an AsyncMock beside it"
    ),
    pytest.param(
        "m = MagicMock()\nm.add = 1\nawait m.add()\nawait m.get()", "await m.get()", id="beside a member that is set"
    ),
]


@pytest.mark.parametrize(("text", "call"), UNAWAITED)
def test_an_await_of_a_sync_mock_goes(text: str, call: str) -> None:
    new = text.replace(call, call.removeprefix("await "))
    check_transformed(codemod, {**PROJECT, PATH: body(text)}, {PATH: body(new)})


AWAITED = [
    pytest.param("m = AsyncMock()\nawait m.get(1)", id="an AsyncMock"),
    pytest.param(
        "a = AsyncMock()\nm = MagicMock()\nm.get.return_value = asyncio.sleep(0)\nawait m.get(1)",
        id="a sync mock that gives a coroutine",
    ),
    pytest.param(
        "a = AsyncMock()\nm = MagicMock(side_effect=asyncio.sleep)\nawait m(0)", id="a sync mock that calls a function"
    ),
    pytest.param(
        "a = AsyncMock()\nm = MagicMock()\nwith pytest.raises(TypeError):\n    await m.get(1)", id="it is to fail"
    ),
    pytest.param(
        "a = AsyncMock()\nm = MagicMock()\ntry:\n    await m.get(1)\nexcept TypeError:\n    pass", id="it may fail"
    ),
    pytest.param(
        "m = AsyncMock(spec=Orders)\nm.count.return_value = asyncio.sleep(0)\nawait m.count()",
        id="a sync method of a spec that gives a coroutine",
    ),
    pytest.param("m = AsyncMock(spec=Orders)\nawait m.save()", id="a coroutine function of a spec"),
]


@pytest.mark.parametrize("text", AWAITED)
def test_an_await_of_what_can_be_awaited_stays(text: str) -> None:
    check_noop(codemod, {**PROJECT, PATH: body(text)})


ASSERTED = [
    pytest.param("assert_called()", "assert_awaited()", id="at all"),
    pytest.param("assert_called_once()", "assert_awaited_once()", id="once"),
    pytest.param("assert_called_with(1)", "assert_awaited_with(1)", id="with arguments"),
    pytest.param("assert_called_once_with(1)", "assert_awaited_once_with(1)", id="once with arguments"),
    pytest.param("assert_any_call(1)", "assert_any_await(1)", id="any"),
    pytest.param("assert_has_calls([])", "assert_has_awaits([])", id="several"),
]


@pytest.mark.parametrize(("old", "new"), ASSERTED)
def test_an_assertion_on_what_the_test_awaits_counts_awaits(old: str, new: str) -> None:
    text = "m = AsyncMock()\nawait m.get(1)\nm.get."
    check_transformed(codemod, {**PROJECT, PATH: body(text + old)}, {PATH: body(text + new)}, config=REQUESTED)


def test_an_assertion_follows_the_await_that_is_written_in_the_same_run() -> None:
    old = "m = AsyncMock()\nm.get(1)\nm.get.assert_called_once()"
    new = "m = AsyncMock()\nawait m.get(1)\nm.get.assert_awaited_once()"
    check_transformed(codemod, {**PROJECT, PATH: body(old)}, {PATH: body(new)}, config=REQUESTED)


def test_an_assertion_follows_a_sync_test_that_becomes_async() -> None:
    old = body("m = AsyncMock()\nm.get(1)\nm.get.assert_called_once()", "def test_it():")
    new = body("m = AsyncMock()\nawait m.get(1)\nm.get.assert_awaited_once()")
    check_transformed(codemod, {**PROJECT, PATH: old}, {PATH: new}, config=REQUESTED)


COUNTED = [
    pytest.param("m = AsyncMock()\nm.get.assert_called_once()", id="nothing says that it is awaited"),
    pytest.param("a = AsyncMock()\nm = MagicMock()\nm.get(1)\nm.get.assert_called_once()", id="a sync mock"),
    pytest.param("m = AsyncMock()\nawait m.get(1)\nm.set.assert_called_once()", id="another member"),
    pytest.param(
        "m = AsyncMock()\ntask = asyncio.create_task(m.get(1))\nm.get.assert_called_once()", id="it is handed on"
    ),
    pytest.param(
        "m = AsyncMock()\nawait m.get(1)\nwith pytest.raises(AssertionError):\n    m.get.assert_called_with(2)",
        id="it is to fail",
    ),
    pytest.param("m = AsyncMock()\nawait m.get(1)\nm.set.assert_not_called()", id="nothing was called"),
]


@pytest.mark.parametrize("text", COUNTED)
def test_an_assertion_on_anything_else_stays(text: str) -> None:
    check_noop(codemod, {**PROJECT, PATH: body(text)}, config=REQUESTED)


def test_assertions_stay_unless_their_rewrite_is_requested() -> None:
    result = check_noop(codemod, {**PROJECT, PATH: body("m = AsyncMock()\nawait m.get(1)\nm.get.assert_called()")})

    assert {site.kind for site in result.sites if "m.get" in site.name} == {"mock call"}
