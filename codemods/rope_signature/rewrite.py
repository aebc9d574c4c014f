"""`rewrite`: the edits of one file, from what is planned for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.rope_signature.facts import CallPart, Part
from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.python.listed import with_more, without

_OPENING = re.compile(rb"(?:[\s\\]|#[^\r\n]*|\))*\(")


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits of one file."""
    edits = [edit for call in part.calls for edit in _call(source.body, call)]
    edits += [Edit(span.start, span.end, name.encode()) for span, name in part.names]
    edits += _parameters(source.body, part)
    return tuple(sorted(edits))


def _line_end(body: bytes) -> bytes:
    return b"\r\n" if body.count(b"\r\n") * 2 > body.count(b"\n") else b"\n"


def _parameters(body: bytes, part: Part) -> Iterator[Edit]:
    if part.inside is None:
        return
    old = body[part.inside.start : part.inside.end]
    texts = [each.encode() for each in part.parameters]
    if part.indent and texts:
        end, indent = _line_end(body), part.indent.encode()
        last = old[len(old.rstrip(b" \t")) :] if old.rstrip(b" \t").endswith((b"\n", b"\r")) else b""
        new = end + b"".join(indent + each + b"," + end for each in texts) + last
    else:
        new = b", ".join(texts)
    yield Edit(part.inside.start, part.inside.end, new)


def _call(body: bytes, call: CallPart) -> Iterator[Edit]:
    """Each argument that stays gets its new text in its place; the others go, and what is new comes last."""
    texts = [each.encode() for each in call.texts]
    if len(call.drop) == len(call.spans):
        opening = _OPENING.match(body, call.end)
        if opening is None:
            raise ValueError(f"no call at {call.end}")
        end = max((span.end for span in call.spans), default=opening.end())
        comma = re.compile(rb"[\s\\]*,").match(body, end) if call.spans else None
        yield Edit(opening.end(), comma.end() if comma is not None else end, b", ".join(texts))
        return
    start, end = call.spans[0].start, call.spans[-1].end
    # A bracket and what stands before the first argument tell whether arguments have lines of their own.
    opening_at = body.rfind(b"(", 0, start)
    behind = re.compile(rb"[ \t]*,?[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)?").match(body, end)
    stop = behind.end() if behind is not None else end
    spans = [(span.start - opening_at, span.end - opening_at) for span in call.spans]
    short = without(body[opening_at:stop], spans, call.drop, keep_comments=True)
    text = short.text
    shift = 0
    placed: list[tuple[int, int]] = []
    for (first, last), new in zip(short.spans, texts, strict=False):
        text = text[: first + shift] + new + text[last + shift :]
        placed.append((first + shift, first + shift + len(new)))
        shift += len(new) - (last - first)
    if len(texts) > len(placed):
        text = with_more(text, placed, texts[len(placed) :], _line_end(body))
    yield Edit(opening_at, stop, text)
