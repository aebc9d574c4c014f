"""How far this family has to look."""

from __future__ import annotations

from typing import Any

from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

SETTINGS: frozenset[str] = frozenset()
"""The settings files that this family reads."""


def relevant(body: bytes) -> bool:
    """Whether this file can matter by itself."""
    return False


def marks(body: bytes) -> tuple[str, ...]:
    """What the bytes of any file say."""
    return ()


def demand(project: Project[Any], origins: Origins) -> frozenset[str]:
    """Further files that have to be parsed."""
    return frozenset()
