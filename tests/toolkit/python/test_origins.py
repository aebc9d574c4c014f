from __future__ import annotations

from collections.abc import Callable

import pytest

from codemods.toolkit.python.origins import Origin, Origins, package_folder
from codemods.toolkit.python.project import Project

Build = Callable[..., Project[None]]
Files = dict[str, str]

WS = {
    "shop/__init__.py": "",
    "shop/ws.py": "class Manager: pass\ndef make(): pass\nasync def connect(): pass\nlimit = 3\n",
}


@pytest.fixture
def origin_of(project_of: Build) -> Callable[..., Origin]:
    """What `X` leads to in `shop/app.py` with this text, in a shop with a module `ws` (class Manager, def make...)."""

    def found(text: str, more: Files | None = None, name: str = "X", path: str = "shop/app.py") -> Origin:
        return Origins(project_of({**WS, path: text, **(more or {})})).bound(path, name)

    return found


Find = Callable[..., Origin]


def shown(origin: Origin) -> str:
    """A word for the status and where the origin is: `class shop/ws.py:Manager`."""
    place = origin.path + (f":{origin.name}" if origin.name else "")
    return f"{origin.status} {place}" + (" (fallback)" if origin.fallback else "")


MANAGER = "class shop/ws.py:Manager"
MAKE = "def shop/ws.py:make"
OTHER = {"shop/other.py": "class Manager: pass"}
HERE = "shop/app.py:X"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("class X: pass", f"class {HERE}", id="class"),
        pytest.param("def X(): pass", f"def {HERE}", id="function"),
        pytest.param("async def X(): pass", f"async def {HERE}", id="coroutine function"),
        pytest.param("X = make()", f"value {HERE}", id="value"),
        pytest.param("X = None", f"none {HERE}", id="None"),
        pytest.param("from shop.ws import Manager as X", MANAGER, id="from import as"),
        pytest.param("from shop.ws import make as X", MAKE, id="of a function"),
        pytest.param("from shop.ws import connect as X", "async def shop/ws.py:connect", id="of a coroutine function"),
        pytest.param("from shop.ws import limit as X", "value shop/ws.py:limit", id="of a value"),
        pytest.param("from .ws import Manager as X", MANAGER, id="relative"),
        pytest.param("import shop.ws as m\nX = m.Manager", MANAGER, id="import as, and an attribute"),
        pytest.param("import shop.ws\nX = shop.ws.Manager", MANAGER, id="import, and a chain of attributes"),
        pytest.param("from shop import ws\nX = ws.Manager", MANAGER, id="attribute of a submodule"),
        pytest.param("from . import ws\nX = ws.Manager", MANAGER, id="attribute of a sibling"),
        pytest.param("import shop.ws as X", "module shop/ws.py", id="module"),
        pytest.param("import shop as X", "module shop/__init__.py", id="package"),
        pytest.param("import X.y", "external X", id="somebody else's module"),
        pytest.param("from fastapi import WebSocket as X", "external fastapi:WebSocket", id="somebody else's name"),
        pytest.param("import fastapi\nX = fastapi.WebSocket", "external fastapi:WebSocket", id="or attribute"),
        pytest.param("import os.path as m\nX = m.sep.join", "external os.path:sep.join", id="or chain"),
        pytest.param("from fastapi import ws\nX = ws.Socket", "external fastapi:ws.Socket", id="of an imported name"),
        pytest.param("X = print", f"value {HERE}", id="builtin"),
        pytest.param("X = X", f"value {HERE}", id="builtin of the same name"),
        pytest.param("for X in []: pass", f"value {HERE}", id="loop variable"),
        pytest.param("match a:\n case [X]: pass", f"value {HERE}", id="capture"),
        pytest.param("print(X := 1)", f"value {HERE}", id="walrus"),
    ],
)
def test_a_name_leads_to_its_definition(origin_of: Find, text: str, expected: str) -> None:
    assert shown(origin_of(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("from .ws import Manager\nY = Manager\nX = Y", MANAGER, id="chain"),
        pytest.param("from . import ws\nm = ws\nX = m.Manager", MANAGER, id="of a module"),
        pytest.param("from .ws import Manager as X\nX = X", MANAGER, id="to itself"),
        pytest.param("from . import ws as X\nX = X.Manager", MANAGER, id="to an attribute of what it was"),
        pytest.param("from .ws import make as Y\nX = Y\nfrom .ws import Manager as Y", MAKE, id="to what it was then"),
        pytest.param("from .ws import *\nX = Manager", MANAGER, id="of a starred name"),
        pytest.param("from .ws import Manager\nX = Manager.get", f"value {HERE}", id="to an attribute of a class"),
        pytest.param("Y = None\nX = Y", f"none {HERE}", id="of None"),
        pytest.param("X = Y\nfrom .ws import Manager as Y", f"value {HERE}", id="of what comes later"),
        pytest.param("def f():\n global Y\n Y = 1\nf()\nX = Y", f"value {HERE}", id="of what a function made"),
        pytest.param("from .gone import Y\nX = Y", "missing-module .gone:Y", id="of what leads nowhere"),
    ],
)
def test_an_assignment_is_an_alias(origin_of: Find, text: str, expected: str) -> None:
    assert shown(origin_of(text)) == expected


@pytest.mark.parametrize(
    ("path", "statement"),
    [
        pytest.param("shop/parts/app.py", "from ..ws import Manager as X", id="two levels"),
        pytest.param("shop/parts/deep/app.py", "from ...ws import Manager as X", id="three levels"),
        pytest.param("shop/parts/app.py", "from .. import ws\nX = ws.Manager", id="module two levels up"),
        pytest.param("shop/__init__.py", "from .ws import Manager as X", id="own submodule"),
        pytest.param("shop/__init__.py", "from . import ws\nX = ws.Manager", id="own submodule by name"),
        pytest.param("shop/__init__.py", "from . import ws as m\nX = m.Manager", id="own submodule under an alias"),
    ],
)
def test_relative_imports_count_from_the_file(origin_of: Find, path: str, statement: str) -> None:
    assert shown(origin_of(statement, path=path)) == MANAGER


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("from shop.gone import X", "missing-module shop.gone:X"),
        ("import shop.gone as X", "missing-module shop.gone"),
        ("from .gone import X", "missing-module .gone:X"),
        ("from ...far import X", "missing-module ...far:X"),
        ("from shop.ws import X", "missing-name shop/ws.py:X"),
        ("from . import X", "missing-name shop/__init__.py:X"),
        ("from .ws.deeper import X", "missing-module .ws.deeper:X"),
        ("import shop\nX = shop.gone.Y", "missing-name shop/__init__.py:gone"),
        ("y = 1", "missing-name shop/app.py:X"),
    ],
)
def test_it_is_known_where_a_name_that_leads_nowhere_ends(origin_of: Find, statement: str, expected: str) -> None:
    origin = origin_of(statement)
    assert (shown(origin), origin.nowhere) == (expected, True)


def test_a_name_leads_nowhere_through_others(origin_of: Find) -> None:
    between = {"shop/a.py": "from .b import Y", "shop/b.py": "from .ws import Gone as Y"}
    assert shown(origin_of("from .a import Y as X", between)) == "missing-name shop/ws.py:Gone"


@pytest.mark.parametrize(
    ("package", "statement"),
    [
        ("from .ws import Manager", "from shop import Manager as X"),
        ("from .ws import Manager as Public", "import shop\nX = shop.Public"),
        ("from .ws import *", "from . import Manager as X"),
        ("from shop.ws import Manager\n__all__ = ['Manager']", "from shop import *\nX = Manager"),
        ("from . import ws", "from shop import *\nX = ws.Manager"),
        ("__all__ = ['ws']", "from shop import *\nX = ws.Manager"),
    ],
)
def test_a_package_exports_again_what_it_imports(origin_of: Find, package: str, statement: str) -> None:
    assert shown(origin_of(statement, {"shop/__init__.py": package})) == MANAGER


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        pytest.param("", "module shop/ws.py", id="submodule"),
        pytest.param("from .ws import make as ws", MAKE, id="a name of the package wins"),
        pytest.param("from .ws import make as ws\nfrom .ws import Manager", MAKE, id="loaded before, not again"),
        pytest.param("from .kit import *", "def shop/kit.py:ws", id="a starred name wins"),
        pytest.param(
            "from .kit import ws\nfrom .ws import Manager", "ambiguous shop/__init__.py:ws", id="loaded after the name"
        ),
        pytest.param(
            "from .kit import ws\nimport shop.ws", "ambiguous shop/__init__.py:ws", id="imported after the name"
        ),
        pytest.param(
            "from .kit import ws\ndef f():\n from .ws import Manager", "def shop/kit.py:ws", id="loaded in a function"
        ),
        pytest.param("from somewhere import *", "module shop/ws.py", id="before names that others may give"),
        pytest.param("from somewhere import ws", "external somewhere:ws", id="after a name of others"),
        pytest.param("from .gone import *", "module shop/ws.py", id="in a package with a broken star"),
    ],
)
def test_a_submodule_gives_way_to_a_name_of_its_package(origin_of: Find, package: str, expected: str) -> None:
    files = {"shop/__init__.py": package, "shop/kit.py": "def ws(): pass"}
    assert shown(origin_of("from shop import ws as X", files)) == expected


def test_import_as_takes_the_attribute_of_the_package(origin_of: Find) -> None:
    package = {"shop/__init__.py": "from .ws import make as ws"}
    assert shown(origin_of("import shop.ws as X", package)) == MAKE
    assert shown(origin_of("import shop.ws as X", {"shop/__init__.py": "from .gone import ws"})) == "module shop/ws.py"


@pytest.mark.parametrize(
    ("starred", "expected"),
    [
        pytest.param("class X: pass", "class shop/a.py:X", id="public name"),
        pytest.param("from .ws import Manager as X", MANAGER, id="imported name"),
        pytest.param("class X: pass\n__all__ = ['X']", "class shop/a.py:X", id="exported name"),
        pytest.param("class X: pass\n__all__ = ['Y']", "missing-name shop/app.py:X", id="name that is not exported"),
        pytest.param("class X: pass\n__all__ = names()", "class shop/a.py:X", id="open list of exports"),
        pytest.param("__all__ = ['X']", "missing-name shop/app.py:X", id="promise that leads nowhere"),
        pytest.param("from .ws import *\nX = Manager", MANAGER, id="star of a star"),
        pytest.param("from outside import *", "external outside:X", id="possibly a name of others"),
        pytest.param("from outside import X", "external outside:X", id="a name of others"),
        pytest.param("def __getattr__(name): pass", "dynamic shop/a.py:X", id="possibly made at run time"),
        pytest.param("class (", "unparsable shop/a.py:X", id="possibly in a file that can't be parsed"),
    ],
)
def test_a_star_import_brings_names(origin_of: Find, starred: str, expected: str) -> None:
    assert shown(origin_of("from .a import *", {"shop/a.py": starred})) == expected


@pytest.mark.parametrize(
    ("starred", "expected"),
    [
        pytest.param("class _X: pass", "missing-name shop/app.py:_X", id="without __all__"),
        pytest.param("class _X: pass\n__all__ = ['_X']", "class shop/a.py:_X", id="exported"),
        pytest.param("class (", "missing-name shop/app.py:_X", id="of a file that can't be parsed"),
        pytest.param("from outside import *", "missing-name shop/app.py:_X", id="of others"),
    ],
)
def test_a_star_import_brings_private_names_only_by_promise(origin_of: Find, starred: str, expected: str) -> None:
    assert shown(origin_of("from .a import *", {"shop/a.py": starred}, name="_X")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("from .ws import Manager as X\nfrom .a import *", "class shop/a.py:X", id="star after a name"),
        pytest.param("from .a import *\nfrom .ws import Manager as X", MANAGER, id="name after a star"),
        pytest.param("from .a import *\nfrom .b import *", "class shop/b.py:X", id="last star"),
        pytest.param("from .a import *\nfrom .ws import *", "class shop/a.py:X", id="last star that has it"),
        pytest.param("from .ws import Manager as X\nfrom outside import *", MANAGER, id="a name before others' names"),
        pytest.param("from .a import *\nfrom outside import *", "class shop/a.py:X", id="a star before others' stars"),
        pytest.param(
            "from .ws import Manager as X\nfrom .c import *", "ambiguous shop/app.py:X", id="conditional name"
        ),
        pytest.param("from .ws import Manager as X\nfrom .d import *", MANAGER, id="name for type checkers"),
        pytest.param("from .folder import *", "missing-name shop/app.py:X", id="star of a plain folder"),
        pytest.param("from .gone import *", "missing-module .gone", id="star of nothing"),
        pytest.param("from .a import *\nX = None", "none shop/app.py:X", id="None after a star"),
    ],
)
def test_the_last_binding_wins(origin_of: Find, text: str, expected: str) -> None:
    files = {
        "shop/a.py": "class X: pass",
        "shop/b.py": "class X: pass",
        "shop/c.py": "if a:\n class X: pass",
        "shop/d.py": "if TYPE_CHECKING:\n class X: pass",
        "shop/folder/x.py": "",
    }
    assert shown(origin_of(text, files)) == expected


def test_a_star_of_a_package_brings_only_submodules_that_it_loads(origin_of: Find) -> None:
    files = {"kit/__init__.py": "", "kit/X.py": ""}
    assert shown(origin_of("from .ws import Manager as X\nfrom kit import *", files)) == MANAGER
    files["kit/__init__.py"] = "from .X import *"
    assert shown(origin_of("from .ws import Manager as X\nfrom kit import *", files)) == "module kit/X.py"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "try:\n from .ws import Manager as X\nexcept ImportError:\n from .other import Manager as X",
            MANAGER, id="the first alternative wins",
        ),
        pytest.param(
            "try:\n from .gone import X\nexcept ImportError:\n from .ws import Manager as X",
            f"{MANAGER} (fallback)", id="the second one where the first leads nowhere",
        ),
        pytest.param(
            "try:\n from outside import X\nexcept ImportError:\n from .ws import Manager as X",
            "external outside:X", id="somebody else's comes first",
        ),
        pytest.param(
            "try:\n from .ws import Manager as X\nexcept ImportError:\n X = None", MANAGER, id="None is a fallback",
        ),
        pytest.param(
            "try:\n from .gone import X\nexcept ImportError:\n X = None", f"none {HERE} (fallback)", id="None is left",
        ),
        pytest.param(
            "X = None\ntry:\n from .ws import Manager as X\nexcept ImportError: pass", MANAGER, id="None before",
        ),
        pytest.param(
            "X = None\ntry:\n from .gone import X\nexcept ImportError: pass",
            f"none {HERE} (fallback)", id="None stays",
        ),
        pytest.param(
            "try:\n from .gone import X\nexcept ImportError:\n try:\n  from .ws import Manager as X\n"
            " except ImportError:\n  X = None", f"{MANAGER} (fallback)", id="nested alternatives in their order",
        ),
        pytest.param(
            "try:\n from .ws import make as X\nexcept ImportError: X = 1\n"
            "try:\n from .gone import X\nexcept ImportError: from .ws import Manager as X",
            f"{MANAGER} (fallback)", id="a handler of the same try before anything earlier",
        ),
        pytest.param(
            "try:\n from .gone import *\nexcept ImportError:\n from .ws import Manager as X",
            MANAGER, id="star that leads nowhere",
        ),
        pytest.param(
            "try:\n from .other import *\nexcept ImportError:\n from .ws import Manager as X",
            MANAGER, id="a handler alone has the name",
        ),
        pytest.param(
            "from .ws import make as X\ntry:\n import shop.gone\nexcept ImportError:\n from .ws import Manager as X",
            MANAGER, id="handler of another import that leads nowhere",
        ),
        pytest.param(
            "from .ws import Manager as X\ntry:\n import shop.ws\nexcept ImportError:\n X = 1",
            MANAGER, id="handler of another import that works",
        ),
        pytest.param(
            "try:\n import shop.ws\nexcept ImportError:\n X = 1", f"value {HERE}", id="all there is",
        ),
        pytest.param(
            "try:\n compute()\nexcept Exception:\n X = 1", f"value {HERE}", id="handler of no import",
        ),
        pytest.param(
            "try:\n from .gone import Y\nexcept ImportError:\n from .ws import Manager as X\nelse:\n X = Y",
            MANAGER, id="the else of an import that leads nowhere does not run",
        ),
        pytest.param(
            "try:\n from .ws import Manager\nexcept ImportError:\n X = None\nelse:\n X = Manager",
            MANAGER, id="the else of an import that works does",
        ),
        pytest.param(
            "try:\n compute()\nexcept ImportError:\n X = None\nelse:\n from .ws import Manager as X",
            MANAGER, id="the else of something else does",
        ),
        pytest.param(
            "try:\n from .conditional import X\nexcept ImportError:\n from .ws import Manager as X",
            f"ambiguous {HERE}", id="a conditional name and its alternative",
        ),
        pytest.param(
            "from .ws import make as X\ntry:\n from .conditional import X as Y\nexcept ImportError:\n"
            " from .ws import Manager as X", f"ambiguous {HERE}", id="a handler that may run",
        ),
        pytest.param(
            "try:\n from .typed import X\nexcept ImportError:\n from .ws import Manager as X",
            MANAGER, id="a name for type checkers can't be imported",
        ),
        pytest.param(
            "from .ws import make as X\ntry:\n from .typed import X as Y\nexcept ImportError:\n"
            " from .ws import Manager as X", MANAGER, id="nor under another name",
        ),
        pytest.param(
            "with suppress(ImportError):\n from .ws import Manager as X", MANAGER, id="suppress",
        ),
        pytest.param(
            "from .gone import X", "missing-module .gone:X", id="no alternative",
        ),
        pytest.param(
            "try:\n from .gone import X\nexcept ImportError:\n from .lost import X",
            "missing-module .gone:X", id="both lead nowhere",
        ),
    ],
)  # fmt: skip
def test_guarded_imports_have_alternatives(origin_of: Find, text: str, expected: str) -> None:
    files = {
        **OTHER,
        "shop/conditional.py": "if a:\n class X: pass",
        "shop/typed.py": "if TYPE_CHECKING:\n class X: pass",
    }
    assert shown(origin_of(text, files)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "if a:\n from .ws import Manager as X\nelse:\n from .other import Manager as X",
            f"ambiguous {HERE}", id="two things",
        ),
        pytest.param(
            "if a:\n from .ws import Manager as X\nelif b:\n from .other import Manager as X",
            f"ambiguous {HERE}", id="elif",
        ),
        pytest.param(
            "match a:\n case 1:\n  from .ws import Manager as X\n case 2:\n  from .other import Manager as X",
            f"ambiguous {HERE}", id="match",
        ),
        pytest.param(
            "if a:\n from .ws import Manager as X\nelse:\n from shop.ws import Manager as X",
            MANAGER, id="the same thing",
        ),
        pytest.param(
            "if a:\n from .ws import Manager as X\nelse:\n X = None", MANAGER, id="None in one branch",
        ),
        pytest.param("if a:\n X = None\nelse:\n X = None", f"none {HERE}", id="None in both"),
        pytest.param("if a:\n from .ws import Manager as X", MANAGER, id="one branch"),
        pytest.param(
            "if a:\n from .ws import Manager as X\nelse:\n from .gone import X",
            f"{MANAGER} (fallback)", id="a branch that leads nowhere",
        ),
        pytest.param(
            "from .ws import Manager as X\nif a:\n from .other import Manager as X", f"ambiguous {HERE}", id="rebound",
        ),
        pytest.param(
            "if a:\n from .other import Manager as X\nfrom .ws import Manager as X", MANAGER, id="settled afterwards",
        ),
        pytest.param("def X(): pass\nif a:\n X = cached(X)", f"def {HERE}", id="wrapped definition"),
        pytest.param("if a:\n def X(): pass\nelse:\n class X: pass", f"ambiguous {HERE}", id="function or class"),
        pytest.param("if a:\n X = 1\nelse:\n X = 2", f"value {HERE}", id="two values"),
        pytest.param(
            "if a:\n import tomllib as X\nelse:\n import tomli as X", "external tomli", id="all somebody else's",
        ),
        pytest.param(
            "if TYPE_CHECKING:\n from .ws import Manager as X", MANAGER, id="for type checkers only",
        ),
        pytest.param(
            "if TYPE_CHECKING:\n from .other import Manager as X\nelse:\n from .ws import Manager as X",
            MANAGER, id="for type checkers something else",
        ),
        pytest.param(
            "if not TYPE_CHECKING:\n from .ws import Manager as X\nelse:\n from .other import Manager as X",
            MANAGER, id="the other way round",
        ),
        pytest.param(
            "from .gone import X\nif TYPE_CHECKING:\n from .ws import Manager as X", MANAGER, id="at least for them",
        ),
        pytest.param(
            "if TYPE_CHECKING:\n from .gone import X", "missing-module .gone:X", id="not even for them",
        ),
        pytest.param(
            "if TYPE_CHECKING:\n from .ws import Manager as X\ndef __getattr__(name): pass", MANAGER, id="lazy import",
        ),
        pytest.param(
            "from .ws import Manager as X\nif __name__ == '__main__':\n X = 1", MANAGER, id="under __main__",
        ),
        pytest.param("for a in b:\n from .ws import Manager as X", MANAGER, id="loop"),
    ],
)  # fmt: skip
def test_conditions_are_not_evaluated(origin_of: Find, text: str, expected: str) -> None:
    assert shown(origin_of(text, OTHER)) == expected


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        pytest.param("def __getattr__(name): pass", "X", "dynamic shop/a.py:X", id="PEP 562"),
        pytest.param("def __getattr__(name): pass\nclass X: pass", "X", "class shop/a.py:X", id="bound all the same"),
        pytest.param("globals().update(a)", "X", "dynamic shop/a.py:X", id="globals"),
        pytest.param("def f():\n global X\n X = 1", "X", "dynamic shop/a.py:X", id="global statement"),
        pytest.param("X = None\ndef f():\n global X\n X = 1", "X", "none shop/a.py:X", id="bound before"),
        pytest.param("", "__file__", "value shop/a.py:__file__", id="attribute of every module"),
        pytest.param("class (", "X", "unparsable shop/a.py", id="file that can't be parsed"),
    ],
)
def test_a_name_may_come_about_at_run_time(origin_of: Find, module: str, name: str, expected: str) -> None:
    assert shown(origin_of(f"from .a import {name} as X", {"shop/a.py": module})) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"a.py": "from b import X", "b.py": "from a import X"}, "cycle a.py:X", id="each from the other"),
        pytest.param({"a.py": "from a import X"}, "missing-name a.py:X", id="from itself"),
        pytest.param({"a.py": "from b import *", "b.py": "from a import *"}, "missing-name a.py:X", id="stars"),
        pytest.param(
            {"a.py": "from b import *", "b.py": "from a import *\nclass X: pass"},
            "class b.py:X", id="stars and a class",
        ),
        pytest.param(
            {"a.py": "from b import Y as X\nclass Z: pass", "b.py": "from a import Z as Y"},
            "class a.py:Z", id="and back",
        ),
        pytest.param(
            {"a.py": "try:\n from b import X\nexcept ImportError:\n class X: pass", "b.py": "from a import X"},
            "class a.py:X (fallback)", id="with an alternative",
        ),
    ],
)  # fmt: skip
def test_cycles_between_modules_come_to_an_end(project_of: Build, files: Files, expected: str) -> None:
    assert shown(Origins(project_of(files)).bound("a.py", "X")) == expected


def test_a_knot_of_star_imports_is_searched_once(project_of: Build) -> None:
    modules = [f"m{number}" for number in range(14)]
    files = {f"{module}.py": "\n".join(f"from {each} import *" for each in modules) for module in modules}
    assert Origins(project_of(files)).bound("m0.py", "X").nowhere


def test_an_endless_chain_is_not_followed_to_its_end(project_of: Build) -> None:
    files = {f"m{number}.py": f"from m{number + 1} import X" for number in range(1000)}
    assert Origins(project_of(files)).bound("m0.py", "X").status == "dynamic"
    text = "import m\n" + "m = m.a\n" * 1000
    assert Origins(project_of({"m.py": "", "b.py": text})).bound("b.py", "m").status == "dynamic"


def test_folders_without_init_are_packages(project_of: Build) -> None:
    origins = Origins(
        project_of({"ns/ws.py": "class Manager: pass", "app.py": "import ns.ws\nfrom ns import ws, gone"})
    )
    assert shown(origins.bound("app.py", "ns")) == "module ns"
    assert shown(origins.bound("app.py", "ws")) == "module ns/ws.py"
    assert shown(origins.bound("app.py", "gone")) == "missing-name ns:gone"
    assert shown(origins.follow(Origin("module", "ns"), ["ws", "Manager"])[0]) == "class ns/ws.py:Manager"
    assert shown(origins.imported("app.py", 0, "ns", "ws")) == "module ns/ws.py"


def test_services_with_packages_of_one_name_see_their_own(project_of: Build) -> None:
    service = {"app/ws.py": "class Manager: pass", "main.py": "from app.ws import Manager"}
    files = {f"{name}/{path}": text for name in ("auth", "chat") for path, text in service.items()}
    origins = Origins(project_of(files, ["auth", "chat"]))
    assert shown(origins.bound("auth/main.py", "Manager")) == "class auth/app/ws.py:Manager"
    assert shown(origins.bound("chat/main.py", "Manager")) == "class chat/app/ws.py:Manager"


def test_a_file_with_two_names_holds_one_definition(project_of: Build) -> None:
    files = {
        "svc/app/ws.py": "class Manager: pass",
        "svc/main.py": "from app.ws import Manager",
        "tests/test_ws.py": "from svc.app.ws import Manager",
    }
    origins = Origins(project_of(files, ["svc"]))
    assert origins.bound("svc/main.py", "Manager") == origins.bound("tests/test_ws.py", "Manager")


def test_attributes_are_followed_through_modules_only(project_of: Build) -> None:
    origins = Origins(project_of({**WS, "app.py": "import shop.ws"}))
    shop = origins.bound("app.py", "shop")
    assert origins.follow(shop, ["ws", "Manager", "get", "x"]) == (
        Origin("class", "shop/ws.py", "Manager"),
        ("get", "x"),
    )
    assert origins.follow(shop, []) == (shop, ())
    assert origins.follow(shop, ["ws", "gone", "x"])[0].nowhere


def test_imports_are_answered_for_the_file_that_they_stand_in(project_of: Build) -> None:
    origins = Origins(project_of(WS))
    assert shown(origins.imported("shop/ws.py", 1, "ws", "Manager")) == MANAGER
    assert shown(origins.imported("main.py", 0, "shop.gone", "X")) == "missing-module shop.gone:X"
    assert shown(origins.imported("main.py", 0, "redis", "Redis")) == "external redis:Redis"
    assert shown(origins.module("main.py", 0, "shop")) == "module shop/__init__.py"


def test_what_is_not_loaded_yet_is_asked_for(project_of: Build) -> None:
    files = {**WS, "shop/app.py": "from .far import X\nfrom .ws import *", "shop/far.py": "class X: pass"}
    known = Origins(project_of(files, known=["shop/app.py", "shop/__init__.py"]))
    assert shown(known.bound("shop/app.py", "X")) == "unloaded shop/far.py"
    assert shown(known.bound("shop/app.py", "Manager")) == "unloaded shop/ws.py:Manager"
    assert known.unloaded == {"shop/far.py", "shop/ws.py"}


def test_what_was_asked_for_completes_the_answer(project_of: Build) -> None:
    files = {**WS, "shop/app.py": "from .far import X", "shop/far.py": "class X: pass"}
    whole = project_of(files)
    part = Project(whole.layout, {"shop/app.py": whole.entries["shop/app.py"]})
    asked = Origins(part)
    asked.bound("shop/app.py", "X")
    more = part.with_entries({path: whole.entries[path] for path in asked.unloaded})
    assert shown(Origins(more).bound("shop/app.py", "X")) == "class shop/far.py:X"


def test_a_package_that_is_not_loaded_yet_has_its_submodules(project_of: Build) -> None:
    origins = Origins(project_of(WS, known=[]))
    assert shown(origins.bound("shop/__init__.py", "ws")) == "module shop/ws.py"


@pytest.mark.parametrize(
    ("path", "folder"),
    [("a/b/__init__.py", "a/b"), ("__init__.py", ""), ("a/b.py", None), ("a/my__init__.py", None)],
)
def test_a_package_has_a_folder(path: str, folder: str | None) -> None:
    assert package_folder(path) == folder
