"""What settings files say to pytest: which tests it collects, and whether every async one is run."""

from __future__ import annotations

import pytest

from codemods.asyncmock_await.never_run.modes import Modes
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Entry, Project

PATH = "tests/unit/test_a.py"
AUTO, STRICT = "[pytest]\nasyncio_mode = auto\n", "[pytest]\nasyncio_mode = strict\n"


def modes(
    settings: dict[str, str] | None = None,
    *,
    marks: dict[str, tuple[str, ...]] | None = None,
    entries: dict[str, Entry[None]] | None = None,
) -> Modes:
    """The modes of a project with these settings files."""
    given = {path: text.encode() for path, text in (settings or {}).items()}
    return Modes(Project(layout_of([PATH, *(entries or {})], [""]), entries or {}, marks or {}, given))


RUNS_ALL = [
    pytest.param("pytest.ini", AUTO, id="pytest.ini"),
    pytest.param(".pytest.ini", AUTO, id=".pytest.ini"),
    pytest.param("tox.ini", AUTO, id="tox.ini"),
    pytest.param("setup.cfg", "[tool:pytest]\nasyncio_mode = auto\n", id="setup.cfg"),
    pytest.param("pyproject.toml", '[tool.pytest.ini_options]\nasyncio_mode = "auto"\n', id="pyproject.toml"),
    pytest.param("pyproject.toml", '[tool.pytest]\nasyncio_mode = "auto"\n', id="pyproject.toml of pytest 9"),
    pytest.param("pytest.toml", '[pytest]\nasyncio_mode = "auto"\n', id="pytest.toml"),
    pytest.param(".pytest.toml", '[pytest]\nasyncio_mode = "auto"\n', id=".pytest.toml"),
    pytest.param("pytest.ini", "\ufeff" + AUTO, id="byte order mark"),
    pytest.param("pytest.ini", "[pytest]\naddopts = -ra --asyncio-mode=auto\n", id="option"),
    pytest.param("pytest.ini", "[pytest]\naddopts =\n    -ra\n    --asyncio-mode auto\n", id="option in two words"),
    pytest.param("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["--asyncio-mode", "auto"]\n', id="list"),
    pytest.param("pytest.ini", "[pytest]\naddopts = -o asyncio_mode=auto\n", id="-o"),
    pytest.param("pytest.ini", "[pytest]\naddopts = --override-ini=asyncio_mode=auto\n", id="--override-ini"),
    pytest.param("pytest.ini", STRICT + "addopts = --asyncio-mode=auto\n", id="the option has the last word"),
    pytest.param("pytest.ini", "[pytest]\nanyio_mode = auto\n", id="anyio"),
    pytest.param("pytest.ini", "[pytest]\ntrio_mode = true\n", id="trio"),
    pytest.param("pyproject.toml", "[tool.pytest.ini_options]\ntrio_mode = true\n", id="trio in TOML"),
    pytest.param("pytest.ini", "[pytest]\naddopts = -p plugin\nasyncio_mode = auto\n", id="with another plugin"),
]


@pytest.mark.parametrize(("file", "text"), RUNS_ALL)
def test_a_setting_that_runs_every_async_test(file: str, text: str) -> None:
    assert modes({file: text}).runs_all(PATH)


ONLY_MARKED = [
    pytest.param({}, id="no settings"),
    pytest.param({"pytest.ini": STRICT}, id="strict"),
    pytest.param({"pytest.ini": AUTO + "addopts = --asyncio-mode=strict\n"}, id="the option has the last word"),
    pytest.param({"pytest.ini": "[pytest]\ntrio_mode = false\n"}, id="trio switched off"),
    pytest.param({"pytest.ini": "[pytest]\naddopts = -p no:cacheprovider\n"}, id="a plugin switched off"),
    pytest.param({"pytest.ini": "[other]\nasyncio_mode = auto\n"}, id="another section"),
    pytest.param({"tox.ini": "[testenv]\nasyncio_mode = auto\n"}, id="no section of pytest's"),
    pytest.param({"setup.cfg": AUTO}, id="setup.cfg's section has another name"),
    pytest.param({"pyproject.toml": '[pytest]\nasyncio_mode = "auto"\n'}, id="no table of a tool"),
    pytest.param({"pyproject.toml": 'tool = "none"\n'}, id="tool is no table"),
    pytest.param({"pyproject.toml": "[tool.pytest]\n"}, id="an empty table"),
    pytest.param({"pytest.toml": 'pytest = "none"\n'}, id="pytest is no table"),
    pytest.param({"pytest.ini": "", "pyproject.toml": '[tool.pytest]\nasyncio_mode = "auto"\n'}, id="pytest.ini wins"),
    pytest.param({"requirements.txt": "pytest-asyncio\n"}, id="requirements are no settings"),
]


@pytest.mark.parametrize("settings", ONLY_MARKED)
def test_settings_that_run_only_tests_with_a_marker(settings: dict[str, str]) -> None:
    found = modes(settings)
    assert not found.runs_all(PATH)
    assert found.uncertain(PATH) == ""


UNCERTAIN = [
    pytest.param({"pytest.ini": "[pytest\n"}, "pytest.ini can't be read", id="no INI"),
    pytest.param({"pyproject.toml": "[tool\n"}, "pyproject.toml can't be read", id="no TOML"),
    pytest.param({"pytest.ini": "[pytest]\naddopts = -p plugin\n"}, "loads a plugin", id="a plugin"),
    pytest.param({"pytest.ini": "[pytest]\naddopts = -pplugin\n"}, "loads a plugin", id="a plugin, in one word"),
    pytest.param({"pytest.ini": "[pytest]\nasyncio_mode = legacy\n"}, "mode that is not known", id="legacy"),
    pytest.param({"pytest.ini": STRICT, "tests/tox.ini": AUTO}, "started in", id="it depends on the folder"),
    pytest.param({"setup.cfg": "[extras]\ntest = pytest-twisted\n"}, "setup.cfg names a plugin", id="a requirement"),
    pytest.param({"tox.ini": "[testenv]\ncommands = pytest --asyncio-mode=auto"}, "may set the mode", id="tox"),
]


@pytest.mark.parametrize(("settings", "reason"), UNCERTAIN)
def test_settings_that_leave_it_open_whether_a_test_is_run(settings: dict[str, str], reason: str) -> None:
    found = modes(settings)
    assert not found.runs_all(PATH)
    assert reason in found.uncertain(PATH)


def test_a_file_that_is_no_utf_8_leaves_it_open() -> None:
    found = Modes(Project(layout_of([PATH], [""]), {}, {}, {"pytest.ini": b"[pytest]\n# \xff\n"}))
    assert found.uncertain(PATH) == "pytest.ini can't be read"


def test_the_settings_of_a_neighbouring_folder_say_nothing() -> None:
    assert not modes({"tests/integration/pytest.ini": AUTO}).runs_all(PATH)
    assert modes({"tests/unit/pytest.ini": STRICT, "other/pytest.ini": AUTO}).uncertain("other/test_b.py") != ""


def test_where_every_folder_above_agrees_its_settings_hold() -> None:
    assert modes({"pytest.ini": AUTO, "tests/unit/pytest.ini": AUTO}).runs_all(PATH)


def test_a_module_that_sets_the_mode_leaves_it_open() -> None:
    found = modes(marks={"noxfile.py": ("test word asyncio-mode",)})
    assert found.uncertain(PATH) == "noxfile.py may set the mode of pytest-asyncio"


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        pytest.param(
            ("pytest_pyfunc_call",), "tests/conftest.py has pytest_pyfunc_call, which may run it", id="a hook"
        ),
        pytest.param(("pytest_plugins",), "tests/conftest.py has pytest_plugins, which may run it", id="plugins"),
        pytest.param(("*",), "tests/conftest.py has a star import, which may run it", id="a star import"),
        pytest.param((), "tests/conftest.py can't be parsed", id="a syntax error"),
        pytest.param(("client",), "", id="a fixture"),
    ],
)
def test_a_conftest_may_run_the_tests_below_it(hook: tuple[str, ...], reason: str) -> None:
    names = ModuleNames(
        bindings={name: () for name in hook if name != "*"},
        stars=((0, "hooks"),) if "*" in hook else (),
        exports=None,
        open_exports=False,
        dynamic=False,
        global_names=(),
        imports=(),
    )
    found = modes(entries={"tests/conftest.py": Entry(names if hook else None, None)})
    assert found.uncertain(PATH) == reason
    assert found.uncertain("other/test_b.py") == ""


COLLECTED = [
    pytest.param("test_a.py", "", True, id="the usual prefix"),
    pytest.param("a_test.py", "", True, id="the usual suffix"),
    pytest.param("orders.py", "", False, id="another name"),
    pytest.param("orders.py", "python_files = *.py", True, id="set to all"),
    pytest.param("test_a.py", "python_files = check_*.py", False, id="set to others"),
    pytest.param("check_a.py", "python_files = test_*.py check_*.py", True, id="set to several"),
    pytest.param("check_a.py", "python_files = 'check_*.py", False, id="an open quote"),
]


@pytest.mark.parametrize(("name", "line", "expected"), COLLECTED)
def test_the_files_that_are_collected(name: str, line: str, expected: bool) -> None:
    assert modes({"pytest.ini": f"[pytest]\n{line}\n"}).collects(f"tests/{name}") is expected


CLASSES = [
    pytest.param("TestOrders", "", True, id="the usual prefix"),
    pytest.param("OrdersTest", "", False, id="the prefix at the end"),
    pytest.param("OrdersTest", "python_classes = *Test", True, id="a glob"),
    pytest.param("TestOrders", "python_classes = *Suite", False, id="another glob"),
    pytest.param("CheckOrders", "python_classes = Test Check", True, id="several prefixes"),
]


@pytest.mark.parametrize(("name", "line", "expected"), CLASSES)
def test_the_classes_that_are_collected(name: str, line: str, expected: bool) -> None:
    assert modes({"pytest.ini": f"[pytest]\n{line}\n"}).collects_class(PATH, name) is expected


def test_the_functions_that_are_collected() -> None:
    found = modes({"pyproject.toml": '[tool.pytest.ini_options]\npython_functions = ["check_*", "it"]\n'})
    assert [found.collects_function(PATH, name) for name in ("check_it", "it_works", "test_it")] == [True, True, False]


@pytest.mark.parametrize(
    ("settings", "marks", "marker"),
    [
        pytest.param({"requirements.txt": "pytest-asyncio>=1\n"}, (), "asyncio", id="a requirement"),
        pytest.param({"pytest.ini": STRICT}, (), "asyncio", id="a mode"),
        pytest.param({}, ("test word mark.asyncio",), "asyncio", id="another test"),
        pytest.param({"pytest.ini": "[pytest]\nanyio_mode = strict\n"}, (), "anyio", id="anyio's mode"),
        pytest.param({}, ("test word mark.anyio",), "anyio", id="another test of anyio"),
        pytest.param({"requirements.txt": "pytest-trio\n"}, (), "trio", id="trio's plugin"),
        pytest.param({}, ("test word mark.trio",), "trio", id="another test of trio"),
        pytest.param({"pytest.ini": STRICT}, ("test word mark.anyio",), "", id="both"),
        pytest.param({"requirements.txt": "pytest\n"}, ("async tests",), "", id="neither"),
    ],
)
def test_the_marker_that_a_project_uses(settings: dict[str, str], marks: tuple[str, ...], marker: str) -> None:
    assert modes(settings, marks={"tests/test_b.py": marks}).marker(PATH) == marker


def test_the_marker_that_a_file_uses_is_its_own_whatever_others_do() -> None:
    marks: dict[str, tuple[str, ...]] = {"tests/test_b.py": ("test word mark.asyncio",), PATH: ("test word mark.trio",)}
    assert modes({"pytest.ini": STRICT}, marks=marks).marker(PATH) == "trio"
