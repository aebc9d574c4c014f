"""With an origin, a definition and its uses change together or not at all, and no use is left without a word."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from codemods.bowler_query import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.config import Configuration, ToolkitConfig
from codemods.toolkit.pipeline.result import Result
from tests.bowler_query.query_file import QueryFile

RENAME = "def fix(): return Query().select_function('connect').rename('dial')"
RENAME_METHOD = "def fix(): return Query().select_method('connect').rename('dial')"
RENAME_CLASS = "def fix(): return Query().select_class('Client').rename('Caller')"
RENAME_VARIABLE = "def fix(): return Query().select_var('limit').rename('most')"
NET = "def connect(host):\n    return host\n"
CLIENT = "class Client:\n    def connect(self, host):\n        return host\n"


def refused(result: Result) -> list[tuple[str, str, int, str]]:
    return [(site.kind, site.path, site.line, site.code) for site in result.sites if site.decision == "refused"]


@pytest.mark.parametrize(
    ("text", "origin", "files", "where"),
    [
        pytest.param(
            RENAME_METHOD,
            "net.Client.connect",
            {"net.py": CLIENT, "use.py": "def run(client):\n    client.connect(1)\n"},
            [("edit", "net.py", 2, "BQ104"), ("edit", "use.py", 2, "BQ104")],
            id="a call of an unknown object",
        ),
        pytest.param(
            RENAME_METHOD,
            "net.Client.connect",
            {"net.py": CLIENT, "use.py": "def run(client):\n    return client.connect\n"},
            [("edit", "net.py", 2, "BQ104"), ("use", "use.py", 2, "BQ104")],
            id="an attribute of an unknown object that the query does not see",
        ),
        pytest.param(
            RENAME_METHOD,
            "net.Client.connect",
            {"net.py": CLIENT, "use.py": "from net import Client\n\nClient().connect(1)\n"},
            [("edit", "net.py", 2, "BQ104"), ("edit", "use.py", 3, "BQ104")],
            id="an attribute of what a call gives",
        ),
        pytest.param(
            RENAME_METHOD,
            "net.Client.connect",
            {"net.py": CLIENT, "use.py": "from net import Client\n\nsetattr(Client, 'connect', print)\n"},
            [("edit", "net.py", 2, "BQ107"), ("use", "use.py", 3, "BQ107")],
            id="an attribute by a string",
        ),
        pytest.param(
            RENAME_METHOD,
            "net.Client.connect",
            {"net.py": CLIENT, "use.py": "def run(client):\n    return getattr(client, 'connect')\n"},
            [("edit", "net.py", 2, "BQ104"), ("use", "use.py", 2, "BQ104")],
            id="an attribute of an unknown object by a string",
        ),
        pytest.param(
            RENAME_CLASS,
            "net.Client",
            {"net.py": CLIENT, "use.py": "from net import Client\n\n\ndef run(client: 'Client | None'): ...\n"},
            [("edit", "net.py", 1, "BQ107"), ("edit", "use.py", 1, "BQ107"), ("use", "use.py", 4, "BQ107")],
            id="an annotation in a string",
        ),
        pytest.param(
            RENAME_CLASS,
            "net.Client",
            {"net.py": CLIENT, "use.py": "import net\n\n\nasync def run() -> list['net.Client']: ...\n"},
            [("edit", "net.py", 1, "BQ107"), ("use", "use.py", 4, "BQ107")],
            id="what a function returns by a string",
        ),
        pytest.param(
            RENAME_CLASS,
            "net.Client",
            {"net.py": CLIENT, "use.py": "from net import Client\nfrom typing import cast\n\nx = cast('Client', 1)\n"},
            [("edit", "net.py", 1, "BQ107"), ("edit", "use.py", 1, "BQ107"), ("use", "use.py", 4, "BQ107")],
            id="a type by a string",
        ),
        pytest.param(
            RENAME,
            "net.connect",
            {"net.py": "__all__ = ['connect']\n\n\n" + NET},
            [("edit", "net.py", 4, "BQ107"), ("use", "net.py", 1, "BQ107")],
            id="__all__",
        ),
        pytest.param(
            RENAME_VARIABLE,
            "net.limit",
            {"net.py": "limit = 1\nprint(limit)\n", "use.py": "import net\n\ndelattr(net, 'limit')\n"},
            [("edit", "net.py", 1, "BQ107"), ("edit", "net.py", 2, "BQ107"), ("use", "use.py", 3, "BQ107")],
            id="a variable by a string",
        ),
        pytest.param(
            RENAME,
            "net.connect",
            {"net.py": NET, "use.py": "from net import connect as call\n\ncall(1)\n"},
            [("edit", "net.py", 1, "BQ107"), ("use", "use.py", 1, "BQ107")],
            id="an import under another name, which Bowler does not see",
        ),
        pytest.param(
            RENAME,
            "net.connect",
            {"net.py": NET, "use.py": "from net import connect\n\nmatch connect(1):\n    case _: ...\n"},
            [("edit", "net.py", 1, "BQ107"), ("use", "use.py", 1, "BQ107"), ("use", "use.py", 3, "BQ107")],
            id="a file that Bowler can't read",
        ),
    ],
)
def test_where_a_use_would_keep_the_old_name_nothing_is_renamed(
    tmp_path: Path, text: str, origin: str, files: Mapping[str, str], where: list[tuple[str, str, int, str]]
) -> None:
    result = check_noop(codemod, files, config=QueryFile(tmp_path, text, origin=origin).config)
    assert refused(result) == where


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("x: 'list[Literal[\"connect\"]]'\n", id="another string"),
        pytest.param(
            "from net import *\nfrom typing import Literal\n\nx: Literal['connect']\n", id="a value in an annotation"
        ),
        pytest.param("def run(x):\n    return getattr(x, 'disconnect')\n", id="another attribute by a string"),
        pytest.param("def run(connect):\n    return connect\n", id="a parameter of that name"),
        pytest.param("class Session:\n    def connect(self): ...\n", id="a method of that name"),
    ],
)
def test_what_is_no_use_does_not_hinder_a_rename(tmp_path: Path, use: str) -> None:
    config = QueryFile(tmp_path, RENAME, origin="net.connect").config
    expected = {"net.py": NET.replace("connect", "dial")}
    assert not refused(check_transformed(codemod, {"net.py": NET, "use.py": use}, expected, config=config))


def test_an_unknown_attribute_is_told_and_no_obstacle_to_a_function(tmp_path: Path) -> None:
    config = QueryFile(tmp_path, RENAME, origin="net.connect").config
    files = {"net.py": NET, "use.py": "def run(session):\n    session.connect()\n"}
    result = check_transformed(codemod, files, {"net.py": NET.replace("connect", "dial")}, config=config)
    assert refused(result) == [("use", "use.py", 2, "BQ104")]


PARAMETER = """
def missing(node, capture, filename):
    return "retry" not in str(node) and "True" not in str(node)

def fix(): return Query().select_{selector}.filter(missing).add_argument("retry", "True", positional=True)
"""


def added(selector: str) -> str:
    """A query that adds an argument where it is missing."""
    return PARAMETER.replace("{selector}", selector)


@pytest.mark.parametrize(
    ("selector", "origin", "files", "where"),
    [
        pytest.param(
            "function('connect')",
            "net.connect",
            {"net.py": NET, "use.py": "import net\nfrom net import connect\n\nnet.connect(1)\nconnect(2)\n"},
            [("edit", "net.py", 1, "BQ107"), ("edit", "use.py", 5, "BQ107"), ("use", "use.py", 4, "BQ107")],
            id="a call that the query does not see",
        ),
        pytest.param(
            "method('connect')",
            "net.Client.connect",
            {"net.py": CLIENT, "use.py": "def run(client):\n    client.connect(1)\n"},
            [("edit", "net.py", 2, "BQ104"), ("edit", "use.py", 2, "BQ104")],
            id="a call of an unknown object",
        ),
    ],
)
def test_where_a_call_would_keep_its_arguments_no_parameter_is_added(
    tmp_path: Path, selector: str, origin: str, files: Mapping[str, str], where: list[tuple[str, str, int, str]]
) -> None:
    result = check_noop(codemod, files, config=QueryFile(tmp_path, added(selector), origin=origin).config)
    assert refused(result) == where


def test_a_parameter_that_calls_need_not_know_of_is_added(tmp_path: Path) -> None:
    text = added("method('connect').is_def()").replace(", positional=True", "")
    files = {"net.py": CLIENT, "use.py": "def run(client):\n    client.connect(1)\n"}
    expected = {"net.py": CLIENT.replace("host)", "host, retry=True)")}
    config = QueryFile(tmp_path, text, origin="net.Client.connect").config
    assert not refused(check_transformed(codemod, files, expected, config=config))


def test_calls_are_changed_each_by_itself_and_those_that_the_query_does_not_see_are_told(tmp_path: Path) -> None:
    config = QueryFile(tmp_path, added("function('connect').is_call()"), origin="net.connect").config
    use = "import net\nfrom net import connect\n\nnet.connect(1)\nconnect(2)\n"
    expected = {"use.py": use.replace("connect(2)", "connect(2, True)")}
    result = check_transformed(codemod, {"net.py": NET, "use.py": use}, expected, config=config)
    assert refused(result) == [("use", "use.py", 4, "BQ107")]


def test_an_attribute_that_becomes_a_property_keeps_its_name_for_others(tmp_path: Path) -> None:
    text = "def fix(): return Query().select_attribute('x').in_class('P').encapsulate('_x')"
    config = QueryFile(tmp_path, text, origin="net.P.x").config
    files = {"net.py": "class P:\n    x = 1\n", "use.py": "def run(p):\n    return p.x\n"}
    check_transformed(
        codemod,
        files,
        {
            "net.py": "class P:\n    _x = 1\n    @property\n    def x(self):\n        return self._x\n\n"
            "    @x.setter\n    def x(self, value):\n        self._x = value\n\n    "
        },
        config=config,
    )


def test_uses_keep_their_name_where_the_definition_may_not_change(tmp_path: Path) -> None:
    config = Configuration(
        ToolkitConfig(exclude=("net.py",)),
        msgspec.convert(QueryFile(tmp_path, RENAME_METHOD, origin="net.Client.connect").config, codemod.config),
    )
    files = {"net.py": CLIENT, "use.py": "from net import Client\n\nClient.connect(None, 1)\n"}
    result = check_noop(codemod, files, config=config)
    assert refused(result) == [("edit", "use.py", 3, "BQ107"), ("use", "net.py", 2, "BQ107")]


def test_a_use_in_a_file_that_may_not_change_is_not_lost(tmp_path: Path) -> None:
    config = Configuration(
        ToolkitConfig(include=("net.py",)),
        msgspec.convert(QueryFile(tmp_path, RENAME, origin="net.connect").config, codemod.config),
    )
    result = check_noop(codemod, {"net.py": NET, "use.py": "import net\n\nnet.connect(1)\n"}, config=config)
    assert refused(result) == [("edit", "net.py", 1, "BQ107"), ("use", "use.py", 3, "BQ107")]


def test_without_an_origin_files_that_may_not_change_are_of_no_concern(tmp_path: Path) -> None:
    config = Configuration(
        ToolkitConfig(include=("net.py",)), msgspec.convert(QueryFile(tmp_path, RENAME).config, codemod.config)
    )
    files = {"net.py": NET, "use.py": "def connect(a, /): ...\n"}
    result = check_transformed(codemod, files, {"net.py": NET.replace("connect", "dial")}, config=config)
    assert (refused(result), result.findings) == ([], ())
