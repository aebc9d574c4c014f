"""Calls that may be lost, by the text: which of them are arguments that somebody may await."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.calls.lost import lost_calls

HANDED = [
    pytest.param("    await gather(\n        m.save(),\n    )\n", id="the first argument"),
    pytest.param("    await asyncio.gather(\n        one(),\n        m.save(),\n    )\n", id="a later argument"),
    pytest.param(
        "    x = [wait(\n        1,\n        m.save(2),\n        timeout=3,\n    )]\n", id="within something else"
    ),
]
KEPT = [
    pytest.param("    m.save()\n", id="a statement"),
    pytest.param("    x = 1,\n    m.save()\n", id="after a tuple"),
    pytest.param(
        "    with patch(\n        'a'):\n        m.save()\n", id="the body of a block that begins in two lines"
    ),
    pytest.param("    self.assertEqual(\n        1,\n        m.save(),\n    )\n", id="an argument of an assertion"),
    pytest.param("    assert 1 == len(\n        m.save(),\n    )\n", id="an argument of what only reads"),
    pytest.param("    return(\n        m.save()\n    )\n", id="a word of the language"),
    pytest.param("    x = [\n        m.save(),\n    ]\n", id="an item of a list"),
    pytest.param("    gather(\n        1,\n            m.save(),\n    )\n", id="an indentation of its own"),
    pytest.param("    gather(  # both\n        m.save(),\n    )\n", id="behind a comment"),
]


def handed(text: str) -> list[bool]:
    return [each.handed for each in lost_calls(b"def test_a():\n" + text.encode()) if each.rest == b".save"]


@pytest.mark.parametrize("text", HANDED)
def test_an_argument_on_a_line_of_its_own_is_handed_on(text: str) -> None:
    assert handed(text) == [True]


@pytest.mark.parametrize("text", KEPT)
def test_anything_else_may_be_lost(text: str) -> None:
    assert handed(text) == [False]


def test_at_the_beginning_of_a_file_nothing_is_handed_on() -> None:
    assert [each.handed for each in lost_calls(b"1,\n m.save()\n")] == [False]
