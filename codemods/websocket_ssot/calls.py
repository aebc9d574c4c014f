"""The facts of one call: its arguments, the `await` around it, and what is done with its value."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from codemods.toolkit.python.collect_names import blocks, dotted_name, holds_line, last_part, with_context
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import FUNCTION
from codemods.websocket_ssot.facts import Argument, Call, Member, Receiver
from codemods.websocket_ssot.forms import consumer_of

NOT_FOLLOWED = Receiver("", "", False, (), 0, (), (0, 0), False)
_IDENTITY_CALLS = frozenset({"assertIs", "assertIsNot", "assertEqual", "assertNotEqual"})
_PURE_CALLS = frozenset({"secrets.token_urlsafe", "secrets.token_hex", "uuid.uuid4", "str", "object"})
_LONG = 200


def _pure(node: ast.expr) -> bool:
    """Whether evaluating an expression does nothing but give a value, as far as the source shows it."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and dotted_name(child.func) not in _PURE_CALLS:
            return False
        if isinstance(child, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)):
            return False
    return True


def arguments_of(module: Module, call: ast.Call) -> tuple[Argument, ...]:
    """The arguments of a call in the order of the source."""
    found: list[tuple[int, int, str, ast.expr]] = []
    for value in call.args:
        start, end = module.span(value)
        starred = isinstance(value, ast.Starred)
        found.append((start, end, "*" if starred else "", value))
    for keyword in call.keywords:
        start, end = module.span(keyword)
        found.append((start, end, keyword.arg or "**", keyword.value))
    arguments = []
    for start, end, name, value in sorted(found, key=lambda item: item[0]):
        value_start, value_end = module.span(value)
        text = module.source.body[value_start:value_end].decode() if value_end - value_start <= _LONG else ""
        reads = tuple(sorted({node.id for node in ast.walk(value) if isinstance(node, ast.Name)}))
        arguments.append(Argument(name, start, end, text, reads, _pure(value)))
    return tuple(arguments)


def call_fact(module: Module, path: Sequence[ast.AST], call: ast.Call, *, with_member_calls: bool) -> Call:
    """The facts of `call`, whose ancestors are `path` (outermost first)."""
    start, end = module.span(call)
    outer: ast.expr = call
    around = list(path)
    awaited = (0, 0)
    if around and isinstance(around[-1], ast.Await):
        outer = around[-1]
        awaited = module.span(outer)
        around.pop()
    receiver = _receiver(module, around, outer, with_member_calls=with_member_calls)
    one_line = b"\n" not in module.source.body[start:end]
    return Call(start, end, arguments_of(module, call), one_line, awaited, consumer_of(path, call), receiver)


def _receiver(module: Module, path: Sequence[ast.AST], value: ast.AST, *, with_member_calls: bool) -> Receiver:
    parent = path[-1] if path else None
    if isinstance(parent, ast.Attribute):
        member = _member(module, path[:-1], parent, with_member_calls=with_member_calls)
        return Receiver("chain", "", True, (member,), 0, (), (0, 0), False)
    unpacked = _unpacked(path, value)
    if unpacked is not None:
        parent, target = unpacked
        path = path[:-1]
    elif isinstance(parent, ast.Assign) and len(parent.targets) == 1 and parent.value is value:
        target = parent.targets[0]
    elif isinstance(parent, (ast.AnnAssign, ast.NamedExpr)) and parent.value is value:
        target = parent.target
    else:
        on_the_spot = isinstance(value, ast.expr) and any(True for _name in _compared(path, value))
        return Receiver("", "", False, (), 0, ("id()",), (0, 0), False) if on_the_spot else NOT_FOLLOWED
    statement = module.span(parent)
    alone = _alone(path)
    if isinstance(target, ast.Name):
        area = next((node for node in reversed(path[:-1]) if isinstance(node, FUNCTION)), None) or module.tree
        return _followed(module, area, "name", target.id, statement, alone=alone, with_member_calls=with_member_calls)
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        owner = next((node for node in reversed(path[:-1]) if isinstance(node, ast.ClassDef)), None)
        if owner is not None:
            return _followed(
                module, owner, "self", target.attr, statement, alone=alone, with_member_calls=with_member_calls
            )
    return NOT_FOLLOWED


def _unpacked(path: Sequence[ast.AST], value: ast.AST) -> tuple[ast.Assign, ast.expr] | None:
    """The assignment and the target of one value of `a, b = make(), make()`."""
    match path[-2:]:
        case [ast.Assign(targets=[ast.Tuple(elts=targets)]) as assign, ast.Tuple(elts=values)] if len(targets) == len(
            values
        ):
            place = next(index for index, one in enumerate(values) if one is value)
            return assign, targets[place]
    return None


def _alone(path: Sequence[ast.AST]) -> bool:
    """Whether the statement that ends `path` is the only one of its block."""
    statement = path[-1]
    owner = path[-2] if len(path) > 1 else None
    if isinstance(owner, ast.ExceptHandler):
        return len(owner.body) == 1
    if isinstance(owner, ast.stmt):
        return any(len(block) == 1 and block[0] is statement for block, _word in blocks(owner))
    return False


def _followed(
    module: Module, area: ast.AST, kind: str, name: str, statement: tuple[int, int], *, alone: bool,
    with_member_calls: bool,
) -> Receiver:  # fmt: skip
    """All uses in `area` of a variable, or of an attribute of self, that holds the value of a call."""
    stores = others = 0
    compared: list[str] = []
    members: list[Member] = []
    for path, node, fails in _paths_to(module, area, kind, name):
        if isinstance(node.ctx, ast.Store):
            stores += 1
            continue
        parent = path[-1]
        if isinstance(parent, ast.Attribute) and parent.value is node:
            member = _member(module, path[:-1], parent, with_member_calls=with_member_calls)
            members.append(msgspec.structs.replace(member, fails=fails))
            continue
        others += 1
        compared.extend(_compared(path, node))
    return Receiver(kind, name, stores == 1, tuple(members), others, tuple(compared), statement, alone)


def _compared(path: Sequence[ast.AST], node: ast.expr) -> Iterator[str]:
    """What an object is compared with, as dotted names; `id()` where its identity goes somewhere else."""
    parent = path[-1] if path else None
    if isinstance(parent, ast.Call) and last_part(parent.func) == "id":
        outer = path[-2] if len(path) > 1 else None
        if isinstance(outer, ast.Compare):
            sides = (outer.left, *outer.comparators)
            yield from (dotted_name(s.args[0]) for s in sides if isinstance(s, ast.Call) and s is not parent and s.args)
        elif not isinstance(outer, ast.FormattedValue):
            yield "id()"
    elif isinstance(parent, ast.Compare):
        others = [side for side in (parent.left, *parent.comparators) if side is not node]
        if any(isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)) for op in parent.ops):
            yield from (dotted_name(side) for side in others if not isinstance(side, ast.Constant))
    elif isinstance(parent, ast.Call) and last_part(parent.func) in _IDENTITY_CALLS:
        yield from (dotted_name(arg) for arg in parent.args[:2] if arg is not node)


def _lines_with(module: Module, area: ast.AST, name: str) -> list[int]:
    """The lines of a function, class or module in which a word stands."""
    body, starts = module.source.body, module.line_starts
    start, end = module.span(area) if isinstance(area, ast.stmt) else (0, len(body))
    word = name.encode()
    lines: list[int] = []
    at = body.find(word, start, end)
    while at >= 0:
        line = bisect_right(starts, at)
        if not lines or lines[-1] != line:
            lines.append(line)
        at = body.find(word, at + len(word), end)
    return lines


def _paths_to(
    module: Module, area: ast.AST, kind: str, name: str
) -> list[tuple[tuple[ast.AST, ...], ast.Name | ast.Attribute, bool]]:
    """(ancestors, node, whether its block expects a missing attribute) of each use, in the order of the source."""
    lines = _lines_with(module, area, name)
    found: list[tuple[tuple[ast.AST, ...], ast.Name | ast.Attribute, bool]] = []
    stack: list[tuple[ast.AST, tuple[ast.AST, ...], bool]] = [(area, (), False)]
    while stack:
        node, path, fails = stack.pop()
        if isinstance(node, (ast.stmt, ast.expr)) and not holds_line(node, lines):
            continue
        match node:
            case ast.Name(id=found_name) if kind == "name" and found_name == name:
                found.append((path, node, fails))
                continue
            case ast.Attribute(value=ast.Name(id="self"), attr=attr) if kind == "self" and attr == name:
                found.append((path, node, fails))
                continue
            case ast.With(items=items) | ast.AsyncWith(items=items):
                fails = fails or _expects_lack(items)
        below = (*path[-3:], node)
        stack.extend((child, below, fails) for child in ast.iter_child_nodes(node))
    return sorted(found, key=lambda item: (item[1].lineno, item[1].col_offset))


def _expects_lack(items: Sequence[ast.withitem]) -> bool:
    """Whether a `with` expects an AttributeError or a TypeError."""
    if with_context(items) != "raises":
        return False
    names = (last_part(node) for item in items for node in ast.walk(item.context_expr))
    return bool({"AttributeError", "TypeError"} & set(names))


def _member(module: Module, path: Sequence[ast.AST], node: ast.Attribute, *, with_member_calls: bool) -> Member:
    parent = path[-1] if path else None
    stored = isinstance(node.ctx, ast.Store)
    if not isinstance(parent, ast.Call) or parent.func is not node:
        return Member(node.attr, node.lineno, False, 0, (), False, False, stored)
    above = path[-2] if len(path) > 1 else None
    awaited = isinstance(above, ast.Await)
    unpacked = any(isinstance(arg, ast.Starred) for arg in parent.args) or any(k.arg is None for k in parent.keywords)
    call = None
    if with_member_calls:
        start, end = module.span(parent)
        span = module.span(above) if isinstance(above, ast.Await) else (0, 0)
        consumer = consumer_of(path[:-1], parent)
        one_line = b"\n" not in module.source.body[start:end]
        call = Call(start, end, arguments_of(module, parent), one_line, span, consumer, NOT_FOLLOWED)
    keywords = tuple(keyword.arg for keyword in parent.keywords if keyword.arg)
    bare = isinstance(above, ast.Expr)
    return Member(node.attr, node.lineno, True, len(parent.args), keywords, unpacked, awaited, stored, bare, call=call)
