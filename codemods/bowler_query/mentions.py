"""Where a module mentions the definition in question, whether or not the query has an eye for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.engines.facts import Mention
from codemods.toolkit.python.names import Import, ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.spelled import Spelled, spelled_at

_DEFINES = re.compile(rb"\b(?:def|class)\s+\Z")
_FAR_BACK = 80
"""Bytes before a name that are looked at for its `def`."""


def mentions_in(module: Module, names: ModuleNames, words: frozenset[str]) -> tuple[Mention, ...]:
    """All places where one of these words stands as a name, in `__all__`, or at the end of a dotted name in a string.

    Such strings are what `mock.patch("package.module.name")` and settings files in Python are about.
    """
    body = module.source.body
    either = b"|".join(re.escape(word.encode()) for word in sorted(words))
    pattern = rb"(?<![\w\x80-\xff])(?:" + either + rb")(?![\w\x80-\xff])"
    offsets = [match.start() for match in re.finditer(pattern, body)]
    spelled = {offset: each for offset, each in spelled_at(module, offsets).items() if each.names and not each.local}
    for export in names.exports or ():
        if export.name in words:
            spelled[export.start] = Spelled((export.name,))
    spelled.update(_dotted_strings(module, words))
    return tuple(_mention(module, offset, each) for offset, each in sorted(spelled.items()))


def _mention(module: Module, offset: int, spelled: Spelled) -> Mention:
    before = module.source.body[max(offset - _FAR_BACK, 0) : offset]
    return Mention(offset, *module.place(offset), spelled, _DEFINES.search(before) is not None)


def _dotted_strings(module: Module, words: frozenset[str]) -> Iterator[tuple[int, Spelled]]:
    """Strings that are a dotted name and nothing else, with the offset of its last part."""
    body = module.source.body
    if not any(b"." + word.encode() in body for word in words):
        return
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        first, *rest = node.value.split(".")
        if rest and rest[-1] in words and all(part.isidentifier() for part in (first, *rest)):
            offset = body.rfind(rest[-1].encode(), *module.span(node))
            if offset >= 0:
                yield offset, Spelled((first, *rest), (Import(0, first, ""),))
