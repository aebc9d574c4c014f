"""Tests that pass because a lost coroutine was used as what it stands for: the exception of that is what they expect.

`rows.all()` fails where `rows` is a coroutine (`AttributeError`), and a test may say so, knowingly or not
(`with pytest.raises(AttributeError): await names(session)`).  Nothing is raised there once the double is mended.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from codemods.asyncmock_await.calls.module.forms import OF_MISUSE, expected_by_call
from codemods.evidence.schema import Call, Coroutine, Evidence, Place
from codemods.toolkit.python.collect_names import caught_names
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_BY_NAME = frozenset({"AttributeError", "TypeError"})
_RAISING = frozenset({"attribute", "for", "async for", "with", "async with"})
"""Uses of a coroutine that always fail; whatever is expected around them comes from there."""

_HARMLESS = frozenset({"statement", "awaited"})


class Expecting(msgspec.Struct, frozen=True, array_like=True):
    """A part of a test that an exception is expected of: its span as `ast` counts, the last names of the exceptions.

    `function` is the name of the function that it stands in, "" at the top level.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    exceptions: tuple[str, ...]
    function: str

    def holds(self, place: Place) -> bool:
        """Whether an expression, of which only the line may be known, stands in it."""
        if not place.end_line:
            return self.line <= place.line <= self.end_line
        begins = (self.line, self.column) <= (place.line, place.column)
        return begins and (place.line, place.column) < (self.end_line, self.end_column)


def expecting(tree: ast.Module) -> tuple[Expecting, ...]:
    """The parts of a module that an exception is expected of."""
    return tuple(_expecting(tree, ""))


def _expecting(around: ast.AST, function: str) -> Iterator[Expecting]:
    for node in ast.iter_child_nodes(around):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield from _expecting(node, name)
                continue
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                calls = [item.context_expr for item in items if isinstance(item.context_expr, ast.Call)]
                expected = [each for call in calls for each in expected_by_call(call)]
                if expected:
                    yield _spanning(body[0], body[-1], expected, function)
            case ast.Try(body=body, handlers=handlers) | ast.TryStar(body=body, handlers=handlers):
                if not all(map(_passes_over, handlers)):
                    yield _spanning(body[0], body[-1], [each.type for each in handlers], function)
            case ast.Call(args=[_, _, *_]) if expected := expected_by_call(node):
                yield _spanning(node, node, expected, function)
        yield from _expecting(node, function)


def _passes_over(handler: ast.ExceptHandler) -> bool:
    return all(isinstance(each, ast.Pass) for each in handler.body)


def _spanning(
    first: ast.stmt | ast.expr, last: ast.stmt | ast.expr, expected: Iterable[ast.expr | None], function: str
) -> Expecting:  # fmt: skip
    end = last.end_lineno or last.lineno, last.end_col_offset or 0
    names = frozenset[str]().union(*map(caught_names, expected))
    return Expecting(first.lineno, first.col_offset, *end, tuple(sorted(names)), function)


def may_be_expected(lost: Call | Coroutine) -> bool:
    """Whether the use of a lost coroutine may have raised an exception."""
    return lost.form not in _HARMLESS


def where_expected(evidence: Evidence, lost: Call | Coroutine) -> frozenset[str]:
    """The files of tests that may expect what the use of a lost coroutine raised."""
    if not may_be_expected(lost):
        return frozenset()
    files = {frame.place.path for frame in lost.stack if is_test(frame.place.path)}
    return frozenset(files.union(evidence.tests[index].id.partition("::")[0] for index in lost.tests))


def expected_at(project: Project[Facts], evidence: Evidence, lost: Call | Coroutine) -> str:
    """Where a test that passed expects what the use of a lost coroutine raised, "" where none does.

    The stack is known of one of the tests.  Any other may expect it wherever it says `AttributeError` or `TypeError`.
    """
    passed = [evidence.tests[index].id for index in lost.tests if evidence.tests[index].outcome == "passed"]
    if not passed or not may_be_expected(lost):
        return ""
    for frame in lost.stack:
        for each in _parts(project, frame.place.path):
            known = lost.form in _RAISING or OF_MISUSE.intersection(each.exceptions)
            if known and each.holds(frame.place):
                return f"{frame.place.path}:{each.line}"
    for test in passed:
        path, _, name = test.partition("::")
        function = name.partition("[")[0].rpartition("::")[2]
        for each in _parts(project, path):
            if each.function == function and _BY_NAME.intersection(each.exceptions):
                return f"{path}:{each.line}"
    return ""


def _parts(project: Project[Facts], path: str) -> tuple[Expecting, ...]:
    entry = project.entries.get(path) if is_test(path) else None
    return entry.facts.doubles.expecting if entry is not None and entry.facts is not None else ()
