from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codemods.testing import check_transformed
from codemods.toolkit.pipeline.result import Result
from codemods.toolkit.pipeline.run import Settings, inventory
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot import codemod
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.facts import Facts

Collected = Callable[..., Project[Facts]]
Shop = Callable[..., Result]

MANAGER = '''
class UnifiedWebSocketManager:
    """The one WebSocket manager."""

    def __init__(self, mode="unified", user_context=None):
        self.mode = mode
        self.user_context = user_context

    async def send(self, user_id, message):
        return user_id, message

    def is_connected(self, user_id):
        return user_id == self.user_context


_managers = {}


def get_websocket_manager(user_context=None, mode="unified"):
    if user_context not in _managers:
        _managers[user_context] = UnifiedWebSocketManager(mode, user_context)
    return _managers[user_context]
'''
LEGACY = """
from shop.ws.manager import UnifiedWebSocketManager, get_websocket_manager


class WebSocketManager(UnifiedWebSocketManager):
    pass


def create_websocket_manager(user_context):
    return get_websocket_manager(user_context)
"""
CANONICAL = {
    "factory": "shop.ws.manager:get_websocket_manager",
    "class": "shop.ws.manager:UnifiedWebSocketManager",
}


@pytest.fixture
def collected(tmp_path: Path) -> Collected:
    """The project of these texts (path -> text), collected by the real pipeline."""

    def build(files: Mapping[str, str], config: Config | None = None, roots: tuple[str, ...] = ()) -> Project[Facts]:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), "utf-8")
        settings = Settings(tmp_path, roots=roots, jobs=1, cache=False)
        project: Project[Facts] = inventory(codemod, config or Config(), settings).project
        return project

    return build


@pytest.fixture
def shop() -> Shop:
    """A run on a shop with a canonical manager and shims of it, `before` and `after` on top; see `check_transformed`.

    A text stands for shop/orders.py; without `after` nothing may change.  Further words are configuration.
    """

    def check(
        before: Mapping[str, str] | str,
        after: Mapping[str, str] | str | None = None,
        *,
        deleted: tuple[str, ...] = (),
        **config: object,
    ) -> Result:
        given = {"shop/ws/manager.py": MANAGER, "shop/ws/legacy.py": LEGACY, **_files(before)}
        return check_transformed(codemod, given, _files(after or {}), config={**CANONICAL, **config}, deleted=deleted)

    return check


def _files(texts: Mapping[str, str] | str) -> dict[str, str]:
    named = {"shop/orders.py": texts} if isinstance(texts, str) else texts
    return {path: textwrap.dedent(text).lstrip("\n") for path, text in named.items()}
