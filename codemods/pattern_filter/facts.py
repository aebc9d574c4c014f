"""What `collect` finds in one module: its places with what is proposed for each, and where generated code can stand."""

from __future__ import annotations

from typing import Literal

import msgspec

from codemods.pattern_filter.part import Change

Kind = Literal["pattern", "second option", "policy", "quoted argument", "shell command", "collection", "option"]

KINDS: tuple[Kind, ...] = (
    "pattern",
    "second option",
    "policy",
    "quoted argument",
    "shell command",
    "collection",
    "option",
)
"""Rows of the summary: patterns that reach `-k`, options that are given twice, decisions by category, quotes within an
argument, commands joined for a shell, files collected by a glob, and options that select by one expression."""


class Found(msgspec.Struct, frozen=True, array_like=True):
    """One place.  `code` says what is wrong ("" when nothing is), `refused` that it can't be rewritten for `reason`.

    `changes` carry it out, `needs` are functions that they call.  `unfiltered` are categories that the code itself
    leaves unfiltered: they go into the policy table.
    """

    kind: Kind
    line: int
    column: int
    name: str
    code: str
    reason: str
    refused: bool = False
    changes: tuple[Change, ...] = ()
    needs: tuple[str, ...] = ()
    unfiltered: tuple[str, ...] = ()


class Generated(msgspec.Struct, frozen=True, array_like=True):
    """Generated code that stands in the module already: its span, its functions and its policy table."""

    start: int
    end: int
    functions: tuple[str, ...]
    policy: tuple[tuple[str, str], ...]


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """All of one module.  `insert` is where generated code can stand.

    `taken` are names of the generated code that mean something else in the module, `modules` those that are modules
    which it imports under their own names before `insert`.  `imported` are names that it imports from elsewhere.
    """

    found: tuple[Found, ...] = ()
    insert: int = 0
    taken: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    generated: Generated | None = None
