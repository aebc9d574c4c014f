"""Which class gets another base, how that is written, and when none can."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.codemod import Site

REQUESTED = {"requested": ("AM301",)}
PATH = "test_orders.py"
TEST = "    async def test_it(self):\n        pass\n"


def refused(text: str, **files: str) -> Site:
    others = {f"{name}.py": content for name, content in files.items()}
    result = check_noop(codemod, {PATH: text, **others}, config=REQUESTED)
    found = [site for site in result.sites if site.decision == "refused"]
    assert len(found) == 1, [site.reason for site in result.sites]
    return found[0]


REFUSED = [
    pytest.param(
        "import unittest\nfrom base import Base\nclass Orders(Base, Generic[int]):\n" + TEST,
        "AM505",
        "written in a form that isn't changed",
        id="the last base has parameters",
    ),
    pytest.param(
        f"import unittest\nclass Orders(unittest.TestCase):\n{TEST}"
        "class Saved(unittest.IsolatedAsyncioTestCase, Orders): ...\n",
        "AM505",
        "Saved would have bases that contradict each other",
        id="a subclass without an order",
    ),
    pytest.param(
        f"import unittest\nclass Orders(unittest.TestCase):\n{TEST}"
        "class More(Orders):\n    def tearDown(self):\n        asyncio.get_event_loop().close()\n",
        "AM501",
        "More closes the current event loop",
        id="a subclass closes the loop",
    ),
    pytest.param(
        f"import unittest\nclass Orders(unittest.TestCase):\n    def asyncSetUp(self): ...\n{TEST}",
        "AM501",
        "Orders has a `asyncSetUp` that is no coroutine function",
        id="a sync asyncSetUp",
    ),
    pytest.param(
        f"import unittest\nclass Orders(unittest.TestCase):\n{TEST}\n"
        "    def test_pool(self):\n        multiprocessing.Process(target=self.run_it).start()\n",
        "AM501",
        "Orders hands itself to another process",
        id="another process",
    ),
    pytest.param(
        f"from base import Base\nunittest = None\nclass Orders(Base):\n{TEST}",
        "AM505",
        "there is no place for the import",
        id="unittest means something else",
    ),
]


@pytest.mark.parametrize(("text", "code", "reason"), REFUSED)
def test_a_class_that_stays(text: str, code: str, reason: str) -> None:
    site = refused(f"import asyncio\nimport multiprocessing\nfrom typing import Generic\n{text}", base=PROJECT_CASE)
    assert site.code == code
    assert reason in site.reason


PROJECT_CASE = "import unittest\nclass Base(unittest.TestCase):\n    def setUp(self): ...\n"

CHANGED = [
    pytest.param(
        f"import unittest as u\nclass Orders(u.TestCase):\n{TEST}",
        f"import unittest as u\nclass Orders(u.IsolatedAsyncioTestCase):\n{TEST}",
        id="the module by another name",
    ),
    pytest.param(
        f"from unittest import IsolatedAsyncioTestCase, TestCase\nclass Orders(TestCase):\n{TEST}"
        f"class Saved(IsolatedAsyncioTestCase):\n{TEST}",
        f"from unittest import IsolatedAsyncioTestCase\nclass Orders(IsolatedAsyncioTestCase):\n{TEST}"
        f"class Saved(IsolatedAsyncioTestCase):\n{TEST}",
        id="the name is there",
    ),
    pytest.param(
        f"from unittest import TestCase as Case, mock\nclass Orders(Case):\n{TEST}class More(Case):\n{TEST}",
        "from unittest import IsolatedAsyncioTestCase, mock\n"
        f"class Orders(IsolatedAsyncioTestCase):\n{TEST}class More(IsolatedAsyncioTestCase):\n{TEST}",
        id="two classes need the old name no more",
    ),
    pytest.param(
        "from unittest import (\n    TestCase,\n    mock,\n)\n"
        f"class Orders(TestCase):\n{TEST}class Sync(TestCase): ...\n",
        "from unittest import (\n    IsolatedAsyncioTestCase,\n    TestCase,\n    mock,\n)\n"
        f"class Orders(IsolatedAsyncioTestCase):\n{TEST}class Sync(TestCase): ...\n",
        id="an import of several lines",
    ),
    pytest.param(
        f'"""Doc."""\nfrom __future__ import annotations\nfrom base import Base\nclass Orders(Base):\n{TEST}',
        '"""Doc."""\nfrom __future__ import annotations\nimport unittest\nfrom base import Base\n'
        f"class Orders(Base, unittest.IsolatedAsyncioTestCase):\n{TEST}",
        id="an import below the docstring",
    ),
    pytest.param(
        f"from unittest import (\n    TestCase,\n    mock,\n)\nclass Orders(TestCase):\n{TEST}",
        "from unittest import (\n    IsolatedAsyncioTestCase,\n    mock,\n)\n"
        f"class Orders(IsolatedAsyncioTestCase):\n{TEST}",
        id="an import of several lines",
    ),
    pytest.param(
        f"from unittest import TestCase as Case, mock\nclass Orders(Case):\n{TEST}",
        f"from unittest import IsolatedAsyncioTestCase, mock\nclass Orders(IsolatedAsyncioTestCase):\n{TEST}",
        id="an import by another name",
    ),
]


@pytest.mark.parametrize(("before", "after"), CHANGED)
def test_the_new_base_is_written_as_the_module_writes_its_names(before: str, after: str) -> None:
    check_transformed(codemod, {PATH: before, "base.py": PROJECT_CASE}, {PATH: after}, config=REQUESTED)


def test_where_the_base_class_can_not_change_the_class_itself_does() -> None:
    base = (
        "import unittest\nclass Base(unittest.TestCase):\n    async def asyncSetUp(self): ...\n"
        "class Other(unittest.IsolatedAsyncioTestCase, Base): ...\n"
    )
    before = f"import unittest\nfrom base import Base\nclass Orders(Base):\n{TEST}"
    after = before.replace("(Base)", "(Base, unittest.IsolatedAsyncioTestCase)")
    check_transformed(codemod, {PATH: before, "base.py": base}, {PATH: after}, config=REQUESTED)


def test_an_import_that_would_be_left_over_keeps_the_file_as_it_is() -> None:
    imports = "from unittest import TestCase\nimport unittest"
    site = refused(f"{imports}\nclass Orders(TestCase):\n{TEST}")
    assert site.code == "TK204"
    assert "`TestCase` would be imported and not used" in site.reason


def test_set_ups_of_a_file_that_stays_as_it_is_stay_too() -> None:
    imports = "from unittest import TestCase\nimport unittest\n"
    text = f"{imports}class Orders(TestCase):\n    async def setUp(self): ...\n{TEST}"
    result = check_noop(codemod, text, path=PATH, config={"requested": ("AM301", "AM303")})
    assert [(site.kind, site.code) for site in result.sites] == [("set-up", "TK204"), ("test", "TK204")]
