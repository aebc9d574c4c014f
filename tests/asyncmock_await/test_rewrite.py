"""Every kind of change becomes edits, and changes that lie within each other are carried out together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codemods.asyncmock_await.part import (
    AsyncDef,
    Awaited,
    CallChange,
    Change,
    DroppedName,
    ImportedName,
    Lines,
    NewImport,
    Part,
    Reworded,
    Unawaited,
)
from codemods.asyncmock_await.rewrite import rewrite
from codemods.toolkit.codemod import Source


def span(text: str, part: str) -> tuple[int, int]:
    start = text.encode().index(part.encode())
    return start, start + len(part.encode())


def applied(text: str, *changes: Change) -> str:
    body = text.encode()
    for edit in reversed(rewrite(Source("test_a.py", body), Part(changes))):
        body = body[: edit.start] + edit.new + body[edit.end :]
    return body.decode()


IMPORT = "from unittest.mock import AsyncMock, patch\n"
DEF = "@given\ndef test_a(m):\n    m()\n"


@pytest.mark.parametrize(
    ("text", "part", "change", "expected"),
    [
        pytest.param("é = m()\n", "m()", lambda s, e: Awaited(s, e, False), "é = await m()\n", id="await"),
        pytest.param("m().x\n", "m()", lambda s, e: Awaited(s, e, True), "(await m()).x\n", id="await in brackets"),
        pytest.param("await m()\n", "await m()", Unawaited, "m()\n", id="await goes"),
        pytest.param("(await m())\n", "(await m())", Unawaited, "m()\n", id="await goes with its brackets"),
        pytest.param("class A(B): ...\n", "B", lambda s, e: Reworded(s, e, "C.D"), "class A(C.D): ...\n", id="reworded"),
        pytest.param("m = A(1)\n", "A(1)", lambda s, e: CallChange(s, e, "B"), "m = B(1)\n", id="callee"),
    ],
)
def test_an_expression_changes(
    text: str, part: str, change: Callable[[int, int], Change], expected: str
) -> None:
    assert applied(text, change(*span(text, part))) == expected


def test_an_awaited_call_within_an_awaited_call() -> None:
    text = "assert a(b(c())).x\n"
    outer, inner = span(text, "a(b(c()))"), span(text, "c()")
    assert applied(text, Awaited(*outer, True), Awaited(*inner, False)) == "assert (await a(b(await c()))).x\n"


def test_a_call_changes_before_it_gets_its_await() -> None:
    text = "a(b())\n"
    call = span(text, "a(b())")
    changes = (Awaited(*call, False), CallChange(*call, "c"), Reworded(*span(text, "b()"), "d"))
    assert applied(text, *changes) == "await c(d)\n"


def test_two_calls_beside_each_other_within_a_third() -> None:
    text = "f(a(), b())\n"
    changes = [Awaited(*span(text, part), False) for part in ("f(a(), b())", "b()", "a()")]
    assert applied(text, *changes) == "await f(await a(), await b())\n"


def test_a_function_becomes_async_under_another_name() -> None:
    start, name = DEF.index("def"), span(DEF, "test_a")
    assert applied(DEF, AsyncDef(start, *name, "test_b")) == "@given\nasync def test_b(m):\n    m()\n"


def test_an_async_function_keeps_its_one_async() -> None:
    text = "async def a(): ...\n"
    assert applied(text, AsyncDef(0, *span(text, "a()"))) == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_new_lines_have_the_indentation_and_line_ends_of_the_statement(newline: str) -> None:
    text = "def f():\n    x = 1  # one\n    return x\n".replace("\n", newline)
    start, end = span(text, "x = 1")
    above, below = Lines(start, end, "above", ("a()", "b()")), Lines(start, end, "below", ("c()",))
    expected = "def f():\n    a()\n    b()\n    x = 1  # one\n    c()\n    return x\n".replace("\n", newline)
    assert applied(text, above, below) == expected


def test_a_line_below_the_last_line_of_a_file_without_an_end() -> None:
    assert applied("x = 1", Lines(0, 5, "below", ("y = 2",))) == "x = 1\ny = 2"


@pytest.mark.parametrize(
    ("part", "where"),
    [
        pytest.param("b = 2", "above", id="above the second statement of a line"),
        pytest.param("b = 2", "below", id="below the second statement of a line"),
        pytest.param("a = 1", "below", id="below the first statement of a line"),
    ],
)
def test_a_statement_that_shares_its_line_gets_no_line(part: str, where: str) -> None:
    text = "a = 1; b = 2\n"
    change = Lines(*span(text, part), "above" if where == "above" else "below", ("c()",))
    with pytest.raises(ValueError, match=f"no line can be put {where}"):
        applied(text, change)


def test_a_new_import_stands_below_the_statement() -> None:
    change = NewImport(*span(IMPORT, IMPORT.strip()), "below", "import asyncio")
    assert applied(IMPORT, change) == IMPORT + "import asyncio\n"


def test_names_join_and_leave_an_import_in_one_edit() -> None:
    at = span(IMPORT, IMPORT.strip())
    changes = (ImportedName(*at, "Mock"), ImportedName(*at, "MagicMock"), DroppedName(*at, "AsyncMock"))
    assert applied(IMPORT, *changes) == "from unittest.mock import MagicMock, Mock, patch\n"
