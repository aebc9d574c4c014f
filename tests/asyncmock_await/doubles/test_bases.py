"""Methods that a class inherits: which base is the first to have one, by the order in which Python looks."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

BASES = """import abc
import typing as t
from typing import Generic, Protocol, TypeVar

from elsewhere import Foreign

T = TypeVar("T")


class Store:
    async def save(self, order):
        return order


class Plain:
    def load(self):
        return []


class Sync:
    def save(self, order):
        return order


class Later(Store):
    def save(self, order):
        return order


class Reads(Store):
    def load(self):
        return []


class Of(Generic[T]):
    async def save(self, order):
        return order


class Chooses:
    def __class_getitem__(cls, item):
        return Sync

    async def save(self, order):
        return order


class Changed:
    save = Sync.save


"""
TEST = "tests/test_it.py"
FILES = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "tests/__init__.py": ""}


def files_with(bases: str, awaiting: str = "") -> dict[str, str]:
    """A project with a class of some bases, and a test that calls a method of an instance."""
    test = f"from shop import Orders\n\n\nasync def test_it():\n    orders = Orders()\n    {awaiting}orders.save(1)\n"
    return {**FILES, "shop.py": f"{BASES}class Orders({bases}):\n    pass\n", TEST: test}


@pytest.mark.parametrize(
    "bases",
    [
        pytest.param("Store", id="the one base"),
        pytest.param("Plain, Store", id="a base further right"),
        pytest.param("Generic[T], Store", id="behind Generic"),
        pytest.param(
            "t.Generic[T], Plain, Store", id="behind Generic by its module, and a base that has no such method"
        ),
        pytest.param("Protocol, Store", id="behind Protocol"),
        pytest.param("abc.ABC, Store", id="behind ABC"),
        pytest.param("Of[int]", id="a base with a subscript"),
        pytest.param("Store, Sync", id="before a base that has another"),
        pytest.param("Store, Foreign", id="before a base that is not the project's"),
        pytest.param("Reads, Store", id="a diamond in which nothing else comes before"),
    ],
)
def test_a_method_is_that_of_the_first_base_that_has_one(bases: str) -> None:
    after = files_with(bases, awaiting="await ")[TEST]

    check_transformed(codemod, files_with(bases), {TEST: after})


@pytest.mark.parametrize(
    "bases",
    [
        pytest.param("Sync, Store", id="a base before has a sync one"),
        pytest.param("Changed, Store", id="a base before binds the name to something else"),
        pytest.param("Foreign, Store", id="a base before is not the project's"),
        pytest.param("Missing, Store", id="a base before is nowhere"),
        pytest.param("Foreign[T], Store", id="a base before is not the project's and has a subscript"),
        pytest.param("Chooses[int]", id="a subscript that gives another class"),
        pytest.param("Reads, Later", id="a diamond in which a sync one comes before"),
        pytest.param("make(Store)", id="a base that a call makes"),
    ],
)
def test_where_another_base_may_have_one_it_is_not_told(bases: str) -> None:
    check_noop(codemod, files_with(bases))


def test_a_namesake_of_a_plain_base_counts() -> None:
    files = files_with("Generic, Store")
    shop = files["shop.py"].replace("from typing import Generic, Protocol, TypeVar", "from elsewhere import Generic")

    check_noop(codemod, {**files, "shop.py": shop.replace("class Of(Generic[T])", "class Of")})
