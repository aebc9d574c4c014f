"""Where a module mentions the definition in question, whether or not the query has an eye for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import msgspec

from codemods.engines.facts import Form, Mention
from codemods.toolkit.python.collect_names import last_part
from codemods.toolkit.python.names import Import, ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.spelled import Spelled, last_name_at, spelled_at

_BEFORE_NAME = re.compile(rb"(?:async\s+)?(?:def|class)\s+")
_BY_STRING = frozenset({"getattr", "setattr", "hasattr", "delattr", "object"})
"""Functions that take an object and the name of an attribute: the built-in ones, `mock.patch.object` and
`monkeypatch.setattr`."""


class _Place(NamedTuple):
    """Where a word stands, and as what; `end` is that of a definition, `of` the object that a string is about."""

    offset: int
    form: Form
    end: int = 0
    of: int = -1


def mentions_in(
    module: Module, names: ModuleNames, words: frozenset[str], seen: Collection[int] = frozenset()
) -> tuple[Mention, ...]:
    """All places where one of these words stands as a name, in `__all__`, or in a string that names something.

    Such strings are dotted names, as `mock.patch("package.module.name")` and settings files in Python have them,
    annotations, and attributes in `getattr(thing, "name")`.  `seen` are the offsets of the names that an engine looked
    at.
    """
    places = sorted({place.offset: place for place in _places(module, words)}.values())
    meanings = spelled_at(module, {place.of if place.of >= 0 else place.offset for place in places})
    found = [*_dotted_strings(module, words), *_in_annotations(module, words)]
    for export in names.exports or ():
        if export.name in words:
            offset = module.source.body.find(export.name.encode(), export.start, export.end)
            found.append((_Place(offset, "export"), Spelled((export.name,))))
    found += ((place, _spelled(module, place, meanings)) for place in places)
    each_once = {place.offset: (place, spelled) for place, spelled in found}
    return tuple(
        _mention(module, place, spelled, place.offset in seen)
        for _, (place, spelled) in sorted(each_once.items())
        if not spelled.is_local
    )


def _mention(module: Module, place: _Place, spelled: Spelled, seen: bool) -> Mention:
    return Mention(place.offset, *module.place(place.offset), spelled, place.form, seen, max(place.offset, place.end))


def _places(module: Module, words: frozenset[str]) -> Iterator[_Place]:
    """The names in question.  Of a call its function comes last, so that it is known as one."""
    for node in ast.walk(module.tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node.name in words:
                before = _BEFORE_NAME.match(module.source.body, module.span(node)[0])
                if before is not None:
                    yield _Place(before.end(), "definition", _head_end(module, node, before.end()))
            case ast.Name() if node.id in words:
                yield _Place(module.span(node)[0], "name" if isinstance(node.ctx, ast.Load) else "definition")
            case ast.Attribute() if node.attr in words:
                yield _Place(last_name_at(module, node), "name")
            case ast.ImportFrom():
                yield from (_Place(module.span(alias)[0], "import") for alias in node.names if alias.name in words)
            case ast.Call():
                yield from _named_by_string(module, node, words)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and last_part(node.func) in words:
            yield _Place(last_name_at(module, node.func), "call")


def _head_end(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, start: int) -> int:
    """Where the colon of a definition stands."""
    parts: list[ast.AST | None]
    parts = [*node.bases, *node.keywords] if isinstance(node, ast.ClassDef) else [node.returns]
    parts += [] if isinstance(node, ast.ClassDef) else ast.iter_child_nodes(node.args)
    ends = [module.span(part)[1] for part in parts if isinstance(part, (ast.expr, ast.arg, ast.keyword))]
    return module.source.body.find(b":", max([start, *ends]), module.span(node.body[0])[0])


def _named_by_string(module: Module, call: ast.Call, words: frozenset[str]) -> Iterator[_Place]:
    """The name of an attribute in `getattr(thing, "name")`."""
    match call.args:
        case [owner, ast.Constant(value=str(name)) as constant, *_] if name in words:
            offset = module.source.body.find(name.encode(), *module.span(constant))
            if last_part(call.func) in _BY_STRING and offset >= 0:
                yield _Place(offset, "string", of=last_name_at(module, owner))


def _spelled(module: Module, place: _Place, meanings: Mapping[int, Spelled]) -> Spelled:
    """What stands at a place; the attribute that a string names is one of what its object is."""
    if place.of < 0:
        return meanings[place.offset]
    of = meanings[place.of]
    if of.local or not of.names:
        return Spelled(reason="whose attribute it is can't be told")
    word = re.compile(rb"\w*").match(module.source.body, place.offset)
    name = word[0].decode() if word is not None else ""
    return msgspec.structs.replace(of, names=(*of.names, name))


def _dotted_strings(module: Module, words: frozenset[str]) -> Iterator[tuple[_Place, Spelled]]:
    """Strings that are a dotted name and nothing else, with the offset of its last part."""
    body = module.source.body
    if not any(b"." + word.encode() in body for word in words):
        return
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        first, *rest = node.value.split(".")
        if rest and rest[-1] in words and all(part.isidentifier() for part in (first, *rest)):
            offset = body.rfind(rest[-1].encode(), *module.span(node))
            if offset >= 0:
                yield _Place(offset, "string"), Spelled((first, *rest), (Import(0, first, ""),))


def _in_annotations(module: Module, words: frozenset[str]) -> Iterator[tuple[_Place, Spelled]]:
    """Names in annotations that are strings, and in the first argument of `typing.cast`."""
    pattern = re.compile(r"(?<![\w.])(?:\w+\.)*(?:" + "|".join(map(re.escape, sorted(words))) + r")\b")
    for constant in _annotation_strings(module.tree):
        start, end = module.span(constant)
        text = module.source.body[start:end].decode()
        for match in pattern.finditer(text):
            names = tuple(match[0].split("."))
            offset = start + len(text[: match.end()].encode()) - len(names[-1].encode())
            yield _Place(offset, "string"), Spelled(names)


def _annotation_strings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                yield from _strings_of_types(annotation)
            case (
                ast.FunctionDef(returns=ast.expr() as annotation)
                | ast.AsyncFunctionDef(returns=ast.expr() as annotation)
            ):
                yield from _strings_of_types(annotation)
            case ast.Call(func=function, args=[annotation, *_]) if last_part(function) == "cast":
                yield from _strings_of_types(annotation)


def _strings_of_types(node: ast.expr) -> Iterator[ast.Constant]:
    """The strings in an annotation, but for those that are values."""
    if isinstance(node, ast.Subscript) and last_part(node.value) == "Literal":
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from _strings_of_types(child)
