"""Consolidate WebSocket managers: one canonical factory, every caller rewritten, nothing new broken.

Before::

    from shop.ws.legacy import WebSocketManager

    manager = WebSocketManager("unified", ctx)

After::

    from shop.ws.manager import get_websocket_manager

    manager = get_websocket_manager(mode="unified", user_context=ctx)

Names are resolved by origin, through aliases, re-exports and shims.  A call whose meaning can't be proved is refused
with a code, a reason and a place (`codemods explain WS121`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.toolkit.codemod import Codemod, Edit, Option, Source, View
from codemods.websocket_ssot.codes import CODES
from codemods.websocket_ssot.collect import collect
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.decide import KINDS, decide
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.interest import relevant
from codemods.websocket_ssot.part import Part

if TYPE_CHECKING:
    from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.reach import demand, widen


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits of one file (LibCST is loaded only where something changes)."""
    from codemods.websocket_ssot.rewrite import rewrite as edits

    return edits(source, part)


def inventory(project: Project[Facts], config: Config) -> str:
    """The whole picture, as text (loaded only where it is asked for)."""
    from codemods.websocket_ssot.inventory import inventory_text

    return inventory_text(project, config)


codemod: Codemod[Config, Facts, Part] = Codemod(
    name="websocket_ssot",
    summary="consolidate WebSocket managers into one canonical factory",
    config=Config,
    facts=Facts,
    part=Part,
    codes=CODES,
    relevant=relevant,
    collect=collect,
    widen=widen,
    demand=demand,
    decide=decide,
    rewrite=rewrite,
    options=(
        Option("--factory", "factory", "MODULE:NAME", "the canonical factory"),
        Option("--class", "class_", "MODULE:NAME", "the canonical class"),
        Option("--prune", "prune", "", "delete shims and aliases that nobody imports any more", switch=True),
    ),
    views=(View("--inventory", "print what there is: classes, duplicates, names, candidates", inventory),),
    kinds=KINDS,
    right="already canonical",
)
