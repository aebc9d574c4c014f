"""What names at given places of a module are, as far as the module itself tells: the first half of following a name.

`spelled_at` looks at syntax only and gives records; `definition.Definition` finds out what they lead to in the project.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from codemods.toolkit.python.collect_names import dotted_name, holds_line
from codemods.toolkit.python.names import Import
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION, Binding, Scope, Use, Walk

_BEFORE_NAME = re.compile(rb"(?:async[\s\\]+)?def[\s\\]+|class[\s\\]+")
_BEFORE_MODULE = re.compile(rb"from[\s\\]*[.\s\\]*")
_LAST_NAME = re.compile(r"\w+\Z")


class Spelled(msgspec.Struct, frozen=True, array_like=True, order=True):
    """What a name is by its module.

    `names` are looked up one after the other (`("Manager", "start")`): the first of them in the module itself, unless
    `imports` within a function or class bind it (for the name in an import statement: that import), or anything else
    does there, or may do (`local`).  Without any `names` it is unknown, and `reason` says why.
    """

    names: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()
    local: bool = False
    reason: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is surely nothing outside of a function."""
        return self.local and not self.imports and len(self.names) == 1


def last_name_at(module: Module, node: ast.expr) -> int:
    """Where the last name of a chain starts.  As it is written: the parser gives names in another form (NFKC)."""
    start, end = module.span(node)
    found = _LAST_NAME.search(module.source.body[start:end].decode())
    return end - len(found[0].encode()) if found else end


def spelled_at(module: Module, offsets: Iterable[int]) -> dict[int, Spelled]:
    """What the names that start at these offsets of the body are.  Each is in the result."""
    wanted = frozenset(offsets)
    found = dict.fromkeys(wanted, Spelled(reason="it is no name that can be followed"))
    if wanted:
        found.update(_Search(module, wanted).found())
    return found


class _Search:
    """The search for names in one module."""

    def __init__(self, module: Module, wanted: frozenset[int]) -> None:
        self._module = module
        self._wanted = wanted
        self._lines = sorted({module.place(offset)[0] for offset in wanted})
        self._reads: dict[int, tuple[ast.Name, tuple[str, ...]]] = {}
        self._found: dict[int, Spelled] = {}
        self._globals: list[frozenset[str]] = [frozenset()]

    def found(self) -> dict[int, Spelled]:
        """What was found."""
        self._block(self._module.tree.body, ())
        self._follow_reads()
        return self._found

    def _block(self, nodes: Iterable[ast.AST], owners: tuple[str, ...] | None) -> None:
        """Look at nodes.  `owners` are the classes around them, None within a function."""
        for node in nodes:
            if not isinstance(node, (ast.stmt, ast.expr)) or holds_line(node, self._lines):
                self._node(node, owners)

    def _node(self, node: ast.AST, owners: tuple[str, ...] | None) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._definition(node, owners)
                return
            case ast.comprehension():
                self._block([node.target], None)
                self._block([node.iter, *node.ifs], owners)
                return
            case ast.ImportFrom() | ast.Import():
                self._imports(node)
            case ast.Attribute():
                self._attribute(node)
            case ast.Name():
                self._name(node, owners)
            case ast.arg(arg=name):
                self._put(self._module.span(node)[0], Spelled((name,), local=True))
        self._block(ast.iter_child_nodes(node), owners)

    def _definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, owners: tuple[str, ...] | None
    ) -> None:
        before = _BEFORE_NAME.match(self._module.source.body, self._module.offset(node.lineno, node.col_offset))
        if before is not None:
            self._put(before.end(), self._bound(node.name, owners))
        body = {id(statement) for statement in node.body}
        self._block((each for each in ast.iter_child_nodes(node) if id(each) not in body), owners)
        inner = (*owners, node.name) if isinstance(node, ast.ClassDef) and owners is not None else None
        self._globals.append(_declared_global(node) if inner is None else frozenset())
        self._block(node.body, inner)
        self._globals.pop()

    def _imports(self, node: ast.ImportFrom | ast.Import) -> None:
        for alias in node.names:
            start = self._module.span(alias)[0]
            if isinstance(node, ast.ImportFrom):
                self._put(start, Spelled((alias.name,), (Import(node.level, node.module or "", alias.name),)))
            else:
                self._parts(start, alias.name, 0)
        if isinstance(node, ast.ImportFrom) and node.module:
            before = _BEFORE_MODULE.match(self._module.source.body, self._module.span(node)[0])
            if before is not None:
                self._parts(before.end(), node.module, node.level)

    def _parts(self, start: int, dotted: str, level: int) -> None:
        """Each part of the name of a module is the module up to there."""
        for match in re.finditer(r"[^.]+", dotted):
            module = dotted[: match.end()]
            at = start + len(dotted[: match.start()].encode())
            self._put(at, Spelled((match[0],), (Import(level, module, ""),)))

    def _put(self, start: int, spelled: Spelled) -> None:
        if start in self._wanted:
            self._found[start] = spelled

    def _attribute(self, node: ast.Attribute) -> None:
        start = last_name_at(self._module, node)
        if start not in self._wanted:
            return
        attributes: list[str] = []
        name: ast.expr = node
        while isinstance(name, ast.Attribute):
            attributes.insert(0, name.attr)
            name = name.value
        if isinstance(name, ast.Name):
            self._reads[start] = name, tuple(attributes)
        else:
            self._found[start] = Spelled(reason="what stands before the dot can't be told")

    def _name(self, node: ast.Name, owners: tuple[str, ...] | None) -> None:
        start = self._module.span(node)[0]
        if isinstance(node.ctx, ast.Load):
            if start in self._wanted:
                self._reads[start] = node, ()
        else:
            self._put(start, self._bound(node.id, owners))

    def _bound(self, name: str, owners: tuple[str, ...] | None) -> Spelled:
        """What a name is where it is bound."""
        if name in self._globals[-1]:
            return Spelled((name,))
        return Spelled((name,), local=True) if owners is None else Spelled((*owners, name))

    def _follow_reads(self) -> None:
        """Find the scope that binds each name that is read."""
        if not self._reads:
            return
        names = {name.id for name, _ in self._reads.values()}
        lines = sorted({name.lineno for name, _ in self._reads.values()})
        walk = Walk(self._module, names.__contains__, lines, strings=False)
        uses = {id(use.node): use for use in walk.uses}
        for start, (name, attributes) in self._reads.items():
            use = uses.get(id(name))
            if use is not None:
                self._found[start] = _read(use, name.id, attributes)


def _declared_global(node: ast.AST) -> frozenset[str]:
    """Names that are declared `global` in a function (or in one within it)."""
    return frozenset(name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names)


def _read(use: Use, name: str, attributes: tuple[str, ...]) -> Spelled:
    """What a name that is read is, by the scope that binds it."""
    scope = use.scope.lookup(name)
    names = (name, *attributes)
    if scope is None or scope.kind == "module":
        return Spelled(names)
    # None is a placeholder as long as anything else may be bound.
    bindings = [binding for binding in scope.bindings[name] if binding.kind != "none"] or scope.bindings[name]
    imports = tuple(_imported(bindings))
    if not imports and scope.kind == "class":
        owners = _classes_to(scope)
        if owners:
            return Spelled((*owners, *names))
    if not imports and attributes:
        owners = _owner_of(scope, bindings, attributes[0])
        if owners:
            return Spelled((*owners, *attributes))
    return Spelled(names, imports, local=len(imports) < len(bindings))


def _imported(bindings: Iterable[Binding]) -> Iterator[Import]:
    for binding in bindings:
        match binding.node:
            case ast.ImportFrom(level=level, module=module, names=names):
                yield Import(level, module or "", names[binding.index].name)
            case ast.Import(names=names):
                alias = names[binding.index]
                yield Import(0, alias.name if alias.asname else alias.name.partition(".")[0], "")


def _classes_to(scope: Scope) -> tuple[str, ...]:
    """The names of the classes from the top level to one of them, () where a function is around it."""
    names: list[str] = []
    at: Scope | None = scope
    while at is not None and at.kind != "module":
        if at.kind == "function":
            return ()
        if isinstance(at.node, ast.ClassDef) and at.kind == "class":
            names.insert(0, at.node.name)
        at = at.parent
    return tuple(names)


def _owner_of(scope: Scope, bindings: Sequence[Binding], attribute: str) -> tuple[str, ...]:
    """The class of `self` in a method of it, where its body defines the attribute itself; () where it isn't known."""
    function, around = scope.node, scope.parent
    if around is not None and around.kind == "type":
        around = around.parent
    if around is None or not isinstance(around.node, ast.ClassDef) or not isinstance(function, FUNCTION):
        return ()
    first = [*function.args.posonlyargs, *function.args.args][:1]
    kinds = [(binding.kind, binding.name) for binding in bindings]
    decorated = any(dotted_name(decorator) == "staticmethod" for decorator in function.decorator_list)
    if decorated or not first or kinds != [("param", first[0].arg)]:
        return ()
    defined = {each.name for each in around.node.body if isinstance(each, (*FUNCTION, ast.ClassDef))}
    return _classes_to(around) if attribute in defined else ()
