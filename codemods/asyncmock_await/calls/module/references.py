"""Coroutine functions by their names: which a module has, and which names in a module may stand for something else."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from codemods.asyncmock_await.calls.module.forms import deliberate
from codemods.asyncmock_await.calls.module.scan import Function, blocks_below, bound_names, nodes_of, own_statements
from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.names import Bound, Import, ModuleNames
from codemods.toolkit.python.project import Module

_BEFORE = 200
"""So far before a name it is looked for what it belongs to."""

_OUTSIDE = sys.stdlib_module_names | {"pytest", "mock"}
_SET = re.compile(rb"[ \t]*(?::[^=\n]+)?=(?!=)")
_LASTS = re.compile(rb"\.start\(\)|(?<![\w.])setattr\(")
_OWNER = re.compile(rb"(?<![\w.)\]])([A-Za-z_]\w*)\.\Z")
_SETS_MEMBERS = re.compile(rb"\bglobal\b|\.start\(\)|configure_mock\(|update\(|__dict__|\bvars\(|setattr")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FINDS_MODULES = re.compile(rb"sys\.modules|\bbuiltins\.|request\.module|import_module\(|__import__\(|getmodule\(")
SETS_ANY_NAME = re.compile(rb"setattr\([ \t\r\n]*(?:\w+\.)*(\w+)[ \t\r\n]*,[ \t\r\n]*[A-Za-z_]")
_PATCHES_ANY = re.compile(
    rb"""patch\.object\([ \t\r\n]*(?:\w+\.)*(\w+)[ \t\r\n]*,[ \t\r\n]*[A-Za-z_]"""
    rb"""|patch\.multiple\([ \t\r\n]*["']?(?:\w+\.)*(\w+)["']?[ \t\r\n]*,[ \t\r\n]*\*\*"""
    rb"""|patch\.dict\([ \t\r\n]*(?:vars\()?(?:\w+\.)*?(\w+)(?:\.__dict__|\))"""
    rb"""|patch\([ \t\r\n]*f["'](?:\w+\.)*(\w+)\.\{[^}]*\}["']"""
)
"""A patch replaces an attribute of something, by a name that isn't written there."""

_OF_ALL = re.compile(rb"\bgetmembers\(|\bdir\(|\bvars\(|__dict__")
_SETS_CLASS = re.compile(rb"(\w+)\.__class__[ \t]*=(?!=)")
_REBINDS = re.compile(
    rb"setattr\([ \t\r\n]*sys\.modules|globals\(\)(?:\[[^\]\n]*\][ \t]*=(?!=)|\.update\()"
    rb"|sys\.modules\[__name__\](?:\.__class__)?[ \t]*=(?!=)"
)
"""A module binds names of its own that its text doesn't show."""

_GLOBAL = re.compile(rb"\bglobal[ \t]+([\w, \t]+)")
_WORD = re.compile(rb"\w+")
_QUOTED = re.compile(rb"""["'](?:[\w.{}%]*\.)?\Z""")
_PATCHING = re.compile(rb"""(?<!\w)patch(?:\.object\([ \t\r\n]*[\w.]+,[ \t\r\n]*["']|\([ \t\r\n]*["'][\w.]*\.)\Z""")
_TO_ASYNC_MOCK = re.compile(
    rb"""["'](?:[ \t\r\n]*,[ \t\r\n]*(?:autospec=True|side_effect=\[[^\[\]A-Z]*\]|return_value=[^(),"'\[\]]*"""
    rb"""(?:"[^"\n]*"|'[^'\n]*'|\([^()]*\)|\[[^\[\]]*\])?))*[ \t\r\n]*,?[ \t\r\n]*\)"""
)
"""The end of a patch that says nothing of what it puts in place: for a coroutine function that is an AsyncMock, or with
`autospec` another coroutine function (`_patch.__enter__` in CPython's `unittest/mock.py`)."""


def coroutine_functions(module: Module) -> Iterator[str]:
    """The names of a module's `async def`s whose call gives a coroutine: without decorators, and no generators."""
    found = [
        node
        for node in module.tree.body
        if isinstance(node, ast.AsyncFunctionDef)
        and not node.name.startswith("test")
        and is_coroutine_function(module, node)
    ]
    if found and not _rebinds(module.source.body):
        declared = _declared_global(module.source.body)
        yield from (node.name for node in found if node.name.encode() not in declared)


def _declared_global(body: bytes) -> AbstractSet[bytes]:
    """The names that functions of a module declare as its own: they may bind them anew."""
    return {name for names in _GLOBAL.findall(body) for name in _WORD.findall(names)} if b"global " in body else set()


def _rebinds(body: bytes) -> bool:
    """Whether a module binds names of its own that its text doesn't show; two words tell soonest that it doesn't."""
    return (b"globals()" in body or b"sys.modules" in body) and _REBINDS.search(body) is not None


def is_coroutine_function(module: Module, node: Function) -> bool:
    """Whether a call of a function gives a coroutine, nothing else: it has no decorator, and is no generator."""
    if not isinstance(node, ast.AsyncFunctionDef) or node.decorator_list:
        return False
    return module.source.body.find(b"yield", *module.span(node)) < 0


def leading_names(names: ModuleNames) -> frozenset[str]:
    """The names of a module that may lead to functions and classes of the project."""
    kinds = {"import", "from", "def", "async def", "class"}
    return frozenset(
        name
        for name, bounds in names.bindings.items()
        if all(bound.kind in kinds and not _is_outside(bound) for bound in bounds)
    )


def led_names(names: ModuleNames) -> frozenset[str]:
    """The names of a module that an import or an `async def` binds, maybe among others: they may lead to functions."""
    return frozenset(name for name, bounds in names.bindings.items() if any(map(_may_lead, bounds)))


def leading_within(imported: Mapping[str, Import]) -> frozenset[str]:
    """Those of the names which only functions import that may lead to the project."""
    return frozenset(name for name, each in imported.items() if not _is_outside(each))


def dropped_calls(function: Function, led: AbstractSet[str]) -> Iterator[tuple[ast.Call, str]]:
    """The statements of an async function that call one of some names.

    Those in a `with` that expects Python to warn of them are meant as they are.
    """
    stack: list[ast.stmt] = list(function.body)
    found: list[tuple[ast.Call, str]] = []
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.With, ast.AsyncWith)) and deliberate(node) == "warning":
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = dotted_name(node.value.func)
            if name and name.partition(".")[0] in led:
                found.append((node.value, name))
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            stack += blocks_below(node)
    yield from found


def may_bind(function: Function, text: bytes, name: str, within: AbstractSet[str]) -> bool:
    """Whether a function binds a name itself, but for an import by which it is one of `within`; `text` is its own."""
    used = re.compile(rb"(?<![\w.])" + name.encode() + rb"(?!\w)(?![ \t]*[.(])|import[^\n]*" + name.encode())
    if used.search(text) is None:
        return False
    imports = {node for node in nodes_of(function) if isinstance(node, ast.alias)} if name in within else set()
    return name in bound_names(function, besides=imports)


def _may_lead(bound: Bound) -> bool:
    """Whether a binding may lead to an `async def` of the project."""
    if bound.kind == "async def":
        return True
    return bound.kind in {"import", "from"} and not _is_outside(bound)


def _is_outside(bound: Bound | Import) -> bool:
    return bound.level == 0 and bound.module.partition(".")[0] in _OUTSIDE


@dataclass(frozen=True, slots=True)
class OtherTest:
    """A test besides the one that is looked at: its span with its decorators, and the function itself."""

    start: int
    end: int
    function: Function


def replaced_at(
    module: Module,
    dotted: str,
    others: Sequence[OtherTest] = (),
    apart: Sequence[tuple[int, int]] = (),
    *,
    is_coroutine_function: bool = True,
) -> int | None:
    """Where a module patches or assigns a name, or one on the way to it: then it may be no coroutine function.

    What `others` patch is what it was again when they end, and an object that one of them makes is its own.  `apart`
    are spans where `self` is another object than the one that has the attribute.  Where the name is that of a coroutine
    function, and not what leads to one, a patch that doesn't say otherwise puts something in its place that gives
    coroutines as well.
    """
    first, *rest = dotted.split(".")
    last = len(rest) if is_coroutine_function else -1
    place = _replaced_at(module, first.encode(), others, of_module=True, last=last == 0)
    if place is None:
        place = _any_set_at(module, [part.encode() for part in (first, *rest)], others)
    for at, part in enumerate(rest, 1):
        if place is None:
            place = _replaced_at(module, part.encode(), others, apart, last=last == at)
    return place


def _any_set_at(module: Module, parts: Sequence[bytes], others: Sequence[OtherTest]) -> int | None:
    """Where a module sets an attribute by a name that isn't written there, on something that leads to a function.

    Or on anything, where it goes through all attributes that something has; or it makes an object one of another class.
    """
    body = module.source.body
    found: list[re.Match[bytes]] = [*SETS_ANY_NAME.finditer(body)]
    found += _PATCHES_ANY.finditer(body) if b"patch" in body else ()
    for match in found:
        around = _around(match.start(), others)
        if around is not None and not _LASTS.search(body, around.start, around.end):
            continue
        if any(each in parts[:-1] for each in match.groups()) or goes_through_all(body, match.start()):
            return match.start()
    classes = _SETS_CLASS.finditer(body) if b"__class__" in body else ()  # the search alone is slow
    return next((match.start() for match in classes if match[1] in parts[:-1]), None)


def goes_through_all(body: bytes, at: int) -> bool:
    """Whether what stands at an offset is near to what goes through all attributes of an object."""
    return _OF_ALL.search(body, max(0, at - _BEFORE), at) is not None


def is_of_tests(path: str) -> bool:
    """Whether a file of tests holds tests itself, and is not there for others."""
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py")


def may_be_set(module: Module, dotted: str) -> bool:
    """Whether tests may give an object other members on the way to what a dotted name calls, after a fixture gave it.

    Those that a conftest.py gives to, or a module without tests, are in other modules.
    """
    _first, *rest = dotted.split(".")
    set_here = any(_replaced_at(module, part.encode(), ()) is not None for part in rest)
    return set_here or (bool(rest) and not is_of_tests(module.source.path))


def _changes_itself(module: Module) -> bool:
    """Whether a module may set names of its own as attributes: it finds itself, or imports itself."""
    body = module.source.body
    stem = module.source.path.rpartition("/")[2].removesuffix(".py").encode()
    imported = re.compile(rb"import\b[^\n]*\b" + re.escape(stem) + rb"\b")
    return _FINDS_MODULES.search(body) is not None or imported.search(body) is not None


def _replaced_at(
    module: Module,
    name: bytes,
    others: Sequence[OtherTest],
    apart: Sequence[tuple[int, int]] = (),
    *,
    of_module: bool = False,
    last: bool = False,
) -> int | None:
    """Where a name is patched or assigned; one that is `of_module` is no attribute but of the module itself.

    `last`: it is the name of a coroutine function, if nothing replaces it, and not of what leads there.
    """
    body = module.source.body
    at = body.find(name)
    while at >= 0:
        end = at + len(name)
        if _SET.match(body, end) and not _goes_on_before(body, at):
            attribute = body[at - 1 : at] == b"."
            hit = not (attribute and of_module) or _changes_itself(module)
            hit = hit and not _is_apart(body, at, apart) and (attribute or of_module or not _is_local(module, at))
            if hit and _lasts(module, at, _around(at, others), attribute=attribute):
                return at
        elif _is_quoted(body, at, end) and not (last and _stays_async(body, at, end)):
            around = _around(at, others)
            if around is None or _LASTS.search(body, around.start, around.end) is not None:
                return at
        at = body.find(name, end)
    return None


def _is_apart(body: bytes, at: int, apart: Sequence[tuple[int, int]]) -> bool:
    """Whether an offset is that of an attribute of `self`, where this is another object."""
    return body[at - 5 : at] == b"self." and any(start <= at < end for start, end in apart)


def _is_quoted(body: bytes, at: int, end: int) -> bool:
    """Whether a string ends in what stands in a span, by itself or behind a dot."""
    return body[end : end + 1] in {b'"', b"'"} and _QUOTED.search(body, max(0, at - _BEFORE), at) is not None


def _stays_async(body: bytes, at: int, end: int) -> bool:
    """Whether the string that ends in what stands in a span is a patch's, which puts an AsyncMock there by itself."""
    patching = _PATCHING.search(body, max(0, at - _BEFORE), at)
    return patching is not None and _TO_ASYNC_MOCK.match(body, end) is not None


def _lasts(module: Module, at: int, around: OtherTest | None, *, attribute: bool) -> bool:
    """Whether what is assigned at an offset, maybe in another test, may count for others.

    A name or a keyword of a function is its own, unless that is handed to what sets attributes.
    """
    if around is None:
        return True
    if attribute:
        return not _is_of_own_object(module, at, around.function)
    return _SETS_MEMBERS.search(module.source.body, around.start, around.end) is not None


def _is_local(module: Module, at: int) -> bool:
    """Whether the name that is bound at an offset is one of a function alone, and so no member of anything."""
    nodes: Sequence[ast.stmt] = module.tree.body
    while True:
        around = next((each for each in nodes if isinstance(each, _SCOPES) and _holds(module, each, at)), None)
        if not isinstance(around, ast.ClassDef):
            break
        nodes = around.body
    if around is None:
        return False
    bound, own = False, True
    for node in nodes_of(module.read(around)):
        match node:
            case ast.Name(ctx=ast.Store()):
                bound = bound or module.span(node)[0] == at
            case ast.ClassDef():
                own = own and not _holds(module, node, at)
            case ast.Global() | ast.Nonlocal() | ast.Call(func=ast.Name(id="locals")):
                return False
    return bound and own


def _holds(module: Module, node: ast.stmt, at: int) -> bool:
    start, end = module.whole_span(node)
    return start <= at < end


def _goes_on_before(body: bytes, at: int) -> bool:
    """Whether an offset lies within a name: `disconnect` is no `connect`."""
    before = body[at - 1 : at]
    return before.isalnum() or before == b"_"


def _around(at: int, tests: Sequence[OtherTest]) -> OtherTest | None:
    """The test in which an offset lies."""
    return next((test for test in tests if test.start <= at < test.end), None)


def _is_of_own_object(module: Module, at: int, test: Function) -> bool:
    """Whether the name at an offset is an attribute of an object that a test makes itself, of some class."""
    owner = _OWNER.search(module.source.body, max(0, at - _BEFORE), at)
    return owner is not None and owner[1].decode() in _made(module, module.read(test))


def _made(module: Module, function: Function, *, by_functions: bool = True) -> set[str]:
    """The names of a function that stand for nothing but instances which it makes: by calls of classes.

    `by_functions`: or by those of functions of the module that do nothing else.
    """
    made: set[ast.AST] = set()
    names: set[str] = set()
    own = bound_names(function)
    for node in nodes_of(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.Call(func=called)):
                maker = dotted_name(called)
                if _is_of_class(called) or (by_functions and maker not in own and _makes_anew(module, maker)):
                    made.add(target)
                    names.add(name)
    return names - bound_names(function, besides=made)


def _is_of_class(called: ast.expr) -> bool:
    return dotted_name(called).rpartition(".")[2].lstrip("_")[:1].isupper()


def _makes_anew(module: Module, name: str) -> bool:
    """Whether a name of a module is that of a function which gives an instance of its own to each that calls it."""
    found = [each for each in module.tree.body if isinstance(each, _SCOPES) and each.name == name]
    if len(found) != 1 or not isinstance(found[0], ast.FunctionDef) or found[0].decorator_list:
        return False
    if _replaced_at(module, name.encode(), (), of_module=True) is not None:
        return False
    function = module.read(found[0])
    made = _made(module, function, by_functions=False)
    given = [each.value for each in own_statements(function.body) if isinstance(each, ast.Return)]
    return bool(given) and all(
        _is_of_class(each.func) if isinstance(each, ast.Call) else isinstance(each, ast.Name) and each.id in made
        for each in given
    )
