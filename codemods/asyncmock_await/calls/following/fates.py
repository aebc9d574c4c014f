"""What is told of a call once its function was followed: what becomes of its coroutine, of which double it is."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TypedDict

from msgspec.structs import replace

from codemods.asyncmock_await.calls.facts import RESULT, CallSite, Fate
from codemods.asyncmock_await.calls.following.evaluation import Seen
from codemods.asyncmock_await.calls.following.walk import Walk
from codemods.asyncmock_await.calls.module.fixtures import TEARDOWNS
from codemods.asyncmock_await.calls.module.forms import LOST, Use
from codemods.asyncmock_await.calls.module.references import may_be_set
from codemods.asyncmock_await.calls.module.scan import Function
from codemods.asyncmock_await.doubles.collect import annotation_name
from codemods.toolkit.python.project import Module

_DROPPED: frozenset[Use] = frozenset({"statement"})


class Member(TypedDict):
    """The fields of a `CallSite` that say of which double a call is a member."""

    made: int
    member: str
    annotated: str


def member_of(seen: Seen, function: Function) -> Member:
    """What a call is the call of, where that is one double, or a member of it: where it is made, what annotates it."""
    address = next(iter(seen.addresses)) if len(seen.addresses) == 1 else ()
    names = [part for part in address if isinstance(part, str)]
    made = address[0] if address and isinstance(address[0], int) else -1
    if len(names) != 1 or names[0] == RESULT or not isinstance(seen.node.func, ast.Attribute):
        return Member(made=made, member="", annotated="")
    holder = seen.node.func.value
    parameters = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    notes = (each.annotation for each in parameters if isinstance(holder, ast.Name) and each.arg == holder.id)
    return Member(made=made, member=names[0], annotated=annotation_name(next(notes, None)))


def placed(site: CallSite, seen: Seen, function: Function, walk: Walk, module: Module) -> CallSite:
    """A site with what is known of the double that is called: where it is made, who else may have it."""
    if seen.late:
        site = replace(site, late=True, certain=site.certain and not may_be_set(module, site.name))
    behind = seen.late or function.name in TEARDOWNS
    raises = seen.raises or (behind and f".{site.name.rpartition('.')[2]}.side_effect".encode() in module.source.body)
    put = tuple(sorted(seen.put, key=lambda each: (each.outside.name, each.name)))
    own = walk.owner if site.fixtures or _is_given(seen, *module.span(function)) else ""
    return replace(
        site,
        **member_of(seen, function),
        owner=own,
        shared=seen.shared,
        put=put,
        raises=raises,
        guarded=seen.guarded,
    )


def told_once(sites: Iterable[CallSite]) -> list[CallSite]:
    """Some sites, each call once: what a patch has put in the place of a function is told as what it is there."""
    found = list(sites)
    doubles = {(each.start, each.end) for each in found if not each.reference}
    return [each for each in found if not (each.reference and (each.start, each.end) in doubles)]


def _is_given(seen: Seen, start: int, end: int) -> bool:
    """Whether what is called may not have been made in the function that calls it, whose span is given."""
    makers = (address[0] for address in seen.addresses if address)
    return any(not isinstance(made, int) or not start <= made <= end for made in makers)


def wraps(seen: Seen) -> bool:
    """Whether a call may go on to the real thing that a mock wraps."""
    return any(each is not None and each[0].form == "wraps" for each in seen.outside)


def fate_of(seen: Seen, name: str, walk: Walk, hidden: frozenset[str]) -> Fate:
    """What becomes of the coroutine, by all that is done with the call, and with the name that holds it."""
    uses = seen.uses
    if uses == {"await"}:
        return "awaited"
    if uses <= LOST:
        return "dropped" if uses <= _DROPPED else "value"
    if uses == {"kept in a name"} and name and name not in hidden:
        loads = walk.loads.get(name, set())
        return "dropped" if not loads else "value" if loads <= LOST else "consumed"
    if uses == {"kept among others"} and name and name not in hidden:
        return "value" if walk.loads.get(name) == {"compared"} else "consumed"
    return "consumed"
