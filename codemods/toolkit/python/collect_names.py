"""`module_names`: what a parsed module binds at its top level, and every import statement in it.

Statements without the word `import` in their lines are not descended into, which leaves out most of a file's nodes.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from codemods.toolkit.python.names import (
    BindingKind,
    Bound,
    Context,
    Export,
    ImportedName,
    ImportStatement,
    ModuleNames,
)
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.targets import captured_names, stored_names, walrus_names

# A pattern that begins with plain letters is searched 20 times as fast as one that begins with a boundary, which
# therefore is looked for behind the letters.
_IMPORT = re.compile(rb"import(?<!\wimport)\b")
_GLOBAL = re.compile(rb"global(?<!\wglobal)\b")
_NAMESPACES = (b"globals()", b"vars()")
_READERS = frozenset({"dict", "len", "list", "print", "set", "sorted", "tuple"})
"""Functions that don't write into a namespace which they are given."""

_REPLACED = re.compile(rb"sys\.modules\[__name__\]\s*=[^=]")
_RAISING = frozenset(
    {
        "raises", "assertRaises", "assertRaisesRegex", "suppress",
        "warns", "assertWarns", "assertWarnsRegex", "deprecated_call",
    }
)  # fmt: skip
_LATER = frozenset({"function", "typing", "main"})
"""Contexts that don't run when the module is imported."""

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_BROAD = frozenset({"Exception", "BaseException"})


def dotted_name(node: ast.AST) -> str:
    """`a.b.c` for a chain of attributes on a plain name, "" for anything else."""
    name = ""
    while type(node) is ast.Attribute:  # faster than isinstance, and a run asks half a million times
        name = f".{node.attr}{name}"
        node = node.value
    return node.id + name if type(node) is ast.Name else ""


def last_part(node: ast.AST) -> str:
    """The last name of a chain (`raises` of `pytest.raises`), whatever it stands on; "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def caught_names(node: ast.expr | None) -> frozenset[str]:
    """Last names of the exceptions that an `except` clause catches."""
    if node is None:
        return frozenset({"BaseException"})
    if isinstance(node, ast.Tuple):
        return frozenset(last_part(element) for element in node.elts)
    return frozenset({last_part(node)})


def try_context(handlers: Sequence[ast.ExceptHandler]) -> str:
    """How the body of a `try` is guarded against imports that fail (see `names.Context`)."""
    caught = [caught_names(handler.type) for handler in handlers]
    if any(names & _IMPORT_ERRORS for names in caught):
        return "try:import-error"
    return "try:broad" if any(names & _BROAD for names in caught) else "try"


def ends_in_failure(body: Sequence[ast.stmt]) -> bool:
    """Whether a block ends by failing the test: it is only there to see that something before it raises."""
    match body[-1]:
        case ast.Expr(value=ast.Call(func=func)):
            return last_part(func) == "fail"
        case ast.Raise(exc=ast.Call(func=exception)) | ast.Raise(exc=ast.Name() | ast.Attribute() as exception):
            return last_part(exception) == "AssertionError"
        case ast.Assert(test=ast.Constant(value=value)):
            return not value
    return False


def expects_failure(statement: ast.Try | ast.TryStar, following: ast.stmt | None) -> bool:
    """Whether a `try` is there to see that its body raises: the test fails when it doesn't.

    The failure is the end of the body, of the `else`, or the statement behind a `try` whose handlers all leave.
    """
    if ends_in_failure(statement.body) or (statement.orelse and ends_in_failure(statement.orelse)):
        return True
    leaves = all(isinstance(handler.body[-1], (ast.Return, ast.Continue)) for handler in statement.handlers)
    return following is not None and bool(statement.handlers) and leaves and ends_in_failure([following])


def with_context(items: Sequence[ast.withitem]) -> str:
    """`raises` for a block that expects an exception or a warning, else `with`."""
    for item in items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            continue
        name = last_part(call.func)
        if name in _RAISING or (name == "catch_warnings" and any(k.arg == "record" for k in call.keywords)):
            return "raises"
    return "with"


def if_context(test: ast.expr) -> str:
    """`typing` under TYPE_CHECKING, `main` under `__name__ == "__main__"`, else `if`."""
    if last_part(test) == "TYPE_CHECKING":
        return "typing"
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return "main" if "__name__" in {last_part(left), last_part(right)} else "if"
    return "if"


def _not_typing(test: ast.expr) -> bool:
    """Whether a condition is `not TYPE_CHECKING`."""
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and if_context(test.operand) == "typing"


def blocks(statement: ast.stmt) -> Iterator[tuple[Sequence[ast.stmt], str]]:
    """The blocks of a compound statement, each with its word of `names.Context`."""
    match statement:
        case ast.ClassDef(body=body):
            yield body, "class"
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            yield body, "function"
        case ast.If(test=test, body=body, orelse=orelse):
            yield body, "else" if _not_typing(test) else if_context(test)
            yield orelse, "typing" if _not_typing(test) else "else"
        case ast.Try() | ast.TryStar():
            failing = expects_failure(statement, None)
            yield statement.body, "raises" if failing else try_context(statement.handlers)
            for handler in statement.handlers:
                yield handler.body, "except"
            yield statement.orelse, "try-else"
            yield statement.finalbody, "finally"
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            yield body, with_context(items)
        case ast.For(body=body, orelse=orelse) | ast.AsyncFor(body=body, orelse=orelse):
            yield body, "loop"
            yield orelse, "loop"
        case ast.While(body=body, orelse=orelse):
            yield body, "loop"
            yield orelse, "loop"
        case ast.Match(cases=cases):
            for case in cases:
                yield case.body, "if"


def lines_of(module: Module, pattern: re.Pattern[bytes]) -> list[int]:
    """Line numbers (from 1, ascending, each once) in which a pattern matches."""
    starts = module.line_starts
    lines: list[int] = []
    for match in pattern.finditer(module.source.body):
        line = bisect_right(starts, match.start())
        if not lines or lines[-1] != line:
            lines.append(line)
    return lines


def _lines_at_first(module: Module, pattern: re.Pattern[bytes]) -> list[int]:
    """The same where the statements of the tree are searched alone, without functions that are read later."""
    text = module.outlined
    if not text:
        return lines_of(module, pattern)
    lines: list[int] = []
    line, at = 1, 0
    for match in pattern.finditer(text):
        line += text.count(b"\n", at, match.start())
        at = match.start()
        if not lines or lines[-1] != line:
            lines.append(line)
    return lines


def holds_line(node: ast.stmt | ast.expr, lines: Sequence[int]) -> bool:
    """Whether one of these lines lies within a node (decorators included)."""
    first = node.lineno
    for decorator in getattr(node, "decorator_list", ()):
        first = min(first, decorator.lineno)
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= (node.end_lineno or first)


class _Collector:
    def __init__(self, module: Module) -> None:
        self.module = module
        self.bindings: dict[str, list[Bound]] = {}
        self.stars: list[tuple[int, str]] = []
        self.exports: list[Export] | None = None
        self.open_exports = False
        self.imports: list[ImportStatement] = []
        self.import_lines = _lines_at_first(module, _IMPORT)
        self.walrus = b":=" in (module.outlined or module.source.body)

    def bind(
        self, name: str, kind: BindingKind, node: ast.stmt, context: Context, *,
        module: str = "", member: str = "", level: int = 0, none: bool = False,
    ) -> None:  # fmt: skip
        start, end = self.module.span(node)
        bound = Bound(name, kind, module, member, level, context, node.lineno, start, end, none)
        self.bindings.setdefault(name, []).append(bound)

    def import_statement(
        self, node: ast.Import | ast.ImportFrom, context: Context, function: str, *, alone: bool
    ) -> None:
        start, end = self.module.span(node)
        is_from = isinstance(node, ast.ImportFrom)
        level, target = (node.level, node.module or "") if isinstance(node, ast.ImportFrom) else (0, "")
        at_import = _LATER.isdisjoint(context)
        names = tuple([ImportedName(alias.name, alias.asname or "") for alias in node.names])
        self.imports.append(
            ImportStatement(
                is_from, level, target, names, context, function, at_import, alone, node.lineno, node.col_offset,
                start, end,
            )
        )  # fmt: skip

    def bind_import(self, node: ast.Import | ast.ImportFrom, context: Context) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                target = alias.name if alias.asname else alias.name.partition(".")[0]
                self.bind(alias.asname or target, "import", node, context, module=target)
            elif alias.name == "*":
                self.stars.append((node.level, node.module or ""))
            else:
                self.bind(
                    alias.asname or alias.name, "from", node, context,
                    module=node.module or "", member=alias.name, level=node.level,
                )  # fmt: skip

    def bind_targets(self, target: ast.AST, node: ast.stmt, context: Context) -> None:
        for name in stored_names(target):
            self.bind(name, "value", node, context)

    def assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, context: Context) -> None:
        if node.value is None:
            return  # `x: int` binds nothing
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if not isinstance(target, ast.Name):
                self.bind_targets(target, node, context)
                continue
            if target.id == "__all__":
                added = isinstance(node, ast.AugAssign)
                self.open_exports |= added and self.exports is None
                self.export(node.value, added=added or bool(context))
            alias = "" if isinstance(node, ast.AugAssign) else dotted_name(node.value)
            none = isinstance(node.value, ast.Constant) and node.value.value is None
            self.bind(target.id, "alias" if alias else "value", node, context, member=alias, none=none)

    def export(self, value: ast.expr, *, added: bool) -> None:
        if not added or self.exports is None:
            self.exports = []
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            self.export(value.left, added=True)
            self.export(value.right, added=True)
            return
        if not isinstance(value, (ast.List, ast.Tuple, ast.Set)):
            self.open_exports = True
            return
        for element in value.elts:
            if isinstance(element, ast.Constant) and isinstance(element.value, str):
                start, end = self.module.span(element)
                self.exports.append(Export(element.value, element.lineno, start, end))
            else:
                self.open_exports = True

    def exports_call(self, node: ast.Expr) -> None:
        call = node.value
        if not isinstance(call, ast.Call) or len(call.args) != 1:
            return
        method = dotted_name(call.func)
        if method == "__all__.extend":
            self.export(call.args[0], added=True)
        elif method == "__all__.append":
            self.export(ast.List(elts=[call.args[0]]), added=True)
        elif method.startswith("__all__."):
            self.open_exports = True

    def top_level(self, body: Sequence[ast.stmt], context: Context) -> None:
        for node in body:
            if self.walrus:
                for name in walrus_names(node):
                    self.bind(name, "value", node, context)
            match node:
                case ast.Import() | ast.ImportFrom():
                    self.bind_import(node, context)
                    self.import_statement(node, context, "", alone=len(body) == 1)
                    continue
                case ast.FunctionDef():
                    self.bind(node.name, "def", node, context)
                case ast.AsyncFunctionDef():
                    self.bind(node.name, "async def", node, context)
                case ast.ClassDef():
                    self.bind(node.name, "class", node, context)
                case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                    self.assignment(node, context)
                case ast.Expr():
                    self.exports_call(node)
                case ast.For(target=target) | ast.AsyncFor(target=target):
                    self.bind_targets(target, node, context)
                case ast.With(items=items) | ast.AsyncWith(items=items):
                    for item in items:
                        if item.optional_vars is not None:
                            self.bind_targets(item.optional_vars, node, context)
                case ast.Match(cases=cases):
                    for case in cases:
                        for name in captured_names(case.pattern):
                            self.bind(name, "value", node, (*context, "if"))
                case _ if type(node).__name__ == "TypeAlias":  # PEP 695: not in the ast of Python 3.11
                    self.bind_targets(node, node, context)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                if holds_line(node, self.import_lines):
                    inner = "class" if isinstance(node, ast.ClassDef) else "function"
                    self.nested(node.body, (*context, inner), node.name)
            else:
                for block, word in blocks(node):
                    self.top_level(block, (*context, word))

    def nested(self, body: Sequence[ast.stmt], context: Context, function: str) -> None:
        """Import statements inside functions and classes."""
        for node in body:
            if not holds_line(node, self.import_lines):
                continue
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self.import_statement(node, context, function, alone=len(body) == 1)
            inner = function
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                inner = f"{function}.{node.name}"
            for block, word in blocks(node):
                self.nested(block, (*context, word), inner)


def _writes_namespace(module: Module) -> bool:
    """Whether a module makes names without a binding: `globals()[name] = ...`, or another object in its own place."""
    body = module.source.body
    if b"sys.modules" in body and _REPLACED.search(body):
        return True
    text = module.outlined or body
    if not any(written in text for written in _NAMESPACES):
        return False
    for node in ast.walk(module.tree):
        match node:
            case ast.Subscript(value=ast.Call(func=ast.Name(id="globals" | "vars"), args=[]), ctx=ast.Store()):
                return True
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="globals" | "vars"), args=[]), attr="update" | "setdefault"
                )
            ):
                return True
            case ast.Assign(value=ast.Call(func=ast.Name(id="globals"), args=[])):
                return True  # protobuf hands it to what fills it
            case ast.Call(func=func, args=args) if last_part(func) not in _READERS and any(map(_is_globals, args)):
                return True
    return False


def _is_globals(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "globals"


def _global_names(module: Module) -> tuple[str, ...]:
    """Names that functions declare `global`."""
    lines = _lines_at_first(module, _GLOBAL) if b"global" in (module.outlined or module.source.body) else []
    found: set[str] = set()
    stack: list[ast.stmt] = list(module.tree.body) if lines else []
    while stack:
        node = stack.pop()
        if not holds_line(node, lines):
            continue
        if isinstance(node, ast.Global):
            found.update(node.names)
        for block, _word in blocks(node):
            stack.extend(block)
    return tuple(sorted(found))


def module_names(module: Module) -> ModuleNames:
    """What the module binds at its top level, exports, and imports anywhere (pure; see `ModuleNames`)."""
    collector = _Collector(module)
    collector.top_level(module.tree.body, ())
    return ModuleNames(
        bindings={name: tuple(found) for name, found in collector.bindings.items()},
        stars=tuple(collector.stars),
        exports=None if collector.exports is None else tuple(collector.exports),
        open_exports=collector.open_exports,
        dynamic="__getattr__" in collector.bindings or _writes_namespace(module),
        global_names=_global_names(module),
        imports=tuple(collector.imports),
    )
