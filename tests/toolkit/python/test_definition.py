"""Whether uses lead to a definition, and the plan for those that do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from codemods.toolkit.codemod import Edit, Source, UsageError
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.definition import (
    Decided,
    Definition,
    aliases,
    kept,
    plan_of_uses,
    rewritten,
    unknown_files,
)
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.project import Entry, Project
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
        Definition(project_of(SHOP, dotted), dotted)
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
