"""What is to be done about one double, by all that a run showed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from codemods.asyncmock_await.doubles.stands_for import PATCHES
from codemods.asyncmock_await.doubles.uses import Chain, Uses
from codemods.evidence.schema import Call


@dataclass(slots=True)
class Verdict:
    """Members that become sync, and why others don't."""

    sync: list[Chain] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    refused: list[tuple[Chain, str, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    closers: dict[int, None] = field(default_factory=dict)
    mistaken: Mapping[Chain, tuple[Call, ...]] = field(default_factory=dict)


def code_of(member: Chain, calls: Sequence[Call], uses: Uses) -> str:
    """The code of a member that becomes sync."""
    if any(call.handed_to for call in calls):
        return "AM205"
    if member[-1:] == ("()",):
        return "AM202"
    if any(call.form in {"async with", "with"} for call in calls):
        return "AM204"
    patched = not member and any(double.original for double in uses.doubles)
    return "AM203" if patched and any(double.made_by.endswith(tuple(PATCHES)) for double in uses.doubles) else "AM201"
