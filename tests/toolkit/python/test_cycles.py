from __future__ import annotations

from collections.abc import Callable

import pytest

from codemods.toolkit.python.cycles import CycleEdge, ImportGraph, new_cycles
from codemods.toolkit.python.project import Project

Build = Callable[..., Project[None]]

SHOP = {
    "shop/__init__.py": "",
    "shop/ws/__init__.py": "VERSION = 1",
    "shop/ws/core.py": "",
    "shop/ws/api.py": "",
    "shop/cart.py": "",
    "tools/run.py": "",
}


@pytest.mark.parametrize(
    ("path", "text", "loaded"),
    [
        pytest.param(
            "tools/run.py",
            "import shop.ws.core",
            {"shop/__init__.py", "shop/ws/__init__.py", "shop/ws/core.py"},
            id="packages are loaded first",
        ),
        pytest.param(
            "tools/run.py",
            "import shop.ws.core as c, shop.cart",
            set(SHOP) - {"tools/run.py", "shop/ws/api.py"},
            id="several modules",
        ),
        pytest.param(
            "tools/run.py",
            "from shop.ws import core",
            {"shop/__init__.py", "shop/ws/__init__.py", "shop/ws/core.py"},
            id="a name that is a submodule",
        ),
        pytest.param(
            "tools/run.py", "from shop.ws import VERSION", {"shop/__init__.py", "shop/ws/__init__.py"}, id="a name"
        ),
        pytest.param("tools/run.py", "from shop.ws import *", {"shop/__init__.py", "shop/ws/__init__.py"}, id="star"),
        pytest.param("tools/run.py", "import os, os.path", set(), id="modules of others"),
        pytest.param(
            "tools/run.py",
            "import shop.ws.missing",
            {"shop/__init__.py", "shop/ws/__init__.py"},
            id="the packages of a module that doesn't exist",
        ),
        pytest.param(
            "shop/ws/api.py", "from shop.ws import core", {"shop/ws/core.py"}, id="sibling of the same package"
        ),
        pytest.param("shop/ws/api.py", "from . import core", {"shop/ws/core.py"}, id="relative sibling"),
        pytest.param("shop/ws/api.py", "from .core import x", {"shop/ws/core.py"}, id="relative module"),
        pytest.param("shop/ws/api.py", "from ..cart import x", {"shop/cart.py"}, id="relative to the parent package"),
        pytest.param("shop/ws/api.py", "from .... import x", set(), id="relative above the root"),
        pytest.param("shop/ws/api.py", "import shop.ws.api", set(), id="itself"),
        pytest.param("shop/ws/api.py", "from shop.ws import VERSION", {"shop/ws/__init__.py"}, id="its own package"),
        pytest.param("shop/ws/__init__.py", "from . import core", {"shop/ws/core.py"}, id="a package's own submodule"),
        pytest.param("shop/ws/__init__.py", "from .core import x", {"shop/ws/core.py"}, id="a name of its submodule"),
        pytest.param("shop/cart.py", "import tools", set(), id="a folder without __init__"),
        pytest.param("shop/cart.py", "from tools import run", {"tools/run.py"}, id="a module in such a folder"),
        pytest.param("shop/cart.py", "from tools.run import child", {"tools/run.py"}, id="a name in such a module"),
        pytest.param("shop/cart.py", "class A:\n import tools.run", {"tools/run.py"}, id="in a class body"),
        pytest.param("shop/cart.py", "def f():\n import tools.run", set(), id="not in a function"),
        pytest.param("shop/cart.py", "if TYPE_CHECKING:\n import tools.run", set(), id="not for type checkers"),
        pytest.param(
            "shop/cart.py", "if __name__ == '__main__':\n import tools.run", set(), id="not in a script's part"
        ),
        pytest.param("shop/cart.py", "try:\n import tools.run\nexcept E: pass", {"tools/run.py"}, id="in a try"),
        pytest.param("shop/cart.py", "def f(:", set(), id="not in a file that can't be parsed"),
    ],
)
def test_an_import_loads(project_of: Build, path: str, text: str, loaded: set[str]) -> None:
    assert set(ImportGraph(project_of({**SHOP, path: text})).edges(path)) == loaded


def test_a_package_that_binds_the_name_of_its_submodule_hides_it(project_of: Build) -> None:
    project = project_of(
        {**SHOP, "shop/ws/__init__.py": "def core(): pass", "tools/run.py": "from shop.ws import core"}
    )
    assert set(ImportGraph(project).edges("tools/run.py")) == {"shop/__init__.py", "shop/ws/__init__.py"}


def test_a_module_beside_a_folder_of_the_same_name_has_no_submodules(project_of: Build) -> None:
    project = project_of({"a.py": "", "a/b.py": "", "c.py": "from a import b"})
    assert set(ImportGraph(project).edges("c.py")) == {"a.py"}


def test_an_edge_has_the_line_of_the_first_import(project_of: Build) -> None:
    project = project_of({"a.py": "import os\nimport b\nfrom b import x", "b.py": ""})
    assert ImportGraph(project).edges("a.py") == {"b.py": 2}


def test_a_source_root_gives_modules_their_names(project_of: Build) -> None:
    project = project_of(
        {"src/__init__.py": "", "src/a/__init__.py": "", "src/a/b.py": "", "c.py": "import a.b"}, ["src"]
    )
    assert set(ImportGraph(project).edges("c.py")) == {"src/a/__init__.py", "src/a/b.py"}


CHAIN = {"a.py": "import b", "b.py": "import c", "c.py": "", "d.py": "import a"}


def test_a_module_leads_to_all_that_it_loads_in_the_end(project_of: Build) -> None:
    graph = ImportGraph(project_of(CHAIN))
    assert graph.closure("a.py") == {"a.py", "b.py", "c.py"}
    assert graph.leads_to("a.py", "c.py")
    assert not graph.leads_to("c.py", "a.py")


def test_modules_that_are_not_collected_lead_nowhere_and_are_told(project_of: Build) -> None:
    graph = ImportGraph(project_of(CHAIN, known=["a.py"]))
    assert graph.closure("a.py") == {"a.py", "b.py"}
    assert graph.unloaded == {"b.py"}


def test_a_package_that_is_not_collected_may_hide_its_submodule(project_of: Build) -> None:
    graph = ImportGraph(project_of({**SHOP, "tools/run.py": "from shop.ws import core"}, known=["tools/run.py"]))
    assert set(graph.edges("tools/run.py")) == {"shop/__init__.py", "shop/ws/__init__.py", "shop/ws/core.py"}
    assert graph.unloaded == {"shop/ws/__init__.py"}


def test_a_package_that_can_not_be_parsed_binds_any_name(project_of: Build) -> None:
    files = {**SHOP, "shop/ws/__init__.py": "def f(:", "tools/run.py": "from shop.ws import core"}
    assert set(ImportGraph(project_of(files)).edges("tools/run.py")) == {"shop/__init__.py", "shop/ws/__init__.py"}


def test_the_cycles_that_a_new_import_would_close(project_of: Build) -> None:
    graph = ImportGraph(project_of(CHAIN))
    assert graph.closed_by("c.py", 0, "a", ["x"]) == ("a.py",)
    assert graph.closed_by("c.py", 0, "b", ["x"]) == ("b.py",)
    assert graph.closed_by("d.py", 0, "c", ["x"]) == ()


def test_an_import_that_is_there_already_closes_no_new_cycle(project_of: Build) -> None:
    graph = ImportGraph(project_of({"a.py": "import b", "b.py": "import a"}))
    assert graph.closed_by("a.py", 0, "b", ["x"]) == ()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"c.py": "\nimport a"}, [CycleEdge("c.py", "a.py", 2)], id="closed"),
        pytest.param({"c.py": "def f(): import a"}, [], id="not at import time"),
        pytest.param({"d.py": "import b"}, [], id="no way back"),
        pytest.param(
            {"c.py": "import e", "e.py": "import a"},
            [CycleEdge("c.py", "e.py", 1), CycleEdge("e.py", "a.py", 1)],
            id="closed by two changes together",
        ),
        pytest.param({"b.py": "", "c.py": "import a"}, [], id="opened at the same time"),
    ],
)
def test_new_cycles(project_of: Build, changed: dict[str, str], expected: list[CycleEdge]) -> None:
    files = {**CHAIN, "e.py": ""}
    before, after = ImportGraph(project_of(files)), ImportGraph(project_of({**files, **changed}))
    assert list(new_cycles(before, after, changed)) == expected


def test_a_cycle_that_was_there_is_not_new(project_of: Build) -> None:
    files = {"a.py": "import b", "b.py": "import a"}
    before, after = ImportGraph(project_of(files)), ImportGraph(project_of({**files, "b.py": "import a as x"}))
    assert new_cycles(before, after, ["b.py"]) == ()


def test_a_new_import_inside_an_old_cycle_is_new(project_of: Build) -> None:
    files = {"a.py": "import b", "b.py": "import c", "c.py": "import a"}
    before, after = ImportGraph(project_of(files)), ImportGraph(project_of({**files, "b.py": "import c, a"}))
    assert new_cycles(before, after, ["b.py"]) == (CycleEdge("b.py", "a.py", 1),)
