"""Strings, comments, and attributes of unknown things in one module that may mean the definition or its old place."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from codemods.rope_move.facts import Quoted, QuotedKind, Unknown
from codemods.rope_move.uses import LOOKUPS, PATCHES, is_annotation, plain, replaces_others
from codemods.toolkit.python.collect_names import dotted_name, last_part
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION, Use

_IMPORTS = frozenset({
    "import_string", "import_from_string", "import_object", "import_attr", "load_object", "locate", "resolve_name",
    "import_by_path", "symbol_by_name",
})  # fmt: skip
"""Functions that import what a string names: of Django, Werkzeug, uvicorn, Tornado, Scrapy, pydoc, pkgutil, Celery."""

_MODULES = frozenset({"import_module", "__import__"})
_BY_STRING = re.compile(rb"import_module|__import__|sys\.modules|" + "|".join(sorted(_IMPORTS)).encode())
_WORDS = re.compile(rb"['\"](\.*[^\W\d][\w.]*)['\"]")
_EXAMPLE = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(.*)$", re.MULTILINE)


class Strings:
    """The search in one module for `name` of a module whose last part is `stem`.

    `uses` are the names and strings in the lines that matter; `known` are the names that its imports bind, and further
    words that are looked for.
    """

    def __init__(
        self, module: Module, name: str, stem: str, uses: Sequence[Use], known: tuple[frozenset[str], frozenset[str]]
    ) -> None:
        self._module = module
        self._name = name
        self._stem = stem
        self._uses = uses
        self._imported, words = known
        self._words = words | {name, stem}
        place = rf"{re.escape(stem)}[.:]{re.escape(name)}"
        statement = rf"from\s+[\w.]*\b{re.escape(stem)}\s+import\b[^\r\n]*\b{re.escape(name)}"
        self._place = re.compile(rf"(?<!\w)(?:{place}|{statement})(?!\w)")
        self._end = re.compile(rf"(?:^|[}})]|%s)[.:]{re.escape(name)}(?=$|[.:])")
        self._begin = re.compile(rf"(?:[\w.]+\.)?{re.escape(stem)}(?:[.:](?:%s|\{{\w*\}})?|\.__dict__)")

    def quoted(self) -> Iterator[Quoted]:
        """Strings and comments that hold the old place, or the name alone."""
        for use in self._uses:
            if isinstance(use.node, ast.Constant) and isinstance(use.node.value, str) and not is_annotation(use):
                yield from self._string(use, use.node, use.node.value)
        if re.search(rb"#.*" + self._place.pattern.encode(), self._module.source.body):
            yield from self._comments()
        yield from self._bytes()

    def _string(self, use: Use, node: ast.Constant, text: str) -> Iterator[Quoted]:
        start, inside = self._module.span(node)[0], plain(self._module, node, text)
        kind: QuotedKind = self._kind(use, node)
        if any(isinstance(each, ast.JoinedStr) for each in use.path):
            inside = None
        if ">>>" in text:
            examples = "\n".join(each[1] for each in _EXAMPLE.finditer(text))
            yield Quoted("doctest", examples, start, node.lineno, node.col_offset, plain=False)
        if kind in {"patch", "import"} and not self._words & set(re.split(r"[.:]", text)):
            return
        if kind == "string":
            found = self._meant(use, node, text)
            if found is None:
                return
            kind = found
        match use.path[-1]:
            case ast.Call(func=func) as call if kind == "patch" and last_part(func) == "multiple":
                text, inside = f"{text}.{self._name}", None if replaces_others(call, self._name) else inside
        at = start if inside is None else inside
        yield Quoted(kind, text, at, node.lineno, node.col_offset, inside is not None)

    def _meant(self, use: Use, node: ast.Constant, text: str) -> QuotedKind | None:
        """What a string of no known purpose may be, None where it has nothing to do with the definition."""
        if self._place.search(text) is not None:
            return "string" if re.fullmatch(r"[\w.:]+", text) else "prose"
        if text == self._name:
            if self._is_of_a_chain(use, node) or _is_export(use):
                return None
            return "end" if _is_put_behind(use, node) else "name"
        if self._end.search(text) is not None:
            return "end"
        return "begin" if self._begin.fullmatch(text) is not None else None

    def _is_of_a_chain(self, use: Use, node: ast.Constant) -> bool:
        """Whether a string is the attribute that a call looks up: in what a chain leads to, or in what is unknown."""
        match use.path[-1]:
            case ast.Call(func=func, args=[_, second, *_]) if second is node:
                return last_part(func) in LOOKUPS | PATCHES
        return False

    def _kind(self, use: Use, node: ast.Constant) -> QuotedKind:
        match use.path[-1]:
            case ast.Call(func=func, args=[first, *_]) as call if first is node:
                called = last_part(func)
                if called in PATCHES or (called == "multiple" and self._is_keyword(call)):
                    return "patch"
                if called in _IMPORTS:
                    return "import"
                if called in _MODULES and _takes(call, use.path[:-1], self._name):
                    return "module"
            case ast.keyword(arg="target") if _is_mock(use.path[-2]):
                return "patch"
        return "string"

    def _is_keyword(self, call: ast.Call) -> bool:
        """Whether a call of `patch.multiple` replaces the name."""
        return any(keyword.arg == self._name for keyword in call.keywords)

    def _comments(self) -> Iterator[Quoted]:
        text = io.StringIO(self._module.source.body.decode(), newline=None)
        for token in tokenize.generate_tokens(text.readline):
            if token.type == tokenize.COMMENT and self._place.search(token.string):
                line, column = token.start
                bytes_before = len(token.line[:column].encode())
                yield Quoted("comment", token.string, 0, line, bytes_before, plain=False)

    def _bytes(self) -> Iterator[Quoted]:
        """Bytes that hold both words: what pickle has written, say."""
        body, words = self._module.source.body, (self._stem.encode(), self._name.encode())
        if not re.search(rb"\b[rR]?[bB][rR]?['\"]", body):
            return
        for node in ast.walk(self._module.tree):
            match node:
                case ast.Constant(value=bytes() as value) if all(_holds(value, word) for word in words):
                    start = self._module.span(node)[0]
                    yield Quoted("end", self._name, start, node.lineno, node.col_offset, plain=False)

    def unknown(self) -> Iterator[Unknown]:
        """Attributes of the name, of something that no chain leads to."""
        word = re.escape(self._name.encode())
        if not re.search(rb"\.\s*" + word + rb"\b|['\"]" + word + rb"['\"]", self._module.source.body):
            return
        for node in ast.walk(self._module.tree):
            match node:
                case ast.Attribute(value=value, attr=self._name) if not _is_module_call(value):
                    pass
                case ast.Call(func=func, args=[value, ast.Constant(value=self._name), *_]) if last_part(
                    func
                ) in LOOKUPS | PATCHES and not _is_module_call(value):
                    pass
                case _:
                    continue
            root = dotted_name(value).partition(".")[0]
            if root not in {"self", "cls"} and (not root or root not in self._imported):
                yield Unknown(node.lineno, node.col_offset)

    def computed(self) -> bool:
        """Whether the module imports what is put together at run time."""
        body = self._module.source.body
        if not re.search(rb"import_module|__import__|sys\.modules", body):
            return False
        for node in ast.walk(self._module.tree):
            match node:
                case ast.Call(func=func, args=[first, *_]) if last_part(func) in _MODULES:
                    if not isinstance(first, ast.Constant):
                        return True
                case ast.Subscript(value=value, slice=key) if last_part(value) == "modules":
                    if not isinstance(key, ast.Constant) and last_part(key) != "__name__":
                        return True
        return False

    def words(self) -> frozenset[str]:
        """The strings that can be the name of a module, in a module that imports by strings."""
        body = self._module.source.body
        named = re.search(rb"['\"]" + re.escape(self._name.encode()) + rb"['\"]", body) is not None
        return frozenset(found.decode() for found in _WORDS.findall(body)) if named or self.by_string() else frozenset()

    def by_string(self) -> bool:
        """Whether the module imports by strings."""
        return _BY_STRING.search(self._module.source.body) is not None

    def namespaces(self) -> Iterator[Unknown]:
        """Where a module looks names up in its own namespace, which it has as a mapping or as an object."""
        lazy = {
            id(inner)
            for node in ast.walk(self._module.tree)
            if isinstance(node, (*FUNCTION, ast.Lambda))
            for inner in ast.walk(node)
        }
        for node in ast.walk(self._module.tree):
            match node:
                case ast.Call(func=ast.Name(id="globals"), args=[]):
                    yield Unknown(node.lineno, node.col_offset)
                case ast.Call(func=ast.Name(id="locals" | "vars" | "dir"), args=[]) if id(node) not in lazy:
                    yield Unknown(node.lineno, node.col_offset)
                case ast.Subscript(value=value, slice=ast.Name(id="__name__")) if dotted_name(value) == "sys.modules":
                    yield Unknown(node.lineno, node.col_offset)


def _holds(value: bytes, word: bytes) -> bool:
    return re.search(rb"(?<!\w)" + re.escape(word) + rb"(?!\w)", value) is not None


def _is_module_call(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=func, args=[ast.Constant(), *_]):
            return last_part(func) in _MODULES
    return False


def _takes(call: ast.Call, path: Sequence[ast.AST], name: str) -> bool:
    """Whether a name is taken from what a call returns: `call.name`, or `getattr(call, "name")`."""
    match [None, *path][-1]:
        case ast.Attribute(attr=attr):
            return attr == name
        case ast.Call(func=func, args=[first, ast.Constant(value=value), *_]):
            return first is call and last_part(func) in LOOKUPS and value == name
    return False


def _is_mock(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_part(node.func) in PATCHES


def _is_put_behind(use: Use, node: ast.Constant) -> bool:
    """Whether something is put before a string: `prefix + "name"`, `".".join([..., "name"])`."""
    match use.path[-2:]:
        case [_, ast.BinOp(op=ast.Add(), right=right)]:
            return right is node
        case [ast.Call(func=ast.Attribute(value=ast.Constant(value="."), attr="join")), ast.List() | ast.Tuple()]:
            return True
    return False


def _is_export(use: Use) -> bool:
    """Whether a string stands in a statement about `__all__`."""
    statements = (each for each in use.path if isinstance(each, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)))
    return any(isinstance(name, ast.Name) and name.id == "__all__" for each in statements for name in ast.walk(each))
