"""`rewrite`: the edits of one file, from what is planned for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from codemods.rope_signature.facts import CallPart, FunctionPart, Part, Span
from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.pipeline.source import spliced
from codemods.toolkit.python.listed import with_more, without

_OPENING = re.compile(rb"(?:[\s\\]|#[^\r\n]*|\))*\(")


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits of one file.  A call within the arguments of another one becomes part of the edit of that one."""
    edits = [Edit(span.start, span.end, name.encode()) for span, name in part.names]
    for call in sorted(part.calls, key=_size):
        whole = _call(source.body, call, edits)
        edits = [edit for edit in edits if not (whole.start <= edit.start and edit.end <= whole.end)]
        edits.append(whole)
    edits += (edit for function in part.functions for edit in _parameters(source.body, function))
    return tuple(sorted(edits))


def _size(call: CallPart) -> int:
    return call.spans[-1].end - call.end if call.spans else 0


def _line_end(body: bytes) -> bytes:
    return b"\r\n" if body.count(b"\r\n") * 2 > body.count(b"\n") else b"\n"


def _parameters(body: bytes, function: FunctionPart) -> Iterator[Edit]:
    old = body[function.inside.start : function.inside.end]
    texts = [each.encode() for each in function.parameters]
    if function.indent and texts:
        end, indent = _line_end(body), function.indent.encode()
        last = old[len(old.rstrip(b" \t")) :] if old.rstrip(b" \t").endswith((b"\n", b"\r")) else b""
        lines: list[bytes] = []
        for index, text in enumerate(texts):
            remarks = function.remarks[index] if function.remarks else None
            lines += [indent + each.encode() for each in (remarks.before if remarks is not None else ())]
            behind = b"  " + remarks.behind.encode() if remarks is not None and remarks.behind else b""
            lines.append(indent + text + b"," + behind)
        for remarks in function.remarks[len(texts) :]:
            lines += [indent + each.encode() for each in remarks.before]
        new = end + b"".join(line + end for line in lines) + last
    else:
        new = b", ".join(texts)
    yield Edit(function.inside.start, function.inside.end, new)


def _with_edits(body: bytes, span: Span, edits: Iterable[Edit]) -> bytes:
    """The text of a span once the edits in it are made."""
    inner = [
        Edit(edit.start - span.start, edit.end - span.start, edit.new)
        for edit in edits
        if span.start <= edit.start and edit.end <= span.end
    ]
    return spliced(body[span.start : span.end], sorted(inner))


def _texts(body: bytes, call: CallPart, edits: Sequence[Edit]) -> list[bytes]:
    """The new arguments, with what changes in their values."""
    found: list[bytes] = []
    for each in call.arguments:
        value = each.code.encode() if each.old < 0 else _with_edits(body, call.values[each.old], edits)
        found.append(f"{each.name}=".encode() + value if each.name else value)
    return found


def _call(body: bytes, call: CallPart, edits: Sequence[Edit]) -> Edit:
    """Each argument that stays gets its new text in its place; the others go, and what is new comes last."""
    texts = _texts(body, call, edits)
    kept = {each.old for each in call.arguments}
    drop = [index for index in range(len(call.spans)) if index not in kept]
    if len(drop) == len(call.spans):
        opening = _OPENING.match(body, call.end)
        if opening is None:
            raise ValueError(f"no call at {call.end}")
        end = max((span.end for span in call.spans), default=opening.end())
        comma = re.compile(rb"[\s\\]*,").match(body, end) if call.spans else None
        return Edit(opening.end(), comma.end() if comma is not None else end, b", ".join(texts))
    start, end = call.spans[0].start, call.spans[-1].end
    # A bracket and what stands before the first argument tell whether arguments have lines of their own.
    opening_at = body.rfind(b"(", 0, start)
    behind = re.compile(rb"[ \t]*,?[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)?").match(body, end)
    stop = behind.end() if behind is not None else end
    spans = [(span.start - opening_at, span.end - opening_at) for span in call.spans]
    short = without(body[opening_at:stop], spans, drop, keep_comments=True)
    text = short.text
    shift = 0
    placed: list[tuple[int, int]] = []
    for (first, last), new in zip(short.spans, texts, strict=False):
        text = text[: first + shift] + new + text[last + shift :]
        placed.append((first + shift, first + shift + len(new)))
        shift += len(new) - (last - first)
    if len(texts) > len(placed):
        text = with_more(text, placed, texts[len(placed) :], _line_end(body))
    return Edit(opening_at, stop, text)
