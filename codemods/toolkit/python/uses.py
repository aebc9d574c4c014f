"""Uses of one definition in a module: calls, other reads, and imports by its name, as records.

The first half of "wherever it is used": `uses_of` sees the syntax of one module and finds what *may* be a use, by its
last name.  What it leads to is for `definition.Definition` to say, once the whole project is known.

Not seen are names in strings (`mock.patch("shop.mail.send")`, quoted annotations) and attributes of anything but a
chain of names (`factory().send`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from codemods.toolkit.python.collect_names import dotted_name, holds_line, lines_of
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.spelled import Spelled, last_name_at, spelled_at
from codemods.toolkit.python.words import as_identifiers

_GAP = re.compile(rb"#[^\r\n]*|[\s\\]+|.", re.DOTALL)
_FIRST_NAME = re.compile(r"\w+")


class Argument(msgspec.Struct, frozen=True, array_like=True):
    """One argument of a call, with the parentheses around it.

    `name` is that of a keyword, "" for a positional argument, "*" or "**" for one that is unpacked.  `start` and `end`
    are its span, `name_end` is where the name of a keyword ends (`start` for the others).
    """

    name: str
    start: int
    end: int
    name_end: int


Kind = Literal["call", "name", "alias", "import"]
"""What a use is (see `Use`)."""


class Use(msgspec.Struct, frozen=True, array_like=True):
    """A name, or a chain of names, that may lead to the definition.

    `kind` is `call` (`mail.send(...)`, then there are `arguments`), `import` (`from mail import send`), `alias` (the
    whole value of an assignment at the top level, `deliver = mail.send`) or `name` (any other read).  `names` is the
    chain, `start` and `end` its span, `last` where its last name starts; for an import they mean the name that is
    imported, and `asname` is the name after `as` ("" where there is none).

    `meaning` is what it is by its module.
    """

    kind: Kind
    names: tuple[str, ...]
    line: int
    column: int
    start: int
    end: int
    last: int
    arguments: tuple[Argument, ...] = ()
    asname: str = ""
    meaning: Spelled = Spelled()

    @property
    def spelled(self) -> str:
        """The chain as one word."""
        return ".".join(self.names)


Uses: TypeAlias = tuple[Use, ...]


def mentions(body: bytes, definition: str) -> bool:
    """Whether a text can use a definition (`shop.mail.send`) by its own name: a search in the bytes."""
    return as_identifiers([definition.rpartition(".")[2]]).search(body) is not None


def uses_of(module: Module, definition: str, words: Collection[str] = ()) -> Uses:
    """All that may use a definition (`shop.mail.send`) in a module, by its own name or as one of `words`.

    `words` are other names of it in the project, as `definition.aliases` finds them.
    """
    wanted = frozenset({definition.rpartition(".")[2], *words})
    nodes = list(_nodes(module.tree, lines_of(module, as_identifiers(wanted))))
    found = [*_imported(module, wanted, nodes), *_reads(module, wanted, nodes)]
    meanings = spelled_at(module, (use.last for use in found))
    told = (msgspec.structs.replace(use, meaning=meanings[use.last]) for use in found)
    return tuple(sorted(told, key=lambda use: (use.start, use.end)))


def _nodes(tree: ast.Module, lines: Sequence[int]) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The nodes that one of these lines lies within, each with its parent."""
    stack: list[ast.AST] = [tree] if lines else []
    while stack:
        parent = stack.pop()
        for node in ast.iter_child_nodes(parent):
            if not isinstance(node, (ast.stmt, ast.expr)) or holds_line(node, lines):
                yield node, parent
                stack.append(node)


def _imported(module: Module, wanted: Collection[str], nodes: Sequence[tuple[ast.AST, ast.AST]]) -> Iterator[Use]:
    for alias, node in nodes:
        if isinstance(alias, ast.alias) and isinstance(node, ast.ImportFrom) and alias.name in wanted:
            start = module.span(alias)[0]
            end = start + _length(module, *module.span(alias))
            place = (alias.lineno, alias.col_offset)
            yield Use("import", (alias.name,), *place, start, end, start, asname=alias.asname or "")


def _reads(module: Module, wanted: Collection[str], nodes: Sequence[tuple[ast.AST, ast.AST]]) -> Iterator[Use]:
    for node, parent in nodes:
        if isinstance(node, (ast.Attribute, ast.Name)) and isinstance(node.ctx, ast.Load):
            names = tuple(dotted_name(node).split("."))
            if names[-1] in wanted:
                yield _read(module, node, parent, names)


def _read(module: Module, node: ast.expr, parent: ast.AST, names: tuple[str, ...]) -> Use:
    start, end = module.span(node)
    kind: Kind = "name"
    arguments: tuple[Argument, ...] = ()
    if isinstance(parent, ast.Call) and parent.func is node:
        kind, arguments = "call", tuple(arguments_of(module, parent))
    elif _is_alias(module, node, parent):
        kind = "alias"
    return Use(kind, names, node.lineno, node.col_offset, start, end, last_name_at(module, node), arguments)


def _length(module: Module, start: int, end: int) -> int:
    """How many bytes the name at the beginning takes as it is written: the parser gives it in another form (NFKC)."""
    found = _FIRST_NAME.match(module.source.body[start:end].decode())
    return len(found[0].encode()) if found else 0


def _is_alias(module: Module, node: ast.expr, parent: ast.AST) -> bool:
    match parent:
        case ast.Assign(value=value, targets=targets) if parent in module.tree.body:
            return value is node and all(isinstance(target, ast.Name) for target in targets)
    return False


def arguments_of(module: Module, call: ast.Call) -> Iterator[Argument]:
    """The arguments of a call in the order of the source.

    Between two of them there are only commas, parentheses, comments and white space, so that no string has to be
    understood.
    """
    body, close = module.source.body, module.span(call)[1] - 1
    at = next(start for start, token in _tokens(body, module.span(call.func)[1], close) if token == b"(") + 1
    nodes: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    for node in sorted(nodes, key=lambda each: (each.lineno, each.col_offset)):
        start = next(offset for offset, _token in _tokens(body, at, close))
        # The span of a generator that is the only argument takes in the parentheses of the call.
        end = at = min(module.span(node)[1], close)
        for offset, token in _tokens(body, end, close):
            at = offset + 1
            if token == b",":
                break
            end = at
        name, length = _name(module, node, start, end)
        yield Argument(name, start, end, start + length)


def _tokens(body: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """The characters between two offsets that are neither white space nor comment, with their offsets."""
    for match in _GAP.finditer(body, start, end):
        if not match[0].startswith(b"#") and match[0].strip(b" \t\f\v\r\n\\"):
            yield match.start(), match[0]


def _name(module: Module, node: ast.expr | ast.keyword, start: int, end: int) -> tuple[str, int]:
    """The name of an argument, and how many bytes it takes."""
    match node:
        case ast.keyword(arg=None):
            return "**", 0
        case ast.keyword(arg=str() as name):
            return name, _length(module, start, end)
        case ast.Starred():
            return "*", 0
    return "", 0
