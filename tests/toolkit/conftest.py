from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import Unreadable, parsed
from codemods.toolkit.python.collect_names import module_names
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.project import Entry, Project


def _entry(path: str, text: str) -> Entry[None]:
    try:
        return Entry(module_names(parsed(Source(path, text.encode()))), None)
    except Unreadable:
        return Entry(None, None)


@pytest.fixture
def project_of() -> Callable[..., Project[None]]:
    """A project of these texts (path -> text).  `known` are the files that were collected, all unless it is given."""

    def build(files: Mapping[str, str], roots: Sequence[str] = (), known: Sequence[str] | None = None) -> Project[None]:
        collected = files if known is None else known
        return Project(layout_of(files, roots), {path: _entry(path, files[path]) for path in collected})

    return build
