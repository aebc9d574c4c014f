"""Doubles that are made anew whenever a test asks: by a factory that a fixture gives, or by a context manager."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

TEST = "tests/test_orders.py"
IMPORTS = """\
from contextlib import asynccontextmanager, contextmanager

import pytest
from unittest.mock import AsyncMock, MagicMock, patch

from tests.entered import far_client


"""
PROJECT = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "tests/__init__.py": "",
    "tests/entered.py": """\
import contextlib
from unittest.mock import AsyncMock, MagicMock


@contextlib.asynccontextmanager
async def far_client():
    client = AsyncMock()
    client.url = MagicMock()
    try:
        yield client
    finally:
        await client.stop()
""",
    "tests/conftest.py": """\
import pytest
from unittest.mock import AsyncMock, MagicMock


@pytest.fixture
def make_far():
    made = []

    def make(url="/"):
        client = AsyncMock()
        client.url = MagicMock(return_value=url)
        made.append(client)
        return client

    yield make
    made.clear()


@pytest.fixture
def make_sync():
    def make():
        return MagicMock()

    return make


@pytest.fixture
def double():
    return AsyncMock()
""",
}
FACTORY = """\
@pytest.fixture
def make_client():
    def make(kind=None):
        client = AsyncMock()
        client.url = MagicMock()
        return client

    return make


"""
MANAGER = """\
@contextmanager
def client():
    made = AsyncMock()
    made.url = MagicMock()
    yield made


"""


def file_with(text: str) -> str:
    return IMPORTS + text


REWRITTEN = [
    pytest.param(
        FACTORY + "async def test_it(make_client):\n    client = make_client()\n    ", "client.get(1)", "\n",
        id="a factory of the module",
    ),
    pytest.param(
        FACTORY + "async def test_it(make_client):\n    assert ", "make_client().get(1)", "\n"
        "", id="what it makes, at once"
    ),
    pytest.param(
        FACTORY + "class TestIt:\n    async def test_it(self, make_client):\n        client = make_client()\n"
        "        ",
        "client.get(1)", "\n", id="in a class",
    ),
    pytest.param(
        "async def test_it(make_far):\n    client = make_far('x')\n    client.url()\n    ", "client.get(1)", "\n",
        id="a factory of conftest.py",
    ),
    pytest.param(
        MANAGER + "async def test_it():\n    with client() as c:\n        c.url()\n        ", "c.get(1)", "\n",
        id="a context manager",
    ),
    pytest.param(
        "async def test_it():\n    async with far_client() as c:\n        ", "c.get(1)", "\n",
        id="an async context manager of another module",
    ),
    pytest.param(
        "class TestIt:\n    @contextmanager\n    def client(self):\n        yield AsyncMock()\n\n"
        "    async def test_it(self):\n        with self.client() as c:\n            ", "c.get(1)", "\n",
        id="a context manager of the class",
    ),
    pytest.param(
        "@contextmanager\ndef client():\n    with patch('shop.Client', new_callable=AsyncMock) as made:\n"
        "        yield made\n\n\nasync def test_it():\n    with client() as c:\n        ", "c.get(1)", "\n",
        id="a context manager that patches",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call", "after"), REWRITTEN)
def test_a_lost_call_of_a_double_that_is_made_on_request_is_awaited(before: str, call: str, after: str) -> None:
    check_transformed(
        codemod,
        {**PROJECT, TEST: file_with(before + call + after)},
        {TEST: file_with(before + "await " + call + after)},
    )


LEFT_ALONE = [
    pytest.param(FACTORY + "async def test_it(make_client):\n    make_client().url()\n", id="a sync member"),
    pytest.param("async def test_it(make_sync):\n    client = make_sync()\n    client.get()\n", id="a sync mock"),
    pytest.param("async def test_it(make_far):\n    make_far()\n", id="the factory itself is sync"),
    pytest.param(
        FACTORY + "async def test_it(make_client):\n    client = make_client()\n    client.get = print\n"
        "    client.get(1)\n",
        id="a member that the test sets",
    ),
    pytest.param(
        FACTORY + "async def test_it(make_client):\n    one = make_client()\n    one.get = AsyncMock()\n"
        "    two = make_client()\n    one.url = AsyncMock()\n    two.url(1)\n",
        id="a member that the test sets on another one",
    ),
    pytest.param(
        FACTORY + "@pytest.mark.parametrize('make_client', [dict])\nasync def test_it(make_client):\n"
        "    client = make_client()\n    client.keys()\n",
        id="a parameter of that name",
    ),
    pytest.param(
        FACTORY + "class TestIt:\n    @pytest.fixture\n    def make_client(self):\n        return dict\n\n"
        "    async def test_it(self, make_client):\n        client = make_client()\n        client.keys()\n",
        id="a fixture of the class in its place",
    ),
    pytest.param(
        "@pytest.fixture\ndef make():\n    def made(kind):\n        return kind() if kind else AsyncMock()\n\n"
        "    return made\n\n\nasync def test_it(make):\n    client = make(dict)\n    client.keys()\n",
        id="a factory that makes what it is told to",
    ),
    pytest.param(
        "@pytest.fixture\ndef make():\n    def made():\n        return AsyncMock()\n\n    made = dict\n"
        "    return made\n\n\n"
        "async def test_it(make):\n    client = make()\n    client.keys()\n",
        id="a name that stands for another function",
    ),
    pytest.param(
        "def plain(function):\n    return dict\n\n\n@pytest.fixture\ndef make():\n    @plain\n    def made():\n"
        "        return AsyncMock()\n\n    return made\n\n\nasync def test_it(make):\n    client = make()\n"
        "    client.keys()\n",
        id="a factory that is decorated",
    ),
    pytest.param(
        "@pytest.fixture\ndef make():\n    def made():\n        yield AsyncMock()\n\n    return made\n\n\n"
        "async def test_it(make):\n    for client in make():\n        client.keys = print\n        client.keys()\n",
        id="a factory that is a generator",
    ),
    pytest.param(
        "@pytest.fixture\ndef make():\n    client = AsyncMock()\n\n    def made():\n        return client\n\n"
        "    client.get = print\n    return made\n\n\nasync def test_it(make):\n    client = make()\n"
        "    client.get()\n",
        id="a factory that gives the same one each time",
    ),
    pytest.param(
        MANAGER + "async def test_it():\n    with client() as c:\n        c.url()\n", id="a sync member of it",
    ),
    pytest.param(
        "@contextmanager\ndef client():\n    made = AsyncMock()\n    yield made\n    made.get = print\n\n\n"
        "async def test_it():\n    with client() as c:\n        pass\n    c.get()\n",
        id="a context manager that changes it in the end",
    ),
    pytest.param(
        "def contextmanager(function):\n    return lambda: open(__file__)\n\n\n@contextmanager\ndef client():\n"
        "    yield AsyncMock()\n\n\nasync def test_it():\n    with client() as c:\n        c.read()\n",
        id="a decorator of another kind",
    ),
    pytest.param(
        "@contextmanager\ndef client(slow):\n    if slow:\n        yield AsyncMock()\n    else:\n"
        "        yield MagicMock()\n\n\n"
        "async def test_it():\n    with client(False) as c:\n        c.get()\n",
        id="a context manager that gives one or the other",
    ),
    pytest.param(
        MANAGER + "async def test_it():\n    with client() as c:\n        c.get = print\n        c.get(1)\n",
        id="a member of it that the test sets",
    ),
    pytest.param(
        "class TestIt:\n    @contextmanager\n    def client(self):\n        yield AsyncMock()\n\n\n"
        "class TestThat(TestIt):\n    @contextmanager\n    def client(self):\n        yield MagicMock()\n\n"
        "    async def test_that(self):\n        with self.client() as c:\n            c.get(1)\n",
        id="a context manager of a class that derives from another",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_may_be_made_in_another_way_is_left_alone(text: str) -> None:
    check_noop(codemod, {**PROJECT, TEST: file_with(text)})


@pytest.mark.parametrize("place", [TEST, "tests/test_others.py"], ids=["in the module", "in another module"])
def test_what_a_method_gives_is_not_certain_where_a_derived_class_has_another(place: str) -> None:
    base = file_with(
        "class TestIt:\n    def _make(self):\n        return AsyncMock()\n\n"
        "    @contextmanager\n    def client(self):\n        yield AsyncMock()\n\n"
        "    async def test_a(self):\n        made = self._make()\n        made.save()\n\n"
        "    async def test_b(self):\n        with self.client() as made:\n            made.save()\n"
    )
    derived = (
        "\n\nclass TestThat(TestIt):\n    def _make(self):\n        return MagicMock()\n\n"
        "    @contextmanager\n    def client(self):\n        yield MagicMock()\n"
    )
    others = {} if place == TEST else {place: file_with("from tests.test_orders import TestIt\n" + derived)}
    check_noop(codemod, {**PROJECT, TEST: base + (derived if place == TEST else ""), **others})
