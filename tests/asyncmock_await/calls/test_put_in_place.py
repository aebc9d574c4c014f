"""What a test calls by the place where a patch has put it: in a module, a class or a dict."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

PATH = "tests/test_orders.py"
IMPORTS = """\
import contextlib
import importlib
import shop.mail
import shop.rates as fees
from contextlib import suppress
from shop import mail, registry
from shop.mail import Box
from shop.registry import HANDLERS
from unittest import mock
from unittest.mock import AsyncMock, MagicMock, patch


"""
SHOP = {
    "shop/__init__.py": "",
    "shop/mail.py": "async def send(text):\n    return text\n\n\ndef subject():\n    return 1\n\n\n"
    "class Box:\n    def size(self):\n        return 1\n",
    "shop/rates.py": "def load():\n    return 1\n",
    "shop/registry.py": "HANDLERS = {}\n\n\nclass Registry:\n    handlers = {}\n",
}


def project(text: str, head: str = "async def test_it():", before: str = "", **more: str) -> dict[str, str]:
    body = "".join(f"    {line}\n" for line in text.splitlines())
    return {**SHOP, **more, PATH: f"{IMPORTS}{before}{head}\n{body}"}


PLACED = [
    pytest.param('with patch.multiple("shop.rates", load=AsyncMock()):\n    ', "fees.load()", id="of an alias"),
    pytest.param('with patch.multiple(fees, load=AsyncMock()):\n    ', "fees.load()", id="of an object"),
    pytest.param(
        'with patch.multiple("shop.mail", subject=AsyncMock()):\n    ', "shop.mail.subject()", id="of a whole name"
    ),
    pytest.param(
        'with patch.multiple("shop.mail.Box", size=AsyncMock()):\n    ', "mail.Box.size()", id="of a class"
    ),
    pytest.param(
        'with patch.multiple(mail.Box, size=AsyncMock()):\n    ', "Box.size()", id="of a class by another name"
    ),
    pytest.param(
        'with suppress(ValueError), patch.multiple(mail, subject=AsyncMock()):\n    ', "mail.subject()",
        id="within another context manager",
    ),
    pytest.param(
        'with patch.multiple(mail, subject=AsyncMock()):\n    with contextlib.suppress(ValueError):\n        ',
        "mail.subject()",
        id="around another context manager",
    ),
    pytest.param(
        'with patch.multiple(mail, subject=AsyncMock(), send=AsyncMock()):\n    for each in "ab":\n        ',
        "mail.subject()",
        id="in a loop",
    ),
    pytest.param(
        'with patch.dict(in_dict=HANDLERS, values={"a": AsyncMock()}):\n    ', 'HANDLERS["a"]()', id="of a dict"
    ),
    pytest.param(
        'with patch.dict(HANDLERS, {"b": 1}, True, a=AsyncMock()):\n    ', 'HANDLERS["a"]()', id="of a dict by its key"
    ),
    pytest.param(
        'with patch.dict(HANDLERS, {1: AsyncMock(), -1: 2}):\n    ', "HANDLERS[1]()", id="of a dict by a number"
    ),
    pytest.param(
        'with mock.patch.dict(registry.HANDLERS, {"a": AsyncMock()}, clear=False):\n    ', 'HANDLERS["a"].b()',
        id="of a dict of a module, a member of it",
    ),
    pytest.param(
        'with patch.dict("shop.registry.Registry.handlers", {"a": AsyncMock()}):\n    ',
        'registry.Registry.handlers["a"]()',
        id="of a dict of a class",
    ),
    pytest.param(
        'with patch.dict(HANDLERS, {"a": AsyncMock()}) as handlers:\n    ', 'handlers["a"]()', id="of the dict of an as"
    ),
    pytest.param(
        'd = {"a": 1, "b": AsyncMock()}\nwith patch.dict(d, {"a": AsyncMock()}, clear=True):\n    pass\n', 'd["b"]()',
        id="of an own dict that is what it was",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "call"), PLACED)
def test_what_a_patch_has_put_in_a_place_is_called_there(before: str, call: str) -> None:
    check_transformed(codemod, project(before + call), project(f"{before}await {call}"), path=PATH)


MOCKER = [
    pytest.param('mocker.patch.dict(HANDLERS, {"a": AsyncMock()})\n', 'HANDLERS["a"]()', id="a dict"),
    pytest.param('mocker.patch.multiple("shop.mail", subject=AsyncMock())\n', "mail.subject()", id="several"),
]


@pytest.mark.parametrize(("before", "call"), MOCKER)
def test_what_pytest_mock_has_put_in_a_place_is_called_there(before: str, call: str) -> None:
    head = "async def test_it(mocker):"
    check_transformed(codemod, project(before + call, head), project(f"{before}await {call}", head), path=PATH)


@pytest.mark.parametrize("before", ["mocker.stopall()", "mocker.stop(handlers)"])
def test_what_pytest_mock_has_taken_back_is_not_there(before: str) -> None:
    text = f'handlers = mocker.patch.dict(HANDLERS, {{"a": AsyncMock()}})\n{before}\nHANDLERS["a"]()'
    check_noop(codemod, project(text, "async def test_it(mocker):"), path=PATH)


SEVERAL = 'with patch.multiple("shop.mail", subject=AsyncMock()):\n'
DICT = 'with patch.dict(HANDLERS, {"a": AsyncMock()}):\n'
LEFT_ALONE = [
    pytest.param(SEVERAL + "    importlib.reload(mail)\n    mail.subject()", id="a reload"),
    pytest.param(SEVERAL + "    import shop.other as mail\n    mail.subject()", id="another module of the name"),
    pytest.param(SEVERAL + '    setattr(mail, "subject", print)\n    mail.subject()', id="set by its name"),
    pytest.param(SEVERAL + "    setattr(mail, name, print)\n    mail.subject()", id="set by some name"),
    pytest.param(SEVERAL + "    del mail.subject\n    mail.subject()", id="deleted"),
    pytest.param(SEVERAL + "    shop.mail.subject = print\n    mail.subject()", id="set on another name"),
    pytest.param(SEVERAL + "    with patch.multiple(fees, **names):\n        mail.subject()", id="patched anyhow"),
    pytest.param(SEVERAL + "    yield\n    mail.subject()", id="another time"),
    pytest.param(SEVERAL + "    exec(text)\n    mail.subject()", id="any code"),
    pytest.param(
        SEVERAL + "    patch.object(mail, 'subject').start()\n    mail.subject()", id="a patch that is started"
    ),
    pytest.param(
        'for each in "ab":\n    mail.subject()\n    patch.multiple(mail, subject=AsyncMock()).start()\n    break',
        id="started later in a loop that ends",
    ),
    pytest.param(
        'with patch.multiple("shop", mail=MagicMock()), patch.multiple("shop.mail", subject=AsyncMock()):\n'
        "    mail.subject()",
        id="a module that is replaced",
    ),
    pytest.param(DICT + '    HANDLERS["a"] = print\n    HANDLERS["a"]()', id="an item that is set"),
    pytest.param(DICT + '    del HANDLERS["a"]\n    HANDLERS["a"]()', id="an item that is deleted"),
    pytest.param(DICT + '    fees.add("a", print)\n    HANDLERS["a"]()', id="a key that something is told"),
    pytest.param(DICT + '    HANDLERS |= {"a": print}\n    HANDLERS["a"]()', id="an update"),
    pytest.param(DICT + '    Box(HANDLERS)\n    HANDLERS["a"]()', id="something has it"),
    pytest.param(DICT + '    registry.HANDLERS = {}\n    HANDLERS["a"]()', id="another dict in its place"),
    pytest.param('with patch.dict(HANDLERS, [("a", AsyncMock())]):\n    HANDLERS["a"]()', id="pairs"),
    pytest.param('with patch.dict(HANDLERS, a=AsyncMock(), **more):\n    HANDLERS["a"]()', id="a mapping"),
    pytest.param('with patch.dict(*given, a=AsyncMock()):\n    HANDLERS["a"]()', id="a dict from elsewhere"),
    pytest.param('with patch.dict(a=AsyncMock()):\n    HANDLERS["a"]()', id="no dict"),
    pytest.param(DICT + '    HANDLERS["b"]()', id="another key"),
    pytest.param(DICT + '    fees.HANDLERS["a"]()', id="another dict"),
    pytest.param(
        DICT + '    with patch.dict(find(), {"a": print}):\n        HANDLERS["a"]()', id="a dict that is found"
    ),
    pytest.param(
        'm = MagicMock()\nwith patch.dict(m, {"a": AsyncMock()}):\n    m["a"]()', id="a mock that looks like a dict"
    ),
    pytest.param(
        'd = {"a": AsyncMock()}\nwith patch.dict(d, {"b": AsyncMock()}, clear=bool(d)):\n    d["a"]()', id="cleared"
    ),
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_may_be_something_else_by_now_is_left_alone(text: str) -> None:
    check_noop(codemod, project(text), path=PATH)


FROM_ELSEWHERE = [
    pytest.param("import sys\n\nsys.modules['shop.mail'] = MagicMock()\n\n\n", id="the table of modules"),
    pytest.param("from shop.fakes import *\n\n\n", id="a star import"),
    pytest.param("mail = MagicMock()\n\n\n", id="another value"),
    pytest.param('@patch("shop.mail", MagicMock())\ndef test_that():\n    pass\n\n\n', id="another patch"),
]


@pytest.mark.parametrize("before", FROM_ELSEWHERE)
def test_a_name_that_may_not_be_what_a_string_says_is_left_alone(before: str) -> None:
    check_noop(codemod, project(SEVERAL + "    mail.subject()", before=before), path=PATH)


def test_what_a_conftest_replaces_is_refused() -> None:
    conftest = (
        "import pytest\nfrom shop import mail\n\n\n@pytest.fixture(autouse=True)\ndef quiet(monkeypatch):\n"
        '    monkeypatch.setattr(mail, "subject", str)\n'
    )
    files = {**project(SEVERAL + "    mail.subject()"), "tests/conftest.py": conftest}
    result = check_noop(codemod, files, path=PATH)
    assert [site.code for site in result.sites if site.kind == "mock call"] == ["AM112"]


def test_a_call_is_told_once() -> None:
    text = 'with patch.multiple("shop.mail", send=mock.DEFAULT):\n    {}mail.send("tea")'
    result = check_transformed(codemod, project(text.format("")), project(text.format("await ")), path=PATH)
    assert [(site.kind, site.code) for site in result.sites if site.decision == "rewritten"] == [("mock call", "AM101")]


def test_no_await_stands_in_a_decorator() -> None:
    before = "async def make():\n    return 1\n\n\n@patch('shop.mail.subject', make())\n"
    check_noop(codemod, project("m = AsyncMock()\nawait m()", before=before), path=PATH)
