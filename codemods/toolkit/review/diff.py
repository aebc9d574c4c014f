"""The unified diff of a result, in git's form and in the exact bytes of the files: `git apply` takes it.

A codemod knows where it edited, so the lines that differ are read off the edits: 500 files take a tenth of a second.
Lines are compared only inside one edited block, a few of them as a rule.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemods.toolkit.codemod import Edit
    from codemods.toolkit.pipeline.result import Change

CONTEXT = 3
"""Unchanged lines shown around a change, as git does."""

_BOM = b"\xef\xbb\xbf"
_EXECUTABLE = 0o111
_NO_FINAL_NEWLINE = b"\\ No newline at end of file\n"
_ESCAPES = {7: b"\\a", 8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}


class _Block(NamedTuple):
    """Lines `old[old_start:old_end]` were replaced by `new[new_start:new_end]`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def diff(changes: Iterable[Change]) -> bytes:
    """The unified diff of all changes, in the order of their paths."""
    return b"".join(file_diff(change) for change in sorted(changes, key=lambda change: change.path))


def file_diff(change: Change) -> bytes:
    """The unified diff of one change: b"" when nothing differs."""
    if change.before == change.after:
        return b""
    if change.after is None:
        return _deletion(change.path, change.before or b"", change.mode)
    if change.before is None:
        return _creation(change.path, change.after, change.mode)
    old, new = _lines(change.before), _lines(change.after)
    blocks = _edited_blocks(change.before, change.after, change.edits)
    if blocks is None:  # not UTF-8: the offsets of the edits are no offsets of the file
        blocks = _compared(old, new, 0, 0)
    hunks = (_hunk(group, old, new) for group in _grouped(_joined(blocks)))
    return b"".join((*_header(change.path), *hunks))


def quoted(name: str) -> bytes:
    r"""A path as git writes it in a diff: in quotes with C escapes when it holds anything but plain ASCII.

    >>> quoted("a/b.py"), quoted("a/ä.py")
    (b'a/b.py', b'"a/\\303\\244.py"')
    """
    raw = name.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in _ESCAPES for byte in raw):
        return raw
    return b'"%s"' % b"".join(
        _ESCAPES.get(byte) or (bytes((byte,)) if 32 <= byte < 127 else b"\\%03o" % byte) for byte in raw
    )


def _header(path: str) -> tuple[bytes, ...]:
    old, new = quoted("a/" + path), quoted("b/" + path)
    tab = b"\t" if " " in path and not old.startswith(b'"') else b""  # or the name would end at the space
    return b"diff --git %s %s\n" % (old, new), b"--- %s%s\n" % (old, tab), b"+++ %s%s\n" % (new, tab)


def _deletion(path: str, before: bytes, mode: int) -> bytes:
    first, old, _ = _header(path)
    gone = b"deleted file mode %s\n" % _git_mode(mode)
    if not before:
        return first + gone + b"index e69de29..0000000\n"  # git's names of the empty file and of none
    lines = _lines(before)
    hunk = _hunk([_Block(0, len(lines), 0, 0)], lines, [])
    return b"".join((first, gone, old, b"+++ /dev/null\n", hunk))


def _creation(path: str, after: bytes, mode: int) -> bytes:
    first, _, new = _header(path)
    come = b"new file mode %s\n" % _git_mode(mode)
    if not after:
        return first + come + b"index 0000000..e69de29\n"
    lines = _lines(after)
    return b"".join((first, come, b"--- /dev/null\n", new, _hunk([_Block(0, 0, 0, len(lines))], [], lines)))


def _git_mode(mode: int) -> bytes:
    return b"100755" if mode & _EXECUTABLE else b"100644"


def _lines(data: bytes) -> list[bytes]:
    """Lines as git counts them: only a newline ends one."""
    return io.BytesIO(data).readlines()


def _edited_blocks(before: bytes, after: bytes, edits: tuple[Edit, ...]) -> list[_Block] | None:
    """The lines that the edits touch; None when the edits, taken as offsets in the file, don't lead to `after`."""
    shift = len(_BOM) if before.startswith(_BOM) else 0
    blocks: list[_Block] = []
    position = line = grown = 0  # `grown`: lines that `after` has more so far
    rebuilt: list[bytes] = []
    for start, end, text in _edited_lines(before, edits, shift):
        rebuilt += (before[position:start], text)
        line += before.count(b"\n", position, start)
        old, new = _lines(before[start:end]), _lines(text)
        blocks += _compared(old, new, line, line + grown)
        line, grown, position = line + len(old), grown + len(new) - len(old), end
    rebuilt.append(before[position:])
    return blocks if b"".join(rebuilt) == after else None


def _edited_lines(before: bytes, edits: tuple[Edit, ...], shift: int) -> Iterator[tuple[int, int, bytes]]:
    """Whole lines of `before` and their new text, edits that share a line taken together."""
    open_start, open_end, text, done = -1, -1, b"", 0
    for edit in sorted(edits):
        start, end = edit.start + shift, edit.end + shift
        if start > open_end:
            if open_start >= 0:
                yield open_start, open_end, text + before[done:open_end]
            open_start = done = before.rfind(b"\n", 0, start) + 1
            text = b""
        text += before[done:start] + edit.new
        done = end
        open_end = before.find(b"\n", end) + 1 or len(before)
    if open_start >= 0:
        yield open_start, open_end, text + before[done:open_end]


def _compared(old: list[bytes], new: list[bytes], old_start: int, new_start: int) -> list[_Block]:
    """What differs between two runs of lines that start at these line numbers (from 0)."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    old_start, new_start = old_start + head, new_start + head
    if len(left) < 2 or len(right) < 2:
        return [_Block(old_start, old_start + len(left), new_start, new_start + len(right))] if left or right else []
    import difflib  # only here: not every run needs it

    return [
        _Block(old_start + a, old_start + b, new_start + c, new_start + d)
        for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right).get_opcodes()
        if tag != "equal"
    ]


def _joined(blocks: list[_Block]) -> list[_Block]:
    """Blocks with no unchanged line between them taken together: the old lines, then the new ones, as git does it."""
    joined: list[_Block] = []
    for block in blocks:
        if joined and block.old_start == joined[-1].old_end:
            block = _Block(joined[-1].old_start, block.old_end, joined.pop().new_start, block.new_end)
        joined.append(block)
    return joined


def _grouped(blocks: list[_Block]) -> Iterator[list[_Block]]:
    """Blocks (one at least) whose context would touch or overlap stand in one hunk."""
    group = blocks[:1]
    for block in blocks[1:]:
        if block.old_start - group[-1].old_end > 2 * CONTEXT:
            yield group
            group = []
        group.append(block)
    yield group


def _hunk(group: list[_Block], old: list[bytes], new: list[bytes]) -> bytes:
    first, last = group[0], group[-1]
    lead = min(CONTEXT, first.old_start)
    trail = min(CONTEXT, len(old) - last.old_end)
    old_range = _range(first.old_start - lead, last.old_end + trail)
    new_range = _range(first.new_start - lead, last.new_end + trail)
    parts = [b"@@ -%s +%s @@\n" % (old_range, new_range)]
    position = first.old_start - lead
    for block in group:
        parts += _marked(b" ", old[position : block.old_start])
        parts += _marked(b"-", old[block.old_start : block.old_end])
        parts += _marked(b"+", new[block.new_start : block.new_end])
        position = block.old_end
    parts += _marked(b" ", old[position : position + trail])
    return b"".join(parts)


def _range(start: int, end: int) -> bytes:
    """Lines `start` to `end` (from 0, end exclusive) in a hunk header; an empty range names the line before it."""
    count = end - start
    return b"%d" % (start + 1) if count == 1 else b"%d,%d" % (start + 1 if count else start, count)


def _marked(mark: bytes, lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + line
        if not line.endswith(b"\n"):
            yield b"\n" + _NO_FINAL_NEWLINE
