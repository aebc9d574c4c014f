"""What a variable holds, as far as its one binding says it, and the path of the definition that makes a scope."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from codemods.toolkit.python.collect_names import dotted_name, last_part
from codemods.toolkit.python.mentions.facts import Ref
from codemods.toolkit.python.scopes import FUNCTION, Binding, Scope, arguments


def path_of(scope: Scope) -> tuple[str, ...]:
    """The path of the definition that makes a scope."""
    names: list[str] = []
    at: Scope | None = scope
    while at is not None:
        match at.node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                if at.kind != "type":
                    names.insert(0, name)
            case ast.Module():
                pass
            case node if at.kind != "type":
                names.insert(0, f"<{type(node).__name__} in line {getattr(node, 'lineno', 0)}>")
        at = at.parent
    return tuple(names)


def imported_by(binding: Binding, attributes: tuple[str, ...]) -> Ref | None:
    """What an import binds, and attributes of it; None where the binding is no import."""
    node = binding.node
    if binding.kind != "import":
        return None
    if isinstance(node, ast.ImportFrom):
        return Ref("imported", (node.names[binding.index].name, *attributes), node.level, node.module or "")
    if isinstance(node, ast.Import):
        alias = node.names[binding.index]
        return Ref("imported", attributes, 0, alias.name if alias.asname else alias.name.partition(".")[0])
    return None


def owner_of(scope: Scope, bindings: Iterable[Binding]) -> Scope | None:
    """The class whose instance, or which itself, the first parameter of a method is."""
    function, around = scope.node, scope.parent
    if around is not None and around.kind == "type":
        around = around.parent
    if around is None or around.kind != "class" or not isinstance(function, FUNCTION):
        return None
    first = [*function.args.posonlyargs, *function.args.args][:1]
    decorated = {last_part(decorator) for decorator in function.decorator_list}
    kinds = [(binding.kind, binding.name) for binding in bindings]
    if "staticmethod" in decorated or not first or kinds != [("param", first[0].arg)]:
        return None
    return around


def instance_of(bindings: Sequence[Binding], between: tuple[str, ...]) -> Ref | None:
    """The class of what a variable holds, by the one call or annotation that binds it."""
    if len(bindings) != 1:
        return None
    binding = bindings[0]
    annotation: ast.expr | None = None
    match binding.node:
        case ast.Assign(targets=[ast.Name()], value=ast.Call() as call):
            made = made_by(call)
            return Ref("here", tuple(made.split(".")), via="made", receiver=between) if made else None
        case ast.Assign(targets=[ast.Name()], value=ast.Await(value=ast.Call() as call)):
            made = made_by(call)
            return Ref("here", tuple(made.split(".")), via="awaited", receiver=between) if made else None
        case ast.AnnAssign(target=ast.Name(), annotation=stated):
            annotation = stated
        case ast.FunctionDef() | ast.AsyncFunctionDef() if binding.kind == "param":
            annotation = next((arg.annotation for arg in arguments(binding.node.args) if arg.arg == binding.name), None)
            args = binding.node.args
            if binding.name in {arg.arg for arg in (args.vararg, args.kwarg) if arg is not None}:
                return None
    dotted = class_named(annotation) if annotation is not None else ""
    return Ref("here", tuple(dotted.split(".")), via="instance", receiver=between) if dotted else None


def is_firm(bindings: Sequence[Binding]) -> bool:
    """Whether a variable holds one thing only: it is bound once, and not to one of several values."""
    match bindings:
        case [Binding(node=ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value))]:
            return not any(isinstance(node, (ast.IfExp, ast.BoolOp, ast.NamedExpr)) for node in ast.walk(value))
    return len(bindings) == 1


_SPECIFIED = frozenset({"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock"})


def made_by(call: ast.Call) -> str:
    """What is called; for a double that is made after a class (`Mock(spec=C)`) that class."""
    match last_part(call.func), call.args:
        case "create_autospec", [ast.expr() as spec, *_]:
            return dotted_name(spec)
        case name, _ if name in _SPECIFIED:
            specs = [keyword.value for keyword in call.keywords if keyword.arg in {"spec", "spec_set"}]
            if specs and dotted_name(specs[0]):
                return dotted_name(specs[0])
    return dotted_name(call.func)


def class_named(annotation: ast.expr) -> str:
    """The class that an annotation names (`C`, `"C"`, `Optional[C]`, `C | None`), "" for any other."""
    match annotation:
        case ast.Constant(value=str(text)):
            return text if all(part.isidentifier() for part in text.split(".")) else ""
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return class_named(left)
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
            return class_named(right)
        case ast.Subscript(value=value, slice=inner) if last_part(value) in {"Optional", "Annotated", "Final"}:
            return class_named(inner.elts[0] if isinstance(inner, ast.Tuple) else inner)
    return dotted_name(annotation)
