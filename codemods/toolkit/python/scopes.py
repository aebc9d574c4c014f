"""Uses of names with the scope that binds them, for the few names that a codemod asks about.

Only statements whose lines mention one of the names are descended into; the rest of the tree costs nothing.  Scopes
follow the execution model of the language reference: a class body is seen by no function inside it, decorators, default
values and annotations belong to the scope around a function, a comprehension has a scope of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from codemods.toolkit.python.collect_names import blocks, dotted_name, holds_line, stored_names
from codemods.toolkit.python.names import Context
from codemods.toolkit.python.project import Module

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
    """One scope, while a module is walked.  `bindings` holds only the names that were asked about."""

    index: int
    kind: str
    name: str
    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)

    def lookup(self, name: str) -> Scope | None:
        """The scope that binds a name read here; None when only builtins or star imports could."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if name in scope.elsewhere:  # `global` and `nonlocal`
                scope = scope.parent
                first = False
                continue
            if (first or scope.kind != "class") and name in scope.bindings:
                return scope
            first = False
            scope = scope.parent
        return None


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
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if wanted(name):
                    yield Binding(name, "def", node, context)
                continue
            case ast.ClassDef(name=name):
                if wanted(name):
                    yield Binding(name, "class", node, context)
                continue
            case _:
                yield from _assigned(node, wanted, context, walrus=walrus)
        for block, word in blocks(node):
            yield from bindings_in(block, wanted, (*context, word), walrus=walrus)


def _assigned(node: ast.stmt, wanted: Callable[[str], bool], context: Context, *, walrus: bool) -> Iterator[Binding]:
    targets: Sequence[ast.AST] = ()
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            if wanted(name) and value is not None:
                none = isinstance(value, ast.Constant) and value.value is None
                yield Binding(name, "none" if none else "alias" if dotted_name(value) else "value", node, context)
        case ast.Assign():
            targets = list(node.targets)
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            targets = [target]
        case ast.With(items=items) | ast.AsyncWith(items=items):
            targets = tuple(item.optional_vars for item in items if item.optional_vars is not None)
        case ast.Try() | ast.TryStar():
            for handler in node.handlers:
                if handler.name and wanted(handler.name):
                    yield Binding(handler.name, "value", node, context)
        case ast.Match(cases=cases):
            for case in cases:
                for name in _captures(case.pattern):
                    if wanted(name):
                        yield Binding(name, "value", node, context)
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            for name in names:
                if wanted(name):
                    yield Binding(name, "elsewhere", node, context)
    if walrus and not isinstance(node, (ast.Try, ast.TryStar)):
        targets = [*targets, *(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))]
    for bound in targets:
        for name in stored_names(bound):
            if wanted(name):
                yield Binding(name, "value", node, context)


def _captures(pattern: ast.pattern) -> Iterator[str]:
    for node in ast.walk(pattern):
        if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


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
        if isinstance(node, (*FUNCTION, ast.Lambda)):
            for arg in arguments(node.args):
                if self._wanted(arg.arg):
                    scope.bindings.setdefault(arg.arg, []).append(Binding(arg.arg, "param", node, ()))
        for binding in bindings_in(body, self._wanted, (), walrus=self._walrus):
            if binding.kind == "elsewhere":
                scope.elsewhere.add(binding.name)
            else:
                scope.bindings.setdefault(binding.name, []).append(binding)
        return scope

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
            scope = self._opened("function", "<comprehension>", node, (), self._scope)
            for generator in node.generators:
                for name in stored_names(generator.target):
                    if self._wanted(name):
                        scope.bindings.setdefault(name, []).append(Binding(name, "value", node, ()))
            self._inside(scope, list(ast.iter_child_nodes(node)))
        else:
            self._visit_all(ast.iter_child_nodes(node))
        self._path.pop()

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
        for arg in arguments(args):
            if arg.annotation is not None:
                self._path.append(arg)
                self._visit(arg.annotation)
                self._path.pop()
        if node.returns is not None:
            self._visit(node.returns)
        name = f"{self._scope.name}.{node.name}".lstrip(".")
        self._inside(self._opened("function", name, node, node.body, self._scope), node.body)

    def _class(self, node: ast.ClassDef) -> None:
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])
        name = f"{self._scope.name}.{node.name}".lstrip(".")
        self._inside(self._opened("class", name, node, node.body, self._scope), node.body)


def arguments(args: ast.arguments) -> list[ast.arg]:
    """All parameters of a function, in the order of the call."""
    found = [*args.posonlyargs, *args.args]
    if args.vararg:
        found.append(args.vararg)
    found.extend(args.kwonlyargs)
    if args.kwarg:
        found.append(args.kwarg)
    return found
