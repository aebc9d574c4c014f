"""Strings in triple quotes are found where Python sees them, or it is said that this isn't plain."""

from __future__ import annotations

import pytest

from codemods.toolkit.python.long_strings import long_strings


def found(text: str) -> list[str] | None:
    spans = long_strings(text.encode())
    return None if spans is None else [text.encode()[start:end].decode() for start, end in spans]


@pytest.mark.parametrize(
    ("text", "strings"),
    [
        pytest.param("x = 1\n", [], id="none"),
        pytest.param("x = '''a''' + '''b'''\n", ["'''a'''", "'''b'''"], id="two in a line"),
        pytest.param(
            "x = '''\"\"\"'''; y = \"\"\"'''\"\"\"\n", ["'''\"\"\"'''", '"""\'\'\'"""'], id="one kind in the other"
        ),
        pytest.param("x = '''a\\''''\n", ["'''a\\''''"], id="a quote behind a backslash"),
        pytest.param("x = ''''a'''\n", ["''''a'''"], id="a quote at the beginning"),
        pytest.param('x = \'"""\', 1\n', [], id="quotes in a short string"),
        pytest.param("x = 'a', \"it's\", '''b'''\n", ["'''b'''"], id="behind short strings"),
        pytest.param("x = 'a'''\n", [], id="two strings without a blank"),
        pytest.param("x = '', '''a'''\n", ["'''a'''"], id="behind an empty string"),
        pytest.param("x = '\\'', '''a'''\n", ["'''a'''"], id="behind a string that holds its quote"),
        pytest.param("x = 1  # it's '''\ny = '''a'''\n", ["'''a'''"], id="in a comment"),
        pytest.param("x = 1  # '''", [], id="in a comment at the end"),
        pytest.param("x = '#', '''a'''\n", ["'''a'''"], id="behind a hash in a string"),
        pytest.param("x = '''a'''  # '''\n", ["'''a'''"], id="in a comment behind a string"),
        pytest.param("x = f'''{a['b']}'''\n", ["'''{a['b']}'''"], id="an f-string"),
    ],
)
def test_the_strings_in_triple_quotes_of_a_text(text: str, strings: list[str]) -> None:
    compile(text, "a.py", "exec")
    assert found(text) == strings


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = '''a\n", id="no end"),
        pytest.param("x = f'{y}', '''a'''\n", id="behind an f-string, which may hold its own quotes"),
        pytest.param("x = '\\\na', '''b'''\n", id="a short string that goes on"),
    ],
)
def test_where_it_is_not_plain_nothing_is_said(text: str) -> None:
    assert found(text) is None
