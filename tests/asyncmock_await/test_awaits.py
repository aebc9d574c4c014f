"""An `await` comes and goes, and what it stands before stays as it is."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.awaits import awaited, unawaited


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("m(  # why\n    1,\n)", id="lines and comments"),
        pytest.param("(m)( 'a' 'b' )", id="brackets of its own"),
    ],
)
def test_an_await_keeps_the_layout_of_a_call(text: str) -> None:
    assert awaited(text, brackets=False) == f"await {text}"


def test_a_value_that_is_taken_apart_is_awaited_in_brackets() -> None:
    assert awaited("m( )", brackets=True) == "(await m( ))"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("await  m()", "m()", id="two spaces"),
        pytest.param("await\tm()", "m()", id="a tab"),
        pytest.param("await(m())", "(m())", id="no space"),
        pytest.param("await (\n    m()  # why\n)", "(\n    m()  # why\n)", id="brackets of the call"),
        pytest.param("await \\\n    m()", "m()", id="a line that goes on"),
        pytest.param("await \\\r\n    m()", "m()", id="a line that goes on and ends with CRLF"),
        pytest.param("await  # why\n    m()", "m()", id="a comment between the two"),
        pytest.param("await m(await n())", "m(await n())", id="another await inside"),
    ],
)
def test_an_await_goes(text: str, expected: str) -> None:
    assert unawaited(text) == expected
