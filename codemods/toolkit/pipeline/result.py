"""What a run hands to review and apply: records only."""

from __future__ import annotations

import msgspec

from codemods.toolkit.codemod import Edit, Finding, Measure, Site


class Change(msgspec.Struct, frozen=True):
    """One file that changes: its bytes on disk before and after (None where there is no such file).

    `edits` are offsets into the UTF-8 body (see `Source`); `mode` are the permission bits of the file.
    """

    path: str
    before: bytes | None
    after: bytes | None
    edits: tuple[Edit, ...]
    mode: int


class Breakage(msgspec.Struct, frozen=True):
    """Something that a change would break: the change is refused with `code` and `message` at this place."""

    code: str
    path: str
    line: int
    message: str


class Verification(msgspec.Struct, frozen=True):
    """What was proved of the changes that are left: each figure but `parsed` is 0 when all is well."""

    parsed: int
    undefined: int
    unused: int
    dangling: int
    cycles: int
    second_run: int


class Result(msgspec.Struct, frozen=True):
    """A finished run.  `files` counts the Python files seen, `collected` those that were parsed or read from the cache.

    `withheld` are files whose change was refused by verification (path -> code and reason); their sites are among
    `sites` as refused.
    """

    codemod: str
    root: str
    files: int
    collected: int
    sites: tuple[Site, ...]
    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]
    changes: tuple[Change, ...]
    withheld: tuple[Breakage, ...]
    verification: Verification
