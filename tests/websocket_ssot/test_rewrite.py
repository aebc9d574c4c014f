from __future__ import annotations

import pytest

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import spliced
from codemods.websocket_ssot.part import CallChange, ExportChange, ImportChange, NameChange, NewImport, Part, Removal
from codemods.websocket_ssot.rewrite import rewrite

NEW = NewImport("b", "get")


def result(text: str, part: Part) -> str:
    source = Source("shop/orders.py", text.encode())
    return spliced(source.body, rewrite(source, part)).decode()


def span(text: str, piece: str) -> tuple[int, int]:
    start = text.encode().index(piece.encode())
    return start, start + len(piece.encode())


def call(text: str, piece: str, *arguments: tuple[int, str], inner: str = "") -> CallChange:
    return CallChange(*span(text, piece), *span(text, inner or piece), "get", arguments)


def exports(text: str, *pieces: str) -> Part:
    return Part(exports=tuple(ExportChange(*span(text, piece)) for piece in pieces))


def test_an_empty_part_changes_nothing() -> None:
    assert rewrite(Source("a.py", b"x = Old()\n"), Part()) == ()


def test_a_change_that_gives_the_same_text_is_none() -> None:
    assert rewrite(Source("a.py", b"Old\n"), Part(names=(NameChange(0, 3, "Old"),))) == ()


def test_calls_within_calls_change_together() -> None:
    text = "é = Old(Old(Name))\n"
    part = Part(calls=(call(text, "Old(Old(Name))", (0, "x")), call(text, "Old(Name)", (0, "y"))))
    with_name = Part(calls=part.calls, names=(NameChange(*span(text, "Name"), "New"),))
    assert result(text, with_name) == "é = get(x=get(y=New))\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = (await Old())\n", "x = get()\n"),
        ("return (await Old()).send()\n", "return get().send()\n"),
        ("print(await Old())\n", "print(get())\n"),
        ("print (await Old())\n", "print (get())\n"),
        ("x = y[0] (await Old())\n", "x = y[0] (get())\n"),
        ("x = (1, await Old())\n", "x = (1, get())\n"),
        ("(await Old())\n", "(get())\n"),
    ],
)
def test_brackets_go_where_they_stood_around_an_await_only(old: str, new: str) -> None:
    assert result(old, Part(calls=(call(old, "await Old()", inner="Old()"),))) == new


@pytest.mark.parametrize(
    ("literal", "new"),
    [("'a.Old'", "'b.New'"), ('"""a.Old"""', '"""b.New"""'), ('r"a.Old"', 'r"b.New"'), ('""', '"b.New"')],
)
def test_a_string_keeps_its_quotes_and_prefix(literal: str, new: str) -> None:
    text = f"patch({literal})\n"
    assert result(text, Part(names=(NameChange(*span(text, literal), "b.New"),))) == f"patch({new})\n"


@pytest.mark.parametrize(
    ("old", "piece", "change", "new"),
    [
        pytest.param("from a import X\nx\n", "from a import X", ((0,), ()), "x\n", id="goes with its line"),
        pytest.param("from a import X  # why\n", "from a import X", ((0,), ()), "# why\n", id="its comment stays"),
        pytest.param("a(); from a import X\n", "from a import X", ((0,), ()), "a(); pass\n", id="behind another"),
        pytest.param(
            "import a\r\nx\r\n", "import a", ((), (NEW,)), "import a\r\nfrom b import get\r\nx\r\n", id="\\r\\n"
        ),
        pytest.param("  import a", "import a", ((), (NEW,)), "  import a\n  from b import get", id="no line end"),
        pytest.param("import a; x()\n", "import a", ((), (NEW,)), "import a; from b import get; x()\n", id="one line"),
        pytest.param("import a\n", "import a", ((0,), (NEW,)), "from b import get\n", id="module to name"),
    ],
)
def test_an_import_changes_where_it_stands(
    old: str, piece: str, change: tuple[tuple[int, ...], tuple[NewImport, ...]], new: str
) -> None:
    assert result(old, Part(imports=(ImportChange(*span(old, piece), *change),))) == new


def test_an_import_that_is_alone_in_its_block_leaves_a_pass() -> None:
    text = "if x:\n    from a import X\n"
    change = ImportChange(*span(text, "from a import X"), (0,), (), alone=True)
    assert result(text, Part(imports=(change,))) == "if x:\n    pass\n"


@pytest.mark.parametrize(("alone", "new"), [(False, "y\n"), (True, "pass\ny\n")], ids=["with others", "alone"])
def test_a_statement_is_removed_with_its_line(alone: bool, new: str) -> None:
    text = "x = Old\ny\n"
    assert result(text, Part(removals=(Removal(*span(text, "x = Old"), alone),))) == new


@pytest.mark.parametrize(
    ("old", "gone", "new"),
    [
        ('a = ["X", "Y", "Z"]\n', ("X",), 'a = ["Y", "Z"]\n'),
        ('a = ["X", "Y", "Z"]\n', ("Y",), 'a = ["X", "Z"]\n'),
        ('a = ["X", "Y", "Z"]\n', ("Z",), 'a = ["X", "Y"]\n'),
        ('a = ["X", "Y"]\n', ("X", "Y"), "a = []\n"),
        ('a = ["X" , "Y"]\n', ("X",), 'a = ["Y"]\n'),
        ('a = [\n    "X",\n    "Y",\n]\n', ("Y",), 'a = [\n    "X",\n]\n'),
        ('a = [\n    "X",\n    "Y"\n]\n', ("Y",), 'a = [\n    "X"\n]\n'),
        ('a = [\n    "X",  # why\n    "Y",\n]\n', ("X",), 'a = [\n    # why\n    "Y",\n]\n'),
    ],
)
def test_entries_of_all_go_with_their_commas(old: str, gone: tuple[str, ...], new: str) -> None:
    assert result(old, exports(old, *(f'"{name}"' for name in gone))) == new
