"""`collect`: the uses of manager names in one module, and what it defines.  Pure; it sees syntax, never the disk."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from codemods.toolkit.python.collect_names import dotted_name, last_part, lines_of
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION, Binding, Scope, Use, Walk
from codemods.websocket_ssot.calls import call_fact
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.definitions import class_fact, function_fact, type_made
from codemods.websocket_ssot.facts import BindingFact, Call, Facts, PatchFact, ScopeFact, UseFact
from codemods.websocket_ssot.family import family_named, mentions_family, role, words
from codemods.websocket_ssot.forms import expects_error, form_of, in_annotation

_MANAGER = re.compile(rb"[Mm]anager|Factory|_factory")
_IMPORT_TEXT = re.compile(rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n]*)|import[ \t]+[^\n]*)", re.M)
_DEFINED = re.compile(rb"^(?:class|def|async def)[ \t]+(\w+)", re.M)
_DOTTED_TEXT = re.compile(rb"""["'][\w.]*\.[\w.]*["']""")
_CALLABLE = frozenset({"manager", "factory", "make", "make-factory", "adapter"})
_PATCH = frozenset({"patch", "setattr", "delattr", "multiple", "dict", "object"})


def relevant(body: bytes, config: Config, extra: frozenset[str]) -> bool:
    """Whether a file can matter: it imports, patches or defines something that is named like a manager.

    A bytes search decides what is parsed at all, so it may say yes too often, never too seldom.
    """
    named = tuple(word.encode() for word in (*config.names, *canonical_names(config), *extra))
    if any(name in body for name in named):
        return True
    if b"anager" not in body and b"Factory" not in body and b"_factory" not in body and b"mgr" not in body:
        return False
    for pattern in (_IMPORT_TEXT, _DOTTED_TEXT):
        if any(mentions_family(match.group()) for match in pattern.finditer(body)):
            return True
    return any(mentions_family(match.group(1)) for match in _DEFINED.finditer(body))


def canonical_names(config: Config) -> tuple[str, ...]:
    """The names after the colon of the configured factory and class."""
    return tuple(value.rpartition(":")[2] for value in (config.factory, config.class_) if value)


def collect(module: Module, names: ModuleNames, config: Config, extra: frozenset[str]) -> Facts:
    """The facts of one module.  `extra` are names from elsewhere that lead to a manager (see `widen`)."""
    known = frozenset((*config.names, *canonical_names(config), *extra))
    interest = _interesting(names, known)
    callable_names = _callable_names(module.source.body)
    everything = interest | callable_names
    if not everything:
        return Facts()
    pattern = re.compile(rb"\b(?:" + b"|".join(re.escape(name.encode()) for name in sorted(everything)) + rb")\b")
    walk = Walk(module, everything.__contains__, lines_of(module, pattern), strings=True)
    return _Facts(module, walk, everything, frozenset(config.drop)).facts(names)


def _callable_names(body: bytes) -> frozenset[str]:
    """Identifiers in a text whose spelling means a manager or something that makes one."""
    found: set[bytes] = set()
    for match in _MANAGER.finditer(body):
        start, end = match.span()
        while start and (body[start - 1 : start].isalnum() or body[start - 1 : start] == b"_"):
            start -= 1
        while body[end : end + 1].isalnum() or body[end : end + 1] == b"_":
            end += 1
        found.add(body[start:end])
    names = (name.decode() for name in found if name.isascii() and not name[:1].isdigit())
    return frozenset(name for name in names if family_named(name) and role(name) in _CALLABLE)


def _interesting(names: ModuleNames, known: frozenset[str]) -> frozenset[str]:
    """Names that this module binds and that may lead to a manager."""
    found: set[str] = set()
    for statement in names.imports:
        for imported in statement.names:
            if statement.is_from:
                if _may_be_manager(statement.module, imported.name, imported.asname, known):
                    found.add(imported.bound)
            elif family_named(imported.name) or known & set(imported.name.split(".")):
                found.add(imported.asname or imported.name.partition(".")[0])
    for name, bindings in names.bindings.items():
        for bound in bindings:
            if bound.kind in {"class", "def", "async def"} and (name in known or (family_named(name) and role(name) in _CALLABLE)):
                found.add(name)
    for _round in range(4):  # aliases of aliases: `A = Manager`, `B = A`
        aliases = {
            name
            for name, bindings in names.bindings.items()
            if any(bound.kind == "alias" and bound.member.partition(".")[0] in found for bound in bindings)
        }
        if aliases <= found:
            break
        found |= aliases
    return frozenset(found)


def _may_be_manager(module: str, name: str, asname: str, known: frozenset[str]) -> bool:
    if {name, asname} & known:
        return True
    if family_named(name) or (asname and family_named(asname)):
        return True
    return family_named(module.rpartition(".")[2]) and bool({"manager", "factory"} & set(words(name)))


class _Facts:
    """Turns what a walk found into records."""

    def __init__(self, module: Module, walk: Walk, interest: frozenset[str], drop: frozenset[str]) -> None:
        self.module = module
        self.walk = walk
        self.interest = interest
        self.drop = drop
        self.uses: list[UseFact] = []
        self.patches: list[PatchFact] = []

    def facts(self, names: ModuleNames) -> Facts:
        prose = 0
        for use in self.walk.uses:
            if isinstance(use.node, ast.Name):
                self.uses.append(self.name_use(use))
            elif not self.string_use(use, use.node):
                prose += 1
        tree = self.module.tree
        calls = {use.start: use.start for use in self.uses if use.form == "call"}
        functions = tuple(
            function_fact(self.module, node, calls)
            for node in tree.body
            if isinstance(node, FUNCTION) and self._matters(node, names)
        )
        classes = tuple(
            class_fact(self.module, node)
            for node in _classes(tree.body)
            if not node.name.startswith("Test") and (family_named(node.name) or node.name in self.interest)
        )
        return Facts(
            uses=tuple(self.uses),
            scopes=self.scope_facts(),
            patches=tuple(self.patches),
            classes=classes,
            functions=functions,
            type_made=tuple(type_made(self.module)),
            reads=self.reads(),
            prose=prose,
        )

    def _matters(self, node: ast.FunctionDef | ast.AsyncFunctionDef, names: ModuleNames) -> bool:
        """Functions that may make a manager: named so, or with a manager in them."""
        if node.name in self.interest or family_named(node.name):
            return True
        start, end = self.module.span(node)
        return any(start <= use.start < end for use in self.uses)

    def name_use(self, use: Use) -> UseFact:
        assert isinstance(use.node, ast.Name)
        path = list(use.path)
        node: ast.expr = use.node
        names = [use.node.id]
        ends = [self.module.span(use.node)[1]]
        while path and isinstance(path[-1], ast.Attribute) and path[-1].value is node:
            node = path.pop()  # type: ignore[assignment]  # an Attribute, as tested
            assert isinstance(node, ast.Attribute)
            names.append(node.attr)
            ends.append(self.module.span(node)[1])
        form = form_of(path, node)
        call = None
        parent = path[-1] if path else None
        if form == "call" and isinstance(parent, ast.Call):
            spelled = {role(name) for name in names}
            call = call_fact(
                self.module, path[:-1], parent, with_member_calls=bool(spelled & {"factory", "make-factory", "adapter"})
            )
        start = self.module.span(use.node)[0]
        return self._use(use, tuple(names), start, tuple(ends), form, path, call=call)

    def _use(
        self, use: Use, names: tuple[str, ...], start: int, ends: tuple[int, ...], form: str, path: Sequence[ast.AST],
        *, quoted: bool = False, call: Call | None = None,
    ) -> UseFact:  # fmt: skip
        bound = use.scope.lookup(names[0])
        return UseFact(
            names=names, start=start, ends=ends, line=use.node.lineno, column=use.node.col_offset,
            bound=-1 if bound is None else bound.index, scope=use.scope.index, form=form,
            raises=expects_error(path), quoted=quoted, call=call,
        )  # fmt: skip

    def string_use(self, use: Use, node: ast.Constant) -> bool:
        """Whether a string is more than prose: an annotation, or the target of a patch."""
        path = use.path
        parent = path[-1] if path else None
        if in_annotation(path, node) or _type_argument(parent, node):
            return self.quoted_uses(use, node)
        if isinstance(parent, ast.Call) and last_part(parent.func) in _PATCH and node in parent.args:
            return self.patch(use, parent, node)
        return False

    def quoted_uses(self, use: Use, node: ast.Constant) -> bool:
        """Names in a string annotation.  Only plain literals: what stands in the source is what the string holds."""
        start, end = self.module.span(node)
        text = self.module.source.body[start:end]
        value = str(node.value)
        if text[1:-1] != value.encode() or "\n" in value:
            return False
        try:
            tree = ast.parse(value, mode="eval")
        except (SyntaxError, ValueError, RecursionError):
            return False
        found = False
        for names, first, ends in _chains(tree):
            if names[0] in self.interest:
                found = True
                shifted = tuple(start + 1 + end for end in ends)
                self.uses.append(self._use(use, names, start + 1 + first, shifted, "annotation", use.path, quoted=True))
        return found

    def patch(self, use: Use, call: ast.Call, node: ast.Constant) -> bool:
        name = last_part(call.func)
        dotted = dotted_name(call.func)
        start, end = self.module.span(node)
        value = str(node.value)
        first = call.args[0] is node
        create = any(k.arg == "create" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords)
        holder: tuple[str, ...] = ()
        bound = -1
        if first and "." in value and all(part.isidentifier() for part in value.split(".")):
            form = "target"
        elif not first and call.args[1] is node and (dotted.endswith("patch.object") or name in {"setattr", "delattr"}):
            chain = dotted_name(call.args[0])
            if not chain or not value.isidentifier():
                return False
            form, holder = "attribute", tuple(chain.split("."))
            scope = use.scope.lookup(holder[0])
            bound = -1 if scope is None else scope.index
        else:
            return False
        self.patches.append(
            PatchFact(
                form, value, start, end, node.lineno, node.col_offset, holder, bound, use.scope.index, create,
                name == "multiple",
            )
        )  # fmt: skip
        return True

    def scope_facts(self) -> tuple[ScopeFact, ...]:
        used = {use.bound for use in self.uses} | {use.scope for use in self.uses} | {p.bound for p in self.patches}
        keep: set[int] = {0}
        for scope in self.walk.scopes:
            if scope.index in used or scope.bindings:
                parent: Scope | None = scope
                while parent is not None and parent.index not in keep:
                    keep.add(parent.index)
                    parent = parent.parent
        return tuple(self.scope_fact(scope) for scope in self.walk.scopes if scope.index in keep)

    def scope_fact(self, scope: Scope) -> ScopeFact:
        if isinstance(scope.node, (ast.stmt, ast.expr)):
            start, end = self.module.span(scope.node)
        else:
            start, end = 0, len(self.module.source.body)
        bindings = {name: tuple(self.binding_fact(b) for b in found) for name, found in scope.bindings.items()}
        parent = -1 if scope.parent is None else scope.parent.index
        return ScopeFact(scope.index, parent, scope.kind, scope.name, start, end, bindings)

    def binding_fact(self, binding: Binding) -> BindingFact:
        node = binding.node
        if not isinstance(node, (ast.stmt, ast.expr)):
            return BindingFact(binding.kind, 0, 0, binding.context)
        start = self.module.span(node)[0]
        match node:
            case ast.ImportFrom():
                alias = node.names[binding.index]
                return BindingFact(
                    "import", start, node.lineno, binding.context, True, node.level, node.module or "", alias.name,
                    alias.asname or "",
                )  # fmt: skip
            case ast.Import():
                alias = node.names[binding.index]
                target = alias.name if alias.asname else alias.name.partition(".")[0]
                return BindingFact(
                    "import", start, node.lineno, binding.context, False, 0, target, "", alias.asname or ""
                )
            case ast.Assign(value=value) | ast.AnnAssign(value=value) if binding.kind == "alias" and value is not None:
                return BindingFact("alias", start, node.lineno, binding.context, alias=dotted_name(value))
        return BindingFact(binding.kind, start, node.lineno, binding.context)

    def reads(self) -> dict[str, tuple[int, ...]]:
        """Where each name that stands in a droppable argument is read in the whole module."""
        wanted = {
            name
            for use in self.uses
            if use.call is not None
            for argument in use.call.arguments
            if argument.keyword in self.drop
            for name in argument.reads
        }
        if not wanted:
            return {}
        found: dict[str, list[int]] = {}
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in wanted:
                found.setdefault(node.id, []).append(self.module.span(node)[0])
        return {name: tuple(offsets) for name, offsets in found.items()}


def _classes(body: Sequence[ast.stmt]) -> Iterator[ast.ClassDef]:
    """Classes at the top level, also those in `if` and `try`."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node
        elif isinstance(node, (ast.If, ast.Try)):
            yield from _classes(node.body)
            yield from _classes(node.orelse)


def _type_argument(parent: ast.AST | None, node: ast.Constant) -> bool:
    """`cast("X", value)` and `TypeVar("T", bound="X")`."""
    if isinstance(parent, ast.Call):
        return last_part(parent.func) == "cast" and bool(parent.args) and parent.args[0] is node
    return isinstance(parent, ast.keyword) and parent.arg == "bound"


def _chains(tree: ast.Expression) -> Iterator[tuple[tuple[str, ...], int, tuple[int, ...]]]:
    """(names, start, ends) of each chain of attributes in an expression on one line, offsets in bytes."""
    stack: list[ast.AST] = [tree.body]
    while stack:
        node = stack.pop()
        chain: list[tuple[str, int]] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            chain.append((inner.attr, inner.end_col_offset or 0))
            inner = inner.value
        if isinstance(inner, ast.Name):
            chain.append((inner.id, inner.end_col_offset or 0))
            chain.reverse()
            yield tuple(name for name, _end in chain), inner.col_offset, tuple(end for _name, end in chain)
        else:
            stack.extend(ast.iter_child_nodes(node))

