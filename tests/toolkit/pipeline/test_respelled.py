"""What is recognised as an exchange of names, and nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from codemods.toolkit.pipeline import respelled as respelled_module
from codemods.toolkit.pipeline.respelled import exchanged_throughout, respelled
from codemods.toolkit.python.reads import module_reads


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        pytest.param("a(a.b)\n", "c(c.b)\n", {("a", "c")}, id="a name"),
        pytest.param("a(b)\n", "c(d)\n", {("a", "c"), ("b", "d")}, id="two names"),
        pytest.param("a(b)\n", "b(a)\n", {("a", "b"), ("b", "a")}, id="one for the other"),
        pytest.param("f('m.a', b)\r\n", "f('m.c', b)\r\n", {("a", "c")}, id="a word in a string"),
        pytest.param("f(a)\n# a\n", "f(c)\n# a\n", {("a", "c")}, id="a comment that stays"),
        pytest.param("a\n", "a\n", set(), id="nothing"),
    ],
)
def test_names_that_are_exchanged(before: str, after: str, names: set[tuple[str, str]]) -> None:
    found = respelled(before.encode(), after.encode())
    assert {(old.decode(), new.decode()) for old, new in found or ()} == names
    assert found is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a\n", "a\nb\n", id="another line"),
        pytest.param("f(a)\n", "f( a)\n", id="white space"),
        pytest.param("f(a)\n", "f[a]\n", id="other brackets"),
        pytest.param("f(a)\n", "f(a.b)\n", id="a name more"),
        pytest.param("a = 1\n", "a = 2\n", id="a number"),
        pytest.param("0xA\n", "0xB\n", id="a number with letters"),
        pytest.param("a or b\n", "a and b\n", id="a keyword"),
        pytest.param("a is b\n", "a in b\n", id="another keyword"),
        pytest.param("x = r'a'\n", "x = b'a'\n", id="the prefix of a string"),
        pytest.param("caé\n", "doé\n", id="a part of a name"),
        pytest.param("éca\n", "édo\n", id="the end of a name"),
        pytest.param("import a  # noqa\n", "import a  # nope\n", id="a comment"),
        pytest.param("from a import *\n", "from b import *\n", id="a star import"),
    ],
)
def test_any_other_change_is_more(before: str, after: str) -> None:
    assert respelled(before.encode(), after.encode()) is None


@pytest.mark.parametrize(
    ("before", "after", "names", "expected"),
    [
        pytest.param("a; a", "b; b", {("a", "b")}, True, id="everywhere"),
        pytest.param("a; a", "b; a", {("a", "b")}, False, id="in one place"),
        pytest.param("a; 'a'", "b; 'a'", {("a", "b")}, False, id="not in a string"),
        pytest.param("a; b", "b; b", {("a", "b")}, False, id="with a name that was there"),
        pytest.param("a; c", "b; b", {("a", "b"), ("c", "b")}, False, id="two become one"),
        pytest.param("a; a", "b; c", {("a", "b"), ("a", "c")}, False, id="one becomes two"),
        pytest.param("a", "print", {("a", "print")}, False, id="with a builtin"),
        pytest.param("print", "a", {("print", "a")}, False, id="of a builtin"),
        pytest.param("exec", "a", {("exec", "a")}, False, id="of what looks names up"),
        pytest.param("cast", "a", {("cast", "a")}, False, id="of what makes a string a type"),
        pytest.param("a", "__all__", {("a", "__all__")}, False, id="with a name of Python's own"),
    ],
)
def test_whether_a_name_is_exchanged_throughout(
    before: str, after: str, names: set[tuple[str, str]], expected: bool
) -> None:
    pairs = {(old.encode(), new.encode()) for old, new in names}
    assert exchanged_throughout(before.encode(), after.encode(), pairs) is expected


def test_what_a_module_reads_is_the_same_under_the_new_names() -> None:
    count = 0
    before = Path(respelled_module.__file__).read_text() + "import unused\nprint(missing)\n"
    reads = module_reads(ast.parse(before))
    for name in sorted({*reads.bound, "missing"}):
        after = re.sub(rf"\b{name}\b", "fresh_name", before)
        names = respelled(before.encode(), after.encode())
        if names and exchanged_throughout(before.encode(), after.encode(), names):
            count += 1
            found = module_reads(ast.parse(after))
            assert [read.line for read in found.undefined] == [read.line for read in reads.undefined]
            assert [each.line for each in found.unread_imports] == [each.line for each in reads.unread_imports]
    assert count > 20
