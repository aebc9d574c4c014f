"""Every fixture of every codemod, through its own outcome and every promise."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from codemods.testing import check_fixture, fixture
from codemods.toolkit import registry
from codemods.toolkit.cli import main
from codemods.toolkit.pipeline import executors
from codemods.toolkit.pipeline.run import Settings, run
from codemods.toolkit.promises import Subject, written
from codemods.toolkit.review.diff import diff
from tests.forked import Forked

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/case.toml"))
LARGEST = sorted(CASES, key=lambda case: sum(1 for _ in case.rglob("*.py")))[-3:]
CHANGING = [case for case in CASES if (case / "after").is_dir()]
IMPORT_EACH = """
import importlib, os, sys
source, *names = sys.argv[1:]
sys.path[:0] = [source, source + "/.."]
above = {name.partition(".")[0] for name in names}
for loaded in [name for name in sys.modules if name.partition(".")[0] in above]:
    del sys.modules[loaded]
own = set(sys.modules)
for name in names:
    for loaded in set(sys.modules) - own:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except Exception:
        continue
    print(name, flush=True)
os._exit(0)
"""
"""Ends at once: nobody looks at what the end of the process frees."""


def name_of(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


@pytest.mark.no_cover  # nine runs: the next test has the first of them measured
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_fixture_comes_out_as_expected_and_keeps_every_promise(case: Path) -> None:
    check_fixture(registry.load(case.parent.name), case)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_command_line_prints_the_diff_and_tells_whether_there_is_one(
    case: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second and third run find what the first one knows: that the cache changes nothing is a promise of its own.
    monkeypatch.setenv("CODEMODS_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    codemod = registry.load(case.parent.name)
    given = fixture(codemod, case)
    for path, content in given.before.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    settings = Settings(root=tmp_path, roots=given.config.toolkit.roots, jobs=1, inputs=given.contents)
    result = run(codemod, given.config.codemod, settings)
    stdout, stderr = io.BytesIO(), io.StringIO()
    named = [getattr(given.config.codemod, word.key) for word in codemod.positionals]
    words = [*named, str(tmp_path), "--config", str(case / "case.toml"), "--jobs", "1"]
    for each in codemod.inputs:
        for file in given.inputs.get(each.key, ()):
            words += [each.flag, str(file)]

    failed = any(finding.failed for finding in result.findings)
    assert main(codemod, words, stdout, stderr) == (3 if failed else 0)
    assert stdout.getvalue() == diff(result.changes)
    assert main(codemod, [*words, "--check"], io.BytesIO(), io.StringIO()) == (
        1 if given.after or given.deleted else 3 if failed else 0
    )


@pytest.mark.parametrize("case", LARGEST, ids=name_of)
def test_a_pool_of_processes_gives_the_same(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codemod = registry.load(case.parent.name)
    given = fixture(codemod, case)
    subject = Subject(codemod, given.config, given.contents)
    with written(given.before) as root:
        alone = subject.run(root)
        # Such small trees stay in one process otherwise.
        monkeypatch.setattr(executors, "chunked", lambda items, weigh, jobs, least: [[item] for item in items])
        assert subject.run(root, jobs=2) == alone


@pytest.mark.parametrize("case", CHANGING, ids=name_of)
def test_what_could_be_imported_before_can_be_imported_after(forked: Forked, case: Path, tmp_path: Path) -> None:
    given = fixture(registry.load(case.parent.name), case)
    after = {path: content for path, content in given.before.items() if path not in given.deleted} | dict(given.after)
    before = importable_files(forked, tmp_path / "before", given.before)
    assert before - set(given.deleted) <= importable_files(forked, tmp_path / "after", after)


def importable_files(forked: Forked, root: Path, files: Mapping[str, bytes]) -> set[str]:
    """The files that can be imported, each in the same interpreter but without what the others have loaded."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    source = root / "src" if (root / "src").is_dir() else root
    modules = {path: module_name(root / path, source) for path in files if path.endswith(".py")}
    done = forked.python(root, "-c", IMPORT_EACH, str(source), *modules.values())
    assert done.returncode == 0, done.stderr
    return {path for path, module in modules.items() if module in done.stdout.split()}


def module_name(file: Path, source: Path) -> str:
    below = source if file.is_relative_to(source) else source.parent
    return ".".join(file.relative_to(below).with_suffix("").parts).removesuffix(".__init__")


def test_there_are_fixtures() -> None:
    assert len(CASES) > 100
