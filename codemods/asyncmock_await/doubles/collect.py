"""What one module says of doubles: where they are created, and what the functions are that they stand for."""

from __future__ import annotations

import ast
import hashlib
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace

from codemods.asyncmock_await.calls.following.mock_attributes import is_own
from codemods.asyncmock_await.doubles.annotations import asked_of, bound_within, handed_out, received
from codemods.asyncmock_await.doubles.attributes import Attributes
from codemods.asyncmock_await.doubles.consumers import consumed_calls
from codemods.asyncmock_await.doubles.expected import expecting
from codemods.asyncmock_await.doubles.facts import (
    ENTERING,
    SUBSCRIPTED,
    AssignedEffect,
    ClassOf,
    Creation,
    DoubleFacts,
    Function,
    packed,
)
from codemods.asyncmock_await.doubles.results import gives_nothing_awaitable, gives_self
from codemods.asyncmock_await.doubles.taken import taken_calls
from codemods.asyncmock_await.mock_names import CLASSES, MockNames
from codemods.toolkit.codemod import Source
from codemods.toolkit.python.collect_names import blocks, dotted_name, holds_line, last_part
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.rows import row_at

_WORDS = (b"Mock", b"patch", b"create_autospec", b"mocker.")
_SIDE_EFFECT = re.compile(rb"\.side_effect[ \t]*=(?!=)[ \t]*([^\n]*)")
_DOTTED = re.compile(rb"[\w.]+$")
_BEFORE_SPEC = re.compile(rb"(?:\b(?:spec|spec_set|wraps)[ \t]*=[ \t]*|Mock\(|create_autospec\()\Z")
_BEHIND_SPEC = re.compile(rb"[ \t]*[,()]")
_COROUTINE = re.compile(rb"async[ \t]+def[ \t]+(\w+)")
_ASYNC_MOCK = re.compile(rb"AsyncMock(?<!\wAsyncMock)(?=[ \t]*(?:[\[(,).\]:=#|]|[\r\n]|$))")
_MAKERS = CLASSES | {"create_autospec", "patch", "patch.object", "patch.multiple", "patch.dict"}
_TEXT = 400
"""Arguments longer than this are never taken apart, so that their text need not be known."""

_AWAITABLE = frozenset({"Coroutine", "Awaitable", "CoroutineType"})
_STILL = frozenset(
    {"staticmethod", "classmethod", "abstractmethod", "abc.abstractmethod", "override", "typing.override", "final"}
)
_SAME = frozenset({"staticmethod", "classmethod", "lru_cache", "cache", "functools.lru_cache", "functools.cache"})


def collect(module: Module, mocks: MockNames, called: Collection[int]) -> DoubleFacts:
    """What matters of one module where no evidence tells of it.

    `called` are the offsets in `Source.body` at which doubles end whose calls are sites: the annotation says what they
    stand for.
    """
    functions, classes = _defined(module) if _may_be_stood_for(module) else ((), ())
    creations = _mattering(module, mocks, called)
    patched = any(each.given("new_callable") for each in creations)
    return DoubleFacts(
        creations=creations,
        functions=functions,
        classes=classes,
        configured=_configured(module) if patched else (),
        coroutines=_coroutines(module) if patched else (),
        mentioned=len(_ASYNC_MOCK.findall(module.source.body)) if creations else 0,
    )


def collect_all(module: Module, mocks: MockNames) -> DoubleFacts:
    """All facts of one module that evidence tells of, or may tell of."""
    body = module.source.body
    lines = _lines_with(module, _words(mocks))
    mentioned = bool(lines)
    functions, classes = _defined(module) if _may_be_stood_for(module) else ((), ())
    return DoubleFacts(
        digest=_digest(module.source),
        # Evidence holds bytes for a file of tests only.
        lengths=packed(module.line_starts) if is_test(module.source.path) else b"",
        creations=tuple(_Creations(module, mocks, lines, closely=True).found()) if mentioned else (),
        functions=functions,
        classes=classes,
        received=received(module.tree),
        asked_of=asked_of(module.tree),
        within=bound_within(module.tree) if mentioned else (),
        expecting=expecting(module.tree) if is_test(module.source.path) else (),
        configured=_configured(module) if mentioned else (),
        consumed=consumed_calls(module) if b"async" in body else (),
        taken=taken_calls(module) if is_test(module.source.path) else (),
        coroutines=_coroutines(module) if mentioned else (),
        mentioned=len(_ASYNC_MOCK.findall(body)) if mentioned else 0,
    )


def _mattering(module: Module, mocks: MockNames, called: Collection[int]) -> tuple[Creation, ...]:
    """The patches that are told what to make, and the doubles that are called and annotated."""
    lines = {module.place(offset)[0] for offset in called}.union(_lines_with(module, (b"new_callable",)))
    found = _Creations(module, mocks, sorted(lines)).found() if lines else ()
    return tuple(each for each in found if each.given("new_callable") or (each.annotated and each.end in called))


def _may_be_stood_for(module: Module) -> bool:
    """Whether doubles may stand for what the module defines: for what tests define only where they say so."""
    if not module.source.path.rpartition("/")[2].startswith("test_"):
        return True
    classes = (node.name.encode() for node in module.tree.body if isinstance(node, ast.ClassDef))
    return any(_is_a_spec(module.source.body, name) for name in classes)


def _is_a_spec(body: bytes, name: bytes) -> bool:
    """Whether a text gives a name to a double to stand for."""
    at = body.find(name)
    while at >= 0:
        end = at + len(name)
        if _BEHIND_SPEC.match(body, end) and _BEFORE_SPEC.search(body, body.rfind(b"\n", 0, at) + 1, at):
            return True
        at = body.find(name, end)
    return False


def annotation_name(node: ast.expr | None) -> str:
    """The dotted name of an annotation, also of a quoted one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if all(part.isidentifier() for part in node.value.split(".")) else ""
    return dotted_name(node) if node is not None else ""


def _words(mocks: MockNames) -> tuple[bytes, ...]:
    """What a line says that may create a double: also the other names that the module gives to classes of mocks."""
    names = (name.encode() for name, what in mocks.spellings if what in _MAKERS)
    return (*_WORDS, *(name for name in names if not any(word in name for word in _WORDS)))


def _lines_with(module: Module, words: Iterable[bytes]) -> list[int]:
    """Line numbers in which one of some words stands; searching for fixed bytes costs next to nothing."""
    body, starts, found = module.source.body, module.line_starts, set[int]()
    for word in words:
        at = body.find(word)
        while at >= 0:
            line = bisect_right(starts, at)
            found.add(line)
            at = body.find(word, starts[line] if line < len(starts) else len(body))
    return sorted(found)


def _coroutines(module: Module) -> tuple[str, ...]:
    """The names of all `async def` in a module."""
    return tuple(sorted({match[1].decode() for match in _COROUTINE.finditer(module.source.body)}))


def _configured(module: Module) -> tuple[AssignedEffect, ...]:
    """Where a `side_effect` is assigned."""
    body, starts = module.source.body, module.line_starts
    found: list[AssignedEffect] = []
    for assigned in _SIDE_EFFECT.finditer(body):
        line = bisect_right(starts, assigned.start())
        owner = _DOTTED.search(body, starts[line - 1], assigned.start())
        text = assigned[1][:_TEXT].decode(errors="replace").strip()
        first = owner is not None and not body[starts[line - 1] : owner.start()].strip()
        name, start = (owner.group().decode(errors="replace"), owner.start()) if owner else ("", -1)
        found.append(AssignedEffect(line, name, text, start if first else -1, assigned.start(1)))
    return tuple(found)


def _digest(source: Source) -> str:
    """The digest of the file's bytes as they stand on the disk (see `evidence.schema.Evidence.files`)."""
    text = source.body if source.encoding == "utf-8" else source.body.decode().encode(source.encoding, "replace")
    return hashlib.blake2b((b"\xef\xbb\xbf" if source.bom else b"") + text, digest_size=16).hexdigest()


class _Creations:
    """The calls that create doubles, each with the statement around it."""

    def __init__(self, module: Module, mocks: MockNames, lines: list[int], *, closely: bool = False) -> None:
        self._module = module
        self._closely = closely
        self._body = module.source.body
        self._mocks = mocks
        self._lines = lines
        self._until = 0
        self._returns = ""
        self._function: ast.FunctionDef | ast.AsyncFunctionDef | None = None

    def found(self) -> Iterator[Creation]:
        return self._in(self._module.tree.body)

    def _in(self, statements: Sequence[ast.stmt]) -> Iterator[Creation]:
        for statement in statements:
            if not holds_line(statement, self._lines):
                continue
            outer = self._until, self._returns, self._function
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if self._module.body_holds(statement, b"new_callable"):
                    self._module.read(statement)
                self._until = statement.end_lineno or 0
                self._returns = annotation_name(statement.returns)
                self._function = statement
            yield from self._of(statement)
            for block, _word in blocks(statement):
                yield from self._in(block)
            self._until, self._returns, self._function = outer

    def _of(self, statement: ast.stmt) -> Iterator[Creation]:
        """Those in the statement itself, without its blocks."""
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from self._decorating(statement)
                if not isinstance(statement, ast.ClassDef):
                    yield from self._all([*statement.args.defaults, *filter(None, statement.args.kw_defaults)])
            case ast.Assign(targets=[target, *_], value=value):
                yield from self._expression(value, assigned=(statement, dotted_name(target)))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                noted = annotation_name(statement.annotation)
                yield from self._expression(value, assigned=(statement, dotted_name(target)), annotated=noted)
            case ast.Return(value=ast.expr() as value):
                yield from self._expression(value, annotated=self._returns)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    bound = dotted_name(item.optional_vars) if item.optional_vars else ""
                    yield from self._expression(item.context_expr, entered=(item.context_expr, bound))
            case _:
                yield from self._all(_expressions_of(statement))

    def _decorating(self, statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Creation]:
        """Those of the decorators, with the parameters that they inject: the lowest one comes first."""
        parameters: list[str] = []
        if not isinstance(statement, ast.ClassDef):
            named = [each.arg for each in (*statement.args.posonlyargs, *statement.args.args)]
            parameters = named[1:] if named[:1] in (["self"], ["cls"]) else named
        for decorator in reversed(statement.decorator_list):
            bound = ""
            if isinstance(decorator, ast.Call) and self._injects(decorator) and parameters:
                bound = parameters.pop(0)
            yield from self._expression(decorator, entered=(decorator, bound), decorator=True)

    def _injects(self, patch: ast.Call) -> bool:
        """Whether a decorator gives the function the mock that it made: not where it was given what to put there."""
        taken = {"patch": 1, "patch.object": 2}.get(self._mocks.canonical(dotted_name(patch.func)), 0)
        return bool(taken) and len(patch.args) <= taken and all(each.arg != "new" for each in patch.keywords)

    def _all(self, expressions: Iterable[ast.expr]) -> Iterator[Creation]:
        for expression in expressions:
            yield from self._expression(expression)

    def _expression(
        self,
        expression: ast.expr,
        *,
        assigned: tuple[ast.stmt, str] | None = None,
        entered: tuple[ast.expr, str] | None = None,
        decorator: bool = False,
        annotated: str = "",
    ) -> Iterator[Creation]:
        if not holds_line(expression, self._lines):
            return
        for node in ast.walk(expression):
            if not isinstance(node, ast.Call):
                continue
            callee = dotted_name(node.func)
            what = self._made_by(callee)
            if not what:
                continue
            whole = assigned is not None and node is expression and bool(assigned[1])
            statement = self._module.span(assigned[0]) if assigned and whole else (0, 0)
            bound = assigned[1] if assigned and whole else entered[1] if entered and entered[0] is node else ""
            made = self._creation(node, callee, what, statement, bound, decorator)
            made = replace(made, annotated=annotated) if annotated and node is expression else made
            yield self._closer(made, node) if self._closely else made

    def _closer(self, made: Creation, node: ast.Call) -> Creation:
        """With what the function around it hands out, and the members of the double that the module reads."""
        value, named = (self._function and handed_out(self._function)) or (None, "")
        out = bool(named) and (value is node or (isinstance(value, ast.Name) and value.id == made.target))
        names = {made.bound} - {""}
        start, end = 0, len(self._body)
        if self._function is not None and "." not in made.bound:
            names |= {self._function.name}
            start, end = self._module.span(self._function) if not _is_fixture(self._function) else (start, end)
        read = _members_read(self._body[start:end], names)
        return replace(made, handed_out=named if out else "", read=read)

    def _made_by(self, callee: str) -> str:
        known = self._mocks.canonical(callee)
        if known:
            return known if known in _MAKERS else ""
        root, _, rest = callee.partition(".")
        if root == "mocker" and rest:
            return callee if rest in {*_MAKERS, "stub", "async_stub"} else ""
        return "?" if callee.endswith("AsyncMock") else ""

    def _creation(
        self, node: ast.Call, callee: str, what: str, statement: tuple[int, int], bound: str, decorator: bool
    ) -> Creation:
        start, end = self._module.span(node)
        below = False
        if statement != (0, 0):
            last = row_at(self._body, statement[1], statement[1])
            below = row_at(self._body, statement[0], statement[0]).first and (last.whole or bool(last.comment))
        return Creation(
            node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, start, end, callee,
            "" if what == "?" else what,
            tuple(self._text(argument) for argument in node.args),
            tuple((keyword.arg or "**", self._text(keyword.value)) for keyword in node.keywords),
            bound if statement != (0, 0) else "", statement, below, bound, decorator, self._until,
        )  # fmt: skip

    def _text(self, node: ast.expr) -> str:
        start, end = self._module.span(node)
        return self._body[start : min(end, start + _TEXT)].decode(errors="replace")


def _is_fixture(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = (last_part(each.func if isinstance(each, ast.Call) else each) for each in function.decorator_list)
    return any("fixture" in name for name in names)


def _members_read(body: bytes, names: Collection[str]) -> tuple[str, ...]:
    """The members that a text reads of what is called by one of some names, but for those that it sets first."""
    read: set[str] = set()
    given: set[str] = set()
    for name in names:
        for found in re.finditer(rb"(?<![\w.])%s\.(\w+)([ \t]*=(?!=))?" % re.escape(name.encode()), body):
            (given if found[2] else read).add(found[1].decode())
    return tuple(sorted(member for member in read - given if not is_own(member)))


def _expressions_of(statement: ast.stmt) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr):
            yield child


def _defined(module: Module) -> tuple[tuple[Function, ...], tuple[ClassOf, ...]]:
    functions: list[Function] = []
    classes: list[ClassOf] = []
    attributes = Attributes(module)
    for statement in module.tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            functions.append(_function(module, statement))
        elif isinstance(statement, ast.ClassDef):
            methods = tuple(
                _function(module, each)
                for each in statement.body
                if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
            )
            others = {*attributes.bound_besides(statement, frozenset(method.name for method in methods))}
            held = {*attributes.of_instances(statement)}
            bases = tuple(map(_base, statement.bases))
            classes.append(ClassOf(statement.name, bases, methods, tuple(sorted(others)), tuple(sorted(held))))
    return tuple(functions), tuple(classes)


def _base(node: ast.expr) -> str:
    return dotted_name(node.value) + SUBSCRIPTED if isinstance(node, ast.Subscript) else dotted_name(node)


def _function(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    decorators = [dotted_name(each.func if isinstance(each, ast.Call) else each) or "?" for each in node.decorator_list]
    plain = isinstance(node, ast.FunctionDef) and set(decorators) <= _SAME and gives_nothing_awaitable(module, node)
    asynchronous = isinstance(node, ast.AsyncFunctionDef) and set(decorators) <= _STILL and not _yields(module, node)
    itself = node.name in ENTERING and not decorators and gives_self(module, node)
    return Function(node.name, asynchronous, plain, _takes(node), bool(decorators), itself)


def _yields(module: Module, node: ast.AsyncFunctionDef) -> bool:
    """Whether an `async def` is a generator: a call of it gives nothing that could be awaited."""
    if module.source.body.find(b"yield", *module.span(node)) < 0:
        return False
    stack: list[ast.AST] = list(module.read(node).body)
    while stack:
        at = stack.pop()
        if isinstance(at, ast.Yield):
            return True
        if not isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            stack += ast.iter_child_nodes(at)
    return False


def _takes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    parameters = [*node.args.posonlyargs, *node.args.args]
    if not parameters:
        return ""
    annotation = parameters[0].annotation
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        name = annotation.value.partition("[")[0]
    else:
        name = dotted_name(annotation.value if isinstance(annotation, ast.Subscript) else annotation or ast.Pass())
    named = parameters[0].arg in {"coro", "coroutine", "awaitable"}
    return "coroutine" if named or name.rpartition(".")[2] in _AWAITABLE else ""
