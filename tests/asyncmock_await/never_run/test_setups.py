"""When an async `setUp` becomes `asyncSetUp`, and why else not."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import Site

REQUESTED = {"requested": ("AM303",)}
PATH = "test_orders.py"
HEAD = "import unittest\nfrom unittest import mock\n\n\n"
BASE = HEAD + "class Base(unittest.IsolatedAsyncioTestCase):\n{base}\n\n\nclass Orders(Base):\n{own}\n"
"""Two classes, each with some methods."""


def method(name: str, *body: str, before: str = "async ", parameters: str = "self", decorator: str = "") -> str:
    lines = [f"    {decorator}"] if decorator else []
    return "\n".join(
        [*lines, f"    {before}def {name}({parameters}):", *(f"        {line}" for line in body or ["..."])]
    )


def alone(*methods: str) -> str:
    return HEAD + "class Orders(unittest.IsolatedAsyncioTestCase):\n" + "\n\n".join(methods) + "\n"


def below(base: str, own: str) -> str:
    return BASE.format(base=base, own=own)


def set_ups(text: str) -> dict[str, Site]:
    result = check_noop(codemod, text, path=PATH, config=REQUESTED)
    return {site.name: site for site in result.sites if site.kind == "set-up"}


REFUSED = [
    pytest.param(alone(method("setUp"), method("asyncSetUp")), "its class has asyncSetUp too", id="both"),
    pytest.param(alone(method("setUp", parameters="self, x=1")), "takes arguments", id="a parameter"),
    pytest.param(alone(method("setUp", parameters="self, *x")), "takes arguments", id="a starred parameter"),
    pytest.param(alone(method("setUp", decorator="@mock.patch('os.sep')")), "is decorated", id="a decorator"),
    pytest.param(alone(method("setUp"), method("reset", "self.setUp()", before="")), "calls setUp itself", id="called"),
    pytest.param(alone(method("setUp", "x = super().setUp()")), "of another form", id="super() in an assignment"),
    pytest.param(alone(method("setUp", "super().tearDown()")), "of another form", id="another method of super()"),
    pytest.param(alone(method("setUp", "super().setUp(1)")), "of another form", id="super() with an argument"),
    pytest.param(alone(method("setUp", "super(Orders, self).setUp()")), "of another form", id="super() of Python 2"),
    pytest.param(alone(method("setUp", "super().setUp()", "super().setUp()")), "of another form", id="super() twice"),
    pytest.param(
        below(method("setUp", before=""), method("setUp")),
        "doesn't call the setUp of its base class, which would run then",
        id="it hides a sync one",
    ),
    pytest.param(
        below(method("asyncSetUp"), method("setUp")),
        "doesn't call the asyncSetUp of its base class, which would not run any more",
        id="it would hide an async one",
    ),
    pytest.param(
        below(method("setUp", before=""), method("setUp", "self.x = 1", "super().setUp()")),
        "in its midst",
        id="super() late in a set-up",
    ),
    pytest.param(
        below(method("tearDown", before=""), method("tearDown", "super().tearDown()", "self.x = 1")),
        "in its midst",
        id="super() early in a tear-down",
    ),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_name_that_would_mean_something_else_stays(text: str, reason: str) -> None:
    [site] = set_ups(text).values()
    assert (site.decision, site.code) == ("refused", "AM503")
    assert reason in site.reason


def test_a_class_method_has_no_async_form() -> None:
    [site] = set_ups(alone(method("setUpClass", decorator="@classmethod", parameters="cls"))).values()
    assert (site.decision, site.code) == ("refused", "AM504")
    assert "no async form of setUpClass" in site.reason


CHAINS = [
    pytest.param(
        below(method("setUp", parameters="self, x=1"), method("setUp", "await super().setUp()")),
        {"Base.setUp": "takes arguments", "Orders.setUp": "Base.setUp stays as it is"},
        id="its base class's stays",
    ),
    pytest.param(
        below(method("setUp"), method("setUp", "await super().setUp()", parameters="self, x=1")),
        {"Base.setUp": "Orders.setUp stays as it is", "Orders.setUp": "takes arguments"},
        id="that of a subclass stays",
    ),
    pytest.param(
        below(method("setUp"), method("setUp", before="")),
        {"Base.setUp": "Orders.setUp replaces it"},
        id="a sync one of a subclass replaces it",
    ),
    pytest.param(
        HEAD + f"class Mixin:\n{method('setUp')}\n\n\nclass Orders(Mixin, unittest.IsolatedAsyncioTestCase):\n"
        f"{method('setUp', 'await super().setUp()')}\n",
        {"Mixin.setUp": "no TestCase itself", "Orders.setUp": "Mixin.setUp stays as it is"},
        id="a mixin's stays",
    ),
]


@pytest.mark.parametrize(("text", "reasons"), CHAINS)
def test_one_that_stays_keeps_the_others_of_its_chain(text: str, reasons: dict[str, str]) -> None:
    found = set_ups(text)
    assert found.keys() == reasons.keys()
    for name, reason in reasons.items():
        assert (found[name].decision, found[name].code) == ("refused", "AM503")
        assert reason in found[name].reason


RENAMED = [
    pytest.param(
        below(method("setUp"), method("setUp", '"""First."""', "await super().setUp()", "self.x = 1")),
        below(method("asyncSetUp"), method("asyncSetUp", '"""First."""', "await super().asyncSetUp()", "self.x = 1")),
        id="a chain",
    ),
    pytest.param(
        below(method("setUp"), method("setUp")),
        below(method("asyncSetUp"), method("asyncSetUp")),
        id="one that replaces another, before and after",
    ),
    pytest.param(
        below(method("setUp", before=""), method("setUp", "super().setUp()", "self.x = 1")),
        below(method("setUp", before=""), method("asyncSetUp", "await super().asyncSetUp()", "self.x = 1")),
        id="a sync one of the base class runs first",
    ),
    pytest.param(
        below(method("tearDown", before=""), method("tearDown", "self.x = 1", "super().tearDown()")),
        below(method("tearDown", before=""), method("asyncTearDown", "self.x = 1", "await super().asyncTearDown()")),
        id="a sync tear-down of the base class runs last",
    ),
    pytest.param(
        below(method("setUp"), method("setUp", "super().setUp()", before="")),
        below(method("asyncSetUp"), method("setUp", "super().setUp()", before="")),
        id="a sync one of a subclass that calls it",
    ),
]


@pytest.mark.parametrize(("before", "after"), RENAMED)
def test_names_that_mean_the_same_are_changed(before: str, after: str) -> None:
    check_transformed(codemod, before, after, path=PATH, config=REQUESTED)


def test_in_a_plain_case_the_base_class_changes_with_it() -> None:
    before = alone(method("setUp"), method("test_it", before="")).replace("IsolatedAsyncioTestCase", "TestCase")
    after = before.replace("TestCase", "IsolatedAsyncioTestCase").replace("async def setUp", "async def asyncSetUp")
    check_transformed(codemod, before, after, path=PATH, config=REQUESTED)
