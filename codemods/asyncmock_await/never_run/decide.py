"""What this family decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.family import Share
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts


def decide(project: Project[Facts], config: Config, origins: Origins, withheld: Mapping[str, tuple[str, str]]) -> Share:
    """The share of this family in the plan."""
    return Share()
