"""What a codemod does with its configuration before a run: files it names, and what lies outside of the project."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codemods.toolkit import cli, registry
from codemods.toolkit.codemod import AnyCodemod, Option
from codemods.toolkit.pipeline import collection, rewriting
from codemods.toolkit.python.layout import Layout

PLUGIN = Path(__file__).parent / "plugin"


@pytest.fixture(name="toy")
def _toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AnyCodemod:
    monkeypatch.syspath_prepend(PLUGIN)
    monkeypatch.setenv("CODEMODS_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_bytes(b"old = 1\n")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    toy = registry.load("toy")
    return dataclasses.replace(toy, options=(Option("--new", "new", "NAME", "what it becomes"),))


def named_for(config: Any, folder: Path) -> Any:
    """A configuration whose new name shows the folder that a relative one belongs to."""
    return (
        config if config.new.startswith("in_") else msgspec.structs.replace(config, new=f"in_{folder.resolve().name}")
    )


def diff(codemod: AnyCodemod, *words: str) -> str:
    stdout = io.BytesIO()
    assert cli.main(codemod, ["../project", *words, "--jobs", "1"], stdout, io.StringIO()) == 0
    return stdout.getvalue().decode()


def test_what_stands_in_a_configuration_file_belongs_to_its_folder(toy: AnyCodemod, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[tool.codemods.toy]\nnew = "x"\n')
    located = dataclasses.replace(toy, located=named_for)
    assert f"+in_{tmp_path.name} = 1\n" in diff(located, "--config", "../settings.toml")


def test_what_stands_in_the_project_belongs_to_the_project(toy: AnyCodemod, tmp_path: Path) -> None:
    (tmp_path / "project" / "pyproject.toml").write_text('[tool.codemods.toy]\nnew = "x"\n')
    assert "+in_project = 1\n" in diff(dataclasses.replace(toy, located=named_for))


def test_what_stands_on_the_command_line_belongs_to_the_current_folder(toy: AnyCodemod) -> None:
    assert "+in_here = 1\n" in diff(dataclasses.replace(toy, located=named_for), "--new", "x")


def test_a_run_is_prepared_with_its_root(toy: AnyCodemod) -> None:
    assert "+in_project = 1\n" in diff(dataclasses.replace(toy, prepared=named_for))


def test_the_cache_holds_for_what_was_prepared(toy: AnyCodemod) -> None:
    def prepared(name: str) -> AnyCodemod:
        return dataclasses.replace(toy, prepared=lambda config, root: msgspec.structs.replace(config, new=name))

    assert "+first = 1\n" in diff(prepared("first"))
    assert "+second = 1\n" in diff(prepared("second"))


def test_a_run_is_told_how_the_project_is_laid_out(toy: AnyCodemod, tmp_path: Path) -> None:
    (tmp_path / "project" / "src").mkdir()
    (tmp_path / "project" / "src" / "b.py").write_bytes(b"")

    def laid_out(config: Any, layout: Layout) -> Any:
        return msgspec.structs.replace(config, new="_".join(part for root in layout.roots for part in ("in", root)))

    assert "+in__in_src = 1\n" in diff(dataclasses.replace(toy, laid_out=laid_out))
    (tmp_path / "project" / "src" / "b.py").unlink()
    assert "+in_ = 1\n" in diff(dataclasses.replace(toy, laid_out=laid_out))


@pytest.mark.parametrize("effort", [1, 50])
def test_a_heavy_codemod_gets_smaller_pieces_of_work(
    toy: AnyCodemod, monkeypatch: pytest.MonkeyPatch, effort: int
) -> None:
    least: dict[str, int] = {}

    def in_parallel(executor: Any, progress: Any, label: str, function: Any, items: Any, weigh: Any, size: int) -> Any:
        least[label] = size
        return function(items)

    for module in (collection, rewriting):
        monkeypatch.setattr(module, "in_parallel", in_parallel)
    diff(dataclasses.replace(toy, effort=effort), "--no-cache")
    assert least["parse"] == collection.PARSE_TOGETHER // effort
    assert least["rewrite"] == 60_000 // effort
