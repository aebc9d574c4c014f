"""Moves in the example application: its tests end as before."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

from codemods.rope_move import codemod
from codemods.toolkit.cli import main

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop"
MOVES = (
    ("shop.context:create_user_context", "shop.users"),
    ("shop.stock:ConnectionManager", "shop.connections"),
    ("shop.realtime.unified_manager:UnifiedWebSocketManager", "shop.realtime.unified"),
    ("shop.realtime.manager:get_websocket_manager", "shop.realtime.front"),
    ("shop.context:UserContext", "shop.people"),
    ("shop.realtime.compat:create_websocket_manager_async", "shop.realtime.legacy"),
)


def test_the_tests_of_the_example_end_as_before(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".codemods", ".*_cache")
    shop = Path(shutil.copytree(SHOP, tmp_path / "shop", ignore=ignored))
    for target, destination in MOVES:
        told = io.StringIO()
        words = [target, destination, str(shop), "--apply", "--no-cache", "--jobs", "1"]
        status = main(codemod, words, io.BytesIO(), told)
        assert (status, "written" in told.getvalue()) == (0, True), told.getvalue()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"],
        cwd=shop, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "12 passed, 7 xfailed" in done.stdout, done.stdout
