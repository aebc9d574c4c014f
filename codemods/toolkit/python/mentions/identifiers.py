"""The mentions of a word in the code of one module: identifiers, each with what it hangs on."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from codemods.toolkit.python.collect_names import dotted_name, last_part
from codemods.toolkit.python.mentions.expressions import Expressions
from codemods.toolkit.python.mentions.facts import Form, Mention, Ref
from codemods.toolkit.python.mentions.held import path_of
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION, Scope, arguments
from codemods.toolkit.python.words import as_identifiers

_BEFORE_NAME = re.compile(rb"(?:async\s+)?def[\s\\]+|class[\s\\]+")
_BEFORE_MODULE = re.compile(rb"from[\s\\]*[.\s\\]*")
_TYPE_PARAMETERS = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})
_AS = re.compile(rb"[\s\\]+as[\s\\]+")


class StringAt(NamedTuple):
    """A string constant with what is around it; `start` and `end` are its span."""

    node: ast.Constant | ast.JoinedStr
    path: tuple[ast.AST, ...]
    scope: Scope
    start: int
    end: int


class Mentions(Expressions):
    """Walks a module and keeps each mention of `old` in code, by its offset.

    `function` is the name of the function whose parameter `old` may be: what is called with it may hand keywords on.
    """

    def __init__(
        self, module: Module, old: str, wanted: frozenset[str], lines: Sequence[int], function: str = ""
    ) -> None:
        self._function_name = function
        self.module = module
        self.strings: list[StringAt] = []
        self._found: dict[int, Mention] = {}
        self._seen: list[tuple[ast.AST, tuple[ast.AST, ...], Scope]] = []
        self._news: list[tuple[ast.Name, Scope]] = []
        super().__init__(module, old, wanted, lines)
        self._of_node = {id(scope.node): scope for scope in self.scopes}
        self.new_reads: dict[int, int] = {}

    def _visit(self, node: ast.AST) -> None:
        self._seen.append((node, tuple(self._path), self._scope))
        super()._visit(node)

    def found(self) -> dict[int, Mention]:
        """All that are identifiers."""
        stated: set[int] = set()  # an annotation alone binds nothing, but says whose the name is
        for node, path, scope in self._seen:
            if isinstance(node, ast.ClassDef):
                self._class_keywords(node, scope)
            match node:
                case ast.AnnAssign(target=ast.Name(id=self.old) as target):
                    stated.add(id(target))
                case ast.Name(id=self.old) if id(node) in stated and scope.kind != "module":
                    ref = Ref("exact", (*path_of(scope), self.old))
                    self._put(self.module.span(node)[0], "name", ref, scope.index, scope.index)
                case ast.MatchClass() if self.old in node.kwd_attrs:
                    self._keyword_pattern(node, scope)
                case ast.Name(id=self.old) if isinstance(node.ctx, ast.Load) and self.old in scope.bindings:
                    self._put(self.module.span(node)[0], "name", *self.read_at(node, scope))
                case ast.Name(id=self.old):
                    self._put(self.module.span(node)[0], "name", *self.read(scope, self.old))
                case ast.Name() if node.id in self._known and isinstance(node.ctx, ast.Load):
                    self._news.append((node, scope))
                case ast.Attribute(attr=self.old):
                    self._attribute(node, scope)
                case ast.Call():
                    self._keywords(node, scope)
                case ast.ClassDef(name=self.old) | ast.FunctionDef(name=self.old) | ast.AsyncFunctionDef(name=self.old):
                    self._definition(node, scope)
                case ast.ImportFrom() | ast.Import():
                    self._imports(node, scope)
                case ast.Global() | ast.Nonlocal() if self.old in node.names:
                    self._listed(node, scope)
                case ast.ExceptHandler(name=self.old) | ast.MatchAs(name=self.old) | ast.MatchStar(name=self.old):
                    self._last_word(node, scope)
                case ast.MatchMapping(rest=self.old):
                    self._last_word(node, scope)
                case ast.Constant(value=str()) | ast.JoinedStr():
                    start, end = self.module.span(node)
                    self.strings.append(StringAt(node, path, scope, start, end))
            if isinstance(node, (*FUNCTION, ast.Lambda)):
                self._parameters(node)
            elif type(node).__name__ in _TYPE_PARAMETERS | {"TypeAlias"}:  # not in the ast of Python 3.11
                self._of_new_syntax(node, scope)
        return self._found

    def _of_new_syntax(self, node: ast.AST, scope: Scope) -> None:
        """The name of a type alias, or of a type parameter (PEP 695)."""
        name = getattr(node, "name", None)
        if isinstance(name, ast.Name) and name.id == self.old:
            self._put(self.module.span(name)[0], "definition", *self.read(scope, self.old))
        elif name == self.old:
            start = self.module.offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0))
            stars = {"ParamSpec": 2, "TypeVarTuple": 1}.get(type(node).__name__, 0)
            self._put(start + stars, "name", *self.read(scope, self.old))

    def mention(
        self, offset: int, form: Form, ref: Ref, *, scope: int = 0, variable: int = -1, firm: bool = False,
        bare: bool = False, called: str = "",
    ) -> Mention:  # fmt: skip
        """A mention at an offset."""
        line = bisect_right(self.module.line_starts, offset)
        column = offset - self.module.line_starts[line - 1]
        return Mention(offset, line, column, form, ref, scope, variable, firm, bare, called)

    def note_new_reads(self, new: str) -> None:
        """Find out which scopes see the new name from further out (the line, by scope)."""
        for node, scope in self._news:
            if node.id == new:
                at: Scope | None = scope
                binding = scope.lookup(new)
                while at is not None and at is not binding:
                    self.new_reads.setdefault(at.index, node.lineno)
                    at = at.parent

    def string_at(self, offset: int) -> StringAt | None:
        """The smallest string around an offset."""
        around = [each for each in self.strings if each.start <= offset < each.end]
        return min(around, key=lambda each: each.end - each.start, default=None)

    def _put(
        self, offset: int, form: Form, ref: Ref, scope: int, variable: int = -1, *, firm: bool = False,
        bare: bool = False, called: str = "",
    ) -> None:  # fmt: skip
        size = len(self.old.encode())
        # Columns within f-strings are not always right before Python 3.12.
        if self.module.source.body[offset : offset + size] == self.old.encode():
            self._found[offset] = self.mention(
                offset, form, ref, scope=scope, variable=variable, firm=firm, bare=bare, called=called
            )

    def _attribute(self, node: ast.Attribute, scope: Scope) -> None:
        start = self.module.span(node)[1] - len(self.old.encode())
        ref, firm = self.receiver(node.value, scope)
        self._put(start, "attribute", ref, scope.index, firm=firm)

    def _keywords(self, node: ast.Call, scope: Scope) -> None:
        for keyword in node.keywords:
            if keyword.arg != self.old:
                continue
            start = self.module.offset(keyword.lineno, keyword.col_offset)
            called = last_part(node.func)
            attribute = self.attribute_set(node, scope)
            if attribute is not None:
                self._put(start, "attribute", attribute, scope.index, called=called)
                continue
            ref, firm = self.callee(node.func, scope)
            if any(self._function_name and last_part(each) == self._function_name for each in node.args):
                reason = f"it may be handed on to `{self._function_name}`"
                ref, firm, called = Ref("unknown", reason=reason, via="keyword"), False, self._function_name
            self._put(start, "keyword", ref, scope.index, firm=firm, called=called)

    def _class_keywords(self, node: ast.ClassDef, scope: Scope) -> None:
        """Keywords of a class statement: they are handed to `__init_subclass__` of its base."""
        for keyword in node.keywords:
            if keyword.arg == self.old:
                root, *names = dotted_name(node.bases[0]).split(".") if node.bases else [""]
                ref = Ref("unknown", reason="what base class it is handed to can't be told", via="keyword")
                if root:
                    base = self.read(scope, root, tuple(names))[0]
                    ref = Ref(
                        base.how, base.names, base.level, base.module, "instance", "keyword", ("__init_subclass__",)
                    )
                start = self.module.offset(keyword.lineno, keyword.col_offset)
                self._put(start, "keyword", ref, scope.index, called="__init_subclass__")

    def _keyword_pattern(self, node: ast.MatchClass, scope: Scope) -> None:
        body, name = self.module.source.body, self.old.encode()
        pattern = node.kwd_patterns[node.kwd_attrs.index(self.old)]
        end = self.module.offset(pattern.lineno, pattern.col_offset)
        before = body[:end].rstrip().removesuffix(b"=").rstrip()
        dotted = dotted_name(node.cls)
        if before.endswith(name) and dotted:
            ref = self._in_scope(Ref("here", tuple(dotted.split(".")), via="instance"), scope)
            self._put(len(before) - len(name), "attribute", ref, scope.index)

    def _definition(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        start = self.module.offset(node.lineno, node.col_offset)
        before = _BEFORE_NAME.match(self.module.source.body, start)
        if before is not None:
            ref, _scope, variable = self.stored(scope)
            self._put(before.end(), "definition", ref, scope.index, variable)

    def stored(self, scope: Scope) -> tuple[Ref, int, int]:
        """What the word that is bound in a scope is."""
        return self.read(scope, self.old)

    def _imports(self, node: ast.ImportFrom | ast.Import, scope: Scope) -> None:
        body = self.module.source.body
        for alias in node.names:
            start, end = self.module.span(alias)
            variable = self.read(scope, self.old)[2]
            if isinstance(node, ast.ImportFrom):
                if alias.name == self.old:
                    ref = Ref("imported", (alias.name,), node.level, node.module or "")
                    bare = alias.asname is None
                    self._put(start, "import", ref, scope.index, variable if bare else -1, bare=bare)
            else:
                self._parts(start, alias.name, 0, scope)
                if alias.name == self.old and alias.asname is None:
                    ref = Ref("imported", (), 0, alias.name)
                    self._put(start, "module part", ref, scope.index, variable, bare=True)
            if alias.asname == self.old:
                self._put(end - len(self.old.encode()), "as", self.read(scope, self.old)[0], scope.index, variable)
        if isinstance(node, ast.ImportFrom) and node.module:
            before = _BEFORE_MODULE.match(body, self.module.span(node)[0])
            if before is not None:
                self._parts(before.end(), node.module, node.level, scope)

    def _parts(self, start: int, dotted: str, level: int, scope: Scope) -> None:
        at = 0
        for part in dotted.split("."):
            if part == self.old:
                ref = Ref("imported", (), level, dotted[: at + len(part)])
                self._put(start + len(dotted[:at].encode()), "module part", ref, scope.index)
            at += len(part) + 1

    def _listed(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        start, end = self.module.span(node)
        for match in as_identifiers([self.old]).finditer(self.module.source.body, start, end):
            self._put(match.start(), "global", *self.read(scope, self.old))

    def _last_word(self, node: ast.ExceptHandler | ast.pattern, scope: Scope) -> None:
        """A name that ends a pattern, or the head of a handler."""
        start = self.module.offset(node.lineno, node.col_offset)
        end = self.module.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        if isinstance(node, ast.ExceptHandler):
            begin = self.module.span(node.type)[1] if node.type is not None else start
            found = _AS.match(self.module.source.body.replace(b")", b" "), begin)
            if found is not None:
                self._put(found.end(), "name", *self.read(scope, self.old))
            return
        at = self.module.source.body.rfind(self.old.encode(), start, end)
        if at >= 0:
            self._put(at, "name", *self.read(scope, self.old))

    def _parameters(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        scope = self._of_node_function(node)
        for arg in arguments(node.args):
            if arg.arg == self.old and scope is not None:
                names = (*path_of(scope), self.old)
                start = self.module.offset(arg.lineno, arg.col_offset)
                self._put(start, "parameter", Ref("exact", names), scope.index, scope.index)

    def _of_node_function(self, node: ast.AST) -> Scope | None:
        return self._of_node.get(id(node))
