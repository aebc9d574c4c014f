"""Which findings and refusals a report shows: `--select` and `--ignore`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.toolkit.codemod import Finding, Site
    from codemods.toolkit.pipeline.result import Breakage


class Selection(NamedTuple):
    """Codes, or beginnings of codes ("WS1"), that a report shows or hides.

    Hiding changes neither what is done nor what is counted nor the exit status.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def shows(self, item: Site | Finding | Breakage) -> bool:
        """Whether to list an item; what has no code is always listed.

        >>> from codemods.toolkit.pipeline.result import Breakage
        >>> Selection(select=("TK1",), ignore=("TK102",)).shows(Breakage("TK101", "a.py", 1, ""))
        True
        """
        if not item.code:
            return True
        return (not self.select or item.code.startswith(self.select)) and not item.code.startswith(self.ignore)


def selection(select: Iterable[str], ignore: Iterable[str], known: Iterable[str]) -> Selection:
    """The selection of what a user wrote (several codes may stand in one word, with commas).

    Raises `UsageError` for a word that no known code begins with.
    """
    codes = frozenset(known)
    chosen = Selection(words(select), words(ignore))
    for word in (*chosen.select, *chosen.ignore):
        if not any(code.startswith(word) for code in codes):
            raise UsageError(f"no code is, or begins with, {word!r}{did_you_mean(word, codes)}")
    return chosen


def words(given: Iterable[str]) -> tuple[str, ...]:
    """The codes, or beginnings of codes, in what a user wrote.

    >>> words(["ws1, tk", "AM301"])
    ('WS1', 'TK', 'AM301')
    """
    return tuple(word.upper() for text in given for word in re.split(r"[,\s]+", text) if word)
