"""What code that is no test sets on others: a call of such a member gets no `await`, as it may be another one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.asyncmock_await.calls.project.production import production_marks
from codemods.testing import check_noop, check_transformed

AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}
APP = """class Manager:
    async def save(self):
        return 1


manager = Manager()


async def load():
    pass
"""
BY_OBJECT = "import app\n{}\n\nasync def test_a():\n    {}app.manager.save()\n"
BY_NAME = "import app\n{}\n\nasync def test_a():\n    {}app.load()\n"
MOCK = """from app import Service
from unittest.mock import AsyncMock


async def test_a():
    bus = AsyncMock()
    Service(bus)
    {}bus.close()
"""
INIT = "class Service:\n    def __init__(self, bus):\n"

REPLACED = [
    pytest.param("import app\n\n\ndef install():\n    app.manager = None\n", BY_OBJECT, id="a name of a module"),
    pytest.param("import app\napp.Manager.save = lambda self: 1\n", BY_OBJECT, id="a method"),
    pytest.param("import app\nsetattr(app.Manager, 'save', len)\n", BY_OBJECT, id="setattr"),
    pytest.param("import app\nfor x in 'ab':\n    setattr(app.manager.Manager, x, len)\n", BY_OBJECT.replace(
        "app.manager.save", "app.Manager().save"), id="setattr of any name"),
    pytest.param("import app as application\napplication.load = len\n", BY_NAME, id="a function"),
    pytest.param("from app import (\n    manager,\n)\nmanager.save = len\n", BY_OBJECT, id="an import in brackets"),
    pytest.param("import importlib\n\napplication = importlib.import_module('app')\napplication.load = len\n", BY_NAME,
        id="a module that a call imports"),
    pytest.param("def tune(cls):\n    cls.save = len\n", BY_OBJECT, id="the class that a function is given"),
    pytest.param("import sys\nsys.modules['app'] = len\n", BY_NAME, id="a whole module"),
    pytest.param(
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef fast(monkeypatch):\n"
        "    monkeypatch.setattr('app.load', len)\n", BY_NAME, id="a plugin that only settings name",
    ),
]  # fmt: skip
PLUGIN = "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef fast(manager):\n    manager.save = len\n"


@pytest.mark.parametrize(("other", "test"), REPLACED)
def test_what_production_code_replaces_gets_no_await(other: str, test: str) -> None:
    check_noop(codemod, {**AUTO, "app.py": APP, "other.py": other, "test_a.py": test.format("", "")})


WITHIN = "async def test_a():\n    from app import load\n    await load()\n\n\nasync def test_b():\n    load()\n"


def test_a_builtin_may_be_what_a_name_means_that_only_other_functions_import() -> None:
    check_noop(
        codemod, {**AUTO, "app.py": APP, "other.py": "import builtins\nbuiltins.load = len\n", "test_a.py": WITHIN}
    )


ELSEWHERE = [
    pytest.param("import shop\nshop.load = len\n", BY_NAME, id="a function of another module"),
    pytest.param("class Prices:\n    pass\n\nPrices.save = len\n", BY_OBJECT, id="a method of another class"),
    pytest.param("from unittest.mock import patch\nimport pytest\npatch('shop.load', len).start()\n", BY_NAME,
        id="a patch of another module"),
    pytest.param("from app.manager import Bus\n\n\ndef tune(manager, bus):\n    manager.save = len\n", BY_OBJECT,
        id="a parameter with the name of a module that only leads to what is imported"),
    pytest.param(PLUGIN, BY_OBJECT, id="a module with a fixture that nobody makes a plugin"),
]  # fmt: skip


@pytest.mark.parametrize(("other", "test"), ELSEWHERE)
def test_what_production_code_replaces_elsewhere_is_no_reason(other: str, test: str) -> None:
    files = {**AUTO, "app.py": APP, "shop.py": "def load():\n    pass\n", "other.py": other}

    check_transformed(codemod, {**files, "test_a.py": test.format("", "")}, {"test_a.py": test.format("", "await ")})


def test_a_package_has_the_name_of_a_module_that_it_imports_from() -> None:
    files = {"shop/app.py": APP, "shop/__init__.py": "from shop.app import Manager\n\napp.load = len\n"}

    test = BY_NAME.replace("import app", "from shop import app").format("", "")

    check_noop(codemod, {**AUTO, **files, "test_a.py": test})


def test_a_plugin_that_settings_name_may_set_anything_on_what_a_fixture_gives() -> None:
    settings = {"pytest.ini": "[pytest]\nasyncio_mode = auto\naddopts = -p other\n"}

    check_noop(codemod, {**settings, "app.py": APP, "other.py": PLUGIN, "test_a.py": BY_OBJECT.format("", "")})


SETS = [
    pytest.param(INIT + "        bus.close = len\n", id="in __init__"),
    pytest.param(INIT + "        self.bus = bus\n        self.bus.close = len\n", id="by self"),
    pytest.param(INIT + "        setattr(bus, 'close', len)\n", id="setattr"),
]  # fmt: skip


@pytest.mark.parametrize("app", SETS)
def test_a_member_that_production_code_sets_gets_no_await(app: str) -> None:
    check_noop(codemod, {**AUTO, "app.py": app, "test_a.py": MOCK.format("")})


FINE: list[object] = [
    pytest.param({"app.py": "class Service:\n    def __init__(self, close):\n        self.close = close\n"}, id="own"),
    pytest.param({"app.py": INIT + "        bus.opened = 1\n"}, id="another one"),
    pytest.param(
        {
            "app.py": INIT + "        self.bus = bus\n",
            "play.py": "from unittest.mock import Mock\nx = Mock()\nx.close = 1\n",
        }, id="a script with mocks",
    ),
]  # fmt: skip


@pytest.mark.parametrize("files", FINE)
def test_other_members_are_awaited(files: Mapping[str, str]) -> None:
    check_transformed(codemod, {**AUTO, **files, "test_a.py": MOCK.format("")}, {"test_a.py": MOCK.format("await ")})


def test_a_file_with_tests_says_nothing_of_production_code() -> None:
    assert production_marks(b"import app\napp.load = len\n\ndef test_a():\n    pass\n") == ()
