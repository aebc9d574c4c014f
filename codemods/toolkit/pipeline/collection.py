"""The first half of a run: read, prefilter, parse and collect, until the codemod asks for nothing more.

Two parallel steps.  *Scan* reads the files that the cache doesn't know, and looks at bytes only.  *Collect* parses the
few that matter, each once for the words that it mentions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from codemods.toolkit.codemod import AnyCodemod, Finding
from codemods.toolkit.pipeline.cache import Cache, Cell
from codemods.toolkit.pipeline.discover import File
from codemods.toolkit.pipeline.executors import Executor, Progress, in_parallel
from codemods.toolkit.pipeline.job import Job, content_key
from codemods.toolkit.pipeline.reading import NO_WORDS, Item, Scanned, cell_key, collect, scan, words_key
from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Entry, Project

SCAN_TOGETHER = 8_000_000
PARSE_TOGETHER = 400_000
"""Work of fewer bytes than this is done in one piece: about the 0.1 CPU seconds that a pool costs."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a project, on disk or (with `overlay`, path -> bytes) as they would be after a run.

    `files` are looked at, `layout` holds these and the others that can be imported.
    """

    root: str
    files: Mapping[str, File]
    layout: Layout
    overlay: Mapping[str, bytes] = field(default_factory=dict)

    def after(self, overlay: Mapping[str, bytes], layout: Layout) -> Tree:
        """The tree as it would be with some files changed, and those gone that `layout` lacks."""
        files = self.files
        if layout is not self.layout:
            files = {path: file for path, file in files.items() if path in layout.paths}
        return Tree(self.root, files, layout, overlay)


class Entries(Mapping[str, Entry[Any]]):
    """Entries by path, decoded when they are first asked for: most of a warm project is never looked at."""

    def __init__(self, cells: Mapping[str, Cell], decode: Callable[[Cell], Entry[Any]]) -> None:
        self._cells = cells
        self._decode = decode

    def __getitem__(self, path: str) -> Entry[Any]:
        return self._decode(self._cells[path])

    def __contains__(self, path: object) -> bool:
        return path in self._cells

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


@dataclass(frozen=True, slots=True)
class Collection:
    """The outcome of collecting a tree.

    `cells` and `contents` are what was collected of each file, and in which content.  `stages` are the sets of words
    that it went through, the empty one first.  `findings` are files that could not be processed.
    """

    project: Project[Any]
    cells: Mapping[str, Cell]
    contents: Mapping[str, bytes]
    stages: tuple[frozenset[str], ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _State:
    """One collection on its way."""

    tree: Tree
    words: frozenset[str] = NO_WORDS
    demanded: set[str] = field(default_factory=set)
    scanned: dict[str, Scanned] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    collected_with: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Collector:
    """Collects trees for one codemod; what it found in a content is found again in the next tree."""

    def __init__(self, job: Job, cache: Cache, executor: Executor, progress: Progress) -> None:
        self._job = job
        self._cache = cache
        self._executor = executor
        self._progress = progress
        self._names = msgspec.msgpack.Decoder(ModuleNames)
        self._facts: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(job.codemod.facts)
        self._decoded: dict[int, tuple[Cell, Entry[Any]]] = {}

    def contents(self, tree: Tree) -> dict[str, bytes]:
        """The content key of every file that could be read (reads those that the cache doesn't know)."""
        known = {path: self._cache.content_of(file) for path, file in tree.files.items()}
        if None in known.values():
            state = _State(tree)
            self._scan(state, tree.files)
            return {path: seen.content for path, seen in state.scanned.items() if seen.problem is None}
        return {path: content for path, content in known.items() if content is not None}

    def collect(self, tree: Tree) -> Collection:
        """Collect what is relevant, then what mentions a word that `widen` finds, then what `demand` asks for."""
        codemod: AnyCodemod = self._job.codemod
        state = _State(tree)
        stages = [NO_WORDS]
        self._scan(state, tree.files)
        self._collect(state)
        while True:
            project = self._project(tree, state.cells)
            words = state.words | codemod.widen(project, self._job.config)
            if words != state.words:
                # Comes to an end: words come from the project, which only words change that some file of it holds.
                state.words = words
                stages.append(words)
                self._scan(state, list(state.scanned))
                if self._collect(state):
                    continue
            asked = (codemod.demand(project, self._job.config) & tree.layout.paths) - state.cells.keys()
            if not asked:
                contents = {path: seen.content for path, seen in state.scanned.items()}
                return Collection(project, state.cells, contents, tuple(stages), _findings(state))
            state.demanded |= asked
            self._scan(state, sorted(asked - state.scanned.keys()))
            self._collect(state)

    def extended(self, tree: Tree, collection: Collection, paths: Iterable[str]) -> Project[Any]:
        """The collected project, with the names of further files."""
        missing = {path for path in paths if path in tree.layout.paths and path not in collection.cells}
        state = _State(tree, collection.stages[-1], missing)
        self._scan(state, sorted(missing))
        self._collect(state)
        return self._project(tree, {**collection.cells, **state.cells})

    def mentioning(self, tree: Tree, paths: Iterable[str], words: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """The files that hold one of these words as an identifier, and which of them they hold."""
        if not words:
            return {}
        state = _State(tree, words)
        self._scan(state, paths)
        return {path: seen.mentioned for path, seen in state.scanned.items() if seen.mentioned}

    def _project(self, tree: Tree, cells: Mapping[str, Cell]) -> Project[Any]:
        return Project(tree.layout, Entries(dict(cells), self._entry))

    def _entry(self, cell: Cell) -> Entry[Any]:
        known = self._decoded.get(id(cell))
        if known is None:
            entry: Entry[Any] = Entry(None, None)
            if cell.problem is None:
                entry = Entry(self._names.decode(cell.names), self._facts.decode(cell.facts))
            known = self._decoded[id(cell)] = (cell, entry)  # the cell stays alive, and with it its id
        return known[1]

    def _scan(self, state: _State, paths: Iterable[str]) -> None:
        """Know of each path what its bytes say about the words of now."""
        key = words_key(state.words)
        items: list[Item] = []
        for path in paths:
            before = state.scanned.get(path)
            if before is not None and before.problem is not None:
                continue
            content = before.content if before is not None else self._content(state.tree, path)
            row = self._cache.row(content, key) if content is not None else None
            if row is not None and content is not None and key in row.mentions:
                state.scanned[path] = Scanned(path, content, row.relevant, row.mentions[key])
            else:
                items.append(_item(state.tree, path))
        work = partial(scan, self._job, state.words)
        for seen in in_parallel(self._executor, self._progress, "read", work, items, _size, SCAN_TOGETHER):
            state.scanned[seen.path] = seen
            if seen.problem is None:
                self._cache.scanned(seen.content, seen.relevant, key, seen.mentioned)
                self._remember(state.tree, seen.path, seen.content)

    def _content(self, tree: Tree, path: str) -> bytes | None:
        if path in tree.overlay:
            return content_key(path, tree.overlay[path])
        file = tree.files.get(path)
        return self._cache.content_of(file) if file is not None else None

    def _remember(self, tree: Tree, path: str, content: bytes) -> None:
        if path in tree.files and path not in tree.overlay:
            self._cache.saw(tree.files[path], content)

    def _collect(self, state: _State) -> bool:
        """Have a cell for every file that matters; whether any of them is new."""
        key = words_key(state.words)
        items: list[Item] = []
        due = [seen for seen in state.scanned.values() if _is_due(state, seen)]
        for seen in due:
            state.collected_with[seen.path] = seen.mentioned
            cell: Cell | None = Cell(b"", b"", seen.problem)
            if seen.problem is None:
                row = self._cache.row(seen.content, key)
                cell = row.cells.get(cell_key(seen.mentioned)) if row is not None else None
            if cell is not None:
                state.cells[seen.path] = cell
            else:
                items.append(msgspec.structs.replace(_item(state.tree, seen.path), words=seen.mentioned))
        work = partial(collect, self._job)
        for found in in_parallel(self._executor, self._progress, "parse", work, items, _size, PARSE_TOGETHER):
            state.cells[found.path] = found.cell
            seen = state.scanned[found.path]
            if found.content == seen.content:
                self._cache.collected(seen.content, cell_key(seen.mentioned), found.cell)
            else:  # it changed since it was scanned: good enough for the plan, which won't be written
                state.scanned[found.path] = msgspec.structs.replace(seen, content=found.content)
        return bool(due)


def _is_due(state: _State, seen: Scanned) -> bool:
    matters = seen.relevant or seen.mentioned or seen.problem is not None or seen.path in state.demanded
    return bool(matters) and state.collected_with.get(seen.path) != seen.mentioned


def _findings(state: _State) -> tuple[Finding, ...]:
    # Of the others (vendored, generated) nobody has to mend one that can't be parsed.
    return tuple(
        Finding(cell.problem.code, path, cell.problem.line, 0, cell.problem.message, failed=True)
        for path, cell in sorted(state.cells.items())
        if cell.problem is not None and path in state.tree.files
    )


def _size(item: Item) -> int:
    return item.size


def _item(tree: Tree, path: str) -> Item:
    raw = tree.overlay.get(path)
    if raw is not None:
        return Item(path, len(raw), raw)
    file = tree.files.get(path)
    return Item(path, file.size if file is not None else 0)
