"""The conftest.py files whose fixtures a test may get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts


def conftests(project: Project[Facts], path: str) -> Iterator[str]:
    """The conftest.py files that pytest loads for a test file, the nearest first."""
    folder = path.rpartition("/")[0]
    while True:
        found = f"{folder}/conftest.py" if folder else "conftest.py"
        if found != path and found in project.layout.paths:
            yield found
        if not folder:
            return
        folder = folder.rpartition("/")[0]
