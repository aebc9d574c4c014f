"""`decide`: every edit of the command is made."""

from __future__ import annotations

from collections.abc import Mapping

from codemods.engines.facts import Part, Worked, plan_of
from codemods.libcst_command.config import Config
from codemods.toolkit.codemod import Plan
from codemods.toolkit.python.project import Project

_CODES = {"unreadable": "LC101", "altered": "LC102", "failed": "LC103", "remark": "LC104"}


def decide(project: Project[Worked], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    """What happens to each edit, and why."""
    return plan_of(project, withheld, _CODES)
