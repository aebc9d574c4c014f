"""Comments that leave one file and arrive in another: code that moves takes its comments along."""

from __future__ import annotations

import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping

from codemods.toolkit.pipeline.verify import comments_lost


def lost_for_good(texts: Mapping[str, tuple[bytes, bytes]]) -> frozenset[tuple[str, int]]:
    r"""(path, line before) of each comment that is gone from one file and doesn't arrive in another.

    `texts` are those files that change or come: path -> (text before, text after), as UTF-8.

    >>> sorted(lost_for_good({"a.py": (b"x  # one\ny  # two\n", b""), "b.py": (b"", b"x  # one\n")}))
    [('a.py', 2)]
    """
    arrived = Counter(text for before, after in texts.values() for _, text in _lost(after, before))
    gone: set[tuple[str, int]] = set()
    for path, (before, after) in sorted(texts.items()):
        for line, text in _lost(before, after):
            if arrived[text] > 0:
                arrived[text] -= 1
            else:
                gone.add((path, line))
    return frozenset(gone)


def _lost(before: bytes, after: bytes) -> Iterable[tuple[int, str]]:
    try:
        return comments_lost(before, after)
    except (SyntaxError, tokenize.TokenError):  # one of the texts can't be parsed
        return ()
