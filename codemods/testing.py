r"""Tests of a codemod in one line each: what it changes, what it leaves alone, and every promise of a run.

    from codemods.testing import check_noop, check_promises, check_transformed

    def test_a_call_is_renamed() -> None:
        check_transformed(codemod, before="old()\n", after="new()\n", config={"name": "old"})

The real pipeline runs, in this process, on a temporary tree; nothing needs a network or pytest.  `check_fixture` does
all of it for a folder with `before/`, `after/` and `case.toml`.  Each check raises `AssertionError` that says what is
wrong and shows the difference, and returns the result of the run for further assertions.  `git` has to be on PATH.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from codemods.toolkit.codemod import AnyCodemod
from codemods.toolkit.config import Configuration, ToolkitConfig, load
from codemods.toolkit.pipeline.result import Result
from codemods.toolkit.promises import (
    Subject,
    after,
    check_all,
    check_result,
    listed,
    require,
    require_same,
    written,
)

Files = Mapping[str, str | bytes]
"""Files by path, relative to the root with forward slashes; text is written as UTF-8."""

Inputs = Mapping[str, tuple[bytes, ...]]
"""The contents of files that the options of a codemod name, by the key of the option (see `codemod.Input`)."""


def check_transformed(
    codemod: AnyCodemod,
    before: Files | str,
    expected: Files | str,
    *,
    config: object = None,
    path: str = "module.py",
    deleted: tuple[str, ...] = (),
    inputs: Inputs | None = None,
) -> Result:
    """Check that a run changes `before` to exactly `expected`.

    Both are files, or the text of one file at `path`.  A file that `expected` doesn't name has to stay as it is unless
    it is `deleted`.  `config` is the codemod's configuration record, its table as a mapping, or a `Configuration`,
    which has the keys of `[tool.codemods]` too.  `inputs` are the contents of files that options of the codemod name.

    The run refuses what breaks the code and what a second run would change again; of its result it is checked that each
    site is accounted for, that changed files compile, and that comments and the bytes outside of the edits stay.  The
    promises that need further runs are those of `check_promises`.
    """
    files = _contents(before, path)
    with written(files) as root:
        result = _subject(codemod, config, inputs).run(root)
    kept = {name: content for name, content in files.items() if name not in deleted}
    require_same({**kept, **_contents(expected, path)}, after(files, result), result)
    check_result(codemod, result, files)
    return result


def check_noop(
    codemod: AnyCodemod,
    before: Files | str,
    *,
    config: object = None,
    path: str = "module.py",
    inputs: Inputs | None = None,
) -> Result:
    """Check that a run changes nothing (see `check_transformed`)."""
    return check_transformed(codemod, before, {}, config=config, path=path, inputs=inputs)


def check_promises(codemod: AnyCodemod, files: Files, config: object = None, inputs: Inputs | None = None) -> Result:
    """Check everything that holds for every codemod on every run, on these files.

    That is: a dry run writes nothing; its diff is taken by `git apply` and gives the same bytes; `apply` writes these
    bytes and `undo` restores every byte and mode; a second run changes nothing; each site is accounted for once; every
    changed file compiles, keeps its comments and every byte outside the edits; line ends, byte order mark, encoding
    cookie and a missing final newline make no difference; nor do the number of jobs and the cache.
    """
    return check_all(_subject(codemod, config, inputs), _contents(files, ""))


def _contents(files: Files | str, path: str) -> dict[str, bytes]:
    named = {path: files} if isinstance(files, str) else files
    return {name: text.encode() if isinstance(text, str) else text for name, text in named.items()}


def _subject(codemod: AnyCodemod, config: object, inputs: Inputs | None) -> Subject:
    if not isinstance(config, Configuration):
        own = msgspec.convert(config, codemod.config) if isinstance(config, Mapping) else config
        config = Configuration(ToolkitConfig(), codemod.config() if own is None else own)
    return Subject(codemod, config, inputs or {})


class Expectations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a fixture expects besides its `after/`.

    `codes` counts the refused sites of each code (none where it isn't given), `findings` the findings of each code and
    `sites` the sites of each kind and decision: both hold for what they name only.
    """

    codes: dict[str, int] = {}
    findings: dict[str, int] = {}
    sites: dict[str, dict[str, int]] = {}


class _CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    description: str
    tool: object = None
    run: object = None
    deleted: tuple[str, ...] = ()
    inputs: dict[str, tuple[str, ...]] = {}
    expect: Expectations = Expectations()


@dataclass(frozen=True, slots=True)
class Fixture:
    """One case: `after` holds the files that change, and `deleted` those that go; the rest has to stay as it is."""

    folder: Path
    description: str
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    deleted: tuple[str, ...]
    config: Configuration[object]
    expect: Expectations
    inputs: Mapping[str, tuple[Path, ...]]

    @property
    def contents(self) -> Inputs:
        """The contents of its inputs."""
        return {key: tuple(path.read_bytes() for path in paths) for key, paths in self.inputs.items()}


def fixture(codemod: AnyCodemod, folder: Path) -> Fixture:
    """Read a fixture: `before/`, `after/` (files that change; without it nothing may) and `case.toml`.

    `case.toml` holds a `description` (what the situation is and why the outcome is right), the tables
    `[tool.codemods...]` as in a pyproject.toml, and optionally `deleted`, `[expect]` (see `Expectations`) and
    `[inputs]` (key of a `codemod.Input` -> names of files beside case.toml).  `[run]` is for tests of the codemod's
    own.  So
    `codemods NAME --config ../case.toml`, started in `before/`, shows what the codemod does with it.
    """
    file = folder / "case.toml"
    case = msgspec.toml.decode(file.read_bytes(), type=_CaseFile)
    config = load(folder / "before", codemod, lambda: (codemod.name,), str(file))
    before, changed = _read(folder / "before"), _read(folder / "after")
    same = [path for path, content in changed.items() if before.get(path) == content]
    require(bool(before), f"{folder}: no file in before/")
    require(not same, f"{folder}: after/ holds files that don't change: {', '.join(same)}")
    inputs = {key: tuple(folder / name for name in names) for key, names in case.inputs.items()}
    return Fixture(folder, case.description, before, changed, case.deleted, config, case.expect, inputs)


def _read(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def check_fixture(codemod: AnyCodemod, folder: Path) -> Result:
    """Check the outcome of a fixture and every promise on it (see `fixture` and `check_promises`)."""
    case = fixture(codemod, folder)
    kept = {name: content for name, content in case.before.items() if name not in case.deleted}
    result = check_all(_subject(codemod, case.config, case.contents), case.before, {**kept, **case.after})
    codes = Counter(site.code for site in result.sites if site.decision == "refused")
    require(codes == case.expect.codes, f"refused {dict(codes)}, expected {case.expect.codes}{listed(result)}")
    found = Counter(finding.code for finding in result.findings)
    for code, count in case.expect.findings.items():
        require(found[code] == count, f"{found[code]} findings {code}, expected {count}{listed(result)}")
    for kind, expectation in case.expect.sites.items():
        counted = Counter(site.decision for site in result.sites if site.kind == kind)
        require(counted == expectation, f"{kind}: {dict(counted)}, expected {expectation}{listed(result)}")
    return result
