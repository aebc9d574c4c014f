"""What names are by their module."""

from __future__ import annotations

import sys
import textwrap

import pytest

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.names import Import
from codemods.toolkit.python.spelled import Spelled, spelled_at

NEWER = pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")


def spelled(text: str) -> Spelled:
    """What the name behind the mark `@@` is."""
    before, _, after = textwrap.dedent(text).partition("@@")
    start = len(before.encode())
    return spelled_at(parsed(Source("a.py", (before + after).encode())), [start])[start]


def shown(found: Spelled) -> str:
    """The names, and behind `<` the imports that bind the first of them."""
    imports = [f"{'.' * level}{module}{member and ':'}{member}" for level, module, member in map(told, found.imports)]
    return " < ".join([".".join(found.names), *imports])


def told(imported: Import) -> tuple[int, str, str]:
    return imported.level, imported.module, imported.member


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("@@old()", "old", id="name"),
        pytest.param("'é'; @@old()", "old", id="name behind other letters"),
        pytest.param("pkg.mod.@@old()", "pkg.mod.old", id="attribute"),
        pytest.param("pkg.@@mod.old()", "pkg.mod", id="middle of a chain"),
        pytest.param("@@pkg.mod.old()", "pkg", id="beginning of a chain"),
        pytest.param("@@old = 1", "old", id="assigned"),
        pytest.param("def @@old(): pass", "old", id="function"),
        pytest.param("async  def  @@old(): pass", "old", id="async function"),
        pytest.param("@mark\ndef @@old(): pass", "old", id="decorated function"),
        pytest.param("class @@Old: pass", "Old", id="class"),
        pytest.param("class A:\n def @@old(self): pass", "A.old", id="method"),
        pytest.param("class A:\n class B:\n  def @@old(self): pass", "A.B.old", id="method of an inner class"),
        pytest.param("class A:\n def old(self): pass\n new = @@old", "A.old", id="name of a class"),
        pytest.param(
            "class A:\n class B:\n  def old(self): pass\n  new = @@old", "A.B.old", id="name of an inner class"
        ),
        pytest.param("class A(@@Old): pass", "Old", id="base class"),
        pytest.param("def f():\n return @@old()", "old", id="name of the module in a function"),
        pytest.param("def f():\n global old\n @@old = 1", "old", id="global name that a function binds"),
        pytest.param("def f():\n global old\n @@old()", "old", id="global name that a function reads"),
        pytest.param("x = [y for y in @@old]", "old", id="what a comprehension iterates over"),
        pytest.param("from m import @@old", "old < m:old", id="imported name"),
        pytest.param("from m import (\n a,\n @@old as b)", "old < m:old", id="imported name with another"),
        pytest.param("from ..m import @@old", "old < ..m:old", id="imported by a relative path"),
        pytest.param("from . import @@old", "old < .:old", id="imported from the package"),
        pytest.param("from a.@@b import old", "b < a.b", id="module of an import"),
        pytest.param("from ..@@b import old", "b < ..b", id="module of a relative import"),
        pytest.param("import a, b.@@c", "c < b.c", id="imported module"),
        pytest.param("import @@b.c", "b < b", id="package of an imported module"),
        pytest.param("def f():\n from m import old as o\n @@o()", "o < m:old", id="imported in a function"),
        pytest.param("def f():\n import a.b\n a.b.@@old()", "a.b.old < a", id="module imported in a function"),
        pytest.param("def f():\n import a.b as c\n c.@@old()", "c.old < a.b", id="module under another name"),
    ],
)
def test_a_name_is_followed(text: str, expected: str) -> None:
    found = spelled(text)
    assert (shown(found), found.local) == (expected, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("class A:\n def old(self): pass\n def f(self): self.@@old()", "A.old", id="self"),
        pytest.param("class A:\n def old(this): pass\n def f(this): this.@@old()", "A.old", id="by another name"),
        pytest.param("class A:\n class B:\n  def old(s): pass\n  def f(s): s.@@old()", "A.B.old", id="inner class"),
        pytest.param("class A:\n def old(self): pass\n async def f(self): self.@@old()", "A.old", id="async method"),
        pytest.param("class A:\n def f(self): self.@@old()", None, id="self of a class without it"),
        pytest.param(
            "class A[T]:\n def old(self): pass\n def f[S](self): self.@@old()",
            "A.old",
            id="type parameters",
            marks=NEWER,
        ),
        pytest.param("class A:\n def old(self): pass\n def f(self, a): a.@@old()", None, id="another parameter"),
        pytest.param(
            "class A:\n def old(self): pass\n def f(self):\n  self = 1\n  self.@@old()", None, id="self bound again"
        ),
        pytest.param(
            "class A:\n def old(self): pass\n @staticmethod\n def f(self): self.@@old()", None, id="static method"
        ),
        pytest.param("def f():\n class A:\n  def old(s): pass\n  def f(s): s.@@old()", None, id="class of a function"),
    ],
)
def test_an_attribute_of_self_is_that_of_the_class_which_defines_it(text: str, expected: str | None) -> None:
    found = spelled(text)
    assert (".".join(found.names), found.local) == (expected, False) if expected else found.local


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(old):\n return @@old()", id="parameter"),
        pytest.param("def f(@@old): pass", id="parameter where it is bound"),
        pytest.param("def f():\n old = 1\n return @@old", id="variable"),
        pytest.param("def f():\n @@old = 1", id="assigned in a function"),
        pytest.param("def f():\n def @@old(): pass", id="function in a function"),
        pytest.param("lambda old: @@old()", id="parameter of a lambda"),
        pytest.param("[@@old for old in x]", id="comprehension"),
        pytest.param("[old for @@old in x]", id="target of a comprehension"),
    ],
)
def test_a_local_name_leads_nowhere_else(text: str) -> None:
    found = spelled(text)
    assert (found.local, found.names, found.imports, found.is_local) == (True, ("old",), (), True)


@pytest.mark.parametrize(
    ("text", "imports", "local"),
    [
        pytest.param("def f(old):\n from m import old\n @@old()", ["m"], True, id="parameter, then import"),
        pytest.param(
            "def f():\n if x:\n  from m import old\n else:\n  from n import old\n @@old()",
            ["m", "n"],
            False,
            id="two imports",
        ),
        pytest.param(
            "def f():\n try:\n  from m import old\n except ImportError:\n  old = None\n @@old()",
            ["m"],
            False,
            id="None is a placeholder",
        ),
        pytest.param("def f():\n old = None\n @@old()", [], True, id="nothing but None"),
        pytest.param("def f(a):\n a.@@old()", [], True, id="attribute of a parameter"),
    ],
)
def test_all_that_may_bind_a_name_in_a_function_is_told(text: str, imports: list[str], local: bool) -> None:
    found = spelled(text)
    assert ([each.module for each in found.imports], found.local) == (imports, local)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("f().@@old()", id="attribute of a result"),
        pytest.param("'@@old'", id="string"),
        pytest.param("# @@old", id="comment"),
        pytest.param("f(@@old=1)", id="keyword"),
        pytest.param("x@@.old()", id="no name"),
    ],
)
def test_what_can_not_be_told_has_a_reason(text: str) -> None:
    found = spelled(text)
    assert (found.names, bool(found.reason)) == ((), True)


def test_a_name_is_placed_as_it_is_written() -> None:
    assert spelled("mail.@@ｓend()").names == ("mail", "send")
