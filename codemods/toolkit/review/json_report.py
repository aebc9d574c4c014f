"""The result as JSON (`--format json`): one document with a version and a schema, docs/report.schema.json.

Within one version fields are only added.  Lines count from 1, columns from 0 (bytes of the line in UTF-8), paths are
relative to the root with forward slashes.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Literal

import msgspec

from codemods import __version__
from codemods.toolkit.codemod import DECISIONS, Decision, Finding, Measure, Site
from codemods.toolkit.pipeline.result import Breakage, Change, Verification
from codemods.toolkit.review.diff import file_diff
from codemods.toolkit.review.summary import counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.toolkit.pipeline.result import Result
    from codemods.toolkit.review.selection import Selection

VERSION: Literal[1] = 1


class FileChange(msgspec.Struct, frozen=True):
    r"""One file that changes.

    `diff` is its part of the unified diff.  Where that isn't UTF-8 (the file is written in another encoding), `diff`
    shows the odd bytes as `\xNN`, and `diff_base64` has the exact bytes.
    """

    path: str
    kind: Literal["modified", "deleted", "created"]
    diff: str
    diff_base64: str | None = None


class Report(msgspec.Struct, frozen=True):
    """A finished run.

    `root` is the name of the target's folder.  `files` is the number of Python files seen, `collected` of those that
    were looked into.  `counts` has, for each kind of site, how many got each decision: all sites are counted, `sites`
    lists those that `--select` and `--ignore` leave.  `applied` is the run that `undo` takes when the changes were
    written, null in a dry run.  `withheld` are changes that were not made, as verification found that they would break
    something.
    """

    version: Literal[1]
    generator: str
    codemod: str
    root: str
    files: int
    collected: int
    applied: str | None
    counts: dict[str, dict[Decision, int]]
    measures: tuple[Measure, ...]
    verification: Verification
    sites: tuple[Site, ...]
    findings: tuple[Finding, ...]
    withheld: tuple[Breakage, ...]
    changes: tuple[FileChange, ...]


def json_report(result: Result, kinds: Sequence[str], selected: Selection, applied: str | None = None) -> bytes:
    """The report of a run as JSON, with a final newline.

    `kinds` are the codemod's kinds of sites, `applied` is the id of the run in the journal where it was written.
    """
    table = counts(result.sites, kinds)
    report = Report(
        version=VERSION,
        generator=f"codemods {__version__}",
        codemod=result.codemod,
        root=result.root.replace("\\", "/").rstrip("/").rpartition("/")[2],
        files=result.files,
        collected=result.collected,
        applied=applied,
        counts={kind: {decision: row[decision] for decision in DECISIONS} for kind, row in table.items()},
        measures=result.measures,
        verification=result.verification,
        sites=tuple(site for site in result.sites if selected.shows(site)),
        findings=tuple(finding for finding in result.findings if selected.shows(finding)),
        withheld=tuple(breakage for breakage in result.withheld if selected.shows(breakage)),
        changes=tuple(_file_change(change) for change in result.changes),
    )
    try:
        return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"
    except UnicodeEncodeError:  # a lone surrogate from a string in the target: JSON can't hold it
        return msgspec.json.format(msgspec.json.encode(_encodable(msgspec.to_builtins(report))), indent=1) + b"\n"


def _encodable(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {key: _encodable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_encodable(inner) for inner in value]
    return value


def _file_change(change: Change) -> FileChange:
    kind: Literal["modified", "deleted", "created"] = (
        "deleted" if change.after is None else "created" if change.before is None else "modified"
    )
    patch = file_diff(change)
    try:
        return FileChange(change.path, kind, patch.decode())
    except UnicodeDecodeError:
        exact = base64.b64encode(patch).decode("ascii")
        return FileChange(change.path, kind, patch.decode("utf-8", "backslashreplace"), exact)


def schema() -> bytes:
    """The JSON Schema of the report (docs/report.schema.json)."""
    import inspect  # only the docs need it

    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Report)}
    for definition in described["$defs"].values():
        definition["description"] = inspect.cleandoc(definition["description"])  # 3.13 does so by itself
    return msgspec.json.format(msgspec.json.encode(described), indent=2) + b"\n"
