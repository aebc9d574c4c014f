"""rope_rename in detail: one situation each, beside the fixtures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from codemods.rope_rename import codemod
from codemods.rope_rename.config import Config
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.config import Configuration, ToolkitConfig
from codemods.toolkit.pipeline.result import Result
from codemods.toolkit.pipeline.run import Settings, run

NET = "def connect():\n    return 1\n"
DIAL = "def dial():\n    return 1\n"
CLIENT = "class Client:\n    def connect(self): ...\n"


def renamed(
    before: Mapping[str, str], after: Mapping[str, str], target: str = "net:connect", new: str = "dial", *,
    leave_unknown: bool = False,
) -> Result:  # fmt: skip
    config = Config(target=target, new_name=new, leave_unknown=leave_unknown)
    return check_transformed(codemod, before, after, config=config)


def refused(before: Mapping[str, str], target: str, new: str = "dial") -> set[str]:
    result = check_noop(codemod, before, config=Config(target=target, new_name=new))
    return {site.code for site in result.sites if site.decision == "refused"}


def use(before: str, after: str) -> Result:
    """A module that uses `net.connect`, before and after."""
    return renamed(
        {"net.py": NET, "use.py": before}, {"net.py": DIAL, **({} if before == after else {"use.py": after})}
    )


def call(body: str, becomes: str) -> Result:
    """A module that uses `net.Client.connect`, before and after; where it stays, unknown names are left."""
    before = {"net.py": CLIENT, "use.py": f"from net import Client\n{body}"}
    after = {"net.py": CLIENT.replace("connect", "dial")}
    if body != becomes:
        after["use.py"] = f"from net import Client\n{becomes}"
    return renamed(before, after, "net:Client.connect", leave_unknown=body == becomes)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("import net as n\nn.connect\n", "import net as n\nn.dial\n", id="attribute of a module"),
        pytest.param("from net import connect as c\nc()\n", "from net import dial as c\nc()\n", id="alias"),
        pytest.param("from net import connect; connect\n", "from net import dial; dial\n", id="one line"),
        pytest.param(
            "from net import (\n    connect\n)\ndel connect\n",
            "from net import (\n    dial\n)\ndel dial\n",
            id="deleted",
        ),
        pytest.param(
            "from net import connect\n@connect\ndef f(x=connect) -> connect: ...\n",
            "from net import dial\n@dial\ndef f(x=dial) -> dial: ...\n",
            id="decorator, default and annotation",
        ),
        pytest.param(
            "from net import connect\nclass A(connect):\n    connect = connect\n",
            "from net import dial\nclass A(dial):\n    connect = dial\n",
            id="class attribute of the same name",
        ),
        pytest.param(
            "from net import connect\n[connect for x in connect]\n{connect: y for y in ()}\n",
            "from net import dial\n[dial for x in dial]\n{dial: y for y in ()}\n",
            id="comprehensions",
        ),
        pytest.param(
            "from net import connect\nlambda connect: connect\nlambda x: connect\n",
            "from net import dial\nlambda connect: connect\nlambda x: dial\n",
            id="lambdas",
        ),
        pytest.param(
            "from net import connect\ndef f():\n    def g():\n        return connect\n    return g\n",
            "from net import dial\ndef f():\n    def g():\n        return dial\n    return g\n",
            id="nested functions",
        ),
        pytest.param(
            "import net\ndef f(net):\n    return net.connect\n",
            "import net\ndef f(net):\n    return net.connect\n",
            id="a parameter hides the module",
        ),
        pytest.param(
            "def f():\n    import net\n    return net.connect()\n",
            "def f():\n    import net\n    return net.dial()\n",
            id="module imported in a function",
        ),
        pytest.param(
            "import net\nx: 'net.connect' = 1\ndef f(a: 'list[net.connect]'): ...\n",
            "import net\nx: 'net.dial' = 1\ndef f(a: 'list[net.dial]'): ...\n",
            id="annotations in strings",
        ),
        pytest.param(
            "from typing import Literal, cast\nfrom net import connect\nx: Literal['connect']\ncast('connect', 1)\n",
            "from typing import Literal, cast\nfrom net import dial\nx: Literal['connect']\ncast('dial', 1)\n",
            id="a literal is no annotation",
        ),
        pytest.param(
            "import importlib\nm = importlib.import_module('net')\nm.connect()\n",
            "import importlib\nm = importlib.import_module('net')\nm.dial()\n",
            id="module that is imported by its name",
        ),
        pytest.param(
            "from other import *\nconnect()\n", "from other import *\nconnect()\n", id="star of somebody else"
        ),
        pytest.param(
            "import net\nfor net.connect in (): pass\n",
            "import net\nfor net.dial in (): pass\n",
            id="stored from outside",
        ),
        pytest.param("print(connect=1)\n", "print(connect=1)\n", id="keyword"),
        pytest.param(
            "from net import connect\nx = f'{connect()} connect {connect!r}'\n",
            "from net import dial\nx = f'{dial()} connect {dial!r}'\n",
            id="f-string",
        ),
        pytest.param(
            "from net import connect\nx = f'''{\n    connect\n} {connect}'''\n",
            "from net import dial\nx = f'''{\n    dial\n} {dial}'''\n",
            id="f-string of several lines",
        ),
        pytest.param(
            "from net import connect\nmatch 1:\n    case connect.x: pass\n",
            "from net import dial\nmatch 1:\n    case dial.x: pass\n",
            id="pattern with a value",
        ),
        pytest.param(
            "from net import connect\nif (n := connect()): pass\n",
            "from net import dial\nif (n := dial()): pass\n",
            id="walrus",
        ),
    ],
)
def test_a_function_is_followed(before: str, after: str) -> None:
    use(before, after)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax came with Python 3.12")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            'from net import connect\nd = {}\nx = f"{d["connect"]} {connect()}"\n',
            'from net import dial\nd = {}\nx = f"{d["connect"]} {dial()}"\n',
            id="f-string with its own quotes",
        ),
        pytest.param(
            "from net import connect\ntype A = connect\ndef f[connect](x: connect) -> connect: ...\n",
            "from net import dial\ntype A = dial\ndef f[connect](x: connect) -> connect: ...\n",
            id="type parameters",
        ),
    ],
)
def test_new_syntax_is_followed(before: str, after: str) -> None:
    use(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Client().connect()\n", "Client().dial()\n", id="call of the class"),
        pytest.param("Client.connect(None)\n", "Client.dial(None)\n", id="through the class"),
        pytest.param("getattr(Client, 'connect')\n", "getattr(Client, 'dial')\n", id="getattr"),
        pytest.param("c = Client()\nc.connect\nc = c\n", "c = Client()\nc.connect\nc = c\n", id="bound twice"),
        pytest.param(
            "class A(Client):\n    def f(self):\n        def g():\n            self.connect()\n        g()\n",
            "class A(Client):\n    def f(self):\n        def g():\n            self.dial()\n        g()\n",
            id="self of the method around",
        ),
        pytest.param(
            "class A(Client):\n    @staticmethod\n    def f(self):\n        return self.connect()\n",
            "class A(Client):\n    @staticmethod\n    def f(self):\n        return self.connect()\n",
            id="no self in a static method",
        ),
        pytest.param(
            "class A(Client):\n    connect = property(lambda self: 1)\n",
            "class A(Client):\n    dial = property(lambda self: 1)\n",
            id="overridden by an assignment",
        ),
        pytest.param(
            "class A(Client):\n    def f(self):\n        return super(A, self).connect()\n",
            "class A(Client):\n    def f(self):\n        return super(A, self).dial()\n",
            id="super with arguments",
        ),
        pytest.param(
            "def connect(): ...\nconnect()\nClient(connect=connect)\n",
            "def connect(): ...\nconnect()\nClient(connect=connect)\n",
            id="function and keyword of the same name",
        ),
        pytest.param(
            "import socket\ns = socket.Socket()\ns.connect()\n",
            "import socket\ns = socket.Socket()\ns.connect()\n",
            id="a class from outside",
        ),
        pytest.param(
            "def f(c: 'Client | int', d: dict[str, Client]):\n    c.connect(), d['x'].connect()\n",
            "def f(c: 'Client | int', d: dict[str, Client]):\n    c.connect(), d['x'].connect()\n",
            id="annotations that say too much or too little",
        ),
        pytest.param(
            "class B:\n    client: Client\n    def f(self):\n        self.client.connect()\n",
            "class B:\n    client: Client\n    def f(self):\n        self.client.dial()\n",
            id="attribute with an annotation",
        ),
        pytest.param(
            "class B:\n    def __init__(self):\n        self.c = Client()\n        self.c = None or 1\n"
            "    def f(self):\n        self.c.connect()\n",
            "class B:\n    def __init__(self):\n        self.c = Client()\n        self.c = None or 1\n"
            "    def f(self):\n        self.c.connect()\n",
            id="attribute that is stored twice",
        ),
        pytest.param(
            "class B:\n    def __getattr__(self, name): ...\n    def f(self):\n        self.connect()\n",
            "class B:\n    def __getattr__(self, name): ...\n    def f(self):\n        self.connect()\n",
            id="a class that looks attributes up itself",
        ),
    ],
)
def test_a_method_is_followed(before: str, after: str) -> None:
    call(before, after)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f():\n    try: pass\n    except (OSError) as old:\n        print(old)\n", id="handler"),
        pytest.param("def f(x):\n    match x:\n        case [old, *rest]: return old\n", id="pattern"),
        pytest.param("def f(x):\n    match x:\n        case {'a': 1, **old}: return old\n", id="rest of a mapping"),
        pytest.param("def f(x):\n    with x as old, x as (y, old):\n        old()\n", id="with"),
        pytest.param("def f(x):\n    for old in x: print(f'{old=}')\n    [old := 1]\n", id="loop and walrus"),
        pytest.param(
            "def f():\n    old: int\n    old = 1\n    def g():\n        nonlocal old\n        old += 1\n", id="nonlocal"
        ),
        pytest.param("def f(*old): return old\n", id="star parameter"),
        pytest.param(
            "from typing import overload\n@overload\ndef f(old: int) -> int: ...\n@overload\n"
            "def f(old: str) -> str: ...\ndef f(old): return old\nf(old=1)\n",
            id="overloads",
        ),
    ],
)
def test_a_local_name_is_renamed_wherever_it_is_bound(text: str) -> None:
    renamed({"a.py": text}, {"a.py": text.replace("old", "new")}, "a:f.old", "new")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("old = 1\ndef f():\n    global old\n    old = 2\n    del old\n", id="global"),
        pytest.param("if 1:\n    def old(): ...\nelse:\n    def old(): ...\nold()\n", id="branches"),
        pytest.param("old = 1\nold: int = 2\nold += old\n", id="several bindings"),
        pytest.param("async def old():\n    await old()\n", id="coroutine function"),
    ],
)
def test_a_name_of_a_module_is_renamed_wherever_it_is_bound(text: str) -> None:
    renamed({"a.py": text}, {"a.py": text.replace("old", "new")}, "a:old", "new")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "class A:\n    old = 1\n    more = old\n    def f(self, x=old): return self.old\n", id="class body"
        ),
        pytest.param(
            "class A:\n    @property\n    def old(self): ...\n    @old.setter\n    def old(self, v): ...\nA().old\n",
            id="property",
        ),
        pytest.param("class A:\n    def old(self): ...\n    async def f(self): await self.old()\n", id="method"),
        pytest.param("class A:\n    class old: ...\n    x: 'A.old'\nA.old()\n", id="nested class"),
    ],
)
def test_an_attribute_is_renamed_in_its_class(text: str) -> None:
    renamed({"a.py": text}, {"a.py": text.replace("old", "new")}, "a:A.old", "new")


def test_branches_that_import_different_things_keep_their_name() -> None:
    branches = "import sys\nif sys.argv:\n    from net import {}\nelse:\n    from other import connect\nconnect()\n"
    use(branches.format("connect"), branches.format("dial as connect"))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("    if x: return Client()\n    return Other()", id="statements"),
        pytest.param("    return Client() if x else Other()", id="expression"),
    ],
)
def test_a_function_that_returns_one_thing_or_another_is_not_guessed_at(body: str) -> None:
    text = f"class Other:\n    def connect(self): ...\ndef make(x):\n{body}\nmake(1).connect()\n"
    assert codes_of(call(text, text), "use.py") == ["RR104"]


def test_a_variable_that_holds_one_thing_or_another_is_not_guessed_at() -> None:
    text = "class Other:\n    def connect(self): ...\nc = Client() if 1 else Other()\nc.connect()\n"
    assert codes_of(call(text, text), "use.py") == ["RR104"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("patch.multiple(M, connect=1)\n", "RR104", id="keyword that names an attribute"),
        pytest.param("patch(f'{M}.connect')\n", "RR105", id="end of an f-string"),
        pytest.param("patch(M + '.connect')\n", "RR105", id="end of a sum"),
        pytest.param("names['connect']\n", "RR105", id="key"),
        pytest.param("sys.modules[M].connect\n", "RR104", id="module that is looked up"),
    ],
)
def test_a_name_that_is_put_together_is_reported(text: str, code: str) -> None:
    text = f"import sys\nimport net\nfrom unittest.mock import patch\nM = 'net'\n{text}"
    assert codes_of(use(text, text), "use.py") == [code]


def test_a_module_that_makes_further_names_at_run_time_is_no_obstacle() -> None:
    lazy = "def __getattr__(name):\n    raise AttributeError(name)\n"
    renamed({"net.py": NET + lazy}, {"net.py": DIAL + lazy})


def test_the_target_of_a_patch_may_be_a_keyword() -> None:
    patch = "from unittest.mock import patch\npatch(target='net.{}')\n"
    use(patch.format("connect"), patch.format("dial"))


def test_a_keyword_that_may_be_handed_on_is_reported() -> None:
    before = "from functools import partial\ndef f(old): ...\npartial(f, old=1)\npartial(print, old=1)\n"
    after = {"a.py": before.replace("f(old)", "f(new)")}
    result = renamed({"a.py": before}, after, "a:f.old", "new", leave_unknown=True)
    assert codes_of(result, "a.py") == ["RR104"]


def codes_of(result: Result, path: str) -> list[str]:
    return [site.code for site in result.sites if site.path == path and site.decision == "refused"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param("def f(c):\n    c.connect()\n", ["RR104"], id="parameter without an annotation"),
        pytest.param("c = Client()\nc = 1\nc.connect()\n", ["RR104"], id="bound twice"),
        pytest.param("x = [1]\nx[0].connect()\n", ["RR104"], id="item of a list"),
        pytest.param("NAMES = {'connect': 1}\n", ["RR105"], id="key of a dictionary"),
        pytest.param("Client().connect  # connect\n", ["RR106"], id="comment"),
        pytest.param("from typing import Any\ndef f(c: Any):\n    c.connect()\n", ["RR104"], id="anything"),
        pytest.param("import m\nm.make().connect()\n", ["RR104"], id="what a function from outside gives"),
    ],
)
def test_what_nobody_can_tell_is_reported(text: str, codes: list[str]) -> None:
    before = {"net.py": CLIENT, "use.py": f"from net import Client\n{text}"}
    config = Config(target="net:Client.connect", new_name="dial", leave_unknown=True)
    after = {"net.py": CLIENT.replace("connect", "dial")}
    if "Client().connect" in text:
        after["use.py"] = before["use.py"].replace("Client().connect", "Client().dial")
    assert codes_of(check_transformed(codemod, before, after, config=config), "use.py") == codes


@pytest.mark.parametrize(
    ("files", "target", "codes"),
    [
        pytest.param({"a.py": "def f(x): return x, y\ny = 1\n"}, "a:f.x", {"RR101"}, id="parameter hides a global"),
        pytest.param({"a.py": "x = 1\ndef f(y): return x\n"}, "a:x", {"RR101"}, id="global behind a parameter"),
        pytest.param({"a.py": "x = 1\n", "b.py": "from a import *\ny = x\n"}, "a:x", {"RR101"}, id="behind a star"),
        pytest.param(
            {"a.py": "class A:\n    x = 1\n    def y(self): return self.x\n"}, "a:A.x", {"RR101"}, id="attribute"
        ),
    ],
)
def test_a_name_that_is_taken_is_not_given(files: dict[str, str], target: str, codes: set[str]) -> None:
    assert refused(files, target, "y") == codes


def test_a_use_outside_of_the_paths_stops_the_rename() -> None:
    config = Configuration(ToolkitConfig(exclude=("old/**",)), Config(target="net:connect", new_name="dial"))
    before = {"net.py": NET, "old/use.py": "from net import connect\n\nconnect()\n"}
    result = check_noop(codemod, before, config=config)
    assert {site.code for site in result.sites if site.path == "net.py"} == {"RR102"}


def test_an_excluded_file_without_a_use_is_no_matter() -> None:
    config = Configuration(ToolkitConfig(exclude=("old/**",)), Config(target="net:connect", new_name="dial"))
    before = {"net.py": NET, "old/use.py": "def connect(): ...\n"}
    check_transformed(codemod, before, {"net.py": DIAL}, config=config)


def test_a_link_changes_with_the_file_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "link.py").symlink_to("net.py")
    settings = Settings(tmp_path, jobs=1, cache=False)
    result = run(codemod, Config(target="net:connect", new_name="dial"), settings)
    assert [(change.path, change.after) for change in result.changes] == [("net.py", DIAL.encode())]


BROKEN = {"net.py": NET, "old/broken.py": "from net import connect\nconnect(\n"}


def test_a_file_that_cannot_be_parsed_stops_the_rename() -> None:
    assert refused(BROKEN, "net:connect") == {"RR109"}


def test_a_file_that_cannot_be_parsed_and_does_not_mention_the_name_is_no_matter() -> None:
    renamed({"net.py": NET, "broken.py": "from net import (\n"}, {"net.py": DIAL})


def test_a_file_that_cannot_be_parsed_and_is_left_out_is_reported() -> None:
    config = Configuration(ToolkitConfig(exclude=("old/**",)), Config(target="net:connect", new_name="dial"))
    result = check_transformed(codemod, BROKEN, {"net.py": DIAL}, config=config)
    assert [(each.path, each.code, each.failed) for each in result.findings] == [("old/broken.py", "RR109", False)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(c):\n    c.connect()\n", id="attribute"),
        pytest.param("def f(c):\n    getattr(c, 'connect')\n", id="looked up"),
        pytest.param("from operator import methodcaller\nmethodcaller('connect')\n", id="looked up later"),
        pytest.param("class FakeClient:\n    def connect(self): ...\n", id="double"),
        pytest.param("from unittest.mock import Mock\nMock(connect=1)\n", id="attribute of a double"),
    ],
)
def test_a_method_waits_for_what_nobody_can_tell(text: str) -> None:
    assert refused({"net.py": CLIENT, "use.py": text}, "net:Client.connect") == {"RR104"}


def test_what_waits_can_be_asked_for_all_the_same() -> None:
    result = call("def f(c):\n    c.connect()\n", "def f(c):\n    c.connect()\n")
    assert [site.decision for site in result.sites] == ["rewritten", "refused"]


def test_a_function_does_not_wait_for_attributes_of_something_unknown() -> None:
    use("def f(c):\n    c.connect()\n", "def f(c):\n    c.connect()\n")


def test_a_function_waits_for_an_import_that_nobody_can_tell() -> None:
    lazy = "def __getattr__(name): ...\n"
    assert refused({"net.py": NET, "lazy.py": lazy, "use.py": "from lazy import connect\n"}, "net:connect") == {"RR104"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from net.gone import connect\nconnect()\n", id="module"),
        pytest.param("import net\nnet.gone.connect()\n", id="attribute"),
        pytest.param("from net import gone\ngone.connect()\n", id="name"),
    ],
)
def test_nothing_waits_for_a_place_that_fails_as_it_is(text: str) -> None:
    before = {"net/__init__.py": NET, "use.py": text}
    result = renamed(before, {"net/__init__.py": DIAL})
    assert set(codes_of(result, "use.py")) == {"RR104"}


def test_a_parameter_waits_for_a_call_of_its_name_only() -> None:
    unknown = "def g(h, net):\n    h(old=1)\n    net.f(old=1)\n"
    before = {"net.py": "def f(old): ...\n", "use.py": unknown}
    assert refused(before, "net:f.old", "new") == {"RR104"}
    before["use.py"] = "def g(h):\n    h(old=1)\n"
    result = renamed(before, {"net.py": "def f(new): ...\n"}, "net:f.old", "new")
    assert codes_of(result, "use.py") == ["RR104"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param("net:conect", "net.py defines no conect (did you mean 'connect'?)", id="name"),
        pytest.param("nett:connect", "there is no module nett (did you mean 'net'?)", id="module"),
        pytest.param("net:Client.conect", "net.py defines no Client.conect (did you mean 'connect'?)", id="attribute"),
        pytest.param("net:os", "net:os is os, which is not part of the project", id="outside"),
        pytest.param("use:net", "use:net is a module: name it as one, package.module", id="module as a name"),
    ],
)
def test_a_target_that_is_not_there_is_one_line(target: str, message: str) -> None:
    files = {"net.py": f"import os\n{NET}{CLIENT}", "use.py": "import net\n"}
    with pytest.raises(UsageError) as caught:
        check_noop(codemod, files, config=Config(target=target, new_name="dial"))
    assert str(caught.value) == f"rope_rename: {message}"


@pytest.mark.parametrize(
    ("target", "new", "line"),
    [
        pytest.param("net:connect", "dial", 4, id="function"),
        pytest.param("net:Client.connect", "close", 7, id="method"),
        pytest.param("net:dial.host", "address", 4, id="parameter"),
    ],
)
def test_what_has_the_new_name_is_right(target: str, new: str, line: int) -> None:
    text = "import os\n\n\ndef dial(address): ...\n\n\nclass Client:\n    def close(self): ...\n"
    result = check_noop(codemod, {"net.py": text}, config=Config(target=target, new_name=new))
    assert [(site.decision, site.line) for site in result.sites] == [("right", line)]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param({"target": "net:"}, "target: 'net:' is not like", id="no name"),
        pytest.param({"new_name": "no name"}, "'no name' is no name in Python", id="no identifier"),
        pytest.param({"new_name": "class"}, "'class' is a keyword", id="keyword"),
        pytest.param({"new_name": "__call__"}, "'__call__' means something to Python", id="special"),
        pytest.param({"target": "net:C.__call__"}, "'__call__' is called by Python", id="special target"),
        pytest.param({"target": "net:a", "new_name": "a"}, "'a' is the name that it has", id="the same"),
    ],
)
def test_a_configuration_that_is_wrong_names_the_key(table: dict[str, str], message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert(table, Config)


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        pytest.param(Config(), "no target", id="target"),
        pytest.param(Config(target="net:connect"), "no new_name", id="new name"),
    ],
)
def test_both_names_have_to_be_given(config: Config, missing: str) -> None:
    with pytest.raises(UsageError, match=missing):
        check_noop(codemod, {"net.py": NET}, config=config)


def test_rope_is_imported_only_when_it_is_asked(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NET)
    code = (
        "import sys; from codemods.toolkit import cli; from codemods.rope_rename import codemod;"
        "cli.main(codemod); sys.exit('rope' in sys.modules)"
    )
    command = [sys.executable, "-c", code, "net:connect", "dial", "--no-cache", "--jobs", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "+def dial():" in done.stdout) == (0, True), done.stderr
