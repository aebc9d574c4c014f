from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codemods.toolkit.codemod import DECISIONS, Codemod, Decision, Finding, Measure, Plan, Site
from codemods.toolkit.pipeline.result import Breakage, Change, Result, Verification
from codemods.toolkit.review.selection import Selection
from codemods.toolkit.review.summary import counts, remark, summary, to_change

if TYPE_CHECKING:
    from codemods.toolkit.codemod import AnyCodemod

CODEMOD: AnyCodemod = Codemod(
    "toy",
    "",
    int,
    int,
    int,
    (),
    relevant=lambda *_: False,
    collect=lambda *_: 0,
    widen=lambda *_: frozenset(),
    demand=lambda *_: frozenset(),
    decide=lambda *_: Plan(),
    rewrite=lambda *_: (),
    kinds=("call site", "patch"),
    right="already canonical",
)
TITLES = {"WS121": "stale keyword argument", "TK101": "file can't be parsed"}
WELL = Verification(504, 0, 0, 0, 0, 0)


def sites(kind: str, decision: Decision, count: int, code: str = "") -> tuple[Site, ...]:
    return tuple(Site(kind, f"{n}.py", n + 1, 0, "name", decision, "because", code) for n in range(count))


def result(
    *found: Site,
    findings: tuple[Finding, ...] = (),
    measures: tuple[Measure, ...] = (),
    changes: tuple[Change, ...] = (),
    withheld: tuple[Breakage, ...] = (),
    proof: Verification = WELL,
) -> Result:
    return Result("toy", str(Path("/x")), 3, 2, found, findings, measures, changes, withheld, proof)


def lines(of: Result, selected: Selection | None = None, *, every_place: bool = False) -> list[str]:
    return summary(of, CODEMOD, TITLES, selected or Selection(), every_place=every_place).splitlines()


def test_each_kind_has_a_row_with_every_decision_and_the_total() -> None:
    of = result(
        *sites("call site", "rewritten", 1901),
        *sites("call site", "right", 2),
        *sites("call site", "kept", 1),
        *sites("patch", "kept", 12),
        *sites("odd", "kept", 1),
    )
    assert lines(of)[:3] == [
        "call sites   1,901 rewritten · 2 already canonical ·  1 kept · 0 refused   = 1,904",
        "patches          0 rewritten · 0 already canonical · 12 kept · 0 refused   =    12",
        "odds             0 rewritten · 0 already canonical ·  1 kept · 0 refused   =     1",
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_four_decisions_add_up_to_the_total_in_every_row(seed: int) -> None:
    numbers = [(7 * seed + 3 * n) % 11 for n in range(8)]
    of = result(
        *(
            site
            for row, kind in enumerate(CODEMOD.kinds)
            for column, decision in enumerate(DECISIONS)
            for site in sites(kind, decision, numbers[4 * row + column])
        ),
        *sites("patch", "refused", 1),
    )
    rows = [re.findall(r"\d+", line) for line in lines(of) if "=" in line]
    assert rows
    assert all(sum(map(int, row[:4])) == int(row[4]) for row in rows)


def test_a_kind_of_which_there_is_none_has_no_row() -> None:
    assert not any(line.startswith("patch") for line in lines(result(*sites("call site", "kept", 1))))


def test_a_tree_without_any_site_is_told_in_words() -> None:
    assert lines(result())[0] == "nothing found that this codemod is about"


def test_measures_show_before_and_after() -> None:
    of = result(measures=(Measure("dangling imports", 1719, 275), Measure("stubs", 1, 0)))
    assert lines(of)[1:3] == ["dangling imports   1,719 -> 275", "stubs              1 -> 0"]


def test_refusals_are_counted_by_code_with_ten_places_of_all_codes() -> None:
    of = result(*sites("call site", "refused", 30, "WS121"), *sites("call site", "refused", 2, "WS9"))
    shown = lines(of)
    assert shown[1] == "refused: WS121 stale keyword argument (30) · WS9 (2)"
    places = shown[2:-2]
    assert len(places) == 10
    assert sum("WS9" in place for place in places) == 2
    assert places[0] == "  0.py:1:1: WS121 name: because"
    assert shown[-2] == "  and 22 more: --verbose lists them all"


def test_every_place_is_listed_where_asked_for() -> None:
    of = result(*sites("call site", "refused", 30, "WS121"))
    assert sum("because" in line for line in lines(of, every_place=True)) == 30


def test_an_ignored_code_is_not_listed_but_counted() -> None:
    shown = lines(result(*sites("call site", "refused", 3, "WS121")), Selection(ignore=("WS1",)))
    assert shown[0].endswith("3 refused   = 3")
    assert len(shown) == 2


def test_findings_and_withheld_changes_are_listed_with_their_places() -> None:
    of = result(
        findings=(Finding("TK101", "bad.py", 3, 4, "invalid syntax", failed=True),),
        withheld=(Breakage("TK201", "b.py", 9, "would be undefined: x"),),
    )
    assert lines(of)[1:5] == [
        "findings: TK101 file can't be parsed (1)",
        "  bad.py:3:5: TK101 invalid syntax",
        "not written, as it would break something: TK201 (1)",
        "  b.py:9: TK201 would be undefined: x",
    ]


def test_control_characters_from_the_target_are_escaped() -> None:
    of = result(Site("call site", "\x1b[2J.py", 1, 0, "a\u202eb", "refused", "c\rd", "WS121"))
    assert lines(of)[2] == "  \\x1b[2J.py:1:1: WS121 a\\u202eb: c\\rd"


def test_the_last_line_tells_what_was_proved() -> None:
    gone = Change("a.py", b"x", None, (), 0o644)
    assert lines(result(changes=(gone,)))[-1] == (
        "verified: 504 files parse · 1 deleted · 0 new undefined names · 0 new dangling imports · "
        "0 new import cycles · 0 newly unused imports · second run changes nothing"
    )


def test_a_second_run_that_changes_something_is_not_hidden() -> None:
    assert lines(result(proof=Verification(1, 0, 0, 0, 0, 2)))[-1].endswith("second run changes 2 files")


def test_counts_have_every_kind_of_the_codemod_first() -> None:
    table = counts(sites("odd", "kept", 2), ("call site",))
    assert {kind: dict(row) for kind, row in table.items()} == {"call site": {}, "odd": {"kept": 2}}


def test_a_remark_without_a_code_has_none() -> None:
    assert str(remark(Site("call site", "a.py", 1, 2, "f", "rewritten", "to g"))) == "a.py:1:3: f: to g"


def test_a_remark_about_a_whole_file_has_no_line() -> None:
    assert str(remark(Finding("TK101", "a.py", 0, 0, "is too large"))) == "a.py: TK101 is too large"
    assert str(remark(Breakage("TK206", "a.py", 0, "a second run would change it"))).startswith("a.py: TK206 ")


def test_kinds_are_named_in_the_plural() -> None:
    kinds = ("class", "entry", "key", "patch target")
    of = result(*(site for kind in kinds for site in sites(kind, "kept", 1)))
    assert [line.partition("   ")[0].strip() for line in lines(of)[:4]] == [
        "classes",
        "entries",
        "keys",
        "patch targets",
    ]


def test_check_names_rewritten_sites_and_files_that_change_without_one() -> None:
    of = result(
        Site("call site", "b.py", 2, 4, "f", "rewritten", "to g"),
        Site("call site", "b.py", 1, 0, "f", "kept", "on purpose"),
        changes=tuple(
            Change(path, b"x", after, (), 0) for path, after in (("b.py", b""), ("c.py", b""), ("a.py", None))
        ),
    )
    assert [str(found) for found in to_change(of)] == [
        "a.py:1: would be deleted",
        "b.py:2:5: f: to g",
        "c.py:1: would change",
    ]
