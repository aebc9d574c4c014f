"""A codemod that only says what happens to a use of one definition."""

from __future__ import annotations

import msgspec
import pytest

from codemods.testing import check_noop, check_promises, check_transformed
from codemods.toolkit.codemod import Code, Edit, UsageError
from codemods.toolkit.codemod_of_uses import codemod_of_uses
from codemods.toolkit.python.definition import Decided, kept, refused, rewritten, right
from codemods.toolkit.python.uses import Use


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The function, and the name that its first argument gets."""

    function: str = "shop.mail.send"
    first: str = "to"


def decided(use: Use, config: Config) -> Decided | None:
    if use.kind == "import":
        return kept("it stays")
    if use.kind != "call":
        return refused("NF101", "it is handed on")
    if not use.arguments or use.arguments[0].name:
        return right("nothing to name")
    start = use.arguments[0].start
    return rewritten("it gets a name", Edit(start, start, f"{config.first}=".encode()))


codemod = codemod_of_uses(
    name="named_first",
    summary="name the first argument",
    config=Config,
    definition=lambda config: config.function,
    decided=decided,
    codes=(Code("NF101", "handed on", "Look.\n"),),
)
SHOP = {"shop/__init__.py": "", "shop/mail.py": "def send(to, subject=None):\n    return to\n"}


def test_every_promise_holds() -> None:
    files = {
        **SHOP,
        "shop/api.py": "from shop.mail import send as deliver\n",
        "shop/orders.py": "from .api import deliver\nimport shop.mail as m\n\n"
        'deliver(  # é\n    ("a"),\n    subject=m.send("b"),\n)\nprint(m.send, m.send(to=1))\n',
    }
    result = check_promises(codemod, files)
    assert [(site.kind, site.decision) for site in result.sites if site.path == "shop/orders.py"] == [
        ("import", "kept"),
        ("call", "rewritten"),
        ("call", "rewritten"),
        ("name", "refused"),
        ("call", "right"),
    ]


def test_names_that_only_the_project_knows_are_followed() -> None:
    check_transformed(
        codemod,
        {**SHOP, "shop/api.py": "from shop.mail import send as deliver\n\npost = deliver\n", "a.py": "import shop.api\n"
         "shop.api.post(1)\n"},
        {"a.py": "import shop.api\nshop.api.post(to=1)\n"},
    )  # fmt: skip


def test_a_function_of_another_package_is_known_by_its_name() -> None:
    check_transformed(
        codemod,
        "import smtplib\n\nsmtplib.SMTP('localhost')\n",
        "import smtplib\n\nsmtplib.SMTP(host='localhost')\n",
        config={"function": "smtplib.SMTP", "first": "host"},
    )


def test_a_change_that_does_not_parse_is_withheld() -> None:
    result = check_noop(codemod, {**SHOP, "a.py": "from shop.mail import send\n\nsend(x for x in [])\nsend(1)\n"})
    assert [(site.decision, site.code) for site in result.sites if site.kind == "call"] == [("refused", "TK205")] * 2


def test_a_use_that_may_be_something_else_is_refused() -> None:
    files = {**SHOP, "a.py": "if __debug__:\n    from shop.mail import send\nelse:\n    def send(x): ...\n\nsend(1)\n"}
    result = check_noop(codemod, files)
    assert [site.code for site in result.sites if site.kind == "call"] == ["TK301"]


def test_a_function_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"shop\.mail\.sned: there is no such function or class"):
        check_noop(codemod, SHOP, config={"function": "shop.mail.sned"})
