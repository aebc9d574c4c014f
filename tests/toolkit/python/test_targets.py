"""Statements, and what they store to."""

from __future__ import annotations

import ast

import pytest

from codemods.toolkit.python.targets import statements_in, targets_of

TEXT = """\
class A:
    def f(self):
        if a:
            one()
        elif b:
            two()
        else:
            three()
        for x in y:
            four()
        else:
            five()
        try:
            six()
        except E:
            seven()
        else:
            eight()
        finally:
            nine()
        match x:
            case 1:
                ten()
        with m:
            while w:
                eleven(lambda: 0)
"""


def test_all_statements_are_found() -> None:
    tree = ast.parse(TEXT)
    found = list(statements_in(tree.body))
    assert sorted(map(id, found)) == sorted(id(node) for node in ast.walk(tree) if isinstance(node, ast.stmt))


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        pytest.param("a = b.c = d", ["a", "b.c"], id="assignment"),
        pytest.param("a += b", ["a"], id="augmented assignment"),
        pytest.param("a.b: c = d", ["a.b"], id="annotation"),
        pytest.param("for a in b: c = 1", ["a"], id="loop"),
        pytest.param("async def f():\n async for a in b: ...", [], id="not what statements within store to"),
        pytest.param("with a as b, c, d as e: ...", ["b", "e"], id="with"),
        pytest.param("del a", [], id="what goes is not stored"),
        pytest.param("f(a)", [], id="call"),
    ],
)
def test_what_a_statement_stores_to(text: str, targets: list[str]) -> None:
    assert [ast.unparse(target) for target in targets_of(ast.parse(text).body[0])] == targets
