"""What names at given places of a module are, as far as the module itself tells: the first half of following a name.

`spelled_at` looks at syntax only and gives records; `leading.Leads` finds out what they lead to in the project.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import Binding, Scope, Use, Walk

_DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BEFORE_NAME = re.compile(rb"(?:async\s+)?def\s+|class\s+")
_BEFORE_MODULE = re.compile(rb"from[\s\\]*[.\s\\]*")


class Spelled(msgspec.Struct, frozen=True, order=True):
    """What a name is by its module.

    `here`: `names` are looked up in the module itself, one after the other (`("Manager", "start")`).
    `imported`: `names` are looked up in the module that is imported, by `level` and `module`.
    `local`: nothing outside of a function; `unknown`: can't be told.  For these two `reason` says why.
    """

    how: Literal["here", "imported", "local", "unknown"]
    names: tuple[str, ...] = ()
    level: int = 0
    module: str = ""
    reason: str = ""


def spelled_at(module: Module, offsets: Iterable[int]) -> dict[int, Spelled]:
    """What the names that start at these offsets of the body are.  Each is in the result."""
    wanted = frozenset(offsets)
    found = dict.fromkeys(wanted, Spelled("unknown", reason="it is no name that can be followed"))
    if wanted:
        found.update(_Search(module, wanted).found())
    return found


class _Search:
    """The search for names in one module."""

    def __init__(self, module: Module, wanted: frozenset[int]) -> None:
        self._module = module
        self._wanted = wanted
        self._reads: dict[int, tuple[ast.Name, tuple[str, ...]]] = {}
        self._found: dict[int, Spelled] = {}
        self._globals: list[frozenset[str]] = [frozenset()]

    def found(self) -> Mapping[int, Spelled]:
        """What was found."""
        self._block(self._module.tree.body, ())
        self._follow_reads()
        return self._found

    def _block(self, body: Iterable[ast.AST], owners: tuple[str, ...] | None) -> None:
        """Look at statements.  `owners` are the classes around them, None within a function."""
        for node in body:
            self._node(node, owners)

    def _node(self, node: ast.AST, owners: tuple[str, ...] | None) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self._definition(node, name, owners)
                inner = (*owners, name) if isinstance(node, ast.ClassDef) and owners is not None else None
                body = {id(statement) for statement in node.body}
                self._block((each for each in ast.iter_child_nodes(node) if id(each) not in body), owners)
                self._globals.append(_declared_global(node) if inner is None else frozenset())
                self._block(node.body, inner)
                self._globals.pop()
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
                self._name(node, (), owners)
        self._block(ast.iter_child_nodes(node), owners)

    def _definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, name: str, owners: tuple[str, ...] | None
    ) -> None:
        start = self._module.offset(node.lineno, node.col_offset)
        before = _BEFORE_NAME.match(self._module.source.body, start)
        if before is not None and before.end() in self._wanted:
            self._found[before.end()] = _defined((*owners, name) if owners is not None else None, name)

    def _imports(self, node: ast.ImportFrom | ast.Import) -> None:
        for alias in node.names:
            start = self._module.span(alias)[0]
            if isinstance(node, ast.ImportFrom):
                self._put(start, Spelled("imported", (alias.name,), node.level, node.module or ""))
            else:
                self._parts(start, alias.name, 0)
        if isinstance(node, ast.ImportFrom) and node.module:
            before = _BEFORE_MODULE.match(self._module.source.body, self._module.span(node)[0])
            if before is not None:
                self._parts(before.end(), node.module, node.level)

    def _parts(self, start: int, dotted: str, level: int) -> None:
        """Each part of the name of a module is the module up to there."""
        for end in (match.end() for match in re.finditer(r"[^.]+", dotted)):
            name = dotted[:end].rpartition(".")[2]
            self._put(start + len(dotted[: end - len(name)].encode()), Spelled("imported", (), level, dotted[:end]))

    def _put(self, start: int, spelled: Spelled) -> None:
        if start in self._wanted:
            self._found[start] = spelled

    def _attribute(self, node: ast.Attribute) -> None:
        start = self._module.span(node)[1] - len(node.attr.encode())
        if start not in self._wanted:
            return
        root, *attributes = dotted_name(node).split(".")
        if not root:
            self._found[start] = Spelled("unknown", reason="what stands before the dot can't be told")
            return
        name: ast.expr = node
        while isinstance(name, ast.Attribute):
            name = name.value
        if isinstance(name, ast.Name):
            self._reads[start] = name, tuple(attributes)

    def _name(self, node: ast.Name, attributes: tuple[str, ...], owners: tuple[str, ...] | None) -> None:
        start = self._module.span(node)[0]
        if start not in self._wanted:
            return
        if isinstance(node.ctx, ast.Load):
            self._reads[start] = node, attributes
        elif node.id in self._globals[-1]:
            self._found[start] = Spelled("here", (node.id,))
        else:
            self._found[start] = _defined((*owners, node.id) if owners is not None else None, node.id)

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


def _defined(names: tuple[str, ...] | None, name: str) -> Spelled:
    if names is None:
        return Spelled("local", reason=f"`{name}` is bound within a function")
    return Spelled("here", names)


def _read(use: Use, name: str, attributes: tuple[str, ...]) -> Spelled:
    """What a name that is read is, by the scope that binds it."""
    scope = use.scope.lookup(name)
    if scope is None or scope.kind == "module":
        return Spelled("here", (name, *attributes))
    bindings = scope.bindings[name]
    if len(bindings) == 1 and bindings[0].kind == "import":
        return _imported(bindings[0], attributes)
    if scope.kind == "class" and scope.parent is not None and scope.parent.kind == "module":
        return Spelled("here", (scope.name, name, *attributes))
    own = _own_attribute(scope, bindings, attributes)
    if own is not None:
        return own
    if attributes:
        return Spelled("unknown", reason=f"what `{name}` is can't be told")
    return Spelled("local", reason=f"`{name}` is bound within a function")


def _imported(binding: Binding, attributes: tuple[str, ...]) -> Spelled:
    node = binding.node
    if isinstance(node, ast.ImportFrom):
        return Spelled("imported", (node.names[binding.index].name, *attributes), node.level, node.module or "")
    if isinstance(node, ast.Import):
        alias = node.names[binding.index]
        return Spelled("imported", attributes, 0, alias.name if alias.asname else alias.name.partition(".")[0])
    raise ValueError(f"no import: {ast.dump(node)}")


def _own_attribute(scope: Scope, bindings: Iterable[Binding], attributes: tuple[str, ...]) -> Spelled | None:
    """`self.name` in a method of a class at the top level that defines `name` itself."""
    function, around = scope.node, scope.parent
    if not attributes or around is None or around.kind != "class" or not isinstance(function, ast.FunctionDef):
        return None
    if around.parent is None or around.parent.kind != "module" or not isinstance(around.node, ast.ClassDef):
        return None
    first = [*function.args.posonlyargs, *function.args.args][:1]
    kinds = [(binding.kind, binding.name) for binding in bindings]
    decorated = any(dotted_name(decorator) == "staticmethod" for decorator in function.decorator_list)
    if decorated or not first or kinds != [("param", first[0].arg)]:
        return None
    defined = {statement.name for statement in around.node.body if isinstance(statement, _DEFINITION)}
    return Spelled("here", (around.node.name, *attributes)) if attributes[0] in defined else None
