"""Whether uses lead to a definition, and the plan for those that do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from codemods.toolkit.codemod import Edit, Source, UsageError
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.definition import (
    Decided,
    Definition,
    aliases,
    function_or_class,
    kept,
    plan_of_uses,
    rewritten,
    unknown_files,
)
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.project import Entry, Project
from codemods.toolkit.python.spelled import Spelled, spelled_at
from codemods.toolkit.python.uses import Use, Uses, uses_of

SEND = "shop.mail.send"
SHOP = {
    "shop/__init__.py": "from shop.mail import send as deliver\n",
    "shop/mail.py": "def send(to): ...\n\n\npost = send\n\n\nclass Box:\n    def put(self): ...\n",
    "shop/other.py": "def send(to): ...\n",
}


def project_of(
    files: Mapping[str, str], definition: str = SEND, known: Sequence[str] | None = None, words: Sequence[str] = ()
) -> Project[Uses]:
    entries: dict[str, Entry[Uses]] = {}
    for path in files if known is None else known:
        module = parsed(Source(path, files[path].encode()))
        entries[path] = Entry(module_names(module), uses_of(module, definition, words))
    return Project(layout_of(files, [""]), entries)


def answer(text: str, definition: str = SEND) -> bool | None:
    """Whether the last use in a file of the shop leads to the definition."""
    project = project_of({**SHOP, "a.py": text}, definition, words=("deliver", "post"))
    return Definition(project, definition).leads("a.py", (project.entries["a.py"].facts or ())[-1])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from shop.mail import send\nsend()", id="imported by name"),
        pytest.param("from shop.mail import send as post\npost()", id="by another name"),
        pytest.param("import shop.mail\nshop.mail.send()", id="through the module"),
        pytest.param("import shop.mail as m\nm.send()", id="through the renamed module"),
        pytest.param("from shop import deliver\ndeliver()", id="re-exported under another name"),
        pytest.param("from shop.mail import post\npost()", id="another name at home"),
        pytest.param("from shop.mail import *\nsend()", id="a star import"),
        pytest.param("def f():\n    from shop.mail import send\n    send()", id="imported in a function"),
        pytest.param("def f():\n    import shop.mail as m\n    m.send()", id="the module imported in a function"),
        pytest.param("from shop.mail import send", id="the import itself"),
        pytest.param(
            "try:\n    from shop.mail import send\nexcept ImportError:\n    send = None\nsend()", id="or None"
        ),
        pytest.param(
            "if x:\n    from shop.mail import send\nelse:\n    from shop import deliver as send\nsend()", id="both ways"
        ),
    ],
)
def test_a_use_leads_to_the_definition(text: str) -> None:
    assert answer(text) is True


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from shop.other import send\nsend()", id="another function"),
        pytest.param("def send(): ...\nsend()", id="its own"),
        pytest.param("import shop.other as m\nm.send()", id="of another module"),
        pytest.param("from shop.mail import send\ndef f(send):\n    send()", id="a parameter"),
        pytest.param("def f(box):\n    box.send()", id="an attribute of a parameter"),
        pytest.param("from shop.mail import Box\nBox.send()", id="an attribute of something else"),
        pytest.param("import smtplib\nsmtplib.send()", id="another package"),
        pytest.param("from shop.other import send", id="an import of another one"),
        pytest.param("send()", id="nothing"),
    ],
)
def test_a_use_of_something_else_does_not(text: str) -> None:
    assert answer(text) is False


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("if x:\n    from shop.mail import send\nelse:\n    from shop.other import send\nsend()", id="or"),
        pytest.param("from shop.mail import send\nsend()\nfrom shop.other import send\nsend()", id="bound twice"),
        pytest.param("from shop.mail import send\ndef f():\n    global send\n    send = 1\nsend()", id="global"),
        pytest.param(
            "def f(send):\n    if not send:\n        from shop.mail import send\n    send()", id="or a parameter"
        ),
        pytest.param("def __getattr__(name): ...\nimport a\na.send()", id="of a module that makes its names"),
        pytest.param("from shop.gone import send\nsend()", id="of a module that is not there"),
        pytest.param(
            "if x:\n    post = s\nelse:\n    post = t\nfrom shop.mail import send as s\npost()", id="or alias"
        ),
    ],
)
def test_whether_a_use_does_may_be_open(text: str) -> None:
    assert answer(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("import logging\nlogging.send()", True, id="through the module"),
        pytest.param("from logging import send as post\npost()", True, id="by another name"),
        pytest.param("import logging.handlers\nlogging.send()", True, id="through the package"),
        pytest.param("import logging\nlogging.handlers.send()", False, id="of a submodule"),
        pytest.param("from shop.mail import send\nsend()", False, id="one of the project"),
    ],
)
def test_a_definition_of_another_package_is_known_by_its_name(text: str, expected: bool) -> None:
    assert answer(text, "logging.send") is expected


@pytest.mark.parametrize(
    ("dotted", "message"),
    [
        pytest.param("send", "'send' is no package.module.name", id="no module"),
        pytest.param("shop.mail.", "'shop.mail.' is no package.module.name", id="an empty name"),
        pytest.param("shop.mail:send", "'shop.mail:send' is no package.module.name", id="a colon"),
        pytest.param("shop.mail.sned", "shop.mail.sned: there is no such function or class", id="no such name"),
        pytest.param("shop.mial.send", "shop.mial.send: there is no such function or class", id="no such module"),
        pytest.param("shop.mail", "shop.mail: there is no such function or class", id="a module"),
        pytest.param(
            "shop.mail.Box.put",
            "shop.mail.Box.put: only functions and classes of a module can be followed, not their attributes",
            id="a method",
        ),
    ],
)
def test_what_is_no_definition_is_an_error(dotted: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        function_or_class(project_of(SHOP, dotted), dotted)
    assert str(caught.value) == message


def test_the_other_names_of_a_definition_are_found() -> None:
    files = {
        **SHOP,
        "a.py": "from shop import deliver\nthird = deliver\n\ndef f():\n    from shop.mail import send as inner\n",
        "b.py": "from shop.other import send as stranger\nfrom smtplib import send as foreign\n",
    }
    assert aliases(project_of(files), SEND) == {"deliver", "post", "third", "inner"}


def test_files_that_names_lead_through_are_asked_for() -> None:
    files = {**SHOP, "a.py": "from shop import send\nsend()\n"}
    assert unknown_files(project_of(files, known=["a.py"]), SEND) == {"shop/__init__.py", "shop/mail.py"}
    assert unknown_files(project_of(files), SEND) == frozenset()


def decided(use: Use) -> Decided | None:
    if use.kind == "import":
        return None
    return rewritten("it is old", Edit(use.last, use.end, b"post")) if use.kind == "call" else kept("it is a name")


def test_the_plan_holds_each_use_that_leads_there_once() -> None:
    files = {**SHOP, "a.py": "from shop.mail import send\nimport shop.other as o\nsend(o.send(send))\n"}
    plan = plan_of_uses(project_of(files), SEND, {}, decided)
    assert plan.parts == {"a.py": (Edit(50, 54, b"post"),)}
    assert [(site.path, site.kind, site.line, site.column, site.decision) for site in plan.sites] == [
        ("a.py", "call", 3, 0, "rewritten"),
        ("a.py", "name", 3, 12, "kept"),
        ("shop/mail.py", "name", 4, 7, "kept"),
    ]


def test_what_would_change_is_refused_where_it_may_be_something_else() -> None:
    text = "if x:\n    from shop.mail import send\nelse:\n    from shop.other import send\nsend(send)\n"
    plan = plan_of_uses(project_of({**SHOP, "a.py": text}), SEND, {}, decided)
    assert plan.parts == {}
    assert [(site.column, site.code, site.reason) for site in plan.sites if site.path == "a.py"] == [
        (0, "TK301", "whether it is shop.mail.send can't be told")
    ]


def test_what_may_not_change_is_refused_with_the_reason() -> None:
    files = {**SHOP, "a.py": "from shop.mail import send\nsend(send)\n"}
    plan = plan_of_uses(project_of(files), SEND, {"a.py": ("TK201", "a name would be undefined")}, decided)
    assert plan.parts == {}
    assert [(site.decision, site.code, site.reason) for site in plan.sites if site.path == "a.py"] == [
        ("refused", "TK201", "a name would be undefined"),
        ("kept", "", "it is a name"),
    ]


NET = {
    "net/__init__.py": "from .client import connect, Client\nfrom net import client as c\n",
    "net/client.py": "def connect(): pass\nclass Client:\n    def run(self): pass\nclass Fast(Client): pass\n",
    "db.py": "def connect(): pass\nsession = object()\n\n\ndef renew():\n    global session\n",
    "wrapped.py": "def connect(): pass\nconnect = cached(connect)\n",
    "stars.py": "from net.client import *\n",
    "broken.py": "from nowhere.at import all\n",
    "lazy.py": "def __getattr__(name): return 1\n",
}


@pytest.fixture(name="net", scope="module")
def _net() -> Project[Any]:
    entries: dict[str, Entry[Any]] = {
        path: Entry(module_names(parsed(Source(path, text.encode()))), None) for path, text in NET.items()
    }
    return Project(layout_of(NET), entries)


def spelled(text: str) -> Spelled:
    """What the name behind the mark `@@` is."""
    before, _, after = text.partition("@@")
    return spelled_at(parsed(Source("a.py", (before + after).encode())), [len(before)])[len(before)]


FUNCTION, METHOD = "net.client.connect", "net.client.Client.run"


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        pytest.param(FUNCTION, "from net.client import @@connect", id="import"),
        pytest.param(FUNCTION, "from net import @@connect", id="import from a package that hands it on"),
        pytest.param(
            FUNCTION, "import net\ndef f():\n import net.client as n\n n.@@connect()", id="module in a function"
        ),
        pytest.param(FUNCTION, "def f():\n from stars import connect as s\n @@s()", id="star import"),
        pytest.param(FUNCTION, "def f():\n from net import c\n c.@@connect()", id="module under another name"),
        pytest.param("net.connect", "from net.client import @@connect", id="wanted by the package"),
        pytest.param(METHOD, "def f():\n from net import Client\n Client.@@run(1)", id="method of a class"),
        pytest.param("requests.get", "def f():\n import requests as r\n r.@@get()", id="elsewhere, by its module"),
        pytest.param("requests.get", "from requests import @@get", id="elsewhere, imported"),
        pytest.param("os.path.join", "def f():\n from os import path\n path.@@join()", id="elsewhere, in two steps"),
        pytest.param("net.client", "import net.@@client", id="a module"),
        pytest.param("db.session", "from db import @@session", id="a value that a function binds too"),
        pytest.param("wrapped.connect", "from wrapped import @@connect", id="a function that is wrapped"),
    ],
)
def test_any_name_leads_to_the_definition(net: Project[Any], wanted: str, text: str) -> None:
    assert Definition(net, wanted).verdict("a.py", spelled(text)).same


@pytest.mark.parametrize(
    ("wanted", "text", "reason"),
    [
        pytest.param(FUNCTION, "from db import @@connect", "leads to db.py:connect", id="another module"),
        pytest.param(FUNCTION, "def f(connect): @@connect()", "`connect` is bound within a function", id="local"),
        pytest.param(FUNCTION, "from asyncpg import @@connect", "leads to asyncpg.connect", id="another package"),
        pytest.param(FUNCTION, "@@print()", "`print` is built in", id="builtin"),
        pytest.param(FUNCTION, "@@connect()", "`connect` is bound by nothing", id="nothing"),
        pytest.param(METHOD, "from net import @@Client", "leads to net/client.py:Client", id="the class of a method"),
    ],
)
def test_a_name_leads_elsewhere(net: Project[Any], wanted: str, text: str, reason: str) -> None:
    # A file of the project, of which only the names matter here.
    net = net.with_entries({"a.py": Entry(module_names(parsed(Source("a.py", b""))), None)})
    assert Definition(net, wanted).verdict("a.py", spelled(text))[:2] == (False, reason)


@pytest.mark.parametrize(
    ("wanted", "text", "reason"),
    [
        pytest.param(FUNCTION, "def f(a): a.@@connect()", "what `a` is can't be told", id="parameter"),
        pytest.param(FUNCTION, "f().@@connect()", "what stands before the dot can't be told", id="result of a call"),
        pytest.param(FUNCTION, "from broken import @@connect", "can't be told (missing-name)", id="nowhere"),
        pytest.param(FUNCTION, "from lazy import @@connect", "can't be told (dynamic)", id="dynamic"),
        pytest.param(
            METHOD,
            "def f():\n from net.client import Fast\n Fast.@@run(1)",
            "`run` of net/client.py:Fast may be inherited",
            id="subclass",
        ),
        pytest.param(
            METHOD, "def f():\n from db import session\n session.@@run()", "`run` of db.py:session may be", id="value"
        ),
    ],
)
def test_where_a_name_leads_can_not_be_told(net: Project[Any], wanted: str, text: str, reason: str) -> None:
    verdict = Definition(net, wanted).verdict("a.py", spelled(text))
    assert verdict.same is None
    assert reason in verdict.reason


@pytest.mark.parametrize(
    ("wanted", "known"),
    [
        pytest.param(FUNCTION, True, id="function"),
        pytest.param(METHOD, True, id="method"),
        pytest.param("net.client.conect", False, id="misspelt"),
        pytest.param("net.clint.connect", False, id="no such module"),
        pytest.param("db.session.run", False, id="attribute of a value"),
        pytest.param("requests.get", True, id="elsewhere"),
    ],
)
def test_a_definition_has_to_be_there(net: Project[Any], wanted: str, known: bool) -> None:
    assert Definition(net, wanted).known is known


def test_of_a_file_that_was_not_read_nothing_can_be_told(net: Project[Any]) -> None:
    verdict = Definition(net, FUNCTION).verdict("unread.py", Spelled(("connect",)))
    assert (verdict.same, verdict.reason) == (None, "where it comes from can't be told (unloaded)")


def test_files_that_were_not_read_are_named(net: Project[Any]) -> None:
    definition = Definition(Project(net.layout, {"db.py": net.entries["db.py"]}), FUNCTION)
    assert definition.unloaded == {"net/__init__.py", "net/client.py"}
    assert not Definition(net, FUNCTION).unloaded
