"""Mentions in files that aren't Python: they are told, and stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.rope_rename import codemod
from codemods.rope_rename.config import Config
from codemods.toolkit.pipeline.run import Settings, run


def mentions(root: Path, target: str, name: str, text: str, *, exclude: tuple[str, ...] = ()) -> list[tuple[int, int]]:
    """The places in a file that are told of, as line and column."""
    (root / "net").mkdir()
    (root / "net/__init__.py").write_text("")
    (root / "net/client.py").write_text("def connect(): ...\ndef close_all(): ...\nclass Pool:\n    size = 1\n")
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text(text)
    settings = Settings(root, jobs=1, cache=False, exclude=exclude)
    result = run(codemod, Config(target=target, new_name="other"), settings)
    assert name not in {change.path for change in result.changes}
    assert {finding.path for finding in result.findings} <= {name}
    return [(finding.line, finding.column) for finding in result.findings if finding.code == "RR110"]


@pytest.mark.parametrize(
    ("target", "name", "text", "places"),
    [
        pytest.param("net.client:connect", "setup.cfg", "[a]\nx = net.client:connect\n", [(2, 15)], id="entry point"),
        pytest.param("net.client:connect", "a.md", "By `connect` or\n`net.connect()`.\n", [(1, 4), (2, 5)], id="code"),
        pytest.param("net.client:connect", "README.md", "A word: connect, `it` connect `it`.\n", [], id="word"),
        pytest.param("net.client:connect", "a.html", "{{ connect(1) }} {{ reconnect(1) }}\n", [(1, 3)], id="call"),
        pytest.param("net.client:close_all", "notes.txt", "See close_all.\n", [(1, 4)], id="no word of a language"),
        pytest.param("net.client:Pool.size", "a.yaml", "size: 1\nx: net.client.Pool.size\n", [(2, 19)], id="attribute"),
        pytest.param("net.client", "Dockerfile", "RUN python -m net.client\nCMD client\n", [(1, 18)], id="module"),
        pytest.param("net.client", "docs/a.rst", "net/client.py, the client\n", [(1, 4)], id="file of a module"),
        pytest.param("net.client:connect", "a.svg", "net.client:connect\n", [], id="another kind of file"),
    ],
)  # fmt: skip
def test_what_names_the_definition_is_told(
    tmp_path: Path, target: str, name: str, text: str, places: list[tuple[int, int]]
) -> None:
    assert mentions(tmp_path, target, name, text) == places


def test_a_module_at_the_top_is_named_by_a_command(tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text("")
    (tmp_path / "run.sh").write_text("python -m client\nclient\n")
    result = run(codemod, Config(target="client", new_name="other"), Settings(tmp_path, jobs=1, cache=False))
    assert [(finding.code, finding.line) for finding in result.findings] == [("RR110", 1)]


def test_a_text_that_is_left_out_is_not_looked_at(tmp_path: Path) -> None:
    assert mentions(tmp_path, "net.client:connect", "docs/a.md", "`connect`", exclude=("docs",)) == []


def test_a_text_that_is_too_large_is_not_looked_at(tmp_path: Path) -> None:
    assert mentions(tmp_path, "net.client:connect", "a.md", "`connect`\n" * 110_000) == []


def test_a_link_to_a_text_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "b.md").symlink_to("a.md")
    assert mentions(tmp_path, "net.client:connect", "a.md", "`connect`") == [(1, 1)]
