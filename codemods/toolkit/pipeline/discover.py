"""Which Python files belong to a project: by git where there is a repository, else by .gitignore rules."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from codemods.toolkit.codemod import Finding
from codemods.toolkit.pipeline.git import git

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class File(msgspec.Struct, frozen=True, array_like=True):
    """A file as `os.lstat` saw it: size in bytes, times in nanoseconds, permission bits."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int


@dataclass(frozen=True, slots=True)
class Discovered:
    """The Python files of a project.  Paths are relative to `root` (absolute, links resolved), with forward slashes.

    `files` may be changed.  `others` exist and can be imported, but are never changed (path -> reason: vendored,
    generated, excluded, a link).  `left_out` counts what was left out, by reason.  `settings` are the files that may
    say where source roots are (pyproject.toml, setup.cfg, pytest.ini, Dockerfile, ...), `rest` all that aren't Python.
    `sorter` knows the rules.
    """

    root: str
    files: tuple[File, ...]
    others: Mapping[str, str]
    findings: tuple[Finding, ...]
    left_out: Mapping[str, int]
    settings: tuple[str, ...]
    rest: tuple[str, ...]
    sorter: _Sorter

    def texts(self, endings: tuple[str, ...]) -> Iterator[str]:
        """Files with such names that aren't Python, and would be in `files` if they were."""
        return (path for path in self.rest if path.endswith(endings) and self.sorter.reason(path) is None)

    def left_out_at(self, path: str) -> str | None:
        """Why a file that comes at a path would be left out; None where it would be one of `files`."""
        return self.sorter.reason(path) or (_IGNORED if self.sorter.ignores(self.root, path) else None)


NEW_FILE_MODE = 0o644
"""The permissions of a file that a run makes: those of git for a file that isn't executable."""

NOT_INCLUDED = "not included"
"""Why a file is left out that `include` or the paths of a run don't name."""

_INSTALLED = "installed package"
_TOOL = "tool folder"
_VENDORED = "vendored"
_GENERATED = "generated"
_EXCLUDED = "excluded"
_LINK = "a link"
_IGNORED = "ignored by git"

_FOLDERS: Mapping[str, str] = {
    "site-packages": _INSTALLED,
    "dist-packages": _INSTALLED,
    "node_modules": _INSTALLED,
    "vendor": _VENDORED,
    "_vendor": _VENDORED,
    "third_party": _VENDORED,
    "__pycache__": _GENERATED,
    **dict.fromkeys((".git", ".hg", ".svn", ".tox", ".nox", ".eggs", ".mypy_cache", ".ruff_cache"), _TOOL),
}
_GENERATED_FILE = re.compile(r"_pb2(_grpc)?\.py$")
_BUILD_FOLDERS = frozenset({"build", "dist"})
_NEVER_IMPORTED = frozenset({_INSTALLED, _TOOL})
_SETTINGS = re.compile(
    r"pyproject\.toml|setup\.(?:cfg|py)|(?:pytest|tox|alembic)\.ini|manage\.py|Dockerfile|requirements.*\.txt"
)
_ENVIRONMENT_MARK = "pyvenv.cfg"


@dataclass(frozen=True, slots=True)
class _Listing:
    """All paths of a tree; `closed` are folders that could not be opened (path -> message)."""

    paths: Iterable[str]
    closed: Mapping[str, str]


def python_files(
    root: Path, include: Sequence[str] = (), exclude: Sequence[str] = (), paths: Sequence[Path] = ()
) -> Discovered:
    """The Python files under `root`.

    `include` and `exclude` are patterns as in .gitignore, relative to the root.  Without `include` everything is in;
    an `exclude` that starts with `!` takes back in what would be left out by its place (vendored, generated).  `paths`
    (files or folders under the root) narrow like `include`.
    """
    base = os.path.realpath(root)
    listing = _git_listing(base)
    in_git = listing is not None
    if listing is None:
        listing = _walked(base)
    every = list(dict.fromkeys(listing.paths))
    sorter = _Sorter(every, _rules(exclude) if exclude else None, _wanted(base, include, paths), in_git)
    files: list[File] = []
    others: dict[str, str] = {}
    findings = [Finding("TK106", path, 0, 0, message, failed=True) for path, message in listing.closed.items()]
    left_out: Counter[str] = Counter()
    for path in every:
        if not path.endswith(".py"):
            continue
        reason = sorter.reason(path)
        if reason is None:
            found = _looked_at(base, path)
            if isinstance(found, File):
                files.append(found)
                continue
            if isinstance(found, Finding):
                findings.append(found)
                continue
            if found is None:
                continue
            reason = found
        left_out[reason] += 1
        if reason not in _NEVER_IMPORTED and _is_utf8(path):
            others[path] = reason
    settings = tuple(
        path
        for path in every
        if _SETTINGS.fullmatch(path.rpartition("/")[2]) and sorter.reason(path) in {None, NOT_INCLUDED}
    )
    rest = tuple(path for path in every if not path.endswith(".py"))
    return Discovered(base, tuple(files), others, tuple(findings), dict(left_out), settings, rest, sorter)


def _is_utf8(path: str) -> bool:
    return path.isascii() or path == path.encode(errors="replace").decode()


def _looked_at(base: str, path: str) -> File | Finding | str | None:
    """A file, a finding, the reason why it is left out, or None when git knows it but it is not there."""
    if not _is_utf8(path):
        return Finding("TK106", path.encode(errors="replace").decode(), 0, 0, "its name is no UTF-8", failed=True)
    try:
        status = os.lstat(f"{base}/{path}")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        return Finding("TK106", path, 0, 0, f"can't be read: {problem.strerror}", failed=True)
    if stat.S_ISREG(status.st_mode):
        mode = stat.S_IMODE(status.st_mode)
        return File(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, mode)
    if stat.S_ISLNK(status.st_mode):
        return _link(base, path)
    if stat.S_ISDIR(status.st_mode):
        return None  # a submodule, or a folder that took the place of a file
    return Finding("TK106", path, 0, 0, "is no regular file", failed=True)


def _link(base: str, path: str) -> Finding | str | None:
    target = os.path.realpath(f"{base}/{path}")
    if not os.path.exists(target):
        return Finding("TK106", path, 0, 0, "is a link that leads nowhere", failed=True)
    if not target.startswith(base.rstrip(os.sep) + os.sep):
        return Finding("TK106", path, 0, 0, "is a link out of the project, which is not followed")
    return _LINK if os.path.isfile(target) else None


def _wanted(base: str, include: Sequence[str], paths: Sequence[Path]) -> tuple[GitIgnoreSpec, ...]:
    specs = [_rules(include)] if include else []
    inner = [os.path.relpath(os.path.realpath(path), base).replace(os.sep, "/") for path in paths]
    if inner and "." not in inner:
        specs.append(_rules("/" + re.sub(r"([*?\[\]\\])", r"\\\1", path) for path in inner))
    return tuple(specs)


def _rules(lines: Iterable[str]) -> GitIgnoreSpec:
    """Rules as they stand in a .gitignore file."""
    from pathspec import GitIgnoreSpec  # it takes a while to load, and many runs have no rules

    return GitIgnoreSpec.from_lines(lines)


class _Sorter:
    """Says of each path why it is left out."""

    def __init__(
        self, every: Sequence[str], exclude: GitIgnoreSpec | None, wanted: Sequence[GitIgnoreSpec], in_git: bool
    ) -> None:
        self._exclude = exclude
        self._wanted = wanted
        self._folders: dict[str, str | None] = {"": None}
        for path in every:
            folder, _, name = path.rpartition("/")
            if name == _ENVIRONMENT_MARK and folder:
                self._folders[folder] = _INSTALLED
        self._packages = frozenset(p[:-12] for p in every if not in_git and p.endswith("/__init__.py"))
        self._in_git = in_git

    def reason(self, path: str) -> str | None:
        folder = self._folder(path.rpartition("/")[0])
        if folder in _NEVER_IMPORTED:
            return folder
        verdict = self._exclude.check_file(path).include if self._exclude is not None else None
        if verdict:
            return _EXCLUDED
        if verdict is None:
            if folder is not None:
                return folder
            if _GENERATED_FILE.search(path):
                return _GENERATED
        if all(spec.check_file(path).include for spec in self._wanted):
            return None
        return NOT_INCLUDED

    def ignores(self, root: str, path: str) -> bool:
        """Whether a file at a path that nothing stands at would be ignored."""
        if self._in_git:
            asked = git(root, "check-ignore", "-q", path)
            return asked is not None and asked.status == 0
        rules: tuple[tuple[str, GitIgnoreSpec], ...] = ()
        prefix = ""
        for name in path.split("/"):
            rules = (*rules, (prefix, ignore_rules(f"{root}/{prefix}.gitignore")))
            prefix += f"{name}/"
            if _ignored(path if prefix == f"{path}/" else prefix, rules):
                return True
        return False

    def _folder(self, folder: str) -> str | None:
        if folder not in self._folders:
            parent, _, name = folder.rpartition("/")
            reason = self._folder(parent) or _FOLDERS.get(name)
            if reason is None and not self._in_git and name in _BUILD_FOLDERS and folder not in self._packages:
                reason = _GENERATED
            self._folders[folder] = reason
        return self._folders[folder]


_CLOSED = re.compile(r"^warning: could not open directory '(.*?)/?': (.*)$", re.MULTILINE)


def _git_listing(root: str) -> _Listing | None:
    """What git tracks, and what it doesn't ignore; None outside a repository."""
    listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed is None or listed.status != 0:
        return None
    paths = os.fsdecode(listed.output).split("\0")[:-1]
    if not paths:
        ignored = git(root, "check-ignore", "-q", ".")
        if ignored is not None and ignored.status == 0:
            return None  # a folder that the repository around it ignores is a project of its own
    return _Listing(paths, {path: f"can't be opened: {why}" for path, why in _CLOSED.findall(listed.errors)})


def _walked(root: str) -> _Listing:
    closed: dict[str, str] = {}
    return _Listing(list(_walk(root, "", (), closed)), closed)


def _walk(
    root: str, folder: str, rules: tuple[tuple[str, GitIgnoreSpec], ...], closed: dict[str, str]
) -> Iterator[str]:
    try:
        with os.scandir(f"{root}/{folder}") as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError as problem:
        closed[folder or "."] = f"can't be opened: {problem.strerror}"
        return
    prefix = f"{folder}/" if folder else ""
    if any(entry.name == ".gitignore" and entry.is_file() for entry in inside):
        rules = (*rules, (prefix, ignore_rules(f"{root}/{prefix}.gitignore")))
    for entry in inside:
        path = prefix + entry.name
        if not entry.is_dir(follow_symlinks=False):
            if not _ignored(path, rules):
                yield path
        elif _FOLDERS.get(entry.name) not in _NEVER_IMPORTED and not _ignored(f"{path}/", rules):
            yield from _walk(root, path, rules, closed)


def ignore_rules(file: str) -> GitIgnoreSpec:
    """The rules in a .gitignore file; one that can't be read has none, as for git."""
    try:
        with open(file, encoding="utf-8", errors="replace") as lines:
            return _rules(lines)
    except OSError:
        return _rules(())


def _ignored(path: str, rules: tuple[tuple[str, GitIgnoreSpec], ...]) -> bool:
    # The innermost file that says something decides, as in git.
    for prefix, spec in reversed(rules):
        verdict = spec.check_file(path[len(prefix) :]).include
        if verdict is not None:
            return verdict
    return False
