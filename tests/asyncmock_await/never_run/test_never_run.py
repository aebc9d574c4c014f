"""Async tests and set-ups that never run: what is found, what is rewritten, what is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import Site
from codemods.toolkit.pipeline.result import Result

ALL = {"requested": ("AM301", "AM302", "AM303")}
STRICT = "[pytest]\nasyncio_mode = strict\n"
AUTO = "[pytest]\nasyncio_mode = auto\n"
PLAIN = """import unittest


class OrdersTest(unittest.TestCase):
    async def test_saves(self):
        self.assertEqual(1, 2)
"""


def sites(result: Result, kind: str = "test") -> list[Site]:
    return [site for site in result.sites if site.kind == kind]


def only(files: Mapping[str, str] | str, config: object = None) -> Site:
    [site] = sites(check_noop(codemod, files, path="test_orders.py", config=config))
    return site


def test_an_async_test_of_a_plain_case_is_reported_and_left() -> None:
    result = check_noop(codemod, PLAIN, path="test_orders.py")
    assert [(site.decision, site.code) for site in result.sites] == [("kept", "AM301")]
    assert [finding.code for finding in result.findings] == ["AM301"]
    assert [(each.label, each.before, each.after) for each in result.measures] == [("tests that never run", 1, 1)]


def test_on_request_the_class_becomes_an_isolated_one() -> None:
    result = check_transformed(
        codemod,
        PLAIN,
        PLAIN.replace("unittest.TestCase", "unittest.IsolatedAsyncioTestCase"),
        path="test_orders.py",
        config=ALL,
    )
    assert [(each.before, each.after) for each in result.measures] == [(1, 0)]


def test_an_import_by_name_is_replaced_where_nothing_else_needs_it() -> None:
    before = PLAIN.replace("import unittest", "from unittest import TestCase").replace("unittest.TestCase", "TestCase")
    check_transformed(
        codemod, before, before.replace("TestCase", "IsolatedAsyncioTestCase"), path="test_orders.py", config=ALL
    )


def test_an_import_by_name_stays_where_another_class_needs_it() -> None:
    before = PLAIN.replace("import unittest", "from unittest import TestCase").replace("unittest.TestCase", "TestCase")
    other = "\n\nclass SyncTest(TestCase):\n    def test_it(self):\n        pass\n"
    after = before.replace("(TestCase)", "(IsolatedAsyncioTestCase)").replace(
        "import TestCase", "import IsolatedAsyncioTestCase, TestCase"
    )
    check_transformed(codemod, before + other, after + other, path="test_orders.py", config=ALL)


def test_a_class_below_a_case_of_the_project_gets_a_further_base() -> None:
    files = {
        "base.py": "import unittest as u\n\n\nclass ProjectCase(u.TestCase):\n"
        "    def setUp(self):\n        self.x = 1\n",
        "test_orders.py": "from base import ProjectCase as Case\n\n\nclass OrdersTest(Case):\n"
        "    async def test_saves(self):\n        pass\n",
    }
    after = files["test_orders.py"].replace("(Case)", "(Case, unittest.IsolatedAsyncioTestCase)")
    check_transformed(codemod, files, {"test_orders.py": f"import unittest\n{after}"}, config=ALL)


def test_a_base_that_defines_async_set_ups_is_the_one_to_change() -> None:
    files = {
        "base.py": "import unittest\n\n\nclass ProjectCase(unittest.TestCase):\n"
        "    async def asyncSetUp(self):\n        self.x = 1\n",
        "test_orders.py": "from base import ProjectCase\n\n\nclass OrdersTest(ProjectCase):\n"
        "    async def test_saves(self):\n        pass\n",
    }
    after = files["base.py"].replace("unittest.TestCase", "unittest.IsolatedAsyncioTestCase")
    check_transformed(codemod, files, {"base.py": after}, config=ALL)


def test_a_mixin_counts_in_the_cases_that_use_it() -> None:
    before = PLAIN.replace("(unittest.TestCase)", "") + "\n\nclass AllTest(OrdersTest, unittest.TestCase):\n    pass\n"
    check_transformed(
        codemod, before, before.replace("unittest.TestCase", "unittest.IsolatedAsyncioTestCase"),
        path="test_orders.py", config=ALL,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            PLAIN.replace("import unittest", "from django import test as unittest"), "django.test.TestCase",
            id="another library's case",
        ),
        pytest.param(
            "from tools import async_test\n" + PLAIN.replace("    async", "    @async_test\n    async"), "@async_test",
            id="a decorator that may run it",
        ),
        pytest.param(
            PLAIN + "\n    def run(self, result=None):\n        return super().run(result)\n", "OrdersTest.run",
            id="a run of its own",
        ),
        pytest.param(PLAIN.replace("TestCase)", "TestCase, metaclass=Meta)"), "metaclass", id="a metaclass"),
        pytest.param(PLAIN.replace("    async", "    __test__ = False\n\n    async"), "__test__", id="not collected"),
    ],
)  # fmt: skip
def test_a_test_that_something_may_run_is_kept(text: str, reason: str) -> None:
    site = only(text, ALL)
    assert (site.decision, site.code) == ("kept", "")
    assert reason in site.reason


def test_neutral_decorators_change_nothing() -> None:
    text = PLAIN.replace("import unittest", "import unittest\nfrom unittest import mock\nimport pytest").replace(
        "    async",
        '    @mock.patch("os.getcwd")\n    @unittest.skipIf(False, "")\n    @pytest.mark.asyncio\n    async',
    )
    assert only(text).code == "AM301"


def test_an_isolated_case_is_right() -> None:
    assert only(PLAIN.replace("TestCase", "IsolatedAsyncioTestCase"), ALL).decision == "right"


def test_a_class_that_closes_the_runners_loop_is_refused() -> None:
    text = PLAIN + (
        "\n    def setUp(self):\n        self.loop = asyncio.get_event_loop()\n"
        "\n    def tearDown(self):\n        self.loop.close()\n"
    )
    site = only("import asyncio\n" + text, ALL)
    assert (site.decision, site.code) == ("refused", "AM501")


def test_a_test_without_a_marker_gets_the_one_of_the_project() -> None:
    text = "import os\n\n\nasync def test_it():\n    assert os\n"
    check_transformed(
        codemod,
        {"pytest.ini": STRICT, "test_orders.py": text},
        {"test_orders.py": "import pytest\n" + text.replace("async", "@pytest.mark.asyncio\nasync")},
        config=ALL,
    )


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        pytest.param({"test_a.py": "import pytest\npytestmark = pytest.mark.asyncio\n"}, "marker", id="the module's"),
        pytest.param({"test_a.py": "import asyncio\nasyncio.run(test_it())\n"}, "itself", id="a script"),
        pytest.param({"conftest.py": "def pytest_collection_modifyitems(items): ...\n"}, "conftest.py", id="a hook"),
        pytest.param({"requirements.txt": "pytest-aiohttp\n"}, "requirements.txt", id="another plugin"),
        pytest.param({"tox.ini": "[testenv]\ncommands = pytest --asyncio-mode=auto\n"}, "tox.ini", id="a command"),
        pytest.param({"tests/pytest.ini": AUTO}, "started", id="it depends on the folder"),
    ],
)  # fmt: skip
def test_a_test_that_a_plugin_may_run_is_not_reported(files: dict[str, str], reason: str) -> None:
    path = "tests/test_a.py" if any("/" in each for each in files) else "test_a.py"
    given = {**files, path: files.get(path, "") + "\n\nasync def test_it():\n    pass\n"}
    site = only(given, ALL)
    assert site.code == ""
    assert reason in site.reason


def test_without_any_plugin_named_no_marker_is_chosen() -> None:
    site = only("async def test_it():\n    pass\n", ALL)
    assert (site.decision, site.code) == ("refused", "AM502")


def test_an_async_set_up_gets_the_name_that_is_awaited() -> None:
    before = PLAIN.replace("TestCase", "IsolatedAsyncioTestCase") + (
        "\n    async def setUp(self):\n        super().setUp()\n        self.x = 1\n"
    )
    after = before.replace("super().setUp()", "await super().asyncSetUp()").replace("def setUp", "def asyncSetUp")
    check_transformed(codemod, before, after, path="test_orders.py", config=ALL)


def test_a_set_up_that_hides_the_one_of_its_base_is_refused() -> None:
    before = (
        "import unittest\n\n\nclass Base(unittest.IsolatedAsyncioTestCase):\n    def setUp(self):\n        pass\n\n\n"
        "class OrdersTest(Base):\n    async def setUp(self):\n        self.x = 1\n"
    )
    [site] = sites(check_noop(codemod, before, path="test_orders.py", config=ALL), "set-up")
    assert (site.decision, site.code) == ("refused", "AM503")


def test_pytests_own_set_up_is_reported_in_every_mode() -> None:
    text = "class TestOrders:\n    async def setup_method(self):\n        pass\n"
    [site] = sites(check_noop(codemod, {"pytest.ini": AUTO, "test_a.py": text}), "set-up")
    assert (site.decision, site.code) == ("kept", "AM303")
    [refused] = sites(check_noop(codemod, {"pytest.ini": AUTO, "test_a.py": text}, config=ALL), "set-up")
    assert (refused.decision, refused.code) == ("refused", "AM504")
