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
        case ast.Match(cases=cases):
            return _matched(cases, binding.name, between)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return _entered(items, binding.name, between)
        case ast.If() | ast.While() | ast.Expr() if isinstance(value := value_of(bindings), ast.Call):
            made = made_by(value)
            return Ref("here", tuple(made.split(".")), via="made", receiver=between) if made else None
        case ast.FunctionDef() | ast.AsyncFunctionDef() if binding.kind == "param":
            annotation = next((arg.annotation for arg in arguments(binding.node.args) if arg.arg == binding.name), None)
            args = binding.node.args
            if binding.name in {arg.arg for arg in (args.vararg, args.kwarg) if arg is not None}:
                return None
    dotted = class_named(annotation) if annotation is not None else ""
    return Ref("here", tuple(dotted.split(".")), via="instance", receiver=between) if dotted else None


def _matched(cases: Iterable[ast.match_case], name: str, between: tuple[str, ...]) -> Ref | None:
    """What `case C() as name` binds."""
    for node in (each for case in cases for each in ast.walk(case.pattern)):
        match node:
            case ast.MatchAs(name=bound, pattern=ast.MatchClass(cls=cls)) if bound == name and dotted_name(cls):
                return Ref("here", tuple(dotted_name(cls).split(".")), via="instance", receiver=between)
    return None


def _entered(items: Iterable[ast.withitem], name: str, between: tuple[str, ...]) -> Ref | None:
    """What `with C() as name` binds: what `C.__enter__` gives."""
    for item in items:
        match item:
            case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=bound)) if bound == name:
                made = made_by(call)
                return Ref("here", tuple(made.split(".")), via="entered", receiver=between) if made else None
    return None


def value_of(bindings: Sequence[Binding]) -> ast.expr | None:
    """The value of the one assignment that binds a variable."""
    match bindings:
        case [Binding(node=ast.Assign(targets=[ast.Name()], value=value))]:
            return value
        case [Binding(node=ast.AnnAssign(target=ast.Name(), value=value))]:
            return value
        case [Binding(name=name, kind="value", node=node)]:
            named = [each for each in ast.walk(node) if isinstance(each, ast.NamedExpr) and each.target.id == name]
            return named[0].value if len(named) == 1 and isinstance(node, (ast.If, ast.While, ast.Expr)) else None
    return None


_LOOKING_UP = frozenset({"import_module", "__import__"})


def module_looked_up(value: ast.expr) -> str:
    """The name of a module that an expression gives: `import_module("a.b")`, `sys.modules["a.b"]`; "" for any other."""
    match value:
        case ast.Call(func=func, args=[ast.Constant(value=str(name))], keywords=[]) if last_part(func) in _LOOKING_UP:
            name = name.partition(".")[0] if last_part(func) == "__import__" else name
        case ast.Subscript(value=modules, slice=ast.Constant(value=str(name))) if dotted_name(modules) == "sys.modules":
            pass
        case _:
            return ""
    return name if all(part.isidentifier() for part in name.split(".")) else ""


def guarded_by(function: ast.AST, name: str) -> str:
    """The class that a parameter is an instance of all over a function, as that begins with a check, "" for any other.

    `if not isinstance(other, C): return NotImplemented`, or `return isinstance(other, C) and ...`.
    """
    body = function.body if isinstance(function, FUNCTION) else []
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]  # the docstring
    match body:
        case [ast.If(test=ast.UnaryOp(op=ast.Not(), operand=check), body=[ast.Return() | ast.Raise()], orelse=[]), *_]:
            pass
        case [ast.Return(value=ast.BoolOp(op=ast.And(), values=[check, *_]))]:
            pass
        case _:
            return ""
    match check:
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=checked), cls]) if checked == name:
            return dotted_name(cls)
    return ""


def is_firm(bindings: Sequence[Binding]) -> bool:
    """Whether a variable holds one thing only: it is bound once, and not to one of several values."""
    match bindings:
        case [Binding(node=ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value))]:
            return not any(isinstance(node, (ast.IfExp, ast.BoolOp, ast.NamedExpr)) for node in ast.walk(value))
    return len(bindings) == 1


_SPECIFIED = frozenset({"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock"})


def made_by(call: ast.Call) -> str:
    """What is called; for a double that is made after a class (`Mock(spec=C)`) that class."""
    func = call.func
    while isinstance(func, ast.Subscript):  # `C[int]()`
        func = func.value
    return spec_of(call) or dotted_name(func)


def spec_of(call: ast.Call) -> str:
    """The class that a call makes a double of (`Mock(spec=C)`, `create_autospec(C)`), "" for any other call."""
    match last_part(call.func), call.args:
        case "create_autospec", [ast.expr() as spec, *_]:
            return dotted_name(spec)
        case name, _ if name in _SPECIFIED:
            specs = [keyword.value for keyword in call.keywords if keyword.arg in {"spec", "spec_set"}]
            return dotted_name(specs[0]) if specs else ""
    return ""


def class_named(annotation: ast.expr) -> str:
    """The class that an annotation names (`C`, `"C"`, `Optional[C]`, `C | None`), "" for any other."""
    match annotation:
        case ast.Constant(value=str(text)):
            try:
                return class_named(ast.parse(text.strip(), mode="eval").body)
            except SyntaxError:
                return ""
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return class_named(left)
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
            return class_named(right)
        case ast.Subscript(value=value, slice=inner) if last_part(value) in {"Optional", "Annotated", "Final"}:
            return class_named(inner.elts[0] if isinstance(inner, ast.Tuple) else inner)
    return dotted_name(annotation)
