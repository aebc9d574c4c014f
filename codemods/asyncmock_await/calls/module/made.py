"""What a module that is none of tests gives to them: instances of classes, by its names and by its functions.

    manager = ConnectionManager()            # `manager` gives a ConnectionManager

    def create_manager(limit):               # and so does `create_manager`
        return ConnectionManager(limit)

A function counts if each of its `return`s is a call of the same class; a name, if it is bound once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.asyncmock_await.calls.facts import Gift, Outside, Shape
from codemods.asyncmock_await.calls.module.references import leading_names, leading_within
from codemods.asyncmock_await.calls.module.scan import Function, bound_names, nodes_of, own_statements
from codemods.asyncmock_await.imported_within import imported_within
from codemods.toolkit.python.collect_names import dotted_name, last_part
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

_NAME = re.compile(rb"\n(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(?:\w+\.)*_*([A-Z]\w*)\(")
_RENAMED = re.compile(rb"\n(\w+)[ \t]*=[ \t]*(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)[ \t]*(?=[\r\n#]|\Z)")
_NEW = re.compile(rb"(\w+)[ \t]*(?=[,)\r\n#;\\]|\Z)")
_OLD = re.compile(rb"(?:\A|[ \t,(\n])([A-Za-z_]\w*)\Z")
_LONGEST = 80
"""Longer names are not looked at."""

_CONSTANTS = frozenset({b"None", b"True", b"False"})
_RETURN = re.compile(rb"\n[ \t]+return (?:\w+\.)*_*([A-Z]\w*)\(")
_DEF = re.compile(rb"\n(?:def (\w+)\(|(?:class|async def|@)[ \w])")


def instances_named(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What the bytes of a module say of instances that it gives: its names and functions, each with that of a class.

    It may say too much, and says nothing of a function whose `return` gives a name.
    """
    yield from _NAME.findall(body)
    for match in _RETURN.finditer(body):
        at = body.rfind(b"\ndef ", 0, match.start())
        last = _DEF.match(body, at) if at >= 0 else None
        if last is not None and not _DEF.search(body, last.end(), match.start()):
            yield last[1], match[1]


def renamed(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What the bytes of a module say of names that it gives to what has another one: each with that.

    By `from x import old as new`, and by `new = old` at the top level.  It may say too much.
    """
    at = body.find(b" as ")
    while at >= 0:
        new = _NEW.match(body, at + 4)
        old = _OLD.search(body[max(0, at - _LONGEST) : at]) if new is not None else None
        if new is not None and old is not None:
            yield new[1], old[1]
        at = body.find(b" as ", at + 4)
    yield from ((new, old) for new, old in _RENAMED.findall(body) if old not in _CONSTANTS and old != new)


def instances_given(module: Module, names: ModuleNames) -> Iterator[Gift]:
    """The names and functions of a module that surely give an instance of a class."""
    if names.dynamic:
        return
    within = imported_within(names, module.source.body)
    leads = leading_names(names) | leading_within(within)
    for node in module.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as made)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as made)
            ):
                found = _class_of(made)
                if found.partition(".")[0] in leads and _is_bound_once(names, name) and not _is_changed(module, name):
                    yield Gift("name", name, Shape(outside=Outside("call", found)))
            case ast.FunctionDef(name=name, decorator_list=[]) if _returns_instances(module, node):
                found = _returned(module.read(node))
                root = found.partition(".")[0]
                imports = {each for each in nodes_of(node) if isinstance(each, ast.alias)} if root in within else set()
                if root in leads - bound_names(node, besides=imports) and _is_bound_once(names, name):
                    yield Gift("call", name, Shape(outside=Outside("call", found)))


def _is_bound_once(names: ModuleNames, name: str) -> bool:
    return len(names.bindings.get(name, ())) == 1 and name not in names.global_names


def _is_changed(module: Module, name: str) -> bool:
    """Whether a module may set an attribute of what a name of its own holds, or delete the name."""
    changed = rb"(?<![\w.])(?:del +%s\b|setattr\([ \t\r\n]*%s\b|%s(?:\.\w+)+[ \t]*=(?!=))" % ((name.encode(),) * 3)
    return re.search(changed, module.source.body) is not None


def _returns_instances(module: Module, function: ast.FunctionDef) -> bool:
    """Whether a function may give nothing but instances, as its text tells."""
    span = module.body_span(function)
    return _RETURN.search(module.source.body, *span) is not None and module.source.body.find(b"yield", *span) < 0


def _class_of(made: ast.Call) -> str:
    """The dotted name of the class of which a call makes an instance, as its spelling tells; "" for another call."""
    return dotted_name(made.func) if last_part(made.func).lstrip("_")[:1].isupper() else ""


def _returned(function: Function) -> str:
    """The class whose instances a function gives, "" where it may give anything else."""
    found: set[str] = set()
    for node in own_statements(function.body):
        match node:
            case ast.Return(value=ast.Call() as made):
                found.add(_class_of(made))
            case ast.Return():
                return ""
    return found.pop() if len(found) == 1 else ""
