from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codemods.toolkit.codemod import Codemod, Plan
from codemods.toolkit.pipeline.run import Settings, inventory

Write = Callable[[Mapping[str, str]], Path]

WS = "class Manager: ...\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def build(files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
        return tmp_path

    return build


def found(root: Path, *configured: str) -> list[str]:
    """The roots by which a codemod sees a project that asks for the files with `main` in their name or text."""
    codemod: Codemod[None, None, None] = Codemod(
        name="toy",
        summary="",
        config=type(None),
        facts=type(None),
        part=type(None),
        codes=(),
        relevant=lambda body, config, words: b"main" in body,
        collect=lambda module, names, config, words: None,
        widen=lambda project, config: frozenset(),
        demand=lambda project, config: frozenset(),
        decide=lambda project, config, withheld: Plan(),
        rewrite=lambda source, part: (),
    )
    settings = Settings(root, roots=configured, jobs=1, cache=False)
    return [each for each in inventory(codemod, None, settings).project.layout.roots if each]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("from app.ws import Manager", id="a name of a module"),
        pytest.param("from app import ws", id="a module of a package"),
        pytest.param("import app.ws", id="a dotted module"),
        pytest.param("from app.ws import *", id="everything"),
        pytest.param("from app.ws import (\n    Manager as M,\n)", id="under another name"),
    ],
)
def test_the_folder_that_holds_what_is_imported_is_a_root(write: Write, statement: str) -> None:
    root = write({"my-svc/app/__init__.py": "", "my-svc/app/ws.py": WS, "my-svc/app/main.py": f"{statement}\n# main\n"})
    assert found(root) == ["my-svc"]


def test_a_module_beside_the_script_is_found(write: Write) -> None:
    assert found(write({"backend/ws.py": WS, "backend/main.py": "from ws import Manager  # main\n"})) == ["backend"]


def test_a_package_can_be_one_too_when_its_modules_have_the_names(write: Write) -> None:
    root = write(
        {
            "backend/__init__.py": "",
            "backend/server/__init__.py": "",
            "backend/server/ws.py": WS,
            "backend/server/main.py": "from server.ws import Manager  # main\n",
            "tests/test_main.py": "from backend.server.ws import Manager  # main\n",
        }
    )
    assert found(root) == ["backend"]


def test_the_nearest_folder_is_taken(write: Write) -> None:
    root = write(
        {
            "all/app/ws.py": WS,
            "all/one/app/ws.py": WS,
            "all/one/app/main.py": "from app.ws import Manager  # main\n",
        }
    )
    assert found(root) == ["all/one"]


def test_each_of_several_services_has_its_own(write: Write) -> None:
    service = {"app/ws.py": WS, "app/main.py": "from app.ws import Manager  # main\n"}
    root = write({f"{name}/{path}": text for name in ("one", "two") for path, text in service.items()})
    assert found(root) == ["one", "two"]


def test_a_root_that_is_found_shows_the_next_one(write: Write) -> None:
    root = write(
        {
            "svc/app/ws.py": WS,
            "svc/app/main.py": "from app.ws import Manager  # main\n",
            "svc/app/inner/lib/deep.py": "from lib.x import y  # main\n",
            "svc/app/inner/lib/x.py": "y = 1\n",
        }
    )
    assert found(root) == ["svc", "svc/app/inner"]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("try:\n    from app.ws import Manager\nexcept ImportError:\n    Manager = None", id="guarded"),
        pytest.param("def f():\n    from app.ws import Manager", id="in a function"),
        pytest.param("from app.ws import Other", id="a name that the module lacks"),
        pytest.param("from app.gone import Manager", id="a module that is nowhere"),
        pytest.param("from .ws import Manager", id="relative"),
        pytest.param("from svc.app.ws import Manager", id="from the root"),
        pytest.param("import app", id="a plain name"),
        pytest.param("from broken.x import y", id="a module that can't be parsed"),
    ],
)
def test_other_imports_prove_nothing(write: Write, statement: str) -> None:
    root = write({"svc/app/ws.py": WS, "svc/broken/x.py": "y = (", "svc/app/main.py": f"{statement}\n# main\n"})
    assert found(root) == []


def test_the_standard_library_is_never_meant(write: Write) -> None:
    root = write({"svc/json.py": "loads = 1\n", "svc/main.py": "from json import loads  # main\n"})
    assert found(root) == []


def test_an_installed_package_that_a_module_is_named_like_is_not_meant(write: Write) -> None:
    root = write(
        {
            "shop/__init__.py": "",
            "shop/mcp/__init__.py": "",
            "shop/mcp/server.py": "def start(): ...\n",
            "shop/mcp/main.py": "import mcp.server\nfrom mcp.server import FastMCP  # main\n",
        }
    )
    assert found(root) == []


def test_a_module_does_not_prove_itself(write: Write) -> None:
    assert found(write({"svc/redis.py": "from redis import Redis  # main\nRedis = Redis\n"})) == []


def test_configured_roots_are_all_there_is(write: Write) -> None:
    root = write({"lib/a.py": "", "svc/app/ws.py": WS, "svc/app/main.py": "from app.ws import Manager  # main\n"})
    assert found(root, "lib") == ["lib"]
