"""How a double is mended some members of which have to be sync: the style says which ways are tried, in which order.

`smallest`: its real class as its spec where that is known, else a sync mock for each of the members, or for the whole
double where it has no name and nothing of it is awaited.  `spec`: its real class or nothing.  `attribute`: members
only.  `magicmock`: the whole double wherever nothing of it is awaited, else members.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.asyncmock_await.config import Style
from codemods.asyncmock_await.doubles.awaits_read import awaits_read
from codemods.asyncmock_await.doubles.expected import expected_at
from codemods.asyncmock_await.doubles.facts import Creation, DoubleFacts
from codemods.asyncmock_await.doubles.impossible import Impossible
from codemods.asyncmock_await.doubles.mend import (
    Maker,
    refuse_coroutines,
    refuse_expected,
    refuse_raising,
    refuse_read_awaits,
    sync_instead,
    sync_members,
)
from codemods.asyncmock_await.doubles.spec import Spec, spec_instead
from codemods.asyncmock_await.doubles.stands_for import leads_to_coroutine
from codemods.asyncmock_await.doubles.uses import Uses, dotted, where
from codemods.asyncmock_await.doubles.verdict import Verdict
from codemods.asyncmock_await.part import Change
from codemods.evidence.schema import Evidence
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts


@dataclass(frozen=True, slots=True)
class Double:
    """A double that the file `path` creates, what a run showed of it, and what is to become of it."""

    path: str
    creation: Creation
    facts: DoubleFacts
    maker: Maker
    uses: Uses
    verdict: Verdict


def mended(
    project: Project[Facts], origins: Origins, evidence: Evidence, style: Style, double: Double,
    out_of_date: frozenset[str],
) -> tuple[tuple[Change, ...], str]:  # fmt: skip
    """The changes of the file that creates a double, and why it is these.

    Raises:
        Impossible: there are none, or a test that passes may fail for them.
    """
    creation, facts, uses, sync = double.creation, double.facts, double.uses, double.verdict.sync
    refuse_raising(_raised(evidence, double))
    refuse_coroutines(creation, sync, facts, leads_to_coroutine(project, origins, double.path))
    spec = _spec(style, double, lambda: spec_instead(project, origins, double.path, creation, uses, sync, out_of_date))
    whole = spec is None and _whole(style, double)
    refuse_read_awaits(awaits_read(project, evidence.tests, uses, creation, sync, whole=whole))
    refuse_expected(_expected(project, evidence, double, everything=whole or spec is not None))
    called = where(uses, sync)
    if spec is not None:
        return spec[1], f"`{spec[0].written}` says which members are sync: {called}"
    if whole:
        implicit = any(each.original == "async function" for each in uses.doubles)
        return sync_instead(
            creation, double.maker, implicit=implicit
        ), f"nothing of it is awaited in any test: {called}"
    members = ", ".join(f"`{dotted(chain)}`" for chain in dict.fromkeys(sync))
    return sync_members(creation, double.maker, sync), f"{members} made coroutines that nobody wants: {called}"


def _expected(project: Project[Facts], evidence: Evidence, double: Double, *, everything: bool) -> str:
    """Where a test expects what the use of a coroutine raises that isn't made any more, "" where none does."""
    lost = double.uses.dropped_below([()] if everything else double.verdict.sync)
    return next(filter(None, (expected_at(project, evidence, call) for call in lost)), "")


def _raised(evidence: Evidence, double: Double) -> str:
    """The `side_effect` that tests which passed would meet once members are sync, "" where none may raise."""
    for call in double.uses.dropped_below(double.verdict.sync):
        effect = double.facts.raising_effect(double.creation, call.chain)
        if effect and any(evidence.tests[index].outcome == "passed" for index in call.tests):
            return effect
    return ""


def _spec(
    style: Style, double: Double, made: Callable[[], tuple[Spec, tuple[Change, ...]]]
) -> tuple[Spec, tuple[Change, ...]] | None:
    """The real class, where the style takes it; None where another way is taken.

    Raises:
        Impossible: the style takes nothing else for sync members of an AsyncMock (AM201), and there is none.
    """
    if style not in {"smallest", "spec"}:
        return None
    try:
        return made()
    except Impossible:
        if style == "spec" and set(double.verdict.codes) == {"AM201"}:
            raise
        return None


def _whole(style: Style, double: Double) -> bool:
    """Whether the double itself becomes a MagicMock, instead of some of its members."""
    creation = double.creation
    if () in double.verdict.sync:
        return True
    if double.uses.wanted or not creation.what.endswith("AsyncMock"):
        return False
    if style == "magicmock":
        return True
    attached = any(each.parents for each in double.uses.doubles)
    return style != "attribute" and (not creation.target or attached)
