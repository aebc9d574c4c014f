from __future__ import annotations

import ast
import builtins
import textwrap
import warnings

import hypothesmith
import pytest
from hypothesis import HealthCheck, given, settings

from codemods.toolkit.python.reads import module_reads
from codemods.toolkit.python.undefined import new_undefined


def new(before: str, after: str) -> list[tuple[str, str, int]]:
    found = new_undefined(*(module_reads(ast.parse(textwrap.dedent(text))) for text in (before, after)))
    return [(read.scope, read.name, read.line) for read in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("import a\na", "\na", [("", "a", 2)], id="its import is gone"),
        pytest.param("import a\na", "import a\nb", [("", "b", 2)], id="the name is new"),
        pytest.param("a", "a", [], id="it was undefined before"),
        pytest.param("a", "a\na", [("", "a", 2)], id="it is read once more than before"),
        pytest.param("a\ndef f(): pass", "def f(): a", [("f", "a", 1)], id="it is read in another scope"),
        pytest.param("def f(): a", "def g(): a", [], id="its scope has a new name"),
        pytest.param("def f(): a", "def g(): a; a", [("g", "a", 1)], id="its scope has a new name and one read more"),
        pytest.param("def f(): a", "def f(): 1\ndef g(): a", [("g", "a", 2)], id="its old scope is still there"),
        pytest.param("def f(): a", "def f(): a = a", [], id="it is bound now"),
        pytest.param("def f(): a\ndef g(): pass", "def f(): 1\ndef g(): a", [("g", "a", 2)], id="it moved"),
        pytest.param("import a\nx: 'a'", "x: 'a'", [("", "a", 1)], id="it stands in an annotation string"),
    ],
)
def test_reads_count_by_scope_and_name(before: str, after: str, expected: list[tuple[str, str, int]]) -> None:
    assert new(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("from m import *\na", "from m import *\na", [], id="it came from a star import before"),
        pytest.param("from m import *\na", "from m import *\nb", [], id="a new name may come from it"),
        pytest.param("from m import *\nimport a\na", "from m import *\na", [("", "a", 2)], id="its own import is gone"),
        pytest.param("from m import *\na", "\na", [("", "a", 2)], id="the star import is gone"),
        pytest.param("from m import *\na", "from n import *\na", [("", "a", 2)], id="it is another star import"),
        pytest.param("import a\na", "from m import *\na", [("", "a", 2)], id="a star import stands for its own"),
        pytest.param("from m import *\na", "from m import a\na", [], id="an explicit import stands for the star"),
    ],
)
def test_star_imports_leave_names_undecided(before: str, after: str, expected: list[tuple[str, str, int]]) -> None:
    assert new(before, after) == expected


class _Renamed(ast.NodeTransformer):
    """Every name in a module under another name, but for builtins (which no binding gives)."""

    def visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "name", "asname", "rest"):
            value = getattr(node, field, None)
            if isinstance(value, str) and not isinstance(node, ast.alias):
                setattr(node, field, f"renamed_{value}")
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [f"renamed_{name}" for name in node.names]
        elif isinstance(node, ast.arg):
            node.arg = f"renamed_{node.arg}"
        elif isinstance(node, ast.alias) and node.name != "*":
            node.asname = f"renamed_{node.asname or node.name.partition('.')[0]}"
        return self.generic_visit(node)


@given(hypothesmith.from_grammar())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_renaming_every_name_makes_none_undefined(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, renamed = ast.parse(text), ast.parse(text)
    known = {read.name for read in module_reads(before).undefined}
    _Renamed().visit(renamed)
    after = module_reads(renamed)
    names = {read.name.removeprefix("renamed_") for read in after.undefined}
    assert names - set(dir(builtins)) <= known
