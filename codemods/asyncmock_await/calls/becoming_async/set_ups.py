"""A sync `setUp` or `tearDown` that loses a coroutine (AM103): it can become `asyncSetUp` or `asyncTearDown`.

An IsolatedAsyncioTestCase calls `setUp` before `asyncSetUp`, and `asyncTearDown` before `tearDown`
(`IsolatedAsyncioTestCase._callSetUp` and `_callTearDown` of CPython).  So the order stays where no class around has
another one of either name, and nobody calls this one but the runner.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.asyncmock_await.never_run.classes import CASE, HARMLESS, ISOLATED_CASE, OBJECT, Classes, Key
from codemods.asyncmock_await.never_run.facts import SETUPS, Function
from codemods.asyncmock_await.never_run.reach import ALIAS, CLASS, FROM
from codemods.asyncmock_await.part import AsyncDef
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

ASYNC_NAMES = {name: new for name, new in SETUPS.items() if new}
"""The set-ups that unittest has an async form of."""

_OF_LIBRARY = frozenset({CASE, ISOLATED_CASE, OBJECT})
_CALLED_OTHERWISE = r"(?<!super\(\))\.%s\b"
_SETS_LOOP = re.compile(rb"set_event_loop|new_event_loop|asyncio\.Runner")


def obstacle_of(body: bytes, function: Function, span: tuple[int, int]) -> str:
    """What speaks against it in the module itself, "" for nothing; `span` is that of the function."""
    if function.decorators or len(function.parameters) != 1:
        return "it is decorated, or takes more than self"
    if function.supers or function.odd_supers:
        return "it calls super(), which the runner would call at another time"
    if re.search((_CALLED_OTHERWISE % function.name).encode(), body):
        return f"the module names {function.name} itself"
    if _SETS_LOOP.search(body, *span):
        return "it deals with event loops"
    return ""


def renamed(project: Project[Facts], classes: Classes, key: Key, function: Function) -> AsyncDef | str:
    """The change that makes a set-up of a class async, or why it stays as it is."""
    order = classes.order(key)
    if order is None:
        return "what its class derives from is not known"
    if classes.kind(key).word != "isolated":
        return "the runner calls it, and awaits nothing"
    new = ASYNC_NAMES[function.name]
    around = {base: None for each in (key, *classes.below(key)) for base in classes.order(each) or (None,)}
    for each in around:
        found = classes.get(each) if each is not None else None
        if each is None or (each.path and found is None):
            return "not all classes are known that derive from its class"
        if not each.path and each not in _OF_LIBRARY and each.name not in HARMLESS:
            return f"{each.name} may have one, too, which would run in another order"
        for other in found.functions if found is not None else ():
            if other.name in {function.name, new} and (each, other.keyword) != (key, function.keyword):
                return f"{each.name} has {other.name}, which would run in another order"
    elsewhere = _named_as_base(project, key)
    if elsewhere:
        return f"{elsewhere} may derive from its class"
    return AsyncDef(function.keyword, function.name_start, function.name_end, new)


def _named_as_base(project: Project[Facts], key: Key) -> str:
    """A file besides its own that has a class with a base of that name, by the marks of all files; "" for none."""
    name = key.name.rpartition(".")[2]
    for path, marks in project.marks.items():
        for mark in marks if path != key.path else ():
            if mark.startswith(CLASS) and name in mark.removeprefix(CLASS).split()[1:]:
                return path
            if mark.startswith((FROM, ALIAS)) and mark.endswith(f" {name}"):
                return path
    return ""
