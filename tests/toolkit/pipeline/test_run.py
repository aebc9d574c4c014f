from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codemods.toolkit.codemod import Edit, Finding, Plan, Site, Source, UsageError
from codemods.toolkit.pipeline import collection, reading, rewriting, settle
from codemods.toolkit.pipeline import source as source_module
from codemods.toolkit.pipeline.job import Job
from codemods.toolkit.pipeline.result import Result
from codemods.toolkit.pipeline.run import Settings, inventory, run
from codemods.toolkit.python.project import Module

Write = Callable[[Mapping[str, str | bytes]], Path]

SHOP = {
    "shop/__init__.py": "",
    "shop/core.py": "class Old:\n    pass\n",
    "shop/orders.py": "from shop.core import Old\n\nmanager = Old()\n",
    "shop/other.py": "x = 1\n",
}


class Steps:
    """Progress that writes down what it is told."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.counted = 0

    def start(self, label: str, total: int) -> None:
        self.labels.append(label)
        self.counted -= total

    def advance(self, count: int) -> None:
        self.counted += count

    def done(self) -> None:
        assert self.counted == 0


@pytest.fixture
def rename(renaming: ModuleType) -> Callable[..., Result]:
    """Run the toy codemod over a project; keywords are its configuration."""

    def renamed(root: Path, settings: Mapping[str, Any] | None = None, **config: object) -> Result:
        chosen = {"root": root, "jobs": 1, **(settings or {})}
        return run(renaming.codemod, renaming.Config(**config), Settings(**chosen))

    return renamed


def after(result: Result) -> dict[str, str | None]:
    return {c.path: None if c.after is None else c.after.decode() for c in result.changes}


def withheld(result: Result) -> dict[str, str]:
    return {breakage.path: breakage.code for breakage in result.withheld}


def no_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: object) -> Iterator[None]:
        raise AssertionError("parsed")

    for module in (reading, rewriting):
        monkeypatch.setattr(module, "parsed", fails)


def test_files_are_changed_and_the_rest_is_counted(write: Write, rename: Callable[..., Result]) -> None:
    root = write(SHOP)
    result = rename(root)
    assert after(result) == {
        "shop/core.py": "class New:\n    pass\n",
        "shop/orders.py": "from shop.core import New\n\nmanager = New()\n",
    }
    assert (result.files, result.collected, result.codemod, result.root) == (4, 2, "renaming", os.path.realpath(root))
    assert [site.decision for site in result.sites] == ["rewritten"] * 3
    assert result.verification.parsed == 2
    assert (result.withheld, result.findings) == ((), ())
    assert (root / "shop/core.py").read_text() == SHOP["shop/core.py"]


def test_a_change_holds_the_bytes_of_the_file_and_its_mode(write: Write, rename: Callable[..., Result]) -> None:
    root = write({"a.py": b"\xef\xbb\xbfclass Old: # \xc3\xa9\r\n\tpass\x0c\n\r"})
    (root / "a.py").chmod(0o751)
    (change,) = rename(root).changes
    assert change.before == b"\xef\xbb\xbfclass Old: # \xc3\xa9\r\n\tpass\x0c\n\r"
    assert change.after == b"\xef\xbb\xbfclass New: # \xc3\xa9\r\n\tpass\x0c\n\r"
    assert change.mode == 0o751
    assert change.edits == (Edit(6, 9, b"New"),)


def test_a_file_stays_in_its_encoding(write: Write, rename: Callable[..., Result]) -> None:
    (change,) = rename(write({"a.py": b"# coding: latin-1\n'\xe9'; Old = 1; Old\n"})).changes
    assert change.after == b"# coding: latin-1\n'\xe9'; New = 1; New\n"


def test_names_that_only_the_facts_know_are_looked_for(write: Write, renaming: ModuleType) -> None:
    root = write(
        {
            "core.py": "class Old: pass\n",
            "alias.py": "from core import Old as Handle\n",
            "user.py": "from alias import Handle\n",
            "stranger.py": "Handles = 'Handle_'\n",
        }
    )
    found = inventory(renaming.codemod, renaming.Config(), Settings(root, jobs=1))
    assert sorted(found.project.entries) == ["alias.py", "core.py", "user.py"]
    facts: dict[str, Any] = {path: entry.facts for path, entry in found.project.entries.items()}
    words = {path: fact.words for path, fact in facts.items()}
    assert words == {"core.py": (), "alias.py": ("Handle",), "user.py": ("Handle",)}
    assert (found.files, found.findings) == (4, ())


def test_files_that_are_demanded_are_collected_one_after_another(write: Write, renaming: ModuleType) -> None:
    root = write({"core.py": "Old = 1\n", "a.py": "x = 1\n", "vendor/b.py": "y = 1\n", "c.py": ""})
    config = renaming.Config(demands=("a.py", "vendor/b.py"))
    found = inventory(renaming.codemod, config, Settings(root, jobs=1))
    assert sorted(found.project.entries) == ["a.py", "core.py", "vendor/b.py"]
    names = found.project.entries["vendor/b.py"].names
    assert names is not None
    assert "y" in names.bindings
    assert "a.py" in found.project.entries
    assert len(found.project.entries) == 3


def test_a_path_that_does_not_exist_is_not_collected(write: Write, rename: Callable[..., Result]) -> None:
    assert rename(write({"core.py": "class Old: pass\n"}), demands=("gone.py",)).collected == 1


@pytest.mark.parametrize("deep", [False, True], ids=["syntax", "depth"])
def test_a_relevant_file_that_can_not_be_parsed_is_a_failure(
    write: Write, rename: Callable[..., Result], deep: bool
) -> None:
    body = "Old = " + "-" * 100_000 + "1" if deep else "x = 1\nOld = = 1\n"
    result = rename(write({**SHOP, "bad.py": body, "bad_too.py": "x = = 1\n"}))
    (finding,) = result.findings
    assert (finding.code, finding.path, finding.failed) == ("TK105" if deep else "TK101", "bad.py", True)
    assert len(result.changes) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"Old = '\xff'\n", "TK103", id="no UTF-8"),
        pytest.param(b"# coding: ascii\nOld = '\xff'\n", "TK103", id="no ASCII"),
        pytest.param(b"Old = 1 #" + b"x" * 2_000, "TK104", id="too large"),
        pytest.param(b"x" * 20_000, "TK104", id="too large to be read"),
    ],
)
def test_a_file_that_can_not_be_processed_is_a_failure(
    write: Write, rename: Callable[..., Result], content: bytes, code: str
) -> None:
    result = rename(write({**SHOP, "bad.py": content}), {"limit": 1_000})
    (finding,) = result.findings
    assert (finding.code, finding.path, finding.failed) == (code, "bad.py", True)
    assert len(result.changes) == 2


def test_text_that_is_not_relevant_is_not_decoded(write: Write, rename: Callable[..., Result]) -> None:
    assert rename(write({**SHOP, "bad.py": b"'\xff'", "cookie.py": b"# coding: ascii\n'\xff'"})).findings == ()


def test_a_file_that_can_not_be_read_is_a_failure_each_time(
    write: Write, rename: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        if path.endswith("locked.py"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    root = write({**SHOP, "locked.py": "Old"})
    for _ in range(2):
        result = rename(root)
        (finding,) = result.findings
        assert (finding.code, finding.path, finding.failed) == ("TK106", "locked.py", True)
        assert len(result.changes) == 2


def test_code_too_deep_for_the_codemod_is_a_failure(write: Write, rename: Callable[..., Result]) -> None:
    result = rename(write({"a.py": "Old = 1\n"}), wrong="deep")
    assert [(finding.code, finding.failed) for finding in result.findings] == [("TK105", True)]


@pytest.mark.parametrize("step", ["collect", "rewrite"])
def test_a_bug_of_the_codemod_names_the_file(write: Write, rename: Callable[..., Result], step: str) -> None:
    with pytest.raises(LookupError, match=f"a bug in {step}") as caught:
        rename(write(SHOP), wrong=step)
    assert caught.value.__notes__ == ["while working on shop/core.py"]


def test_findings_of_the_plan_and_of_discovery_are_told(write: Write, rename: Callable[..., Result]) -> None:
    root = write(SHOP)
    (root / "broken.py").symlink_to("gone")
    for _ in range(2):
        assert [finding.code for finding in rename(root, wrong="told").findings] == ["RN101", "TK106"]


def test_deletions_are_changes_without_a_text_after(write: Write, rename: Callable[..., Result]) -> None:
    root = write({**SHOP, "unused.py": "x = 'Old'\n"})
    for _ in range(2):
        result = rename(root, deletes=("unused.py", "gone.py"))
        assert after(result)["unused.py"] is None
        assert result.verification.parsed == 2


def test_the_deletion_of_a_module_in_use_is_withheld(write: Write, rename: Callable[..., Result]) -> None:
    root = write({**SHOP, "app.py": "from shop.other import x\nprint(x)\n"})
    result = rename(root, deletes=("shop/other.py",))
    assert withheld(result) == {"shop/other.py": "TK202"}
    assert len(result.changes) == 2


@pytest.mark.parametrize(
    ("module", "importer", "statement"),
    [
        pytest.param("core.py", "app.py", "from core import Old", id="module"),
        pytest.param("pkg/core.py", "pkg/app.py", "from .core import Old", id="relative"),
        pytest.param("pkg/__init__.py", "pkg/app.py", "from . import Old", id="package, from inside"),
        pytest.param("pkg/__init__.py", "app.py", "from pkg import Old", id="package, from outside"),
    ],
)
def test_an_importer_that_the_codemod_did_not_look_at_is_not_broken(
    write: Write, renaming: ModuleType, module: str, importer: str, statement: str
) -> None:
    def relevant(body: bytes, config: Any, words: frozenset[str]) -> bool:
        return b"class Old" in body

    root = write({"pkg/__init__.py": "", importer: f"{statement}\nprint(Old)\n", "x.py": "Old = 1\n"})
    write({module: "class Old: pass\n"})
    result = run(replace(renaming.codemod, relevant=relevant), renaming.Config(), Settings(root, jobs=1))
    assert withheld(result) == {module: "TK202"}
    assert result.changes == ()


def test_a_change_that_breaks_its_file_is_withheld_with_its_sites(write: Write, rename: Callable[..., Result]) -> None:
    root = write({**SHOP, "bad.py": "import shop.core as Old\n\nprint(Old)\n"})
    result = rename(root)
    assert withheld(result) == {"bad.py": "TK201"}
    assert sorted(after(result)) == ["shop/core.py", "shop/orders.py"]
    assert [(site.decision, site.code) for site in result.sites if site.path == "bad.py"] == [("refused", "TK201")]


def test_a_codemod_that_insists_is_overruled(write: Write, rename: Callable[..., Result]) -> None:
    root = write({**SHOP, "bad.py": "Old = 1\nx = Old\n'''{}'''\nclass New: pass\n"})
    result = rename(root, new="", stubborn=True)
    assert result.changes == ()
    assert {site.decision for site in result.sites} == {"refused"}
    assert set(withheld(result).values()) == {"TK205"}


@pytest.mark.parametrize(
    ("wrong", "code"), [("overlap", "TK205"), ("rewrite deep", "TK105")], ids=["contradiction", "too deep"]
)
def test_a_rewrite_that_fails_is_withheld(write: Write, rename: Callable[..., Result], wrong: str, code: str) -> None:
    result = rename(write({"a.py": "class Old: pass\n"}), wrong=wrong)
    assert withheld(result) == {"a.py": code}
    assert (result.changes, result.findings) == ((), ())


def test_text_that_the_encoding_lacks_is_withheld(write: Write, rename: Callable[..., Result]) -> None:
    result = rename(write({"a.py": b"# coding: latin-1\nOld = '\xe9'\n", "b.py": "Old = 1\n"}), new="Nëẅ")
    assert withheld(result) == {"a.py": "TK103"}
    assert list(after(result)) == ["b.py"]


def test_edits_that_change_nothing_are_no_change(write: Write, rename: Callable[..., Result]) -> None:
    result = rename(write(SHOP), wrong="nothing")
    assert (result.changes, result.withheld) == ((), ())


def test_a_file_that_a_second_run_would_change_again_is_withheld(write: Write, rename: Callable[..., Result]) -> None:
    result = rename(write({"a.py": "print(Old)\n", "b.py": "class Old: pass\n"}), new="(Old, 1)")
    assert withheld(result) == {"a.py": "TK206", "b.py": "TK205"}
    assert result.changes == ()


def second_wave(renaming: ModuleType) -> Any:
    """A codemod that changes `b.py` only when `a.py` has been changed."""

    def decide(project: Any, config: Any, withheld: Mapping[str, tuple[str, str]]) -> Plan[Any]:
        first = project.entries["a.py"].facts.spans
        path = "a.py" if first else "b.py"
        spans = project.entries[path].facts.spans if path in project.entries else ()
        decision: Any = "rewritten" if spans else "right"
        sites = [
            Site("name", name, 1, 0, "Old", decision if name == path else "kept", "x") for name in ("a.py", "b.py")
        ]
        if path in withheld:
            return Plan({}, tuple(sites))
        edits = tuple(Edit(start, end, b"New") for start, end in spans)
        if config.wrong == "delete" and path == "b.py":
            return Plan({}, tuple(sites), deletions=("b.py",) if spans else ())
        return Plan({path: renaming.Part(edits, "")} if edits else {}, tuple(sites))

    def relevant(body: bytes, config: Any, words: frozenset[str]) -> bool:
        return True

    return replace(renaming.codemod, decide=decide, relevant=relevant)


def test_a_change_that_others_call_for_is_taken_in(write: Write, renaming: ModuleType) -> None:
    root = write({"a.py": "Old = 1\n", "b.py": "Old = 1\n"})
    result = run(second_wave(renaming), renaming.Config(), Settings(root, jobs=1, cache=False))
    assert after(result) == {"a.py": "New = 1\n", "b.py": "New = 1\n"}
    assert {site.path: site.decision for site in result.sites} == {"a.py": "rewritten", "b.py": "rewritten"}
    assert result.withheld == ()


def test_a_deletion_that_others_call_for_is_taken_in(write: Write, renaming: ModuleType) -> None:
    root = write({"a.py": "Old = 1\n", "b.py": "Old = 1\n"})
    result = run(second_wave(renaming), renaming.Config(wrong="delete"), Settings(root, jobs=1, cache=False))
    assert after(result) == {"a.py": "New = 1\n", "b.py": None}


def test_a_codemod_that_never_settles_changes_nothing(
    write: Write, rename: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "ROUNDS", 1)
    root = write({**SHOP, "bad.py": "import shop\nOld = 1\n"})
    result = rename(root, new="x y")
    assert result.changes == ()
    assert set(withheld(result)) == {"shop/core.py", "shop/orders.py", "bad.py"}
    assert {site.decision for site in result.sites} == {"refused"}


def test_a_file_that_changes_meanwhile_is_a_failure(write: Write, renaming: ModuleType) -> None:
    root = write(SHOP)

    def decide(project: Any, config: Any, withheld: Mapping[str, tuple[str, str]]) -> Plan[Any]:
        (root / "shop/core.py").write_text("class Old:\n    x = 1\n")
        plan: Plan[Any] = renaming.decide(project, config, withheld)
        return plan

    result = run(replace(renaming.codemod, decide=decide), renaming.Config(), Settings(root, jobs=1))
    assert withheld(result) == {"shop/core.py": "TK207", "shop/orders.py": "TK202"}
    assert Finding("TK207", "shop/core.py", 0, 0, "changed while the codemod ran", failed=True) in result.findings
    assert "shop/core.py" not in after(result)


def test_a_file_that_changes_between_looking_and_parsing_is_not_remembered(write: Write, renaming: ModuleType) -> None:
    root = write({"a.py": "class Old: pass\n"})

    def relevant(body: bytes, config: Any, words: frozenset[str]) -> bool:
        (root / "a.py").write_text("class Old:\n    x = 1\n")
        return True

    result = run(replace(renaming.codemod, relevant=relevant), renaming.Config(), Settings(root, jobs=1))
    assert after(result) == {"a.py": "class New:\n    x = 1\n"}
    write({"a.py": "class Old: pass\n"})
    assert after(run(renaming.codemod, renaming.Config(), Settings(root, jobs=1))) == {"a.py": "class New: pass\n"}


def test_vendored_code_is_read_but_never_changed(write: Write, rename: Callable[..., Result]) -> None:
    root = write({"vendor/a.py": "class Old: pass\n", "b.py": "from vendor.a import Old\n", "vendor/c.py": "Old = = 1"})
    result = rename(root, demands=("vendor/a.py", "vendor/c.py"))
    assert "vendor/a.py" not in after(result)
    assert {site.code for site in result.sites if site.path == "vendor/a.py"} == {"TK107"}
    assert result.findings == ()
    assert result.files == 1


def test_a_second_run_parses_nothing(
    write: Write, rename: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(SHOP)
    first = rename(root)
    no_parsing(monkeypatch)
    assert rename(root) == first


def test_when_one_file_changes_only_that_one_is_parsed(
    write: Write, rename: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(SHOP)
    rename(root)
    write({"shop/other.py": "x = 2  # Older\n"})
    parsed: list[str] = []

    def noted(source: Source, limit: int) -> Module:
        parsed.append(source.path)
        return source_module.parsed(source, limit)

    monkeypatch.setattr(reading, "parsed", noted)
    monkeypatch.setattr(rewriting, "parsed", noted)
    assert len(rename(root).changes) == 2
    assert set(parsed) == {"shop/other.py"}


def test_a_file_that_no_longer_matters_after_its_change_is_not_parsed_for_its_names(
    write: Write, renaming: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(SHOP)
    known: list[str] = []

    def noted(job: Job, items: Sequence[reading.Item]) -> list[reading.Parsed]:
        known.extend(item.path for item in items)
        return reading.collect(job, items)

    monkeypatch.setattr(collection, "collect", noted)
    result = run(renaming.codemod, renaming.Config(), Settings(root, jobs=1, cache=False))
    assert len(result.changes) == 2
    assert sorted(known) == sorted(set(known))


def test_a_remembered_result_that_no_longer_fits_is_worked_out_again(
    write: Write, rename: Callable[..., Result], cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(SHOP)
    first = rename(root)
    from codemods.toolkit.pipeline.cache import Cache

    monkeypatch.setattr(Cache, "result", lambda self, tree: b"\xc1")
    assert rename(root) == first


def test_without_cache_nothing_is_written(write: Write, rename: Callable[..., Result], cache_dir: Path) -> None:
    result = rename(write(SHOP), {"cache": False})
    assert len(result.changes) == 2
    assert not cache_dir.exists()


def test_other_code_in_the_way_of_an_import_makes_another_result(write: Write, rename: Callable[..., Result]) -> None:
    root = write({**SHOP, "vendor/a.py": "x = 1\n"})
    rename(root, demands=("vendor/a.py",))
    write({"vendor/a.py": "class Old: pass\n"})
    assert {site.path for site in rename(root, demands=("vendor/a.py",)).sites} >= {"vendor/a.py"}
    (root / "vendor/a.py").unlink()
    (root / "vendor/a.py").symlink_to("gone")
    assert "vendor/a.py" not in {site.path for site in rename(root).sites}


def test_a_pool_gives_the_same_result_as_one_process(
    write: Write, rename: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    from codemods.toolkit.pipeline import collection

    root = write({**SHOP, **{f"shop/m{n}.py": "from shop.core import Old\nprint(Old)\n" for n in range(6)}})
    alone = rename(root, {"cache": False})
    for module, name in ((collection, "SCAN_TOGETHER"), (collection, "PARSE_TOGETHER"), (rewriting, "_TOGETHER")):
        monkeypatch.setattr(module, name, 40)
    assert rename(root, {"cache": False, "jobs": 2}) == alone


def test_progress_is_told_of_each_step(write: Write, renaming: ModuleType) -> None:
    steps = Steps()
    run(renaming.codemod, renaming.Config(), Settings(write(SHOP), jobs=1), steps)
    assert steps.labels[:2] == ["read", "parse"]
    assert "rewrite" in steps.labels
    assert steps.counted == 0


def test_a_bad_source_root_is_told_before_anything_else(write: Write, rename: Callable[..., Result]) -> None:
    with pytest.raises(UsageError, match="source root 'x' is no folder"):
        rename(write(SHOP), {"roots": ("x",)})


def test_an_empty_project_has_an_empty_result(write: Write, rename: Callable[..., Result]) -> None:
    result = rename(write({}))
    assert (result.files, result.changes, result.sites) == (0, (), ())
