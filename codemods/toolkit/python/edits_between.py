"""From two texts to the edits that lead from one to the other, for engines that hand back whole files.

Only what differs is an edit, so that every byte outside stays as it is, and a place in the source can be told for each.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from codemods.toolkit.codemod import Edit

_TOKENS = re.compile(rb"[A-Za-z0-9_\x80-\xff]+|[ \t]+|\r?\n|.", re.DOTALL)
"""Words, runs of blanks, line ends and single signs.  No character of UTF-8 is cut in two."""


def edits_between(before: bytes, after: bytes) -> tuple[Edit, ...]:
    r"""The edits that turn `before` into `after` (both UTF-8, see `Source.body`), sorted, none of them empty.

    Lines are compared first, then the words of lines that stand for each other.

    >>> edits_between(b"a = old(1)\nb = 2\n", b"a = new(1)\nb = 2\n")
    (Edit(start=4, end=7, new=b'new'),)
    """
    old, new = _lines(before), _lines(after)
    starts = _starts(old)
    return tuple(
        edit
        for old_start, old_end, new_start, new_end in _different(old, new)
        for edit in _block_edits(old[old_start:old_end], new[new_start:new_end], starts[old_start])
    )


def _lines(text: bytes) -> list[bytes]:
    return io.BytesIO(text).readlines()


def _starts(pieces: Sequence[bytes]) -> list[int]:
    """The offset of each piece, and of the end."""
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    return starts


def _different(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int, int, int]]:
    # What both begin and end with is taken off first: the matcher's time grows with the square of what it is given.
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            yield head + a, head + b, head + c, head + d


def _common(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    shorter = min(len(old), len(new))
    return next((n for n in range(shorter) if old[n] != new[n]), shorter)


def _block_edits(old: Sequence[bytes], new: Sequence[bytes], start: int) -> Iterator[Edit]:
    if len(old) == len(new):
        for was, becomes in zip(old, new, strict=True):
            yield from _line_edits(was, becomes, start)
            start += len(was)
    else:
        yield _trimmed(_TOKENS.findall(b"".join(old)), _TOKENS.findall(b"".join(new)), start)


def _line_edits(old: bytes, new: bytes, start: int) -> Iterator[Edit]:
    was, becomes = _TOKENS.findall(old), _TOKENS.findall(new)
    starts = _starts(was)
    for a, b, c, d in _different(was, becomes):
        yield Edit(start + starts[a], start + starts[b], b"".join(becomes[c:d]))


def _trimmed(old: Sequence[bytes], new: Sequence[bytes], start: int) -> Edit:
    """One edit, without the tokens that both begin or end with."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    begin = start + sum(map(len, old[:head]))
    length = sum(map(len, old[head : len(old) - tail]))
    return Edit(begin, begin + length, b"".join(new[head : len(new) - tail]))
