"""The nearest known name, for messages about an unknown one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question to put behind a message; empty when nothing known comes near.

    >>> did_you_mean("jbos", ["jobs", "roots"])
    " (did you mean 'jobs'?)"
    >>> did_you_mean("x", ["jobs"])
    ''
    """
    import difflib  # only a run that fails pays for it

    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
