"""A module as its functions, and each function as its statements in order with the blocks around them.

What is asked here is small: which statements can run one after the other, what a name was assigned, which function of
the module a call means.  Nothing is executed, and what can't be told is unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codemods.toolkit.python.collect_names import dotted_name
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.targets import stored_names

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module
Block = tuple[int, str]
"""A branch that a statement stands in: an identity of the branching statement, and which of its branches."""

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a function.  `path` are the branches around it, `loops` the loops, `block` its neighbours."""

    node: ast.stmt
    path: tuple[Block, ...]
    loops: tuple[int, ...]
    block: Sequence[ast.stmt] = field(repr=False)
    index: int


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the module, or the module itself.  `owner` is the class around it ("" for none)."""

    name: str
    node: FunctionNode
    owner: str
    params: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """A value that a name was given: `value` itself, or with `element` one of its elements."""

    value: ast.expr
    function: Function
    step: Step
    element: bool = False
    added: bool = False


class Program:
    """Questions about one module."""

    def __init__(self, module: Module, skipped: tuple[int, int] = (0, 0)) -> None:
        self.module = module
        self.leaving: set[Block] = set()
        self.parents: dict[int, ast.AST] = {}
        self.functions: list[Function] = []
        self._skipped = skipped
        self._bindings: dict[Function, dict[str, list[Assigned]]] = {}
        self.top = self._function("", module.tree, "")
        self.calls: list[ast.Call] = []
        self.texts: list[ast.JoinedStr | ast.BinOp | ast.Call] = []
        self.bound: set[str] = set()
        self._named: dict[str, list[ast.Call]] = {}
        nodes = list(ast.walk(module.tree))
        for parent in nodes:
            for child in ast.iter_child_nodes(parent):
                self.parents[id(child)] = parent
        self._at = {id(step.node): (function, step) for function in self.functions for step in function.steps}
        for parent in nodes:
            if isinstance(parent, (ast.Call, ast.JoinedStr, ast.BinOp)):
                self._index(parent)
            elif isinstance(parent, ast.Name) and not isinstance(parent.ctx, ast.Load) and self.places(parent):
                self.bound.add(parent.id)

    def _index(self, node: ast.Call | ast.JoinedStr | ast.BinOp) -> None:
        if not self.places(node):
            return  # in the generated code
        if _puts_together(node) and not _puts_together(self.parents.get(id(node))):
            self.texts.append(node)
        if not isinstance(node, ast.Call):
            return
        self.calls.append(node)
        self._named.setdefault(getattr(node.func, "id", getattr(node.func, "attr", "")), []).append(node)

    def places(self, node: ast.AST) -> bool:
        """Whether a node stands in what is looked at: not in the code that this codemod generated."""
        start, end = self._skipped
        line = getattr(node, "lineno", None)
        if not end or line is None:
            return True
        return not start <= self.module.offset(line, getattr(node, "col_offset", 0)) < end

    def text(self, node: ast.expr | ast.stmt) -> str:
        """The source text of a node."""
        start, end = self.module.span(node)
        return self.module.source.body[start:end].decode()

    def place(self, node: ast.AST) -> tuple[Function, Step]:
        """The function and the statement that an expression stands in."""
        at: ast.AST | None = node
        while at is not None:
            found = self._at.get(id(at))
            if found is not None:
                return found
            at = self.parents.get(id(at))
        raise ValueError(f"no statement around {ast.dump(node)}")

    def called(self, call: ast.Call, function: Function) -> Function | None:
        """The function of this module that a call means: by its name, or a method of the same class by `self`."""
        match call.func:
            case ast.Name(id=name):
                found = [each for each in self.functions if each.name == name and not each.owner]
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                found = [each for each in self.functions if each.name == name and each.owner == function.owner]
            case _:
                return None
        return found[0] if len(found) == 1 else None

    def calls_of(self, wanted: Function) -> Iterator[tuple[ast.Call, Function, Step]]:
        """The calls in this module that mean a function of it."""
        for node in self.called_by_name(wanted.name):
            function, step = self.place(node)
            if self.called(node, function) is wanted:
                yield node, function, step

    def called_by_name(self, name: str) -> list[ast.Call]:
        """The calls of anything whose last part has this name."""
        return self._named.get(name, [])

    def argument(self, call: ast.Call, wanted: Function, param: str) -> ast.expr | None:
        """What a call gives for a parameter, None when it gives nothing (or it can't be told)."""
        for keyword in call.keywords:
            if keyword.arg == param:
                return keyword.value
        params = wanted.params[1:] if wanted.owner and wanted.params[:1] in {("self",), ("cls",)} else wanted.params
        if param not in params or any(isinstance(arg, ast.Starred) for arg in call.args):
            return None
        at = params.index(param)
        return call.args[at] if at < len(call.args) else None

    def owner_of(self, function: Function, name: str) -> Function:
        """The function whose name it is when it is used in `function`: itself, or the module."""
        if name in function.params or self._bound(function, name):
            return function
        return self.top

    def assigned(self, function: Function, target: ast.expr) -> list[Assigned]:
        """What a name (or an attribute of `self`) was assigned, in the order of the statements."""
        name = dotted_name(target)
        if not name:
            return []
        if name.startswith("self."):
            within = [each for each in self.functions if each.owner == function.owner and function.owner]
            return [found for each in within for found in self._bound(each, name)]
        return self._bound(self.owner_of(function, name), name)

    def _bound(self, function: Function, name: str) -> list[Assigned]:
        if function not in self._bindings:
            found: dict[str, list[Assigned]] = {}
            for each, assigned in _assignments(function):
                found.setdefault(each, []).append(assigned)
            self._bindings[function] = found
        return self._bindings[function].get(name, [])

    def exclusive(self, one: tuple[Block, ...], other: tuple[Block, ...]) -> bool:
        """Whether two places can't both be reached, the one with the path `one` first."""
        branches = dict(one)
        if any(branches.get(statement, branch) != branch for statement, branch in other):
            return True
        return any(block in self.leaving and block not in other for block in one)

    # -- making of

    def _function(self, name: str, node: FunctionNode, owner: str) -> Function:
        params: tuple[str, ...] = ()
        if not isinstance(node, ast.Module):
            given = node.args
            params = tuple(arg.arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs))
        steps: list[Step] = []
        inner: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]] = []
        self._walk(node.body, (), (), steps, inner, owner if isinstance(node, ast.Module) else "")
        function = Function(name, node, owner, params, tuple(steps))
        self.functions.append(function)
        for definition, around in inner:
            self._function(definition.name, definition, around)
        return function

    def _walk(
        self,
        body: Sequence[ast.stmt],
        path: tuple[Block, ...],
        loops: tuple[int, ...],
        steps: list[Step],
        inner: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]],
        owner: str,
    ) -> None:
        for node in body:
            if self._skipped[0] <= self.module.span(node)[0] < self._skipped[1]:
                continue
            steps.append(Step(node, path, loops, body, len(steps)))
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    inner.append((node, owner))
                case ast.ClassDef():
                    self._walk(node.body, path, loops, steps, inner, node.name)
                case ast.For() | ast.AsyncFor() | ast.While():
                    self._walk(node.body, path, (*loops, id(node)), steps, inner, owner)
                    self._walk(node.orelse, path, loops, steps, inner, owner)
                case _:
                    for branch, block in _branches(node):
                        within = (*path, (id(node), branch)) if branch else path
                        self._walk(block, within, loops, steps, inner, owner)
                        if branch and block and isinstance(block[-1], _LEAVES):
                            self.leaving.add((id(node), branch))


def _puts_together(node: ast.AST | None) -> bool:
    """Whether an expression puts a text together: an f-string, `+` or `%` with a text in it, `"...".format(...)`."""
    match node:
        case ast.JoinedStr() | ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return any(_is_text(each) for each in (left, right)) or _puts_together(left)
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()):
            return True
    return False


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _branches(node: ast.stmt) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    """The blocks of a statement with a name for those that exclude each other."""
    match node:
        case ast.If():
            yield "if", node.body
            yield "else", node.orelse
        case ast.Match():
            for number, case in enumerate(node.cases):
                yield f"case {number}", case.body
        case ast.Try() | ast.TryStar():
            yield "", node.body
            for handler in node.handlers:
                yield "", handler.body
            yield "", node.orelse
            yield "", node.finalbody
        case ast.With() | ast.AsyncWith():
            yield "", node.body


def _assignments(function: Function) -> Iterator[tuple[str, Assigned]]:
    """What is assigned to which name (or dotted name) in a function."""
    for step in function.steps:
        match step.node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if dotted_name(target):
                        yield dotted_name(target), Assigned(value, function, step)
                    elif isinstance(target, (ast.Tuple, ast.List)):
                        yield from ((name, Assigned(value, function, step, True)) for name in stored_names(target))
            case ast.AnnAssign(target=target, value=ast.expr() as value) if dotted_name(target):
                yield dotted_name(target), Assigned(value, function, step)
            case ast.AugAssign(target=target, value=value) if dotted_name(target):
                yield dotted_name(target), Assigned(value, function, step, added=True)
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                yield from ((name, Assigned(value, function, step, True)) for name in stored_names(target))
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    if item.optional_vars is not None:
                        for name in stored_names(item.optional_vars):
                            yield name, Assigned(item.context_expr, function, step, True)
