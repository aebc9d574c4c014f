"""The scopes of one module with everything that they bind and read: a walk over the whole tree, made for speed.

`reads` decides what it means; nothing is decided before the whole module is seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from codemods.toolkit.python.collect_names import dotted_name, last_part


class UnreadImport(msgspec.Struct, frozen=True, array_like=True):
    """A name that an import binds and nothing reads.

    `line` and `end_line` are those of the statement.  `same` marks `x as x` (a re-export by PEP 484) and `__future__`.
    """

    scope: str
    name: str
    line: int
    end_line: int
    same: bool


ScopeKind = Literal["module", "class", "function", "comprehension", "type"]
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_CLASS_NAMES = frozenset({"__module__", "__qualname__", "__firstlineno__", "__static_attributes__"})
_DYNAMIC = frozenset({"globals", "locals", "vars", "exec", "eval"})
_GENERICS = frozenset({
    "Annotated", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable", "Callable", "ChainMap", "ClassVar",
    "Collection", "Coroutine", "Counter", "DefaultDict", "Deque", "Dict", "Final", "FrozenSet", "Generator", "Generic",
    "Iterable", "Iterator", "List", "Literal", "Mapping", "MutableMapping", "MutableSequence", "Optional",
    "OrderedDict", "Protocol", "Sequence", "Set", "Tuple", "Type", "Union",
})  # fmt: skip
_BUILTIN_GENERICS = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
MEANING_BY_SPELLING = (
    _CLASS_NAMES | _DYNAMIC | _GENERICS | _BUILTIN_GENERICS | {"TypeVar", "append", "cast", "extend", "noqa", "type"}
)
"""Names that are looked at as they are spelled, whatever they lead to."""
_NO_NODES = frozenset({
    "arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "op", "ops", "simple",
    "type_comment", "type_ignores",
})  # fmt: skip
_FIELDS: dict[type, tuple[str, ...]] = {
    node: tuple(field for field in node._fields if field not in _NO_NODES)
    for node in vars(ast).values()
    if isinstance(node, type) and issubclass(node, ast.AST)
}
_SPECIAL = frozenset(
    {
        ast.Call, ast.Subscript, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp,
        ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal,
        ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.AnnAssign, ast.AugAssign, ast.Assign,
        ast.NamedExpr, getattr(ast, "TypeAlias", ast.Call),
    }
)  # fmt: skip


class Scope:
    """What one scope binds and reads.  `qualified` is the dotted path of the functions and classes around it."""

    __slots__ = ("globals", "imports", "kind", "names", "nonlocals", "qualified", "reads", "up", "used")

    def __init__(self, kind: ScopeKind, qualified: str, up: Scope | None) -> None:
        self.kind = kind
        self.qualified = qualified
        self.up = up
        self.names: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.reads: list[tuple[str, int]] = []
        self.imports: list[UnreadImport] = []
        self.used: set[str] = set()


class ScopeWalk:
    """Walks a module once.  `scopes` are all of its scopes (the first is `module`), `stars` its star imports."""

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope("module", "", None)
        self.scopes = [self.module]
        self._pending: list[tuple[list[ast.AST], Scope]] = [([*tree.body], self.module)]
        self.stars: set[tuple[int, str]] = set()
        self.exported: set[str] = set()
        self.dynamic = False
        while self._pending:
            self._scan(*self._pending.pop())

    def _scan(self, stack: list[ast.AST], scope: Scope) -> None:
        """Everything in these nodes that is evaluated in `scope`; the rest goes to `pending`."""
        names, reads, fields = scope.names, scope.reads, _FIELDS
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Name):
                if node.ctx.__class__ is ast.Load:
                    reads.append((node.id, node.lineno))
                else:
                    names.add(node.id)
                    if node.ctx.__class__ is ast.Del:
                        reads.append((node.id, node.lineno))
            elif node.__class__ in _SPECIAL:
                self._special(node, scope, stack)
            else:
                for field in fields.get(node.__class__, ()):
                    value = getattr(node, field)
                    if value.__class__ is list:
                        stack.extend(value)
                    elif value is not None:
                        stack.append(value)

    def _children(self, node: ast.AST, stack: list[ast.AST]) -> None:
        stack.extend(ast.iter_child_nodes(node))

    def _special(self, node: ast.AST, scope: Scope, stack: list[ast.AST]) -> None:
        """Nodes that bind something, open a scope, or hold annotations."""
        match node:
            case ast.Call():
                self._call(node, scope, stack)
            case ast.Subscript(value=value, slice=index):
                if is_generic(value):
                    self._annotation(node, scope, stack)
                else:
                    stack += (value, index)
            case ast.Assign(targets=targets, value=value):
                self._exports(targets, value)
                stack += (*targets, value)
            case ast.Import() | ast.ImportFrom():
                self._imports(node, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
                self._definition(node, scope, stack)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, scope, stack)
            case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
                self._assignment(node, scope, stack)
            case ast.Global(names=names):
                scope.globals.update(names)
            case ast.Nonlocal(names=names):
                scope.nonlocals.update(names)
            case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
                scope.names.update((name,) if name else ())
                self._children(node, stack)
            case ast.MatchMapping(rest=rest):
                scope.names.update((rest,) if rest else ())
                self._children(node, stack)
            case _:
                self._type_alias(node, scope, stack)

    def _call(self, node: ast.Call, scope: Scope, stack: list[ast.AST]) -> None:
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name == "cast" and node.args:
            self._annotation(node.args[0], scope, stack)
            stack += (*node.args[1:], function, *node.keywords)
            return
        if name == "TypeVar":
            for constraint in node.args[1:]:
                self._annotation(constraint, scope, stack)
            for keyword in node.keywords:
                self._annotation(keyword.value, scope, stack)
            stack.append(function)
            return
        if name in _DYNAMIC:
            self.dynamic = True
        elif name in {"extend", "append"} and node.args and dotted_name(function).startswith("__all__."):
            self._exports([ast.Name("__all__")], node.args[0])
        stack.append(function)
        stack += node.args
        stack += node.keywords

    def _exports(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            for part in ast.walk(value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    self.exported.add(part.value)

    def _assignment(
        self, node: ast.AnnAssign | ast.AugAssign | ast.NamedExpr, scope: Scope, stack: list[ast.AST]
    ) -> None:
        match node:
            case ast.NamedExpr(target=target, value=value):
                owner = scope
                while owner.kind == "comprehension" and owner.up is not None:  # PEP 572
                    owner = owner.up
                owner.names.add(target.id)
                stack.append(value)
                return
            case ast.AnnAssign(target=target, annotation=annotation, value=optional):
                self._annotation(annotation, scope, stack)
                if optional is not None:
                    stack.append(optional)
            case ast.AugAssign(target=target, value=optional):
                stack.append(optional)
                if isinstance(target, ast.Name):
                    scope.reads.append((target.id, target.lineno))
        stack.append(target)
        if optional is not None:
            self._exports([target], optional)

    def _imports(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names:
            if alias.name == "*" and isinstance(node, ast.ImportFrom):
                self.stars.add((node.level, node.module or ""))
                continue
            name = alias.asname or (alias.name if isinstance(node, ast.ImportFrom) else alias.name.partition(".")[0])
            same = future or alias.asname == alias.name
            scope.names.add(name)
            scope.imports.append(UnreadImport(scope.qualified, name, node.lineno, node.end_lineno or node.lineno, same))

    def _open(self, kind: ScopeKind, name: str, up: Scope) -> Scope:
        qualified = up.qualified if not name else f"{up.qualified}.{name}" if up.qualified else name
        scope = Scope(kind, qualified, up)
        self.scopes.append(scope)
        return scope

    def _type_parameters(self, node: ast.AST, scope: Scope) -> Scope:
        """The scope of PEP 695 type parameters; `scope` itself where there are none."""
        parameters: list[ast.AST] = getattr(node, "type_params", [])
        if not parameters:
            return scope
        typed = self._open("type", "", scope)
        for parameter in parameters:
            typed.names.add(getattr(parameter, "name", ""))
            self._pending.append(([*ast.iter_child_nodes(parameter)], typed))
        return typed

    def _definition(self, node: _Function | ast.Lambda | ast.ClassDef, scope: Scope, stack: list[ast.AST]) -> None:
        if isinstance(node, ast.Lambda):
            self._parameters(node.args, stack)
            self._body([node.body], node.args, self._open("function", "<lambda>", scope))
            return
        scope.names.add(node.name)
        stack += node.decorator_list
        typed = self._type_parameters(node, scope)
        outer: list[ast.AST] = []
        if isinstance(node, ast.ClassDef):
            outer += (*node.bases, *node.keywords)
            inner = self._open("class", node.name, typed)
            inner.names |= _CLASS_NAMES
            self._pending.append(([*node.body], inner))
        else:
            self._parameters(node.args, stack)
            for argument in _arguments(node.args):
                if argument.annotation is not None:
                    self._annotation(argument.annotation, typed, outer)
            if node.returns is not None:
                self._annotation(node.returns, typed, outer)
            self._body(node.body, node.args, self._open("function", node.name, typed))
        self._pending.append((outer, typed))

    def _parameters(self, arguments: ast.arguments, stack: list[ast.AST]) -> None:
        stack += arguments.defaults
        stack += (default for default in arguments.kw_defaults if default is not None)

    def _body(self, body: Sequence[ast.AST], arguments: ast.arguments, scope: Scope) -> None:
        scope.names.update(argument.arg for argument in _arguments(arguments))
        self._pending.append(([*body], scope))

    def _comprehension(self, node: _Comprehension, scope: Scope, stack: list[ast.AST]) -> None:
        first, *others = node.generators
        stack.append(first.iter)
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        inner = self._open("comprehension", "", scope)
        self._pending.append(([*values, first.target, *first.ifs, *others], inner))

    def _type_alias(self, node: ast.AST, scope: Scope, stack: list[ast.AST]) -> None:
        """`type X[T] = value` (PEP 695): not in the ast of Python 3.11, so it has no type of its own here."""
        target, *_, value = ast.iter_child_nodes(node)
        stack.append(target)
        outer: list[ast.AST] = []
        typed = self._type_parameters(node, scope)
        self._annotation(value, typed, outer)
        self._pending.append((outer, typed))

    def _annotation(self, node: ast.AST, scope: Scope, stack: list[ast.AST], line: int = 0) -> None:
        """An expression in which strings are types.  `line` is that of the string that it stands in, if any."""
        types: list[ast.AST] = [node]
        plain: list[ast.AST] = []
        while types:
            part = types.pop()
            match part:
                case ast.Constant(value=str(text)):
                    parsed = _parsed(text)
                    if parsed is not None:
                        self._annotation(parsed, scope, stack, line or part.lineno)
                case ast.Subscript(value=value, slice=index):
                    plain.append(value)
                    name = last_part(value)
                    if name == "Literal":
                        plain += () if isinstance(index, ast.Constant) else (index,)
                    elif name == "Annotated" and isinstance(index, ast.Tuple) and index.elts:
                        types.append(index.elts[0])
                        plain += index.elts[1:]
                    else:
                        types.append(index)
                case ast.Tuple(elts=elements) | ast.List(elts=elements):
                    types += elements
                case ast.BinOp(left=left, right=right):
                    types += (left, right)
                case ast.Starred(value=value):
                    types.append(value)
                case _:
                    plain.append(part)
        if not line:
            stack += plain
            return
        for part in plain:
            scope.reads += ((name.id, line) for name in ast.walk(part) if isinstance(name, ast.Name))


def is_generic(node: ast.expr) -> bool:
    """Whether what is subscripted is a generic type, so that strings in the subscript are annotations."""
    return last_part(node) in _GENERICS or (isinstance(node, ast.Name) and node.id in _BUILTIN_GENERICS)


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    for argument in (arguments.vararg, arguments.kwarg):
        if argument is not None:
            yield argument


def _parsed(text: str) -> ast.expr | None:
    """The expression in an annotation string, None when it holds none."""
    if "\\" in text:  # no type has one, and the parser would warn of some
        return None
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
