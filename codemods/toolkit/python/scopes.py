"""Uses of names with the scope that binds them, for the few names that a codemod asks about.

Only statements whose lines mention one of the names are descended into; the rest of the tree costs nothing.  Scopes
follow the execution model of the language reference: a class body is seen by no function inside it, decorators, default
values and annotations belong to the scope around a function, a comprehension has a scope of its own except for what it
iterates over first, and type parameters (PEP 695) have one around annotations and bases.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from codemods.toolkit.python.collect_names import blocks, dotted_name, holds_line
from codemods.toolkit.python.names import Context
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.targets import captured_names, stored_names, walrus_names

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding of a name in a scope.

    `kind` is `import`, `param`, `def`, `class`, `none` (assigned None), `alias` (assigned a dotted name) or `value`.
    `node` is the statement (for `param` the function); `index` is the position among an import's names.
    """

    name: str
    kind: str
    node: ast.AST
    context: Context
    index: int = 0


@dataclass(slots=True)
class Scope:
    """One scope, while a module is walked.  `bindings` holds only the names that were asked about.

    `kind` is `module`, `class`, `function` (lambdas and comprehensions too) or `type` (type parameters).  `elsewhere`
    are names that it declares `nonlocal`, `globals` those that it declares `global`.
    """

    index: int
    kind: str
    name: str
    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)

    def lookup(self, name: str) -> Scope | None:
        """The scope that binds a name read here; None when only builtins, star imports or `global` elsewhere could."""
        scope: Scope | None = self
        sees_class = True
        while scope is not None:
            if name in scope.globals:
                return scope.module if name in scope.module.bindings else None
            visible = sees_class or scope.kind != "class"
            if visible and name in scope.bindings and name not in scope.elsewhere:
                return scope
            sees_class = sees_class and scope.kind == "type"
            scope = scope.parent
        return None

    @property
    def module(self) -> Scope:
        """The scope around all."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


@dataclass(frozen=True, slots=True)
class Use:
    """A name that is read, a string, or a keyword of a call with that name.

    `path` are the nodes around it (outermost first), `scope` is the one it stands in.
    """

    node: ast.Name | ast.Constant | ast.keyword
    path: tuple[ast.AST, ...]
    scope: Scope


def bindings_in(
    body: Sequence[ast.stmt], wanted: Callable[[str], bool], context: Context, *, walrus: bool
) -> Iterator[Binding]:
    """Bindings of wanted names that these statements make in their own scope."""
    for node in body:
        match node:
            case ast.Import():
                for index, alias in enumerate(node.names):
                    name = alias.asname or alias.name.partition(".")[0]
                    if wanted(name):
                        yield Binding(name, "import", node, context, index)
            case ast.ImportFrom():
                for index, alias in enumerate(node.names):
                    if wanted(alias.asname or alias.name):
                        yield Binding(alias.asname or alias.name, "import", node, context, index)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                if wanted(name):
                    yield Binding(name, "class" if isinstance(node, ast.ClassDef) else "def", node, context)
                if walrus:
                    yield from _assigned(node, wanted, context, walrus=True)
                continue
            case _:
                yield from _assigned(node, wanted, context, walrus=walrus)
        for block, word in blocks(node):
            yield from bindings_in(block, wanted, (*context, word), walrus=walrus)


def _assigned(node: ast.stmt, wanted: Callable[[str], bool], context: Context, *, walrus: bool) -> Iterator[Binding]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from _values(targets, value, node, wanted, context)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _values([target], value, node, wanted, context)
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            kind = "global" if isinstance(node, ast.Global) else "nonlocal"
            yield from (Binding(name, kind, node, context) for name in names if wanted(name))
        case _:
            yield from (Binding(name, "value", node, context) for name in _bound_by(node) if wanted(name))
    if walrus:
        yield from (Binding(name, "value", node, context) for name in walrus_names(node) if wanted(name))


def _values(
    targets: Sequence[ast.expr], value: ast.expr, node: ast.stmt, wanted: Callable[[str], bool], context: Context
) -> Iterator[Binding]:
    for target in targets:
        kind = "value"
        if isinstance(target, ast.Name):
            none = isinstance(value, ast.Constant) and value.value is None
            kind = "none" if none else "alias" if dotted_name(value) else "value"
        yield from (Binding(name, kind, node, context) for name in stored_names(target) if wanted(name))


def _bound_by(node: ast.stmt) -> Iterator[str]:
    """Names that a statement binds to something of which nothing is known."""
    match node:
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            yield from stored_names(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield from stored_names(item.optional_vars)
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            yield from (handler.name for handler in handlers if handler.name)
        case ast.Match(cases=cases):
            for case in cases:
                yield from captured_names(case.pattern)
        case _ if type(node).__name__ == "TypeAlias":  # PEP 695: not in the ast of Python 3.11
            yield from stored_names(node)


class Walk:
    """Walks a module once and keeps `scopes` (by index; 0 is the module) and `uses`.

    `wanted(name)` says which names matter, `lines` in which lines one of them stands (ascending), and `strings` whether
    string constants in these lines, and keywords of these names, are wanted too.
    """

    def __init__(self, module: Module, wanted: Callable[[str], bool], lines: Sequence[int], *, strings: bool) -> None:
        self._module = module
        self._wanted = wanted
        self._lines = lines
        self._strings = strings
        self._walrus = b":=" in module.source.body
        self._path: list[ast.AST] = []
        self.scopes: list[Scope] = []
        self.uses: list[Use] = []
        self._scope = self._opened("module", "", module.tree, module.tree.body)
        for statement in module.tree.body:
            self._visit(statement)

    def _opened(
        self, kind: str, name: str, node: ast.AST, body: Sequence[ast.stmt], parent: Scope | None = None
    ) -> Scope:
        scope = Scope(len(self.scopes), kind, name, node, parent)
        self.scopes.append(scope)
        if kind == "function" and isinstance(node, (*FUNCTION, ast.Lambda)):
            self._bind(scope, (arg.arg for arg in arguments(node.args)), "param")
            if self._walrus and isinstance(node, ast.Lambda):
                self._bind(scope, walrus_names(node.body))
        for binding in bindings_in(body, self._wanted, (), walrus=self._walrus):
            if binding.kind == "global":
                scope.globals.add(binding.name)
            elif binding.kind == "nonlocal":
                scope.elsewhere.add(binding.name)
            else:
                scope.bindings.setdefault(binding.name, []).append(binding)
        return scope

    def _bind(self, scope: Scope, names: Iterable[str], kind: str = "value") -> None:
        for name in names:
            if self._wanted(name):
                scope.bindings.setdefault(name, []).append(Binding(name, kind, scope.node, ()))

    def _visit(self, node: ast.AST) -> None:
        if isinstance(node, (ast.expr, ast.stmt)):
            if not holds_line(node, self._lines):
                return
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load) and self._wanted(node.id):
                    self.uses.append(Use(node, tuple(self._path), self._scope))
                return
            if isinstance(node, ast.Constant):
                if self._strings and isinstance(node.value, str):
                    self.uses.append(Use(node, tuple(self._path), self._scope))
                return
        elif isinstance(node, ast.keyword) and self._strings and node.arg is not None and self._wanted(node.arg):
            self.uses.append(Use(node, tuple(self._path), self._scope))
        self._path.append(node)
        if isinstance(node, FUNCTION):
            self._function(node)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, ast.Lambda):
            self._visit_all([*node.args.defaults, *(d for d in node.args.kw_defaults if d)])
            self._inside(self._opened("function", "<lambda>", node, (), self._scope), [node.body])
        elif isinstance(node, COMPREHENSION):
            self._comprehension(node)
        elif type(node).__name__ == "TypeAlias":
            self._inside(self._type_parameters(node), [getattr(node, "value", node)])
        else:
            self._visit_all(ast.iter_child_nodes(node))
        self._path.pop()

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        first = node.generators[0]
        self._path.append(first)
        self._visit(first.iter)
        self._path.pop()
        scope = self._opened("function", "<comprehension>", node, (), self._scope)
        for generator in node.generators:
            self._bind(scope, stored_names(generator.target))
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._inside(scope, [*results, *node.generators[1:]])
        self._path.append(first)
        self._inside(scope, [first.target, *first.ifs])
        self._path.pop()

    def _type_parameters(self, node: ast.AST) -> Scope:
        """The scope around annotations and bases: one of type parameters (PEP 695) where there are any."""
        parameters: Sequence[ast.AST] = getattr(node, "type_params", ())
        if not parameters:
            return self._scope
        scope = self._opened("type", self._scope.name, node, (), self._scope)
        self._bind(scope, (str(getattr(parameter, "name", "")) for parameter in parameters), "param")
        self._inside(scope, parameters)
        return scope

    def _visit_all(self, nodes: Iterator[ast.AST] | Sequence[ast.AST]) -> None:
        for node in nodes:
            self._visit(node)

    def _inside(self, scope: Scope, nodes: Sequence[ast.AST]) -> None:
        outer, self._scope = self._scope, scope
        self._visit_all(nodes)
        self._scope = outer

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        args = node.args
        self._visit_all(node.decorator_list)
        self._visit_all([*args.defaults, *(default for default in args.kw_defaults if default)])
        name = f"{self._scope.name}.{node.name}".lstrip(".")
        around = self._type_parameters(node)
        outer, self._scope = self._scope, around
        for arg in arguments(args):
            if arg.annotation is not None:
                self._path.append(arg)
                self._visit(arg.annotation)
                self._path.pop()
        if node.returns is not None:
            self._visit(node.returns)
        self._inside(self._opened("function", name, node, node.body, around), node.body)
        self._scope = outer

    def _class(self, node: ast.ClassDef) -> None:
        self._visit_all(node.decorator_list)
        name = f"{self._scope.name}.{node.name}".lstrip(".")
        around = self._type_parameters(node)
        self._inside(around, [*node.bases, *node.keywords])
        self._inside(self._opened("class", name, node, node.body, around), node.body)


def arguments(args: ast.arguments) -> list[ast.arg]:
    """All parameters of a function, in the order of the call."""
    found = [*args.posonlyargs, *args.args]
    if args.vararg:
        found.append(args.vararg)
    found.extend(args.kwonlyargs)
    if args.kwarg:
        found.append(args.kwarg)
    return found
