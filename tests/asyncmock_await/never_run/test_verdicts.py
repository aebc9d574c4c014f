"""Which async tests and set-ups never run, by their class, their markers, and who collects them."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await import codemod
from codemods.testing import check_noop
from codemods.toolkit.codemod import Site

ALL = {"requested": ("AM301", "AM302", "AM303")}
STRICT = "[pytest]\nasyncio_mode = strict\n"
AUTO = "[pytest]\nasyncio_mode = auto\n"


def judged(text: str, *, path: str = "test_orders.py", ini: str = STRICT, **files: str) -> list[Site]:
    """The tests and set-ups of one file, none of them to be rewritten."""
    others = {f"{name}.py": content for name, content in files.items()}
    result = check_noop(codemod, {"pytest.ini": ini, path: text, **others})
    return [site for site in result.sites if site.kind in {"test", "set-up"}]


def only(text: str, *, path: str = "test_orders.py", ini: str = STRICT, **files: str) -> Site:
    [site] = judged(text, path=path, ini=ini, **files)
    return site


MARKED = [
    pytest.param("@pytest.mark.asyncio\nasync def test_it(): ...", id="a decorator"),
    pytest.param("@pytest.mark.asyncio(loop_scope='module')\nasync def test_it(): ...", id="with arguments"),
    pytest.param("@mark.anyio\nasync def test_it(): ...", id="mark imported by name"),
    pytest.param("pytestmark = pytest.mark.asyncio\nasync def test_it(): ...", id="pytestmark"),
    pytest.param("pytestmark = [pytest.mark.slow, mark.trio]\nasync def test_it(): ...", id="a list of marks"),
    pytest.param("pytestmark = (mark.asyncio(),)\nasync def test_it(): ...", id="a tuple of marks"),
    pytest.param("if True:\n    pytestmark = mark.asyncio\nasync def test_it(): ...", id="pytestmark in a condition"),
    pytest.param("async def test_it(anyio_backend): ...", id="the fixture of anyio"),
    pytest.param("@mark.asyncio\nclass TestIt:\n    async def test_it(self): ...", id="a decorator of the class"),
    pytest.param(
        "class TestIt:\n    pytestmark = [mark.asyncio]\n    async def test_it(self): ...", id="pytestmark of the class"
    ),
    pytest.param(
        "class Base:\n    pytestmark = mark.asyncio\nclass TestIt(Base):\n    async def test_it(self): ...",
        id="pytestmark of a base class",
    ),
    pytest.param("pytestmark: list = [mark.asyncio]\nasync def test_it(): ...", id="pytestmark with a type"),
    pytest.param(
        "class TestIt:\n    pytestmark: list = [mark.asyncio]\n    async def test_it(self): ...",
        id="pytestmark of the class with a type",
    ),
    pytest.param(
        "@mark.asyncio\nclass Base: ...\nclass TestIt(Base):\n    async def test_it(self): ...",
        id="a decorator of a base class",
    ),
]


@pytest.mark.parametrize("text", MARKED)
def test_a_marker_runs_a_test(text: str) -> None:
    site = only(f"import pytest\nfrom pytest import mark\n{text}\n")
    assert (site.decision, site.code, site.reason) == ("right", "", "its marker runs it")


NEVER = [
    pytest.param("async def test_it(): ...", "AM302", id="no marker"),
    pytest.param("@pytest.mark.slow\nasync def test_it(): ...", "AM302", id="another marker"),
    pytest.param("pytestmark = pytest.mark.slow\nasync def test_it(): ...", "AM302", id="another pytestmark"),
    pytest.param("class TestIt:\n    async def test_it(self): ...", "AM302", id="in a class"),
    pytest.param("class Mixin:\n    async def test_it(self): ...\nclass TestIt(Mixin): ...", "AM302", id="in a mixin"),
    pytest.param("try:\n    pass\nfinally:\n    async def test_it(): ...", "AM302", id="in a block"),
    pytest.param(
        "class TestIt:\n    if True:\n        async def test_it(self): ...", "AM302", id="in a block of a class"
    ),
    pytest.param("async def setup_module(): ...", "AM303", id="set-up of the module"),
    pytest.param("async def teardown_function(function): ...", "AM303", id="tear-down of a function"),
    pytest.param("class TestIt:\n    async def setup_class(cls): ...", "AM303", id="set-up of a class"),
    pytest.param(
        "class Mixin:\n    async def setup_method(self): ...\nclass TestIt(Mixin): ...", "AM303", id="set-up in a mixin"
    ),
    pytest.param(
        "class Case(unittest.TestCase):\n    @classmethod\n    async def setUpClass(cls): ...", "AM303", id="setUpClass"
    ),
    pytest.param(
        "class Mixin:\n    async def tearDown(self): ...\nclass Case(Mixin, unittest.TestCase): ...",
        "AM303",
        id="tear-down in a mixin of a case",
    ),
    pytest.param(
        "class Outer:\n    class Case(unittest.TestCase):\n        async def test_it(self): ...",
        "AM301",
        id="a case in a class",
    ),
    pytest.param(
        "class Case(unittest.TestCase, abc.ABC):\n    async def test_it(self): ...", "AM301", id="an abstract case"
    ),
    pytest.param(
        "class Case(unittest.TestCase, metaclass=abc.ABCMeta):\n    async def test_it(self): ...",
        "AM301",
        id="its metaclass",
    ),
    pytest.param(
        "@unittest.skipIf(False, '')\nclass Case(unittest.TestCase):\n    async def test_it(self): ...",
        "AM301",
        id="a neutral decorator of a case",
    ),
]


@pytest.mark.parametrize(("text", "code"), NEVER)
def test_nothing_runs_it(text: str, code: str) -> None:
    site = only(f"import abc\nimport unittest\nimport pytest\n{text}\n")
    assert (site.decision, site.code) == ("kept", code)
    assert site.reason.startswith("never runs: ")


OPEN = [
    pytest.param(
        "def classmethod(function): ...\nclass Case(unittest.TestCase):\n    @classmethod\n"
        "    async def setUpClass(cls): ...",
        "its decorator @classmethod may run it",
        id="a decorator named like a builtin one",
    ),
    pytest.param("pytestmark = MARKS\nasync def test_it(): ...", "not all of its markers", id="marks of a name"),
    pytest.param("pytestmark = [*MARKS]\nasync def test_it(): ...", "not all of its markers", id="starred marks"),
    pytest.param("pytestmark: list = MARKS\nasync def test_it(): ...", "not all of its markers", id="with a type"),
    pytest.param("x = pytestmark = MARKS\nasync def test_it(): ...", "not all of its markers", id="two targets"),
    pytest.param(
        "pytestmark = [pytest.mark.slow]\npytestmark += MARKS\nasync def test_it(): ...",
        "not all of its markers",
        id="some are added",
    ),
    pytest.param(
        "class TestIt:\n    x = pytestmark = MARKS\n    async def test_it(self): ...",
        "not all of its markers",
        id="two targets in a class",
    ),
    pytest.param(
        "class TestIt:\n    pytestmark = [pytest.mark.slow]\n    pytestmark += MARKS\n    async def test_it(self): ...",
        "not all of its markers",
        id="some are added in a class",
    ),
    pytest.param(
        "from elsewhere import pytestmark\nasync def test_it(): ...", "not all of its markers", id="they are imported"
    ),
    pytest.param("from elsewhere import *\nasync def test_it(): ...", "not all of its markers", id="a star import"),
    pytest.param("@MARK\nclass TestIt:\n    async def test_it(self): ...", "not all of its markers", id="of a class"),
    pytest.param("@run\nasync def test_it(): ...", "its decorator @run may run it", id="a decorator"),
    pytest.param(
        "@runs[0]\nasync def test_it(): ...", "its decorator @... may run it", id="a decorator without a name"
    ),
    pytest.param("@run\nasync def setup_module(): ...", "its decorator @run may run it", id="a decorated set-up"),
    pytest.param("async def test_it():\n    yield", "async generator", id="a generator"),
    pytest.param("async def test_it():\n    x = [(yield 1)]", "async generator", id="a yield inside of an expression"),
    pytest.param(
        "class TestIt:\n    async def test_it(self): ...\nclass TestIt:\n    x = 1", "several classes", id="twice"
    ),
    pytest.param("class Orders:\n    async def test_it(self): ...", "no runner collects its class", id="by its name"),
    pytest.param(
        "class Orders:\n    async def setup_method(self): ...", "no runner collects its class", id="its set-up"
    ),
    pytest.param(
        "class TestIt:\n    def __init__(self): ...\n    async def test_it(self): ...", "no runner", id="an __init__"
    ),
    pytest.param("class TestIt:\n    __test__ = False\n    async def test_it(self): ...", "no runner", id="__test__"),
    pytest.param(
        "class TestIt:\n    __test__: bool = False\n    async def test_it(self): ...",
        "no runner",
        id="__test__ with a type",
    ),
    pytest.param("class TestIt:\n    async def setUp(self): ...", "its class is no TestCase", id="unittest's name"),
    pytest.param(
        "class TestIt(Foreign):\n    async def test_it(self): ...",
        "derives from elsewhere.Foreign",
        id="an unknown base",
    ),
    pytest.param(
        "class TestIt(*BASES):\n    async def test_it(self): ...", "is not known", id="bases that are starred"
    ),
    pytest.param(
        "@run\nclass Case(unittest.TestCase):\n    async def test_it(self): ...",
        "the decorator @run of Case may run it",
        id="a decorator of a case",
    ),
    pytest.param(
        "class Case(unittest.TestCase):\n    run = other\n    async def test_it(self): ...",
        "Case.run may run it",
        id="a run that is assigned",
    ),
    pytest.param(
        "class Base(unittest.TestCase):\n    def __call__(self): ...\n"
        "class Case(Base):\n    async def test_it(self): ...",
        "Base.__call__ may run it",
        id="a call in its base class",
    ),
]


@pytest.mark.parametrize(("text", "reason"), OPEN)
def test_something_may_run_it_or_it_is_no_test(text: str, reason: str) -> None:
    site = only(
        f"import unittest\nimport pytest\nfrom elsewhere import BASES, MARK, MARKS, Foreign, other, run, runs\n{text}\n"
    )
    assert (site.decision, site.code) == ("kept", "")
    assert reason in site.reason


RIGHT = [
    pytest.param("class Case(unittest.IsolatedAsyncioTestCase):\n    async def test_it(self): ...", id="isolated"),
    pytest.param(
        "class Mixin:\n    async def test_it(self): ...\nclass Case(Mixin, unittest.IsolatedAsyncioTestCase): ...",
        id="a mixin of an isolated case",
    ),
]


@pytest.mark.parametrize("text", RIGHT)
def test_an_isolated_case_runs_it(text: str) -> None:
    site = only(f"import unittest\n{text}\n")
    assert (site.decision, site.reason) == ("right", "an IsolatedAsyncioTestCase runs it")


def test_the_auto_mode_runs_tests_of_modules_and_classes() -> None:
    text = "async def test_it(): ...\nclass TestIt:\n    async def test_it(self): ...\n"
    assert [site.decision for site in judged(text, ini=AUTO)] == []
    text += "async def setup_module(): ...\n"  # only then the file is looked at
    assert [(site.name, site.decision) for site in judged(text, ini=AUTO)] == [
        ("test_it", "right"),
        ("setup_module", "kept"),
        ("TestIt.test_it", "right"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@pytest.fixture\nasync def test_data(): ...", id="of the module"),
        pytest.param("@pytest_asyncio.fixture(autouse=True)\nasync def setup_function(): ...", id="with arguments"),
        pytest.param("class TestIt:\n    @fixture\n    async def setup_method(self): ...", id="a set-up by name"),
        pytest.param("class TestIt:\n    @pytest.fixture()\n    async def test_data(self): ...", id="of a class"),
    ],
)
def test_a_fixture_is_no_site(text: str) -> None:
    assert judged(f"import pytest\nimport pytest_asyncio\nfrom pytest_asyncio import fixture\n{text}\n") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("async def test_it(): ...", "pytest doesn't collect its file", id="a test"),
        pytest.param("async def setup_module(): ...", "pytest doesn't collect its file", id="a set-up of the module"),
        pytest.param("class TestIt:\n    async def setup_method(self): ...", "no runner", id="a set-up of a class"),
    ],
)
def test_a_file_that_is_not_collected_has_no_tests(text: str, reason: str) -> None:
    site = only(f"{text}\n", path="orders.py")
    assert (site.decision, site.code) == ("kept", "")
    assert reason in site.reason


def test_a_name_that_the_settings_leave_out_is_no_test() -> None:
    site = only("async def test_it(): ...\n", ini=f"{STRICT}python_functions = check_*\n")
    assert (site.code, site.reason) == ("", "pytest doesn't collect it by its name")


def test_a_plugin_of_the_settings_may_run_it() -> None:
    site = only("async def test_it(): ...\n", ini=f"{STRICT}addopts = -p runner\n")
    assert (site.code, site.reason) == ("", "pytest.ini loads a plugin that may run it")


def test_a_class_in_another_file_makes_a_mixin_a_case() -> None:
    mixin = "class Mixin:\n    async def test_it(self): ...\n"
    user = "import unittest\nfrom mixin import Mixin\nclass Case(Mixin, unittest.TestCase): ...\n"
    site = only(user, mixin=mixin)
    assert (site.path, site.code) == ("mixin.py", "AM301")
    assert "drops the coroutine in Case" in site.reason


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        pytest.param("async def setup_module(): ...", "AM504", "no async form of setup_module", id="of a module"),
        pytest.param(
            "class TestIt:\n    async def setup_method(self): ...", "AM504", "no async form", id="of a class of pytest"
        ),
        pytest.param(
            "import unittest\nclass Mixin:\n    async def setUp(self): ...\n"
            "class Case(Mixin, unittest.IsolatedAsyncioTestCase): ...",
            "AM503",
            "stands in a class that is no TestCase itself",
            id="of a mixin",
        ),
        pytest.param(
            "import unittest\nclass Case(unittest.IsolatedAsyncioTestCase):\n    async def setUp(self):\n        yield",
            "AM504",
            "async generator",
            id="a generator",
        ),
    ],
)
def test_a_set_up_without_another_name_is_refused_on_request(text: str, code: str, reason: str) -> None:
    result = check_noop(codemod, {"pytest.ini": STRICT, "test_a.py": f"{text}\n"}, config=ALL)
    [site] = result.sites
    assert (site.decision, site.code) == ("refused", code)
    assert reason in site.reason


def test_of_a_set_up_that_only_a_person_can_mend_no_rewrite_is_offered() -> None:
    text = "class TestIt:\n    async def setup_method(self): ...\n    async def test_it(self): ...\n"
    result = check_noop(codemod, {"pytest.ini": STRICT, "test_a.py": text})
    told = {finding.code: finding.message for finding in result.findings}
    assert told["AM302"].endswith("(--select AM302 rewrites)")
    assert told["AM303"].endswith("(AM504: there is no async form of setup_method that a runner would call)")
    assert "--select" not in next(site.reason for site in result.sites if site.code == "AM303")


def test_where_pytest_means_something_else_no_marker_is_written() -> None:
    text = "pytest = None\nasync def test_it(): ...\n"
    [site] = check_noop(codemod, {"pytest.ini": STRICT, "test_a.py": text}, config=ALL).sites
    assert (site.decision, site.code) == ("refused", "AM502")
    assert "`pytest` means something else" in site.reason
