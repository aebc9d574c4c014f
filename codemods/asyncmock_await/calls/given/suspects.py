"""Calls that may be lost, in functions that call no mock: what they call has to be known before it is worth a look.

Following a function costs more than parsing it, and nearly all that tests call is no coroutine function.  So only the
text is searched; where the project shows that one of the calls makes a coroutine, the function is followed after all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from codemods.asyncmock_await.calls.facts import RESULT, Outside, Suspect
from codemods.asyncmock_await.calls.following.creations import stands_in
from codemods.asyncmock_await.calls.following.values import Double, from_outside
from codemods.asyncmock_await.calls.given.given import Givers
from codemods.asyncmock_await.calls.given.within import Given
from codemods.asyncmock_await.calls.module.fixtures import OF_PYTEST, fixture
from codemods.asyncmock_await.calls.module.scan import Function, parameters
from codemods.asyncmock_await.calls.text.lost import ENTERS, Lost, LostCalls
from codemods.toolkit.python.project import Module

_PATCH = re.compile(
    rb"""patch(?<!\wpatch)(?:\([ \t\r\n]*(["'])([\w.]+)\1|\.object\([ \t\r\n]*([\w.]+),[ \t\r\n]*(["'])(\w+)\4)"""
)
_STARTED = re.compile(rb"\b(\w+)[ \t]*=[ \t]*(?:[\w.]+\.enter_?[cC]ontext\([ \t\r\n]*)?(?:\w+\.)?\Z")
_ENTERED = re.compile(rb"[^()]*\)[ \t]+as[ \t]+(\w+)")
_ASKED_FOR = re.compile(rb"""(\w+)[ \t]*=[ \t]*request\.getfixturevalue\(["'](\w+)["']\)""")
_BEFORE = 200
"""So far before a patch its name is looked for."""


_From = tuple[Outside, tuple[str, ...]]
"""Where something comes from, and the names of the members that lead from there."""


def suspects_of(
    function: Function, owner: ast.ClassDef | None, givers: Givers, lost: LostCalls, module: Module
) -> Iterator[Suspect]:
    """The calls of a function whose result may be lost, and what is called, as far as the text shows."""
    start, end = module.span(function)
    calls = lost.between(start, end)
    yield from _named(function, givers, calls)
    if owner is not None:
        yield from _own(function, owner, givers, calls)
    if not any(call.rest or call.root not in givers.leads for call in calls):
        return
    asked = {call.root for call in calls}.intersection(parameters(function)) - {"self", "cls"}
    known = dict(_asked(asked, function, owner, givers))
    known |= {name: (found, ()) for name, found in _known(function, owner, givers, module.source.body[start:end])}
    around = owner.name if owner is not None else ""
    if isinstance(function, ast.AsyncFunctionDef) or function.name.startswith("test"):
        for call in calls:
            if call.target and call.root in asked:
                if call.root in known and not (call.called or call.rest):
                    outside, chain = known[call.root]
                    known.setdefault(call.target, (outside, (*chain, RESULT)))
            elif call.target and call.root in givers.leads and not call.called:
                known.setdefault(call.target, (Outside("call", call.name), ()))
            elif call.target and call.root == "self" and call.rest.count(".") == 1:
                known.setdefault(call.target, (Outside("call", call.name, around), ()))
    for call in calls:
        root, parts = call.root, tuple(call.rest.split(".")[1:])
        if call.called:
            if root in asked:
                if root in known and parts:
                    yield Suspect(function.name, known[root][0], (*known[root][1], RESULT, *parts), call.handed)
            elif root in givers.leads and parts:
                yield Suspect(function.name, Outside("call", root), parts, call.handed)
        elif root == "self" and len(parts) > 1 and owner is not None:
            for outside, chain in _held(parts[0], function, owner, givers):
                yield Suspect(function.name, outside, (*chain, *parts[1:]), call.handed)
        elif root in known:
            outside, chain = known[root]
            yield Suspect(function.name, outside, (*chain, *parts), call.handed)


def _held(attribute: str, function: Function, owner: ast.ClassDef, givers: Givers) -> Iterator[_From]:
    """What an attribute of `self` may hold, by all that the module assigns to one of this name, or a base class does.

    It may show too much: whoever follows the function finds out which of them it is.  Only where it is another name
    that is assigned, the set-up of the class is followed for what that holds.
    """
    values = givers.texts.values_of(attribute)
    for value in values:
        root, _, rest = value.partition(".")
        if root == "self" and rest and "." not in rest:
            yield Outside("call", value, owner.name), ()
        elif root in givers.leads:
            yield Outside("call", value), ()
        elif not rest:
            held = dict(givers.held(function, givers.around(owner, function)))
            found = _from(held.get(f"self.{attribute}"))
            if found is not None:
                yield found
    if not values and owner.bases:
        yield (Outside("self", attribute, owner.name), ())


def _named(function: Function, givers: Givers, calls: Sequence[Lost]) -> Iterator[Suspect]:
    """The calls of what may be a function of the project."""
    led = [call for call in calls if not call.called and call.root in (givers.led if call.bare else givers.leads)]
    drops = any(call.bare for call in led) and drops_calls(function, givers)
    for call in led:
        if drops if call.bare else not call.name.rpartition(".")[2][:1].isupper():
            yield Suspect(function.name, Outside("function", call.name), (), call.handed)


def _own(function: Function, owner: ast.ClassDef, givers: Givers, calls: Sequence[Lost]) -> Iterator[Suspect]:
    """The calls of what may be a coroutine function that the class inherits from elsewhere."""
    meant = {call: givers.own.meant(owner.name, call.rest[1:]) for call in calls if call.own}
    drops = any(call.bare and name for call, name in meant.items()) and drops_calls(function, givers)
    for call, name in meant.items():
        if name and (drops or not call.bare):
            yield Suspect(function.name, Outside("function", name), (), call.handed)


def drops_calls(function: Function, givers: Givers) -> bool:
    """Whether statements of a function that call a coroutine function are sites: a sync fixture can't await them."""
    return (isinstance(function, ast.AsyncFunctionDef) or fixture(function) is None) and not givers.texts.asks(function)


def _asked(
    names: AbstractSet[str], function: Function, owner: ast.ClassDef | None, givers: Givers
) -> Iterator[tuple[str, _From]]:
    """What fixtures give to some parameters of a function: nobody but their class knows those of a class."""
    if not names or not (function.name.startswith("test") or fixture(function) is not None):
        return
    of_class = owner is not None and not names.isdisjoint(givers.fixtures_of(owner))
    own = givers.around(owner, function).fixtures if of_class else {}
    for name in names - OF_PYTEST:
        yield name, _from(own.get(name)) or (Outside("fixture", name, owner.name if owner is not None else ""), ())


def _from(given: Given | None) -> _From | None:
    """Where a double comes from that a function is given."""
    return from_outside(given.value.address) if given is not None and isinstance(given.value, Double) else None


def _known(
    function: Function, owner: ast.ClassDef | None, givers: Givers, text: bytes
) -> Iterator[tuple[str, Outside]]:
    """What the names of a function hold that it gets from outside: a name that it binds itself comes last."""
    yield from ((name, Outside("name", name)) for name in givers.doubles)
    for name, injecting in givers.patches.to_parameters(function, owner):
        place = stands_in(injecting.call, injecting.form)
        if place is not None:
            yield name, Outside(*place)
    started: list[tuple[str, Outside]] = []
    entered: list[tuple[str, Outside]] = []
    for patch in _PATCH.finditer(text):
        _quote, target, patched, _mark, attribute = patch.groups()
        outside = Outside("patch", target.decode()) if target else _of_object(patched, attribute)
        before = _STARTED.search(text, max(0, patch.start() - _BEFORE), patch.start())
        started += [(before[1].decode(), outside)] if before is not None else []
        behind = _ENTERED.match(text, patch.end())
        entered += [(behind[1].decode(), outside)] if behind is not None else []
    yield from (*started, *entered)
    for match in _ASKED_FOR.finditer(text) if b"getfixturevalue" in text else ():
        yield match[1].decode(), Outside("fixture", match[2].decode(), owner.name if owner is not None else "")
    for match in ENTERS.finditer(text):
        maker, name = match[1].decode(), match[2].decode()
        if maker.partition(".")[0] in givers.leads or maker.startswith("self."):
            yield name, Outside("entered", maker, owner.name if owner is not None and maker.startswith("self.") else "")


def _of_object(owner: bytes, attribute: bytes) -> Outside:
    return Outside("patch object", f"{owner.decode()}.{attribute.decode()}")
