"""The configuration of `asyncmock_await`: the table `[tool.codemods.asyncmock_await]`."""

from __future__ import annotations

from typing import Literal

import msgspec

Style = Literal["smallest", "spec", "attribute", "magicmock"]
"""How a double that is too wide is mended: see `Config.style`."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `style` chooses how a double is mended whose sync members are AsyncMocks: `smallest` takes the first of the others
    that fits, `spec` gives it the real class or nothing (AM298), `attribute` a sync mock for that member, `magicmock`
    makes the whole double sync (where nothing of it is ever awaited).  `requested` are codes that are rewritten only
    when asked for; `--select` sets it.
    """

    style: Style = "smallest"
    requested: tuple[str, ...] = ()
