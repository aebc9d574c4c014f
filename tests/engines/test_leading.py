"""Whether names lead to a definition, in a project of a few files."""

from __future__ import annotations

from typing import Any

import pytest

from codemods.engines.leading import Leads
from codemods.engines.spelled import Spelled, spelled_at
from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.project import Entry, Project

FILES = {
    "net/__init__.py": "from .client import connect, Client\nfrom net import client as c\n",
    "net/client.py": "def connect(): pass\nclass Client:\n    def run(self): pass\nclass Fast(Client): pass\n",
    "db.py": "def connect(): pass\nsession = object()\n",
    "stars.py": "from net.client import *\n",
    "broken.py": "from nowhere.at import all\n",
    "lazy.py": "def __getattr__(name): return 1\n",
}


@pytest.fixture(name="project", scope="module")
def _project() -> Project[Any]:
    entries: dict[str, Entry[Any]] = {
        path: Entry(module_names(parsed(Source(path, text.encode()))), None) for path, text in FILES.items()
    }
    return Project(layout_of(FILES), entries)


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
    ],
)
def test_a_name_leads_to_the_definition(project: Project[Any], wanted: str, text: str) -> None:
    assert Leads(project, wanted).verdict("a.py", spelled(text)).same


@pytest.mark.parametrize(
    ("wanted", "text", "reason"),
    [
        pytest.param(FUNCTION, "from db import @@connect", "leads to db.py:connect", id="another module"),
        pytest.param(FUNCTION, "def f(connect): @@connect()", "`connect` is bound within a function", id="local"),
        pytest.param(FUNCTION, "from asyncpg import @@connect", "leads to asyncpg.connect", id="another package"),
        pytest.param(FUNCTION, "@@print()", "`print` is built in", id="builtin"),
        pytest.param(METHOD, "from net import @@Client", "leads to net/client.py:Client", id="the class of a method"),
    ],
)
def test_a_name_leads_elsewhere(project: Project[Any], wanted: str, text: str, reason: str) -> None:
    # A file of the project, of which only the names matter here.
    project = project.with_entries({"a.py": Entry(module_names(parsed(Source("a.py", b""))), None)})
    assert Leads(project, wanted).verdict("a.py", spelled(text)) == (False, reason)


@pytest.mark.parametrize(
    ("wanted", "text", "reason"),
    [
        pytest.param(FUNCTION, "def f(a): a.@@connect()", "what `a` is can't be told", id="parameter"),
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
def test_where_a_name_leads_can_not_be_told(project: Project[Any], wanted: str, text: str, reason: str) -> None:
    same, why = Leads(project, wanted).verdict("a.py", spelled(text))
    assert same is None
    assert reason in why


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
def test_a_definition_has_to_be_there(project: Project[Any], wanted: str, known: bool) -> None:
    assert Leads(project, wanted).known is known


def test_files_that_were_not_read_are_named(project: Project[Any]) -> None:
    leads = Leads(Project(project.layout, {"db.py": project.entries["db.py"]}), FUNCTION)
    assert leads.unloaded == {"net/__init__.py", "net/client.py"}
    assert not Leads(project, FUNCTION).unloaded
