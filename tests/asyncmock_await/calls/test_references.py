"""What may have become something else is never awaited: names that may be no coroutine functions."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

PATH = "tests/test_orders.py"
IMPORTS = """\
import asyncio
import inspect
import pytest
import unittest
import warnings
from contextlib import ExitStack
from types import SimpleNamespace
from unittest import mock
from unittest.mock import AsyncMock, MagicMock, Mock, patch
from shop import mail
from tests import doubles
"""
PROJECT = {
    "shop/__init__.py": "",
    "shop/mail.py": """\
from contextlib import asynccontextmanager
import functools


def celery(function):
    @functools.wraps(function)
    def run(*args):
        return None
    return run


async def send():
    pass


async def rows():
    yield 1


@asynccontextmanager
async def session():
    yield 1


@celery
async def task():
    pass


class Box:
    @staticmethod
    async def make():
        return 1
""",
    "tests/__init__.py": "",
    "tests/doubles.py": "def setup(m):\n    m.save = print\n",
    "tests/base.py": """\
import unittest
from unittest.mock import MagicMock


class Base(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.db = MagicMock()

    def prepare(self):
        self.db = MagicMock()
""",
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
}
LEFT_ALONE = [
    pytest.param(
"""\
async def test_it():
    with pytest.warns(RuntimeWarning, match="never awaited"):
        mail.send()
""",
        id='where the warning is expected',
    ),
    pytest.param(
"""\
async def test_it(recwarn):
    mail.send()
    assert len(recwarn) == 1
""",
        id='where warnings are counted',
    ),
    pytest.param(
"""\
async def test_it():
    with patch("shop.mail.send", MagicMock()):
        mail.send()
""",
        id='patched reference',
    ),
    pytest.param(
"""\
@patch("shop.mail.send", new_callable=MagicMock)
async def test_it(send):
    mail.send()
""",
        id='patched reference deco',
    ),
    pytest.param(
"""\
async def test_it(monkeypatch):
    monkeypatch.setattr(mail, "send", MagicMock())
    mail.send()
""",
        id='patched reference monkeypatch',
    ),
    pytest.param(
"""\
async def test_it():
    with patch.object(mail, "send", MagicMock()):
        mail.send()
""",
        id='patched reference object',
    ),
    pytest.param(
"""\
async def test_it():
    mail.send = MagicMock()
    mail.send()
""",
        id='assigned reference',
    ),
    pytest.param(
"""\
async def test_it():
    m = MagicMock()
    mail.rows()
""",
        id='reference to an async generator',
    ),
    pytest.param(
"""\
async def test_it():
    m = MagicMock()
    mail.session()
""",
        id='reference to an async context manager',
    ),
    pytest.param(
"""\
async def test_it():
    m = MagicMock()
    mail.task()
""",
        id='decorated reference',
    ),
    pytest.param(
"""\
from shop.mail import send


def fake():
    global send
    send = MagicMock()


async def test_it():
    fake()
    send()
""",
        id='reference global',
    ),
    pytest.param(
"""\
from shop.mail import send


async def test_it(send):
    m = MagicMock()
    send()
""",
        id='reference param',
    ),
    pytest.param(
"""\
from shop.mail import send


class TestX:
    async def test_it(self):
        send = MagicMock()
        def inner():
            send()
        inner()
        send()
""",
        id='reference in class',
    ),
    pytest.param(
"""\
from shop.mail import send


def make():
    send = MagicMock()
    async def test_inner():
        send()
    return test_inner
""",
        id='reference closure',
    ),
    pytest.param(
"""\
from shop.mail import send


async def test_it():
    with patch.multiple("shop.mail", send=MagicMock()):
        mail.send()
""",
        id='reference handed kwargs',
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_function_whose_name_may_lead_elsewhere_is_not_awaited(text: str) -> None:
    check_noop(codemod, {**PROJECT, PATH: IMPORTS + "\n\n" + text})


REWRITTEN = [
    pytest.param("assert mail.send() == 1", "assert await mail.send() == 1", id="compared"),
    pytest.param("r = mail.send()\nassert r == 1", "r = await mail.send()\nassert r == 1", id="kept in a name"),
    pytest.param("r = mail.send()", "r = await mail.send()", id="kept in a name that nobody reads"),
    pytest.param("a, b = mail.send()", "a, b = await mail.send()", id="unpacked"),
    pytest.param("for r in mail.send():\n    pass", "for r in await mail.send():\n    pass", id="gone through"),
    pytest.param("assert mail.send().id", "assert (await mail.send()).id", id="an attribute"),
    pytest.param("mail.Box.make()", "await mail.Box.make()", id="of a class"),
    pytest.param("assert mail.Box.make() == 1", "assert await mail.Box.make() == 1", id="of a class and compared"),
    pytest.param("assert own() == 1", "assert await own() == 1", id="of the module"),
]


@pytest.mark.parametrize(("before", "after"), REWRITTEN)
def test_the_result_of_a_coroutine_function_is_awaited(before: str, after: str) -> None:
    old, new = (
        IMPORTS + "\n\nasync def own():\n    return 1\n\n\nasync def test_it():\n" + "".join(
            f"    {line}\n" for line in text.splitlines()
        )
        for text in (before, after)
    )  # fmt: skip
    check_transformed(codemod, {**PROJECT, PATH: old}, {PATH: new})


CONSUMED = [
    pytest.param("r = mail.send()\nassert r is not None\nawait r", id="awaited later"),
    pytest.param("c = mail.send()\nd = c\nassert d\nawait c", id="awaited by the first of two names"),
    pytest.param("assert await asyncio.wait_for(mail.send(), 1)", id="handed to a runner"),
    pytest.param("c = mail.send()\nassert inspect.iscoroutine(c)\nc.close()", id="looked at"),
    pytest.param("assert [x async for x in mail.rows()]", id="an async generator"),
    pytest.param("rows = mail.rows()\nassert rows", id="an async generator that is kept"),
    pytest.param("def own():\n    return 1\nassert own() == 1", id="a function within of the same name"),
]


@pytest.mark.parametrize("text", CONSUMED)
def test_a_coroutine_that_is_wanted_is_left_alone(text: str) -> None:
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    module = IMPORTS + "\n\nasync def own():\n    return 1\n\n\nasync def test_it():\n" + lines
    check_noop(codemod, {**PROJECT, PATH: module})


ELSEWHERE = [
    pytest.param("box = mail.Box()\n    box.make = MagicMock()", id="an object of its own"),
    pytest.param("box = mail.Box()\n    box = mail.Box()\n    box.make = MagicMock()", id="one after another"),
    pytest.param("box = mail.Box()\n    box.make: object = MagicMock()", id="with an annotation"),
    pytest.param('with patch("shop.mail.Box.make"):\n        pass', id="a patch that ends"),
    pytest.param("make = MagicMock()", id="a name of its own"),
    pytest.param("box = dict(make=MagicMock())", id="a keyword"),
    pytest.param('with patch.multiple("shop.mail.Box", make=MagicMock()):\n        pass', id="of a patch that ends"),
    pytest.param("box = mail.the_box()\n    box.mail = MagicMock()", id="an attribute with the name of the module"),
    pytest.param("box = mail.the_box()\n    box.remake = MagicMock()", id="another name that ends like it"),
]


@pytest.mark.parametrize("line", ELSEWHERE)
def test_what_another_test_does_to_an_object_of_its_own_replaces_nothing(line: str) -> None:
    old, new = (
        f"{IMPORTS}\n\ndef test_other():\n    {line}\n\n\nasync def test_it():\n    {call}\n"
        for call in ("assert mail.Box.make() == 1", "assert await mail.Box.make() == 1")
    )
    check_transformed(codemod, {**PROJECT, PATH: old}, {PATH: new})


SHARED = [
    pytest.param("", "mail.Box.make = MagicMock()", id="of the class"),
    pytest.param("", "box = mail.Box\n    box.make = MagicMock()", id="of the class by another name"),
    pytest.param("", "mail.Box.make: object = MagicMock()", id="of the class and with an annotation"),
    pytest.param("", "box = mail.the_box()\n    box.make = MagicMock()", id="of what a function gives"),
    pytest.param("box", "box.make = MagicMock()", id="of a parameter"),
    pytest.param(
        "box", "if not box:\n        box = mail.Box()\n    box.make = MagicMock()", id="of a parameter or its own"
    ),
    pytest.param(
        "",
        "box = mail.Box()\n    if asyncio:\n        box = mail.Box\n    box.make = MagicMock()",
        id="of one of two things",
    ),
    pytest.param("", "global box\n    box = mail.Box()\n    box.make = MagicMock()", id="of a global name"),
    pytest.param("", "from shop.mail import Box as box\n    box.make = MagicMock()", id="of an import of its own"),
    pytest.param("", "for box in [mail.Box]:\n        box.make = MagicMock()", id="of what a loop goes through"),
    pytest.param("", "box = mail.Box()\n    box.kind.make = MagicMock()", id="of what an object leads to"),
    pytest.param("", "global mail\n    mail = MagicMock()", id="of the module's own name"),
    pytest.param("", "vars(mail).update(Box=MagicMock())", id="by a keyword of what sets names"),
    pytest.param("", 'patch.multiple("shop.mail.Box", make=MagicMock()).start()', id="by a patch that lasts"),
    pytest.param("", "import sys\n    sys.modules[__name__].mail = MagicMock()", id="of the module by itself"),
    pytest.param("", "from tests import test_orders\n    test_orders.mail = MagicMock()", id="of what imports itself"),
    pytest.param("", "box = mail.Box()\n    type(box).make = MagicMock()", id="of the class of an object"),
]


@pytest.mark.parametrize(("parameter", "line"), SHARED)
def test_what_another_test_does_to_what_may_be_shared_may_replace_a_name(parameter: str, line: str) -> None:
    module = f"{IMPORTS}\n\ndef test_other({parameter}):\n    {line}\n\n\nasync def test_it():\n    mail.Box.make()\n"
    check_noop(codemod, {**PROJECT, PATH: module})


ANEW = [
    pytest.param("def made():\n    return mail.Box()", id="at once"),
    pytest.param(
        "def made():\n    with patch('shop.mail.send'):\n        box = mail.Box()\n        box.a = 1\n    return box",
        id="in a block",
    ),
]
KEPT = [
    pytest.param("BOX = mail.Box()\n\n\ndef made():\n    return BOX", id="of the module"),
    pytest.param("BOX = None\n\n\ndef made():\n    global BOX\n    BOX = mail.Box()\n    return BOX", id="that lasts"),
    pytest.param("def made(box):\n    if box:\n        return box\n    return mail.Box()", id="in one of two ways"),
    pytest.param("def made():\n    return mail.the_box()", id="of another function"),
    pytest.param("@functools.cache\ndef made():\n    return mail.Box()", id="that a decorator keeps"),
    pytest.param("def made():\n    return mail.Box()\n\n\nmade = lambda: mail.Box", id="by another name's function"),
    pytest.param("def made():\n    yield mail.Box()", id="of a generator"),
    pytest.param("class made:\n    pass", id="of a class without a capital"),
]
BY_FUNCTION = """{imports}import functools


{maker}


async def test_other():
    box = made()
    box.make = MagicMock()


async def test_it():
    {call}
"""


@pytest.mark.parametrize("maker", ANEW)
def test_what_a_test_sets_on_what_a_function_makes_anew_replaces_nothing(maker: str) -> None:
    old, new = (
        BY_FUNCTION.format(imports=IMPORTS, maker=maker, call=call)
        for call in ("assert mail.Box.make() == 1", "assert await mail.Box.make() == 1")
    )
    check_transformed(codemod, {**PROJECT, PATH: old}, {PATH: new})


def test_a_parameter_with_the_name_of_such_a_function_may_give_the_same_again() -> None:
    module = BY_FUNCTION.format(imports=IMPORTS, maker="def made():\n    return mail.Box()", call="mail.Box.make()")

    check_noop(codemod, {**PROJECT, PATH: module.replace("def test_other()", "def test_other(made)")})


@pytest.mark.parametrize("maker", KEPT)
def test_what_a_test_sets_on_what_a_function_may_give_again_may_replace_a_name(maker: str) -> None:
    check_noop(codemod, {**PROJECT, PATH: BY_FUNCTION.format(imports=IMPORTS, maker=maker, call="mail.Box.make()")})


LOCAL = [
    pytest.param("def test_other():\n    make = mail.Box()\n    make.update(1)", "", id="beside what sets members"),
    pytest.param(
        "class TestBox:\n    def box(self):\n        make = MagicMock()\n        return make", "", id="a method"
    ),
    pytest.param("def box():\n    if mail:\n        make = 1\n    return make", "", id="in a block"),
    pytest.param("def box():\n    def inner():\n        make: int = 1\n        return make", "", id="in one within"),
    pytest.param("", "make = 'a'\n    ", id="in the test itself"),
]


@pytest.mark.parametrize(("other", "line"), LOCAL)
def test_a_name_that_a_function_binds_for_itself_replaces_no_member(other: str, line: str) -> None:
    old, new = (
        f"{IMPORTS}\n\n{other}\n\n\nasync def test_it():\n    {line}{call}\n"
        for call in ("assert mail.Box.make() == 1", "assert await mail.Box.make() == 1")
    )
    check_transformed(codemod, {**PROJECT, PATH: old}, {PATH: new})


MEMBERS = [
    pytest.param(
        "def box():\n    class Other(mail.Box):\n        make = MagicMock()\n    return Other", id="of a class"
    ),
    pytest.param("class Other(mail.Box):\n    make = MagicMock()", id="of a class of the module"),
    pytest.param("def box():\n    return mail.the_box(make=MagicMock())", id="a keyword"),
    pytest.param(
        "def box(box):\n    make = MagicMock()\n    box.__dict__.update(locals())", id="with all that is bound there"
    ),
    pytest.param("def box():\n    global make\n    make = MagicMock()", id="of the module, by a function"),
    pytest.param("make = MagicMock()", id="of the module"),
]


@pytest.mark.parametrize("other", MEMBERS)
def test_a_name_that_is_bound_as_a_member_may_replace_one(other: str) -> None:
    check_noop(codemod, {**PROJECT, PATH: f"{IMPORTS}\n\n{other}\n\n\nasync def test_it():\n    mail.Box.make()\n"})


def test_what_a_test_does_to_its_own_object_counts_for_itself() -> None:
    lines = "    box = mail.Box()\n    box.make = MagicMock()\n    assert box.make() == 1\n    mail.Box.make()\n"
    check_noop(codemod, {**PROJECT, PATH: f"{IMPORTS}\n\nasync def test_it():\n{lines}"})


def test_what_a_helper_does_to_an_object_counts_for_all() -> None:
    module = f"{IMPORTS}\n\ndef prepared():\n    box = mail.Box()\n    box.make = MagicMock()\n    return box\n"
    check_noop(codemod, {**PROJECT, PATH: f"{module}\n\nasync def test_it():\n    mail.Box.make()\n"})


WITHIN = [
    pytest.param("assert mail.send() == 1", "assert await mail.send() == 1", id="compared"),
    pytest.param("mail.send()", "await mail.send()", id="a statement"),
    pytest.param(
        "r = mail.Box.make()\n        print(r)", "r = await mail.Box.make()\n        print(r)", id="of a class"
    ),
]
AROUND = [
    pytest.param("async def test_it():", id="a test"),
    pytest.param("async def test_it():\n    m = AsyncMock()\n    await m.x()", id="a test that makes a mock"),
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(("before", "after"), WITHIN)
def test_a_function_within_a_test_awaits_too(around: str, before: str, after: str) -> None:
    old, new = (
        f"{IMPORTS}\n\n{around}\n    async def one():\n        {text}\n\n    await asyncio.gather(one(), one())\n"
        for text in (before, after)
    )
    check_transformed(codemod, {**PROJECT, PATH: old}, {PATH: new})


def test_a_function_within_a_test_may_call_a_name_of_the_test() -> None:
    text = (
        "async def test_it():\n    mail = MagicMock()\n\n    async def one():\n        mail.send()\n\n    await one()\n"
    )
    check_noop(codemod, {**PROJECT, PATH: f"{IMPORTS}\n\n{text}    await orders.save()\n    mail.send()\n"})


def test_a_sync_function_within_a_test_can_not_await() -> None:
    text = "def test_it():\n    def one():\n        return mail.send() == 1\n\n    one()\n"
    [site] = [each for each in check_noop(codemod, {**PROJECT, PATH: f"{IMPORTS}\n\n{text}"}).sites if each.code]
    assert (site.decision, site.code) == ("refused", "AM113")


def test_what_a_base_class_makes_for_itself_replaces_nothing_of_an_object_that_the_test_makes() -> None:
    base = "import unittest\nfrom unittest.mock import Mock\n\n\nclass Case(unittest.IsolatedAsyncioTestCase):\n"
    base += "    def setUp(self):\n        self.till = Mock()\n        self.till.shop = Mock()\n"
    before = "from shop import Shop\nfrom tests.cases import Case\n\n\nclass TestShop(Case):\n"
    before += "    async def test_count(self):\n        shop = Shop()\n        assert shop.open() == 1\n"
    check_transformed(
        codemod,
        {
            "shop.py": "class Shop:\n    async def open(self):\n        return 1\n",
            "tests/__init__.py": "",
            "tests/cases.py": base,
            "tests/test_a.py": before,
        },
        {"tests/test_a.py": before.replace("assert shop", "assert await shop")},
    )
