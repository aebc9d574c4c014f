"""Mocks that raise once a lost coroutine runs: an `await` may fail a test that passes, so that none is written."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.calls.module.effects import may_raise
from codemods.testing import check_noop, check_transformed

AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}
HEAD = """import asyncio
import pytest
from unittest.mock import AsyncMock, MagicMock, patch

LATER = OSError()


def boom():
    raise OSError


def fine():
    return 1


class Boom(Exception):
    pass


async def test_a(given):
"""

RAISES = [
    pytest.param("m = AsyncMock(side_effect=OSError)\nm()", id="a class"),
    pytest.param("m = AsyncMock(side_effect=Boom('x'))\nm()", id="an instance"),
    pytest.param("m = AsyncMock(side_effect=asyncio.TimeoutError)\nm()", id="a class of a module"),
    pytest.param("m = AsyncMock(side_effect=LATER)\nm()", id="an instance of the module"),
    pytest.param("m = AsyncMock(side_effect=given)\nm()", id="a parameter"),
    pytest.param("m = AsyncMock(side_effect=boom)\nm()", id="a function that raises"),
    pytest.param("m = AsyncMock(side_effect=lambda: pytest.fail('x'))\nm()", id="a lambda that fails"),
    pytest.param("def bad():\n    raise Boom\nm = AsyncMock(side_effect=lambda: bad())\nm()", id="calls it"),
    pytest.param("error = OSError()\nm = AsyncMock()\nm.side_effect = error\nm()", id="a name"),
    pytest.param("m = AsyncMock()\nm.get.side_effect = [OSError]\nm.get()", id="a list of a member"),
    pytest.param("m = AsyncMock()\nm.get.side_effect = [*given]\nm.get()", id="a list that takes another one"),
    pytest.param("m = AsyncMock()\nm.get.side_effect = []\nm.get()", id="an empty list"),
    pytest.param("m = AsyncMock()\nm.get.side_effect = iter([1])\nm.get()", id="something unknown"),
    pytest.param("m = AsyncMock()\nm.get.side_effect = OSError if given else None\nm.get()", id="one of two"),
    pytest.param("m = AsyncMock()\nif given:\n    m.get.side_effect = OSError\nm.get()", id="on one path"),
    pytest.param("m = AsyncMock()\nm.configure_mock(**{'get.side_effect': OSError})\nm.get()", id="configure_mock"),
    pytest.param("m = AsyncMock(**{'get.side_effect': OSError})\nm.get()", id="a mapping"),
    pytest.param("m = AsyncMock()\nsetattr(m, 'side_effect', OSError)\nm()", id="setattr"),
    pytest.param("inner = AsyncMock(side_effect=OSError)\nm = AsyncMock(side_effect=inner)\nm()", id="another mock"),
    pytest.param("m = AsyncMock(side_effect=[1, 2])\nfor _ in given:\n    m()", id="a list in a loop"),
    pytest.param("m = AsyncMock()\ngiven.db = m\ngiven.db.get.side_effect = OSError\nm.get()", id="by another way"),
    pytest.param("m = AsyncMock(side_effect=OSError)\nassert m()", id="a value"),
    pytest.param("def fail(x):\n    x.side_effect = OSError\nm = AsyncMock()\nfail(m)\nm()", id="by a helper"),
    pytest.param("m = AsyncMock(side_effect=[1])\nawait given.use(m)\nm()", id="a list that others take from"),
    pytest.param("m = AsyncMock(side_effect=OSError)\ntry:\n    m()\nexcept OSError:\n    given.no()", id="told apart"),
    pytest.param(
        "m = AsyncMock(side_effect=OSError)\nwith pytest.raises(OSError, match='b'):\n    m()\n    given()", id="text"
    ),
    pytest.param("m = AsyncMock(side_effect=OSError)\ntry:\n    m()\nexcept KeyError:\n    pass", id="another handler"),
    pytest.param("with patch('x.y', new_callable=AsyncMock, side_effect=OSError) as m:\n    m()", id="a patch"),
]  # fmt: skip


def _test(body: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize("body", RAISES)
def test_what_may_raise_gets_no_await(body: str) -> None:
    check_noop(codemod, {**AUTO, "test_a.py": _test(body)})


IS_FINE = [
    pytest.param("m = AsyncMock(side_effect=fine)\n{}m()", id="a function that returns"),
    pytest.param("def own():\n    return 1\nm = AsyncMock(side_effect=own)\n{}m()", id="a function within the test"),
    pytest.param("m = AsyncMock(side_effect=lambda: 1)\n{}m()", id="a lambda"),
    pytest.param("m = AsyncMock(side_effect=MagicMock())\n{}m()", id="another mock"),
    pytest.param("items = [1, 2]\nm = AsyncMock(side_effect=items)\n{}m()", id="a list by a name"),
    pytest.param("m = AsyncMock(side_effect=[1, {{}}, MagicMock()])\nawait m()\n{}m()", id="a list that goes on"),
    pytest.param("m = AsyncMock(side_effect=OSError)\nm.side_effect = None\n{}m()", id="taken back"),
    pytest.param("m = AsyncMock(side_effect=OSError)\n{}m.get()", id="a member of it"),
    pytest.param("m = AsyncMock()\nm.put.side_effect = OSError\n{}m.get()", id="another member"),
    pytest.param("m = AsyncMock(side_effect=Boom)\nwith pytest.raises(Boom):\n    {}m()", id="raises"),
    pytest.param("m = AsyncMock(side_effect=given)\nwith pytest.raises(Boom):\n    {}m()", id="raises what is given"),
    pytest.param("m = AsyncMock(side_effect=Boom)\ntry:\n    {}m()\nexcept:\n    pass", id="a handler of all"),
    pytest.param("m = AsyncMock(side_effect=Boom)\ntry:\n    {}m()\nexcept (OSError, Boom):\n    pass", id="handled"),
    pytest.param("m = AsyncMock(side_effect=KeyError)\ntry:\n    {}m()\nexcept LookupError:\n    pass", id="by a base"),
]  # fmt: skip


@pytest.mark.parametrize("body", IS_FINE)
def test_what_raises_nothing_or_what_is_expected_gets_an_await(body: str) -> None:
    before, after = (_test(body.format(word)) for word in ("", "await "))
    check_transformed(codemod, {**AUTO, "test_a.py": before}, {"test_a.py": after})


GIVEN = [
    pytest.param("return AsyncMock(side_effect=OSError)", "db()", id="itself"),
    pytest.param("db = AsyncMock()\n    db.get.side_effect = OSError\n    return db", "db.get()", id="a member"),
]


@pytest.mark.parametrize(("body", "call"), GIVEN)
def test_a_fixture_of_a_conftest_may_raise(body: str, call: str) -> None:
    conftest = f"import pytest\nfrom unittest.mock import AsyncMock\n\n\n@pytest.fixture\ndef db():\n    {body}\n"
    test = "import pytest\nfrom unittest.mock import AsyncMock\n\n\nasync def test_a(db):\n    {}" + call + "\n"
    expected = "import pytest\n\n\nasync def test_a(db):\n    with pytest.raises(OSError):\n        {}" + call + "\n"
    check_noop(codemod, {**AUTO, "conftest.py": conftest, "test_a.py": test.format("")})
    check_transformed(
        codemod,
        {**AUTO, "conftest.py": conftest, "test_a.py": expected.format("")},
        {"test_a.py": expected.format("await ")},
    )


def test_another_fixture_may_have_it_raise() -> None:
    conftest = """import pytest
from unittest.mock import AsyncMock


@pytest.fixture
def db():
    return AsyncMock()


@pytest.fixture(autouse=True)
def broken(db):
    db.get.side_effect = OSError
"""
    check_noop(codemod, {**AUTO, "conftest.py": conftest, "test_a.py": "async def test_a(db):\n    db.get()\n"})


TEXTS = [
    pytest.param("ValueError('x')", True, id="an instance"),
    pytest.param("[1, OSError]  # twice", True, id="a list"),
    pytest.param("[", True, id="cut off"),
    pytest.param("lambda _: iter(()).throw(OSError)", True, id="a lambda that throws"),
    pytest.param("lambda _: (", False, id="a lambda that is cut off"),
    pytest.param("[1, 2]", False, id="a list of values"),
    pytest.param("make_it()", False, id="a call"),
    pytest.param("stub", False, id="a function"),
]


@pytest.mark.parametrize(("text", "raises"), TEXTS)
def test_the_text_of_a_side_effect_tells_whether_it_may_raise(text: str, raises: bool) -> None:
    assert may_raise(text) is raises


BEHIND = """import pytest
from unittest.mock import AsyncMock


@pytest.fixture
async def db():
    db = AsyncMock()
    yield db
    {}db.close()


async def test_a(db):
    {}
"""


def test_a_test_may_have_it_raise_behind_the_yield_of_a_fixture() -> None:
    check_noop(codemod, {**AUTO, "test_a.py": BEHIND.format("", "db.close.side_effect = OSError")})
    check_transformed(
        codemod,
        {**AUTO, "test_a.py": BEHIND.format("", "assert db")},
        {"test_a.py": BEHIND.format("await ", "assert db")},
    )
