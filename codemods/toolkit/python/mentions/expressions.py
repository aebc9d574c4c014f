"""What a word is as an attribute of an expression, or as a keyword of its call: as far as one module tells."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codemods.toolkit.python.collect_names import dotted_name, last_part
from codemods.toolkit.python.mentions.facts import Ref, Via
from codemods.toolkit.python.mentions.held import (
    guarded_by,
    imported_by,
    instance_of,
    is_firm,
    made_by,
    module_looked_up,
    owner_of,
    path_of,
    spec_of,
    value_of,
)
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION, Binding, Scope, Walk

_GIVING_LIKE = frozenset({"replace", "evolve", "copy", "deepcopy"})
"""Functions that give an object of the class of the one that they are given (dataclasses, attrs, copy)."""


class Expressions(Walk):
    """Walks a module, and answers about the word `old`.

    `known` are the names that are looked at: all that stand in a line with the word.
    """

    def __init__(self, module: Module, old: str, known: frozenset[str], lines: Sequence[int]) -> None:
        self.old = old
        self._known = known
        super().__init__(module, known.__contains__, lines, strings=False)

    def read(self, scope: Scope, name: str, attributes: tuple[str, ...] = ()) -> tuple[Ref, int, int]:
        """What a name in a scope is, the scope it stands in, and the one that binds it (-1: it is no variable)."""
        bound = scope.lookup(name)
        if bound is None:
            return Ref("here", (name, *attributes)), scope.index, 0
        if bound.kind == "module":
            return Ref("here", (name, *attributes)), scope.index, 0
        bindings = bound.bindings[name]
        imported = {imported_by(binding, attributes) for binding in bindings if binding.kind != "none"}
        if len(imported) == 1 and None not in imported:
            (only,) = imported
            return only or Ref("unknown"), scope.index, bound.index
        return Ref("exact", (*path_of(bound), name, *attributes)), scope.index, bound.index

    def read_at(self, node: ast.Name, scope: Scope) -> tuple[Ref, int, int]:
        """What a name that is read in the scope which binds it is: a class body looks further out until it is bound."""
        if scope.kind != "class" or self.old in scope.globals | scope.elsewhere:
            return self.read(scope, self.old)
        before = [each for each in scope.bindings[self.old] if _bound_from(each.node) <= (node.lineno, node.col_offset)]
        if any(not each.context for each in before):
            return self.read(scope, self.old)
        if before or any("loop" in each.context for each in scope.bindings[self.old]):
            return Ref("unknown", reason="it is an attribute of the class, or a name around it"), scope.index, -1
        around = scope.parent
        while around is not None and around.kind == "class":
            around = around.parent
        ref, _scope, variable = self.read(around, self.old) if around is not None else self.read(scope, self.old)
        return ref, scope.index, variable

    def receiver(self, value: ast.expr, scope: Scope, beyond: tuple[str, ...] = ()) -> tuple[Ref, bool]:
        """What the word is as an attribute of `value.beyond`; and whether rope may be asked."""
        between = list(beyond)
        while isinstance(value, ast.Attribute):
            if value.attr != "__class__":  # the attributes of an object and of its class are looked up alike
                between.insert(0, value.attr)
            value = value.value
        if isinstance(value, ast.Name):
            return self._of_name(value.id, tuple(between), scope)
        return self._computed(value, tuple(between), scope)

    def _of_name(self, root: str, between: tuple[str, ...], scope: Scope) -> tuple[Ref, bool]:
        if root not in self._known:
            return Ref("unknown", reason=f"what `{root}` is can't be told"), False
        bound = scope.lookup(root)
        if bound is None or bound.kind == "module":
            bindings = bound.bindings[root] if bound else []
            own = self._held(bindings, between, scope)
            if own is not None:
                return own, True
            return Ref("here", (root, *between, self.old)), is_firm(bindings)
        bindings = bound.bindings[root]
        owner = owner_of(bound, bindings)
        if owner is not None:
            return Ref("exact", path_of(owner), via="self", receiver=between), False
        ref, _scope, _variable = self.read(scope, root, (*between, self.old))
        if ref.how == "imported":
            return ref, True
        if all(binding.kind in {"class", "def"} for binding in bindings):
            return ref, True
        guard = guarded_by(bound.node, root) if [binding.kind for binding in bindings] == ["param"] else ""
        if guard:
            names = tuple(guard.split("."))
            return self._in_scope(Ref("here", names, via="instance", receiver=between), bound), False
        own = self._held(bindings, between, bound)
        if own is not None:
            return own, True
        spelled = ".".join((root, *between))
        return Ref("unknown", reason=f"what `{spelled}` is can't be told"), is_firm(bindings)

    def _held(self, bindings: Sequence[Binding], between: tuple[str, ...], scope: Scope) -> Ref | None:
        """What the word is as an attribute of a variable, by its one binding."""
        value = value_of(bindings)
        module = module_looked_up(value) if value is not None else ""
        if module:
            return Ref("imported", (*between, self.old), 0, module)
        own = instance_of(bindings, between)
        if own is not None:
            return self._in_scope(own, scope)
        if isinstance(value, ast.Call) and self._makes_own(value, scope):
            return self.receiver(value, scope, between)[0]
        return None

    def _computed(self, value: ast.expr, between: tuple[str, ...], scope: Scope) -> tuple[Ref, bool]:
        module = module_looked_up(value)
        if module:
            return Ref("imported", (*between, self.old), 0, module), False
        match value:
            case ast.Subscript(value=modules, slice=ast.Name(id="__name__")) if dotted_name(modules) == "sys.modules":
                return Ref("here", (*between, self.old)), False
            case ast.NamedExpr(value=inner):
                return self.receiver(inner, scope, between)
            case ast.Call(func=ast.Name(id="type"), args=[inner], keywords=[]):
                return self.receiver(inner, scope, between)
            case ast.Call(func=ast.Name(id="super")) if (owner := self._class_around(scope)) is not None:
                return Ref("exact", path_of(owner), via="super", receiver=between), True
            case ast.Call(func=func, args=[inner]) if _gives_alike(func):
                return self.receiver(inner, scope, between)
            case ast.Call(func=ast.Attribute(value=inner, attr="_replace"), args=[]):
                return self.receiver(inner, scope, between)
            case ast.Call() if self._makes_own(value, scope):
                root = value.func
                while isinstance(root, (ast.Attribute, ast.Call)):
                    root = root.value if isinstance(root, ast.Attribute) else root.args[0]
                return self.receiver(root, scope, between)
            case ast.Call() | ast.Await(value=ast.Call()):
                call = value if isinstance(value, ast.Call) else value.value
                if isinstance(call, ast.Call):
                    made = self._made(call, between, scope, awaited=value is not call)
                    if made is not None:
                        return made, True
        return Ref("unknown", reason="what stands before the dot can't be told"), isinstance(value, ast.Call)

    def _made(self, call: ast.Call, between: tuple[str, ...], scope: Scope, *, awaited: bool) -> Ref | None:
        """What the word is as an attribute of what a call gives: that of a method of an instance, or of anything."""
        if isinstance(call.func, ast.Attribute):
            step = f"await {call.func.attr}()" if awaited else f"{call.func.attr}()"
            of_method = self.receiver(call.func.value, scope, (step, *between))[0]
            if of_method.via and of_method.how != "unknown":
                return of_method
        made = made_by(call)
        if made and made.partition(".")[0] in self._known:
            via: Via = "awaited" if awaited else "made"
            return self._in_scope(Ref("here", tuple(made.split(".")), via=via, receiver=between), scope)
        return None

    def _makes_own(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call makes an object of the class around: `cls()`, `type(self)()`, `self.__class__()`."""
        match call.func:
            case ast.Name(id=name):
                bound = scope.lookup(name) if name in self._known else None
                if bound is None or owner_of(bound, bound.bindings[name]) is None:
                    return False
                decorators = bound.node.decorator_list if isinstance(bound.node, FUNCTION) else []
                return "classmethod" in {last_part(each) for each in decorators} or name in {"cls", "klass"}
            case ast.Attribute(value=ast.Name(), attr="__class__"):
                return True
            case ast.Call(func=ast.Name(id="type"), args=[ast.Name()], keywords=[]):
                return True
        return False

    def _in_scope(self, ref: Ref, scope: Scope) -> Ref:
        """The same, where the first of its names is read in a scope."""
        if ref.how != "here":
            return ref
        found, _scope, _variable = self.read(scope, ref.names[0], ref.names[1:])
        return Ref(found.how, found.names, found.level, found.module, found.reason, ref.via, ref.receiver)

    def _class_around(self, scope: Scope) -> Scope | None:
        at: Scope | None = scope
        while at is not None and at.kind != "class":
            at = at.parent
        return at

    def callee(self, func: ast.expr, scope: Scope) -> tuple[Ref, bool]:
        """What is called, as the one whose keyword the word is."""
        if isinstance(func, ast.Subscript):  # `C[int](...)`, or anything that a container holds
            return self.callee(func.value, scope)[0], False
        if isinstance(func, ast.Name):
            return self._called_name(func.id, scope)
        if self._makes_own(ast.Call(func, [], []), scope):
            owner = self.receiver(func.value if isinstance(func, ast.Attribute) else func, scope)[0]
            return Ref(owner.how, owner.names, owner.level, owner.module, owner.reason, "keyword"), False
        if isinstance(func, ast.Attribute):
            outer, self.old = self.old, func.attr
            try:
                ref, firm = self.receiver(func.value, scope)
            finally:
                self.old = outer
            if ref.via:  # the method of an instance
                names = (*ref.receiver, func.attr)
                how = f"{ref.via}"
                return Ref(ref.how, ref.names, ref.level, ref.module, how, "keyword", names), firm
            return Ref(ref.how, ref.names, ref.level, ref.module, ref.reason, "keyword"), firm
        return Ref("unknown", reason="what is called can't be told", via="keyword"), False

    def _called_name(self, name: str, scope: Scope) -> tuple[Ref, bool]:
        bound = scope.lookup(name)
        bindings = bound.bindings[name] if bound is not None else []
        if bound is not None and self._makes_own(ast.Call(ast.Name(name), [], []), scope):
            owner = owner_of(bound, bindings)
            names = path_of(owner) if owner is not None else ()
            return Ref("exact", names, via="keyword"), False
        if bound is not None and bound.kind != "module":
            value = value_of(bindings)
            if isinstance(value, (ast.Name, ast.Attribute)) and bound.lookup(dotted_name(value).partition(".")[0]):
                return self.callee(value, bound)
            if not all(binding.kind in {"class", "def", "import"} for binding in bindings):
                reason = f"what `{name}` holds can't be told"
                return Ref("unknown", reason=reason, via="keyword"), is_firm(bindings)
        ref, _scope, _variable = self.read(scope, name)
        return Ref(ref.how, ref.names, ref.level, ref.module, ref.reason, "keyword"), True

    def attribute_set(self, node: ast.Call, scope: Scope) -> Ref | None:
        """What the word is where keywords of a call are attributes of something that the call names."""
        match last_part(node.func), node.args:
            case "multiple", [ast.Constant(value=str(dotted)), *_]:
                first, *names = dotted.split(".")
                return Ref("imported", (*names, self.old), 0, first)
            case "multiple", [target, *_]:
                return self.receiver(target, scope)[0]
            case "replace" | "evolve", [target] if _gives_alike(node.func):
                return self.receiver(target, scope)[0]
            case "_replace", []:
                return self.receiver(node.func.value, scope)[0] if isinstance(node.func, ast.Attribute) else None
        spec = spec_of(node)
        if spec:
            return self._in_scope(Ref("here", tuple(spec.split(".")), via="instance"), scope)
        return None


def _gives_alike(func: ast.expr) -> bool:
    """Whether a function gives an object of the class of the one that it is given (dataclasses, attrs, copy)."""
    dotted = dotted_name(func)
    module, _, name = dotted.rpartition(".")
    return name in _GIVING_LIKE and module in {"", "copy", "dataclasses", "attr", "attrs"}


def _bound_from(node: ast.AST) -> tuple[int, int]:
    """The place from which on a statement has bound its name."""
    body = getattr(node, "body", ())
    if isinstance(node, (*FUNCTION, ast.ClassDef)) or not body:
        return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)
    return body[0].lineno, body[0].col_offset
