"""What the families of codes have in common: each decides on its own, and `decide` puts their shares together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from codemods.asyncmock_await.part import Change
from codemods.toolkit.codemod import Finding, Measure, Site

CalledAt: TypeAlias = tuple[str, int, int]
"""Where a call begins: file, line, column."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one family decided.

    `changes` holds for each site (by its index in `sites`) that is rewritten what it takes: path -> changes.  A site
    may need changes in several files (a test becomes async, and its conftest); all of them happen or none.
    `instead` are the calls that need no `await`, as what they call becomes sync.
    """

    sites: tuple[Site, ...] = ()
    changes: Mapping[int, Mapping[str, tuple[Change, ...]]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    instead: frozenset[CalledAt] = frozenset()
