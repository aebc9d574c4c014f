"""The classes and functions of one module, as far as they say what attributes and parameters belong to."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from codemods.toolkit.python.collect_names import blocks, dotted_name, last_part
from codemods.toolkit.python.mentions.facts import ClassFact, FunctionFact, Ref, ReturnFact, Via
from codemods.toolkit.python.mentions.held import class_named, made_by
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION, arguments
from codemods.toolkit.python.targets import statements_in, stored_names, targets_of

_DATA_CLASSES = frozenset(
    {"dataclass", "define", "frozen", "mutable", "attrs", "s", "attributes", "pydantic_dataclass"}
)
_DATA_BASES = frozenset({"NamedTuple", "TypedDict", "BaseModel", "Struct", "BaseSettings", "SQLModel"})


_PROPERTIES = frozenset({"property", "cached_property"})


def class_facts(module: Module, words: tuple[str, ...]) -> tuple[ClassFact, ...]:
    """All classes of a module, also those within classes and functions."""
    return tuple(_classes(module.tree.body, (), words))


def _classes(body: list[ast.stmt], around: tuple[str, ...], words: tuple[str, ...]) -> Iterator[ClassFact]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            names = (*around, node.name)
            yield _class(node, names, words)
            yield from _classes(node.body, names, words)
        elif isinstance(node, FUNCTION):
            yield from _classes(node.body, (*around, node.name), words)
        else:
            for block, _word in blocks(node):
                yield from _classes(list(block), around, words)


def _class(node: ast.ClassDef, names: tuple[str, ...], words: tuple[str, ...]) -> ClassFact:
    members = dict.fromkeys(_members(node.body))
    stored: dict[str, None] = {}
    attributes: dict[str, list[Ref]] = {}
    stores: Counter[str] = Counter()
    for statement in node.body:
        if isinstance(statement, FUNCTION):
            if statement.returns is not None and {last_part(each) for each in statement.decorator_list} & _PROPERTIES:
                _note(attributes, statement.name, class_named(statement.returns))
            _look_at_method(statement, words, stored, attributes, stores)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            _note(attributes, statement.target.id, class_named(statement.annotation))
        else:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                    _note(attributes, name, made_by(call), "default")
    known = {
        name: refs[0]
        for name, refs in attributes.items()
        if len(set(refs)) == 1 and refs[0].names and stores[name] <= 0
    }
    decorators = {last_part(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list}
    data = bool(decorators & _DATA_CLASSES) or bool({last_part(base) for base in node.bases} & _DATA_BASES)
    bases = tuple(_base(base) for base in node.bases)
    return ClassFact(
        names, bases, tuple(members), tuple(stored), known, data and "__init__" not in members, node.lineno,
        next((_base(each.value) for each in node.keywords if each.arg == "metaclass"), None),
        any(_takes_more(each, words) for each in node.body),
    )  # fmt: skip


def _takes_more(node: ast.stmt, words: tuple[str, ...]) -> bool:
    """Whether this is an `__init__` that takes keywords of any name, the word among them."""
    return isinstance(node, FUNCTION) and node.name == "__init__" and _takes(node, words[0])


def _takes(node: ast.FunctionDef | ast.AsyncFunctionDef, word: str) -> bool:
    """Whether a keyword of the name is one of those that a function takes by `**`."""
    return node.args.kwarg is not None and word not in {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}


def _base(base: ast.expr) -> Ref:
    if isinstance(base, ast.Subscript):
        base = base.value
    dotted = dotted_name(base)
    if not dotted:
        return Ref("unknown", reason="a base class that is computed")
    return Ref("here", tuple(dotted.split(".")))


def _members(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name for alias in aliases)
            case ast.Assign() | ast.AugAssign() | ast.For() | ast.With():
                for target in ast.iter_child_nodes(node):
                    if isinstance(target, ast.expr):
                        yield from stored_names(target)
        for block, _word in blocks(node):
            yield from _members(list(block))


def _look_at_method(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    words: tuple[str, ...],
    stored: dict[str, None],
    attributes: dict[str, list[Ref]],
    stores: Counter[str],
) -> None:
    """Note what a method stores in its instance; `stores` counts those of which nothing is known."""
    parameters = arguments(node.args)
    if not parameters:
        return
    me = parameters[0].arg
    annotations = {arg.arg: arg.annotation for arg in parameters if arg.annotation is not None}
    for statement in statements_in(node.body):
        for inner in (each for target in targets_of(statement) for each in ast.walk(target)):
            match inner:
                case ast.Attribute(value=ast.Name(id=name), attr=attr, ctx=ast.Store()) if name == me:
                    stores[attr] += 1
                    if attr in words:
                        stored[attr] = None
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr=attr)], value=value) if name == me:
                stores[attr] -= 1
                via: Via = "made" if isinstance(value, ast.Call) else "instance"
                if isinstance(value, ast.Await):
                    via, value = "awaited", value.value
                _note(attributes, attr, _class_of(value, annotations), via)
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id=name), attr=attr), annotation=stated) if (
                name == me
            ):
                stores[attr] -= 1
                _note(attributes, attr, class_named(stated))


def _class_of(value: ast.expr, annotations: dict[str, ast.expr]) -> str | None:
    """The class of a value: "" when it can't be told, None when it says nothing (it is None)."""
    match value:
        case ast.Constant(value=None):
            return None
        case ast.Call():
            return made_by(value)
        case ast.Name(id=name) if name in annotations:
            return class_named(annotations[name])
    return ""


def _note(attributes: dict[str, list[Ref]], name: str, dotted: str | None, via: Via = "instance") -> None:
    if dotted is not None:
        names = tuple(dotted.split(".")) if dotted else ()
        attributes.setdefault(name, []).append(Ref("here", names, via=via))


_GIVING_THE_SAME = frozenset({"cache", "lru_cache", "staticmethod", "classmethod", "override", "final"})
"""Decorators under which a call gives what the function returns."""


def return_facts(module: Module) -> tuple[ReturnFact, ...]:
    """Functions and methods that say the class of what they return."""
    return tuple(_returns(module.tree.body, ()))


def _returns(body: list[ast.stmt], around: tuple[str, ...]) -> Iterator[ReturnFact]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _returns(node.body, (*around, node.name))
        elif isinstance(node, FUNCTION):
            decorators = {last_part(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list}
            ref = _returned(node, around, decorators) if decorators <= _GIVING_THE_SAME else None
            if ref is not None:
                yield ReturnFact((*around, node.name), ref, isinstance(node, ast.AsyncFunctionDef))
        else:
            for block, _word in blocks(node):
                yield from _returns(list(block), around)


def _returned(
    node: ast.FunctionDef | ast.AsyncFunctionDef, around: tuple[str, ...], decorators: set[str]
) -> Ref | None:
    """The class of what a function returns, by its annotation, or as it is the object that a method is called on."""
    if node.returns is not None:
        dotted = class_named(node.returns)
        if dotted.rpartition(".")[2] == "Self" and around:
            return Ref("exact", around, via="instance")
        return Ref("here", tuple(dotted.split(".")), via="instance") if dotted else None
    parameters = [*node.args.posonlyargs, *node.args.args]
    values = [each.value for each in statements_in(node.body) if isinstance(each, ast.Return)]
    if not around or not parameters or not values or "staticmethod" in decorators:
        return None
    return Ref("exact", around, via="instance") if all(_is_own(each, parameters[0].arg) for each in values) else None


def _is_own(value: ast.expr | None, me: str) -> bool:
    """Whether this is the first parameter of a method, or (`cls()`) made by it."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id == me == "cls"
    return isinstance(value, ast.Name) and value.id == me != "cls"


def forks(module: Module) -> tuple[str, ...]:
    """Names of functions with several `return` statements that don't all call the same."""
    values: dict[int, list[ast.expr]] = {}
    names: dict[int, str] = {}
    stack: list[tuple[ast.stmt | ast.excepthandler | ast.match_case, int]] = [(node, 0) for node in module.tree.body]
    while stack:
        node, function = stack.pop()
        if isinstance(node, ast.Return):
            if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
                values.setdefault(function, []).append(node.value)
            continue
        if isinstance(node, FUNCTION):
            function = id(node)
            names[function] = node.name
        elif isinstance(node, ast.ClassDef):
            function = 0
        inner = ast.iter_child_nodes(node)
        stack += ((each, function) for each in inner if isinstance(each, (ast.stmt, ast.excepthandler, ast.match_case)))
    return tuple(sorted({names[function] for function, found in values.items() if function and _fork(found)}))


def _fork(values: list[ast.expr]) -> bool:
    if any(isinstance(value, (ast.IfExp, ast.BoolOp)) for value in values):
        return True
    made = {made_by(value) if isinstance(value, ast.Call) else "" for value in values}
    return len(values) > 1 and (len(made) > 1 or "" in made)


def function_facts(module: Module, wanted: frozenset[str], words: tuple[str, ...]) -> tuple[FunctionFact, ...]:
    """Functions with one of these names."""
    return tuple(_functions(module.tree.body, (), wanted, words))


def _functions(
    body: list[ast.stmt], around: tuple[str, ...], wanted: frozenset[str], words: tuple[str, ...]
) -> Iterator[FunctionFact]:
    for node in body:
        if isinstance(node, FUNCTION):
            names = (*around, node.name)
            if node.name in wanted:
                calls = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
                decorators = tuple(dotted_name(each) or "?" for each in calls)
                yield FunctionFact(names, decorators, tuple(sorted(_bound_in(node, words))), node.lineno)
            yield from _functions(node.body, names, wanted, words)
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, (*around, node.name), wanted, words)
        else:
            for block, _word in blocks(node):
                yield from _functions(list(block), around, wanted, words)


def taking_more(module: Module, word: str) -> tuple[tuple[str, ...], ...]:
    """Functions, by their path, that take keywords of any name (`**`) and have no parameter of the word."""
    return tuple(_taking_more(module.tree.body, (), word)) if b"**" in module.source.body else ()


def _taking_more(body: list[ast.stmt], around: tuple[str, ...], word: str) -> Iterator[tuple[str, ...]]:
    for node in body:
        if isinstance(node, (*FUNCTION, ast.ClassDef)):
            names = (*around, node.name)
            if isinstance(node, FUNCTION) and _takes(node, word):
                yield names
            yield from _taking_more(node.body, names, word)
        else:
            for block, _word in blocks(node):
                yield from _taking_more(list(block), around, word)


def _bound_in(function: ast.FunctionDef | ast.AsyncFunctionDef, words: tuple[str, ...]) -> set[str]:
    found = {arg.arg for arg in arguments(function.args)}
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.MatchMapping(rest=str(name)):
                found.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) if (
                node is not function
            ):
                found.add(name)
    return found & set(words)
