"""Renames in the example application: its tests end as before."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from codemods.rope_rename import codemod
from codemods.toolkit.cli import main
from tests.forked import Forked

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop"
RENAMES = (
    ("shop.realtime.unified_manager:UnifiedWebSocketManager", "SocketManager"),
    ("shop.realtime.legacy:WebSocketManager", "OldManager"),
    ("shop.realtime.manager:get_websocket_manager", "manager_for"),
    ("shop.realtime.compat:create_websocket_manager_async", "open_manager"),
    ("shop.context:create_user_context", "context_for"),
    ("shop.context:UserContext.user_id", "ident"),
    ("shop.stock:ConnectionManager.left", "remaining"),
    ("shop.realtime.unified_manager:SocketManager.is_open", "listens"),
    ("shop.realtime.unified_manager:SocketManager.__init__.mode", "manner"),
    ("shop.context", "people"),
)


def test_the_tests_of_the_example_end_as_before(forked: Forked, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".codemods", ".*_cache")
    shop = Path(shutil.copytree(SHOP, tmp_path / "shop", ignore=ignored))
    for target, new in RENAMES:
        told = io.StringIO()
        status = main(codemod, [target, new, str(shop), "--apply", "--no-cache", "--jobs", "1"], io.BytesIO(), told)
        assert (status, "written" in told.getvalue()) == (0, True), told.getvalue()
    done = forked.pytest(shop, "-q")
    assert "12 passed, 7 xfailed" in done.stdout, done.stdout
