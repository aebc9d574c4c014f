"""New text keeps the layout of what it replaces."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.part import CallChange
from codemods.asyncmock_await.render import awaited, changed_call, import_with, unawaited


def test_an_await_keeps_the_lines_and_comments_of_a_call() -> None:
    text = "m(  # why\n    1,\n)"
    assert awaited(text, brackets=False) == f"await {text}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("await  m()", "m()", id="two spaces"),
        pytest.param("await (\n    m()  # why\n)", "(\n    m()  # why\n)", id="brackets of the call"),
    ],
)
def test_an_await_goes(text: str, expected: str) -> None:
    assert unawaited(text) == expected


@pytest.mark.parametrize(
    ("text", "change", "expected"),
    [
        pytest.param("f(a, b)", CallChange(0, 0, "g.h"), "g.h(a, b)", id="another callee"),
        pytest.param("f( x=1 )", CallChange(0, 0, dropped=("x",)), "f()", id="no argument is left"),
        pytest.param("f(a, x=1,)", CallChange(0, 0, dropped=("x",)), "f(a,)", id="trailing comma stays"),
        pytest.param("f()", CallChange(0, 0, added=(("x", "1"),)), "f(x=1)", id="the first argument"),
        pytest.param("f()", CallChange(0, 0, added=(("x", "1"), ("y", "2"))), "f(x=1, y=2)", id="the first arguments"),
        pytest.param("f(a)", CallChange(0, 0, added=(("x", "1"),)), "f(a, x=1)", id="a keyword behind"),
        pytest.param("f(a, *b, x=1)", CallChange(0, 0, positional=((0, "c"),)), "f(c, *b, x=1)", id="replaced"),
        pytest.param("f(a, x=1)", CallChange(0, 0, positional=((-1, "b"),)), "f(a, b, x=1)", id="appended"),
        pytest.param("f(x=1)", CallChange(0, 0, positional=((-1, "b"),)), "f(b, x=1)", id="the first positional one"),
        pytest.param("f(a)", CallChange(0, 0, positional=((3, "b"),)), "f(a)", id="there is no such argument"),
        pytest.param(
            "f(\n    a,\n    b,\n)",
            CallChange(0, 0, added=(("x", "1"),)),
            "f(\n    a,\n    b,\n    x=1,\n)",
            id="lines",
        ),
        pytest.param("f(\r\n    a,\r\n    x=1,\r\n)", CallChange(0, 0, dropped=("x",)), "f(\r\n    a,\r\n)", id="CRLF"),
    ],
)
def test_a_call_changes(text: str, change: CallChange, expected: str) -> None:
    assert changed_call(text, change) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "f(\n    a,  # one\n    b,  # two\n)",
            "f(\n    a,  # one\n    b,  # two\n    x=1,\n)",
            id="behind each",
        ),
        pytest.param("f(\n    a,\n    b,\n    # end\n)", "f(\n    a,\n    b,\n    x=1,\n    # end\n)", id="at the end"),
        pytest.param("f(\n    a,\n    b  # two\n)", "f(\n    a,\n    b,  # two\n    x=1\n)", id="without a comma"),
    ],
)
def test_a_comment_stays_with_its_argument(text: str, expected: str) -> None:
    assert changed_call(text, CallChange(0, 0, added=(("x", "1"),))) == expected


def test_the_comment_of_the_argument_before_stays_when_the_last_one_goes() -> None:
    text = "f(\n    a,  # one\n    x=1,\n)"
    assert changed_call(text, CallChange(0, 0, dropped=("x",))) == "f(\n    a,  # one\n)"


@pytest.mark.parametrize(
    ("text", "names", "dropped", "expected"),
    [
        pytest.param("from m import A", ["B"], (), "from m import A, B", id="one name"),
        pytest.param("from m import B, patch", ["C"], (), "from m import B, C, patch", id="between"),
        pytest.param("from m import a, C", ["B"], (), "from m import a, B, C", id="by the alphabet alone"),
        pytest.param("from m import C, A", ["B"], (), "from m import C, A, B", id="not sorted"),
        pytest.param("from m import ANY, call", ["Mock"], (), "from m import ANY, Mock, call", id="by kind"),
        pytest.param("from m import A", ["A"], (), "from m import A", id="already there"),
        pytest.param("from m import A as B", ["A"], (), "from m import A, A as B", id="there under another name"),
        pytest.param("from m import *", ["A"], (), "from m import *", id="star"),
        pytest.param("from m import A, B", [], ("A",), "from m import B", id="the first goes"),
        pytest.param("from m import A, B", [], ("B",), "from m import A", id="the last goes"),
        pytest.param("from m import A", [], ("A",), "from m import A", id="the only one stays"),
        pytest.param("from m import (A)", ["B"], (), "from m import (A, B)", id="brackets"),
        pytest.param(
            "from m import (\n    A,\n    B,\n)", ["C"], (), "from m import (\n    A,\n    B,\n    C,\n)", id="lines"
        ),
        pytest.param(
            "from m import (\r\n    A,\r\n    C,\r\n)",
            ["B"],
            (),
            "from m import (\r\n    A,\r\n    B,\r\n    C,\r\n)",
            id="CRLF",
        ),
    ],
)
def test_an_import_changes(text: str, names: list[str], dropped: tuple[str, ...], expected: str) -> None:
    assert import_with(text, names, dropped) == expected


def test_a_comment_stays_with_its_name() -> None:
    changed = import_with("from m import (\n    A,  # one\n    C,  # two\n)", ["B", "D"])
    assert changed == "from m import (\n    A,  # one\n    B,\n    C,  # two\n    D,\n)"


def test_the_comment_of_the_name_before_stays_when_the_last_one_goes() -> None:
    assert import_with("from m import (\n    A,  # one\n    B,\n)", [], {"B"}) == "from m import (\n    A,  # one\n)"
