"""What the families of codes have in common: each decides on its own, and `decide` puts their shares together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codemods.asyncmock_await.part import Change
from codemods.toolkit.codemod import Finding, Measure, Site


@dataclass(frozen=True, slots=True)
class Share:
    """What one family decided.

    `changes` holds for each site (by its index in `sites`) that is rewritten what it takes: path -> changes.  A site
    may need changes in several files (a test becomes async, and its conftest); all of them happen or none.
    """

    sites: tuple[Site, ...] = ()
    changes: Mapping[int, Mapping[str, tuple[Change, ...]]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
