"""Tests that expect what the use of a lost coroutine raises."""

from __future__ import annotations

import ast

import pytest
from msgspec.structs import replace

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.doubles.expected import expecting
from codemods.evidence.schema import Coroutine, Form, Frame, Outcome, Place, Test
from codemods.testing import check_noop, check_transformed
from tests.asyncmock_await.doubles.evidence_records import PRODUCTION, TESTS, Run


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("with pytest.raises(TypeError):\n    f()", [(2, ("TypeError",))], id="raises"),
        pytest.param("with raises((TypeError, a.B), match='x'):\n    f()", [(2, ("B", "TypeError"))], id="several"),
        pytest.param("with pytest.raises(expected_exception=E):\n    f()", [(2, ("E",))], id="by keyword"),
        pytest.param("async with lock, raises(E):\n    f()", [(2, ("E",))], id="beside another"),
        pytest.param("with suppress(A):\n    f()", [], id="suppress, which passes either way"),
        pytest.param("try:\n    f()\nexcept A:\n    pass", [], id="an except that passes over it"),
        pytest.param("try:\n    f()\nexcept A:\n    g()", [(2, ("A",))], id="try"),
        pytest.param("try:\n    f()\nexcept:\n    g()", [(2, ("BaseException",))], id="a bare except"),
        pytest.param("try:\n    f()\nexcept* A:\n    g()", [(2, ("A",))], id="try with except*"),
        pytest.param("with raises(match='x'):\n    f()", [(2, ("BaseException",))], id="raises of any exception"),
        pytest.param("self.assertRaises(A, f, 1)", [(1, ("A",))], id="a call"),
        pytest.param("with lock:\n    f()", [], id="another with"),
        pytest.param("try:\n    f()\nfinally:\n    g()", [], id="finally"),
        pytest.param("raises(A)", [], id="a manager that isn't entered there"),
    ],
)
def test_parts_of_a_test_are_told_that_an_exception_is_expected_of(text: str, found: list[object]) -> None:
    assert [(each.line, each.exceptions) for each in expecting(ast.parse(text))] == found


def test_an_expectation_is_known_by_the_function_that_it_stands_in() -> None:
    text = "class TestA:\n    def test_one(self):\n        with raises(A):\n            f()\n"
    [each] = expecting(ast.parse(text))
    assert each.function == "test_one"
    assert each.holds(Place("t.py", 4)), "of a line alone"
    assert each.holds(Place("t.py", 4, 12, 4, 15))
    assert not each.holds(Place("t.py", 4, 15, 4, 16)), "behind it"


SAVE = "async def save(db):\n    db.rows().first()\n"
HEAD = "from unittest.mock import AsyncMock, MagicMock\n\nfrom app.orders import save\n\ndb = AsyncMock()\n\n"
EXPECTED = "async def test_one():\n    with raises({}):\n        await save(db)\n"


def run_of(
    tests: str, outcome: Outcome = "passed", form: Form = "attribute", ids: tuple[str, ...] = ("test_one",)
) -> Run:
    run = Run({PRODUCTION: SAVE, TESTS: HEAD + tests})
    call = run.call("rows", "db.rows()", dropped=1, form=form)
    outer = Frame(run.place("save(db)", TESTS), "test_one")
    run.double("AsyncMock()", replace(call, stack=(*call.stack, outer), tests=tuple(range(len(ids)))))
    run.tests = tuple(Test(f"{TESTS}::{name}", outcome) for name in ids)
    return run


@pytest.mark.parametrize(
    ("exception", "form"),
    [
        pytest.param("AttributeError", "attribute", id="what it raises"),
        pytest.param("ShopError", "attribute", id="what the code makes of it"),
        pytest.param("TypeError", "argument", id="what it may raise"),
        pytest.param("Exception", "assigned", id="any"),
    ],
)
def test_a_double_is_left_where_the_test_expects_that_it_fails(exception: str, form: Form) -> None:
    run = run_of(EXPECTED.format(exception), form=form)
    result = check_noop(codemod, run.files, inputs=run.inputs)
    [site] = [each for each in result.sites if each.kind == "double"]
    assert (site.code, f"{TESTS}:9 expects" in site.reason) == ("AM299", True)


@pytest.mark.parametrize(
    ("tests", "outcome", "form"),
    [
        pytest.param(EXPECTED.format("AttributeError"), "failed", "attribute", id="a test that fails anyway"),
        pytest.param(EXPECTED.format("AttributeError"), "passed", "statement", id="a statement raises nothing"),
        pytest.param(EXPECTED.format("ShopError"), "passed", "argument", id="an argument, and another exception"),
        pytest.param(
            "async def test_one():\n    await save(db)\n    with raises(AttributeError):\n        g()\n",
            "passed",
            "statement",
            id="something else is expected to fail",
        ),
    ],
)
def test_a_double_is_mended_where_nothing_says_that_it_has_to_fail(tests: str, outcome: Outcome, form: Form) -> None:
    run = run_of(tests, outcome, form)
    after = run.files[TESTS].replace("db = AsyncMock()\n", "db = AsyncMock()\ndb.rows = MagicMock()\n")
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


def test_another_test_than_that_of_the_stack_may_expect_it() -> None:
    two = (
        "async def test_one():\n    await save(db)\n\nasync def test_two():\n    with raises(TypeError):\n        g()\n"
    )
    run = run_of(two, ids=("test_one", "test_two[1]"))
    result = check_noop(codemod, run.files, inputs=run.inputs)
    [site] = [each for each in result.sites if each.kind == "double"]
    assert (site.code, f"{TESTS}:12 expects" in site.reason) == ("AM299", True)


def test_no_await_is_written_where_the_test_expects_that_the_coroutine_fails() -> None:
    tests = (
        "async def test_one():\n    with raises(Exception):\n        load() + 1\n\nasync def load():\n    return 1\n"
    )
    run = Run({TESTS: HEAD + tests})
    place = run.place("load()", TESTS)
    stack = (Frame(place, "test_one"),)
    run.coroutines.append(Coroutine("load", "m", Place("", 0), place, "value", "async", False, 1, (), (0,), stack))
    result = check_noop(codemod, run.files, inputs=run.inputs)
    assert [each.code for each in result.sites if each.kind == "coroutine call"] == ["AM299"]
