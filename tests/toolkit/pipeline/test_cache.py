from __future__ import annotations

import os
import sys
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from types import ModuleType

import pytest

from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.pipeline import cache as cache_module
from codemods.toolkit.pipeline.cache import RACY_NS, Cache, Cell, Problem, cache_folder, codemod_key
from codemods.toolkit.pipeline.discover import File

FILE = File("a.py", 10, 1_000, 2_000, 7, 0o644)
LATER = 2_000 + RACY_NS + 1
KEY = b"content of a.py "


def opened(folder: Path | None, key: str = "k", now: int | None = LATER) -> Cache:
    return Cache(folder, "/project", key, now)


def stored_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_with_the_same_stat_has_the_same_content(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.saw(FILE, KEY)
    cache.save()
    assert opened(tmp_path).content_of(FILE) == KEY


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(File("a.py", 11, 1_000, 2_000, 7, 0o644), id="size"),
        pytest.param(File("a.py", 10, 1_001, 2_000, 7, 0o644), id="mtime"),
        pytest.param(File("a.py", 10, 1_000, 2_001, 7, 0o644), id="ctime"),
        pytest.param(File("a.py", 10, 1_000, 2_000, 8, 0o644), id="inode"),
        pytest.param(File("b.py", 10, 1_000, 2_000, 7, 0o644), id="path"),
    ],
)
def test_a_file_with_another_stat_has_to_be_read(tmp_path: Path, other: File) -> None:
    cache = opened(tmp_path)
    cache.saw(FILE, KEY)
    cache.save()
    assert opened(tmp_path).content_of(other) is None


@pytest.mark.parametrize("fresh", ["mtime_ns", "ctime_ns"])
def test_a_file_written_just_now_is_not_trusted(tmp_path: Path, fresh: str) -> None:
    times = {"mtime_ns": 0, "ctime_ns": 0, fresh: 5_000}
    file = File("a.py", 10, inode=7, mode=0o644, **times)
    for now, expected in ((5_000 + RACY_NS, None), (5_001 + RACY_NS, KEY)):
        cache = opened(tmp_path / str(now), now=now)
        cache.saw(file, KEY)
        cache.save()
        assert opened(tmp_path / str(now), now=now).content_of(file) == expected


def test_the_stamp_of_a_file_is_known_once_that_was_seen_and_not_when_it_was_written_just_now() -> None:
    cache = opened(None)
    cache.saw(FILE, KEY)
    cache.saw(File("b.py", 10, LATER, 2_000, 8, 0o644), KEY)
    assert [cache.stamp_of(path) for path in ("a.py", "b.py", "c.py")] == [(10, 1_000, 2_000, 7), None, None]


def test_files_that_were_not_seen_again_are_forgotten(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.saw(FILE, KEY)
    cache.save()
    opened(tmp_path).save()
    assert opened(tmp_path).content_of(FILE) is None


def test_rows_and_memos_come_back(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cell = Cell(b"names", b"facts", Problem("TK101", 3, "no"))
    cache.scanned(KEY, True, frozenset({"v", "w"}), ["w"])
    cache.collected(KEY, "w", cell)
    cache.memorise(b"memo", b"value")
    cache.save()
    again = opened(tmp_path)
    row = again.row(KEY)
    assert row is not None
    assert (row.relevant, row.mentioned, row.cells) == (True, frozenset({"w"}), {"w": cell})
    assert again.unsearched(row, frozenset({"u", "v", "w"})) == {"u"}
    assert again.memo(b"memo") == b"value"
    assert again.row(b"other") is None
    assert again.memo(b"other") is None


def test_words_that_are_searched_later_are_added(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for content in (KEY, b"other"):
        cache.scanned(content, True, frozenset({"v", "w"}), ["w"])
    row = cache.scanned(KEY, True, frozenset({"x", "y"}), ["x"])
    other = cache.row(b"other")
    assert other is not None
    assert row.mentioned == {"w", "x"}
    assert cache.unsearched(row, frozenset("vwxyz")) == {"z"}
    assert cache.unsearched(other, frozenset("vwxyz")) == {"x", "y", "z"}


def test_another_codemod_or_configuration_has_rows_of_its_own(tmp_path: Path) -> None:
    cache = opened(tmp_path, "one")
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.save()
    assert opened(tmp_path, "two").row(KEY) is None


def test_another_project_has_a_folder_of_its_own(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "/other", "k", LATER)
    cache.saw(FILE, KEY)
    cache.save()
    assert opened(tmp_path).content_of(FILE) is None


def test_rows_that_no_run_uses_go_after_a_while(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.memorise(b"memo", b"")
    cache.save()
    for run in range(5):
        later = opened(tmp_path)
        later.scanned(str(run).encode(), True, frozenset({"w"}), ())
        later.asked_all()
        later.save()
    assert opened(tmp_path).row(KEY) is None
    assert opened(tmp_path).memo(b"memo") is None


def test_rows_in_use_stay(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.memorise(b"memo", b"")
    cache.save()
    for run in range(6):
        later = opened(tmp_path)
        assert later.row(KEY) is not None
        assert later.memo(b"memo") is not None
        later.scanned(str(run).encode(), True, frozenset({"w"}), ())
        later.asked_all()
        later.save()


def test_a_run_that_asks_for_a_part_only_lets_nothing_grow_old(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.scanned(KEY, True, frozenset({"w"}), ["w"])
    cache.memorise(b"memo", b"")
    cache.save()
    for run in range(6):
        later = opened(tmp_path)
        later.scanned(str(run).encode(), True, frozenset(), ())
        later.save()
    last = opened(tmp_path)
    row = last.row(KEY)
    assert row is not None
    assert row.mentioned == {"w"}
    assert last.unsearched(row, frozenset({"w"})) == frozenset()
    assert last.memo(b"memo") is not None


def test_words_that_nobody_asks_for_any_more_are_forgotten(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.scanned(KEY, True, frozenset({"old", "new"}), ["old", "new"])
    cache.save()
    later = opened(tmp_path)
    later.scanned(b"other", True, frozenset({"new"}), ())
    later.asked_all()
    later.save()
    last = opened(tmp_path)
    row = last.row(KEY)
    assert row is not None
    assert row.mentioned == {"new"}
    assert last.unsearched(row, frozenset({"old", "new"})) == {"old"}


def test_a_run_that_learns_nothing_writes_nothing(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.saw(FILE, KEY)
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.save()
    before = {path: os.stat(tmp_path / path).st_ino for path in stored_files(tmp_path)}
    later = opened(tmp_path)
    later.content_of(FILE)
    later.row(KEY)
    later.save()
    assert {path: os.stat(tmp_path / path).st_ino for path in stored_files(tmp_path)} == before


def test_the_result_of_the_same_tree_comes_back(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.save_result(b"tree", b"result")
    assert opened(tmp_path).result(b"tree") == b"result"
    assert opened(tmp_path).result(b"another") is None
    assert opened(tmp_path, "other").result(b"tree") is None


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: content[:-1], id="cut off"),
        pytest.param(lambda content: content[:-1] + bytes([content[-1] ^ 1]), id="one bit"),
        pytest.param(lambda content: b"\xff" * 100, id="something else"),
    ],
)
def test_a_broken_cache_is_no_cache(tmp_path: Path, broken: object) -> None:
    cache = opened(tmp_path)
    cache.saw(FILE, KEY)
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.save_result(b"tree", b"result")
    cache.save()
    assert callable(broken)
    for path in stored_files(tmp_path):
        (tmp_path / path).write_bytes(broken((tmp_path / path).read_bytes()))
    later = opened(tmp_path)
    assert later.content_of(FILE) is None
    assert later.row(KEY) is None
    assert later.result(b"tree") is None


def test_a_cache_of_another_shape_is_no_cache(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.saw(FILE, KEY)
    cache.save()
    (stat,) = (path for path in stored_files(tmp_path) if path.endswith("stat"))
    payload = b"\xc0"
    content = blake2b(payload, digest_size=16).digest() + payload
    (tmp_path / stat).write_bytes(content)
    assert opened(tmp_path).content_of(FILE) is None


def test_what_another_format_calls_a_content_is_no_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = opened(tmp_path)
    cache.saw(FILE, KEY)
    cache.save()
    monkeypatch.setattr(cache_module, "FORMAT", cache_module.FORMAT + 1)
    assert opened(tmp_path).content_of(FILE) is None


def test_a_folder_that_can_not_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = opened(tmp_path / "file" / "cache")
    cache.saw(FILE, KEY)
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.save()
    assert (tmp_path / "file").read_text() == ""


def test_a_full_disk_leaves_no_half_written_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    cache = opened(tmp_path)
    cache.saw(FILE, KEY)
    cache.save()
    assert stored_files(tmp_path) == []


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cache = opened(None, now=None)
    cache.saw(FILE, KEY)
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.save_result(b"tree", b"result")
    cache.save()
    assert cache.row(KEY) is not None
    assert cache.result(b"tree") is None
    assert stored_files(tmp_path) == []


@pytest.mark.parametrize("inside", ["", ".cache", "deep/cache"])
def test_nothing_is_written_into_the_project(tmp_path: Path, inside: str) -> None:
    cache = Cache(tmp_path / inside, str(tmp_path), "k", LATER)
    cache.saw(FILE, KEY)
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.save()
    assert stored_files(tmp_path) == []


def test_a_cache_beside_the_project_is_not_inside(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "project-cache", str(tmp_path / "project"), "k", LATER)
    cache.saw(FILE, KEY)
    cache.save()
    assert stored_files(tmp_path) != []


def test_old_codemods_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_KEPT_CODEMODS", 2)
    for number in range(4):
        cache = opened(tmp_path, f"key{number}")
        cache.scanned(KEY, True, frozenset({"w"}), ())
        cache.save_result(b"tree", b"result")
        cache.save()
        for path in tmp_path.rglob(f"key{number}.*"):
            os.utime(path, (number, number))
    kept = {Path(path).name for path in stored_files(tmp_path)}
    assert kept == {"key2.rows", "key2.result", "key3.rows", "key3.result"}


def test_old_projects_go(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, age in ((old, 40), (new, 10)):
        folder.mkdir()
        (folder / "stat").write_text("")
        time = (1_000_000 - age * 86_400) if age else 0
        os.utime(folder, (10_000_000 + time, 10_000_000 + time))
    (tmp_path / "a file").write_text("")
    cache = opened(tmp_path, now=11_000_000 * 10**9)
    cache.scanned(KEY, True, frozenset({"w"}), ())
    cache.save()
    assert not old.exists()
    assert new.exists()


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        pytest.param({"CODEMODS_CACHE_DIR": "/c", "HOME": "/h"}, "linux", "/c", id="chosen"),
        pytest.param({"HOME": "/h"}, "linux", "/h/.cache/codemods", id="linux"),
        pytest.param({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "linux", "/x/codemods", id="XDG"),
        pytest.param({"HOME": "/h", "XDG_CACHE_HOME": "x"}, "linux", "/h/.cache/codemods", id="XDG, relative"),
        pytest.param({"HOME": "/h"}, "darwin", "/h/Library/Caches/codemods", id="macOS"),
        pytest.param({"HOME": "/h", "LOCALAPPDATA": "/l"}, "win32", "/l/codemods", id="Windows"),
        pytest.param({"HOME": "/h"}, "win32", "/h/AppData/Local/codemods", id="Windows, bare"),
    ],
)
def test_the_folder_is_where_the_platform_wants_it(environment: dict[str, str], platform: str, expected: str) -> None:
    assert cache_folder(environment, platform) == Path(expected)


def test_without_a_home_there_is_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert cache_folder({}, "linux") is None


def test_the_key_depends_on_configuration_and_code(renaming: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    key = codemod_key(renaming.codemod, renaming.Config())
    assert key == codemod_key(renaming.codemod, renaming.Config())
    assert key != codemod_key(renaming.codemod, renaming.Config(old="Other"))
    assert key != codemod_key(renaming.codemod, renaming.Config(), 1)
    monkeypatch.setattr(cache_module, "_code_of", lambda module: [("changed.py", 1, 1)])
    assert key != codemod_key(renaming.codemod, renaming.Config())


def test_the_key_depends_on_the_package_of_the_configuration(
    renaming: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The functions of `codemod_of_uses` are the toolkit's, whosever codemod it is."""
    file = tmp_path / "own_package.py"
    file.write_text("old = 1\n")
    package = ModuleType("own_package")
    package.__file__ = str(file)
    monkeypatch.setitem(sys.modules, "own_package", package)
    config = type("Config", (renaming.Config,), {"__module__": "own_package"})
    codemod = replace(renaming.codemod, config=config)
    key = codemod_key(codemod, config())
    assert key == codemod_key(codemod, config())
    file.write_text("changed = 1\n")
    assert key != codemod_key(codemod, config())


def test_the_key_depends_on_the_module_of_each_function(
    renaming: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "rewriting.py"
    file.write_text("old = 1\n")
    module = ModuleType("rewriting")
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, "rewriting", module)

    def rewrite(source: Source, part: object) -> tuple[Edit, ...]:
        raise AssertionError("it is only looked at")

    monkeypatch.setattr(rewrite, "__module__", "rewriting")
    codemod = replace(renaming.codemod, rewrite=rewrite)
    key = codemod_key(codemod, renaming.Config())
    file.write_text("changed = 1\n")
    assert key != codemod_key(codemod, renaming.Config())


def test_the_neighbours_of_a_module_at_the_top_level_are_not_its_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "alone.py").touch()
    (tmp_path / "neighbour.py").touch()
    module = ModuleType("alone")
    module.__file__ = str(tmp_path / "alone.py")
    monkeypatch.setitem(sys.modules, "alone", module)
    assert [path for path, _size, _time in cache_module._code_of(["alone"])] == [str(tmp_path / "alone.py")]


def test_a_package_within_another_one_is_looked_at_once() -> None:
    whole = cache_module._code_of(["codemods"])
    assert cache_module._code_of(["codemods.toolkit.cli", "codemods", "codemods.toolkit.pipeline.cache"]) == whole


def test_code_without_files_has_a_key_too() -> None:
    assert cache_module._code_of(["not.imported"]) == []


def test_another_version_of_a_library_that_rewrites_makes_another_key(
    tmp_path: Path, renaming: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "engine_of_a_test" / "__init__.py"
    engine.parent.mkdir()
    engine.write_text("VERSION = '1'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(cache_module, "_ENGINES", ("engine_of_a_test", "one_that_is_not_installed"))
    key = codemod_key(renaming.codemod, renaming.Config())
    assert key == codemod_key(renaming.codemod, renaming.Config())
    engine.write_text("VERSION = '1.1'\n")
    assert key != codemod_key(renaming.codemod, renaming.Config())
