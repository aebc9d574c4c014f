"""The marker that an async test lacks (AM302), spelled as its module spells pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.asyncmock_await.never_run.classes import Classes
from codemods.asyncmock_await.never_run.facts import Function
from codemods.asyncmock_await.never_run.modes import Modes
from codemods.asyncmock_await.part import Change, Lines, NewImport
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts


def marked(
    project: Project[Facts], classes: Classes, modes: Modes, path: str, function: Function
) -> dict[str, tuple[Change, ...]] | tuple[str, str]:
    """The changes by file that give a test its marker, or the code and the reason why there are none."""
    marker = modes.marker(path)
    if not marker:
        return "AM502", "the project names no plugin that runs async tests, or several"
    entry = project.entries[path]
    if entry.names is None or entry.facts is None:
        return "AM502", "its module can't be read"
    pytest = next((name for name in sorted(entry.names.bindings) if classes.canonical(path, name) == "pytest"), "")
    line = Lines(function.start, function.end, "above", (f"@{pytest or 'pytest'}.mark.{marker}",))
    if pytest:
        return {path: (line,)}
    if "pytest" in entry.names.bindings:
        return "AM502", "`pytest` means something else in its module"
    start, end = entry.facts.tests.first
    return {path: (NewImport(start, end, "above", "import pytest"), line)}
