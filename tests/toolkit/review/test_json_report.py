from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec

from codemods.toolkit.codemod import Edit, Finding, Measure, Site
from codemods.toolkit.pipeline.result import Breakage, Change, Result, Verification
from codemods.toolkit.review.json_report import Report, json_report, schema
from codemods.toolkit.review.selection import Selection

KINDS = ("call site", "import")


def report(
    *changes: Change, sites: tuple[Site, ...] = (), ignore: tuple[str, ...] = (), applied: str | None = None
) -> Report:
    result = Result(
        codemod="toy",
        root="/home/me/shop/",
        files=9,
        collected=3,
        sites=sites,
        findings=(Finding("TK101", "a.py", 1, 0, "invalid syntax", failed=True),),
        measures=(Measure("dangling imports", 2, 1),),
        changes=changes,
        withheld=(Breakage("TK201", "b.py", 1, "undefined: x"),),
        verification=Verification(1, 0, 0, 0, 0, 0),
    )
    return msgspec.json.decode(json_report(result, KINDS, Selection(ignore=ignore), applied), type=Report)


SITE = Site("call site", "a.py", 1, 0, "f", "refused", "", "WS121")


def test_the_report_names_the_run_but_no_path_of_the_machine() -> None:
    found = report()
    assert (found.version, found.codemod, found.root, found.files, found.collected) == (1, "toy", "shop", 9, 3)
    assert found.applied is None


def test_an_applied_run_is_named() -> None:
    assert report(applied="2025-x").applied == "2025-x"


def test_every_kind_and_decision_is_counted_also_where_it_is_hidden() -> None:
    found = report(sites=(SITE,), ignore=("WS",))
    assert found.counts["call site"] == {"rewritten": 0, "right": 0, "kept": 0, "refused": 1}
    assert sum(found.counts["import"].values()) == 0
    assert found.sites == ()


def test_sites_findings_measures_and_withheld_changes_are_there() -> None:
    found = report(sites=(SITE,))
    assert found.sites == (SITE,)
    assert [finding.failed for finding in found.findings] == [True]
    assert found.measures[0].label == "dangling imports"
    assert found.withheld[0].message == "undefined: x"


def test_ignored_findings_and_withheld_changes_are_hidden() -> None:
    found = report(ignore=("TK101", "TK201"))
    assert (found.findings, found.withheld) == ((), ())


def test_a_change_has_its_diff() -> None:
    found = report(Change("a.py", b"x\n", b"y\n", (Edit(0, 1, b"y"),), 0o644), Change("b.py", b"", None, (), 0o644))
    assert [(change.path, change.kind) for change in found.changes] == [("a.py", "modified"), ("b.py", "deleted")]
    assert found.changes[0].diff.endswith("-x\n+y\n")
    assert found.changes[0].diff_base64 is None


def test_a_diff_that_is_not_utf_8_is_there_byte_by_byte() -> None:
    (change,) = report(Change("a.py", b"x\xe4\n", b"y\xe4\n", (Edit(0, 1, b"y"),), 0o644)).changes
    assert change.diff.endswith("-x\\xe4\n+y\\xe4\n")
    assert base64.b64decode(change.diff_base64 or "").endswith(b"-x\xe4\n+y\xe4\n")


def test_a_lone_surrogate_in_the_target_is_escaped() -> None:
    odd = Site("call site", "a.py", 1, 0, "f", "kept", "spelt '\ud800'")
    assert report(sites=(odd,)).sites[0].reason == "spelt '\\ud800'"


def test_the_schema_describes_every_field() -> None:
    described = json.loads(schema())
    assert described["$defs"]["Report"]["required"] == [field.name for field in msgspec.structs.fields(Report)]
    assert described["$defs"]["Report"]["description"].startswith("A finished run.\n\n`root`")


def test_the_schema_in_the_docs_is_the_one_in_the_code() -> None:
    written = Path(__file__).parents[3] / "docs" / "report.schema.json"
    assert written.read_bytes() == schema(), "run `python -m codemods explain --write docs`"
