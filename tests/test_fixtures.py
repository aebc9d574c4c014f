"""Every fixture of every codemod, through its own outcome and every promise."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from codemods.testing import check_fixture, fixture
from codemods.toolkit import registry
from codemods.toolkit.cli import main
from codemods.toolkit.pipeline.run import Settings, run
from codemods.toolkit.review.diff import diff

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/case.toml"))
CHANGING = [case for case in CASES if (case / "after").is_dir()]
IMPORTED = """
import importlib, os, sys
sys.path[:0] = sys.argv[2:]
os.chdir(sys.argv[1])
for name in sys.stdin.read().split():
    for known in set(sys.modules) - before if "before" in dir() else ():
        del sys.modules[known]
    before = set(sys.modules)
    try:
        importlib.import_module(name)
    except BaseException:
        continue
    print(name)
"""


def name_of(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_fixture_comes_out_as_expected_and_keeps_every_promise(case: Path) -> None:
    check_fixture(registry.load(case.parent.name), case)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_command_line_prints_the_diff_and_tells_whether_there_is_one(case: Path, tmp_path: Path) -> None:
    codemod = registry.load(case.parent.name)
    given = fixture(codemod, case)
    for path, content in given.before.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    settings = Settings(root=tmp_path, roots=given.config.toolkit.roots, jobs=1, cache=False)
    result = run(codemod, given.config.codemod, settings)
    stdout, stderr = io.BytesIO(), io.StringIO()
    words = [str(tmp_path), "--config", str(case / "case.toml"), "--no-cache", "--jobs", "1"]

    failed = any(finding.failed for finding in result.findings)
    assert main(codemod, words, stdout, stderr) == (3 if failed else 0)
    assert stdout.getvalue() == diff(result.changes)
    assert main(codemod, [*words, "--check"], io.BytesIO(), io.StringIO()) == (
        1 if given.after or given.deleted else 3 if failed else 0
    )


@pytest.mark.parametrize("case", CHANGING, ids=name_of)
def test_what_could_be_imported_before_can_be_imported_after(case: Path, tmp_path: Path) -> None:
    given = fixture(registry.load(case.parent.name), case)
    after = {path: content for path, content in given.before.items() if path not in given.deleted} | dict(given.after)
    assert importable_modules(tmp_path / "before", given.before) <= importable_modules(tmp_path / "after", after)


def importable_modules(root: Path, files: Mapping[str, bytes]) -> set[str]:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    sources = [root / "src"] if (root / "src").is_dir() else [root]
    names = [
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        for source in sources
        for path in sorted(source.rglob("*.py"))
    ]
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORTED, str(root), *map(str, sources)],
        input="\n".join(names),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_there_are_fixtures() -> None:
    assert len(CASES) > 100
