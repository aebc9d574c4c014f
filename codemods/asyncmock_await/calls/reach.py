"""How far this family has to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

SETTINGS: frozenset[str] = frozenset()
"""The settings files that this family reads."""


def relevant(body: bytes) -> bool:
    """Whether this file can matter by itself."""
    return b"AsyncMock" in body


def marks(body: bytes) -> tuple[str, ...]:
    """What the bytes of any file say."""
    return ()


def demand(project: Project[Facts], origins: Origins) -> frozenset[str]:
    """Nothing by itself: the modules that called names lead to stand in `origins.unloaded`."""
    for path, entry in project.entries.items():
        if entry.facts is None:
            continue
        for site in entry.facts.calls.sites:
            if site.reference:
                first, *rest = site.name.split(".")
                origins.follow(origins.bound(path, first), rest)
        for level, module, member in entry.facts.calls.assumed:
            origins.imported(path, level, module, member)
    return frozenset()
