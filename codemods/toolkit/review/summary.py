"""The summary on stderr: what happened to every site, what was refused and why, and what was proved.

    call sites        901 rewritten · 502 already canonical ·  87 kept · 238 refused   = 1,728
    dangling imports  719 -> 275
    refused: WS122 factory object used beyond create_manager (102) · WS121 stale keyword argument (66)
    verified: 504 files parse · 0 new undefined names · ... · second run changes nothing

Names and reasons come from the target's code, so they are shown with control characters escaped.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from codemods.toolkit.codemod import DECISIONS, Finding, Site
from codemods.toolkit.review.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codemods.toolkit.codemod import AnyCodemod, Decision, Measure
    from codemods.toolkit.pipeline.result import Breakage, Change, Result, Verification
    from codemods.toolkit.review.selection import Selection

PLACES = 10
"""So many places are listed under each heading, unless all are asked for."""


def summary(
    result: Result, codemod: AnyCodemod, titles: Mapping[str, str], selected: Selection, *, every_place: bool = False
) -> str:
    """The whole summary, several lines.  `titles` maps a code to its short form; `every_place` lists all places."""
    limit = None if every_place else PLACES
    refused = [site for site in result.sites if site.decision == "refused"]
    lines = [
        *_table(counts(result.sites, codemod.kinds), codemod.right),
        *_measures(result.measures),
        *_listed("refused", refused, titles, selected, limit),
        *_listed("findings", result.findings, titles, selected, limit),
        *_listed("not written, as it would break something", result.withheld, titles, selected, limit),
        _verified(result.verification, result.changes),
    ]
    return "".join(f"{line}\n" for line in lines)


def counts(sites: Iterable[Site], kinds: Sequence[str]) -> dict[str, Counter[Decision]]:
    """How many sites of each kind got each decision: the codemod's kinds in their order, then any others."""
    table: dict[str, Counter[Decision]] = {kind: Counter() for kind in kinds}
    for site in sites:
        table.setdefault(site.kind, Counter())[site.decision] += 1
    return table


class Remark(NamedTuple):
    """Something to say about a place in the target; line from 1 (0: the whole file), column from 0 (None: the line)."""

    code: str
    path: str
    line: int
    column: int | None
    message: str

    def __str__(self) -> str:
        """One line that editors can jump from: path, line and column (from 1), code and message."""
        line = f":{self.line}" if self.line else ""
        column = f":{self.column + 1}" if self.line and self.column is not None else ""
        code = f"{self.code} " if self.code else ""
        return f"{printable(self.path)}{line}{column}: {code}{printable(self.message)}"


def remark(item: Site | Finding | Breakage) -> Remark:
    """What to say about a site (its name and reason), a finding or a withheld change."""
    match item:
        case Site():
            return Remark(item.code, item.path, item.line, item.column, f"{item.name}: {item.reason}")
        case Finding():
            return Remark(item.code, item.path, item.line, item.column, item.message)
        case _:
            return Remark(item.code, item.path, item.line, None, item.message)


def to_change(result: Result) -> list[Remark]:
    """What `--check` complains about: every site that would be rewritten, every other file that would change."""
    remarks = [remark(site) for site in result.sites if site.decision == "rewritten"]
    told = {found.path for found in remarks}
    others = (change for change in result.changes if change.path not in told)
    remarks += [Remark("", change.path, 1, None, _would(change)) for change in others]
    return sorted(remarks, key=lambda found: (found.path, found.line, found.column or 0))


def _would(change: Change) -> str:
    if change.after is None:
        return "would be deleted"
    return "would be created" if change.before is None else "would change"


def _table(rows: Mapping[str, Counter[Decision]], right: str) -> list[str]:
    labels: dict[Decision, str] = {"rewritten": "rewritten", "right": right, "kept": "kept", "refused": "refused"}
    shown = {_plural(kind): row for kind, row in rows.items() if row.total()}
    if not shown:
        return ["nothing found that this codemod is about"]
    name = max(len(label) for label in shown)
    widths = {decision: max(len(f"{row[decision]:,}") for row in shown.values()) for decision in DECISIONS}
    total = max(len(f"{row.total():,}") for row in shown.values())
    return [
        f"{label:<{name}}   "
        + " · ".join(f"{row[decision]:>{widths[decision]},} {labels[decision]}" for decision in DECISIONS)
        + f"   = {row.total():>{total},}"
        for label, row in shown.items()
    ]


def counted_files(count: int) -> str:
    """A number of files in words: "1 file", "1,728 files"."""
    return f"{count:,} file{'' if count == 1 else 's'}"


def _plural(kind: str) -> str:
    if kind.endswith("y") and kind[-2:-1] not in "aeiou":
        return f"{kind[:-1]}ies"
    return kind + ("es" if kind.endswith(("s", "x", "ch", "sh")) else "s")


def _measures(measures: Sequence[Measure]) -> list[str]:
    width = max((len(measure.label) for measure in measures), default=0)
    return [f"{printable(m.label):<{width}}   {m.before:,} -> {m.after:,}" for m in measures]


def _listed(
    heading: str,
    items: Sequence[Site | Finding | Breakage],
    titles: Mapping[str, str],
    selected: Selection,
    limit: int | None,
) -> list[str]:
    """A heading that counts by code, and the places below it."""
    shown = [remark(item) for item in items if selected.shows(item)]
    if not shown:
        return []
    totals = Counter(found.code for found in shown)
    parts = [f"{code} {titles.get(code, '')}".strip() + f" ({count:,})" for code, count in totals.most_common()]
    chosen = sorted(_spread(shown, limit), key=lambda found: (found.path, found.line, found.column or 0))
    left = len(shown) - len(chosen)
    more = [f"  and {left:,} more: --verbose lists them all"] if left else []
    return [f"{heading}: {' · '.join(parts)}", *(f"  {found}" for found in chosen), *more]


def _spread(remarks: list[Remark], limit: int | None) -> list[Remark]:
    """The first of each code, then the second of each, ...: a few places that show something of everything."""
    if limit is None:
        return remarks
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, Remark]] = []
    for found in remarks:
        ranked.append((seen[found.code], found))
        seen[found.code] += 1
    return [found for _, found in sorted(ranked, key=lambda pair: pair[0])[:limit]]


def _verified(proof: Verification, changes: Sequence[Change]) -> str:
    facts = [f"{counted_files(proof.parsed)} parse{'s' if proof.parsed == 1 else ''}"]
    for what, count in (
        ("created", sum(change.before is None for change in changes)),
        ("deleted", sum(change.after is None for change in changes)),
    ):
        if count:
            facts.append(f"{count:,} {what}")
    facts += [
        f"{proof.undefined:,} new undefined names",
        f"{proof.dangling:,} new dangling imports",
        f"{proof.cycles:,} new import cycles",
        f"{proof.unused:,} newly unused imports",
        f"second run changes {counted_files(proof.second_run) if proof.second_run else 'nothing'}",
    ]
    return f"verified: {' · '.join(facts)}"
