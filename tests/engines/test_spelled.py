"""What names are by their module."""

from __future__ import annotations

import textwrap

import pytest

from codemods.engines.spelled import Spelled, spelled_at
from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import parsed


def spelled(text: str) -> Spelled:
    """What the name behind the mark `@@` is."""
    before, _, after = textwrap.dedent(text).partition("@@")
    start = len(before.encode())
    return spelled_at(parsed(Source("a.py", (before + after).encode())), [start])[start]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("@@old()", ("here", "old"), id="name"),
        pytest.param("'é'; @@old()", ("here", "old"), id="name behind other letters"),
        pytest.param("pkg.mod.@@old()", ("here", "pkg.mod.old"), id="attribute"),
        pytest.param("pkg.@@mod.old()", ("here", "pkg.mod"), id="middle of a chain"),
        pytest.param("@@pkg.mod.old()", ("here", "pkg"), id="beginning of a chain"),
        pytest.param("@@old = 1", ("here", "old"), id="assigned"),
        pytest.param("def @@old(): pass", ("here", "old"), id="function"),
        pytest.param("async  def  @@old(): pass", ("here", "old"), id="async function"),
        pytest.param("@mark\ndef @@old(): pass", ("here", "old"), id="decorated function"),
        pytest.param("class @@Old: pass", ("here", "Old"), id="class"),
        pytest.param("class A:\n def @@old(self): pass", ("here", "A.old"), id="method"),
        pytest.param(
            "class A:\n class B:\n  def @@old(self): pass", ("here", "A.B.old"), id="method of an inner class"
        ),
        pytest.param("class A:\n def old(self): pass\n new = @@old", ("here", "A.old"), id="name of a class"),
        pytest.param("class A(@@Old): pass", ("here", "Old"), id="base class"),
        pytest.param("def f():\n return @@old()", ("here", "old"), id="name of the module in a function"),
        pytest.param("def f():\n global old\n @@old = 1", ("here", "old"), id="global name that a function binds"),
        pytest.param("def f():\n global old\n @@old()", ("here", "old"), id="global name that a function reads"),
        pytest.param("x = [y for y in @@old]", ("here", "old"), id="what a comprehension iterates over"),
        pytest.param("from m import @@old", ("imported", "m:old"), id="imported name"),
        pytest.param("from m import (\n a,\n @@old as b)", ("imported", "m:old"), id="imported name with another"),
        pytest.param("from ..m import @@old", ("imported", "..m:old"), id="imported by a relative path"),
        pytest.param("from . import @@old", ("imported", ".:old"), id="imported from the package"),
        pytest.param("from a.@@b import old", ("imported", "a.b:"), id="module of an import"),
        pytest.param("from ..@@b import old", ("imported", "..b:"), id="module of a relative import"),
        pytest.param("import a, b.@@c", ("imported", "b.c:"), id="imported module"),
        pytest.param("import @@b.c", ("imported", "b:"), id="package of an imported module"),
        pytest.param("def f():\n from m import old as o\n @@o()", ("imported", "m:old"), id="imported in a function"),
        pytest.param(
            "def f():\n import a.b\n a.b.@@old()", ("imported", "a:b.old"), id="module imported in a function"
        ),
        pytest.param("def f():\n import a.b as c\n c.@@old()", ("imported", "a.b:old"), id="module under another name"),
    ],
)
def test_a_name_is_followed(text: str, expected: tuple[str, str]) -> None:
    found = spelled(text)
    module = f"{'.' * found.level}{found.module}:" if found.how == "imported" else ""
    assert (found.how, module + ".".join(found.names)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("class A:\n def old(self): pass\n def f(self): self.@@old()", "A.old", id="self"),
        pytest.param("class A:\n def old(this): pass\n def f(this): this.@@old()", "A.old", id="by another name"),
        pytest.param("class A:\n def f(self): self.@@old()", None, id="self of a class without it"),
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
    assert (".".join(found.names) or None, found.how) == (expected, "here" if expected else "unknown")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(old):\n return @@old()", id="parameter"),
        pytest.param("def f():\n old = 1\n return @@old", id="variable"),
        pytest.param("def f():\n @@old = 1", id="assigned in a function"),
        pytest.param("def f():\n def @@old(): pass", id="function in a function"),
        pytest.param("lambda old: @@old()", id="parameter of a lambda"),
        pytest.param("[@@old for old in x]", id="comprehension"),
        pytest.param("[old for @@old in x]", id="target of a comprehension"),
    ],
)
def test_a_local_name_leads_nowhere_else(text: str) -> None:
    assert spelled(text).how == "local"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("f().@@old()", id="attribute of a result"),
        pytest.param("def f(a):\n a.@@old()", id="attribute of a parameter"),
        pytest.param("'@@old'", id="string"),
        pytest.param("# @@old", id="comment"),
        pytest.param("f(@@old=1)", id="keyword"),
        pytest.param("x@@.old()", id="no name"),
    ],
)
def test_what_can_not_be_told_has_a_reason(text: str) -> None:
    found = spelled(text)
    assert (found.how, bool(found.reason)) == ("unknown", True)
