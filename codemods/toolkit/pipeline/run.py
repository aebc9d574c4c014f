"""One run of a codemod: discover, collect, decide, rewrite, verify.  It reads the project and writes nothing to it."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from codemods.toolkit.codemod import AnyCodemod, Edit, Finding
from codemods.toolkit.codes import LEFT_OUT
from codemods.toolkit.pipeline.cache import Cache, cache_folder, codemod_key, digest
from codemods.toolkit.pipeline.collection import Collection, Collector, Tree
from codemods.toolkit.pipeline.discover import NEW_FILE_MODE, Discovered, python_files
from codemods.toolkit.pipeline.executors import Local, Progress, rarely_collected
from codemods.toolkit.pipeline.job import Job, encode, read
from codemods.toolkit.pipeline.result import Change, Result, Verification
from codemods.toolkit.pipeline.rewriting import RUN_FAILURES, Rewriter, Rewritten
from codemods.toolkit.pipeline.roots import source_roots
from codemods.toolkit.pipeline.settle import Settled, Settler, change
from codemods.toolkit.pipeline.source import SIZE_LIMIT, Unreadable
from codemods.toolkit.python.import_roots import evidence, inferred_roots
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.project import Project


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs besides the codemod's own configuration.

    `include` and `exclude` are patterns as in .gitignore, `paths` files or folders that narrow them, `roots` source
    roots relative to `root` (detected when empty).  `jobs` 0 means one per processor.  `limit` is the size in bytes
    from which a file is not parsed.  `inputs` are the files that options of the codemod name, as bytes (see
    `codemod.Input`).
    """

    root: Path
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    roots: tuple[str, ...] = ()
    jobs: int = 0
    cache: bool = True
    limit: int = SIZE_LIMIT
    inputs: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)


_TEXT_LIMIT = 1_000_000
"""Size in bytes from which a file that isn't Python is not looked at."""


class Silent:
    """Progress that nobody sees."""

    def start(self, label: str, total: int) -> None:
        """Ignore it."""

    def advance(self, count: int) -> None:
        """Ignore it."""

    def done(self) -> None:
        """Ignore it."""


SILENT = Silent()


@dataclass(frozen=True, slots=True)
class Inventory:
    """A collected project, for a view of it: nothing is planned."""

    project: Project[Any]
    findings: tuple[Finding, ...]
    files: int


def run(codemod: AnyCodemod, config: Any, settings: Settings, progress: Progress = SILENT) -> Result:
    """Run a codemod over a project, up to changes that are verified.

    Files that can't be read, decoded or parsed are findings with `failed`; a change that would break something is in
    `withheld`, and the sites of its file are refused.

    Raises:
        UsageError: no such folder, a bad source root, what the codemod itself refuses, or a worker died.
    """
    with _session(codemod, config, settings, progress) as session:
        return session.result()


def inventory(codemod: AnyCodemod, config: Any, settings: Settings, progress: Progress = SILENT) -> Inventory:
    """Collect a project as `run` does, and stop there."""
    with _session(codemod, config, settings, progress) as session:
        _tree, collection = session.collected()
        findings = (*session.found.findings, *collection.findings)
        return Inventory(collection.project, _sorted(findings), len(session.tree.files))


@contextmanager
def _session(codemod: AnyCodemod, config: Any, settings: Settings, progress: Progress) -> Iterator[_Session]:
    config = codemod.prepared(config, settings.root)
    # The time comes first: a file that is written while the others are looked at is too fresh to be trusted.
    now = time.time_ns()
    found = python_files(settings.root, settings.include, settings.exclude, settings.paths)
    files = {file.path: file for file in found.files}
    layout = layout_of([*files, *found.others], source_roots(found, settings.roots))
    config = codemod.laid_out(config, layout)
    cache = _cache(codemod, config, settings, now)
    job = Job(codemod, config, found.root, settings.limit)
    with rarely_collected(), Local(settings.jobs if job.portable else 1) as executor:
        tree = Tree(found.root, files, layout, {}, _settings_files(codemod, config, found), settings.inputs)
        collector = Collector(job, cache, executor, progress)
        yield _Session(job, settings, found, tree, cache, collector, Rewriter(job, cache, executor, progress))
    cache.save()


def _cache(codemod: AnyCodemod, config: Any, settings: Settings, now: int) -> Cache:
    folder = cache_folder() if settings.cache else None
    key = codemod_key(codemod, config, settings.limit) if settings.cache else ""
    return Cache(folder, os.path.realpath(settings.root), key, now)


def _settings_files(codemod: AnyCodemod, config: Any, found: Discovered) -> dict[str, bytes]:
    """The files besides Python that a codemod asks for.  One that can't be read says nothing."""
    contents: dict[str, bytes] = {}
    endings = tuple(name[1:] for name in codemod.settings if name.startswith("*"))
    for path in found.settings:
        if path.rpartition("/")[2] in codemod.settings:
            with suppress(Unreadable):
                contents[path] = read(found.root, path)
    for path in found.texts(endings) if endings else ():
        if path not in contents and _is_small(f"{found.root}/{path}"):
            with suppress(Unreadable):
                body = read(found.root, path)
                if codemod.relevant(body, config, frozenset()):
                    contents[path] = body
    return contents


def _is_small(path: str) -> bool:
    """Whether this is a file (no link) that somebody may have written by hand."""
    with suppress(OSError):
        status = os.lstat(path)
        return stat.S_ISREG(status.st_mode) and status.st_size <= _TEXT_LIMIT
    return False


class _Known(msgspec.Struct, frozen=True):
    """A result without the bytes of its files, as it stands in the cache."""

    result: Result
    edits: tuple[tuple[str, tuple[Edit, ...]], ...]
    created: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Session:
    """All that belongs to one run."""

    job: Job
    settings: Settings
    found: Discovered
    tree: Tree
    cache: Cache
    collector: Collector
    rewriter: Rewriter

    def result(self) -> Result:
        """The result: remembered when the tree is the same as last time, else worked out."""
        contents = self.collector.contents(self.tree)
        complete = len(contents) == len(self.tree.files)
        beside = (self.tree.layout.roots, self._others(), self._modes(), self.tree.settings, self.tree.inputs)
        key = digest(sorted(contents.items()), *beside) if complete else b""
        result = self._remembered(key, contents) if complete else None
        if result is None:
            result, collected = self._worked_out()
            unchanged = all(collected.get(path) == content for path, content in contents.items())
            if complete and unchanged and not any(finding.code in RUN_FAILURES for finding in result.findings):
                self._remember(key, result)
        findings = _sorted((*self.found.findings, *result.findings))
        return msgspec.structs.replace(result, findings=findings)

    def collected(self) -> tuple[Tree, Collection]:
        """The collected project, by all the source roots there are: without configured ones also those that it shows.

        This comes to an end: each round has a folder more.
        """
        tree = self.tree
        while True:
            collection = self.collector.collect(tree)
            found = evidence(collection.project) if not self.settings.roots else ()
            known = self.collector.extended(tree, collection, {each.file for each in found if each.file})
            roots = inferred_roots(known, found)
            if not roots:
                return tree, collection
            tree = tree.after({}, layout_of(tree.layout.paths, (*tree.layout.roots, *roots)))

    def _others(self) -> list[tuple[str, int, int]]:
        states: list[tuple[str, int, int]] = []
        for path in self.found.others:
            try:
                status = os.stat(f"{self.found.root}/{path}")
            except OSError:
                continue
            states.append((path, status.st_size, status.st_mtime_ns))
        return states

    def _modes(self) -> list[tuple[str, int]]:
        """Permissions that are not the usual ones: a file that moves keeps them."""
        return sorted((file.path, file.mode) for file in self.tree.files.values() if file.mode != NEW_FILE_MODE)

    def _worked_out(self) -> tuple[Result, Mapping[str, bytes]]:
        """The result, and in which content each file was collected."""
        tree, before = self.collected()
        fixed = {path: (LEFT_OUT, f"the file is left out: {why}") for path, why in self.found.others.items()}
        settler = Settler(self.job, self.collector, self.rewriter, fixed, self.found.left_out_at)
        settled = settler.settle(tree, before)
        self.cache.asked_all()
        result = Result(
            codemod=self.job.codemod.name,
            root=self.found.root,
            files=len(self.tree.files),
            collected=len(before.cells),
            sites=settled.sites,
            findings=(*before.findings, *settled.findings),
            measures=settled.plan.measures,
            changes=tuple(sorted(settled.changes, key=lambda change: change.path)),
            withheld=settled.withheld,
            verification=_verification(settled),
        )
        return result, before.contents

    def _remember(self, key: bytes, result: Result) -> None:
        edits = tuple((change.path, change.edits) for change in result.changes if change.before is not None)
        created = tuple(change for change in result.changes if change.before is None)
        self.cache.save_result(key, encode(_Known(msgspec.structs.replace(result, changes=()), edits, created)))

    def _remembered(self, key: bytes, contents: Mapping[str, bytes]) -> Result | None:
        stored = self.cache.result(key)
        if stored is None:
            return None
        try:
            known = msgspec.msgpack.decode(stored, type=_Known)
            changes = [self._change(contents, Rewritten(path, edits)) for path, edits in known.edits]
        except (msgspec.MsgspecError, Unreadable):
            return None
        if any(os.path.lexists(f"{self.found.root}/{change.path}") for change in known.created):
            return None
        changes = sorted((*changes, *known.created), key=lambda change: change.path)
        return msgspec.structs.replace(known.result, changes=tuple(changes))

    def _change(self, contents: Mapping[str, bytes], outcome: Rewritten) -> Change:
        return change(self.found.root, self.tree, contents, outcome)


def _verification(settled: Settled) -> Verification:
    # What breaks something was withheld, and the changes that are left were verified together.
    found = Counter(breakage.code for breakage in settled.remaining)
    return Verification(
        parsed=sum(change.after is not None for change in settled.changes),
        undefined=found["TK201"],
        unused=found["TK204"],
        dangling=found["TK202"],
        cycles=found["TK203"],
        second_run=found["TK206"],
    )


def _sorted(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    counted = Counter(findings)
    return tuple(sorted(counted, key=lambda finding: (finding.path, finding.line, finding.column, finding.code)))
