"""Which syntax Bowler's parser knows: the rest is a finding, never passed over, and LibCST knows all of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import codemods.bowler_query
import codemods.libcst_command
from codemods.testing import check_noop, check_transformed
from tests.bowler_query.query_file import QueryFile

RENAME = "def fix(): return Query().select_function('old').rename('new')"
COMMAND = """
from libcst import CSTTransformer
from libcst.codemod import CodemodCommand

class Command(CodemodCommand, CSTTransformer):
    def transform_module_impl(self, tree):
        return tree.visit(self)

    def leave_Name(self, original_node, updated_node):
        return updated_node.with_changes(value="new") if original_node.value == "old" else updated_node
"""

KNOWN = {
    "annotation": "x: int = 1",
    "assignment expression": "if (n := 1): pass",
    "async comprehension": "async def f(): return [x async for x in y]",
    "async def": "async def f():\n    await g()",
    "async for and with": "async def f():\n    async for x in y:\n        async with z as w: pass",
    "bytes": "x = b'a' rb'b'",
    "chained comparison": "x = 1 < 2 != 3",
    "class keywords": "class A(B, metaclass=M): pass",
    "comment behind a backslash": "x = 1 + \\\n    2  # c",
    "comprehension": "x = {k: v for k, v in y if k}",
    "decorator": "@a.b(1)\ndef f(): pass",
    "dictionary unpacking": "x = {**a, 'b': 1}",
    "ellipsis": "x = ...",
    "exec as a name": "exec('1')\nx = exec",
    "extended slice": "x[1:2, ::3]",
    "f-string": "x = f'{a!r:>{w}} {{}}'",
    "future import": "from __future__ import annotations",
    "global and nonlocal": "def f():\n    x = 1\n    def g():\n        global y\n        nonlocal x",
    "keyword-only": "def f(*, a, b=1): pass",
    "lambda": "f = lambda *a, b=1, **c: (a, b, c)",
    "matrix multiplication": "x = a @ b\nx @= c",
    "nested f-string with other quotes": "x = f\"{d['k']}\"",
    "number with underscores": "x = 1_000 + 0xff_ff + 1e1_0",
    "parenthesised import": "from a import (\n    b,\n    c as d,\n)",
    "print as a function": "print(1, file=f)\nx = print",
    "raise from": "try:\n    pass\nexcept E as e:\n    raise F from e",
    "return with a star": "def f():\n    return 1, *a",
    "set": "x = {1, 2, *y}",
    "star assignment": "a, *b = c",
    "string prefixes": "x = u'a' r'b' F'd'",
    "ternary": "x = 1 if a else 2",
    "trailing comma in a call": "f(*a, **b,)",
    "try with all": "try:\n    pass\nexcept (A, B):\n    pass\nelse:\n    pass\nfinally:\n    pass",
    "type comment": "x = []  # type: list[int]",
    "unicode name": "größe = 1",
    "while else": "while a:\n    break\nelse:\n    pass",
    "with of several": "with a as b, c as d:\n    pass",
    "yield from": "def f():\n    x = yield from g()",
}
UNKNOWN = {
    "except star": "try:\n    pass\nexcept* E:\n    pass",
    "match": "match x:\n    case 1: pass",
    "parenthesised with": "with (a as b, c as d):\n    pass",
    "positional-only": "def f(a, /, b): pass",
    "positional-only lambda": "f = lambda a, /: a",
    "relaxed decorator": "@a[0].b\ndef f(): pass",
    "star in an index": "x = a[*b]",
    "star in an annotation": "def f(*args: *Ts): pass",
    "walrus in a set": "x = {a := 1}",
    "walrus in an index": "x[a := 1]",
}
NEWER = {
    "f-string with its own quotes": (3, 12, "x = f'{d['k']}'"),
    "type parameters": (3, 12, "def f[T](x: T): pass"),
    "class with type parameters": (3, 12, "class A[T]: pass"),
    "type statement": (3, 12, "type X = int"),
    "default of a type parameter": (3, 13, "class A[T = int]: pass"),
}
UNKNOWN |= {name: text for name, (*version, text) in NEWER.items() if sys.version_info >= tuple(version)}


@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN)
def test_syntax_that_bowler_knows_is_worked_on_and_comes_back_as_it_was(text: str, tmp_path: Path) -> None:
    query = QueryFile(tmp_path, "def fix(): return Query().select_function('old').is_call().rename('new')")
    before = f"{text}\n\n\ndef run(old, new):\n    return old(new)\n"
    query.changes(before, before.replace("old(new)", "new(new)"))


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_syntax_that_bowler_does_not_know_is_a_finding(text: str, tmp_path: Path) -> None:
    query = QueryFile(tmp_path, RENAME)
    result = check_noop(codemods.bowler_query.codemod, f"def old(): pass\n\n\n{text}\n", config=query.config)
    assert [(finding.code, finding.failed) for finding in result.findings] == [("BQ101", True)]
    assert result.findings[0].line >= 1


@pytest.mark.parametrize("text", (KNOWN | UNKNOWN).values(), ids=KNOWN | UNKNOWN)
def test_libcst_knows_all_of_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "commands.py").write_text(COMMAND)
    config = {"command": f"{tmp_path}/commands.py:Command"}
    before, after = (f"{name} = 1\nprint({name})\n\n\n{text}\n" for name in ("old", "new"))
    if "from __future__" in text:
        before, after = (f"{text}\n{name} = 1\n" for name in ("old", "new"))
    check_transformed(codemods.libcst_command.codemod, before, after, config=config)
