"""`rewrite`: the edits of one file.  LibCST parses and re-renders the list or the call that changes."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator

import libcst as cst

from codemods.pattern_filter.generated import code, imported
from codemods.pattern_filter.part import Around, Below, Elements, GeneratedCode, Part, Replaced, Reworded, Unshelled
from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.python.rows import row_at


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits that carry out one file's part of the plan.  Pure; the same part gives the same edits."""
    body = source.body
    edits: list[Edit] = []
    lists = [change for change in part.changes if isinstance(change, Elements)]
    for change in part.changes:
        match change:
            case Reworded() if any(each.start < change.start and change.end < each.end for each in lists):
                continue  # within the list
            case Reworded():
                edits.append(Edit(change.start, change.end, change.new.encode()))
            case Replaced():
                edits.append(_replaced(body, change))
            case Around():
                edits.append(Edit(change.start, change.start, change.before.encode()))
                edits.append(Edit(change.end, change.end, change.behind.encode()))
            case Elements():
                text = _reworded(body, change, part)
                edits.append(Edit(change.start, change.end, without_elements(text, change.dropped).encode()))
            case Below():
                row = row_at(body, change.start, change.start)
                end = row_at(body, change.end, change.end)
                edits.append(
                    Edit(end.text_end, end.text_end, end.newline + row.indentation + change.line.encode())
                )  # fmt: skip
            case Unshelled():
                text = body[change.start : change.end].decode()
                edits.append(Edit(change.start, change.end, unshelled(text).encode()))
    if part.generated is not None:
        edits.append(_generated(body, part.generated))
    return tuple(sorted(edits))


def _reworded(body: bytes, change: Elements, part: Part) -> str:
    """The text of a list with the changes of its elements."""
    pieces: list[bytes] = []
    at = change.start
    for inner in part.changes:
        if isinstance(inner, Reworded) and change.start < inner.start and inner.end < change.end:
            pieces += (body[at : inner.start], inner.new.encode())
            at = inner.end
    return b"".join((*pieces, body[at : change.end])).decode()


def _replaced(body: bytes, change: Replaced) -> Edit:
    row = row_at(body, change.start, change.start)
    last = row_at(body, change.end, change.end)
    comments = [text.encode() for text in _comments(body, change.start, change.end)]
    lines = [*comments, *([change.new.encode()] if change.new else [])]
    if lines:
        return Edit(change.start, change.end, (row.newline + row.indentation).join(lines))
    if not row.first or not last.whole:
        if last.comment:
            return Edit(change.start, body.index(b"#", change.end), b"")
        return Edit(change.start, change.end, b"pass")
    return Edit(row.start, last.end, b"")


def _comments(body: bytes, start: int, end: int) -> Iterator[str]:
    """The comments between two offsets."""
    if b"#" not in body[start:end]:
        return
    text = body.decode()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    lines = text.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            at = starts[row - 1] + len(lines[row - 1][:column].encode())
            if start <= at < end:
                yield token.string.rstrip()


def without_elements(text: str, dropped: tuple[int, ...]) -> str:
    """A list without some of its elements; the last one that is left ends as the last one did.

    >>> without_elements('["pytest", "-k", x]', (1, 2))
    '["pytest"]'
    """
    module = cst.parse_module(f"({text})")
    line = cst.ensure_type(module.body[0], cst.SimpleStatementLine)
    node = cst.ensure_type(cst.ensure_type(line.body[0], cst.Expr).value, cst.List)
    node = node.with_changes(lpar=node.lpar[1:], rpar=node.rpar[:-1])
    kept = [element for at, element in enumerate(node.elements) if at not in dropped]
    if kept and kept[-1] is not node.elements[-1]:
        kept[-1] = kept[-1].with_changes(comma=node.elements[-1].comma)
    return module.code_for_node(node.with_changes(elements=kept))


def unshelled(text: str) -> str:
    """A call whose first argument is `" ".join(command)`, with the command itself and without `shell=True`.

    >>> unshelled('run(" ".join(cmd), shell=True, check=True)')
    'run(cmd, check=True)'
    """
    module = cst.parse_module(f"({text})")
    line = cst.ensure_type(module.body[0], cst.SimpleStatementLine)
    call = cst.ensure_type(cst.ensure_type(line.body[0], cst.Expr).value, cst.Call)
    call = call.with_changes(lpar=call.lpar[1:], rpar=call.rpar[:-1])
    joined = cst.ensure_type(call.args[0].value, cst.Call)
    first = call.args[0].with_changes(value=joined.args[0].value)
    kept = [first, *(arg for arg in call.args[1:] if arg.keyword is None or arg.keyword.value != "shell")]
    if kept[-1].comma is not call.args[-1].comma:
        last = call.args[-1]
        kept[-1] = kept[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    return module.code_for_node(call.with_changes(args=kept))


def _generated(body: bytes, generated: GeneratedCode) -> Edit:
    row = row_at(body, generated.start, generated.end)
    newline = row.newline.decode()
    if generated.module:
        text = newline + imported(generated)
        return (
            Edit(row.text_end, row.text_end, text.encode())
            if generated.start
            else Edit(0, 0, text[len(newline) :].encode() + row.newline)
        )
    text = code(generated).replace("\n", newline)
    if generated.start != generated.end:
        return Edit(generated.start, generated.end, text.encode())
    if not generated.start:
        return Edit(0, 0, (text + newline * 3).encode())
    return Edit(row.text_end, row.text_end, (newline * 3 + text).encode())
