"""What is collected of async tests and set-ups, and how little is read for it."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.never_run.collect import collect
from codemods.asyncmock_await.never_run.facts import Function, TestFacts
from codemods.toolkit.pipeline.source import decoded, outlined
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.project import Module

SET_UP = """\
class TestIt(Base):
    async def setUp(self):
        super().setUp()

    def reset(self):
        self.setUp()
"""


def module_of(text: str) -> Module:
    return outlined(decoded("test_it.py", text.encode()))


def facts_of(module: Module, *, renames: bool = False) -> TestFacts:
    return collect(module, module_names(module), renames=renames)


def only(text: str) -> Function:
    (function,) = (each for each in facts_of(module_of(text)).functions if each.name == "test_one")
    return function


CALLED = [
    pytest.param("", False, id="nowhere"),
    pytest.param("asyncio.run(test_one())\n", True, id="at the top level"),
    pytest.param("class Other:\n    def run(self):\n        self.test_one()\n", True, id="as a method"),
    pytest.param("class Other:\n    def test_one(self): ...\n", False, id="another definition of the name"),
    pytest.param("def test_in_test_one(): ...\n", False, id="the end of a longer name that is defined"),
    pytest.param("run(test_one_more())\n", False, id="the start of a longer name"),
    pytest.param("run(test_one)\n", False, id="handed on"),
    pytest.param("def setup_module(): ...\n\n\nrun(test_one())\n", True, id="beside a set-up"),
]


@pytest.mark.parametrize(("text", "called"), CALLED)
def test_a_module_calls_a_test_where_its_name_and_a_bracket_stand_and_no_def(text: str, called: bool) -> None:
    assert only("async def test_one(): ...\n\n\n" + text).called is called
    assert only(text + "\n\nasync def test_one(): ...\n").called is called


YIELDS = [
    pytest.param("    yield 1\n", True, id="as a statement"),
    pytest.param("    x = [(yield), 1]\n", True, id="within an expression"),
    pytest.param("    if x:\n        with y:\n            yield 1\n", True, id="in a block"),
    pytest.param("    def inner():\n        yield 1\n", False, id="of an inner function"),
    pytest.param("    class Inner:\n        def made(self):\n            yield 1\n", False, id="of a class within"),
    pytest.param("    made = lambda: (yield)\n", False, id="of a lambda"),
    pytest.param("    text = 'yield'\n", False, id="in a text"),
]


@pytest.mark.parametrize(("body", "yields"), YIELDS)
def test_a_test_is_a_generator_by_a_yield_of_its_own(body: str, yields: bool) -> None:
    assert only("async def test_one():\n" + body).yields is yields


def test_a_set_up_is_read_where_it_is_to_be_renamed() -> None:
    module = module_of(SET_UP)
    (function,) = facts_of(module, renames=True).classes[0].functions
    assert (function.called, [each.name for each in function.supers]) == (True, ["setUp"])
    assert sorted(module.unread) == [5]


def test_a_set_up_is_not_read_where_it_keeps_its_name() -> None:
    module = module_of(SET_UP)
    (function,) = facts_of(module).classes[0].functions
    assert (function.called, function.supers) == (False, ())
    assert sorted(module.unread) == [2, 5]
