"""AsyncMocks in attributes of real objects: what the class of the object keeps is called there."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_orders.py"
SHOP = """from abc import ABC

from somewhere import Base


class Orders(ABC):
    limit = 3
    far = Elsewhere()

    def __init__(self, db=None):
        self.db = db

    @property
    def client(self):
        return len

    async def save(self, order):
        return order

    def count(self) -> int:
        return 1

    def part(self):
        return self


class Ledger(Orders):
    pass


class Derived(Base):
    pass


class Sealed(Orders):
    def __setattr__(self, name, value):
        pass


@registered
class Registered:
    def close(self):
        pass


def make_orders():
    return Orders()


def change(orders):
    orders.db = {}
"""
HEAD = """import asyncio
import pytest
from unittest.mock import AsyncMock, MagicMock, patch

from shop import Derived, Ledger, Orders, Registered, Sealed, change, make_orders


"""
FILES = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "shop.py": SHOP}


def module(text: str) -> str:
    return HEAD + "async def test_it():\n" + "".join(f"    {line}\n" for line in text.splitlines())


REWRITTEN = [
    pytest.param("o = Orders()\no.db = AsyncMock()", "o.db.commit()", id="a member"),
    pytest.param("o = Orders()\no._db = AsyncMock()", "o._db()", id="an attribute that the class doesn't name"),
    pytest.param("o = Ledger()\no.save = AsyncMock()", "o.save()", id="a method of a base class"),
    pytest.param("o = Orders()\nsetattr(o, 'db', AsyncMock())", "o.db.commit()", id="by setattr"),
    pytest.param("db = AsyncMock()\no = Orders()\no.db = db", "o.db.commit()", id="a double with a name"),
    pytest.param("o = Orders()\no.db = AsyncMock()\ndb = o.db", "db.commit()", id="by a name for the attribute"),
    pytest.param(
        "o = Orders()\no.db = AsyncMock()\nawait o.db.begin()", "o.db.commit()", id="behind another call of it"
    ),
    pytest.param(
        "o, p = Orders(), Ledger()\no.db = AsyncMock()\np.count()",
        "o.db.commit()",
        id="behind a call of another object",
    ),
    pytest.param("o = Orders()\no.count()\no.db = AsyncMock()", "o.db.commit()", id="behind a call before it was set"),
    pytest.param(
        "o = Orders()\nif o.limit:\n    o.db = AsyncMock()\nelse:\n    o.db = AsyncMock()\no.db = AsyncMock()",
        "o.db.commit()",
        id="set again",
    ),
]


@pytest.mark.parametrize(("before", "call"), REWRITTEN)
def test_what_an_object_keeps_is_awaited(before: str, call: str) -> None:
    old, new = (module(f"{before}\n{word}{call}") for word in ("", "await "))
    check_transformed(codemod, {**FILES, TEST: old}, {TEST: new})


def test_a_patch_puts_it_there_for_a_while() -> None:
    text = "o = Orders()\nwith patch.object(o, 'db', new=AsyncMock()):\n    {}o.db.commit()\no.db.commit()"
    check_transformed(codemod, {**FILES, TEST: module(text.format(""))}, {TEST: module(text.format("await "))})


REFUSED = [
    pytest.param("o = Orders()\no.client = AsyncMock()\no.client.get()", "AM112", id="a property"),
    pytest.param("o = Ledger()\no.client = AsyncMock()\no.client.get()", "AM112", id="a property of a base class"),
    pytest.param("o = Orders()\no.far = AsyncMock()\no.far.get()", "AM112", id="a name of the class, whatever it is"),
    pytest.param("o = Sealed()\no.db = AsyncMock()\no.db.get()", "AM112", id="a class that sets attributes itself"),
    pytest.param("o = Derived()\no.db = AsyncMock()\no.db.get()", "AM112", id="a base class from outside"),
    pytest.param("o = Registered()\no.db = AsyncMock()\no.db.get()", "AM112", id="a decorated class"),
    pytest.param("o = make_orders()\no.db = AsyncMock()\no.db.get()", "AM112", id="what a function gives"),
    pytest.param(
        "o = Orders()\no.count = AsyncMock()\no.count()", "AM115", id="a method that is no coroutine function"
    ),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_what_an_object_need_not_keep_is_refused(text: str, code: str) -> None:
    [site] = check_noop(codemod, {**FILES, TEST: module(text)}).sites
    assert (site.decision, site.code) == ("refused", code)


LEFT = [
    pytest.param("o = Orders()\no.db = AsyncMock()\no.part()\no.db.get()", id="a method of it has run"),
    pytest.param("o = Orders()\no.db = AsyncMock()\no.part().db = 1\no.db.get()", id="another way to it"),
    pytest.param("o = Orders()\no.db = AsyncMock()\np = o.part\np()\no.db.get()", id="a method by a name"),
    pytest.param(
        "o = Orders()\no.db = AsyncMock()\nm = MagicMock(side_effect=o.part)\nm()\no.db.get()",
        id="a method as an effect",
    ),
    pytest.param(
        "o = Orders()\nt = asyncio.create_task(o.save(1))\no.db = AsyncMock()\nawait t\no.db.get()",
        id="a task that began before",
    ),
    pytest.param("o = Orders()\nc = o.save(1)\no.db = AsyncMock()\nawait c\no.db.get()", id="awaited afterwards"),
    pytest.param("o = Orders()\no.db = AsyncMock()\nchange(o)\no.db.get()", id="handed on"),
    pytest.param("o = Orders()\nheld = [o]\no.db = AsyncMock()\nheld[0].db = 1\no.db.get()", id="in a list"),
    pytest.param("o = Orders()\no.db = AsyncMock()\nq = o\nq.db = 1\no.db.get()", id="by another name"),
    pytest.param("o = Orders()\no.db = AsyncMock()\nif o.limit:\n    o.db = 1\no.db.get()", id="on one path only"),
    pytest.param("o = Orders()\no.db = AsyncMock()\nfor n in range(2):\n    o.db = 1\no.db.get()", id="in a loop"),
    pytest.param(
        "o = Orders()\no.db = AsyncMock()\nfor n in range(2):\n    o.db.get()\n    o.part()", id="in the next round"
    ),
    pytest.param("o = Orders()\no.db = AsyncMock()\ndel o.db\no.db.get()", id="deleted"),
    pytest.param("o = Orders()\no.db = AsyncMock()\no.__dict__['db'] = 1\no.db.get()", id="by its __dict__"),
    pytest.param("o = Orders()\no.db = AsyncMock()\nvars(o)['db'] = 1\no.db.get()", id="by its vars"),
    pytest.param("o = Orders()\nfor n in 'ab':\n    setattr(o, n, AsyncMock())\no.db.get()", id="by an unknown name"),
]


@pytest.mark.parametrize("text", LEFT)
def test_what_may_have_been_set_again_is_left_alone(text: str) -> None:
    check_noop(codemod, {**FILES, TEST: module(text)})


def test_what_is_awaited_on_an_object_is_right() -> None:
    [site] = check_noop(codemod, {**FILES, TEST: module("o = Orders()\no.db = AsyncMock()\nawait o.db.get()")}).sites
    assert site.decision == "right"


def test_a_sync_mock_that_is_put_there_is_not_awaited() -> None:
    old, new = (
        module(f"o = Orders()\no.db = MagicMock()\nx = AsyncMock()\n{word}o.db.get()") for word in ("await ", "")
    )
    check_transformed(codemod, {**FILES, TEST: old}, {TEST: new})
