"""`rewrite`: the edits of one file.  LibCST parses and re-renders the smallest expression or statement that changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeGuard

from codemods.asyncmock_await.part import (
    AsyncDef,
    Awaited,
    CallChange,
    Change,
    DroppedName,
    ExpressionChange,
    Forsaken,
    ImportedName,
    Lines,
    NewImport,
    Part,
    Reworded,
    Unawaited,
)
from codemods.asyncmock_await.render import awaited, changed_call, import_with, unawaited
from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.python.rows import row_at

_AWAIT = re.compile(rb"\b(await[ \t]*)(?:[\s(\\]|#[^\r\n]*[\r\n])*\Z")
_NEAR = 400
"""So far before a call its `await` is looked for."""


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits that carry out one file's part of the plan.  Pure; the same part gives the same edits."""
    body = source.body
    expressions = [_located(body, change) for change in part.changes if _is_expression(change)]
    edits = [Edit(start, end, new) for start, end, new in _expressions(body, 0, len(body), expressions)]
    for change in part.changes:
        match change:
            case AsyncDef():
                edits += _async_def(body, change)
            case Lines():
                edits.append(_lines(body, change.start, change.end, change.where, change.lines))
            case NewImport():
                edits.append(_lines(body, change.start, change.end, change.where, (change.text,)))
    edits += _imports(body, [change for change in part.changes if isinstance(change, (ImportedName, DroppedName))])
    return tuple(sorted(edits))


def _is_expression(change: Change) -> TypeGuard[ExpressionChange]:
    return isinstance(change, (Awaited, Unawaited, Forsaken, Reworded, CallChange))


def _located(body: bytes, change: ExpressionChange) -> ExpressionChange:
    """The same change; where it is an `await` that goes, the keyword at its place (brackets stay).

    An `await` needs no brackets of its own where the call has some: nothing else can be taken apart than all of them.

    Raises:
        ValueError: no `await` stands before the call.
    """
    if isinstance(change, Awaited) and change.brackets:
        before, behind = body[max(0, change.start - _NEAR) : change.start], body[change.end : change.end + _NEAR]
        own = before.rstrip().endswith(b"(") and behind.lstrip().startswith(b")")
        return Awaited(change.start, change.end, brackets=False) if own else change
    if not isinstance(change, Forsaken):
        return change
    found = _AWAIT.search(body, max(0, change.start - _NEAR), change.start)
    if found is None:
        raise ValueError(f"no `await` stands before the call at {change.start}")
    return Reworded(found.start(1), found.end(1), "")


def _expressions(
    body: bytes, start: int, end: int, changes: Sequence[ExpressionChange]
) -> Iterator[tuple[int, int, bytes]]:
    """The replacements of the outermost changes between two offsets, those inside them carried out within."""
    inside = sorted((c for c in changes if start <= c.start and c.end <= end), key=lambda c: (c.start, -c.end))
    position = start
    for change in inside:
        if change.start < position:
            continue  # within the one before
        position = change.end
        same = [c for c in inside if (c.start, c.end) == (change.start, change.end)]
        inner = [c for c in inside if c not in same and change.start <= c.start and c.end <= change.end]
        yield change.start, change.end, _changed(body, same, inner)


def _changed(body: bytes, same: Sequence[ExpressionChange], inner: Sequence[ExpressionChange]) -> bytes:
    """The new text of one span: first what lies within it changes, then the call itself, an `await` last."""
    start, end = same[0].start, same[0].end
    pieces: list[bytes] = []
    position = start
    for inner_start, inner_end, new in _expressions(body, start, end, inner):
        pieces += (body[position:inner_start], new)
        position = inner_end
    pieces.append(body[position:end])
    text = b"".join(pieces).decode()
    for change in sorted(same, key=lambda each: isinstance(each, Awaited)):
        match change:
            case Awaited():
                text = awaited(text, brackets=change.brackets)
            case Unawaited():
                text = unawaited(text)
            case CallChange():
                text = changed_call(text, change)
            case Reworded():
                text = change.new
    return text.encode()


def _async_def(body: bytes, change: AsyncDef) -> Iterator[Edit]:
    if body[change.start : change.start + 3] == b"def":
        yield Edit(change.start, change.start, b"async ")
    if change.name:
        yield Edit(change.name_start, change.name_end, change.name.encode())


def _lines(body: bytes, start: int, end: int, where: str, lines: Sequence[str]) -> Edit:
    """New lines around a statement.

    Raises:
        ValueError: the statement shares its line with another one, so there is no line above or below it.
    """
    first, last = row_at(body, start, start), row_at(body, end, end)
    indentation = first.indentation
    if where == "above":
        if not first.first:
            raise ValueError(f"no line can be put above the statement at {start}")
        text = b"".join((indentation + line.encode() if line else b"") + last.newline for line in lines)
        return Edit(start - len(indentation), start - len(indentation), text)
    if not first.first or not (last.whole or last.comment):
        raise ValueError(f"no line can be put below the statement at {start}")
    text = b"".join(last.newline + indentation + line.encode() for line in lines)
    return Edit(last.text_end, last.text_end, text)


def _imports(body: bytes, changes: Sequence[ImportedName | DroppedName]) -> Iterator[Edit]:
    spans = dict.fromkeys((change.start, change.end) for change in changes)
    for start, end in spans:
        here = [change for change in changes if change.start == start]
        added = sorted({change.name for change in here if isinstance(change, ImportedName)})
        dropped = {change.name for change in here if isinstance(change, DroppedName)}
        yield Edit(start, end, import_with(body[start:end].decode(), added, dropped).encode())
