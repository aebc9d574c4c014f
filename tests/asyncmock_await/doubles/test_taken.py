"""A coroutine that a run saw dropped may be awaited by who takes it: the source says whether anybody does."""

from __future__ import annotations

import textwrap

import pytest

from codemods.asyncmock_await import codemod
from codemods.evidence.schema import Coroutine, Form, Place
from codemods.testing import check_noop, check_transformed
from tests.asyncmock_await.doubles.evidence_records import TESTS, Run

HEAD = "from unittest.mock import AsyncMock\n\nfrom elsewhere import load, other, take\n\n\n"


def run_of(body: str, form: Form) -> Run:
    """A run in which the first `load()` of an async test was dropped: no source tells what `load` is."""
    function = "async def test_one(self):\n" + textwrap.indent(body, "    ")
    run = Run({TESTS: HEAD + function + "\n"})
    place = run.place("load()", TESTS)
    run.coroutines.append(Coroutine("load", "m", Place("", 0), place, form, "async", False, 1, (), (0,)))
    return run


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("x = load()\nassert x == 1", id="compared"),
        pytest.param("x = load()\nassert x.rows and x['a'] and not x", id="taken for an object"),
        pytest.param("x = load()\nassert len(x) == isinstance(x, list)", id="given to what looks at it"),
        pytest.param("x = load()\nself.assertEqual(x, 1)", id="given to an assertion"),
        pytest.param("x = load()\nif x:\n    print(f'{x}')", id="printed"),
        pytest.param("x = load()\nfor each in x:\n    print(each)", id="taken apart by a loop"),
        pytest.param("x = load()\nassert [each for each in x]", id="taken apart by a comprehension"),
        pytest.param("x, y = load()\ntake(x, y)", id="taken apart"),
        pytest.param("x = load()\nassert x\nx = await other()\ntake(x)", id="another value of that name"),
        pytest.param("take(x := 1)\nx = load()\nassert x", id="handed on before"),
        pytest.param("self.x = load()\nassert self.x == 1", id="an attribute"),
        pytest.param("x: int = load()\nassert x == 1", id="annotated"),
    ],
)
def test_a_coroutine_that_is_only_looked_at_is_awaited(body: str) -> None:
    run = run_of(body, "assigned")
    check_transformed(
        codemod, run.files, {TESTS: run.files[TESTS].replace("= load()", "= await load()")}, inputs=run.inputs
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("x = load()\nif other():\n    await x", id="awaited"),
        pytest.param("x = load()\ntake(x)", id="given to a function"),
        pytest.param("x = load()\ntake(on=x)", id="given by keyword"),
        pytest.param(
            "tasks = []\nfor each in '12':\n    x = load()\n    tasks.append((each, x))", id="in a tuple of a list"
        ),
        pytest.param(
            "for each in '12':\n    if each == '2':\n        take(x)\n    x = load()", id="in the next round of a loop"
        ),
        pytest.param("x = load()\n\ndef later():\n    return x\ntake(later)", id="returned by an inner function"),
        pytest.param("x = load()\nx.close()", id="closed"),
        pytest.param("x = load()\nif other():\n    x = 1\ntake(x)", id="bound anew on one path only"),
        pytest.param("self.x = load()\nawait self.x", id="an attribute"),
        pytest.param("self.xs[0] = load()\nassert self.xs", id="an item"),
        pytest.param("x = load()\ny = x", id="another name"),
    ],
)
def test_a_coroutine_that_is_handed_on_is_told_of(body: str) -> None:
    run = run_of(body, "assigned")
    [site] = [each for each in check_noop(codemod, run.files, inputs=run.inputs).sites if each.kind == "coroutine call"]
    assert (site.decision, site.code) == ("refused", "AM297")


def test_what_is_handed_on_is_the_result_of_another_call() -> None:
    run = run_of("take(load().rows())", "attribute")
    after = run.files[TESTS].replace("load().", "(await load()).")
    check_transformed(codemod, run.files, {TESTS: after}, inputs=run.inputs)


@pytest.mark.parametrize(
    ("body", "form"),
    [
        pytest.param("take([load()])", "value", id="in a list"),
        pytest.param("take(**{'a': load()})", "value", id="in a mapping"),
        pytest.param("take(load() if self else 1)", "value", id="on one path"),
    ],
)
def test_a_value_that_is_handed_on_is_told_of(body: str, form: Form) -> None:
    run = run_of(body, form)
    [site] = [each for each in check_noop(codemod, run.files, inputs=run.inputs).sites if each.kind == "coroutine call"]
    assert (site.decision, site.code) == ("refused", "AM297")
