"""What was decided for one use of a manager's name, before the imports are planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from codemods.toolkit.codemod import Decision
from codemods.websocket_ssot.arguments import Mapped
from codemods.websocket_ssot.facts import UseFact
from codemods.websocket_ssot.meanings import Meaning

Target = Literal["factory", "class", ""]
"""What a use is to be pointed at; "" leaves the name as it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """One call that becomes a call of the factory: the whole expression (with its `await`), the call, its arguments."""

    span: tuple[int, int]
    call: tuple[int, int]
    mapped: Mapped


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision for one use.

    `prefix` is how many names of the chain lead to the manager.  `changes` are the calls that become calls of the
    factory (one, but for a factory object that makes several managers), `removal` is a statement that goes with them
    (start, end, whether its block would be empty).  `follows` marks uses that go along with whatever the others of the
    same name are pointed at (tests for None).
    """

    use: UseFact
    meaning: Meaning
    prefix: int
    kind: str
    decision: Decision
    reason: str
    code: str = ""
    target: Target = ""
    changes: tuple[Change, ...] = ()
    removal: tuple[int, int, bool] | None = None
    follows: bool = False

    @property
    def holder(self) -> UseFact:
        """The use of the module that holds the manager: the chain without its last name."""
        use, count = self.use, self.prefix - 1
        return msgspec.structs.replace(use, names=use.names[:count], ends=use.ends[:count], form="other", call=None)

    @property
    def name(self) -> str:
        """The name as written."""
        return ".".join(self.use.names[: self.prefix])
