"""The codes of `websocket_ssot`."""

from __future__ import annotations

from codemods.toolkit.codemod import Code

CODES: tuple[Code, ...] = ()
