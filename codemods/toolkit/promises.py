"""Proof, on a tree of files, of what is promised of every run of every codemod (see `codemods.testing`).

Each promise is a function that raises `AssertionError` with what it found.  As far as it can be done they judge by
Python's own compiler and tokenizer and by git, and not by the code that they prove.
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
from dataclasses import dataclass, field
from pathlib import Path

from codemods.toolkit.codemod import DECISIONS, AnyCodemod
from codemods.toolkit.codes import TOOLKIT_CODES
from codemods.toolkit.config import Configuration
from codemods.toolkit.pipeline.apply import apply
from codemods.toolkit.pipeline.result import Change, Result
from codemods.toolkit.pipeline.run import Settings, run
from codemods.toolkit.pipeline.source import decoded
from codemods.toolkit.pipeline.undo import undo
from codemods.toolkit.review.diff import diff

_STATE = ".codemods"
_BOM = b"\xef\xbb\xbf"
_COOKIE = "# -*- coding: latin-1 -*-\n# café\n"
_HAS_COOKIE = re.compile(rb"\A(?:.*\n)?.*coding[:=]")

Tree = Mapping[str, bytes]
"""The files of a tree: bytes by path, relative to the root with forward slashes."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A codemod with its configuration and inputs (see `codemod.Input`): what the promises are about."""

    codemod: AnyCodemod
    config: Configuration[object]
    inputs: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)

    def run(self, root: Path, *, jobs: int = 1, cache: bool = False) -> Result:
        """Run the whole pipeline on a folder; without a cache unless asked for."""
        toolkit, own = self.config
        settings = Settings(
            root,
            toolkit.include,
            toolkit.exclude,
            roots=toolkit.roots,
            jobs=jobs,
            cache=cache,
            inputs=self.inputs,
        )
        return run(self.codemod, own, settings)


def check_all(subject: Subject, files: Tree, expected: Tree | None = None) -> Result:
    """Check every promise on these files, and return the result of the run.

    `expected` are the files that it has to leave.
    """
    with written(files) as root:
        before = _snapshot(root)
        result = subject.run(root)
        if expected is not None:
            require_same(expected, after(files, result), result)
        require(_snapshot(root) == before, "a dry run wrote to the tree")
        check_result(subject.codemod, result, files)
        check_diff(result, files)
        check_jobs_and_cache(subject, root, result)
        check_apply_and_undo(subject, root, result, files)
        require(_snapshot(root) == before, "undo did not restore every byte and mode")
    # What an input says of a file holds for these very bytes.
    for twin in () if subject.inputs else TWINS:
        check_twin(subject, files, result, twin)
    return result


# -- trees and differences


@contextlib.contextmanager
def written(files: Tree) -> Iterator[Path]:
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


def after(files: Tree, result: Result) -> dict[str, bytes]:
    """The files as the changes of a result leave them."""
    changed = {**files, **{change.path: change.after for change in result.changes}}
    return {path: content for path, content in changed.items() if content is not None}


def require(holds: bool, message: str) -> None:
    """Raise `AssertionError` unless it holds (`assert` is gone with `python -O`)."""
    if not holds:
        raise AssertionError(message)


def require_same(expected: Tree, found: Tree, result: Result) -> None:
    """Raise `AssertionError` with the differences of two trees, and with the account of the run."""
    paths = [path for path in sorted(expected.keys() | found.keys()) if expected.get(path) != found.get(path)]
    if paths:
        shown = "\n".join(_difference(path, expected.get(path), found.get(path)) for path in paths)
        raise AssertionError(f"not as expected:\n{shown}{listed(result)}")


def _difference(path: str, expected: bytes | None, found: bytes | None) -> str:
    if expected is None or found is None:
        return f"{path}: {'gone' if found is None else 'there'}, against expectation"
    lines = difflib.unified_diff(_shown(expected), _shown(found), f"{path} (expected)", f"{path} (found)", lineterm="")
    return "\n".join(lines)


def _shown(content: bytes) -> list[str]:
    """Lines as they can be shown: what is no plain text is escaped."""
    lines = content.decode(errors="backslashreplace").split("\n")
    return [line if line.isprintable() else repr(line) for line in lines]


def listed(result: Result) -> str:
    """Every site, finding and withheld change of a result, for a message."""
    sites = [
        f"{site.path}:{site.line}:{site.column} {site.kind} {site.name}: {site.decision} {site.code} {site.reason}"
        for site in result.sites
    ]
    findings = [f"{found.path}:{found.line} finding {found.code} {found.message}" for found in result.findings]
    withheld = [f"{broken.path}:{broken.line} withheld {broken.code} {broken.message}" for broken in result.withheld]
    return "".join(f"\n  {line}" for line in (*sites, *findings, *withheld))


# -- the promises


def check_result(codemod: AnyCodemod, result: Result, files: Tree) -> None:
    """All promises that the result alone is about."""
    check_sites(codemod, result, files)
    for change in result.changes:
        check_text(change)
    check_comments(result)


def check_sites(codemod: AnyCodemod, result: Result, files: Tree) -> None:
    """Each site has one decision, a reason and a place; what is refused has a code; what changes is accounted for."""
    places = Counter((site.kind, site.path, site.line, site.column, site.name) for site in result.sites)
    twice = [place for place, count in places.items() if count > 1]
    require(not twice, f"sites are counted twice: {twice}{listed(result)}")
    known = {code.code for code in (*codemod.codes, *TOOLKIT_CODES)}
    for site in result.sites:
        require(site.decision in DECISIONS and bool(site.reason), f"a site without decision or reason: {site}")
        require(site.decision != "refused" or bool(site.code), f"refused without a code: {site}")
        require(not site.code or site.code in known, f"a code that no table explains: {site}")
        require(not codemod.kinds or site.kind in codemod.kinds, f"a kind that no summary shows: {site}")
        lines = files[site.path].splitlines() or [b""]
        inside = 1 <= site.line <= len(lines) and 0 <= site.column < max(len(lines[site.line - 1]), 1)
        require(inside, f"a site that is nowhere in its file: {site}")
    for finding in result.findings:
        require(finding.code in known, f"a code that no table explains: {finding}")
    rewritten = {site.path for site in result.sites if site.decision == "rewritten"}
    changed = {change.path for change in result.changes}
    modified = {change.path for change in result.changes if change.before is not None and change.after is not None}
    unaccounted = modified - rewritten
    require(not unaccounted, f"files change without a rewritten site: {sorted(unaccounted)}{listed(result)}")
    require(rewritten <= changed, f"sites are rewritten in files that don't change: {sorted(rewritten - changed)}")


def check_text(change: Change) -> None:
    """A changed file compiles, keeps its encoding, and keeps every byte outside the edits."""
    if change.after is None:
        return
    for content, when in ((change.before or b"", "before"), (change.after, "after")):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(content, change.path, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise AssertionError(f"{change.path} can't be compiled {when} its change: {error}") from None
    if change.before is None:
        return
    old, new = decoded(change.path, change.before), decoded(change.path, change.after)
    require((old.encoding, old.bom) == (new.encoding, new.bom), f"{change.path}: its encoding changed")
    old_at = new_at = 0
    for edit in sorted(change.edits):
        kept = old.body[old_at : edit.start]
        new_at += len(kept)
        require(new.body[new_at - len(kept) : new_at] == kept, f"{change.path}: bytes outside the edits changed")
        require(old.body[edit.start : edit.end] != edit.new, f"{change.path}: an edit that changes nothing")
        old_at, new_at = edit.end, new_at + len(edit.new)
    require(new.body[new_at:] == old.body[old_at:], f"{change.path}: bytes outside the edits changed")
    require(_meaning(old.body) != _meaning(new.body), f"{change.path}: nothing but layout changes")


def check_comments(result: Result) -> None:
    """No comment is lost: each stays in its file, or goes to another one with the code that it is about."""
    lost: Counter[str] = Counter()
    come: Counter[str] = Counter()
    for change in result.changes:
        if change.after is not None:
            old = _comments(decoded(change.path, change.before or b"").body)
            new = _comments(decoded(change.path, change.after).body)
            lost += old - new
            come += new - old
    require(lost <= come, f"comments are lost: {sorted(lost - come)}")


def _comments(body: bytes) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(body.decode(), newline=None).readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


def _meaning(body: bytes) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.dump(ast.parse(body.decode()))


def check_diff(result: Result, files: Tree) -> None:
    """`git apply` takes the diff, and applied it gives the bytes that the codemod would write."""
    patch = diff(result.changes)
    if not patch:
        require(not result.changes, "changes without a diff")
        return
    with written(files) as root:
        modes = {path: mode for path, (mode, _) in _snapshot(root).items()}
        done = subprocess.run(
            ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"],
            cwd=root,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(root.parent), "GIT_CONFIG_NOSYSTEM": "1"},
            input=patch,
            capture_output=True,
            check=False,
        )
        message = f"git apply refuses the diff: {done.stderr.decode(errors='replace')}"
        require(done.returncode == 0, message + patch.decode(errors="replace"))
        taken = _snapshot(root)
        require_same(after(files, result), _files(taken, files, result), result)
        require(_keeps_modes(modes, taken, result), "the diff changes modes")


def _files(seen: Mapping[str, tuple[int, bytes]], files: Tree, result: Result) -> dict[str, bytes]:
    """The contents of the files of a tree, and of those that a run made, as far as they are there."""
    paths = {*files, *(change.path for change in result.changes)}
    return {path: seen[path][1] for path in paths if path in seen}


def _created(result: Result) -> dict[str, bytes]:
    return {change.path: change.after or b"" for change in result.changes if change.before is None}


def _keeps_modes(before: Mapping[str, int], now: Mapping[str, tuple[int, bytes]], result: Result) -> bool:
    """Whether each file and folder has the mode that it had, and what is new is a file of the run or its folder."""
    modes = {change.path: change.mode for change in result.changes if change.before is None}
    folders = {parent.as_posix() for path in modes for parent in Path(path).parents}
    return all(
        (path in folders and path not in before) or mode == before.get(path, modes.get(path))
        for path, (mode, _) in now.items()
    )


def check_jobs_and_cache(subject: Subject, root: Path, expected: Result) -> None:
    """Two jobs and a cold cache, a warm one, and one that knows the files but not the whole tree: the same result."""
    with tempfile.TemporaryDirectory(prefix="codemods-cache-") as cache, _environment("CODEMODS_CACHE_DIR", cache):
        for state, jobs in (("two jobs and a cold cache", 2), ("a warm cache", 1)):
            require(subject.run(root, jobs=jobs, cache=True) == expected, f"the result is another one with {state}")
        stranger = root / "zz_unrelated.py"
        stranger.touch()
        result = subject.run(root, cache=True)
        stranger.unlink()
        same = (result.changes, result.sites, result.findings) == (expected.changes, expected.sites, expected.findings)
        require(same, "the result is another one with the facts of the files from the cache")


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


def check_apply_and_undo(subject: Subject, root: Path, result: Result, files: Tree) -> None:
    """`apply` writes the bytes after and keeps modes, a second run finds nothing to do, and `undo` is called."""
    modes = {path: mode for path, (mode, _) in _snapshot(root).items()}
    applied = apply(result, root, allow_dirty=True)
    now = _snapshot(root)
    require_same(after(files, result), _files(now, files, result), result)
    require(_keeps_modes(modes, now, result), "apply changed modes or left files behind")
    again = subject.run(root)
    require_same(after(files, result), after(after(files, result), again), again)
    rewritten = [site for site in again.sites if site.decision == "rewritten"]
    require(not rewritten, f"a second run would still rewrite: {rewritten}")
    refused = [
        Counter((site.path, site.name, site.code) for site in each.sites if site.code) for each in (result, again)
    ]
    require(refused[1] <= refused[0], f"a second run has further codes: {refused[1] - refused[0]}{listed(again)}")
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


def check_twin(subject: Subject, files: Tree, plain: Result, twin: Twin) -> None:
    """The twins of the files change to the twins of what the files change to, with the same decisions."""

    def made(contents: Tree) -> dict[str, bytes]:
        return {path: twin.make(content) if path.endswith(".py") else content for path, content in contents.items()}

    old = made(files)
    with written(old) as root:
        result = subject.run(root)
    try:
        for change in result.changes:
            check_text(change)
        check_comments(result)
        same = _created(plain).items() & _created(result).items()
        # A file that the codemod writes by itself has one form, whatever form the others have.
        require_same({**made(after(files, plain)), **dict(same)}, after(old, result), result)
        check_diff(result, old)
        tallies = [Counter((site.kind, site.decision, site.code) for site in each.sites) for each in (plain, result)]
        require(tallies[0] == tallies[1], f"other decisions{listed(result)}")
    except AssertionError as error:
        raise AssertionError(f"{twin.name}: {error}") from None
