"""What is known of one module after an engine was at work on it, and the plan that is made of it.

Codemods that run an engine share these records: `collect` makes a `Worked` of each module, `decide` says of each edit
what happens to it, and `rewrite` hands the edits on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from codemods.engines.edits import PlacedEdit, Trouble, sentence
from codemods.toolkit.codemod import Decision, Edit, Finding, Plan, Site, Source
from codemods.toolkit.codes import LEFT_OUT
from codemods.toolkit.python.project import Project
from codemods.toolkit.python.spelled import Spelled

KINDS = ("edit", "use", "file")
"""The rows of the summary: edits, uses that are missed, and files that the user's code asked to skip."""

Part: TypeAlias = tuple[Edit, ...]


class Group(msgspec.Struct, frozen=True, array_like=True):
    """The edits that are made for one name, as if nothing else were changed."""

    spelled: Spelled
    edits: tuple[PlacedEdit, ...]


Form: TypeAlias = Literal["definition", "import", "call", "name", "export", "string"]
"""As what a word stands at a place."""


class Mention(msgspec.Struct, frozen=True, array_like=True):
    """A place where a word stands as a name, in `__all__`, or in a string that names something.

    `seen` says that the engine looked at it there, changed or not.  `end` is where a definition is complete: behind the
    parameters of a function, or the bases of a class.
    """

    offset: int
    line: int
    column: int
    spelled: Spelled
    form: Form
    seen: bool
    end: int


class Worked(msgspec.Struct, frozen=True, array_like=True):
    """What an engine makes of one module.

    `edits` are all of them, `groups` the same by the names that they are made for, `mentions` all names that may lead
    to the definition in question (both only where there is one).  `remarks` are what the user's code has to tell,
    `skipped` is why it wants to leave the file alone.
    """

    trouble: Trouble | None = None
    edits: tuple[PlacedEdit, ...] = ()
    groups: tuple[Group, ...] = ()
    mentions: tuple[Mention, ...] = ()
    remarks: tuple[str, ...] = ()
    skipped: str = ""


class Decided(NamedTuple):
    """What happens to one edit, and why."""

    edit: PlacedEdit
    decision: Decision
    reason: str
    code: str = ""


Deciding: TypeAlias = Callable[[str, Worked], Iterable[Decided]]


def every_edit(path: str, worked: Worked) -> Iterator[Decided]:
    """Make each edit, unless the user's code rejected it."""
    for edit in worked.edits:
        yield made_or_rejected(edit)


def made_or_rejected(edit: PlacedEdit) -> Decided:
    """Make an edit, unless the user's code rejected it."""
    return Decided(edit, "kept", edit.rejected) if edit.rejected else Decided(edit, "rewritten", sentence(edit))


def plan_of(
    project: Project[Worked],
    withheld: Mapping[str, tuple[str, str]],
    codes: Mapping[str, str],
    deciding: Deciding = every_edit,
) -> Plan[Part]:
    """The plan for all modules.

    `codes` maps the kinds of trouble, and "remark", to the codes of the codemod; `deciding` says what happens to the
    edits of a file.
    """
    parts: dict[str, Part] = {}
    sites: list[Site] = []
    findings: list[Finding] = []
    for path, entry in sorted(project.entries.items()):
        worked = entry.facts
        kept = withheld.get(path)
        if worked is None or (kept is not None and kept[0] == LEFT_OUT):
            continue
        findings += _findings(path, worked, codes)
        if worked.skipped:
            sites.append(Site("file", path, 1, 0, path.rpartition("/")[2], "kept", worked.skipped))
        decided = [_withheld(each, kept) for each in deciding(path, worked)]
        sites += _sites(path, decided)
        edits = tuple(sorted({each.edit.edit for each in decided if each.decision == "rewritten"}))
        if edits:
            parts[path] = edits
    return Plan(parts, tuple(sites), tuple(findings))


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits of one file: they are made already."""
    return part


def _withheld(decided: Decided, kept: tuple[str, str] | None) -> Decided:
    if kept is None or decided.decision != "rewritten":
        return decided
    code, reason = kept
    return Decided(decided.edit, "refused", reason, code)


def _sites(path: str, decided: Iterable[Decided]) -> Iterator[Site]:
    """A site for each edit; the same edit may be made for several names."""
    seen: dict[tuple[int, int, str], Site] = {}
    for edit, decision, reason, code in decided:
        name = edit.old or edit.becomes or "white space"
        site = Site("edit", path, edit.line, edit.column, name, decision, reason, code)
        key = (edit.line, edit.column, name)
        if key not in seen or decision == "rewritten":
            seen[key] = site
    yield from seen.values()


def _findings(path: str, worked: Worked, codes: Mapping[str, str]) -> Iterator[Finding]:
    if worked.trouble is not None:
        yield Finding(codes[worked.trouble.kind], path, worked.trouble.line, 0, worked.trouble.message, failed=True)
    yield from (Finding(codes["remark"], path, 0, 0, remark) for remark in worked.remarks)
