"""The text of a function tells whether it calls a double: never too little."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.calls.candidates import calls_doubles

CALLING = [
    pytest.param("m = AsyncMock()\n m.save()", id="assigned"),
    pytest.param("m = (\n  AsyncMock()\n )\n m.save()", id="in brackets"),
    pytest.param("m = \\\n  AsyncMock()\n m.save()", id="on the next line"),
    pytest.param("m: AsyncMock = AsyncMock()\n m.save()", id="annotated"),
    pytest.param("m, n = AsyncMock(), 1\n m.save()", id="one of several"),
    pytest.param("m = AsyncMock(); n = m; n.save()", id="in one line"),
    pytest.param("if (m := AsyncMock()):\n  m.save()", id="in a condition"),
    pytest.param("m = x or AsyncMock()\n m.save()", id="chosen"),
    pytest.param("AsyncMock().save()", id="without a name"),
    pytest.param("AsyncMock(\n  return_value=1,\n )()", id="without a name over several lines"),
    pytest.param("m = AsyncMock()\n x = (m\n  .save())", id="the call over several lines"),
    pytest.param("m = AsyncMock()\n m.save ()", id="with a space"),
    pytest.param("with patch('a.b', AsyncMock()) as m:\n  m.save()", id="put in place by a patch"),
    pytest.param("with patch('a.b') as m:\n  m.save = AsyncMock()\n  m.save()", id="what a patch makes"),
    pytest.param("self.m = AsyncMock()\n self.m.save()", id="an attribute"),
]


@pytest.mark.parametrize("text", CALLING)
def test_a_double_is_called(text: str) -> None:
    assert calls_doubles(b"def test_it():\n " + text.encode() + b"\n", (), ())


def test_a_double_that_goes_to_the_code_under_test_is_not_called() -> None:
    assert not calls_doubles(b"\n m = AsyncMock()\n Service(m).run()\n m.save.assert_called_once()\n", (), ())
