"""Names that are read while a module is imported, before they are bound."""

from __future__ import annotations

import ast

import pytest

from codemods.toolkit.python.early import early_reads


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("class A(B): ...\nfrom b import B\n", {"B": 1}, id="a base"),
        pytest.param("x: int = y\ny = 1\n", {"y": 1}, id="a value"),
        pytest.param("@d\ndef f(): ...\nfrom b import d\n", {"d": 1}, id="a decorator"),
        pytest.param("def f(a=b, *, c=d): ...\nimport b, d\n", {"b": 1, "d": 1}, id="defaults"),
        pytest.param("class A:\n    x = b.y\nimport b\n", {"b": 2}, id="a class body"),
        pytest.param("class A:\n    x = 1\ny = x\nx = 2\n", {"x": 3}, id="a name of a class is none of the module"),
        pytest.param("if x:\n    y = z\nimport x, z\n", {"x": 1, "z": 2}, id="conditions and blocks"),
        pytest.param("with a as b:\n    c = b\nimport a\n", {"a": 1}, id="a context manager"),
        pytest.param("for a in b:\n    c = a\nimport b\n", {"b": 1}, id="a loop"),
        pytest.param("x = [b for a in c]\nimport b, c\n", {"b": 1, "c": 1}, id="a comprehension"),
        pytest.param(
            "x = (b for a in c)\nimport b, c\n", {"c": 1}, id="a generator expression reads its first iterable"
        ),
        pytest.param("f = lambda a=b: c\nimport b, c\n", {"b": 1}, id="the default of a lambda"),
        pytest.param("match a:\n    case [b]:\n        c = b\nimport a\n", {"a": 1}, id="a match"),
        pytest.param("x += 1\nx = 2\n", {}, id="what is added to counts as bound"),
        pytest.param("def f():\n    return B\nfrom b import B\n", {}, id="a function"),
        pytest.param("f = lambda: B\nfrom b import B\n", {}, id="a lambda"),
        pytest.param("def f(x: B) -> B: ...\ny: B\nfrom b import B\n", {}, id="annotations"),
        pytest.param("import b\nclass A(b.B): ...\n", {}, id="bound before"),
        pytest.param("try:\n    import b\nexcept ImportError:\n    b = None\nx = b\n", {}, id="bound in either case"),
        pytest.param("try:\n    x = 1\nexcept E as e:\n    y = e\n", {}, id="a handler"),
        pytest.param("if (a := 1) > 0:\n    b = a\n", {}, id="an assignment expression"),
        pytest.param("[a for a in range(2)]\na = 1\n", {}, id="the target of a comprehension"),
        pytest.param("x = B\nfrom b import *\n", {}, id="a star may bind anything"),
        pytest.param("x = B\n", {}, id="never bound"),
        pytest.param("x = input()\ninput = 1\n", {}, id="a builtin until then"),
    ],
)
def test_a_name_is_read_too_early_where_nothing_before_binds_it(text: str, found: dict[str, int]) -> None:
    assert early_reads(ast.parse(text)) == found
