"""`rewrite`: the edits of one file, from what is planned for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from codemods.rope_move.definition import comments_above, first_line, is_function_or_class
from codemods.rope_move.exports import export_edits
from codemods.rope_move.facts import ImportChange, Part
from codemods.rope_move.statements import import_nodes
from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python.collect_names import blocks, if_context
from codemods.toolkit.python.listed import with_more, without
from codemods.toolkit.python.project import Module

_WIDEST = 88
"""So many characters may a line have by which an import statement grows (as Black and Ruff have it by default)."""

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FROM = re.compile(rb"from(?P<gap>[\s\\]*)(?P<module>.+?)(?P<behind>[\s\\]*)\bimport\b", re.DOTALL)
_COMMENT = re.compile(rb"[ \t\f]*(#[^\r\n]*)?(?=\r|\n|\Z)")


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits of one file."""
    edits = _joined_insertions(_Rendering(parsed(source, len(source.body)), part).edits())
    # A name of another module may be spelled the same (`models.Order`, where each of two folders holds a models.py).
    return tuple(sorted(edit for edit in edits if source.body[edit.start : edit.end] != edit.new))


def _joined_insertions(edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits, those that put something in at one place as one: it stands in the order in which they come."""
    inserted: dict[int, bytes] = {}
    for edit in edits:
        if edit.start == edit.end:
            inserted[edit.start] = inserted.get(edit.start, b"") + edit.new
        else:
            yield edit
    yield from (Edit(at, at, new) for at, new in inserted.items())


class _Lines(NamedTuple):
    """Whole lines that go, from the start of the first to the end of the last (without its line end)."""

    start: int
    end: int


class _Rendering:
    """One file, and what happens to it."""

    def __init__(self, module: Module, part: Part) -> None:
        self._module = module
        self._body = module.source.body
        self._part = part
        self._line_end = _line_end(self._body)
        self._gone: list[_Lines] = []
        self._nodes, self._around = import_nodes(module)
        self._dropping = {change.start for change in part.imports if self._is_dropped(change)}

    def edits(self) -> Iterator[Edit]:
        """All edits."""
        yield from self._part.edits
        if self._part.removed is not None:
            self._gone.append(_Lines(*self._part.removed))
        changes = {change.start: change for change in self._part.imports}
        emptied = self._emptied(changes)
        for change in self._part.imports:
            if change.start not in emptied:
                yield from self._import(change)
        if not self._is_left():
            yield from self._anew()
        else:
            for lines in _joined(self._gone, self._body):
                yield Edit(*self._with_blank_lines(lines), b"")
            yield from self._inserted()
        yield from export_edits(self._module, self._part, self._line_end)

    # -- import statements

    def _emptied(self, changes: dict[int, ImportChange]) -> frozenset[int]:
        """Statements that go together with the `if TYPE_CHECKING:` that holds nothing else."""
        found: set[int] = set()
        for node in self._module.tree.body:
            if isinstance(node, ast.If) and if_context(node.test) == "typing" and not node.orelse:
                starts = [self._module.span(inner)[0] for inner in node.body]
                if all(start in changes and self._is_dropped(changes[start]) for start in starts):
                    self._gone.append(self._lines(node))
                    found.update(starts)
        return frozenset(found)

    def _is_dropped(self, change: ImportChange) -> bool:
        node = self._nodes[change.start]
        return len(change.drop) == len(node.names) and not change.after and not change.append and not change.module

    def _lines(self, node: ast.stmt) -> _Lines:
        start, end = self._module.span(node)
        line = self._line_start(start)
        behind = _COMMENT.match(self._body, end)
        return _Lines(line, behind.end() if behind is not None else end)

    def _line_start(self, offset: int) -> int:
        return max(self._body.rfind(b"\n", 0, offset), self._body.rfind(b"\r", 0, offset)) + 1

    def _import(self, change: ImportChange) -> Iterator[Edit]:
        node = self._nodes[change.start]
        start, end = self._module.span(node)
        if change.module:
            found = _FROM.match(self._body, start, end)
            if found is not None:
                gap = b"" if found["gap"] else b" "
                behind = b"" if found["behind"] else b" "
                yield Edit(found.start("module"), found.end("module"), gap + change.module.encode() + behind)
            return
        if self._is_dropped(change):
            yield from self._dropped(node)
            return
        text, spans = self._renamed(node, change.rename)
        after = [each.encode() for each in change.after]
        if len(change.drop) == len(node.names) and after:
            text, after = after[0], after[1:]
        else:
            short = without(text, spans, change.drop, keep_comments=not after)
            text, comments = short.text, short.comments
            if after and comments:
                after[-1] += b"  " + b"  ".join(comments)
            if change.append:
                text, more = self._longer(node, text, short.spans, change.append)
                after += more
        yield from self._put(start, end, text, after)

    def _renamed(
        self, node: ast.Import | ast.ImportFrom, rename: Sequence[tuple[int, str]]
    ) -> tuple[bytes, list[tuple[int, int]]]:
        """The text of a statement with other aliases in place of some, and where its aliases are in it."""
        start, end = self._module.span(node)
        names, at = dict(rename), start
        text, spans = b"", []
        for index, alias in enumerate(node.names):
            first, last = self._module.span(alias)
            text += self._body[at:first]
            new = names[index].encode() if index in names else self._body[first:last]
            spans.append((len(text), len(text) + len(new)))
            text, at = text + new, last
        return text + self._body[at:end], spans

    def _longer(
        self, node: ast.Import | ast.ImportFrom, text: bytes, spans: Sequence[tuple[int, int]], more: Sequence[str]
    ) -> tuple[bytes, list[bytes]]:
        """The statement with further names, or where its line would be too long as it is and another statement."""
        longer = with_more(text, spans, [each.encode() for each in more], self._line_end)
        column = self._module.span(node)[0] - self._line_start(self._module.span(node)[0])
        found = _FROM.match(text)
        if found is None or b"(" in text or column + len(longer.decode()) <= _WIDEST:
            return longer, []
        return text, [found[0] + b" " + ", ".join(more).encode()]

    def _put(self, start: int, end: int, text: bytes, after: Sequence[bytes]) -> Iterator[Edit]:
        """Put a text in place of a statement, and others behind it."""
        line = self._line_start(start)
        indent = self._body[line:start]
        behind = _COMMENT.match(self._body, end)
        if indent.strip() or behind is None:  # other statements stand in the same line
            plain = [each.partition(b"  #")[0] for each in after]
            yield Edit(start, end, b"; ".join((text, *plain)))
            return
        if text != self._body[start:end]:
            yield Edit(start, end, text)
        if after:
            added = b"".join(self._line_end + indent + each for each in after)
            yield Edit(behind.end(), behind.end(), added)

    def _dropped(self, node: ast.Import | ast.ImportFrom) -> Iterator[Edit]:
        """Take a statement away; what has to stay behind it stays."""
        start, end = self._module.span(node)
        line = self._line_start(start)
        behind = _COMMENT.match(self._body, end)
        if len(self._around[start]) == 1 and node not in self._module.tree.body:
            yield Edit(start, end, b"pass")
        elif self._body[line:start].strip() or behind is None:
            semicolon = re.compile(rb"[ \t]*;[ \t]*").match(self._body, end)
            if semicolon is not None:
                yield Edit(start, semicolon.end(), b"")
            else:
                before = len(self._body[line:start].rstrip(b" \t;"))
                yield Edit(line + before, end, b"")
        elif behind[1] is not None:
            yield Edit(start, behind.start(1), b"")
        else:
            self._gone.append(_Lines(line, behind.end()))

    # -- what goes

    def _with_blank_lines(self, lines: _Lines) -> tuple[int, int]:
        """The span that goes with whole lines: as many blank lines are left as there were on the fuller side."""
        first, last = self._blank_before(lines.start), self._blank_after(lines.end)
        if last == len(self._body):
            content = len(self._body[:first].rstrip(b"\r\n"))
            if content == 0:
                return 0, len(self._body)
            return content, lines.end
        next_line = self._next_line(lines.end)
        if first == 0:
            return 0, last
        before, after = self._body.count(b"\n", first, lines.start), self._body.count(b"\n", next_line, last)
        return (lines.start, last) if before >= after else (first, next_line)

    def _next_line(self, offset: int) -> int:
        found = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)").match(self._body, offset)
        return found.end() if found is not None else offset

    def _blank_before(self, start: int) -> int:
        """Where the blank lines before an offset (the start of a line) begin."""
        while start > 0:
            line = self._line_start(len(self._body[:start].removesuffix(b"\n").removesuffix(b"\r")))
            if self._body[line:start].strip(b" \t\r\n"):
                break
            start = line
        return start

    def _blank_after(self, end: int) -> int:
        """Where the blank lines behind the line of an offset end."""
        at = self._next_line(end)
        while at < len(self._body):
            following = self._next_line(at)
            if self._body[at:following].strip(b" \t\r\n"):
                break
            at = following
        return at

    # -- what comes

    def _inserted(self) -> Iterator[Edit]:
        """The import statements for the head, and the definition."""
        head = [self._plain(each.encode()) for each in self._part.head]
        typing = [each.encode() for each in self._part.typing]
        if typing:
            yield from self._typing(typing, head)
        if head:
            yield self._head(self._head_end(), head)
        if self._part.block:
            yield self._block(self._plain(self._part.block))

    def _is_left(self) -> bool:
        """Whether anything stays of the text."""
        left = self._body
        for lines in reversed(list(_joined(self._gone, self._body))):
            left = left[: lines.start] + left[lines.end :]
        return bool(left.strip())

    def _anew(self) -> Iterator[Edit]:
        """What comes in place of a text of which nothing stays."""
        head = [self._plain(each.encode()) for each in self._part.head]
        if self._part.typing:
            yield from self._typing([each.encode() for each in self._part.typing], head)
        block = self._plain(self._part.block)
        content = self._line_end.join(head) + (self._line_end * 3 if head and block else b"") + block
        if self._body or content:
            yield Edit(0, len(self._body), content + self._line_end if content else b"")

    def _plain(self, block: bytes) -> bytes:
        return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", self._line_end)

    def _head_end(self) -> ast.stmt | None:
        """The statement after which imports belong, None where there is none."""
        found: ast.stmt | None = None
        removed = self._part.removed or (-1, -1)
        for node in self._module.tree.body:
            match node:
                case _ if removed[0] <= self._module.span(node)[0] < removed[1]:
                    break
                case _ if self._goes(node):
                    pass
                case ast.Import() | ast.ImportFrom():
                    found = node
                case ast.Expr(value=ast.Constant(value=str())) if node is self._module.tree.body[0]:
                    found = node
                case ast.Assign(targets=[ast.Name(id=name)]) if name.startswith("__") and name.endswith("__"):
                    pass
                case ast.If() | ast.Try() if _holds_imports_only(node):
                    pass
                case _:
                    break
        return found

    def _head(self, place: ast.stmt | None, texts: Sequence[bytes]) -> Edit:
        joined = self._line_end.join(texts)
        if place is None:
            joined = joined.lstrip(b"\r\n")
            first = self._first()
            if first is None:
                return self._head_alone(joined)
            at = self._module.line_starts[comments_above(self._module, first_line(first)) - 1]
            blank = 3 if isinstance(first, _DEFINING) else 2
            return Edit(at, at, joined + self._line_end * blank)
        end = self._next_line(self._module.span(place)[1])
        at = len(self._body[:end].rstrip(b"\r\n"))
        future = isinstance(place, ast.ImportFrom) and place.module == "__future__"
        apart = future or not isinstance(place, (ast.Import, ast.ImportFrom))
        text = self._line_end * (2 if apart else 1) + joined
        following = self._next_line(end)
        if apart and end < len(self._body) and self._body[end:following].strip():
            text += self._line_end
        return Edit(at, at, text)

    def _first(self) -> ast.stmt | None:
        """The first statement that stays."""
        start, end = self._part.removed or (-1, -1)
        stays = (node for node in self._module.tree.body if not start <= self._module.span(node)[0] < end)
        return next((node for node in stays if not self._goes(node)), None)

    def _goes(self, node: ast.stmt) -> bool:
        """Whether a statement is an import that goes, or guards nothing else."""
        if isinstance(node, ast.If) and if_context(node.test) == "typing" and not node.orelse:
            return all(self._module.span(inner)[0] in self._dropping for inner in node.body)
        return self._module.span(node)[0] in self._dropping

    def _head_alone(self, joined: bytes) -> Edit:
        """Import statements for a module of which nothing but comments is left."""
        gone = list(_joined(self._gone, self._body))
        above = self._body[: self._blank_before(gone[0].start)] if gone else self._body
        content = len(above.rstrip(b" \t\r\n"))
        if content:
            return Edit(content, content, self._line_end * 2 + joined)
        return Edit(0, 0, joined + (self._line_end if self._body.endswith((b"\r", b"\n")) else b""))

    def _typing(self, typing: Sequence[bytes], head: list[bytes]) -> Iterator[Edit]:
        for node in self._module.tree.body:
            if isinstance(node, ast.If) and if_context(node.test) == "typing":
                last = node.body[-1]
                end = self._module.span(last)[1]
                behind = _COMMENT.match(self._body, end)
                at = behind.end() if behind is not None else end
                indent = self._body[self._line_start(self._module.span(last)[0]) : self._module.span(last)[0]]
                yield Edit(at, at, b"".join(self._line_end + indent + each for each in typing))
                return
        lines = [b"", b"if TYPE_CHECKING:", *(b"    " + each for each in typing)]
        head += lines

    def _block(self, block: bytes) -> Edit:
        body = self._module.tree.body
        defining = is_function_or_class(block)
        target = next(
            (node for node in body if self._module.line_starts[first_line(node) - 1] == self._part.before), None
        )
        if target is None and body and isinstance(body[-1], ast.If) and if_context(body[-1].test) == "main":
            target = body[-1]
        if target is None:
            at = len(self._body.rstrip(b" \t\r\n"))
            apart = defining or isinstance(body[-1], _DEFINING)
            return Edit(at, at, self._line_end * (3 if apart else 2) + block)
        at = self._module.line_starts[comments_above(self._module, first_line(target)) - 1]
        first = self._blank_before(at)
        blank = self._body.count(b"\n", first, at)
        lead = self._line_end * max(0, (2 if defining else 1) - blank) if first else b""
        return Edit(at, at, lead + block + self._line_end * (3 if defining or isinstance(target, _DEFINING) else 2))


def _holds_imports_only(node: ast.If | ast.Try) -> bool:
    """Whether a compound statement is about imports: it belongs to the head of a module."""
    return any(isinstance(inner, (ast.Import, ast.ImportFrom)) for block, _word in blocks(node) for inner in block)


def _joined(gone: Sequence[_Lines], body: bytes) -> Iterator[_Lines]:
    """Lines that go, those that only blank lines lie between as one."""
    found = sorted(gone)
    if not found:
        return
    at = found[0]
    for _earlier, each in pairwise(found):
        if body[at.end : each.start].strip(b" \t\r\n"):
            yield at
            at = each
        else:
            at = _Lines(at.start, each.end)
    yield at


def _line_end(body: bytes) -> bytes:
    return b"\r\n" if body.count(b"\r\n") * 2 > body.count(b"\n") else b"\n"
