"""Calls that may be lost, in functions that name no mock: what they call has to be known before it is worth a look.

Following a function costs more than parsing it, and nearly all that tests call is no coroutine function.  So only the
text is searched; where the project shows that one of the calls makes a coroutine, the function is followed after all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from codemods.asyncmock_await.calls.candidates import Lost, lost_between
from codemods.asyncmock_await.calls.creations import stands_in
from codemods.asyncmock_await.calls.facts import Outside, Suspect
from codemods.asyncmock_await.calls.given import Givers, Within
from codemods.asyncmock_await.calls.scan import Function
from codemods.asyncmock_await.calls.values import Double, from_outside
from codemods.toolkit.python.project import Module

_PATCH = re.compile(
    rb"""patch(?<!\wpatch)(?:\([ \t\r\n]*(["'])([\w.]+)\1|\.object\([ \t\r\n]*([\w.]+),[ \t\r\n]*(["'])(\w+)\4)"""
)
_STARTED = re.compile(rb"\b(\w+)[ \t]*=[ \t]*(?:[\w.]+\.enter_?[cC]ontext\([ \t\r\n]*)?(?:\w+\.)?\Z")
_ENTERED = re.compile(rb"[^()]*\)[ \t]+as[ \t]+(\w+)")
_BEFORE = 200
"""So far before a patch its name is looked for."""


def suspects_of(
    function: Function, around: Within, givers: Givers, lost: list[Lost], module: Module
) -> Iterator[Suspect]:
    """The calls of a function whose result may be lost, and what is called, as far as its text shows."""
    calls = list(lost_between(lost, function.lineno, function.end_lineno or 0))
    yield from _named(function, givers, calls)
    if not any(call.rest or call.root.decode() not in givers.leads for call in calls):
        return
    start, end = module.span(function)
    known = dict(_known(function, around, givers, module.source.body[start:end]))
    if isinstance(function, ast.AsyncFunctionDef) or function.name.startswith("test"):
        for call in calls:
            root, name = call.root.decode(), (call.root + call.rest).decode()
            if call.target and root in givers.leads and not call.called:
                known.setdefault(call.target.decode(), (Outside("call", name), ()))
            elif call.target and root == "self" and name.count(".") == 1:
                known.setdefault(call.target.decode(), (Outside("call", name, around.name), ()))
    for call in calls:
        parts = call.rest.decode().split(".")[1:]
        root = call.root.decode()
        if call.called:
            if root in givers.leads and parts:
                yield Suspect(function.name, Outside("call", root), tuple(parts))
            continue
        if root == "self" and len(parts) > 1:
            root, parts = f"self.{parts[0]}", parts[1:]
            if root not in known and around.inherits:
                known[root] = Outside("self", root.removeprefix("self."), around.inherits), ()
        found = known.get(root)
        if found is not None:
            yield Suspect(function.name, found[0], (*found[1], *parts))


def _named(function: Function, givers: Givers, calls: list[Lost]) -> Iterator[Suspect]:
    """The calls of what may be a function of the project, but for statements, which are looked at in any case."""
    for call in calls:
        name = (call.root + call.rest).decode()
        led = not (call.bare or call.called) and call.root.decode() in givers.leads
        if led and not name.rpartition(".")[2][:1].isupper():
            yield Suspect(function.name, Outside("function", name), ())


def _known(
    function: Function, around: Within, givers: Givers, text: bytes
) -> Iterator[tuple[str, tuple[Outside, tuple[str, ...]]]]:
    """What the names of a function hold that it gets from outside: a name that it binds itself comes last."""
    for name, given in givers.held(function, around):
        if given is None:
            module_wide = name in givers.doubles
            yield name, (Outside("name", name) if module_wide else Outside("fixture", name, around.name), ())
        elif isinstance(given.value, Double):
            found = from_outside(given.value.address)
            if found is not None:
                yield name, found
    for name, injecting in givers.patches(function, around):
        place = stands_in(injecting, givers.form(injecting))
        if place is not None:
            yield name, (Outside(*place), ())
    started: list[tuple[str, tuple[Outside, tuple[str, ...]]]] = []
    entered: list[tuple[str, tuple[Outside, tuple[str, ...]]]] = []
    for patch in _PATCH.finditer(text):
        _quote, target, owner, _mark, attribute = patch.groups()
        outside = Outside("patch", target.decode()) if target else _of_object(owner, attribute)
        before = _STARTED.search(text, max(0, patch.start() - _BEFORE), patch.start())
        started += [(before[1].decode(), (outside, ()))] if before is not None else []
        behind = _ENTERED.match(text, patch.end())
        entered += [(behind[1].decode(), (outside, ()))] if behind is not None else []
    yield from (*started, *entered)


def _of_object(owner: bytes, attribute: bytes) -> Outside:
    return Outside("patch object", f"{owner.decode()}.{attribute.decode()}")
