from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codemods.toolkit.pipeline.run import Settings, inventory
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot import codemod
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.facts import Facts

Collected = Callable[..., Project[Facts]]


@pytest.fixture
def collected(tmp_path: Path) -> Collected:
    """The project of these texts (path -> text), collected by the real pipeline."""

    def build(files: Mapping[str, str], config: Config | None = None, roots: tuple[str, ...] = ()) -> Project[Facts]:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), "utf-8")
        settings = Settings(tmp_path, roots=roots, jobs=1, cache=False)
        project: Project[Facts] = inventory(codemod, config or Config(), settings).project
        return project

    return build
