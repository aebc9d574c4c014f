"""Where a module mentions the definition in question, whether or not the query has an eye for it."""

from __future__ import annotations

import re
from bisect import bisect_right

from codemods.engines.facts import Mention
from codemods.engines.spelled import Spelled, spelled_at
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

_DEFINES = re.compile(rb"\b(?:def|class)\s+\Z")
_FAR_BACK = 80
"""Bytes before a name that are looked at for its `def`."""


def mentions_in(module: Module, names: ModuleNames, words: frozenset[str]) -> tuple[Mention, ...]:
    """All places where one of these words stands as a name, or in `__all__`."""
    body = module.source.body
    either = b"|".join(re.escape(word.encode()) for word in sorted(words))
    pattern = rb"(?<![\w\x80-\xff])(?:" + either + rb")(?![\w\x80-\xff])"
    offsets = [match.start() for match in re.finditer(pattern, body)]
    spelled = {offset: each for offset, each in spelled_at(module, offsets).items() if each.how in {"here", "imported"}}
    for export in names.exports or ():
        if export.name in words:
            spelled[export.start] = Spelled("here", (export.name,))
    return tuple(_mention(module, offset, each) for offset, each in sorted(spelled.items()))


def _mention(module: Module, offset: int, spelled: Spelled) -> Mention:
    line = bisect_right(module.line_starts, offset)
    before = module.source.body[max(offset - _FAR_BACK, 0) : offset]
    return Mention(offset, line, offset - module.line_starts[line - 1], spelled, _DEFINES.search(before) is not None)
