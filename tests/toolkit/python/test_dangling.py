from __future__ import annotations

from collections.abc import Callable

import pytest

from codemods.toolkit.python.dangling import Dangling, follow_new_imports, new_dangling
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

Build = Callable[..., Project[None]]

SHOP = {
    "ws.py": "class Manager: pass\ndef make(): pass",
    "api.py": "from ws import Manager, make as build\nalias = build",
    "cart.py": "from api import Manager",
    "bill.py": "from api import alias",
    "stars.py": "from ws import *",
    "uses.py": "from stars import make\nimport ws, api",
    "late.py": "def f():\n    from ws import make",
    "meant.py": "with pytest.raises(ImportError):\n    from ws import make",
    "broken.py": "from ws import (",
}


def new(
    project_of: Build, changed: dict[str, str | None], files: dict[str, str] = SHOP
) -> list[tuple[str, str, str, str]]:
    """(path, module, name, culprit) of what dangles once some files have another text, or are gone (None)."""
    later = {path: text for path, text in {**files, **changed}.items() if text is not None}
    after = project_of(later)
    found = new_dangling(project_of(files), after, list(changed), Origins(after))
    return [(each.path, each.module, each.name, each.culprit) for each in found]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"cart.py": "from api import Nothing"}, [("cart.py", "api", "Nothing", "cart.py")], id="new name"),
        pytest.param({"cart.py": "import api.nothing"}, [("cart.py", "api.nothing", "", "cart.py")], id="new module"),
        pytest.param({"cart.py": "from .gone import x"}, [("cart.py", ".gone", "x", "cart.py")], id="relative module"),
        pytest.param({"cart.py": "from gone import *"}, [], id="a module of others"),
        pytest.param({"cart.py": "from ws import Manager"}, [], id="leads somewhere"),
        pytest.param({"cart.py": "with pytest.raises(E):\n from api import no"}, [], id="meant to fail"),
        pytest.param({"cart.py": "from api import ("}, [], id="can't be parsed"),
        pytest.param(
            {"ws.py": "def make(): pass"},
            [("api.py", "ws", "Manager", "ws.py"), ("cart.py", "api", "Manager", "ws.py")],
            id="a name that others import is gone",
        ),
        pytest.param(
            {"ws.py": "class Manager: pass"},
            [
                ("api.py", "ws", "make", "ws.py"),
                ("bill.py", "api", "alias", "ws.py"),
                ("uses.py", "stars", "make", "ws.py"),
                ("late.py", "ws", "make", "ws.py"),
            ],
            id="a name that others pass on is gone",
        ),
        pytest.param(
            {"ws.py": "class Manager: pass", "api.py": "from ws import Manager, make as build\nalias = build"},
            [
                ("api.py", "ws", "make", "api.py"),
                ("bill.py", "api", "alias", "ws.py"),
                ("uses.py", "stars", "make", "ws.py"),
                ("late.py", "ws", "make", "ws.py"),
            ],
            id="in another changed file",
        ),
        pytest.param({"stars.py": ""}, [("uses.py", "stars", "make", "stars.py")], id="a star import is gone"),
        pytest.param({"stars.py": None}, [("uses.py", "stars", "make", "stars.py")], id="a module is gone"),
        pytest.param(
            {"api.py": "from ws import Gone as Manager, make as build\nalias = build"},
            [("api.py", "ws", "Gone", "api.py"), ("cart.py", "api", "Manager", "api.py")],
            id="a name is bound to nothing",
        ),
        pytest.param({"ws.py": "class Manager: pass\ndef f():\n global make\n make = 1"}, [], id="bound at run time"),
        pytest.param({"ws.py": "def __getattr__(name): pass"}, [], id="given by __getattr__"),
        pytest.param({"ws.py": "class ("}, [], id="in a file that can't be parsed nothing is missing"),
        pytest.param(
            {"broken.py": "from ws import nothing"},
            [("broken.py", "ws", "nothing", "broken.py")],
            id="a file that couldn't be parsed before",
        ),
        pytest.param({"new.py": "from ws import nothing"}, [("new.py", "ws", "nothing", "new.py")], id="a new file"),
    ],
)
def test_imports_that_newly_lead_nowhere(
    project_of: Build, changed: dict[str, str | None], expected: list[tuple[str, str, str, str]]
) -> None:
    assert new(project_of, changed) == expected


def test_imports_that_led_nowhere_before_are_not_new(project_of: Build) -> None:
    files = {"ws.py": "x = 1", "a.py": "from ws import no", "b.py": "from ws import no, x"}
    assert new(project_of, {"a.py": "# moved\nfrom ws import no", "ws.py": "y = 1"}, files) == [
        ("b.py", "ws", "x", "ws.py")
    ]


def test_one_more_import_that_leads_nowhere_is_new(project_of: Build) -> None:
    files = {"ws.py": "", "a.py": "from ws import no"}
    assert new(project_of, {"a.py": "from ws import no\nfrom ws import no"}, files) == [("a.py", "ws", "no", "a.py")]


def test_a_lost_getattr_may_lose_any_name(project_of: Build) -> None:
    files = {"ws.py": "def __getattr__(name): pass", "a.py": "from ws import anything"}
    assert new(project_of, {"ws.py": ""}, files) == [("a.py", "ws", "anything", "ws.py")]


def test_what_dangles_tells_its_line(project_of: Build) -> None:
    before, after = project_of({"ws.py": "", "a.py": ""}), project_of({"ws.py": "", "a.py": "\n\nfrom ws import no"})
    assert new_dangling(before, after, ["a.py"], Origins(after)) == (Dangling("a.py", 3, "ws", "no", "a.py"),)


def test_modules_of_new_imports_that_are_not_collected_are_told(project_of: Build) -> None:
    files = {"a.py": "from b import x", "b.py": "", "c.py": "", "d.py": "import a"}
    before = project_of(files, known=["a.py"])
    after = project_of({**files, "a.py": "from b import x\nfrom c import y"}, known=["a.py"])
    origins = Origins(after)
    follow_new_imports(before, after, "a.py", origins)
    assert origins.unloaded == {"c.py"}


def test_a_file_that_can_not_be_parsed_leads_nowhere(project_of: Build) -> None:
    before, after = project_of({"a.py": "import b", "b.py": ""}), project_of({"a.py": "import (", "b.py": ""})
    origins = Origins(after)
    follow_new_imports(before, after, "a.py", origins)
    assert origins.unloaded == set()
