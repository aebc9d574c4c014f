"""What happens to the names of one module: they are called, replaced, handed on, or asked something harmless."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import msgspec

from codemods.rope_signature.calls import Given, nature_of
from codemods.rope_signature.facts import Action, Binding, Span, Use
from codemods.rope_signature.functions import SHOWN, binding_of
from codemods.toolkit.python.collect_names import dotted_name, holds_line, last_part
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION, arguments
from codemods.toolkit.python.spelled import last_name_at
from codemods.toolkit.python.uses import arguments_of

_ASSERTED = frozenset({
    "assert_called_with", "assert_called_once_with", "assert_any_call", "assert_awaited_with",
    "assert_awaited_once_with", "assert_any_await",
})  # fmt: skip
"""Methods of a double that take the arguments of a call (unittest.mock)."""
_TOLD = frozenset({
    "cache_clear", "cache_info", "cache_parameters", "__name__", "__qualname__", "__doc__", "__module__", "__dict__",
    "return_value", "side_effect", "called", "call_count", "await_count", "assert_called", "assert_called_once",
    "assert_not_called", "assert_awaited", "assert_awaited_once", "assert_not_awaited", "reset_mock",
})  # fmt: skip
"""Attributes of a function, or of a double of it, that say nothing of its arguments."""
_CHECKS = frozenset({
    "isinstance", "issubclass", "super", "cast", "hasattr", "raises", "warns", "suppress", "assertRaises",
    "assertRaisesRegex", "assertWarns", "assertIsInstance", "assertNotIsInstance", "TypeVar", "NewType",
})  # fmt: skip
"""Functions that take a class and don't call it."""
_DOUBLES = frozenset({
    "Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock", "create_autospec", "PropertyMock",
})  # fmt: skip
_LOOKING_UP = frozenset({"getattr", "methodcaller", "attrgetter", "getattr_static"})
_LOOKING_INTO = frozenset({"object", "setattr", "delattr", "getattr", "spy", "stub"})
"""Functions that look at an attribute of their first argument (`patch.object(C, "name")`)."""
_SPECIFYING = frozenset({"spec", "spec_set", "autospec"})
_IN_F_STRING = (ast.JoinedStr, ast.FormattedValue)


class _At(NamedTuple):
    node: ast.expr
    path: tuple[ast.AST, ...]


class OfSelf(NamedTuple):
    """The class of an instance as a method knows it (`cls`, `type(self)`): where, in which class, and its use.

    `class_names` is empty where it is the class of something else (`type(x)(...)`).
    """

    offset: int
    class_names: tuple[str, ...]
    use: Use


def uses_at(
    module: Module, offsets: Collection[int], lines: Sequence[int], word: str, *, is_class: bool
) -> dict[int, Use]:
    """What happens to the names `word` that start at these offsets; one of which the place isn't known is at -line.

    `is_class` says that the word is the name of a class, and calls of it are what matters.
    """
    found: dict[int, Use] = {}
    for at in _named(module.tree, (), lines, word):
        offset = last_name_at(module, at.node)
        here = module.source.body[offset : offset + len(word.encode())] == word.encode()
        if here and offset in offsets:
            found[offset] = _use(module, at, is_class=is_class)
        elif not here:
            found[-at.node.lineno] = Use("unclear", word, 0)
    return found


def _named(node: ast.AST, path: tuple[ast.AST, ...], lines: Sequence[int], word: str) -> Iterator[_At]:
    for child in ast.iter_child_nodes(node):
        # Lines within f-strings are not always right before Python 3.12.
        in_f_string = isinstance(node, _IN_F_STRING)
        if isinstance(child, (ast.stmt, ast.expr)) and not in_f_string and not holds_line(child, lines):
            continue
        match child:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name == word:
                yield _At(child, (*path, node))
        yield from _named(child, (*path, node), lines, word)


def looked_up(module: Module, lines: Sequence[int]) -> frozenset[int]:
    """The lines of strings by which a function is looked up and then called: `getattr(x, "name")`."""
    found: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and last_part(node.func) in _LOOKING_UP and holds_line(node, lines):
            found |= {each.lineno for each in node.args if isinstance(each, ast.Constant)}
    return frozenset(found)


def classes_of_self(module: Module) -> Iterator[OfSelf]:
    """What happens to the classes that methods know of themselves: `cls`, `type(self)`, `self.__class__`."""
    for node in module.tree.body:
        yield from _of_self(module, node, (module.tree,))


def _of_self(module: Module, node: ast.AST, path: tuple[ast.AST, ...]) -> Iterator[OfSelf]:
    if isinstance(node, ast.expr) and _is_class_of_self(node, path):
        use = _use(module, _At(node, path), is_class=True)
        around = _class_around(path)
        yield OfSelf(module.span(node)[0], around, msgspec.structs.replace(use, spelled=ast.unparse(node)))
    elif isinstance(node, ast.expr) and _is_class_of_something(node):
        use = _use(module, _At(node, path), is_class=True)
        if use.action == "call":
            yield OfSelf(module.span(node)[0], (), msgspec.structs.replace(use, spelled=ast.unparse(node)))
    for child in ast.iter_child_nodes(node):
        yield from _of_self(module, child, (*path, node))


def _is_class_of_self(node: ast.expr, path: tuple[ast.AST, ...]) -> bool:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            wanted: Binding = "class"
        case ast.Attribute(value=ast.Name(id=name), attr="__class__"):
            wanted = "instance"
        case ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=name)], keywords=[]):
            wanted = "instance"
        case _:
            return False
    method, in_class = _method(path)
    if method is None or name not in {arg.arg for arg in arguments(method.args)[:1]}:
        return False
    return binding_of(method, in_class=in_class) == wanted


def _is_class_of_something(node: ast.expr) -> bool:
    """Whether an expression is the class of any object: `type(x)`, `x.__class__`."""
    match node:
        case ast.Attribute(attr="__class__") | ast.Call(func=ast.Name(id="type"), args=[_], keywords=[]):
            return True
    return False


def _class_around(path: Sequence[ast.AST]) -> tuple[str, ...]:
    """The path of the class whose method is around a node."""
    method, _in_class = _method(path)
    before = path[: path.index(method)] if method is not None else path
    return tuple(each.name for each in before if isinstance(each, (*FUNCTION, ast.ClassDef)))


def _use(module: Module, at: _At, *, is_class: bool) -> Use:
    node, path = at
    called, parents = _called(node, path)
    spelled = dotted_name(node) or last_part(node)
    end = module.span(called)[1]
    on_class = _is_on_class(node, path)
    match parents:
        case [*_, ast.Call(func=func) as call] if func is called:
            return _call(module, at, "call", call, end, on_class=on_class)
        case [*_, ast.Call() as call, ast.Attribute(attr=attr)] if attr in _ASSERTED and call.func is parents[-1]:
            return _call(module, at, "asserted", call, module.span(call.func)[1], on_class=on_class)
    if not isinstance(getattr(node, "ctx", None), (ast.Load, type(None))):
        if isinstance(node, ast.Name) and _is_another_name(path):
            return Use("alias", spelled, end)
        return Use("stored", spelled, end, double=_is_double(path), on_class=on_class)
    if is_class and isinstance(path[-1], ast.Attribute):
        return Use("told", spelled, end)
    return Use(_action(called, parents), spelled, end, on_class=on_class)


def _called(node: ast.expr, path: tuple[ast.AST, ...]) -> tuple[ast.expr, tuple[ast.AST, ...]]:
    """What is called where a name is: `C[int]` for a generic class."""
    match path:
        case [*_, ast.Call(func=func), ast.Subscript(value=value) as subscript] if value is node and func is subscript:
            return subscript, path[:-1]
    return node, path


def _call(module: Module, at: _At, action: Action, call: ast.Call, end: int, *, on_class: bool) -> Use:
    body = module.source.body
    given: list[Given] = []
    spans: list[Span] = []
    values: list[Span] = []
    for argument in arguments_of(module, call):
        start = argument.start
        if argument.name and argument.name not in {"*", "**"}:
            behind = body[argument.name_end : argument.end]
            equals = behind.index(b"=") + 1
            start = argument.name_end + equals + len(behind[equals:]) - len(behind[equals:].lstrip())
        value = body[start : argument.end].decode()
        given.append(Given(argument.name, value, nature_of(value)))
        spans.append(Span(argument.start, argument.end))
        values.append(Span(start, argument.end))
    quoted = any(isinstance(each, ast.JoinedStr) for each in at.path)
    return Use(
        action,
        dotted_name(at.node) or last_part(at.node),
        end,
        tuple(given),
        tuple(spans),
        tuple(values),
        on_class=on_class,
        quoted=quoted,
        shown=quoted and SHOWN.match(body, module.span(call)[1]) is not None,
        inside=_function_around(at.path),
    )


def _action(node: ast.expr, path: tuple[ast.AST, ...]) -> Action:
    """What happens to a name that is read and not called."""
    match path[-1]:
        case ast.Assign(value=value, targets=targets) if value is node and _is_at_top(path):
            return "alias" if all(isinstance(target, ast.Name) for target in targets) else "handed on"
        case ast.AnnAssign(value=value, target=ast.Name()) if value is node and _is_at_top(path):
            return "alias"
        case ast.Attribute(attr=attr):
            return "told" if attr in _TOLD else "handed on"
        case ast.Compare(ops=ops) if all(isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) for op in ops):
            return "told"
        case ast.FunctionDef(decorator_list=list_) | ast.AsyncFunctionDef(decorator_list=list_):
            return "applied" if node in list_ else "told"
        case ast.ClassDef(decorator_list=list_):
            return "applied" if node in list_ else "told"
        case ast.Expr():
            return "told"
        case ast.Call(func=func) if last_part(func) in _DOUBLES:
            return "doubled"
        case ast.keyword(arg=arg) if arg in _SPECIFYING:
            return "doubled"
    return "told" if _is_type(node, path) else "handed on"


def _is_type(node: ast.expr, path: tuple[ast.AST, ...]) -> bool:
    """Whether an expression stands where a class is named, not used: an annotation, a check, a handler, a base."""
    child: ast.AST = node
    for parent in reversed(path):
        match parent:
            case ast.arg() | ast.ExceptHandler() | ast.MatchClass() | ast.Delete():
                return True
            case ast.AnnAssign(annotation=annotation):
                return child is annotation
            case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
                return child is returns
            case ast.ClassDef(bases=bases):
                return child in bases
            case ast.Call(func=func, args=args):
                return last_part(func) in _CHECKS or (last_part(func) in _LOOKING_INTO and child in args[:1])
            case ast.Subscript(slice=index) if child is index:
                return True
            case ast.Subscript() | ast.keyword() | ast.Tuple() | ast.List() | ast.BinOp(op=ast.BitOr()):
                child = parent
                continue
        return type(parent).__name__ == "TypeAlias"
    return False


def _is_at_top(path: Sequence[ast.AST]) -> bool:
    return not any(isinstance(each, (*FUNCTION, ast.ClassDef, ast.Lambda)) for each in path)


def _is_another_name(path: tuple[ast.AST, ...]) -> bool:
    """Whether an assignment gives something another name at the top level: what it is there is followed."""
    match path[-1]:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return bool(dotted_name(value)) and _is_at_top(path)
    return False


def _is_double(path: tuple[ast.AST, ...]) -> bool:
    """Whether what is stored is a double of a test, or nothing."""
    match path[-1]:
        case ast.Assign(value=ast.Call(func=func)) | ast.AnnAssign(value=ast.Call(func=func)):
            return last_part(func) in _DOUBLES
    return False


def _is_on_class(node: ast.expr, path: tuple[ast.AST, ...]) -> bool:
    """Whether a name is an attribute of `cls`, or of `super()`, in a method that gets the class."""
    function, in_class = _method(path)
    if function is None or binding_of(function, in_class=in_class) != "class" or not isinstance(node, ast.Attribute):
        return False
    match node.value:
        case ast.Name(id=name):
            return name in {arg.arg for arg in arguments(function.args)[:1]}
        case ast.Call(func=ast.Name(id="super")):
            return True
    return False


def _method(path: Sequence[ast.AST]) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef | None, bool]:
    """The method around a name, through functions within it, and whether it is one of a class."""
    for index in range(len(path) - 1, 0, -1):
        each = path[index]
        if isinstance(each, FUNCTION) and isinstance(path[index - 1], ast.ClassDef):
            return each, True
    return None, False


def _function_around(path: Sequence[ast.AST]) -> tuple[str, ...]:
    """The path of the function that a name stands in."""
    return tuple(each.name for each in path if isinstance(each, (*FUNCTION, ast.ClassDef)))
