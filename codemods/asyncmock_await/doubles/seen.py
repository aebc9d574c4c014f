"""Each double of the evidence whose coroutines were dropped, and each plain coroutine: what is to be done."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.becoming_async.sync_tests import Conversions
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.doubles.account import Account
from codemods.asyncmock_await.doubles.expected import expected_at
from codemods.asyncmock_await.doubles.facts import Creation
from codemods.asyncmock_await.doubles.handed import close_what_is_handed
from codemods.asyncmock_await.doubles.impossible import Impossible
from codemods.asyncmock_await.doubles.mend import refuse_expected
from codemods.asyncmock_await.doubles.mistaken import forsaken, mistaken
from codemods.asyncmock_await.doubles.recorded import called_name, out_of_date
from codemods.asyncmock_await.doubles.stands_for import asks, method_by_annotation, methods_near
from codemods.asyncmock_await.doubles.styles import Double as Made
from codemods.asyncmock_await.doubles.styles import mended
from codemods.asyncmock_await.doubles.uses import (
    Blame,
    Chain,
    Uses,
    blame,
    conflict,
    dotted,
    losing,
    named,
    spot_of,
    uses_of,
)
from codemods.asyncmock_await.doubles.verdict import Verdict, code_of
from codemods.asyncmock_await.family import CalledAt
from codemods.asyncmock_await.part import Awaited, Change
from codemods.evidence.schema import Call, Coroutine, Double, Evidence, Frame, Place
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.origins import Origins

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts
    from codemods.toolkit.python.project import Project

_NOTHING: Mapping[str, tuple[Change, ...]] = MappingProxyType({})
_AGREE = frozenset({"await", "sync test", "unclear"})
_MISSING_AWAIT = frozenset({"statement", "value", "attribute", "assigned"})


def decide_seen(
    account: Account, evidence: Evidence, config: Config, origins: Origins, project: Project[Facts],
    awaited: Collection[CalledAt] = (),
) -> None:  # fmt: skip
    """Decide about everything that was dropped in a run.

    `awaited` are the calls that lack an `await`, as the source shows, and get one unless they would raise then.
    """
    _Seen(account, evidence, config, origins, project, awaited).decide()


class _Seen:
    def __init__(
        self, account: Account, evidence: Evidence, config: Config, origins: Origins, project: Project[Facts],
        awaited: Collection[CalledAt],
    ) -> None:  # fmt: skip
        self._account = account
        self._awaited = awaited
        self._evidence = evidence
        self._config = config
        self._origins = origins
        self._project = project
        self._conversions = Conversions(project, origins, account.withheld, config)
        self._stale = out_of_date(project, evidence)
        self._closers: dict[int, None] = {}
        self._asks = asks(project)

    def decide(self) -> None:
        """All doubles first, then what else was dropped."""
        for place, doubles in losing(self._evidence).items():
            self._double(place, uses_of(doubles, self._stale))
        for coroutine in self._evidence.coroutines:
            self._coroutine(coroutine)
        for index in self._closers:
            self._closer(self._evidence.doubles[index])

    # -- doubles

    def _double(self, place: Place, uses: Uses) -> None:
        path = place.path
        if path in self._stale:
            self._out_of_date(path)
            return
        if not uses.dropped:
            return
        if not path or not self._account.exists(path):
            self._elsewhere(place, uses)
            return
        wrong = mistaken(self._project, self._origins, uses, self._stale)
        uses = replace(uses, wanted={chain: calls for chain, calls in uses.wanted.items() if chain not in wrong})
        verdict = self._verdict(uses)
        verdict.mistaken = {chain: calls for chain, calls in wrong.items() if chain in verdict.sync}
        self._closers |= verdict.closers
        creation = self._creation(place)
        spot = creation or place
        name = creation.callee if creation else uses.doubles[0].made_by
        for chain, code, reason in verdict.refused:
            self._account.refused(path, spot, named(name, chain), code, reason)
        if verdict.sync:
            self._make_sync(path, place, creation, name, uses, verdict)
        elif not verdict.refused:
            reason = "; ".join(dict.fromkeys(verdict.kept)) or "the coroutine is closed where it is handed to"
            self._account.kept(path, spot, name, reason)

    def _verdict(self, uses: Uses) -> Verdict:
        verdict = Verdict()
        for chain, calls in uses.dropped.items():
            if all(spot_of(call) in self._awaited for call in calls):
                verdict.kept.append(f"an `await` is missing at {calls[0].place.path}:{calls[0].place.line}")
                continue
            blames = [self._blame(call, uses) for call in calls]
            if "double" in blames and chain not in uses.wanted:  # tests that don't await it either agree
                blames = ["double" if each in _AGREE else each for each in blames]
            pairs = zip(calls, blames, strict=True)
            double_calls = [call for call, each in pairs if not self._others_fault(call, each, uses, chain, verdict)]
            if double_calls:
                self._member(chain, double_calls, uses, verdict)
        return verdict

    def _blame(self, call: Call, uses: Uses) -> Blame:
        consumed = self._account.facts(call.place.path).consumed
        return blame(call, uses, consumed, real=self._real(call, uses))

    def _others_fault(self, call: Call, blamed: Blame, uses: Uses, chain: Chain, verdict: Verdict) -> bool:
        """Whether it is the caller that has to change (or nobody can tell)."""
        where = f"{call.place.path}:{call.place.line}"
        match blamed:
            case "await" | "sync test" if spot_of(call) in self._awaited:
                verdict.kept.append(f"an `await` is missing at {where}")
            case "await":
                self._await(call, "mock call", dotted(chain) or uses.doubles[0].made_by, "AM101")
                verdict.kept.append(f"an `await` is missing at {where}")
            case "sync test":
                problem = self._awaited_async(call, "mock call", dotted(chain))
                if problem:
                    reason = f"{where} calls it in a function that is no `async def`: {problem}"
                    verdict.refused.append((chain, "AM293", reason))
                else:
                    verdict.kept.append(f"an `await` is missing at {where}, in a test that becomes async")
            case "unclear":
                why = "uses its coroutine as a value: either an `await` is missing there, or it is no coroutine"
                reason = f"{where} {why}"
                verdict.refused.append((chain, "AM297", reason))
            case "forgotten":
                creation = self._creation(uses.doubles[0].place)
                attribute = creation.attribute if creation is not None else ""
                called = dotted(chain) or uses.doubles[0].target or attribute or "what the double stands for"
                what = f"`{called}` is a coroutine function"
                self._forgotten(call.place, call.stack, what)
                verdict.kept.append(f"production forgot the `await` at {where} (AM401)")
            case "consumer":
                why = "is there an event loop, and can it take all that it is given?"
                reason = f"{where} hands the coroutine to asyncio, which didn't run it: {why}"
                verdict.refused.append((chain, "AM296", reason))
            case _:
                return False
        return True

    def _real(self, call: Call, uses: Uses) -> str:
        """What a member is in truth: by the spec or the patch, else by the classes that the caller's module knows."""
        path, creation = uses.doubles[0].place.path, self._creation(uses.doubles[0].place)
        if creation is not None and len(call.chain) == 1:
            real = method_by_annotation(self._project, self._origins, path, creation.annotated, call.chain[0])
            if real is not None and real.plain and not real.asynchronous:
                return "sync"
        name = called_name(call, creation)
        if not name:
            return call.real
        methods = methods_near(self._project, self._origins, call.place.path, name)
        return "async" if methods and all(method.asynchronous for method in methods) else ""

    def _member(self, chain: Chain, calls: Sequence[Call], uses: Uses, verdict: Verdict) -> None:
        """A member that has to be sync: itself, or the result of an awaited call that it belongs to."""
        handed = [index for call in calls for index in call.handed_to]
        if chain in uses.wanted:
            if handed and all(call.handed_to for call in calls):
                verdict.closers.update(dict.fromkeys(handed))
                verdict.kept.append("others await it: the patched function closes the coroutine that it is given")
                return
            verdict.refused.append((chain, "AM291", conflict(self._evidence.tests, calls, uses.wanted[chain])))
            return
        if self._asks and all(call.handed_to and call.real == "async" for call in calls):
            verdict.closers.update(dict.fromkeys(handed))
            verdict.kept.append(
                "the project asks what is a coroutine function, so it stays one: what it is handed to closes it"
            )
            return
        result = next(
            (end for end, step in enumerate(chain, 1) if step == "()" and not uses.wants_below(chain[:end])), None
        )
        member = chain if result is None else chain[:result]
        if uses.wants_below(member) and not (member == () and not uses.wanted):
            wanted = next(calls for each, calls in uses.wanted.items() if each[: len(member)] == member)
            verdict.refused.append((chain, "AM291", conflict(self._evidence.tests, calls, wanted)))
            return
        verdict.sync.append(member)
        verdict.codes.append(code_of(member, calls, uses))

    def _make_sync(
        self, path: str, place: Place, creation: Creation | None, name: str, uses: Uses, verdict: Verdict
    ) -> None:
        maker = self._account.maker(path)
        code = verdict.codes[0]
        if creation is None or maker is None:
            reason = f"no call that creates a double is at this place ({uses.doubles[0].made_by})"
            self._account.refused(path, place, name, "AM292", reason)
            return
        double = Made(path, creation, self._account.facts(path), maker, uses, verdict)
        try:
            changes, reason = mended(
                self._project, self._origins, self._evidence, self._config.style, double, self._stale
            )
            everything: dict[str, tuple[Change, ...]] = {path: changes}
            for call in itertools.chain.from_iterable(verdict.mistaken.values()):
                gone = forsaken(call, self._account.facts(call.place.path))
                everything[call.place.path] = (*everything.get(call.place.path, ()), gone)
        except Impossible as problem:
            self._account.refused(path, creation, name, problem.code, problem.reason)
            return
        self._account.rewritten(path, creation, name, code, reason, everything)
        self._account.instead.update(spot_of(call) for call in uses.dropped_below(verdict.sync))
        for chain, calls in verdict.mistaken.items():
            for call in calls:
                reason = "what it awaits becomes sync, as the real method is"
                self._account.rewritten(
                    call.place.path, call.place, dotted(chain), "AM105", reason, everything, kind="mock call"
                )

    # -- coroutines and what they are handed to

    def _coroutine(self, coroutine: Coroutine) -> None:
        place = coroutine.place
        if coroutine.is_test or not place.path or not self._account.exists(place.path) or place.path in self._stale:
            return
        if coroutine.handed_to:
            self._closers.update(dict.fromkeys(coroutine.handed_to))
        elif coroutine.form in _MISSING_AWAIT:
            if not is_test(place.path):
                defined, what = coroutine.defined, f"`{coroutine.function}` is a coroutine function"
                if is_test(defined.path):
                    what += f" of a test ({defined.path}:{defined.line}), which may have to be a plain `def`"
                self._forgotten(place, coroutine.stack, what)
                return
            name = coroutine.function.rpartition(".")[2]
            if coroutine.around == "async":
                self._await(coroutine, "coroutine call", name, "AM104")
            elif coroutine.around == "sync":
                problem = self._awaited_async(coroutine, "coroutine call", name)
                if problem:
                    reason = f"it is called in a function that is no `async def`: {problem}"
                    self._account.refused(place.path, place, name, "AM293", reason, kind="coroutine call")

    def _closer(self, double: Double) -> None:
        """A patched function that is given a coroutine and drops it."""
        path = double.place.path
        if path in self._stale:
            self._out_of_date(path)
        elif path and self._account.exists(path):
            close_what_is_handed(self._account, self._project, self._origins, self._evidence, double)

    # -- places

    def _awaited_async(self, lost: Call | Coroutine, kind: str, name: str) -> str:
        """Write an `await` into a sync function, which becomes async for it; why that can't be done, else ""."""
        place, stack = lost.place, lost.stack
        start = self._account.facts(place.path).offset(place.line, place.column)
        entry = self._project.entries.get(place.path)
        functions = entry.facts.calls.functions if entry is not None and entry.facts is not None else ()
        function = stack[0].function.rpartition(".")[2] if stack else ""
        test = next(
            (
                each
                for each in functions
                if start is not None and each.function.start <= start < each.function.end
                if each.function.name == function
            ),
            None,
        )
        if test is None:
            return "make it async, and await it where it is called"
        around = self._conversions.of(place.path, test)
        if isinstance(around, str):
            return f"it can't become async, as {around}"
        self._await(lost, kind, name or "the double itself", "AM103", around)
        return ""

    def _await(
        self, lost: Call | Coroutine, kind: str, name: str, code: str,
        around: Mapping[str, tuple[Change, ...]] = _NOTHING,
    ) -> None:  # fmt: skip
        place = lost.place
        facts = self._account.facts(place.path)
        start = facts.offset(place.line, place.column)
        end = facts.offset(place.end_line, place.end_column)
        if not place.end_line or start is None or end is None:
            self._account.refused(place.path, place, name, "AM292", "the call isn't found at its place", kind=kind)
            return
        if end in facts.taken:
            reason = "its coroutine was dropped in a run of the tests, but is handed on: it may be awaited there"
            self._account.refused(place.path, place, name, "AM297", reason, kind=kind)
            return
        try:
            refuse_expected(expected_at(self._project, self._evidence, lost))
        except Impossible as problem:
            self._account.refused(place.path, place, name, problem.code, problem.reason, kind=kind)
            return
        change = Awaited(start, end, brackets=lost.form == "attribute")
        reason = f"its coroutine was dropped in a run of the tests ({code})"
        changes = {**around, place.path: (*around.get(place.path, ()), change)}
        self._account.rewritten(place.path, place, name, "", reason, changes, kind=kind)
        for path, call in self._conversions.awaited(around):
            reason = f"{call.name} becomes async"
            self._account.rewritten(path, call, call.written, "AM103", reason, changes, kind="coroutine call")

    def _creation(self, place: Place) -> Creation | None:
        return self._account.facts(place.path).at(place)

    def _out_of_date(self, path: str) -> None:
        message = "the evidence is out of date: this file has changed since; record it again"
        self._account.finding("AM290", path, 1, 0, message)

    def _elsewhere(self, place: Place, uses: Uses) -> None:
        """A double that no file of the project creates: told of where its coroutines were dropped."""
        for chain, calls in uses.dropped.items():
            for call in calls[:1]:
                if self._account.exists(call.place.path):
                    what = dotted(chain) or uses.doubles[0].made_by
                    message = f"`{what}` of a double that was created outside of these files was never awaited"
                    self._account.finding("AM292", call.place.path, call.place.line, call.place.column, message)

    def _forgotten(self, place: Place, stack: Sequence[Frame], what: str) -> None:
        if not self._account.exists(place.path):
            return
        frames = [f"{frame.place.path}:{frame.place.line} in {frame.function}" for frame in stack[1:4]]
        called = f", called from {'; '.join(frames)}" if frames else ""
        message = f"{what}, and nobody awaits what this call makes{called}"
        self._account.finding("AM401", place.path, place.line, place.column, message)
