from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codemods.toolkit import cli
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot import codemod
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.inventory import WIDTH, fitted, inventory_text

Collected = Callable[..., Project[Facts]]

MANAGER = """
class WebSocketManager:
    def __init__(self, user=None): self.user = user
    async def connect(self, websocket): ...
    async def disconnect(self, websocket): ...
    async def send(self, message): ...
"""
FACTORY = """
from shop.manager import WebSocketManager

def get_websocket_manager(user=None):
    return WebSocketManager(user)
"""
USE = "from elsewhere import get_websocket_manager\n"
"""What makes a file worth reading: a plain name of a manager."""

SHOP = {"shop/__init__.py": "", "shop/manager.py": MANAGER, "shop/factory.py": FACTORY}


def _section(text: str, title: str) -> str:
    """The rows of a section, with runs of blanks as one, so that columns don't matter."""
    _before, found, after = text.partition(f"\n{title}\n{'=' * len(title)}\n")
    assert found, f"no section {title}"
    rows = after.partition("\n\n")[0] if title != "Candidates" else after
    return "\n".join(" ".join(row.split()) for row in rows.splitlines())


def _shown(project: Project[Facts], title: str, config: Config | None = None) -> str:
    return _section(inventory_text(project, config or Config()), title)


# -- classes


@pytest.mark.parametrize(
    ("definition", "row"),
    [
        ("class WebSocketManager:\n    def send(self): ...\n", "1 manager\nWebSocketManager 1 method 0 + 0"),
        ("class WebSocketManagerFactory:\n    def create(self): ...\n", "1 factory: classes of objects that make"),
        ("class WebSocketManagerAdapter:\n    def send(self): ...\n", "1 adapter\nWebSocketManagerAdapter"),
        ("class WebSocketManagerProtocol:\n    def send(self): ...\n", "1 protocol\nWebSocketManagerProtocol"),
        ("class WebSocketManager(Protocol[T]):\n    def send(self): ...\n", "1 protocol\nWebSocketManager"),
        ("class WebSocketManager(abc.ABC):\n    def send(self): ...\n", "1 ABC\nWebSocketManager"),
        ("class WebSocketManagerMode(StrEnum):\n    ONE = 'one'\n", "1 enum\nWebSocketManagerMode 0 methods"),
        ("class StubWebSocketManager:\n    def send(self): ...\n", "1 test double, with all other classes in test"),
        ("class WebSocketManagerValidator:\n    def check(self): ...\n", "1 stranger, like a manager by name only"),
        ("class MongoConnectionManager:\n    def query(self): ...\n", "1 stranger, like a manager by name only"),
        ("class ConnectionManager:\n    def broadcast(self): ...\n", "1 manager\nConnectionManager"),
        ("class ConnectionManager:\n    def connect(self, websocket): ...\n", "1 manager\nConnectionManager"),
    ],
    ids=[
        "manager",
        "factory",
        "adapter",
        "protocol by name",
        "protocol",
        "ABC",
        "enum",
        "double",
        "validator",
        "database",
        "broadcasts",
        "takes a websocket",
    ],
)
def test_a_class_is_listed_with_its_kind(collected: Collected, definition: str, row: str) -> None:
    text = f"import abc\nfrom enum import StrEnum\nfrom typing import Protocol\n{USE}\n{definition}"
    assert _shown(collected({"shop/things.py": text}), "Classes").startswith(row)


def test_what_implements_an_interface_is_none(collected: Collected) -> None:
    files = {
        "shop/base.py": "import typing\n\nclass WSManagerProtocol(typing.Protocol):\n    def send(self): ...\n",
        "shop/impl.py": "from shop.base import WSManagerProtocol as P\n\n"
        "class WebSocketManager(P):\n    def send(self): ...\n",
    }
    assert _shown(collected(files), "Classes").startswith("1 manager\nWebSocketManager")


def test_what_only_joins_interfaces_is_one(collected: Collected) -> None:
    files = {
        "shop/base.py": "from abc import ABC\n\nclass WebSocketManagerBase(ABC):\n    def send(self): ...\n",
        "shop/both.py": "from shop.base import WebSocketManagerBase\n\n"
        "class IWebSocketManager(WebSocketManagerBase):\n    pass\n",
    }
    assert _shown(collected(files), "Classes").startswith("2 ABCs\n")


def test_a_class_says_what_it_does_when_it_is_made(collected: Collected) -> None:
    files = {
        **SHOP,
        "shop/old.py": "class LegacyWebSocketManager:\n    def __init__(self):\n        raise RuntimeError('gone')\n",
        "shop/same.py": "from shop.manager import WebSocketManager\n\n"
        "class SameWebSocketManager(WebSocketManager):\n    pass\n",
        "shop/loud.py": "from shop.manager import WebSocketManager\n\nclass LoudWebSocketManager(WebSocketManager):\n"
        "    def shout(self): ...\n",
    }
    shown = _shown(collected(files), "Classes")
    assert "shop/old.py:1\ncan't be made: its constructor always raises\n" in shown
    assert "shop/same.py:3\nadds nothing to WebSocketManager" in shown
    assert "shop/loud.py:3\nextends WebSocketManager" in shown


def test_classes_made_by_type_are_listed(collected: Collected) -> None:
    files = {"shop/made.py": "WebSocketManager = type('WebSocketManager', (), {'send': lambda self: None})\n"}
    assert _shown(collected(files), "Classes") == "1 manager\nWebSocketManager 1 method 0 + 0\nshop/made.py:1"


def test_users_are_counted_by_origin_under_any_name(collected: Collected) -> None:
    files = {
        **SHOP,
        "shop/api.py": "from shop.manager import WebSocketManager as WSM\n",
        "shop/a.py": "from shop.api import WSM\n\nWSM()\n",
        "shop/b.py": "import shop.manager\n\nshop.manager.WebSocketManager()\n",
        "tests/test_ws.py": "from shop.manager import WebSocketManager\n",
    }
    assert "WebSocketManager 4 methods 4 + 1\nshop/manager.py:2" in _shown(collected(files), "Classes")


def test_a_long_list_is_cut_and_the_rest_counted(collected: Collected) -> None:
    files = {f"tests/test_{n}.py": f"{USE}\nclass MockWSManager:\n    def send(self): ...\n" for n in range(12)}
    shown = _shown(collected(files), "Classes")
    assert shown.startswith("12 test doubles")
    assert shown.endswith("… and 2 more")


# -- duplicates


def test_exact_copies_are_found_whatever_their_comments(collected: Collected) -> None:
    copy = MANAGER.replace("class WebSocketManager:\n", 'class WSManager:\n    """A copy."""\n    # of the other\n')
    shown = _shown(collected({**SHOP, "shop/copy.py": copy}), "Duplicates")
    assert shown == (
        "1 cluster exact: the same but for comments; keep one\n"
        "WSManager, WebSocketManager (2 classes)\n"
        "shop/copy.py:2 0 + 0\n"
        "shop/manager.py:2 1 + 0"
    )


def test_copies_that_drifted_are_for_a_person_to_merge(collected: Collected) -> None:
    copy = MANAGER.replace("send(self, message)", "send(self, message, retry=3)") + "    def close(self): ...\n"
    shown = _shown(collected({**SHOP, "shop/copy.py": copy}), "Duplicates")
    assert shown == (
        "1 cluster drifted: mostly the same methods, some changed; a person merges them\n"
        "WebSocketManager (2 classes, 80% of the methods shared)\n"
        "changed: close, send\n"
        "shop/copy.py:2 0 + 0\n"
        "shop/manager.py:2 1 + 0"
    )


def test_copies_may_differ_only_inside_their_methods(collected: Collected) -> None:
    copy = MANAGER.replace("self.user = user", "self.user = user or 'nobody'")
    assert "changed: only bodies of methods" in _shown(collected({**SHOP, "shop/copy.py": copy}), "Duplicates")


def test_drifted_copies_of_copies_are_one_cluster(collected: Collected) -> None:
    first = MANAGER + "    def one(self): ...\n"
    second = first + "    def two(self): ...\n"
    shown = _shown(collected({**SHOP, "shop/b.py": first, "shop/c.py": second}), "Duplicates")
    assert "WebSocketManager (3 classes, 67% of the methods shared)" in shown


def test_classes_that_share_only_their_name_are_no_duplicates(collected: Collected) -> None:
    other = "class WebSocketManager:\n    def open(self): ...\n    def publish(self): ...\n    def close(self): ...\n"
    shown = _shown(collected({**SHOP, "shop/other.py": other}), "Duplicates")
    assert shown.startswith("1 cluster the same name and nothing else to merge\n")
    assert "WebSocketManager (2 classes, 0% of the methods shared: strangers to each other)" in shown


def test_test_doubles_are_never_merged(collected: Collected) -> None:
    one = "class MockWebSocketManager:\n    def send(self): ...\n    def stop(self): ...\n"
    files = {"tests/test_one.py": one, "tests/test_two.py": one.replace("(self)", "(self, *args)")}
    assert _shown(collected(files), "Duplicates") == "none"


def test_a_large_cluster_is_cut(collected: Collected) -> None:
    files = {f"shop/copy_{number}.py": MANAGER for number in range(8)}
    assert _shown(collected(files), "Duplicates").endswith("… and 3 more")


def test_one_file_under_two_module_names_is_no_duplicate(collected: Collected) -> None:
    files = {
        "backend/app/__init__.py": "",
        "backend/app/ws.py": MANAGER,
        "backend/app/a.py": "from app.ws import WebSocketManager\n",
        "backend/app/b.py": "from backend.app.ws import WebSocketManager\n",
    }
    project = collected(files, roots=("backend",))
    assert _shown(project, "Duplicates") == "none"
    assert "WebSocketManager 4 methods 2 + 0" in _shown(project, "Classes")


# -- functions, names, instances


def test_functions_say_what_they_make(collected: Collected) -> None:
    more = """
from shop.factory import get_websocket_manager

def create_websocket_manager(user=None):
    return get_websocket_manager(user)

def build_websocket_manager(user=None):
    manager = get_websocket_manager(user)
    REGISTRY[user] = manager
    return manager

def make_websocket_manager():
    return _managers["default"]
"""
    shown = _shown(collected({**SHOP, "shop/more.py": more}), "Functions that make managers")
    assert "get_websocket_manager makes WebSocketManager 1 + 0\nshop/factory.py" in shown
    assert "create_websocket_manager only hands on to get_websocket_manager 0 + 0\nshop/more.py" in shown
    assert "build_websocket_manager makes WebSocketManager, by get_websocket_manager 0 + 0\nshop/more.py" in shown
    assert "make_websocket_manager nothing shows what it makes 0 + 0\nshop/more.py" in shown


def test_functions_in_test_code_are_left_out(collected: Collected) -> None:
    assert _shown(collected({"tests/factory.py": MANAGER + FACTORY}), "Functions that make managers") == "none"


def test_aliases_and_reexports_are_listed_below_what_they_lead_to(collected: Collected) -> None:
    files = {
        **SHOP,
        "shop/manager.py": MANAGER + "\nWSManager = WebSocketManager\n",
        "shop/__init__.py": "from .manager import WebSocketManager\n"
        "from .factory import get_websocket_manager as get_ws_manager\n"
        "__all__ = ['WebSocketManager', 'get_ws_manager']\n",
        "shop/user.py": "from shop import WebSocketManager, get_ws_manager\n",
        "shop/silent.py": "from shop.manager import WebSocketManager\n",
    }
    shown = _shown(collected(files), "Names that lead to them")
    assert shown == (
        "WebSocketManager (shop/manager.py)\n"
        "WebSocketManager from .manager 1 + 0\n"
        "shop/__init__.py\n"
        "WSManager = WebSocketManager 0 + 0\n"
        "shop/manager.py\n"
        "get_websocket_manager (shop/factory.py)\n"
        "get_ws_manager from .factory import get_websocket_manager 1 + 0\n"
        "shop/__init__.py"
    )


def test_instances_are_listed_with_those_who_import_them(collected: Collected) -> None:
    files = {
        "app/__init__.py": "",
        "app/ws.py": MANAGER + "\nmanager = WebSocketManager()\n",
        "app/main.py": "from app.ws import manager as ws_manager\n\nasync def run():\n    await ws_manager.connect()\n",
        "app/news.py": "from app.ws import manager\n\nasync def publish(text):\n    await manager.send(text)\n",
        "tests/test_ws.py": "from app.ws import WebSocketManager\n\nmanager = WebSocketManager()\n",
    }
    shown = _shown(collected(files), "Instances at module level")
    assert shown.endswith("so they stay apart\nmanager = WebSocketManager(…) 2 + 0\napp/ws.py")


def test_an_instance_in_a_package_is_found_by_the_name_of_its_folder(collected: Collected) -> None:
    files = {
        "app/realtime/__init__.py": MANAGER + "\nmanager = WebSocketManager()\n",
        "app/news.py": "from app.realtime import manager\n\nasync def publish(text):\n    await manager.send(text)\n",
    }
    shown = _shown(collected(files), "Instances at module level")
    assert "manager = WebSocketManager(…) 1 + 0\napp/realtime/__init__.py" in shown


# -- dangling imports


def test_dangling_imports_are_counted_with_their_guards(collected: Collected) -> None:
    gone = "from shop.gone import WebSocketManager\n"
    files = {
        **SHOP,
        "shop/a.py": gone,
        "shop/b.py": f"try:\n    {gone}except ImportError:\n    WebSocketManager = None\n",
        "shop/c.py": f"try:\n    {gone}except Exception:\n    pass\n",
        "shop/d.py": f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {gone}",
        "tests/test_e.py": f"import pytest\n\ndef test_gone():\n    with pytest.raises(ImportError):\n        {gone}",
    }
    assert _shown(collected(files), "Dangling imports") == (
        "5 in 5 files, 4 of them production\n"
        "5 shop.gone: WebSocketManager\n"
        "meant to fail 1, except ImportError 1, except Exception 1, TYPE_CHECKING 1, unguarded 1"
    )


def test_imports_that_lead_somewhere_and_stars_do_not_dangle(collected: Collected) -> None:
    files = {
        **SHOP,
        "shop/star.py": "from shop.manager import *\nimport shop.websocket_manager\n\nWebSocketManager()\n",
    }
    assert _shown(collected(files), "Dangling imports") == "none"


# -- candidates


def test_the_best_candidates_stand_with_their_reasons_and_the_toml(collected: Collected) -> None:
    assert _shown(collected(SHOP), "Candidates") == (
        "factories (score, reference, reasons)\n"
        "2.0 shop.factory:get_websocket_manager\n"
        "used by 0 production and 0 test files; returns a call of it\n"
        "classes (score, reference, reasons)\n"
        "9.0 shop.manager:WebSocketManager\n"
        "used by 1 production and 0 test files (1 call); 4 methods; get_websocket_manager makes it\n"
        "\n"
        "clearly ahead: a run without configuration takes them. To settle it:\n"
        "[tool.codemods.websocket_ssot]\n"
        'factory = "shop.factory:get_websocket_manager"\n'
        'class = "shop.manager:WebSocketManager"'
    )


def test_what_is_configured_is_called_so(collected: Collected) -> None:
    config = Config(factory="shop.factory:get_websocket_manager", class_="shop.manager:WebSocketManager")
    assert "configured:\n[tool.codemods.websocket_ssot]" in _shown(collected(SHOP, config), "Candidates", config)


def test_what_is_configured_stands_even_where_nothing_else_would(collected: Collected) -> None:
    config = Config(factory="shop.hub:Hub", class_="shop.hub:Hub")
    shown = _shown(collected({"shop/hub.py": "class Hub: ...\n"}, config), "Candidates", config)
    assert shown.startswith("factories (score, reference, reasons)\nnone\nclasses (score, reference, reasons)\nnone\n")


def test_a_choice_that_is_open_is_explained(collected: Collected) -> None:
    shown = _shown(collected({"shop/manager.py": MANAGER}), "Candidates")
    assert shown.startswith("nothing but its constructor makes a WebSocketManager")


def test_many_candidates_are_cut(collected: Collected) -> None:
    factory = "\ndef get_websocket_manager():\n    return WebSocketManager()\n"
    files = {f"shop/m{n}.py": MANAGER + factory for n in range(8)}
    assert "\n… and 2 more" in _shown(collected(files), "Candidates")


# -- the whole


def test_a_project_without_managers_has_nothing_to_show(collected: Collected) -> None:
    text = inventory_text(collected({"app/main.py": "print('hello')\n"}), Config())
    assert text.startswith("0 files with something of a WebSocket manager, of 1\n")
    assert text.count("\nnone\n") == 6


def test_every_row_fits_into_the_width(collected: Collected) -> None:
    folder = "/".join(["a_folder_with_a_long_name"] * 5)
    name = "WebSocketV" + "ery" * 30 + "Manager"
    files = {
        f"{folder}/manager.py": f"{USE}\nclass {name}(A, B, C, D, E, F, G, H):\n    def send(self): ...\n",
        "shop/user.py": f"from {folder.replace('/', '.')}.manager import {name}, Other{name}\n",
    }
    text = inventory_text(collected(files), Config())
    assert "E, F and 2 more" in text
    rows = text.partition("\nCandidates\n")[0].splitlines()
    assert max(len(row) for row in rows) <= WIDTH


def test_the_same_project_gives_the_same_text(collected: Collected) -> None:
    project = collected({**SHOP, "shop/copy.py": MANAGER})
    reversed_project = Project(project.layout, dict(reversed(list(project.entries.items()))))
    assert inventory_text(project, Config()) == inventory_text(reversed_project, Config())


@pytest.mark.parametrize(("width", "expected"), [(9, "abcdefghi"), (5, "ab…hi"), (6, "ab…ghi")])
def test_a_row_that_is_too_long_loses_its_middle(width: int, expected: str) -> None:
    assert fitted("abcdefghi", width) == expected


def test_the_command_line_prints_it(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "manager.py").write_text(MANAGER, "utf-8")
    assert cli.main(codemod, [str(tmp_path), "--inventory", "--no-cache", "--jobs", "1"]) == 0
    assert b"\n1 manager\n    WebSocketManager  4 methods" in capfdbinary.readouterr().out
