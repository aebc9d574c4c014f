"""What this family decides: an `await` where a coroutine of a mock is certainly lost, a reason everywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from codemods.asyncmock_await.calls.assertions import asserted
from codemods.asyncmock_await.calls.becoming_async.callers import Callers
from codemods.asyncmock_await.calls.becoming_async.sync_tests import Changes, Conversions
from codemods.asyncmock_await.calls.facts import RESULT, CallFacts, CallSite
from codemods.asyncmock_await.calls.project.outside import Outsides
from codemods.asyncmock_await.calls.project.production import production
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.doubles.stands_for import method_by_annotation
from codemods.asyncmock_await.family import Share
from codemods.asyncmock_await.part import Awaited, Change, Unawaited
from codemods.toolkit.codemod import Decision, Site
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

CALL = "coroutine call"
RAISES = "AM116"
"""The code of calls that are lost, but would raise once they are awaited: no evidence changes that."""
_NAME = re.compile(r"[A-Za-z_]\w*")


def decide(project: Project[Facts], config: Config, origins: Origins, withheld: Mapping[str, tuple[str, str]]) -> Share:
    """The share of this family in the plan."""
    outsides, conversions = Outsides(project, origins), Conversions(project, origins, withheld, config)
    callers = conversions.callers
    sites: list[Site] = []
    changes: dict[int, Changes] = {}
    for path, entry in sorted(project.entries.items()):
        facts = entry.facts.calls if entry.facts is not None else CallFacts()
        if not (facts.sites or facts.assertions) or not outsides.sources.uses_the_library(path):
            continue
        calls = [call for each in facts.sites if (call := _settled(project, path, each, origins, outsides)) is not None]
        calls = [_unless_called_elsewhere(path, facts, each, callers) for each in calls]
        sync = {call.start for call in calls if is_of_sync_method(project, path, call, origins)}
        converted = _converted(path, facts, [call for call in calls if call.start not in sync], conversions)
        decided = [
            _of_a_sync_method(path, call) if call.start in sync else _site(path, call, converted) for call in calls
        ]
        if "AM106" in config.requested:
            decided += asserted(
                project, path, [each for each, around in converted.items() if not isinstance(around, str)]
            )
        for site, takes in decided:
            if site.decision == "rewritten" and path in withheld:
                code, reason = withheld[path]
                site = replace(site, decision="refused", code=code, reason=reason)
            elif site.decision == "rewritten":
                changes[len(sites)] = takes
            sites.append(site)
    followed = [*_calls_of_helpers(conversions, changes.values()), *_askers_of_fixtures(conversions, changes.values())]
    for site, takes in followed:
        changes[len(sites)] = takes
        sites.append(site)
    return Share(tuple(sites), changes)


def _calls_of_helpers(conversions: Conversions, changes: Iterable[Changes]) -> Iterator[tuple[Site, Changes]]:
    """The calls that get an `await` as what they call becomes async, each with all that belongs to that."""
    told: set[tuple[str, int]] = set()
    for takes in changes:
        for path, call in conversions.awaited(takes):
            if (path, call.start) not in told:
                told.add((path, call.start))
                reason = f"{call.name} becomes async"
                yield Site(CALL, path, call.line, call.column, call.written, "rewritten", reason, "AM103"), takes


def _askers_of_fixtures(conversions: Conversions, changes: Iterable[Changes]) -> Iterator[tuple[Site, Changes]]:
    """The sync tests that become async as a fixture does that they ask for, each with all that belongs to that."""
    told: set[tuple[str, int]] = set()
    for takes in changes:
        for path, test, fixture in conversions.asking(takes):
            if (path, test.start) not in told:
                told.add((path, test.start))
                name = f"{test.owner}.{test.function}" if test.owner else test.function
                reason = f"the fixture {fixture} becomes async"
                yield Site("test", path, test.line, test.column, name, "rewritten", reason, "AM103"), takes


def _converted(
    path: str, facts: CallFacts, calls: Iterable[CallSite], conversions: Conversions
) -> dict[int, Changes | str]:
    """The sync functions of a file that lose a coroutine: what makes each async, or why it stays as it is."""
    functions = {each.function.keyword: each for each in facts.functions}
    lost = {call.keyword for call in calls if call.keyword in functions and _decided(call)[1] == "AM113"}
    return {keyword: conversions.of(path, functions[keyword]) for keyword in sorted(lost)}


def _site(path: str, call: CallSite, converted: Mapping[int, Changes | str]) -> tuple[Site, Changes]:
    """The site of a call, with all that it takes if it is rewritten."""
    decision, code, reason = _decided(call)
    own: Change = Unawaited(*call.awaiting) if call.sync else Awaited(call.start, call.end, call.brackets)
    changes: Changes = {path: (own,)}
    around = converted.get(call.keyword, "") if code == "AM113" else ""
    if isinstance(around, str):
        reason = f"{reason}: {around}" if around else reason
    else:
        decision, code, reason = "rewritten", "AM103", f"{call.function} becomes async for it"
        changes = {**around, path: (*around.get(path, ()), own)}
    kind = CALL if call.reference else "mock call"
    return Site(kind, path, call.line, call.column, call.name, decision, reason, code), changes


def is_of_sync_method(project: Project[Facts], path: str, call: CallSite, origins: Origins) -> bool:
    """Whether a lost call of an AsyncMock stands for one of a method that is no coroutine function.

    That is what the class says which annotates the double, or the parameter that holds it, or the class of the object
    into which it was put, or the class of what it wraps.
    """
    entry = project.entries[path]
    if call.reference or call.sync or call.fate not in {"dropped", "value"} or entry.facts is None:
        return False
    put = call.put[-1] if call.put else None
    if put is not None and put.outside.form == "call" and call.name.rpartition(".")[2] == put.name:
        method = method_by_annotation(project, origins, path, put.outside.name, put.name)
        if method is not None and method.plain:
            return True
    if call.outside is not None and call.outside.form == "async wraps" and len(call.chain) == 1:
        method = method_by_annotation(project, origins, path, call.outside.name.removesuffix("()"), call.chain[0])
        return method is not None and not method.asynchronous
    if not call.member:
        return False
    made = (each.annotated for each in entry.facts.doubles.creations if call.made >= 0 and each.end == call.made)
    for annotated in filter(None, (call.annotated, *made)):
        method = method_by_annotation(project, origins, path, annotated, call.member)
        if method is not None and method.plain and not method.asynchronous:
            return True
    return False


def _of_a_sync_method(path: str, call: CallSite) -> tuple[Site, Changes]:
    reason = "the real method is no coroutine function: it should be a sync mock"
    return Site("mock call", path, call.line, call.column, call.name, "refused", reason, "AM115"), {}


def needs_async(
    project: Project[Facts], path: str, call: CallSite, origins: Origins, outsides: Outsides
) -> bool:  # fmt: skip
    """Whether a call loses its coroutine because the function around it is not async."""
    settled = _settled(project, path, call, origins, outsides)
    return settled is not None and _decided(settled)[1] == "AM113"


def _settled(
    project: Project[Facts], path: str, call: CallSite, origins: Origins, outsides: Outsides
) -> CallSite | None:
    """A call with what other places say of what is called; None where it makes no coroutine, or nobody knows.

    Of real coroutine functions only those calls are sites whose coroutine is lost: they are called in many functions
    that are never looked at.
    """
    if call.reference:
        return _unless_replaced(path, call, outsides) if outsides.is_coroutine_function(path, call.name) else None
    if call.certain:
        call = _doubted(call, outsides.inheritance.doubt(path, call))
    if call.late and call.certain:
        call = _doubted(call, _by(outsides.replacements.place(path, call.name, to_async=call.sync)))
    lost = call.sync or call.fate in {"dropped", "value"}
    altered = next((each for each in call.fixtures if outsides.sources.altered(path, each)), "") if lost else ""
    if altered and call.certain:
        call = _doubted(call, f"another fixture may change what {altered} gives")
    if call.shared and call.certain:
        names = _NAME.findall(call.name)
        beside = f"a module has the name of {names[0]}, too" if outsides.is_beside_a_module(path, names[0]) else ""
        call = _doubted(call, beside or _by(outsides.replacements.place(path, ".".join(names))))
    unkept = next((each for each in call.put if not outsides.keeps(path, each.outside, each.name)), None)
    if unkept is not None and not lost:
        return None
    if unkept is not None and call.certain:
        call = _doubted(call, f"{unkept.outside.name} may keep something else than what is set as its `{unkept.name}`")
    if call.outside is None:
        return _unless_set(project, call)
    match outsides.meaning(path, call.outside, call.chain):
        case "async" if call.outside.form.startswith("patch"):
            return _unless_replaced(path, call, outsides)
        case "async" if call.of_result and RESULT not in call.chain[1:] and outsides.makes(path, call.outside):
            return replace(call, of_result=False)
        case "async":
            return _unless_set(project, call)
        case "raising":
            return _unless_set(project, replace(call, raises=call.raises or not call.guarded))
        case "sync" if call.unset and call.outside.form in {"spec", "mock spec", "autospec"}:
            return replace(call, sync=True)
        case "coroutine function" if call.fate in {"dropped", "value"}:
            if call.outside.form == "function" and outsides.held_above(path, call.owner, call.member):
                call = _doubted(call, f"an object of {call.owner} may have an attribute {call.member} of its own")
            return _unless_replaced(path, replace(call, reference=True), outsides)
    return None


def _unless_replaced(path: str, call: CallSite, outsides: Outsides) -> CallSite:
    """A call of a coroutine function, or of what replaces one; not certain where other code may have done so before."""
    if not call.certain:
        return call
    return _doubted(call, _by(outsides.replaced_at(path, call.name, call.outside, call.chain)))


def _unless_set(project: Project[Facts], call: CallSite) -> CallSite:
    """A lost call of a double; not certain where code that is no test may set the member that is called."""
    _owner, dot, name = call.name.rpartition(".")
    if not dot or not call.certain or call.sync or call.fate not in {"dropped", "value"}:
        return call
    return _doubted(call, _by(production(project.told).sets.get(name, "")))


def _by(place: str) -> str:
    return f"{place} may put something else in its place" if place else ""


def _doubted(call: CallSite, doubt: str) -> CallSite:
    """A call that is not certain for a reason, if there is one."""
    return replace(call, certain=False, doubt=doubt) if doubt else call


def _unless_called_elsewhere(path: str, facts: CallFacts, call: CallSite, callers: Callers) -> CallSite:
    """A call; not certain where other modules may hand something else to the helper that it stands in."""
    helper = next((each for each in facts.received if each.function.keyword == call.received), None)
    if helper is None or not callers.elsewhere(path, helper):
        return call
    return _doubted(call, f"another module may hand something else to {call.function}") if call.certain else call


def _decided(call: CallSite) -> tuple[Decision, str, str]:
    if call.sync and call.certain:
        return "rewritten", "AM105", "what a sync mock gives can't be awaited"
    if call.fate == "awaited":
        return "right", "", "awaited"
    if call.fate == "consumed":
        return "kept", "", "its coroutine is handed on"
    if not call.certain:
        reason = "the name may stand for a double" if call.reference else "it is an AsyncMock on some paths only"
        reason = "a test may have set that member to something else" if call.late else call.doubt or reason
        return "refused", "AM112", reason
    if call.raises:
        return "refused", RAISES, "its side_effect may raise once it is awaited, and nothing here expects that"
    if call.around == "closed":
        return "refused", "AM111", "no await can stand in a lambda or a generator expression"
    if call.of_result:
        return "refused", "AM114", "it is a method of a result, which may be no coroutine function"
    if call.around == "sync":
        return "refused", "AM113", f"{call.function} is no async function"
    if call.reference and call.fate == "dropped":
        return "rewritten", "AM104", "a coroutine function whose coroutine is dropped"
    if call.reference:
        return "rewritten", "AM104", "a coroutine function whose coroutine is used as if it were its result"
    if call.fate == "dropped":
        return "rewritten", "AM101", "the coroutine of a mock is dropped"
    return "rewritten", "AM102", "the coroutine of a mock is used as if it were its result"
