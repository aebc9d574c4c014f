"""What may have become something else is never awaited: fixtures, set-ups, decorators."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop

PATH = "tests/test_orders.py"
IMPORTS = """\
import asyncio
import inspect
import pytest
import unittest
import warnings
from contextlib import ExitStack
from types import SimpleNamespace
from unittest import mock
from unittest.mock import AsyncMock, MagicMock, Mock, patch
from shop import mail
from tests import doubles
"""
PROJECT = {
    "shop/__init__.py": "",
    "shop/mail.py": "async def send():\n    pass\n",
    "tests/__init__.py": "",
    "tests/doubles.py": "def setup(m):\n    m.save = print\n",
    "tests/base.py": """\
import unittest
from unittest.mock import MagicMock


class Base(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.db = MagicMock()

    def prepare(self):
        self.db = MagicMock()
""",
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
}
LEFT_ALONE = [
    pytest.param(
"""\
async def test_it(mp):
    m = AsyncMock()
    mp.setattr(m, "save", print)
    m.save()
""",
        id='set by a parameter like monkeypatch',
    ),
    pytest.param(
"""\
async def test_it(monkeypatch):
    m = AsyncMock()
    with monkeypatch.context() as mp:
        mp.setattr(m, "save", print)
        m.save()
""",
        id='set in a context of monkeypatch',
    ),
    pytest.param(
"""\
async def test_it(session_mocker):
    m = AsyncMock()
    session_mocker.patch.object(m, "save", print)
    m.save()
""",
        id='patched by the session mocker',
    ),
    pytest.param(
"""\
@pytest.fixture
def db():
    return AsyncMock()


async def test_it(db):
    def change():
        db.save = print
    change()
    db.save()
""",
        id='fixture nested',
    ),
    pytest.param(
"""\
class TestIt(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.db = AsyncMock()

    async def test_it(self):
        def change():
            self.db.save = print
        change()
        self.db.save()
""",
        id='self nested',
    ),
    pytest.param(
"""\
@patch("shop.mail.send", new_callable=AsyncMock)
async def test_it(db):
    def change():
        db.save = print
    change()
    db.save()
""",
        id='injected nested',
    ),
    pytest.param(
"""\
@patch("shop.mail.send", new_callable=AsyncMock, save=MagicMock())
async def test_it(db):
    db.save()
""",
        id='injected configured',
    ),
    pytest.param(
"""\
from tests.base import Base


class TestIt(Base):
    def setUp(self):
        self.db = AsyncMock()

    async def test_it(self):
        self.prepare()
        self.db.save()
""",
        id='inherited method',
    ),
    pytest.param(
"""\
from tests.base import Base


class TestIt(Base):
    def setUp(self):
        self.db = AsyncMock()
        self.prepare()

    async def test_it(self):
        self.db.save()
""",
        id='inherited method in setup',
    ),
    pytest.param(
"""\
from tests.base import Base


class TestIt(Base):
    def setUp(self):
        self.db = AsyncMock()
        super().setUp()

    async def test_it(self):
        self.db.save()
""",
        id='super setup last',
    ),
    pytest.param(
"""\
class TestIt:
    def prepare(self):
        self.db = MagicMock()

    async def test_it(self):
        self.db = AsyncMock()
        self.prepare()
        self.db.save()
""",
        id='own method after own assignment',
    ),
    pytest.param(
"""\
class TestIt:
    @classmethod
    def setup_class(cls):
        cls.db = AsyncMock()

    async def test_a(self):
        self.db.save = MagicMock()

    async def test_b(self):
        self.db.save()
""",
        id='setup_class shared',
    ),
    pytest.param(
"""\
class TestA:
    def setup_method(self):
        self.db = AsyncMock()

    async def test_a(self):
        self.db.save()


class TestB(TestA):
    def setup_method(self):
        self.db = MagicMock()
""",
        id='subclass',
    ),
    pytest.param(
"""\
@pytest.fixture
def db():
    return AsyncMock()


class TestIt:
    @pytest.fixture
    def db(self):
        return []

    async def test_it(self, db):
        db.append(1)
""",
        id='class fixture overrides',
    ),
    pytest.param(
"""\
@pytest.fixture
def db():
    return AsyncMock()


@pytest.fixture
def db():
    return []


async def test_it(db):
    db.append(1)
""",
        id='fixture twice',
    ),
    pytest.param(
"""\
@pytest.fixture
def db():
    return AsyncMock()


@pytest.fixture(name="db")
def other():
    return []


async def test_it(db):
    db.append(1)
""",
        id='fixture named',
    ),
    pytest.param(
"""\
@pytest.fixture
def db():
    return AsyncMock()


class TestIt:
    @pytest.fixture(autouse=True)
    def ready(self, db):
        db.add = MagicMock()

    async def test_it(self, db):
        db.add(1)
""",
        id='class fixture changes',
    ),
    pytest.param(
"""\
@pytest.fixture
def db():
    return AsyncMock()


@pytest.fixture(params=[1, 2])
def ready(db, request):
    db.add = MagicMock()
    return 1


async def test_it(db, ready):
    db.add(1)
""",
        id='params fixture changes',
    ),
    pytest.param(
"""\
@pytest.fixture(scope="module")
def db():
    return AsyncMock()


async def test_a(db):
    db.add = MagicMock()
    db.add(1)


async def test_it(db):
    db.add(1)
""",
        id='module scope',
    ),
    pytest.param(
"""\
@pytest.fixture
def db():
    return AsyncMock()


@pytest.mark.parametrize("db", [[]])
class TestIt:
    async def test_it(self, db):
        db.append(1)
""",
        id='class parametrize',
    ),
    pytest.param(
"""\
pytestmark = pytest.mark.parametrize("db", [[]])


@pytest.fixture
def db():
    return AsyncMock()


async def test_it(db):
    db.append(1)
""",
        id='pytestmark parametrize',
    ),
    pytest.param(
"""\
pytestmark: object = pytest.mark.parametrize("db", [[]])


@pytest.fixture
def db():
    return AsyncMock()


async def test_it(db):
    db.append(1)
""",
        id='pytestmark parametrize with a type',
    ),
    pytest.param(
"""\
def pytest_generate_tests(metafunc):
    metafunc.parametrize("db", [[]])


@pytest.fixture
def db():
    return AsyncMock()


async def test_it(db):
    db.append(1)
""",
        id='generate_tests',
    ),
    pytest.param(
"""\
def given(function):
    async def run():
        await function([])
    return run


@pytest.fixture
def db():
    return AsyncMock()


@given
async def test_it(db):
    db.append(1)
""",
        id='unknown decorator',
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_double_or_function_that_may_be_another_one_is_left_alone(text: str) -> None:
    check_noop(codemod, {**PROJECT, PATH: IMPORTS + "\n\n" + text})
