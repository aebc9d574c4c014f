"""The checks of `codemods.testing`: what is right passes, and each thing that can be wrong is found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from codemods.testing import check_fixture, check_noop, check_promises, check_transformed, fixture
from codemods.toolkit.codemod import Code, Codemod, Decision, Edit, Finding, Plan, Site, Source, UsageError
from codemods.toolkit.config import Configuration, ToolkitConfig
from codemods.toolkit.pipeline.result import Change, Result, Verification
from codemods.toolkit.promises import (
    TWINS,
    Subject,
    check_comments,
    check_diff,
    check_jobs_and_cache,
    check_sites,
    check_text,
    written,
)
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module, Project


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `old` becomes."""

    new: str = "new"


class Words(msgspec.Struct, frozen=True):
    """(offset, line, column) of each `old`."""

    found: tuple[tuple[int, int, int], ...]


Part = tuple[Edit, ...]


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    return b"old" in body


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Words:
    body = module.source.body
    found = []
    for match in re.finditer(rb"\bold\b", body):
        line = body.count(b"\n", 0, match.start())
        found.append((match.start(), line + 1, match.start() - body.rfind(b"\n", 0, match.start()) - 1))
    return Words(tuple(found))


def decide(project: Project[Words], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
    parts: dict[str, Part] = {}
    sites = []
    findings: list[Finding] = []
    for path, entry in sorted(project.entries.items()):
        decision: Decision = "refused" if path.endswith("kept.py") else "rewritten"
        for start, line, column in entry.facts.found if entry.facts is not None else ():
            code = "OL101" if decision == "refused" else ""
            sites.append(Site("word", path, line, column, "old", decision, "it is old", code))
            if decision == "rewritten":
                parts[path] = (*parts.get(path, ()), Edit(start, start + 3, config.new.encode()))
        if path.endswith("told.py"):
            findings.append(Finding("OL102", path, 1, 0, "told"))
    deletions = tuple(path for path in project.entries if path.endswith("goes.py"))
    return Plan(parts, tuple(sites), tuple(findings), deletions=deletions)


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    return part


def nothing(project: Project[Words], config: Config) -> frozenset[str]:
    return frozenset()


codemod: Codemod[Config, Words, Part] = Codemod(
    name="words",
    summary="old becomes new",
    config=Config,
    facts=Words,
    part=Part,
    codes=(Code("OL101", "kept", ""), Code("OL102", "told", "")),
    relevant=relevant,
    collect=collect,
    widen=nothing,
    demand=nothing,
    decide=decide,
    rewrite=rewrite,
    kinds=("word",),
)


def subject(chosen: Codemod[Config, Words, Part] = codemod) -> Subject:
    return Subject(chosen, Configuration(ToolkitConfig(), Config()))


def test_the_checks_need_no_test_runner() -> None:
    command = "import sys, codemods.testing; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


# -- the verbs


def test_a_text_is_transformed() -> None:
    result = check_transformed(codemod, "old = 1\n", "new = 1\n")
    assert [change.path for change in result.changes] == ["module.py"]


def test_the_configuration_may_be_a_table_a_record_or_all_of_it() -> None:
    for config in ({"new": "fresh"}, Config(new="fresh"), Configuration(ToolkitConfig(), Config(new="fresh"))):
        check_transformed(codemod, "old = 1\n", "fresh = 1\n", config=config)


def test_keys_of_the_toolkit_count() -> None:
    left_out = Configuration(ToolkitConfig(exclude=("a.py",)), Config())
    check_transformed(codemod, {"a.py": "old = 1\n", "b.py": "old = 2\n"}, {"b.py": "new = 2\n"}, config=left_out)


def test_a_file_that_goes_is_named() -> None:
    files = {"a.py": "old = 1\n", "goes.py": "older = old\n"}
    check_transformed(codemod, files, {"a.py": "new = 1\n"}, deleted=("goes.py",))
    with pytest.raises(AssertionError, match=r"goes\.py: gone, against expectation"):
        check_transformed(codemod, files, {"a.py": "new = 1\n"})
    with pytest.raises(AssertionError, match=r"a\.py: there, against expectation"):
        check_transformed(codemod, files, {}, deleted=("a.py", "goes.py"))


def test_another_outcome_is_shown_as_a_difference_with_the_account() -> None:
    with pytest.raises(AssertionError) as caught:
        check_transformed(codemod, {"a.py": "old = 1\n", "told.py": "old = 2\n"}, {"a.py": "old = 2\n"})
    shown = str(caught.value)
    assert "-old = 2\n+new = 1\n" in shown
    assert "a.py:1:0 word old: rewritten  it is old" in shown
    assert "told.py:1 finding OL102 told" in shown


def test_bytes_that_are_no_text_are_shown_escaped() -> None:
    with pytest.raises(AssertionError, match=r"-'\\x0c'\n"):
        check_transformed(codemod, "old = 1\n", "new = 1\n\x0c\n")


def test_a_change_is_no_noop() -> None:
    check_noop(codemod, "other = 1\n")
    with pytest.raises(AssertionError, match="not as expected"):
        check_noop(codemod, "old = 1\n")


def test_every_promise_holds_for_a_codemod_that_keeps_them() -> None:
    files = {
        "a.py": "import b\nold = b  # kept\n",
        "b.py": 'x = "é"\r\nold = x\r\n',
        "kept.py": "old = 1\n",
        "told.py": "#!/usr/bin/python\nold = 1\n",
        "cookie.py": "# coding: latin-1\nold = 1\n",
        "wide.py": 'old = "漢"\n',
        "goes.py": "x = older = 1 and old\n",
    }
    result = check_promises(codemod, files, {"new": "fresh"})
    assert len(result.changes) == 6


# -- what can be wrong, one thing each


def test_a_dry_run_that_writes_is_found(tmp_path: Path) -> None:
    def writing(project: Project[Words], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
        root = next(folder for folder in Path(os.environ["TMPDIR"]).iterdir() if folder.name.startswith("codemods-"))
        (root / "left.txt").write_text("behind")
        return decide(project, config, withheld)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path))
        patch.setattr("tempfile.tempdir", None)
        with pytest.raises(AssertionError, match="a dry run wrote to the tree"):
            check_promises(replace(codemod, decide=writing), {"a.py": "old = 1\n"})


def changing_sites(change: Callable[[Site], Site]) -> Codemod[Config, Words, Part]:
    def changed(project: Project[Words], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
        plan = decide(project, config, withheld)
        return replace(plan, sites=tuple(map(change, plan.sites)))

    return replace(codemod, decide=changed)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda site: msgspec.structs.replace(site, reason=""), "without decision or reason"),
        (lambda site: msgspec.structs.replace(site, decision="gone"), "without decision or reason"),
        (lambda site: msgspec.structs.replace(site, decision="refused"), "refused without a code"),
        (lambda site: msgspec.structs.replace(site, code="OL999"), "a code that no table explains"),
        (lambda site: msgspec.structs.replace(site, kind="other"), "a kind that no summary shows"),
        (lambda site: msgspec.structs.replace(site, line=site.line + 9), "nowhere in its file"),
        (lambda site: msgspec.structs.replace(site, column=site.column + 99), "nowhere in its file"),
        (lambda site: msgspec.structs.replace(site, line=1, column=0), "counted twice"),
        (lambda site: msgspec.structs.replace(site, decision="kept"), "change without a rewritten site"),
    ],
    ids=["reason", "decision", "no code", "code", "kind", "line", "column", "twice", "unaccounted"],
)
def test_a_wrong_account_is_found(change: Callable[[Site], Site], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        check_promises(changing_sites(change), {"a.py": "old = 1\nx = old\n"})


def test_the_account_is_checked_with_each_outcome() -> None:
    lost = changing_sites(lambda site: msgspec.structs.replace(site, reason=""))
    with pytest.raises(AssertionError, match="a site without decision or reason"):
        check_transformed(lost, "old = 1\n", "new = 1\n")


def test_a_rewritten_site_in_a_file_that_stays_is_found() -> None:
    sites = (Site("word", "a.py", 1, 0, "old", "rewritten", "it is old"),)
    with pytest.raises(AssertionError, match="rewritten in files that don't change"):
        check_sites(codemod, result_of((), sites=sites), {"a.py": b"old = 1\n"})


def test_a_finding_with_an_unknown_code_is_found() -> None:
    result = msgspec.structs.replace(result_of(()), findings=(Finding("OL999", "a.py", 1, 0, "what"),))
    with pytest.raises(AssertionError, match="a code that no table explains"):
        check_sites(codemod, result, {"a.py": b""})


def result_of(changes: tuple[Change, ...], sites: tuple[Site, ...] = ()) -> Result:
    return Result("words", "", 1, 1, sites, (), (), changes, (), Verification(0, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("before", "after", "edits", "complaint"),
    [
        (b"x = 1\n", b"x = \n", (Edit(4, 5, b""),), "compiled after"),
        (b"x = \n", b"x = 1\n", (Edit(4, 4, b"1"),), "compiled before"),
        (b"x = 1\n", b"\xef\xbb\xbfx = 2\n", (Edit(4, 5, b"2"),), "its encoding changed"),
        (b"x = 1\n", b"y = 2\n", (Edit(4, 5, b"2"),), "bytes outside the edits changed"),
        (b"x = 1\n", b"x = 2\n\n", (Edit(4, 5, b"2"),), "bytes outside the edits changed"),
        (b"x = 1\n", b"x = 1\n", (Edit(4, 5, b"1"),), "an edit that changes nothing"),
        (b"x = 1\n", b"x =  1\n", (Edit(4, 4, b" "),), "nothing but layout changes"),
    ],
    ids=["after", "before", "bom", "head", "tail", "idle", "layout"],
)
def test_a_wrong_text_is_found(before: bytes, after: bytes, edits: tuple[Edit, ...], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        check_text(Change("a.py", before, after, edits, 0o644))


def test_a_lost_comment_is_found() -> None:
    change = Change("a.py", b"x = 1  # one\n", b"x = 2\n", (Edit(4, 12, b"2"),), 0o644)
    with pytest.raises(AssertionError, match="comments are lost"):
        check_comments(result_of((change,)))


def test_a_comment_that_goes_to_another_file_is_not_lost() -> None:
    gone = Change("a.py", b"x = 1  # one\n", b"x = 2\n", (Edit(4, 12, b"2"),), 0o644)
    check_comments(result_of((gone, Change("b.py", None, b"y = 1  # one\n", (), 0o644))))


def test_a_diff_that_git_does_not_take_is_found() -> None:
    change = Change("a.py", b"x = 1\n", b"x = 2\n", (Edit(4, 5, b"2"),), 0o644)
    with pytest.raises(AssertionError, match="git apply refuses the diff"):
        check_diff(result_of((change,)), {"a.py": b"y = 1\n"})


def test_a_change_without_a_diff_is_found() -> None:
    with pytest.raises(AssertionError, match="changes without a diff"):
        check_diff(result_of((Change("a.py", b"x = 1\n", b"x = 1\n", (), 0o644),)), {"a.py": b"x = 1\n"})


def test_a_result_that_changes_from_run_to_run_is_found() -> None:
    runs = iter(range(1000))

    def unsteady(project: Project[Words], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
        plan = decide(project, config, withheld)
        number = next(runs)
        return replace(plan, sites=tuple(msgspec.structs.replace(site, reason=f"run {number}") for site in plan.sites))

    with pytest.raises(AssertionError, match="another one with two jobs"):
        check_promises(replace(codemod, decide=unsteady), {"kept.py": "old = 1\n"})


@pytest.mark.parametrize(("after_runs", "complaint"), [(0, "a cold cache"), (1, "facts of the files from the cache")])
def test_a_result_that_the_cache_changes_is_found(after_runs: int, complaint: str) -> None:
    cached = iter(range(1000))

    def changed(project: Project[Words], config: Config, withheld: Mapping[str, tuple[str, str]]) -> Plan[Part]:
        plan = decide(project, config, withheld)
        if "CODEMODS_CACHE_DIR" in os.environ and next(cached) >= after_runs:
            return replace(plan, findings=(Finding("OL102", "kept.py", 1, 0, "cached"),))
        return plan

    faulty = subject(replace(codemod, decide=changed))
    with pytest.MonkeyPatch.context() as patch, written({"kept.py": b"old = 1\n"}) as root:
        patch.delenv("CODEMODS_CACHE_DIR", raising=False)
        expected = faulty.run(root)
        with pytest.raises(AssertionError, match=complaint):
            check_jobs_and_cache(faulty, root, expected)


def test_the_environment_is_as_it_was_after_the_check() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CODEMODS_CACHE_DIR", "mine")
        check_promises(codemod, {"kept.py": "old = 1\n"})
        assert os.environ["CODEMODS_CACHE_DIR"] == "mine"


def test_a_twin_that_comes_out_otherwise_is_found() -> None:
    def only_plain(source: Source, part: Part) -> tuple[Edit, ...]:
        return tuple(Edit(edit.start, edit.end, b"other") for edit in part) if b"\r" in source.body else part

    with pytest.raises(AssertionError, match="CRLF: not as expected"):
        check_promises(replace(codemod, rewrite=only_plain), {"a.py": "old = 1\nprint(1)\n"})


def test_a_twin_with_other_decisions_is_found() -> None:
    def collected(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Words:
        found = collect(module, names, config, words).found
        return Words(found[:1] if module.source.bom else found)

    with pytest.raises(AssertionError, match="byte order mark: other decisions"):
        check_promises(replace(codemod, collect=collected), {"kept.py": "old = old\n"})


def test_every_twin_differs_from_plain_text() -> None:
    text = b"x = 1\n"
    forms = {twin.make(text) for twin in TWINS}
    assert len(forms | {text}) == 5
    assert all(twin.make(b"") in {b"", b"\xef\xbb\xbf", b"# -*- coding: latin-1 -*-\n# caf\xe9\n"} for twin in TWINS)


def test_withheld_changes_are_told() -> None:
    with pytest.raises(AssertionError, match=r"a\.py:1 withheld TK205"):
        check_transformed(codemod, {"a.py": "old = 1\n"}, {"a.py": "1x = 1\n"}, config={"new": "1x"})


# -- fixtures


def case(folder: Path, toml: str, before: Mapping[str, str], after: Mapping[str, str] | None = None) -> Path:
    for part, files in (("before", before), ("after", after or {})):
        for path, text in files.items():
            file = folder / part / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    (folder / "case.toml").write_text(f'description = "a case"\n{toml}', encoding="utf-8")
    return folder


EXPECTING = """
[tool.codemods.words]
new = "fresh"
[expect]
codes = { OL101 = 1 }
findings = { OL102 = 1 }
[expect.sites]
word = { rewritten = 2, refused = 1 }
"""
BEFORE = {"pkg/a.py": "old = 1\n", "kept.py": "old = 1\n", "told.py": "old = 1\n"}
AFTER = {"pkg/a.py": "fresh = 1\n", "told.py": "fresh = 1\n"}


def test_a_fixture_holds_files_configuration_and_expectations(tmp_path: Path) -> None:
    found = fixture(codemod, case(tmp_path, EXPECTING, BEFORE, AFTER))
    assert found.description == "a case"
    assert found.before == {path: text.encode() for path, text in BEFORE.items()}
    assert found.after == {path: text.encode() for path, text in AFTER.items()}
    assert found.config.codemod == Config(new="fresh")


def test_a_fixture_that_comes_out_as_it_says_passes(tmp_path: Path) -> None:
    result = check_fixture(codemod, case(tmp_path, EXPECTING, BEFORE, AFTER))
    assert len(result.changes) == 2


def test_a_fixture_without_after_must_not_change(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="not as expected"):
        check_fixture(codemod, case(tmp_path, "", {"a.py": "old = 1\n"}))


def test_a_fixture_says_which_files_go(tmp_path: Path) -> None:
    check_fixture(codemod, case(tmp_path, 'deleted = ["goes.py"]\n', {"goes.py": "older = 'old'\n"}))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("OL101 = 1", "OL101 = 2", "refused .*expected"),
        ("codes = { OL101 = 1 }\n", "", "refused .*expected"),
        ("OL102 = 1", "OL102 = 2", "1 findings OL102, expected 2"),
        ("rewritten = 2", "rewritten = 1", "word: .*expected"),
    ],
    ids=["count of a code", "code not expected", "finding", "sites"],
)
def test_an_expectation_that_fails_is_found(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        check_fixture(codemod, case(tmp_path, EXPECTING.replace(old, new), BEFORE, AFTER))


def test_a_fixture_whose_after_is_its_before_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"after/ holds files that don't change: kept\.py"):
        fixture(codemod, case(tmp_path, "", BEFORE, {"kept.py": BEFORE["kept.py"]}))


def test_a_fixture_without_files_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"no file in before/"):
        fixture(codemod, case(tmp_path, "", {}))


@pytest.mark.parametrize(
    ("toml", "error"),
    [("[expect]\ncode = 1\n", msgspec.ValidationError), ("[tool.codemods.words]\nneu = 1\n", UsageError)],
    ids=["expectation", "configuration"],
)
def test_a_key_that_nobody_knows_is_an_error(tmp_path: Path, toml: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"code|neu"):
        fixture(codemod, case(tmp_path, toml, BEFORE))
