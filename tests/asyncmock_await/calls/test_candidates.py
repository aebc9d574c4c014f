"""The text of a function, or of a module, tells whether it calls a double: never too little."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.calls.module.scan import holds_place
from codemods.asyncmock_await.calls.text.candidates import calls_doubles
from codemods.asyncmock_await.calls.text.places import doubles_in, values_assigned

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
    body = b"def test_it():\n " + text.encode() + b"\n"
    assert calls_doubles(body, (), ())


def test_a_double_that_goes_to_the_code_under_test_is_not_called() -> None:
    body = b"\n m = AsyncMock()\n Service(m).run()\n m.save.assert_called_once()\n"
    assert not calls_doubles(body, (), ())


FURTHER = [
    pytest.param("m = AsyncMock()\n n = m\n n.save()", id="a second name"),
    pytest.param("n = db = AsyncMock()\n n.save()", id="two names at once"),
    pytest.param("longer_name = AsyncMock()\n x = longer_name.of_it.too\n x()", id="a member that has a name"),
    pytest.param("self.longer_name = AsyncMock()\n x = self.longer_name\n x.save()", id="an attribute that has a name"),
    pytest.param("m = (\n\n  AsyncMock()\n )\n m.save()", id="in brackets below an empty line"),
    pytest.param("m = await AsyncMock()()\n m.save()", id="what one gives"),
    pytest.param("m = AsyncMock() if x else None\n m.save()", id="one of two"),
    pytest.param("other, m = 1, other_name\n m.save()", id="a parameter among several"),
    pytest.param("other_name.save()", id="a parameter"),
]


@pytest.mark.parametrize("text", [*CALLING, *FURTHER])
def test_the_text_of_a_module_shows_where_a_double_is_called(text: str) -> None:
    above = b"def test_other():\n pass\n\ndef test_it(other_name):\n "
    body = above + text.encode() + b"\n\ndef test_more():\n pass\n"
    places = doubles_in(body, (b"other_name",), ()).places
    assert holds_place(places, body.index(b"def test_it"), body.index(b"def test_more"))


NOT_CALLED = [
    pytest.param("m = AsyncMock()\n Service(m).run()", id="it goes to the code under test"),
    pytest.param("m = AsyncMock()\n m.save.assert_called_once()", id="a method of all mocks"),
    pytest.param("m = AsyncMock()\n mm.save()", id="a longer name"),
    pytest.param("m = AsyncMock()\n x.m()", id="a member of another name"),
    pytest.param("with_name = AsyncMock()\n with_name_too.save()", id="a name that goes on"),
    pytest.param("result = service.run(db=AsyncMock())\n result.save()", id="what is made of one"),
]


@pytest.mark.parametrize("text", NOT_CALLED)
def test_other_calls_are_no_places(text: str) -> None:
    assert not doubles_in(b"def test_it():\n " + text.encode() + b"\n", (), ()).places


def test_all_that_a_module_assigns_to_an_attribute_is_found() -> None:
    body = b"\n  self.db = Database()\n  self.db: Db = (\n   other\n  )\n"
    body += b"  self.db_url = x\n  self.db == y\n  self.db.url = z\n"
    assert values_assigned(body, b"self.db") == [b"Database", b"other"]
