"""`collect`: the uses of manager names in one module, and what it defines.  Pure; it sees syntax, never the disk."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from codemods.toolkit.python.collect_names import dotted_name, last_part, lines_of
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION, Binding, Scope, Use, Walk
from codemods.websocket_ssot.calls import call_fact
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.definitions import class_fact, function_fact, hands_on, type_made
from codemods.websocket_ssot.facts import BindingFact, Call, Facts, PatchFact, ScopeFact, UseFact
from codemods.websocket_ssot.family import family_named, role
from codemods.websocket_ssot.forms import MOCKS, expects_error, form_of, in_annotation
from codemods.websocket_ssot.interest import callable_names, canonical_names, holders_of, interesting, replaces_modules

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_PATCH = frozenset({"patch", "setattr", "delattr", "multiple", "dict", "object"})


def collect(module: Module, names: ModuleNames, config: Config, extra: frozenset[str]) -> Facts:
    """The facts of one module.  `extra` are names from elsewhere that lead to a manager (see `widen`)."""
    known = frozenset((*config.names, *canonical_names(config), *extra))
    spelled = known | frozenset(callable_names(module.source.body))
    everything = interesting(names, known, holders_of(module.source.body, names, spelled)) | spelled
    if not everything:
        return Facts(patches=tuple(module_patches(module)))
    pattern = re.compile(rb"\b(?:" + b"|".join(re.escape(name.encode()) for name in sorted(everything)) + rb")\b")
    walk = Walk(module, everything.__contains__, lines_of(module, pattern), strings=True)
    return _Facts(module, walk, everything, frozenset(config.drop)).facts(names)


class _Facts:
    """Turns what a walk found into records."""

    def __init__(self, module: Module, walk: Walk, interest: frozenset[str], drop: frozenset[str]) -> None:
        self.module = module
        self.walk = walk
        self.interest = interest
        self.drop = drop
        self.uses: list[UseFact] = []
        self.patches: list[PatchFact] = []
        self.starts: list[int] = []
        self.tails: set[str] = set()
        self.pinned: list[tuple[tuple[str, ...], int, str]] = []

    def facts(self, names: ModuleNames) -> Facts:
        prose: list[str] = []
        for use in self.walk.uses:
            if isinstance(use.node, ast.Name):
                self.uses.append(self.name_use(use, use.node))
            elif isinstance(use.node, ast.keyword):
                self.keyword_patch(use, use.node)
            elif not self.string_use(use, use.node):
                prose.append(str(use.node.value))
        tree = self.module.tree
        self.starts = sorted(use.start for use in self.uses)
        calls = {use.start: use.start for use in self.uses if use.form == "call"}
        functions = tuple(
            function_fact(self.module, node, calls)
            for node in tree.body
            if isinstance(node, FUNCTION) and self._matters(node, names)
        )
        classes = tuple(
            class_fact(self.module, node, calls)
            for node in _classes(tree.body)
            if not node.name.startswith("Test") and (family_named(node.name) or node.name in self.interest)
        )
        return Facts(
            uses=tuple(self.uses),
            scopes=self.scope_facts(),
            patches=(*self.patches, *module_patches(self.module)),
            tails=tuple(sorted(self.tails)),
            pinned=tuple(self.pinned),
            classes=classes,
            functions=functions,
            type_made=tuple(type_made(self.module)),
            reads=self.reads(),
            prose=len(prose),
            paths=tuple(sorted({text for text in self.texts(prose) if _PATH.fullmatch(text)})),
            hands_on=hands_on(tree.body),
        )

    def texts(self, prose: Sequence[str]) -> Iterator[str]:
        """The strings that may name modules: all of the file where a patch target is put together at run time."""
        if not self.tails:
            yield from prose
            return
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value

    def _matters(self, node: ast.FunctionDef | ast.AsyncFunctionDef, names: ModuleNames) -> bool:
        """Functions that may make a manager: named so, or with a manager in them."""
        if node.name in self.interest or family_named(node.name):
            return True
        start, end = self.module.span(node)
        at = bisect_left(self.starts, start)
        return at < len(self.starts) and self.starts[at] < end

    def name_use(self, use: Use, name: ast.Name) -> UseFact:
        """The fact of one read of a name, for the whole chain of attributes on it."""
        path = list(use.path)
        node: ast.expr = name
        names = [name.id]
        ends = [self.module.span(name)[1]]
        while path and isinstance(outer := path[-1], ast.Attribute) and outer.value is node:
            node = outer
            path.pop()
            names.append(outer.attr)
            ends.append(self.module.span(node)[1])
        form = form_of(path, node)
        call = None
        parent = path[-1] if path else None
        if form == "call" and isinstance(parent, ast.Call):
            spelled = {role(name) for name in names}
            call = call_fact(
                self.module, path[:-1], parent, with_member_calls=bool(spelled & {"factory", "make-factory", "adapter"})
            )
        start = self.module.span(name)[0]
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
        if isinstance(parent, ast.Call) and last_part(parent.func) in {"getattr", "hasattr"} and len(parent.args) > 1:
            return parent.args[1] is node and self.read_by_name(use, parent, str(node.value))
        if isinstance(parent, (ast.JoinedStr, ast.BinOp)) and _patches(path):
            tail = str(node.value).rpartition(".")[2]
            if "." in str(node.value) and tail in self.interest:
                self.tails.add(tail)
            return True
        return isinstance(parent, ast.Dict) and node in parent.keys and self.key_patch(use, node)

    def read_by_name(self, use: Use, call: ast.Call, name: str) -> bool:
        """`getattr(module, "Name")`: the name has to stay where it is."""
        chain = dotted_name(call.args[0])
        if chain:
            scope = use.scope.lookup(chain.partition(".")[0])
            self.pinned.append((tuple(chain.split(".")), -1 if scope is None else scope.index, name))
        return bool(chain)

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
        """`patch("pkg.mod.Name")`, and `patch.object(mod, "Name")` with its relatives."""
        value = str(node.value)
        dotted = dotted_name(call.func)
        if call.args[0] is node:
            if "." not in value or not all(part.isidentifier() for part in value.split(".")):
                return False
            self._patched(use, node, "target", value, self.module.span(node), call)
            return True
        takes_object = dotted.endswith("patch.object") or last_part(call.func) in {"setattr", "delattr"}
        if call.args[1] is not node or not takes_object or not value.isidentifier():
            return False
        return self._member_patch(use, node, value, self.module.span(node), call)

    def keyword_patch(self, use: Use, node: ast.keyword) -> None:
        """`patch.multiple("pkg.mod", Name=...)`."""
        call = use.path[-1] if use.path else None
        if isinstance(call, ast.Call) and call.args and last_part(call.func) == "multiple" and node.arg:
            start = self.module.span(node)[0]
            self._member_patch(use, node, node.arg, (start, start + len(node.arg.encode())), call)

    def key_patch(self, use: Use, node: ast.Constant) -> bool:
        """`patch.dict("pkg.mod.__dict__", {"Name": ...})`."""
        call = use.path[-2] if len(use.path) > 1 else None
        if not isinstance(call, ast.Call) or not call.args or not dotted_name(call.func).endswith("patch.dict"):
            return False
        target = call.args[0]
        of_module = isinstance(target, ast.Constant) and str(target.value).endswith(".__dict__")
        of_module = of_module or dotted_name(target).endswith(".__dict__")
        if not of_module or not isinstance(node.value, str) or not node.value.isidentifier():
            return False
        return self._member_patch(use, node, node.value, self.module.span(node), call)

    def _member_patch(
        self, use: Use, node: ast.Constant | ast.keyword, name: str, span: tuple[int, int], call: ast.Call
    ) -> bool:
        """The name of an attribute of what the first argument says: a module, or the dotted path of one."""
        target = call.args[0]
        if isinstance(target, ast.Constant) and isinstance(target.value, str):
            self._patched(use, node, "attribute", name, span, call, module=target.value.removesuffix(".__dict__"))
            return True
        chain = dotted_name(target).removesuffix(".__dict__")
        if not chain:
            return False
        self._patched(use, node, "attribute", name, span, call, holder=tuple(chain.split(".")))
        return True

    def _patched(
        self, use: Use, node: ast.Constant | ast.keyword, form: str, value: str, span: tuple[int, int], call: ast.Call,
        *, holder: tuple[str, ...] = (), module: str = "",
    ) -> None:  # fmt: skip
        create = any(
            k.arg == "create" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords
        )
        scope = use.scope.lookup(holder[0]) if holder else None
        bound = -1 if scope is None else scope.index
        self.patches.append(
            PatchFact(form, value, *span, node.lineno, node.col_offset, holder, bound, use.scope.index, create, module)
        )

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


def module_patches(module: Module) -> Iterator[PatchFact]:
    """The keys of `patch.dict("sys.modules", {...})`."""
    if not replaces_modules(module.source.body):
        return
    for call in ast.walk(module.tree):
        match call:
            case ast.Call(func=func, args=[target, ast.Dict(keys=keys, values=values)]) if last_part(func) == "dict":
                of_modules = isinstance(target, ast.Constant) and target.value == "sys.modules"
                if not of_modules and dotted_name(target) != "sys.modules":
                    continue
            case _:
                continue
        for key, value in zip(keys, values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                mock = isinstance(value, ast.Call) and last_part(value.func) in MOCKS and not value.args
                plain = mock and isinstance(value, ast.Call) and not value.keywords
                span = module.span(key)
                yield PatchFact("module", key.value, *span, key.lineno, key.col_offset, (), -1, 0, create=plain)


def _classes(body: Sequence[ast.stmt]) -> Iterator[ast.ClassDef]:
    """Classes at the top level, also those in `if` and `try`."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node
        elif isinstance(node, (ast.If, ast.Try)):
            yield from _classes(node.body)
            yield from _classes(node.orelse)


def _patches(path: Sequence[ast.AST]) -> bool:
    """Whether a string is put together to be the target of a patch."""
    for node in reversed(path):
        if isinstance(node, ast.Call):
            return last_part(node.func) in _PATCH
        if not isinstance(node, (ast.JoinedStr, ast.BinOp, ast.FormattedValue)):
            return False
    return False


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
