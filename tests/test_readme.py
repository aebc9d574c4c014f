"""What the documents show is what the tool prints, and their commands are those that CI runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.asyncmock_await import codemod as asyncmock_await
from codemods.pattern_filter import codemod as pattern_filter
from codemods.toolkit import config
from codemods.toolkit.arguments import parse
from codemods.websocket_ssot import codemod

HERE = Path(__file__).resolve().parent.parent
DOCUMENTS = (
    "README.md",
    "MIGRATION.md",
    "CONTRIBUTING.md",
    "docs/evidence.md",
    "docs/guide-your-own-codemod.md",
    "docs/bowler-and-libcst.md",
)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


@pytest.mark.skipif(shutil.which("bash") is None, reason="the documents speak bash")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_shows_what_the_tool_prints(document: str) -> None:
    done = subprocess.run(
        [sys.executable, "docs/refresh.py", "--check", document],
        cwd=HERE, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_screenshot_shows_what_the_tool_prints() -> None:
    done = subprocess.run(
        [sys.executable, "docs/screenshot.py", "--check"],
        cwd=HERE, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_ci_runs_the_test_command_of_the_readme() -> None:
    shown = re.findall(r"^python3 -m venv \.venv && \. \.venv/bin/activate && (.*)$", _text("README.md"), re.MULTILINE)
    assert len(shown) == 2
    assert f"\n{shown[1]} || failed=1\n" in _text(".ci/run")


def test_the_configuration_of_the_readme_is_accepted(tmp_path: Path) -> None:
    (table,) = re.findall(r"^```toml\n(.*?)^```$", _text("README.md"), re.MULTILINE | re.DOTALL)
    (tmp_path / "src").mkdir()
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    toolkit, own = config.load(tmp_path, codemod, lambda: [codemod.name])
    assert own.factory == "shop.realtime.manager:get_websocket_manager"
    assert toolkit.jobs == 4


def test_the_options_of_the_readme_exist(capsys: pytest.CaptureFixture[str]) -> None:
    for each in (codemod, asyncmock_await, pattern_filter):
        with pytest.raises(SystemExit):
            parse(each, ["--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    (shown,) = re.findall(r"^```text\n(.*?)^```$", _text("README.md"), re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"--[a-z-]+", shown)) <= known


@pytest.mark.parametrize(
    "document", [*DOCUMENTS, "CHANGELOG.md", *(f"docs/{name}.md" for name in ("benchmarks", "how-it-works", "peers"))]
)
def test_every_link_of_a_document_leads_somewhere(document: str) -> None:
    text = _text(document)
    for path, section in LINK.findall(text):
        target = (HERE / document).parent / path if path else HERE / document
        assert target.exists(), path
        if section:
            assert section in _sections(target.read_text(encoding="utf-8")), section


def _sections(text: str) -> set[str]:
    """The anchors that GitHub makes of headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _text(path: str) -> str:
    return (HERE / path).read_text(encoding="utf-8")
