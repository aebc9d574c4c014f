"""Patches by the source alone: `new_callable=AsyncMock` goes where the target surely is a sync function (AM203)."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

ORDERS = """\
import functools


class Base:
    def close(self) -> None: ...

    async def load(self): ...


class Db(Base):
    limit = 3

    def add(self, number) -> None: ...

    @property
    def size(self) -> int: ...

    class Inner:
        def drop(self) -> None: ...


class Open(Unknown, Base):
    def late(self) -> None: ...


class Twice:
    def add(self) -> None: ...
    def add(self) -> int: ...


class Derived(Db, Base): ...


class Left(Base): ...


class Right(Base):
    async def close(self): ...


class Diamond(Left, Right): ...


class Same(Left, Db): ...


class Beside(Left, Unknown): ...


class Other(Base):
    close = None


class Further(Other): ...


class Hidden(Left, Further): ...


class First(object):
    def go(self) -> None: ...


def save(db) -> None: ...


async def fetch(): ...


def made(): return fetch()


@functools.wraps(fetch)
def decorated() -> None: ...


db = Db()
"""
HEAD = "from unittest.mock import AsyncMock, patch\n\nfrom app import orders\nfrom app.orders import Db\n\n"


def tree(patch: str) -> dict[str, str]:
    return {"app/__init__.py": "", "app/orders.py": ORDERS, "tests/test_orders.py": f"{HEAD}p = {patch}\nAsyncMock\n"}


SYNC = [
    pytest.param("patch('app.orders.save', new_callable=AsyncMock)", id="a function"),
    pytest.param("patch('app.orders.Db.add', new_callable=AsyncMock)", id="a method"),
    pytest.param("patch('app.orders.Db.close', new_callable=AsyncMock)", id="a method of a base class"),
    pytest.param("patch('app.orders.First.go', new_callable=AsyncMock)", id="below object"),
    pytest.param("patch('app.orders.Open.late', new_callable=AsyncMock)", id="a method of its own, whatever its bases"),
    pytest.param("patch('app.orders.Derived.add', new_callable=AsyncMock)", id="of the first of several bases"),
    pytest.param("patch('app.orders.Same.close', new_callable=AsyncMock)", id="the same by both bases"),
    pytest.param("patch('app.orders.Beside.close', new_callable=AsyncMock)", id="beside another library's class"),
    pytest.param("patch.object(orders, 'save', new_callable=AsyncMock)", id="of a module"),
    pytest.param("patch.object(Db, 'add', new_callable=AsyncMock)", id="of a class"),
    pytest.param("patch.object(orders.Db, 'close', new_callable=AsyncMock)", id="of a class by its module"),
]


@pytest.mark.parametrize("patch", SYNC)
def test_a_sync_function_needs_no_async_mock(patch: str) -> None:
    before = tree(patch)
    after = before["tests/test_orders.py"].replace(", new_callable=AsyncMock", "")
    result = check_transformed(codemod, before, {"tests/test_orders.py": after})
    assert [(site.decision, site.code) for site in result.sites if site.kind == "double"] == [("rewritten", "AM203")]


OPEN = [
    pytest.param("patch('app.orders.Diamond.close', new_callable=AsyncMock)", id="async in the second base"),
    pytest.param("patch('app.orders.Hidden.close', new_callable=AsyncMock)", id="another name in a base of the second"),
    pytest.param("patch('app.orders.fetch', new_callable=AsyncMock)", id="an async function"),
    pytest.param("patch('app.orders.Db.load', new_callable=AsyncMock)", id="an async method"),
    pytest.param("patch('app.orders.made', new_callable=AsyncMock)", id="a function that returns something"),
    pytest.param("patch('app.orders.decorated', new_callable=AsyncMock)", id="a decorated function"),
    pytest.param("patch('app.orders.Db.limit', new_callable=AsyncMock)", id="another name of a class"),
    pytest.param("patch('app.orders.Db.size', new_callable=AsyncMock)", id="a property"),
    pytest.param("patch('app.orders.Db.missing', new_callable=AsyncMock)", id="a method that isn't there"),
    pytest.param("patch('app.orders.Db.Inner.drop', new_callable=AsyncMock)", id="a class in a class"),
    pytest.param("patch('app.orders.Open.close', new_callable=AsyncMock)", id="bases that are not all known"),
    pytest.param("patch('app.orders.Open.missing', new_callable=AsyncMock)", id="not in the bases that are known"),
    pytest.param("patch('app.orders.Twice.add', new_callable=AsyncMock)", id="a method that is defined twice"),
    pytest.param("patch('app.orders.db', new_callable=AsyncMock)", id="an object"),
    pytest.param("patch('app.orders.db.add', new_callable=AsyncMock)", id="a method of an object"),
    pytest.param("patch('app.orders', new_callable=AsyncMock)", id="a module"),
    pytest.param("patch('save', new_callable=AsyncMock)", id="a target without a module"),
    pytest.param("patch(target, new_callable=AsyncMock)", id="a target that is no text"),
    pytest.param("patch(3, new_callable=AsyncMock)", id="a number"),
    pytest.param("patch(new_callable=AsyncMock)", id="no target"),
    pytest.param("patch('elsewhere.save', new_callable=AsyncMock)", id="another library's"),
    pytest.param("patch.object(made(), 'save', new_callable=AsyncMock)", id="an object that is made there"),
    pytest.param("patch.object(orders, name, new_callable=AsyncMock)", id="an attribute that is no text"),
    pytest.param("patch.object(orders, new_callable=AsyncMock)", id="no attribute"),
    pytest.param("patch('app.orders.save', new_callable=Other)", id="another class"),
    pytest.param("patch('app.orders.save', AsyncMock())", id="a double that is given"),
]


@pytest.mark.parametrize("patch", OPEN)
def test_what_is_no_sync_function_for_sure_is_left(patch: str) -> None:
    assert [site for site in check_noop(codemod, tree(patch)).sites if site.kind == "double"] == []


RESULTS = [
    pytest.param("-> None: ...", True, id="None"),
    pytest.param("-> 'int': ...", True, id="a text"),
    pytest.param("-> int | None: ...", True, id="a union"),
    pytest.param("-> Optional[str]: ...", True, id="Optional"),
    pytest.param("-> typing.Union[int, str]: ...", True, id="Union"),
    pytest.param("-> dict[str, Any]: ...", True, id="a container"),
    pytest.param("-> Any: ...", False, id="anything"),
    pytest.param("-> 'int |': ...", False, id="a text that is no annotation"),
    pytest.param("-> int | Awaitable[int]: ...", False, id="a union with an awaitable"),
    pytest.param("-> Awaitable[int]: ...", False, id="an awaitable"),
    pytest.param(": ...", True, id="no return"),
    pytest.param(":\n    return", True, id="a return without a value"),
    pytest.param(":\n    if db:\n        return db", False, id="a return in a block"),
    pytest.param(":\n    if db:\n        return\n    return True", True, id="a constant"),
    pytest.param(":\n    return f'{db}' if db else [db]", True, id="a text or a list"),
    pytest.param(":\n    return not db or {'db': db}", True, id="a truth value or a dict"),
    pytest.param(":\n    return [db for _ in 'ab']", True, id="a list that is worked out"),
    pytest.param(":\n    return 1 if db else db", False, id="a constant or anything"),
    pytest.param(":\n    return db or 1", False, id="anything or a constant"),
    pytest.param(":\n    return -db", False, id="what an operator gives"),
    pytest.param(":\n    return (x for x in db)", False, id="a generator that is worked out"),
    pytest.param(":\n    yield db", False, id="a generator"),
    pytest.param(":\n    def inner():\n        return db\n    inner()", True, id="a return of an inner function"),
]


@pytest.mark.parametrize(("rest", "plain"), RESULTS)
def test_what_a_function_gives_is_told_by_its_annotation_or_its_returns(rest: str, plain: bool) -> None:
    files = tree("patch('app.orders.save', new_callable=AsyncMock)")
    files["app/orders.py"] = f"def save(db){rest}\n"
    files["tests/test_orders.py"] = files["tests/test_orders.py"].replace("from app.orders import Db\n", "")
    after = files["tests/test_orders.py"].replace(", new_callable=AsyncMock", "")
    check_transformed(codemod, files, {"tests/test_orders.py": after} if plain else {})


def test_a_function_that_is_defined_twice_is_left() -> None:
    files = tree("patch('app.orders.save', new_callable=AsyncMock)")
    files["app/orders.py"] += "if db:\n    async def save(db) -> int: ...\n"
    check_noop(codemod, files)


def test_a_function_that_another_module_exports_is_followed() -> None:
    files = tree("patch('app.save', new_callable=AsyncMock)")
    files["app/__init__.py"] = "from app.orders import save\n"
    after = files["tests/test_orders.py"].replace(", new_callable=AsyncMock", "")
    check_transformed(codemod, files, {"tests/test_orders.py": after})


def test_a_function_that_stands_in_for_a_missing_library_is_left() -> None:
    files = tree("patch('app.save', new_callable=AsyncMock)")
    files["app/__init__.py"] = "try:\n    from fast import save\nexcept ImportError:\n    from app.orders import save\n"
    check_noop(codemod, files)


SLOW = [
    pytest.param(
        "    with patch('app.orders.save', new_callable=AsyncMock) as p:\n        p.side_effect = slow\n", id="assigned"
    ),
    pytest.param("    patch('app.orders.save', new_callable=AsyncMock, side_effect=slow)\n", id="given"),
]


@pytest.mark.parametrize("body", SLOW)
def test_a_sync_mock_would_give_the_coroutine_of_the_side_effect(body: str) -> None:
    files = tree("None")
    files["tests/test_orders.py"] += f"\n\nasync def slow(db): ...\n\n\ndef test_one():\n{body}"
    [site] = [site for site in check_noop(codemod, files).sites if site.kind == "double"]
    assert (site.decision, site.code) == ("refused", "AM294")


READ = "    with patch('app.orders.save', new_callable=AsyncMock)"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"{READ} as p:\n        p.assert_not_awaited()\n", id="by its name"),
        pytest.param(f"{READ}:\n        assert not orders.save.await_count\n", id="by the target"),
    ],
)
def test_a_sync_mock_can_not_be_asked_for_its_awaits(body: str) -> None:
    files = tree("None")
    files["tests/test_orders.py"] += f"\n\ndef test_one():\n{body}"
    [site] = [site for site in check_noop(codemod, files).sites if site.kind == "double"]
    assert (site.decision, site.code) == ("refused", "AM294")
