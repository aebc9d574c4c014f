"""Marks, hooks and patches by names that stand elsewhere: what a test is given may be something else than it seems."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed

AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}
APP = {"app.py": "class Orders:\n    async def save(self):\n        return 1\n\n\nasync def load():\n    pass\n"}
GIVEN = {
    "conftest.py": "import pytest\nfrom app import Orders\n\n\n@pytest.fixture\ndef orders():\n    return Orders()\n"
}
MARKS = {"marks.py": "import pytest\nkinds = pytest.mark.parametrize('orders', [1])\npytestmark = kinds\n"}
TEST = "\n\nasync def test_a(orders):\n    {}orders.save()\n"
OF_CLASS = "class TestA:\n    x = 1\n\n    async def test_a(self, orders):\n        {}orders.save()\n"

UNKNOWN = [
    pytest.param("from marks import kinds\npytestmark = kinds\n" + TEST, id="a mark that is imported"),
    pytest.param("import marks\npytestmark = [marks.kinds]\n" + TEST, id="a mark of a module"),
    pytest.param("from marks import pytestmark\n" + TEST, id="the marks that are imported"),
    pytest.param("import pytest\nk = pytest.mark.parametrize('orders', [1])\npytestmark = [k]\n" + TEST, id="a name"),
    pytest.param("from marks import kinds\n\n\n@kinds\n" + OF_CLASS, id="a mark of a class"),
    pytest.param("from marks import kinds\n\n\n" + OF_CLASS.replace("x = 1", "pytestmark = kinds"), id="in a class"),
]  # fmt: skip


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_mark_that_stands_elsewhere_may_give_any_parameter(text: str) -> None:
    check_noop(codemod, {**AUTO, **APP, **GIVEN, **MARKS, "test_a.py": text.format("")})


KNOWN = [
    pytest.param("import pytest\npytestmark = pytest.mark.slow\n" + TEST, id="a mark"),
    pytest.param("from pytest import mark\npytestmark = [mark.slow, mark.usefixtures('x')]\n" + TEST, id="several"),
    pytest.param("import pytest\nslow = pytest.mark.slow\npytestmark = [slow]\n" + TEST, id="a name"),
    pytest.param("import pytest\n\n\n@pytest.mark.slow\n" + OF_CLASS, id="a mark of a class"),
]


@pytest.mark.parametrize("text", KNOWN)
def test_other_marks_give_nothing(text: str) -> None:
    before = {**AUTO, **APP, **GIVEN, "test_a.py": text.format("")}
    check_transformed(codemod, before, {"test_a.py": text.format("await ")})


HOOKS = [
    pytest.param("def pytest_pyfunc_call(pyfuncitem):\n    pyfuncitem.funcargs['orders'] = 1\n", id="funcargs"),
    pytest.param("def pytest_fixture_setup(fixturedef):\n    fixturedef.cached_result = (1, 2, None)\n", id="a result"),
]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_may_give_tests_something_else(hook: str) -> None:
    own = "import pytest\nfrom unittest.mock import AsyncMock\n"
    own += "\n\n@pytest.fixture\ndef orders():\n    return AsyncMock()\n" + TEST
    check_noop(codemod, {**AUTO, "conftest.py": hook, "test_a.py": own.format("")})


LOADS = "import app\n\n\nasync def test_a(x):\n    app.load()\n"
SETS = "import pytest\nfrom unittest.mock import patch\nfrom names import WHAT\n\n\n@pytest.fixture(autouse=True)\n"
ELSEWHERE = [
    pytest.param({"conftest.py": SETS + "def fast(monkeypatch):\n    monkeypatch.setattr(WHAT, len)\n"}, id="setattr"),
    pytest.param({"conftest.py": SETS + "def fast():\n    with patch(WHAT, len):\n        yield\n"}, id="a patch"),
    pytest.param({"conftest.py": "def pytest_runtest_call(it):\n    it.obj.__globals__['app'] = 1\n"}, id="globals"),
    pytest.param({"app.py": APP["app.py"] + "\n\ndef use():\n    global load\n    load = len\n"}, id="a global"),
]  # fmt: skip


@pytest.mark.parametrize("files", ELSEWHERE)
def test_a_target_by_a_name_may_be_any(files: Mapping[str, str]) -> None:
    check_noop(codemod, {**AUTO, **APP, **files, "test_a.py": LOADS})


OWN = [
    pytest.param("with patch.object(app, WHAT, len):", id="patch.object"),
    pytest.param("with patch.multiple(app, **WHAT):", id="patch.multiple"),
    pytest.param("with patch.multiple('app', **WHAT):", id="patch.multiple of a string"),
    pytest.param("with patch.dict(app.__dict__, WHAT):", id="a dict"),
    pytest.param("with patch.dict(vars(app), WHAT):", id="vars"),
    pytest.param("with patch(f'app.{{WHAT}}', len):", id="a formatted string"),
]


@pytest.mark.parametrize("statement", OWN)
def test_a_patch_of_the_test_by_a_name_may_replace_any(statement: str) -> None:
    head = "import app\nfrom names import WHAT\nfrom unittest.mock import patch\n\n\nasync def test_a():\n"
    body = f"    {statement.format()}\n        app.load()\n"
    check_noop(codemod, {**AUTO, **APP, "test_a.py": head + body})
