"""What a module of tests may replace while tests of other modules run, by its text.

Where a call says what it replaces (`patch("shop.Orders.save")`, `setattr(Orders, "save", ...)`), that is known with its
owner.  Near any other word of that kind all strings count that may be names: they may stand in a list that a loop goes
through, or be handed to a helper.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from codemods.asyncmock_await.calls.facts import Replaced
from codemods.asyncmock_await.calls.module.fixtures import EVERYTHING
from codemods.asyncmock_await.calls.module.references import SETS_ANY_NAME, goes_through_all, is_of_tests
from codemods.asyncmock_await.calls.module.scan import bound_names, nodes_of
from codemods.asyncmock_await.doubles.attributes import SET
from codemods.asyncmock_await.imported_within import imported_within
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

_REPLACING = (b"patch", b"setattr", b"vars(", b"__dict__")
_BEFORE, _BEHIND = 200, 300
"""So far before and behind such a word the names are looked for: it may stand in a loop that goes through them."""

_BY_ASYNC_MOCK = rb"""(?=(\s*,\s*(?:new(?:_callable)?=)?(?:\w+\.)*AsyncMock\b)?)"""
_QUOTED = re.compile(rb"""["'](?:[\w.{}%]*\.)?([A-Za-z_]\w*)["']""" + _BY_ASYNC_MOCK)
_OF_TARGET = rb"""\(\s*["']([A-Za-z_][\w.]*)\.([A-Za-z_]\w*)["'](?=\s*[,)])""" + _BY_ASYNC_MOCK
_OF_OBJECT = rb"""\(\s*([A-Za-z_][\w.]*)\s*,\s*["']([A-Za-z_]\w*)["'](?=\s*[,)])""" + _BY_ASYNC_MOCK
_TARGETS = tuple(re.compile(word + _OF_TARGET) for word in (rb"patch(?<!\wpatch)", rb"setattr(?<!\wsetattr)"))
_OBJECTS = tuple(
    re.compile(word + _OF_OBJECT)
    for word in (rb"patch\.object(?<!\wpatch\.object)", rb"setattr(?:(?<!\wsetattr)|(?<=(?<!\w)__setattr))(?:__)?")
)
"""What begins with letters is searched as fast as these alone."""

_INERT = re.compile(
    rb"""patch\.(?:(?:setenv|delenv|setattr|delattr|setitem|delitem|chdir|syspath_prepend|undo|context)\("""
    rb"""|dict\(\s*["']?(?:os\.environ|sys\.modules)\b)"""
)
"""What begins with `patch` and either replaces no attribute, or has another word that is looked at itself."""

_IMPORT = re.compile(rb"[ \t]*(?:from|import)[ \t][^\n]*\bpatch\b(?![ \t]+as\b)")
_DEFINITION = re.compile(rb"[ \t]*(?:async[ \t]+)?def[ \t]+\w+\([^()\n]*\bmonkeypatch\b")
_SET = re.compile(SET.pattern + rb"([ \t]*+(?:\w+\.)?AsyncMock\()?")
_OWNER = re.compile(rb"(?<![\w.)\]])[A-Za-z_][\w.]*\Z")
_KEYWORD = re.compile(rb"[(,][ \t\r\n]*([a-z_]\w*)=")
_SET_MODULES = re.compile(rb"sys\.modules(?:\[[^\]\n]*\][ \t]*=(?!=)|\.(?:setdefault|update)\()")
_MODULES = re.compile(_SET_MODULES.pattern + rb"|sys\.modules[\"']?[ \t]*,")
"""The table of modules is written to, or handed to what does (`patch.dict(sys.modules, ...)`).

A test module counts only where it writes by itself: what a test patches is what it was again when it ends, and names
that functions import are not followed there.
"""

_EXACT_MODULE = re.compile(
    rb"""sys\.modules(?:\[\s*["']([\w.]+)["']\s*\]\s*=|\.setdefault\(\s*["']([\w.]+)["']"""
    rb"""|["']?\s*,\s*["']([\w.]+)["']\s*,)"""
)
_EXACT_MODULES = re.compile(rb"""sys\.modules(?:["']?\s*,\s*|\.update\(\s*)(\{[^{}]*\})\s*[,)]""")
"""What is put into the table stands there: as the one key, or as the keys of a literal dict."""

_FAR_TARGET = re.compile(
    rb"""\bmonkeypatch\.setattr\([ \t\r\n]*[A-Za-z_][\w.]*[ \t\r\n]*,[ \t\r\n]*(?![\w.]+[ \t\r\n]*,)[^"'\s]"""
    rb"""|(?<![\w.])(?:mock\.|mocker\.)?patch\([ \t\r\n]*[A-Za-z_][\w.]*[ \t\r\n]*[,)]"""
)
"""What is replaced is named by a name: what that says stands elsewhere."""

_DOTTED = re.compile(rb"""["']([A-Za-z_][\w.]*)["']""")
_MULTIPLE = b"patch.multiple"
_OWN = (b".start()", b"autouse")
"""What the set-up of a test module says that replaces something for the modules whose classes derive from its own."""


def replaced_in(module: Module, names: ModuleNames) -> tuple[Replaced, ...]:
    """All that a module of tests may replace while tests of other modules run, each once.

    `EVERYTHING` is among the names where all that something has may be replaced.
    """
    search = _Search(module, names)
    if is_of_tests(module.source.path) and not any(word in module.source.body for word in _OWN):
        found = search.modules(_SET_MODULES)
    else:
        found = search.all()
    once = {(each.name, each.kind, each.owner, each.asynchronous): each for each in found}
    return tuple(sorted(once.values(), key=lambda each: (each.line, each.name)))


class _Search:
    """Looks through one module."""

    def __init__(self, module: Module, names: ModuleNames) -> None:
        self._module = module
        self._names = names
        self._body = module.source.body
        self._bound: dict[ast.stmt, frozenset[str]] = {}

    def all(self) -> Iterator[Replaced]:
        """All that is replaced."""
        for match in _SET.finditer(self._body):
            yield self._assigned(match)
        yield from self.modules(_MODULES)
        for match in SETS_ANY_NAME.finditer(self._body) if b"setattr(" in self._body else ():
            if goes_through_all(self._body, match.start()):
                yield Replaced(EVERYTHING, self._line(match.start()), "member")
        at = self._body.find(b"__globals__")
        if at >= 0:
            yield Replaced(EVERYTHING, self._line(at), "member")
        for match in _FAR_TARGET.finditer(self._body) if b"patch" in self._body or b"setattr" in self._body else ():
            yield Replaced(EVERYTHING, self._line(match.start()), "member")
        exact = [match for pattern in (*_TARGETS, *_OBJECTS) for match in pattern.finditer(self._body)]
        yield from map(self._called, exact)
        told = sorted(match.span() for match in exact)
        for word in _REPLACING:
            at = self._body.find(word)
            while at >= 0:
                if not self._is_told(at, word, told):
                    yield from self._near(at, told)
                at = self._body.find(word, at + len(word))

    def modules(self, writes: re.Pattern[bytes]) -> Iterator[Replaced]:
        """The modules in whose place something else is put: as it says, or by all strings near the table of modules."""
        for match in writes.finditer(self._body):
            start, end = max(0, match.start() - _BEFORE), match.end() + _BEHIND
            for each in _keys(self._body, match.start()) or _DOTTED.findall(self._body, start, end):
                if each != b"sys.modules":
                    yield Replaced(each.decode(), self._line(match.start()), "module")

    def _called(self, match: re.Match[bytes]) -> Replaced:
        """What a call says that it replaces."""
        owner, name, by_async = match.groups()
        line = self._line(match.start())
        if match.re in _TARGETS:
            return Replaced(name.decode(), line, "target", owner.decode(), by_async is not None)
        return self._of_object(name.decode(), line, owner.decode(), match.start(), asynchronous=by_async is not None)

    def _assigned(self, match: re.Match[bytes]) -> Replaced:
        """What an assignment replaces."""
        name, line = match[1].decode(), self._line(match.start())
        owner = _OWNER.search(self._body, max(0, match.start() - _BEFORE), match.start())
        asynchronous = match[2] is not None
        if owner is None:
            return Replaced(name, line, "member", "", asynchronous)
        if owner[0] == b"self":
            return Replaced(name, line, "self", "", asynchronous)
        return self._of_object(name, line, owner[0].decode(), match.start(), asynchronous=asynchronous)

    def _of_object(self, name: str, line: int, owner: str, at: int, *, asynchronous: bool) -> Replaced:
        """An attribute of what a name stands for: where that is none of the module all the while, nobody knows it."""
        if self._is_of_module(owner.partition(".")[0], at):
            return Replaced(name, line, "object", owner, asynchronous)
        return Replaced(name, line, "member", "", asynchronous)

    def _is_of_module(self, name: str, at: int) -> bool:
        """Whether a name means the same at an offset as anywhere in the module."""
        if not (name in self._names.bindings or name in self._within) or name in self._names.global_names:
            return False
        around = (each for each in self._module.tree.body if _holds(self._module.whole_span(each), at))
        node = next(around, None)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return node is not None
        return name not in self._bound_in(node)

    def _bound_in(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> frozenset[str]:
        """The names that a function or class binds, but for those that only functions import: these mean the same."""
        found = self._bound.get(node)
        if found is None:
            self._module.read_all([node])
            imports = {
                part
                for part in nodes_of(node)
                if isinstance(part, ast.alias) and (part.asname or part.name.partition(".")[0]) in self._within
            }
            found = self._bound[node] = frozenset(bound_names(node, besides=imports))
        return found

    @cached_property
    def _within(self) -> frozenset[str]:
        return frozenset(imported_within(self._names, self._body))

    def _is_told(self, at: int, word: bytes, told: list[tuple[int, int]]) -> bool:
        """Whether it is known what a word replaces that may replace something, or that it replaces nothing."""
        if any(start <= at < end for start, end in told) or self._body[at - 3 : at] == b"dis":
            return True
        if word != b"patch":
            return False
        line = self._body.rfind(b"\n", 0, at) + 1
        if self._body[line:at].lstrip()[:1] == b"#":
            return True
        before = (_IMPORT.match(self._body, line), _DEFINITION.match(self._body, line))
        said = any(match is not None and match.end() > at for match in before)
        return said or _INERT.match(self._body, at) is not None

    def _near(self, at: int, told: list[tuple[int, int]]) -> Iterator[Replaced]:
        """All that strings near a word name, but for those of calls that say themselves what they replace."""
        start, end = max(0, at - _BEFORE), at + _BEHIND
        for match in _QUOTED.finditer(self._body, start, end):
            if not any(first <= match.start() < last for first, last in told):
                yield Replaced(match[1].decode(), self._line(at), "member", "", match[2] is not None)
        if self._body.startswith(_MULTIPLE, at):
            for match in _KEYWORD.finditer(self._body, at, end):
                yield Replaced(match[1].decode(), self._line(at), "member")

    def _line(self, at: int) -> int:
        return self._module.place(at)[0]


def _keys(body: bytes, at: int) -> list[bytes]:
    """The modules that are put into the table which is named at an offset; none where that doesn't stand there."""
    one = _EXACT_MODULE.match(body, at)
    if one is not None:
        return [each for each in one.groups() if each is not None]
    several = _EXACT_MODULES.match(body, at)
    return _literal_keys(several[1]) if several is not None else []


def _literal_keys(text: bytes) -> list[bytes]:
    """The keys of a dict as it is written; none where one isn't a string."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return []
    keys = node.keys if isinstance(node, ast.Dict) else ()
    found = [each.value.encode() for each in keys if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return found if len(found) == len(keys) else []


def _holds(span: tuple[int, int], at: int) -> bool:
    return span[0] <= at < span[1]
