"""What becomes of a file's text, change by change."""

from __future__ import annotations

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
from codemods.toolkit.pipeline.source import spliced


def changed(text: str, *changes: Change) -> str:
    source = Source("a.py", text.encode())
    return spliced(source.body, rewrite(source, Part(changes))).decode()


def span(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def test_a_call_is_awaited() -> None:
    assert changed("m.get( 1 )  # one\n", Awaited(0, 10, False)) == "await m.get( 1 )  # one\n"


def test_a_call_that_is_taken_apart_is_awaited_in_brackets() -> None:
    assert changed("m.get().x\n", Awaited(0, 7, True)) == "(await m.get()).x\n"


def test_a_call_in_brackets_gets_no_more_of_them() -> None:
    assert changed("(m.get()).x\n", Awaited(1, 8, True)) == "(await m.get()).x\n"
    assert changed("( m.get()\n)[0]\n", Awaited(2, 9, True)) == "( await m.get()\n)[0]\n"
    assert changed("(m.get().x)\n", Awaited(1, 8, True)) == "((await m.get()).x)\n"


def test_a_call_over_several_lines_keeps_its_layout() -> None:
    text = "m.get(\r\n    1,  # one\r\n)\r\n"
    assert changed(text, Awaited(0, len(text) - 2, False)) == "await " + text


def test_calls_within_each_other_are_awaited_each() -> None:
    text = "m.get(n.get()).x\n"
    assert changed(text, Awaited(0, 14, True), Awaited(6, 13, False)) == "(await m.get(await n.get())).x\n"


def test_calls_that_begin_at_the_same_place_are_awaited_each() -> None:
    text = "m().n()\n"
    assert changed(text, Awaited(0, 7, False), Awaited(0, 3, True)) == "await (await m()).n()\n"


def test_an_await_goes() -> None:
    assert changed("x = await m.get()\n", Unawaited(4, 17)) == "x = m.get()\n"


def test_an_expression_is_replaced() -> None:
    assert changed("class A(TestCase): ...\n", Reworded(8, 16, "Other")) == "class A(Other): ...\n"


@pytest.mark.parametrize(
    ("text", "change", "expected"),
    [
        pytest.param("f(a, b=1)", {"dropped": ("b",)}, "f(a)", id="a keyword goes"),
        pytest.param("f( b=1 )", {"dropped": ("b",)}, "f()", id="the only argument goes"),
        pytest.param("f()", {"added": (("spec", "X"),)}, "f(spec=X)", id="a keyword comes"),
        pytest.param("f(a)", {"added": (("spec", "X"),)}, "f(a, spec=X)", id="a keyword comes behind"),
        pytest.param("f(\n    a,\n    b,\n)", {"added": (("c", "1"),)}, "f(\n    a,\n    b,\n    c=1,\n)", id="lines"),
        pytest.param("f(a)", {"function": "m.g"}, "m.g(a)", id="another callee"),
        pytest.param("f(a, b)", {"positional": ((1, "c"),)}, "f(a, c)", id="another argument"),
        pytest.param("f(a, k=1)", {"positional": ((-1, "c"),)}, "f(a, c, k=1)", id="one argument more"),
        pytest.param("f(k=1)", {"positional": ((-1, "c"),)}, "f(c, k=1)", id="the first argument"),
        pytest.param("f(a, k=1, j=2)", {"dropped": ("k",)}, "f(a, j=2)", id="a keyword between goes"),
    ],
)
def test_a_call_changes(text: str, change: dict[str, object], expected: str) -> None:
    built = CallChange(0, len(text), **change)  # type: ignore[arg-type]  # one keyword at a time
    assert changed(text + "\n", built) == expected + "\n"


def test_a_function_becomes_async() -> None:
    text = "    def test_it(self): ...\n"
    assert changed(text, AsyncDef(4, 8, 15)) == "    async def test_it(self): ...\n"


def test_a_function_that_is_async_gets_another_name() -> None:
    text = "async def setUp(self): ...\n"
    assert changed(text, AsyncDef(0, 10, 15, "asyncSetUp")) == "async def asyncSetUp(self): ...\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_come_below_a_statement_and_above_another(newline: str) -> None:
    text = f"if x:{newline}    m = 1  # one{newline}    n = 2"
    below, above = span(text, "m = 1"), span(text, "n = 2")
    result = changed(text, Lines(*below, "below", ("a", "b")), Lines(*above, "above", ("c",)))
    lines = ["if x:", "    m = 1  # one", "    a", "    b", "    c", "    n = 2"]
    assert result == newline.join(lines)


@pytest.mark.parametrize(("where", "part"), [("above", "n = 2"), ("below", "m = 1")], ids=["above", "below"])
def test_a_statement_that_shares_its_line_gets_no_lines(where: str, part: str) -> None:
    text = "m = 1; n = 2\n"
    with pytest.raises(ValueError, match=f"no line can be put {where}"):
        changed(text, Lines(*span(text, part), where, ("a",)))  # type: ignore[arg-type]  # a literal


def test_an_import_comes_below_another() -> None:
    assert changed("import os\nx = 1\n", NewImport(0, 9, "below", "import re")) == "import os\nimport re\nx = 1\n"


@pytest.mark.parametrize(
    ("text", "added", "dropped", "expected"),
    [
        pytest.param("from m import A", ["B"], [], "from m import A, B", id="added"),
        pytest.param("from m import C, patch", ["B"], [], "from m import B, C, patch", id="added in order"),
        pytest.param("from m import b, A", ["B"], [], "from m import b, A, B", id="added behind what is unsorted"),
        pytest.param("from m import A, B", ["B"], [], "from m import A, B", id="there already"),
        pytest.param("from m import A, B", [], ["A"], "from m import B", id="dropped"),
        pytest.param("from m import A", ["B"], ["A"], "from m import B", id="one for the other"),
        pytest.param("from m import *", ["B"], [], "from m import *", id="a star"),
        pytest.param("from m import A as B", ["A"], [], "from m import A, A as B", id="beside an alias"),
        pytest.param(
            "from m import (\n    A,  # one\n    C,\n)", ["B"], [], "from m import (\n    A,  # one\n    B,\n    C,\n)",
            id="in brackets",
        ),
    ],
)  # fmt: skip
def test_names_come_to_an_import_and_go(text: str, added: list[str], dropped: list[str], expected: str) -> None:
    changes: list[Change] = [ImportedName(0, len(text), name) for name in added]
    changes += [DroppedName(0, len(text), name) for name in dropped]
    body = text + "\n"
    edits = rewrite(Source("a.py", body.encode()), Part(tuple(changes)))
    assert spliced(body.encode(), edits).decode() == expected + "\n"
