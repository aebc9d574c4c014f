from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest

Write = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture(autouse=True)
def cache_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("CODEMODS_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files (path -> content) of a project outside of git; returns its root."""
    root = tmp_path / "project"
    root.mkdir()

    def files(contents: Mapping[str, str | bytes]) -> Path:
        for path, content in contents.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return files


@pytest.fixture
def renaming(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The toy codemod, importable by worker processes too."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "toys"))
    return importlib.import_module("renaming")
