"""The application that ships as an example: its own tests, before and after, and what is refused in it."""

from __future__ import annotations

import io
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from codemods.toolkit.cli import main
from codemods.toolkit.pipeline.run import Settings, run
from codemods.websocket_ssot import codemod
from codemods.websocket_ssot.config import Config
from tests.forked import Forked

SHOP = Path(__file__).resolve().parent.parent / "examples" / "shop"
CONFIG = Config(
    factory="shop.realtime.manager:get_websocket_manager",
    class_="shop.realtime.unified_manager:UnifiedWebSocketManager",
    drop=("_granted_by",),
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", ".codemods", ".*_cache")
    return Path(shutil.copytree(SHOP, tmp_path / "shop", ignore=ignored))


def test_the_example_passes_its_tests_before_and_more_of_them_after(forked: Forked, shop: Path) -> None:
    assert own_tests(forked, shop) == {"passed": 12, "xfailed": 7}
    assert applied(shop) == 0
    assert own_tests(forked, shop) == {"passed": 12, "xfailed": 1, "xpassed": 6}


def test_a_second_run_changes_nothing_in_the_example(shop: Path) -> None:
    applied(shop)
    before = contents(shop)
    assert applied(shop) == 0
    assert contents(shop) == before
    assert main(codemod, [str(shop), "--check", "--no-cache"], io.BytesIO(), io.StringIO()) == 0


def test_undo_restores_the_example(shop: Path) -> None:
    before = contents(shop)
    applied(shop)
    assert contents(shop) != before
    assert main(None, ["undo", "--root", str(shop)], io.BytesIO(), io.StringIO()) == 0
    assert contents(shop) == before


def test_the_example_shows_every_decision(shop: Path) -> None:
    result = run(codemod, CONFIG, Settings(shop, jobs=1, cache=False))
    calls = Counter(site.decision for site in result.sites if site.kind == "call site")
    assert set(calls) == {"rewritten", "right", "kept", "refused"}
    assert {(site.path, site.code) for site in result.sites if site.decision == "refused"} == {
        ("shop/admin.py", "WS122"),
        ("shop/news.py", "WS121"),
    }
    assert not result.withheld
    assert [(measure.before, measure.after) for measure in result.measures] == [(2, 0)]


@pytest.mark.parametrize("path", ["shop/stock.py", "shop/context.py", "shop/app.py", "shop/realtime/manager.py"])
def test_namesakes_and_the_canonical_side_stay_as_they_are(shop: Path, path: str) -> None:
    before = (shop / path).read_bytes()
    applied(shop)
    assert (shop / path).read_bytes() == before


def applied(root: Path) -> int:
    return main(codemod, [str(root), "--apply", "--no-cache", "--jobs", "1"], io.BytesIO(), io.StringIO())


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*.py")}


def own_tests(forked: Forked, root: Path) -> dict[str, int]:
    """How many of the application's tests ended in which way."""
    done = forked.pytest(root, "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        outcome: int(count)
        for count, outcome in re.findall(r"(\d+) (\w+)", done.stdout.splitlines()[-1])
        if outcome != "in"
    }
