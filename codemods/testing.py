r"""Tests of a codemod in one line each: what it changes, what it leaves alone, and every promise of a run.

    from codemods.testing import check_noop, check_promises, check_transformed

    def test_a_call_is_renamed() -> None:
        check_transformed(codemod, before="old()\n", after="new()\n", config={"name": "old"})

The real pipeline runs, in this process, on a temporary tree; nothing needs a network or pytest.  `check_fixture` does
all of it for a folder with `before/`, `after/` and `case.toml`.  Each check raises `AssertionError` that says what is
wrong and shows the difference, and returns the result of the run for further assertions.  `git` has to be on PATH.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import io
import os
import re
import stat
import subprocess
import tempfile
import tokenize
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from codemods.toolkit import config as configuration
from codemods.toolkit.codemod import DECISIONS, AnyCodemod
from codemods.toolkit.codes import TOOLKIT_CODES
from codemods.toolkit.pipeline.apply import apply
from codemods.toolkit.pipeline.result import Change, Result
from codemods.toolkit.pipeline.run import Settings, run
from codemods.toolkit.pipeline.source import decoded
from codemods.toolkit.pipeline.undo import undo
from codemods.toolkit.review.diff import diff

Files = Mapping[str, str | bytes]
"""Files by path, relative to the root with forward slashes; text is written as UTF-8."""

_STATE = ".codemods"
_BOM = b"\xef\xbb\xbf"
_COOKIE = "# -*- coding: latin-1 -*-\n# café\n"
_HAS_COOKIE = re.compile(rb"\A(?:.*\n)?.*coding[:=]")


def check_transformed(
    codemod: AnyCodemod,
    before: Files | str,
    after: Files | str,
    *,
    config: object = None,
    path: str = "module.py",
    deleted: tuple[str, ...] = (),
) -> Result:
    """Check that a run changes `before` to exactly `after`.

    Both are files, or the text of one file at `path`.  A file that `after` doesn't name has to stay as it is, unless it
    is among `deleted`.  `config` is the codemod's configuration record, or its table as a mapping.
    """
    old = _contents(before, path)
    with _tree(old) as root:
        result = _run(codemod, config, root)
    expected = {**old, **_contents(after, path)}
    for gone in deleted:
        del expected[gone]
    _require_same(expected, _after(old, result), result)
    return result


def check_noop(codemod: AnyCodemod, before: Files | str, *, config: object = None, path: str = "module.py") -> Result:
    """Check that a run changes nothing (see `check_transformed`)."""
    return check_transformed(codemod, before, {}, config=config, path=path)


def check_promises(codemod: AnyCodemod, files: Files, config: object = None) -> Result:
    """Check everything that holds for every codemod on every run, on these files.

    That is: a dry run writes nothing; its diff is taken by `git apply` and gives the same bytes; `apply` writes these
    bytes and `undo` restores every byte and mode; a second run changes nothing; each site is accounted for once; every
    changed file parses, keeps its comments and every byte outside the edits; line ends, byte order mark, encoding
    cookie and a missing final newline make no difference; nor do the number of jobs and the cache.
    """
    old = _contents(files, "")
    with _tree(old) as root:
        before = _snapshot(root)
        result = _run(codemod, config, root)
        _require(_snapshot(root) == before, "a dry run wrote to the tree")
        _check_sites(codemod, result, old)
        for change in result.changes:
            _check_text(change)
        _check_diff(result, old)
        _check_jobs_and_cache(codemod, config, root, result)
        _check_apply_and_undo(codemod, config, root, result, old)
        _require(_snapshot(root) == before, "undo did not restore every byte and mode")
    for twin in TWINS:
        _check_twin(codemod, config, old, result, twin)
    return result


# -- fixtures: a folder for each case


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
    deleted: tuple[str, ...] = ()
    expect: Expectations = Expectations()


@dataclass(frozen=True, slots=True)
class Fixture:
    """One case: `after` holds the files that change, and `deleted` those that go; the rest has to stay as it is."""

    folder: Path
    description: str
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    deleted: tuple[str, ...]
    config: object
    expect: Expectations


def fixture(codemod: AnyCodemod, folder: Path) -> Fixture:
    """Read a fixture: `before/`, `after/` (files that change; without it nothing may) and `case.toml`.

    `case.toml` holds a `description` (what the situation is and why the outcome is right), the tables
    `[tool.codemods...]` as in a pyproject.toml, and optionally `deleted` and `[expect]` (see `Expectations`).  So
    `codemods NAME FOLDER/before --config FOLDER/case.toml` shows what the codemod does with it.
    """
    file = folder / "case.toml"
    case = msgspec.toml.decode(file.read_bytes(), type=_CaseFile)
    config = configuration.load(folder / "before", codemod, lambda: (codemod.name,), str(file)).codemod
    before, after = _read(folder / "before"), _read(folder / "after")
    same = [path for path, content in after.items() if before.get(path) == content]
    _require(bool(before), f"{folder}: no file in before/")
    _require(not same, f"{folder}: after/ holds files that don't change: {', '.join(same)}")
    return Fixture(folder, case.description, before, after, case.deleted, config, case.expect)


def check_fixture(codemod: AnyCodemod, folder: Path) -> Result:
    """Check the outcome of a fixture and every promise on it (see `fixture` and `check_promises`)."""
    case = fixture(codemod, folder)
    check_transformed(codemod, case.before, case.after, config=case.config, deleted=case.deleted)
    result = check_promises(codemod, case.before, case.config)
    codes = Counter(site.code for site in result.sites if site.decision == "refused")
    _require(codes == case.expect.codes, f"refused {dict(codes)}, expected {case.expect.codes}{_listed(result)}")
    found = Counter(finding.code for finding in result.findings)
    for code, count in case.expect.findings.items():
        _require(found[code] == count, f"{found[code]} findings {code}, expected {count}{_listed(result)}")
    for kind, expectation in case.expect.sites.items():
        counted = Counter(site.decision for site in result.sites if site.kind == kind)
        _require(counted == expectation, f"{kind}: {dict(counted)}, expected {expectation}{_listed(result)}")
    return result


# -- runs and trees


def _contents(files: Files | str, path: str) -> dict[str, bytes]:
    named = {path: files} if isinstance(files, str) else files
    return {name: text.encode() if isinstance(text, str) else text for name, text in named.items()}


def _read(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@contextlib.contextmanager
def _tree(files: Mapping[str, bytes]) -> Iterator[Path]:
    """A temporary folder with these files; every second one is executable, so that a lost mode shows."""
    with tempfile.TemporaryDirectory(prefix="codemods-") as name:
        root = Path(os.path.realpath(name))
        for number, (path, content) in enumerate(sorted(files.items())):
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o755 if number % 2 else 0o644)
        yield root


def _snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder with its mode and bytes, but the journal of applied runs."""
    found: dict[str, tuple[int, bytes]] = {}
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        if relative.parts[0] != _STATE:
            content = path.read_bytes() if path.is_file() else b""
            found[relative.as_posix()] = stat.S_IMODE(path.stat().st_mode), content
    return found


def _run(codemod: AnyCodemod, config: object, root: Path, *, jobs: int = 1, cache: bool = False) -> Result:
    if config is None:
        config = codemod.config()
    elif isinstance(config, Mapping):
        config = msgspec.convert(config, codemod.config)
    return run(codemod, config, Settings(root=root, jobs=jobs, cache=cache))


def _after(before: Mapping[str, bytes], result: Result) -> dict[str, bytes]:
    changed = {change.path: change.after for change in result.changes}
    return {path: content for path in before if (content := changed.get(path, before[path])) is not None}


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def _require_same(expected: Mapping[str, bytes], found: Mapping[str, bytes], result: Result | None = None) -> None:
    paths = [path for path in sorted(expected.keys() | found.keys()) if expected.get(path) != found.get(path)]
    if paths:
        shown = "\n".join(_difference(path, expected.get(path), found.get(path)) for path in paths)
        raise AssertionError(f"not as expected:\n{shown}{_listed(result) if result is not None else ''}")


def _difference(path: str, expected: bytes | None, found: bytes | None) -> str:
    if expected is None or found is None:
        return f"{path}: {'gone' if found is None else 'there'}, against expectation"
    lines = difflib.unified_diff(_shown(expected), _shown(found), f"{path} (expected)", f"{path} (found)", lineterm="")
    return "\n".join(lines)


def _shown(content: bytes) -> list[str]:
    """Lines as they can be shown: everything that is not plain text is escaped."""
    lines = content.decode(errors="backslashreplace").split("\n")
    return [line if line.isprintable() else repr(line) for line in lines]


def _listed(result: Result) -> str:
    sites = [
        f"{site.path}:{site.line}:{site.column} {site.kind} {site.name}: {site.decision} {site.code} {site.reason}"
        for site in result.sites
    ]
    findings = [f"{found.path}:{found.line} finding {found.code} {found.message}" for found in result.findings]
    withheld = [f"{broken.path}:{broken.line} withheld {broken.code} {broken.message}" for broken in result.withheld]
    return "".join(f"\n  {line}" for line in (*sites, *findings, *withheld))


# -- the promises, one function each


def _check_sites(codemod: AnyCodemod, result: Result, files: Mapping[str, bytes]) -> None:
    """Each site has one decision, a reason and a place; what is refused has a code; what changes is accounted for."""
    places = Counter((site.kind, site.path, site.line, site.column, site.name) for site in result.sites)
    twice = [place for place, count in places.items() if count > 1]
    _require(not twice, f"sites are counted twice: {twice}{_listed(result)}")
    known = {code.code for code in (*codemod.codes, *TOOLKIT_CODES)}
    for site in result.sites:
        _require(site.decision in DECISIONS and bool(site.reason), f"a site without decision or reason: {site}")
        _require(site.decision != "refused" or bool(site.code), f"refused without a code: {site}")
        _require(not site.code or site.code in known, f"a code that no table explains: {site}")
        _require(not codemod.kinds or site.kind in codemod.kinds, f"a kind that no summary shows: {site}")
        lines = files[site.path].splitlines()
        inside = 1 <= site.line <= len(lines) and 0 <= site.column < max(len(lines[site.line - 1]), 1)
        _require(inside, f"a site that is nowhere in its file: {site}")
    for finding in result.findings:
        _require(finding.code in known, f"a code that no table explains: {finding}")
    rewritten = {site.path for site in result.sites if site.decision == "rewritten"}
    changed = {change.path for change in result.changes}
    unaccounted = {change.path for change in result.changes if change.after is not None} - rewritten
    _require(not unaccounted, f"files change without a rewritten site: {sorted(unaccounted)}{_listed(result)}")
    _require(rewritten <= changed, f"sites are rewritten in files that don't change: {sorted(rewritten - changed)}")


def _check_text(change: Change) -> None:
    """A changed file parses, keeps its comments, and keeps every byte outside the edits."""
    if change.after is None:
        return
    for content, when in ((change.before, "before"), (change.after, "after")):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(content, change.path, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise AssertionError(f"{change.path} can't be compiled {when} its change: {error}") from None
    before, after = decoded(change.path, change.before), decoded(change.path, change.after)
    _require((before.encoding, before.bom) == (after.encoding, after.bom), f"{change.path}: its encoding changed")
    old_at = new_at = 0
    for edit in sorted(change.edits):
        kept = before.body[old_at : edit.start]
        new_at += len(kept)
        _require(after.body[new_at - len(kept) : new_at] == kept, f"{change.path}: bytes outside the edits changed")
        _require(before.body[edit.start : edit.end] != edit.new, f"{change.path}: an edit that changes nothing")
        old_at, new_at = edit.end, new_at + len(edit.new)
    _require(after.body[new_at:] == before.body[old_at:], f"{change.path}: bytes outside the edits changed")
    lost = _comments(before.body) - _comments(after.body)
    _require(not lost, f"{change.path}: comments are lost: {sorted(lost)}")
    _require(ast.dump(ast.parse(before.body)) != ast.dump(ast.parse(after.body)), f"{change.path}: only layout changes")


def _comments(body: bytes) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(body.decode(), newline=None).readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


def _check_diff(result: Result, files: Mapping[str, bytes]) -> None:
    """`git apply` takes the diff, and applied it gives the bytes that the codemod would write."""
    patch = diff(result.changes)
    if not patch:
        _require(not result.changes, "changes without a diff")
        return
    with _tree(files) as root:
        modes = {path: mode for path, (mode, _) in _snapshot(root).items()}
        for check in (("--check",), ()):
            done = subprocess.run(
                ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", *check, "-"],
                cwd=root,
                env={**os.environ, "GIT_CEILING_DIRECTORIES": str(root.parent), "GIT_CONFIG_NOSYSTEM": "1"},
                input=patch,
                capture_output=True,
                check=False,
            )
            message = f"git apply refuses the diff: {done.stderr.decode(errors='replace')}"
            _require(done.returncode == 0, message + patch.decode(errors="replace"))
        taken = _snapshot(root)
        _require_same(_after(files, result), {path: taken[path][1] for path in files if path in taken})
        _require(all(taken[path][0] == modes[path] for path in taken), "the diff changes modes")


def _check_jobs_and_cache(codemod: AnyCodemod, config: object, root: Path, expected: Result) -> None:
    """Two jobs, a cold and a warm cache, and one that knows the files but not the whole tree: the same result."""
    _require(_run(codemod, config, root, jobs=2) == expected, "the result is another one with two jobs")
    with tempfile.TemporaryDirectory(prefix="codemods-cache-") as cache, _environment("CODEMODS_CACHE_DIR", cache):
        for state in ("cold", "warm"):
            cached = _run(codemod, config, root, cache=True)
            _require(cached == expected, f"the result is another one with a {state} cache")
        stranger = root / "zz_unrelated.py"
        stranger.touch()
        result = _run(codemod, config, root, cache=True)
        stranger.unlink()
        same = (result.changes, result.sites, result.findings) == (expected.changes, expected.sites, expected.findings)
        _require(same, "the result is another one with the facts of the files from the cache")


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _check_apply_and_undo(
    codemod: AnyCodemod, config: object, root: Path, result: Result, files: Mapping[str, bytes]
) -> None:
    modes = {path: mode for path, (mode, _) in _snapshot(root).items()}
    applied = apply(result, root, allow_dirty=True)
    written = _snapshot(root)
    _require_same(_after(files, result), {path: written[path][1] for path in files if path in written})
    _require(all(written[path][0] == modes[path] for path in written), "apply changed modes or left files behind")
    again = _run(codemod, config, root)
    _require_same(_after(files, result), _after(_after(files, result), again), again)
    rewritten = [site for site in again.sites if site.decision == "rewritten"]
    _require(not rewritten, f"a second run would still rewrite: {rewritten}")
    if applied.run:
        undo(root)


# -- twins: the same code in files of another kind


@dataclass(frozen=True, slots=True)
class Twin:
    """Another form of the same code: `make` gives the bytes of a file in that form."""

    name: str
    make: Callable[[bytes], bytes]


def _crlf(content: bytes) -> bytes:
    return content if b"\r" in content else content.replace(b"\n", b"\r\n")


def _bom(content: bytes) -> bytes:
    return content if content.startswith(_BOM) or _HAS_COOKIE.match(content) else _BOM + content


def _no_final_newline(content: bytes) -> bytes:
    return content.removesuffix(b"\n").removesuffix(b"\r")


def _latin_1(content: bytes) -> bytes:
    if content.startswith((_BOM, b"#!")) or _HAS_COOKIE.match(content) or b"\r" in content:
        return content
    try:
        return (_COOKIE + content.decode()).encode("latin-1")
    except UnicodeError:
        return content


TWINS = (
    Twin("CRLF", _crlf),
    Twin("byte order mark", _bom),
    Twin("no final newline", _no_final_newline),
    Twin("latin-1 cookie", _latin_1),
)
"""The forms in which every transformation has to come out the same."""


def _check_twin(codemod: AnyCodemod, config: object, files: Mapping[str, bytes], plain: Result, twin: Twin) -> None:
    def made(contents: Mapping[str, bytes]) -> dict[str, bytes]:
        return {path: twin.make(content) if path.endswith(".py") else content for path, content in contents.items()}

    old = made(files)
    with _tree(old) as root:
        result = _run(codemod, config, root)
    for change in result.changes:
        _check_text(change)
    try:
        _require_same(made(_after(files, plain)), _after(old, result), result)
    except AssertionError as error:
        raise AssertionError(f"{twin.name}: {error}") from None
    _check_diff(result, old)
    tallies = [Counter((site.kind, site.decision, site.code) for site in run.sites) for run in (plain, result)]
    _require(tallies[0] == tallies[1], f"{twin.name}: other decisions{_listed(result)}")
