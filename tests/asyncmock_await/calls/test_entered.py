"""What a `with` or `async with` gives of an instance: the instance, where its class says so."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

SHOP = """class Store:
    async def save(self, order):
        return order


class Base:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *problem):
        return None


"""
TEST = "tests/test_it.py"
FILES = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n", "tests/__init__.py": ""}


def files_with(entering: str, statement: str = "async with", lost: str = "orders.save(1)") -> dict[str, str]:
    """A project with a class whose body is `entering`, and a test that enters an instance, and calls a method of it."""
    body = "".join(f"    {line}\n" if line else "\n" for line in entering.splitlines())
    shop = f"{SHOP}class Orders({'Base, ' if entering == 'pass' else ''}Store):\n{body}"
    test = f"from shop import Orders\n\n\nasync def test_it():\n    {statement} Orders() as orders:\n        {lost}\n"
    return {**FILES, "shop.py": shop, TEST: test}


SELF = "async def __aenter__(self):\n    return self\n"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(files_with(SELF), id="__aenter__ gives the object"),
        pytest.param(files_with(SELF, lost="assert orders.save(1) == 1"), id="its value"),
        pytest.param(files_with("pass"), id="an __aenter__ that is inherited"),
        pytest.param(files_with("def __enter__(self):\n    return self\n", "with"), id="__enter__ gives the object"),
        pytest.param(files_with(SELF + "\ndef __enter__(self):\n    return self\n"), id="both give it"),
        pytest.param(
            files_with("async def __aenter__(me):\n    if me.open:\n        return me\n    return me\n"),
            id="more than one return, and another name of the object",
        ),
    ],
)
def test_an_instance_that_is_entered_is_itself(files: dict[str, str]) -> None:
    check_transformed(codemod, files, {TEST: files[TEST].replace("orders.save", "await orders.save")})


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(files_with("async def __aenter__(self):\n    return Other()\n"), id="it gives something else"),
        pytest.param(
            files_with("async def __aenter__(self):\n    if self.open:\n        return None\n    return self\n"),
            id="it gives something else on one path",
        ),
        pytest.param(
            files_with("async def __aenter__(self):\n    if self.open:\n        return self\n"),
            id="it gives nothing on one path",
        ),
        pytest.param(
            files_with("async def __aenter__(self):\n    self = Other()\n    return self\n"),
            id="its first parameter becomes something else",
        ),
        pytest.param(files_with("@opened\n" + SELF), id="a decorator may change what it gives"),
        pytest.param(files_with("def __enter__(self):\n    yield\n    return self\n", "with"), id="it is a generator"),
        pytest.param(
            files_with(SELF + "\ndef __enter__(self):\n    return Other()\n"), id="the other one gives something else"
        ),
        pytest.param(files_with("__aenter__ = opened\n"), id="it is no method"),
        pytest.param(files_with("async def __aexit__(self, *problem):\n    pass\n"), id="there is none"),
    ],
)
def test_where_it_may_be_something_else_it_is_left_alone(files: dict[str, str]) -> None:
    check_noop(codemod, files)


def test_an_await_that_is_there_stays() -> None:
    check_noop(codemod, files_with(SELF, lost="await orders.save(1)"))
