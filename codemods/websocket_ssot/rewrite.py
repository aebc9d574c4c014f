"""`rewrite`: the edits of one file.  LibCST parses and re-renders the smallest expression or statement that changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from keyword import iskeyword

from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.python.rows import Row, deleted_statement, row_at
from codemods.websocket_ssot.part import CallChange, ExportChange, NameChange, Part
from codemods.websocket_ssot.render import call_of, import_lines

_WORD = re.compile(rb"[\w\])'\"]+\Z")


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits that carry out one file's part of the plan.  Pure; the same part gives the same edits."""
    body = source.body
    edits = [Edit(start, end, new) for start, end, new in _expressions(body, 0, len(body), [*part.calls, *part.names])]
    for change in part.imports:
        row = row_at(body, change.start, change.end)
        statement, lines = import_lines(body[change.start : change.end].decode(), change)
        if not statement and not lines:
            edits.append(deleted_statement(body, row, alone=change.alone))
            continue
        if not statement:
            statement, lines = lines[0], lines[1:]
        if not row.whole and not row.comment:
            statement = "; ".join((statement, *lines))
            lines = ()
        edits.append(Edit(change.start, change.end, statement.encode()))
        if lines:
            edits.append(Edit(row.text_end, row.text_end, _below(row, lines)))
    edits.extend(deleted_statement(body, row_at(body, r.start, r.end), alone=r.alone) for r in part.removals)
    edits.extend(_without_exports(body, part.exports))
    return tuple(sorted(edit for edit in edits if body[edit.start : edit.end] != edit.new))


def _below(row: Row, lines: Sequence[str]) -> bytes:
    return b"".join(row.newline + row.indentation + line.encode() for line in lines)


def _expressions(
    body: bytes, start: int, end: int, changes: Sequence[CallChange | NameChange]
) -> Iterator[tuple[int, int, bytes]]:
    """The replacements of the outermost changes between two offsets, those inside them carried out within."""
    inside = sorted((c for c in changes if start <= c.start and c.end <= end), key=lambda c: (c.start, -c.end))
    position = start
    for change in inside:
        if change.start < position:
            continue  # within the one before
        position = change.end
        if isinstance(change, NameChange):
            yield change.start, change.end, _quoted(body[change.start : change.end], change.name)
            continue
        inner = [c for c in inside if c is not change and change.start <= c.start and c.end <= change.end]
        awaited = (change.start, change.end) != (change.call_start, change.call_end)
        around = 1 if awaited and _needless_brackets(body, change.start - 1, change.end) else 0
        yield change.start - around, change.end + around, _call(body, change, inner)


def _needless_brackets(body: bytes, opening: int, closing: int) -> bool:
    """Whether brackets stood only around an `await` that goes: not those of a call, nor of a subscript."""
    if body[opening : opening + 1] != b"(" or body[closing : closing + 1] != b")":
        return False
    before = body[:opening]
    if before[-1:] not in {b" ", b"\t"}:
        return False
    word = _WORD.search(before.rstrip(b" \t"))
    return word is None or iskeyword(word.group().decode())


def _call(body: bytes, change: CallChange, inner: Sequence[CallChange | NameChange]) -> bytes:
    pieces = []
    position = change.start
    for start, end, new in _expressions(body, change.start, change.end, inner):
        pieces += [body[position:start], new]
        position = end
    pieces.append(body[position : change.end])
    awaited = (change.start, change.end) != (change.call_start, change.call_end)
    text = b"".join(pieces).decode()
    return call_of(text, change.function, change.arguments, awaited=awaited).encode()


def _quoted(old: bytes, name: str) -> bytes:
    """A new name in the quotes (and with the prefix) of the old literal; a bare name as it is."""
    if old[-1:] not in {b"'", b'"'}:
        return name.encode()
    quote = old[-1:]
    width = 3 if old.endswith(quote * 3) and len(old) > 5 else 1
    opening = old.index(quote) + width
    return old[:opening] + name.encode() + quote * width


def _without_exports(body: bytes, changes: Sequence[ExportChange]) -> Iterator[Edit]:
    """Take entries out of `__all__`, each with its comma; a comment behind one stays, an empty line goes."""
    taken = 0
    for change in sorted(changes):
        start, end = change.start, change.end
        after = end
        while body[after : after + 1] in {b" ", b"\t"}:
            after += 1
        if body[after : after + 1] == b",":
            end = after + 1
        else:
            before = start
            while body[before - 1 : before].isspace():
                before -= 1
            if body[before - 1 : before] == b"," and before - 1 >= taken:
                start = before - 1
        row = row_at(body, start, end)
        if row.whole and row.first and row.start >= taken:
            start, end = row.start, row.end
        elif row.comment and row.first:
            end = body.index(b"#", end)
        else:
            while body[end : end + 1] in {b" ", b"\t"}:
                end += 1
        taken = end
        yield Edit(start, end, b"")
