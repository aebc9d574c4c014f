"""What this family collects of one module: each function that can hold a mock is followed once."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from functools import cached_property

from msgspec.structs import replace

from codemods.asyncmock_await.calls.becoming_async.sync_tests import sync_function
from codemods.asyncmock_await.calls.facts import (
    Assertion,
    CallFacts,
    CallSite,
    Mention,
    Suspect,
    SyncFunction,
)
from codemods.asyncmock_await.calls.following.asserted import assertions_in
from codemods.asyncmock_await.calls.following.evaluation import Handed
from codemods.asyncmock_await.calls.following.fates import told_once
from codemods.asyncmock_await.calls.following.values import is_unknown
from codemods.asyncmock_await.calls.given.gifts import gifts_of
from codemods.asyncmock_await.calls.given.given import Givers
from codemods.asyncmock_await.calls.given.lending import Outer, borrow, lent_by
from codemods.asyncmock_await.calls.given.receiving import enter
from codemods.asyncmock_await.calls.given.referring import loses_own
from codemods.asyncmock_await.calls.given.suspects import suspects_of
from codemods.asyncmock_await.calls.given.within import Within
from codemods.asyncmock_await.calls.module.definitions import definitions_of
from codemods.asyncmock_await.calls.module.fixtures import classes_of, self_changes
from codemods.asyncmock_await.calls.module.made import instances_given
from codemods.asyncmock_await.calls.module.mentions import mentions
from codemods.asyncmock_await.calls.module.references import coroutine_functions, is_of_tests
from codemods.asyncmock_await.calls.module.replacing import replaced_in
from codemods.asyncmock_await.calls.module.scan import (
    Function,
    holds_place,
    inner_functions,
    mapping_parameter,
    parameters,
)
from codemods.asyncmock_await.calls.project.replaced import plugins_of
from codemods.asyncmock_await.calls.sites import Sites
from codemods.asyncmock_await.calls.text.candidates import calls_doubles
from codemods.asyncmock_await.calls.text.lost import lost_calls, lost_of
from codemods.asyncmock_await.calls.text.places import Doubles, doubles_in
from codemods.asyncmock_await.mock_names import MockNames
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

_TESTS = re.compile(rb"AsyncMock|mocker|async_stub|def test")
"""A module may hold a site: it names a double, or has tests, which may call a coroutine function."""

_ASKING_FIXTURE = re.compile(
    rb"fixture\b[^\n]*\n(?:[ \t]*@[^\n]*\n)*[ \t]*(?:async )?def \w+\((?:self, *)?(?!self\b|request\b)\w"
)
"""A fixture asks for another one, which it may change."""


def collect(
    module: Module, names: ModuleNames, mocks: MockNames, words: frozenset[str] = frozenset(),
    followed: frozenset[str] = frozenset(), *, asserts: bool = False,
) -> CallFacts:  # fmt: skip
    """The facts of one module.

    `followed` are names of functions that are followed although no mock is named in them, and so are `words`, which may
    have to become async: all places that name them are written down.  `asserts`: assertions are collected as well.
    """
    coroutines, path = tuple(coroutine_functions(module)), module.source.path
    patches = is_test(path) or b".setattr(" in module.source.body or "patch" in dict(mocks.spellings).values()
    replaces = replaced_in(module, names) if patches else ()
    if not is_test(path):
        named = tuple(mention for mention, _function in mentions(module, words)) if words else ()
        gifts = tuple(instances_given(module, names))
        return CallFacts(coroutines=coroutines, gifts=gifts, mentions=named, replaces=replaces)
    shared, for_others = path.endswith("conftest.py"), not is_of_tests(path)
    gives = shared or (for_others and _ASKING_FIXTURE.search(module.source.body) is not None)
    if not (words or followed or for_others) and not _TESTS.search(module.source.body):
        classes = classes_of(definitions_of(module.tree), self_changes(module))
        return CallFacts(coroutines=coroutines, classes=tuple(classes), replaces=replaces)
    collector = _Collector(module, names, mocks, words | followed, asserts)
    sites = tuple(sorted(told_once(collector.sites()), key=lambda site: (site.start, -site.end)))
    mentioned = tuple(collector.mentioned(words)) if words else ()
    gifts = tuple(gifts_of(collector.givers))
    assumed = tuple((each.level, each.module, each.member) for each in mocks.assumed)
    of_classes = {each.outside.name for each in sites if each.outside is not None and each.outside.form == "function"}
    return CallFacts(
        sites,
        assumed if sites or gifts or collector.assertions else (),
        (*coroutines, *sorted(filter(collector.givers.own.knows, of_classes))),
        gifts,
        tuple(collector.givers.classes()),
        collector.givers.altered if gives else (),
        tuple(dict.fromkeys(collector.suspects)),
        tuple(collector.functions.values()),
        mentioned,
        tuple(collector.assertions),
        tuple(collector.received.values()),
        replaces,
        tuple(plugins_of(module)) if shared else (),
    )


class _Collector:
    """One module on its way."""

    def __init__(
        self, module: Module, names: ModuleNames, mocks: MockNames, followed: frozenset[str], asserts: bool
    ) -> None:
        self._asserts = asserts
        self.assertions: list[Assertion] = []
        self._module = module
        self._names = names
        self._mocks = mocks
        spelled = [written for written, what in mocks.spellings if what in {"AsyncMock", "patch"}]
        self._spelled = frozenset(each.encode() for each in spelled)
        self._lost = lost_calls(module.source.body)
        self._names_followed = followed
        self.givers = Givers(module, names, mocks, self._lost, self._spelled)
        self._sites = Sites(module, self.givers, self._lost)
        self.suspects: list[Suspect] = []
        self.functions: dict[int, SyncFunction] = {}
        self.received: dict[int, SyncFunction] = {}
        self._outer: dict[Function, Outer] = {}
        self._receivers: list[tuple[Function, ast.ClassDef | None]] = []

    @cached_property
    def _doubles(self) -> Doubles:
        """What the text shows of doubles: nothing where the module has no way to the library."""
        body = self._module.source.body
        if not self._mocks.spellings and not any(word in body for word in (b"mocker", b".mock.")):
            return Doubles(frozenset(), frozenset(), [], [])
        return doubles_in(body, (name.encode() for name in self.givers.given_names), self._spelled)

    @cached_property
    def _held_names(self) -> frozenset[str]:
        """The attributes of `self` that may hold a double."""
        return frozenset(name.decode() for name in self._doubles.names if name.startswith((b"self.", b"cls.")))

    @cached_property
    def _places(self) -> list[int]:
        """Where a function calls something, by its text, that makes it worth a look."""
        holders = {*(name.decode() for name in self._doubles.holders), *self.givers.doubles}
        lost = lost_of(self._lost, self.givers.leads, self.givers.led, holders)
        return sorted({*self._doubles.places, *lost, *self.givers.receivers.calls})

    def sites(self) -> Iterator[CallSite]:
        """All sites of the module; `suspects` are complete when this ends."""
        for function in self.givers.definitions.top:
            if self._matters(function):
                yield from self._function(function, None)
        for node, methods in self.givers.definitions.methods.items():
            for method in methods:
                if self._matters(method):
                    yield from self._function(method, node)
        yield from self._received()

    def _matters(self, function: Function) -> bool:
        """Whether a function may hold a site or a suspect, as its text tells."""
        if self._asserts or function.name in self._names_followed or function in self.givers.receivers:
            return True
        start, end = self._module.span(function)
        if holds_place(self._places, start, end):
            return True
        lost = self._lost.between(start, end)
        return bool(lost) and not {each.root for each in lost}.isdisjoint(set(parameters(function)) - {"self", "cls"})

    def _function(
        self, function: Function, owner: ast.ClassDef | None, outer: tuple[Outer, ...] = ()
    ) -> Iterator[CallSite]:
        if not outer and function in self.givers.receivers:
            self._receivers.append((function, owner))  # its turn comes when it is known what it is given
            return
        if function.name in self._names_followed and not outer and isinstance(function, ast.FunctionDef):
            self._note(function, owner.name if owner is not None else "")
        asserts = self._asserts and self.givers.texts.mentions_mocks(function)
        asked = self._is_asked_for(function, outer) or loses_own(function, owner, self.givers, self._lost, self._module)
        if asked or asserts or self._calls_lent(function, outer) or self._calls_doubles(function, owner):
            around = self._around(function, owner, outer)
            yield from self._followed(function, around, outer)
            if asked or not outer:
                referred = self._sites.referred((*(each.function for each in outer), function), around.name)
                yield from self._with_function(function, around, referred, inner=bool(outer))
            suspected = not asked and self._span_within(function) is not None
        else:
            suspected = True
        if suspected and not outer:
            self.suspects += suspects_of(function, owner, self.givers, self._lost, self._module)
        yield from self._inner(function, (*outer, self._outer.pop(function, Outer(function, {}))))

    def _around(self, function: Function, owner: ast.ClassDef | None, outer: tuple[Outer, ...]) -> Within:
        """What is around a function: one within another gets nothing of the class, but belongs to it."""
        around = self.givers.around(owner, function)
        return dataclasses.replace(around, name=outer[0].owner) if outer else around

    def _is_asked_for(self, function: Function, outer: tuple[Outer, ...]) -> bool:
        """Whether a function is one of those that are followed in any case, or within one."""
        return any(each.name in self._names_followed for each in (*(around.function for around in outer), function))

    def _calls_lent(self, function: Function, outer: tuple[Outer, ...]) -> bool:
        """Whether a function within others may call a double of theirs, as its text tells."""
        lent = {name for each in outer for name in each.lent}
        return bool(lent) and calls_doubles(self._module.source.body[slice(*self._module.span(function))], lent, ())

    def _span_within(self, function: Function) -> tuple[int, int] | None:
        """Where the functions within a function stand; None where none of them may call something of interest."""
        body, (start, end) = self._module.source.body, self._module.body_span(function)
        first = body.find(b"def ", start, end)
        if first < 0 or not (self._asserts or holds_place(self._places, first, end)):
            return None
        decorator = body.find(b"@", start, first)
        return decorator if decorator >= 0 else first, end

    def _inner(self, function: Function, outer: tuple[Outer, ...]) -> Iterator[CallSite]:
        """The sites of the functions within a function: those that make or borrow mocks, or all if asked for."""
        texts, span, asked = self.givers.texts, self._span_within(function), self._is_asked_for(function, outer)
        lends = any(each.lent for each in outer)
        if span is None or not (asked or lends or texts.makes_between(*span)):
            return
        for inner in inner_functions(self._module.read(function)):
            makes = asked or texts.mentions_mocks(inner) or self._calls_lent(inner, outer)
            if makes and (self._asserts or holds_place(self._places, *self._module.span(inner))):
                yield from self._function(inner, None, outer)

    def _followed(
        self, function: Function, around: Within, outer: tuple[Outer, ...] = (), handed: tuple[Handed, ...] = ()
    ) -> Iterator[CallSite]:
        """The sites of a function that is followed; a helper is so once for each call that hands it something."""
        walk = self.givers.walk(function, around)
        walk.lends = self._span_within(function) is not None
        given: tuple[str, ...] = ()
        for each in handed or (None,):
            start, given = self.givers.start(function, around, walk)
            given += borrow(outer, start, self._mocks)
            if each is not None:
                enter(each, function, start, walk)
            walk.block(function.body, start)
        self.givers.receivers.note(walk)
        self._outer[function] = Outer(function, lent_by(walk, function), given, around.name)
        yield from self._with_function(function, around, self._sites.seen(function, walk, given), inner=bool(outer))
        if self._asserts:
            self.assertions += assertions_in(function, walk, self._module)

    def _received(self) -> Iterator[CallSite]:
        """The sites of helpers that get their doubles as parameters, once all others are followed."""
        receivers = self.givers.receivers
        for function, owner in self._receivers:
            handed = receivers.given(function)
            if not handed:
                receivers.drop(function)
                yield from self._function(function, owner)
                continue
            around = self.givers.around(owner, function)
            keyword = self._module.span(function)[0]
            for site in self._followed(function, around, (), handed):
                self.received.setdefault(keyword, sync_function(self._module, function, around.name))
                yield replace(site, received=keyword)
            referred = self._sites.referred((function,), around.name)
            yield from self._with_function(function, around, referred, inner=False)

    def _with_function(
        self, function: Function, around: Within, sites: Iterator[CallSite], *, inner: bool
    ) -> Iterator[CallSite]:
        """The sites of a function; a sync one that loses a coroutine is written down with them."""
        for site in sites:
            lost = site.around == "sync" and site.fate in {"dropped", "value"}
            if not lost or inner or not isinstance(function, ast.FunctionDef):
                yield site
                continue
            yield replace(site, keyword=self._note(function, around.name))

    def _note(self, function: ast.FunctionDef, owner: str) -> int:
        """Write down a sync function; where its `def` stands."""
        keyword = self._module.span(function)[0]
        if keyword not in self.functions:
            asked = [each for found, each in self.givers.of_module if found.name in parameters(function)]
            for each in (function, *asked):
                self._module.read(each)
            self.functions[keyword] = sync_function(self._module, function, owner, asked)
        return keyword

    def mentioned(self, words: frozenset[str]) -> list[Mention]:
        """Where the module names the functions that are asked for, the sync functions around written down."""
        found: list[Mention] = []
        for mention, function in mentions(self._module, words):
            found.append(mention)
            around = mention.how in {"call", "parameter"} and not mention.obstacle
            if around and isinstance(function, ast.FunctionDef):
                self._note(function, mention.owner)
        return found

    def _calls_doubles(self, function: Function, owner: ast.ClassDef | None) -> bool:
        """Whether a function may call a double of the module's own, as its text tells.

        By what the whole module shows at first: it takes more to know what this function is given.
        """
        start, end = self._module.span(function)
        if holds_place(self._doubles.patched, start, end):
            return True
        hands = holds_place(self.givers.receivers.calls, start, end)
        if not hands and not holds_place(self._doubles.places, start, end):
            return False
        text, texts = self._module.source.body[start:end], self.givers.texts
        makes = texts.mentions_mocks(function) or texts.awaits_sync_mock(function)
        makes = makes or self.givers.hands_mocks(owner, function)
        asked = self.givers.given_names.intersection(parameters(function))
        given = asked | {name for name in self._held_names if name.encode() in text}
        if not (makes or given) or not (hands or calls_doubles(text, given, self._spelled)):
            return False
        held = self.givers.held(function, self.givers.around(owner, function))
        own = [name for name, given in held if given and not is_unknown(given.value, given.around)]
        if not (makes or own):
            return False
        patched = any(True for _patch in self.givers.patches.to_parameters(function, owner))
        injects = patched or texts.parametrises(function)
        names = (*((*parameters(function), *mapping_parameter(function)) if injects else ()), *own)
        return hands or calls_doubles(text, names, self._spelled)
