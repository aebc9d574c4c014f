"""Mentions of the definition in files that aren't Python: documentation, configuration, scripts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

from codemods.rope_rename.config import Config
from codemods.toolkit.codemod import Finding
from codemods.toolkit.python.mentions.collect import pattern_of

_UNMISTAKABLE = re.compile(r"_|[a-z0-9][A-Z]")
_AROUND = 80


def mentions_in_texts(texts: Mapping[str, bytes], config: Config) -> Iterator[Finding]:
    """Where the definition is named: by its path, as code (in backticks, as a call), or by a name that is no word."""
    word = pattern_of(config.old_name)
    unmistakable = not config.is_module and _UNMISTAKABLE.search(config.old_name) is not None
    path = _path(config)
    for file, body in sorted(texts.items()):
        starts = [0, *(match.end() for match in re.finditer(rb"\n", body))]
        for match in word.finditer(body):
            before, after = body[max(match.start() - _AROUND, 0) : match.start()], body[match.end() :][:1]
            named = path.search(before) is not None
            if named or _is_code(before, after) or unmistakable:
                line = bisect_right(starts, match.start())
                what = f"names {config.target}" if named else f"`{config.old_name}` may be the one that is renamed"
                yield Finding("RR110", file, line, match.start() - starts[line - 1], f"{what}; it stays as it is")


def _path(config: Config) -> re.Pattern[bytes]:
    """Matches what stands in front of the word where it ends the path of the definition (or of its file)."""
    parts = config.module.split(".")
    above = [*parts[:-1]] if config.is_module else [parts[-1], *config.names[:-1]]
    if not above:
        return re.compile(rb"(?:python3? -m |import )\Z")
    return re.compile(rb"(?<![\w\x80-\xff])" + rb"[.:/]".join(re.escape(each.encode()) for each in above) + rb"[.:/]\Z")


def _is_code(before: bytes, after: bytes) -> bool:
    """Whether the word is spelled as code: the end of a dotted name in backticks, or called."""
    ticks = before.rpartition(b"\n")[2].count(b"`")
    return after == b"(" or (ticks % 2 == 1 and after in {b"`", b"(", b".", b":"})
