"""What this family decides: each double whose coroutines were dropped in a run, and patches that can't be right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.facts import CallSite
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.doubles.account import Account
from codemods.asyncmock_await.doubles.awaits_read import read_in
from codemods.asyncmock_await.doubles.facts import Creation
from codemods.asyncmock_await.doubles.impossible import Impossible
from codemods.asyncmock_await.doubles.mend import refuse_coroutines, refuse_raising, refuse_read_awaits
from codemods.asyncmock_await.doubles.recorded import recorded
from codemods.asyncmock_await.doubles.seen import decide_seen
from codemods.asyncmock_await.doubles.stands_for import leads_to_coroutine, patched_functions
from codemods.asyncmock_await.family import CalledAt, Share
from codemods.asyncmock_await.part import CallChange
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts


def decide(
    project: Project[Facts], config: Config, origins: Origins, withheld: Mapping[str, tuple[str, str]],
    awaited: Collection[CalledAt] = (),
) -> Share:  # fmt: skip
    """The share of this family in the plan; `awaited` are the calls that get an `await` by what the source shows.

    Raises:
        UsageError: a file of evidence can't be read.
    """
    account = Account(project, withheld)
    evidence = recorded(project)
    if evidence is not None:
        decide_seen(account, evidence, config, origins, project, awaited)
    _decide_patches(account, project, origins)
    return account.share()


def _calls_of(project: Project[Facts], path: str, creation: Creation) -> list[CallSite]:
    """The calls of a double, and of its members, that its module shows."""
    facts = project.entries[path].facts
    return [call for call in (facts.calls.sites if facts is not None else ()) if call.made == creation.end]


def _decide_patches(account: Account, project: Project[Facts], origins: Origins) -> None:
    """AM203 without a run: `new_callable=AsyncMock` for what is a sync function by its definition."""
    for path, creation, function in patched_functions(project, origins):
        if account.knows(path, creation) or not function.plain:
            continue
        mocks = account.mocks(path)
        if mocks.canonical(dict(creation.keywords)["new_callable"]) != "AsyncMock":
            continue
        try:
            refuse_raising(account.facts(path).raising_effect(creation, ()))
            refuse_coroutines(creation, [()], account.facts(path), leads_to_coroutine(project, origins, path))
            refuse_read_awaits(read_in(project, {creation.bound.rpartition(".")[2], function.name} - {""}, {path}))
        except Impossible as problem:
            account.refused(path, creation, creation.callee, problem.code, problem.reason)
            continue
        calls = _calls_of(project, path, creation)
        awaited = next((call for call in calls if call.fate not in {"dropped", "value"}), None)
        if awaited is not None:
            reason = f"`{function.name}` is no coroutine function, and line {awaited.line} wants a coroutine of it"
            account.refused(path, creation, creation.callee, "AM291", reason)
            continue
        account.instead |= {(path, call.line, call.column) for call in calls}
        change = CallChange(creation.start, creation.end, dropped=("new_callable",))
        reason = f"`{function.name}` is no coroutine function: patch makes a MagicMock for it"
        account.rewritten(path, creation, creation.callee, "AM203", reason, {path: (change,)})
