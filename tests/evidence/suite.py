"""A suite with everything that tests do with mocks and coroutines, good and bad: written to a folder, to be run."""

from __future__ import annotations

import re
from pathlib import Path

PRODUCTION = """
import asyncio


class Repository:
    async def load(self, key): ...
    def close(self): ...

    @property
    def size(self):
        return 1


class Nested:
    class Inner:
        async def go(self): ...


async def serve(): ...


def plain(): ...


def main():
    asyncio.run(serve())


async def use(repository):
    result = await repository.load("x")
    rows = result.scalars().all()
    repository.close()
    return rows


def forgets(client):
    client.send("x")
    serve()
    return 1
"""

CONFTEST = """
import gc
from unittest.mock import AsyncMock

import pytest

at_import = AsyncMock()

# When garbage is collected depends on how much was allocated, with and without a recorder.
gc.disable()


@pytest.fixture(autouse=True)
def collected():
    yield
    gc.collect()


@pytest.fixture
def client():
    client = AsyncMock()
    client.url = "x"
    yield client
    client.disconnect()


@pytest.fixture(scope="session")
def shared():
    return AsyncMock()


@pytest.fixture
def broken():
    raise RuntimeError("set-up")


@pytest.fixture
def breaks_later():
    yield
    raise RuntimeError("tear-down")
"""

TESTS = """
import asyncio
import threading
import unittest
import warnings
from unittest import mock
from unittest.mock import AsyncMock, MagicMock, Mock, create_autospec, patch

import anyio
import pytest

import production


@pytest.mark.asyncio
async def test_too_wide(client):
    await client.load()
    client.close()
    with pytest.raises(AttributeError):
        await production.use(client)


@pytest.mark.anyio
async def test_anyio(client):
    await client.load()
    await anyio.sleep(0)
    client.forgotten()


@pytest.mark.parametrize("number", [1, 2, 3], ids=["one", "two", "three"])
def test_parameters(client, number):
    production.forgets(client)
    assert number != 2, client.called()


@patch("production.asyncio.run")
@patch("production.serve")
def test_implicit(serve, run):
    production.main()
    run.assert_called_once()


@patch.object(production, "serve", new_callable=AsyncMock)
class TestDecorated:
    def test_first(self, serve):
        serve()

    def test_second(self, serve):
        pass


@patch.multiple(production, serve=mock.DEFAULT, plain=mock.DEFAULT)
def test_multiple(**doubles):
    doubles["plain"]()
    doubles["serve"]()


def test_as_context():
    with patch("production.plain", new_callable=AsyncMock) as plain:
        production.plain()
    with patch("production.plain", AsyncMock()):
        production.plain()
    with patch("production.Repository", autospec=True) as made:
        made().load("x")
        made().close()


def test_started():
    patcher = patch.object(production.Repository, "load", autospec=True)
    load = patcher.start()
    try:
        production.Repository().load("x")
    finally:
        patcher.stop()
    with patch.dict("os.environ", {"A": "b"}):
        pass


def test_pytest_mock(mocker, shared):
    mocker.patch("production.serve")
    production.serve()
    mocker.patch.object(production, "plain")
    production.plain()
    mocker.async_stub("stub")()
    mocker.create_autospec(production.Repository)().load("x")
    shared()


@pytest.mark.xfail(strict=True)
def test_expected():
    assert AsyncMock()() == 1


@pytest.mark.xfail
def test_unexpected():
    AsyncMock()()


@pytest.mark.skip
def test_skipped():
    AsyncMock()()


def test_error(broken): ...


def test_error_later(client, breaks_later):
    client.quit()


def test_warning_is_seen():
    with pytest.warns(RuntimeWarning, match=r"^coroutine 'AsyncMockMixin._execute_mock_call' was never awaited$"):
        AsyncMock()()
    with pytest.warns(RuntimeWarning, match=r"^coroutine 'serve' was never awaited$"):
        production.serve()


def test_warning_has_its_place():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        AsyncMock()()
        production.serve()
    assert [(item.filename, item.lineno) for item in seen] == [(__file__, LINE), (__file__, LINE + 1)]


LINE = test_warning_has_its_place.__code__.co_firstlineno + 3


@pytest.mark.filterwarnings("error")
def test_warning_is_an_error():
    AsyncMock()()
    production.serve()


def warns_of_its_caller():
    warnings.warn("from a side effect", UserWarning, stacklevel=5)


@pytest.mark.filterwarnings("always")
def test_stacklevel():
    with pytest.warns(UserWarning) as seen:
        MagicMock(side_effect=warns_of_its_caller)()
    assert seen[0].filename == __file__


@pytest.mark.asyncio
async def test_stacklevel_of_coroutines():
    with pytest.warns(UserWarning) as seen:
        await AsyncMock(side_effect=lambda: warnings.warn("x", UserWarning, stacklevel=3))()
    assert seen[0].filename == __file__


@pytest.mark.asyncio
async def test_closed_and_cancelled():
    double = AsyncMock(side_effect=lambda: asyncio.sleep(10))
    double().close()

    async def forever():
        await asyncio.Event().wait()

    task = asyncio.create_task(AsyncMock(side_effect=forever)())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.asyncio
async def test_failure_inside():
    await AsyncMock(side_effect=ValueError("inside"))()


def test_thread():
    double = AsyncMock()
    thread = threading.Thread(target=lambda: (double(), production.serve()) and None)
    thread.start()
    thread.join()


def test_never_called():
    double = create_autospec(production.serve)
    double()
    with pytest.raises(TypeError):
        double(1)
    with pytest.raises(AssertionError):
        AsyncMock().assert_awaited()


def test_kept():
    global kept
    kept = AsyncMock()()


class TestPlain(unittest.TestCase):
    def setUp(self):
        self.client = AsyncMock(spec=production.Repository)

    async def test_never_runs(self):
        assert False

    @patch("production.plain")
    async def test_never_runs_either(self, plain):
        assert False

    def test_runs(self):
        self.client.load("x")
        self.client.close()
        for number in (1, 2):
            with self.subTest(number=number):
                self.assertNotEqual(number, 2)


class TestIsolated(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = AsyncMock(spec=production.Repository)
        await self.client.load("x")

    async def test_inside(self):
        self.client.load("x")
        production.serve()
        async with MagicMock() as entered:
            entered.query()
"""


def write(folder: Path) -> None:
    """Write the suite."""
    for name, text in {"production.py": PRODUCTION, "conftest.py": CONFTEST, "test_all.py": TESTS}.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nmarkers = anyio\n", encoding="utf-8"
    )


def comparable(output: str) -> list[str]:
    """The lines of pytest's output without times, addresses, and what the recorder adds at the end."""
    lines = [line for line in output.splitlines() if not line.startswith("codemods evidence:")]
    return [re.sub(r"0x[0-9a-f]+|\d+\.\d+s|id='\d+'", "_", line) for line in lines]
