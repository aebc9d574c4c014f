"""The facts of the classes and functions that a module defines at its top level."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from codemods.toolkit.python.collect_names import dotted_name, if_context, last_part
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION
from codemods.websocket_ssot.facts import ClassFact, FunctionFact, Parameter
from codemods.websocket_ssot.family import role

_LOGGING = frozenset(
    {"debug", "info", "warning", "warn", "error", "critical", "exception", "log", "print", "deprecated"}
)
HINTS = re.compile(r"\b(canonical|unified|ssot|deprecated|legacy|compat|compatibility|obsolete)\b", re.IGNORECASE)
_INERT_DECORATORS = frozenset({"dataclass", "final", "runtime_checkable", "total_ordering", "deprecated"})


def parameters_of(module: Module, args: ast.arguments) -> tuple[Parameter, ...]:
    """The parameters of a function in the order of the call."""
    body = module.source.body

    def text(node: ast.expr | None) -> str | None:
        if node is None:
            return None
        start, end = module.span(node)
        return body[start:end].decode()

    positional = [*args.posonlyargs, *args.args]
    missing = len(positional) - len(args.defaults)
    found = []
    for index, arg in enumerate(positional):
        default = args.defaults[index - missing] if index >= missing else None
        found.append(Parameter(arg.arg, "pos" if index < len(args.posonlyargs) else "any", text(default)))
    if args.vararg:
        found.append(Parameter(args.vararg.arg, "*", None))
    for arg, kw_default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        found.append(Parameter(arg.arg, "kw", text(kw_default)))
    if args.kwarg:
        found.append(Parameter(args.kwarg.arg, "**", None))
    return tuple(found)


def _own_nodes(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes of a function's body but those of functions and classes inside it."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*FUNCTION, ast.ClassDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))


def function_fact(
    module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef, calls: Mapping[int, int]
) -> FunctionFact:
    """The facts of one function.  `calls` maps the start of a call to the start of the use that it calls."""
    start, end = module.span(node)
    own = list(_own_nodes(node.body))
    returns = []
    for child in own:
        if isinstance(child, ast.Return) and child.value is not None:
            value = child.value.value if isinstance(child.value, ast.Await) else child.value
            # `make(ctx).send()` begins like `make(ctx)`, and isn't a call of it.
            named = isinstance(value, ast.Call) and dotted_name(value.func)
            returns.append(calls.get(module.span(value)[0], -1) if named else -1)
    annotation = "" if node.returns is None else _text(module, node.returns)
    return FunctionFact(
        name=node.name,
        is_async=isinstance(node, ast.AsyncFunctionDef),
        parameters=parameters_of(module, node.args),
        returns=tuple(returns),
        delegates=all(_inert(child) for child in own),
        guards=tuple(_guards(node.body)),
        line=node.lineno,
        start=start,
        end=end,
        reassigned=tuple(sorted({n.id for n in own if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)})),
        annotation=annotation,
        decorators=tuple(last_part(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list),
        gives=tuple(sorted({c.value.id for c in own if isinstance(c, ast.Return) and isinstance(c.value, ast.Name)})),
        hints=_hints(node),
    )


def _hints(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> tuple[str, ...]:
    """The words of the first line of a docstring that say what its author thinks of the definition."""
    summary = (ast.get_docstring(node) or "").partition("\n")[0]
    return tuple(sorted({word.lower() for word in HINTS.findall(summary)}))


def _text(module: Module, node: ast.expr) -> str:
    start, end = module.span(node)
    return module.source.body[start:end].decode()


def _inert(node: ast.AST) -> bool:
    """Whether a node of a function's body keeps the function a mere way to another one.

    Refused are what it could do besides: store into objects or globals, yield, delete, call for an effect that isn't a
    warning or a log record.
    """
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = last_part(node.value.func)
        return name in _LOGGING or "log" in name.lower() or "warn" in name.lower()
    return not isinstance(
        node,
        (ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Delete, *FUNCTION, ast.ClassDef, ast.For, ast.While),
    )


def _guards(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Parameters that the function refuses to be None: `if x is None: raise`, `if not x: raise`."""
    for node in body:
        if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise) and not node.orelse:
            match node.test:
                case ast.Compare(left=ast.Name(id=name), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
                    yield name
                case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
                    yield name


def class_fact(module: Module, node: ast.ClassDef, calls: Mapping[int, int]) -> ClassFact:
    """The facts of one class (`calls` as for `function_fact`)."""
    methods = [child for child in node.body if isinstance(child, FUNCTION)]
    start, end = module.span(node)
    raising = _raising(methods)
    double = role(node.name) == "double"  # nothing is ever held against a double
    inner = [] if double else [part for method in methods for part in ast.walk(method)]
    return ClassFact(
        name=node.name,
        bases=tuple(_text(module, base) for base in node.bases),
        methods=tuple(function_fact(module, method, calls) for method in methods),
        attributes=tuple(sorted(_attributes(node, inner))),
        raises=raising is not None,
        message="" if raising is None else _text(module, raising.exc)[:300] if raising.exc else "",
        open=double or _open(node, methods, inner),
        digest=_digest(module, node),
        passes=_passes(node),
        line=node.lineno,
        start=start,
        end=end,
        hints=_hints(node),
        metaclass=next((_text(module, keyword.value) for keyword in node.keywords if keyword.arg == "metaclass"), ""),
    )


def _raising(methods: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> ast.Raise | None:
    """The `raise` in which construction can only end."""
    by_name = {method.name: method for method in methods}
    constructor = by_name.get("__new__") or by_name.get("__init__")
    if constructor is None or not isinstance(constructor.body[-1], ast.Raise):
        return None
    for child in _own_nodes(constructor.body):
        if isinstance(child, (ast.Return, ast.Yield, ast.YieldFrom)):
            return None
    return constructor.body[-1]


def _attributes(node: ast.ClassDef, inner: Sequence[ast.AST]) -> set[str]:
    """Names that the class binds, or that its methods (`inner` are all their nodes) store on self."""
    found: set[str] = set()
    for child in node.body:
        match child:
            case ast.Assign(targets=targets):
                found.update(target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
    for part in inner:
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and dotted_name(part.value) == "self":
            found.add(part.attr)
    return found


def _open(
    node: ast.ClassDef, methods: Sequence[ast.FunctionDef | ast.AsyncFunctionDef], inner: Sequence[ast.AST]
) -> bool:
    if any(method.name in {"__getattr__", "__getattribute__"} for method in methods) or node.keywords:
        return True
    decorators = (last_part(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list)
    if any(name not in _INERT_DECORATORS for name in decorators):
        return True
    return any(isinstance(part, ast.Call) and dotted_name(part.func) == "setattr" for part in inner)


def _without_docstring(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return list(body[1:])
    return list(body)


def _digest(module: Module, node: ast.ClassDef) -> str:
    """Identifies what a class does: its bases and body as written, without comments, docstrings and indentation."""
    body = _without_docstring(node.body)
    if not any(isinstance(child, FUNCTION) for child in body):
        return ""
    state = hashlib.blake2b(digest_size=12)
    for base in node.bases:
        state.update(_text(module, base).encode() + b"\n")
    for child in body:
        inner = _without_docstring(child.body) if isinstance(child, FUNCTION) else [child]
        if isinstance(child, FUNCTION):
            start, _end = module.span(child)
            state.update(_plain(module.source.body[start : module.span(child.body[0])[0]]))
        for statement in inner:
            start, end = module.span(statement)
            state.update(_plain(module.source.body[start:end]))
    return state.hexdigest()


def _plain(text: bytes) -> bytes:
    """Lines without indentation; empty lines and lines of comment are left out."""
    lines = (line.strip() for line in text.splitlines())
    return b"\n".join(line for line in lines if line and not line.startswith(b"#")) + b"\n"


def _passes(node: ast.ClassDef) -> bool:
    """Whether a subclass adds nothing but a constructor that hands everything on (`super().__init__(*a, **k)`)."""
    body = _without_docstring(node.body)
    if not node.bases:
        return False
    for child in body:
        if isinstance(child, ast.Pass) or (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            continue
        if not isinstance(child, ast.FunctionDef) or child.name != "__init__" or not _hands_on(child):
            return False
    return True


def _hands_on(node: ast.FunctionDef) -> bool:
    for statement in _without_docstring(node.body):
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"))))):
                continue
            case _ if all(_inert(node) for node in ast.walk(statement)):
                continue
            case _:
                return False
    return True


def hands_on(body: Sequence[ast.stmt]) -> bool:
    """Whether a module only hands on what others define: imports, aliases, shims, warnings, `__all__`."""
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
            case ast.Expr() if _inert(node) and isinstance(node.value, ast.Call):
                continue
            case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.AnnAssign(target=ast.Name(id="__all__")):
                continue
            case ast.Assign(targets=[ast.Name()], value=ast.Name() | ast.Attribute() | ast.Constant()):
                continue
            case ast.FunctionDef(body=inner) | ast.AsyncFunctionDef(body=inner):
                if not all(_inert(child) for child in _own_nodes(inner)):
                    return False
            case ast.ClassDef():
                methods = [child for child in node.body if isinstance(child, FUNCTION)]
                if _raising(methods) is None and not _passes(node):
                    return False
            case ast.Try(body=inner, handlers=handlers, orelse=orelse, finalbody=final):
                if not all(hands_on(block) for block in (inner, *(h.body for h in handlers), orelse, final)):
                    return False
            case ast.If(test=test, body=inner, orelse=orelse):
                if if_context(test) == "main" or not hands_on(inner) or not hands_on(orelse):
                    return False
            case _:
                return False
    return True


def type_made(module: Module) -> Iterator[ClassFact]:
    """Classes that are made at the top level by `type(name, bases, dict)`; methods are its lambdas."""
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="type"), args=[_, _, space])):
                start, end = module.span(node)
                methods, attributes = _namespace(module, space)
                is_open = not isinstance(space, ast.Dict) or None in space.keys
                yield ClassFact(
                    name, (), methods, attributes, raises=False, message="", open=is_open, digest="", passes=False,
                    line=node.lineno, start=start, end=end,
                )  # fmt: skip


def _namespace(module: Module, space: ast.expr) -> tuple[tuple[FunctionFact, ...], tuple[str, ...]]:
    if not isinstance(space, ast.Dict):
        return (), ()
    methods: list[FunctionFact] = []
    attributes: list[str] = []
    for key, value in zip(space.keys, space.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            continue
        if isinstance(value, ast.Lambda):
            start, end = module.span(value)
            parameters = parameters_of(module, value.args)
            methods.append(FunctionFact(key.value, False, parameters, (), False, (), value.lineno, start, end))
        else:
            attributes.append(key.value)
    return tuple(methods), tuple(attributes)
