"""Moves in the example application: its tests end as before."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from codemods.rope_move import codemod
from codemods.toolkit.cli import main
from tests.forked import Forked

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop"
MOVES = (
    ("shop.context:create_user_context", "shop.users"),
    ("shop.stock:ConnectionManager", "shop.connections"),
    ("shop.realtime.unified_manager:UnifiedWebSocketManager", "shop.realtime.unified"),
    ("shop.realtime.manager:get_websocket_manager", "shop.realtime.front"),
    ("shop.context:UserContext", "shop.people"),
    ("shop.realtime.compat:create_websocket_manager_async", "shop.realtime.legacy"),
)


def test_the_tests_of_the_example_end_as_before(forked: Forked, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".codemods", ".*_cache")
    shop = Path(shutil.copytree(SHOP, tmp_path / "shop", ignore=ignored))
    for target, destination in MOVES:
        told = io.StringIO()
        words = [target, destination, str(shop), "--apply", "--no-cache", "--jobs", "1"]
        status = main(codemod, words, io.BytesIO(), told)
        assert (status, "written" in told.getvalue()) == (0, True), told.getvalue()
    done = forked.pytest(shop, "-q")
    assert "12 passed, 7 xfailed" in done.stdout, done.stdout
