"""The old place in files that aren't Python: entry points, configuration, documentation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

from codemods.rope_move.config import Config, last
from codemods.toolkit.codemod import Finding


def places_in_texts(texts: Mapping[str, bytes], config: Config) -> Iterator[Finding]:
    """Where a text has the definition in its old place: as a dotted name, an import, or by the file of the module."""
    pattern = _pattern(config)
    for path, body in sorted(texts.items()):
        starts = [0, *(match.end() for match in re.finditer(rb"\n", body))]
        for found in pattern.finditer(body):
            above = (found["above"] or b"").decode("utf-8", "replace").replace("/", ".").strip(".")
            if _is_old(f"{above}.{last(config.module)}".strip("."), config.module):
                line = bisect_right(starts, found.start())
                message = f"{config.module}:{config.name} is in {config.destination} now, and this stays as it is"
                yield Finding("RM114", path, line, found.start() - starts[line - 1], message)


def _pattern(config: Config) -> re.Pattern[bytes]:
    stem, name = re.escape(last(config.module).encode()), re.escape(config.name.encode())
    ways = rb"(?:[.:]|\.py::|[ \t]+import\b[^\r\n]*\b)"
    return re.compile(rb"(?<![\w./])(?P<above>(?:[\w-]*[./])*)" + stem + ways + name + rb"(?!\w)")


def _is_old(spelled: str, module: str) -> bool:
    """Whether a dotted name may be the old module: one of the two is the end of the other."""
    return f".{module}".endswith(f".{spelled}") or f".{spelled}".endswith(f".{module}")
