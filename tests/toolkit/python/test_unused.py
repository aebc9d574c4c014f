from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable

import pytest

from codemods.toolkit.python.project import Project
from codemods.toolkit.python.reads import module_reads
from codemods.toolkit.python.unused import EVERY_NAME, names_for_others, new_unused, unused_imports


def unused(text: str, *, package: bool = False) -> list[str]:
    text = textwrap.dedent(text)
    return [found.name for found in unused_imports(module_reads(ast.parse(text)), text.encode(), package=package)]


def new(before: str, after: str, kept_names: frozenset[str] = frozenset()) -> list[str]:
    was, now = (module_reads(ast.parse(text)) for text in (before, after))
    return [
        found.name for found in new_unused(was, now, unused_imports(now, after.encode(), package=False), kept_names)
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("import a\na", id="read"),
        pytest.param("from m import a\n__all__ = ['a']", id="exported"),
        pytest.param("from m import a as a", id="re-exported under its own name"),
        pytest.param("from __future__ import annotations", id="future"),
        pytest.param("import a  # noqa", id="noqa"),
        pytest.param("import a  # NOQA: E402, F401", id="noqa with its code"),
        pytest.param("from m import (  # noqa: F401\n    a,\n)", id="noqa on the first line"),
        pytest.param("from m import (\n    a,\n)  # noqa: F401", id="noqa on the last line"),
        pytest.param("import a\nx = []  # type: list[a]", id="type comment"),
        pytest.param("import a\nglobals()['a']", id="looked up at run time"),
    ],
)
def test_imports_that_are_needed(text: str) -> None:
    assert unused(text) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("import a", id="unread"),
        pytest.param("import a  # noqa: E402", id="noqa with another code"),
        pytest.param("import a  # nothing: list[a]", id="another comment"),
        pytest.param("import b  # noqa\nb\nimport a", id="noqa on another line"),
        pytest.param("def f():\n    import a\n__all__ = ['a']", id="a local name is not exported"),
    ],
)
def test_imports_that_a_reader_would_delete(text: str) -> None:
    assert unused(text) == ["a"]


def test_the_top_level_of_a_package_re_exports() -> None:
    assert unused("import a\ndef f():\n    import b", package=True) == ["b"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("import a\na", "import a", ["a"], id="it was used before"),
        pytest.param("", "import a", ["a"], id="it was not there before"),
        pytest.param("import a", "import a", [], id="it was unused before"),
        pytest.param("import a", "import a\nimport a", ["a"], id="it is imported twice"),
        pytest.param("import a", "import a\ndef f():\n import a", ["a"], id="it is unused in another scope"),
        pytest.param(
            "try: import a\nexcept ImportError: a = None\na",
            "try: import a\nexcept ImportError: a = None",
            ["a"],
            id="it was used and only probes now",
        ),
        pytest.param(
            "try: import a\nexcept ImportError: b = 1",
            "try: import a\nexcept ImportError: b = 2",
            [],
            id="it only probed before",
        ),
        pytest.param("from m import a, b\nb", "from m import c, b\nb", [], id="it was unused under another name"),
        pytest.param("def f():\n import a", "def g():\n import a", [], id="the function around it got another name"),
        pytest.param("from m import a, b\nb", "from m import a, b", ["b"], id="one beside it was unused before"),
        pytest.param("from m import a", "from m import a, b", ["b"], id="it comes beside an unused one"),
    ],
)
def test_imports_that_a_change_leaves_unused(before: str, after: str, expected: list[str]) -> None:
    assert new(before, after) == expected


@pytest.mark.parametrize("kept", ["a", EVERY_NAME])
def test_names_that_others_import_are_kept(kept: str) -> None:
    assert new("import a\na", "import a", frozenset({kept})) == []


def test_other_names_and_local_ones_are_not_kept_for_others() -> None:
    assert new("import a\na", "import a", frozenset({"b"})) == ["a"]
    assert new("def f():\n import a\n a", "def f():\n import a", frozenset({"a"})) == ["a"]


def test_names_for_others_are_those_that_they_import(project_of: Callable[..., Project[None]]) -> None:
    project = project_of(
        {
            "shop/__init__.py": "from shop.sockets import Manager",
            "shop/sockets.py": "from shop import sockets; from shop.sockets import itself",
            "shop/cart.py": "from .sockets import Manager as M, make; from . import sockets; import shop.sockets",
            "shop/stars.py": "from shop import *",
            "shop/broken.py": "from shop.sockets import (",
            "other/sockets.py": "",
            "other/cart.py": "from .sockets import unrelated",
        }
    )
    assert names_for_others(project, ["shop/sockets.py", "shop/__init__.py", "shop/cart.py"]) == {
        "shop/sockets.py": {"Manager", "make"},
        "shop/__init__.py": {"sockets", EVERY_NAME},
    }
