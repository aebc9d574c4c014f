"""What this family collects of one module: classes, async tests, set-up functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from codemods.asyncmock_await.never_run.facts import (
    ASYNC_SETUPS,
    MODULE_SETUPS,
    RUNNING,
    SETUPS,
    Base,
    Function,
    SuperCall,
    TestClass,
    TestFacts,
)
from codemods.toolkit.python.collect_names import blocks, dotted_name
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.targets import stored_names

_Definition = ast.FunctionDef | ast.AsyncFunctionDef

_CASE_FUNCTIONS = frozenset(SETUPS) | ASYNC_SETUPS
_DECIDING = RUNNING | {"__init__", "__test__", "runTest"}
_OWN_LOOP = re.compile(rb"get_event_loop\(\)|get_running_loop\(\)")
_CLOSED = re.compile(rb"loop\w*\.close\(\)|get_event_loop\(\)\.close\(\)")
_TEST = re.compile(rb"test\w*+(?=\()")
_PICKLED = (b"multiprocessing", b"ProcessPoolExecutor")


def collect(module: Module, names: ModuleNames, *, renames: bool) -> TestFacts:
    """The facts of one module.  `renames`: async set-ups are to get other names (AM303), so their bodies matter.

    Else only the bodies of classes and the blocks of the top level are read, and functions that may be generators.
    """
    body = module.source.body
    if b"class " not in body and b"async def" not in body and b"def test" not in body:
        return TestFacts()
    found = _Found(module, renames=renames)
    found.block(module.tree.body, "")
    return TestFacts(
        tuple(found.classes), tuple(found.functions), tuple(found.marks), _first(module), _case_uses(module, names)
    )


def function_of(module: Module, node: _Definition) -> Function:
    """The facts of one function."""
    return _Found(module, renames=True).function(node)


class _Found:
    def __init__(self, module: Module, *, renames: bool) -> None:
        self.module = module
        self.renames = renames
        self.classes: list[TestClass] = []
        self.functions: list[Function] = []
        self.marks: list[str] = []
        self.calls: frozenset[bytes] | None = None

    def block(self, body: Sequence[ast.stmt], prefix: str) -> None:
        """The definitions in a block of the module, or of a class (`prefix` is its name and a dot)."""
        for node in body:
            match node:
                case ast.ClassDef():
                    self.classes.append(self.test_class(node, prefix))
                    self.block([each for each in node.body if isinstance(each, ast.ClassDef)], f"{prefix}{node.name}.")
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    if _wanted(node, MODULE_SETUPS):
                        self.functions.append(self.function(node))
                case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                    self.marks += _marks(node)
                case ast.If() | ast.Try() | ast.With():
                    for inner, _word in blocks(node):
                        self.block(inner, prefix)

    def test_class(self, node: ast.ClassDef, prefix: str) -> TestClass:
        """The facts of one class."""
        functions: list[Function] = []
        marks: list[str] = []
        members: set[str] = set()
        test = True
        for statement in _statements(node.body):
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    if _wanted(statement, _CASE_FUNCTIONS):
                        functions.append(self.function(statement))
                    if statement.name in _DECIDING:
                        members.add(statement.name)
                case (
                    ast.Assign(targets=[ast.Name(id="__test__")], value=ast.Constant(value=value))
                    | ast.AnnAssign(target=ast.Name(id="__test__"), value=ast.Constant(value=value))
                ):
                    test = bool(value)
                case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                    marks += _marks(statement)
                    members |= _DECIDING.intersection(_assigned(statement))
        bases = [base for base in node.bases if not isinstance(base, ast.Starred)]
        metaclass = next((dotted_name(each.value) or "?" for each in node.keywords if each.arg == "metaclass"), "")
        open_bases = len(bases) < len(node.bases) or any(each.arg is None for each in node.keywords)
        return TestClass(
            prefix + node.name, node.lineno, node.col_offset, tuple(self.base(each) for each in bases), open_bases,
            metaclass, _decorators(node), tuple(marks), test, tuple(sorted(members)), self.hazards(node),
            tuple(functions),
        )  # fmt: skip

    def base(self, node: ast.expr) -> Base:
        """A base with its span."""
        start, end = self.module.span(node)
        return Base(dotted_name(node.value if isinstance(node, ast.Subscript) else node), start, end)

    def hazards(self, node: ast.ClassDef) -> tuple[str, ...]:
        """What doesn't work in an IsolatedAsyncioTestCase, by the words in the class."""
        body, (start, end) = self.module.source.body, self.module.span(node)
        found = []
        if body.find(b".close()", start, end) >= 0 and _closes_its_loop(body[start:end]):
            found.append("closes the current event loop, which is the runner's")
        if any(body.find(word, start, end) >= 0 for word in _PICKLED):
            found.append("hands itself to another process, and the runner's context can't be pickled")
        found += [
            f"has a `{each.name}` that is no coroutine function"
            for each in node.body
            if isinstance(each, ast.FunctionDef) and each.name in ASYNC_SETUPS
        ]
        return tuple(found)

    def function(self, node: _Definition) -> Function:
        """The facts of one function."""
        body = self.module.source.body
        keyword, end = self.module.span(node)
        start = _start(self.module, node)
        name_start = body.index(node.name.encode(), body.index(b"def", keyword) + 3)
        yields = body.find(b"yield", keyword, end) >= 0 and _yields(self.module.read(node))
        supers, odd = self.supers(node) if self.renames and node.name in SETUPS else ((), False)
        arguments = node.args
        parameters = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        parameters += [f"*{each.arg}" for each in (arguments.vararg, arguments.kwarg) if each is not None]
        return Function(
            node.name, node.lineno, node.col_offset, start, keyword, end, name_start, name_start + len(node.name),
            isinstance(node, ast.AsyncFunctionDef), yields, self.called(node.name), _decorators(node),
            tuple(parameters), supers, odd,
        )  # fmt: skip

    def called(self, name: str) -> bool:
        """Whether the module calls a test by its name, or (if it is to be renamed) a set-up on `self`."""
        body = self.module.source.body
        if name in SETUPS:
            return self.renames and any(each + name.encode() + b"(" in body for each in (b"self.", b"cls."))
        if not name.startswith("test"):
            return False
        if self.calls is None:
            found = _TEST.finditer(body)
            self.calls = frozenset(each[0] for each in found if not body.endswith(b"def ", 0, each.start()))
        return name.encode() in self.calls

    def supers(self, node: _Definition) -> tuple[tuple[SuperCall, ...], bool]:
        """The statements that call `super()`, and whether there are calls in other places or of another form."""
        count = self.module.source.body.count(b"super(", *self.module.span(node))
        if not count:
            return (), False
        found = []
        self.module.read(node)
        body = node.body[1:] if _is_docstring(node.body[0]) else node.body
        for index, statement in enumerate(body):
            if not isinstance(statement, ast.Expr):
                continue
            value = statement.value
            call = value.value if isinstance(value, ast.Await) else value
            match call:
                case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=[]), attr=name)):
                    start, end = self.module.span(value)
                    arguments = bool(call.args or call.keywords)
                    first, last = index == 0, index == len(body) - 1
                    awaited = isinstance(value, ast.Await)
                    found.append(SuperCall(name, start, end, awaited, first, last, arguments))
        return tuple(found), len(found) != count


def _closes_its_loop(text: bytes) -> bool:
    return b"new_event_loop" not in text and _OWN_LOOP.search(text) is not None and _CLOSED.search(text) is not None


def _start(module: Module, node: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    if not decorators:
        return module.span(node)[0]
    return module.source.body.rindex(b"@", 0, module.span(decorators[0])[0])


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a class, those in its conditions too."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            for inner, _word in blocks(node):
                yield from _statements(inner)


def _wanted(node: _Definition, setups: frozenset[str]) -> bool:
    return node.name in setups or (isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test"))


def _decorators(node: _Definition | ast.ClassDef) -> tuple[str, ...]:
    return tuple(
        dotted_name(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list
    )  # fmt: skip


def _assigned(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> set[str]:
    """The names that a statement assigns."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if node.value is not None else []
    return {name for target in targets for name in stored_names(target)}


def _marks(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[str]:
    """The names in `pytestmark = ...`, "" for what is none."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) if name != "pytestmark":
            return []  # most are
        case (
            ast.Assign(targets=[ast.Name(id="pytestmark")], value=value)
            | ast.AnnAssign(target=ast.Name(id="pytestmark"), value=ast.expr() as value)
        ):
            marks = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
            return [dotted_name(each.func if isinstance(each, ast.Call) else each) for each in marks]
    return [""] if "pytestmark" in _assigned(node) else []


def _yields(function: _Definition) -> bool:
    """Whether a function holds a `yield` of its own."""
    stack: list[ast.AST] = [*function.body]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            stack += ast.iter_child_nodes(node)
    return False


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _first(module: Module) -> tuple[int, int]:
    for node in module.tree.body:
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if future or (node is module.tree.body[0] and _is_docstring(node)):
            continue
        return _start(module, node), module.span(node)[1]
    return 0, 0


def _case_uses(module: Module, names: ModuleNames) -> int:
    """How often the module reads the `TestCase` that it imports by name from unittest."""
    bound = {
        each.bound
        for statement in names.imports
        if statement.is_from and statement.module == "unittest" and not statement.level
        for each in statement.names
        if each.name == "TestCase"
    }
    if not bound:
        return 0
    module.read_all(words=[name.encode() for name in bound])
    return sum(
        isinstance(node, ast.Name) and node.id in bound and isinstance(node.ctx, ast.Load)
        for node in ast.walk(module.tree)
    )
