"""The first half of a run: read, prefilter, parse and collect, until the codemod asks for nothing more.

Two parallel steps.  *Scan* reads the files that the cache doesn't know, and looks at bytes only.  *Collect* parses the
few that matter, each once for the words that it mentions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import msgspec

from codemods.toolkit.codemod import Finding
from codemods.toolkit.pipeline.cache import Cache, Cell, Row
from codemods.toolkit.pipeline.discover import NEW_FILE_MODE, File
from codemods.toolkit.pipeline.executors import Executor, Progress, in_parallel
from codemods.toolkit.pipeline.job import Job, content_key
from codemods.toolkit.pipeline.reading import NAMES_ONLY, NO_WORDS, Item, Scanned, cell_key, collect, scan
from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Entry, Project
from codemods.toolkit.python.remembered import Remembered

SCAN_TOGETHER = 8_000_000
PARSE_TOGETHER = 400_000
"""Work of fewer bytes than this is done in one piece: about the 0.1 CPU seconds that a pool costs."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a project, on disk or (with `overlay`, path -> bytes) as they would be after a run.

    `files` are looked at, `layout` holds these and the others that can be imported.  `settings` and `inputs` are those
    of `Project`.
    """

    root: str
    files: Mapping[str, File]
    layout: Layout
    overlay: Mapping[str, bytes] = field(default_factory=dict)
    settings: Mapping[str, bytes] = field(default_factory=dict)
    inputs: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)

    def after(self, overlay: Mapping[str, bytes], layout: Layout) -> Tree:
        """The tree as it would be with some files changed or new, and those gone that `layout` lacks."""
        files = self.files
        if layout is not self.layout:
            files = {path: file for path, file in files.items() if path in layout.paths}
            files |= {path: _new_file(path, raw) for path, raw in overlay.items() if path not in files}
        return replace(self, files=files, layout=layout, overlay=overlay)


def _new_file(path: str, raw: bytes) -> File:
    return File(path, len(raw), 0, 0, 0, NEW_FILE_MODE)


class Entries(Mapping[str, Entry[Any]]):
    """Entries by path, decoded when they are first asked for: most of a warm project is never looked at."""

    def __init__(self, cells: Mapping[str, Cell], decode: Callable[[Cell], Entry[Any]]) -> None:
        self._cells = cells
        self._decode = decode
        self._entries: dict[str, Entry[Any]] = {}

    def __getitem__(self, path: str) -> Entry[Any]:
        entry = self._entries.get(path)
        if entry is None:
            entry = self._entries[path] = self._decode(self._cells[path])
        return entry

    def __contains__(self, path: object) -> bool:
        return path in self._cells

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a codemod asks for: words in all files (`widen`), further files (`demand`), words by file (`again`)."""

    words: frozenset[str] = NO_WORDS
    files: frozenset[str] = frozenset()
    again: Mapping[str, frozenset[str]] = field(default_factory=dict)


NOTHING = Asked()


@dataclass(frozen=True, slots=True)
class Collection:
    """The outcome of collecting a tree.

    `cells` and `contents` are what was collected of each file, and in which content.  `asked` is what the codemod
    asked for on the way.  `findings` are files that could not be processed.
    """

    project: Project[Any]
    cells: Mapping[str, Cell]
    contents: Mapping[str, bytes]
    asked: Asked
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _State:
    """One collection on its way.  With `names_only` it does without facts."""

    tree: Tree
    words: frozenset[str] = NO_WORDS
    demanded: set[str] = field(default_factory=set)
    again: dict[str, frozenset[str]] = field(default_factory=dict)
    scanned: dict[str, Scanned] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    known: int = 0
    answered: dict[str, int] = field(default_factory=dict)
    collected_with: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names_only: bool = False


class Collector:
    """Collects trees for one codemod; what it found in a content is found again in the next tree."""

    def __init__(self, job: Job, cache: Cache, executor: Executor, progress: Progress) -> None:
        self._job = job
        self._cache = cache
        self._executor = executor
        self._progress = progress
        self._names = msgspec.msgpack.Decoder(ModuleNames)
        self._facts: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(job.codemod.facts)
        self._read: dict[str, bytes] = {}
        self._decoded: dict[int, tuple[Cell, Entry[Any]]] = {}
        self._marks: dict[str, tuple[str, ...]] = {}
        self._remembered = Remembered()

    def contents(self, tree: Tree) -> dict[str, bytes]:
        """The content key of every file that could be read (reads those that the cache doesn't know)."""
        state = _State(tree)
        if any(self._content(tree, path) is None for path in tree.files):
            self._scan(state, tree.files)
        return {path: self._read[path] for path in tree.files if path in self._read}

    def collect(self, tree: Tree, known: Asked = NOTHING) -> Collection:
        """Collect what is relevant, what mentions a word that `widen` finds, what `demand` and `again` ask for.

        `known` is what was asked for in a tree that hardly differs.  It is given from the start, and the codemod asks
        once where it would ask round by round; more than it needs makes no difference to it (see `Codemod.demand`).
        """
        state = _State(tree, known.words, set(known.files & tree.layout.paths), dict(known.again))
        everywhere = self._job.codemod.everywhere
        if callable(everywhere):
            everywhere = everywhere(self._job.config)
        self._scan(state, sorted(tree.layout.paths) if everywhere else tree.files)
        self._scan(state, sorted(state.demanded - state.scanned.keys()))
        self._collect(state)
        # Words come last: to look for them, every file is read once more.
        while self._demanded(state) or self._asked_again(state) or self._widened(state):
            pass
        contents = {path: seen.content for path, seen in state.scanned.items()}
        project = self._project(state)
        asked = Asked(state.words, frozenset(state.demanded), state.again)
        return Collection(project, state.cells, contents, asked, _findings(state))

    def _widened(self, state: _State) -> bool:
        """Look for the words that the codemod has found by now; whether that brought anything new.

        This comes to an end: words come from the project, and a word that no file holds doesn't change it.
        """
        if state.answered.get("widen") == state.known:
            return False
        found = self._job.codemod.widen(self._project(state), self._job.config)
        if found <= state.words:
            state.answered["widen"] = state.known
            return False
        state.words |= found
        self._scan(state, list(state.scanned))
        return self._collect(state)

    def _demanded(self, state: _State) -> bool:
        """Collect what the codemod asks for, until it asks for nothing more; whether there was anything."""
        any_asked = False
        while state.answered.get("demand") != state.known:
            asked = self._job.codemod.demand(self._project(state), self._job.config)
            asked = (asked & state.tree.layout.paths) - state.cells.keys()
            if not asked:
                state.answered["demand"] = state.known
                break
            any_asked = True
            state.demanded |= asked
            self._scan(state, sorted(asked - state.scanned.keys()))
            self._collect(state)
        return any_asked

    def _asked_again(self, state: _State) -> bool:
        """Collect the files that the codemod wants a closer look at; whether there were any."""
        found = self._job.codemod.again(self._project(state), self._job.config)
        new = {path: words for path, words in found.items() if not words <= state.again.get(path, NO_WORDS)}
        for path, words in new.items():
            state.again[path] = state.again.get(path, NO_WORDS) | words
        return self._collect(state) if new else False

    def extended(self, tree: Tree, collection: Collection, paths: Iterable[str]) -> Project[Any]:
        """The collected project, with the names of further files."""
        missing = {path for path in paths if path in tree.layout.paths and path not in collection.cells}
        state = _State(tree, collection.asked.words, missing, names_only=True)
        self._scan(state, sorted(missing))
        self._collect(state)
        entries = self._entries({**collection.cells, **state.cells})
        return replace(collection.project, entries=entries)

    def mentioning(self, tree: Tree, paths: Iterable[str], words: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """The files that hold one of these words as an identifier, and which of them they hold."""
        if not words:
            return {}
        state = _State(tree, words)
        self._scan(state, paths)
        return {path: seen.mentioned for path, seen in state.scanned.items() if seen.mentioned}

    def _project(self, state: _State) -> Project[Any]:
        marks = {path: seen.marks for path, seen in state.scanned.items() if seen.marks}
        if marks != self._marks:  # else it is the same mapping in every round: `Told` is looked up thousands of times
            self._marks = marks
        tree = state.tree
        return Project(
            tree.layout, self._entries(state.cells), self._marks, tree.settings, tree.inputs, self._remembered
        )

    def _entries(self, cells: Mapping[str, Cell]) -> Entries:
        return Entries(dict(sorted(cells.items())), self._entry)

    def _entry(self, cell: Cell) -> Entry[Any]:
        known = self._decoded.get(id(cell))
        if known is None:
            entry: Entry[Any] = Entry(None, None)
            if cell.problem is None:
                facts = self._facts.decode(cell.facts) if cell.facts else None
                entry = Entry(self._names.decode(cell.names), facts)
            known = self._decoded[id(cell)] = (cell, entry)  # the cell stays alive, and with it its id
        return known[1]

    def _scan(self, state: _State, paths: Iterable[str]) -> None:
        """Know of each path what its bytes say about the words of now."""
        items: list[Item] = []
        for path in paths:
            content = self._content(state.tree, path)
            row = self._cache.row(content) if content is not None else None
            missing = self._cache.unsearched(row, state.words) if row is not None else state.words
            if row is not None and content is not None and not missing:
                state.scanned[path] = _seen(path, content, row, state.words)
            elif path not in state.scanned or state.scanned[path].problem is None:
                item = self._item(state.tree, path, tuple(sorted(missing)))
                items.append(msgspec.structs.replace(item, relevant=row.relevant) if row is not None else item)
        asked = {item.path: frozenset(item.words) for item in items}
        work = partial(scan, self._job)
        for found in in_parallel(self._executor, self._progress, "read", work, items, _size, SCAN_TOGETHER):
            state.scanned[found.path] = found
            if found.problem is None:
                words = asked[found.path]
                row = self._cache.scanned(found.content, found.relevant, words, found.mentioned, found.marks)
                state.scanned[found.path] = _seen(found.path, found.content, row, state.words)
                self._remember(state.tree, found.path, found.content)

    def _content(self, tree: Tree, path: str) -> bytes | None:
        if path in tree.overlay:
            return content_key(path, tree.overlay[path])
        if path not in self._read and path in tree.files:
            content = self._cache.content_of(tree.files[path])
            if content is not None:
                self._read[path] = content
        return self._read.get(path)

    def _item(self, tree: Tree, path: str, words: tuple[str, ...]) -> Item:
        raw = tree.overlay.get(path)
        if raw is not None:
            return Item(path, len(raw), words, raw)
        file = tree.files.get(path)
        if file is None:
            return Item(path, 0, words)
        stamp, content = self._cache.stamp_of(path), self._read.get(path)
        seen = (stamp, content) if stamp is not None and content is not None else None
        return Item(path, file.size, words, seen=seen)

    def _remember(self, tree: Tree, path: str, content: bytes) -> None:
        if path not in tree.overlay:
            self._read[path] = content
            if path in tree.files:
                self._cache.saw(tree.files[path], content)

    def _collect(self, state: _State) -> bool:
        """Have a cell for every file that matters; whether any of them is new."""
        items: list[Item] = []
        due = [seen for seen in state.scanned.values() if _is_due(state, seen)]
        for seen in due:
            words = state.collected_with[seen.path] = _words(state, seen)
            cell: Cell | None = Cell(b"", b"", seen.problem)
            if seen.problem is None:
                row = self._cache.row(seen.content)
                cell = _known_cell(state, row, words) if row is not None else None
            if cell is not None:
                state.cells[seen.path] = cell
            else:
                item = self._item(state.tree, seen.path, words)
                items.append(msgspec.structs.replace(item, names_only=state.names_only))
        work = partial(collect, self._job)
        together = PARSE_TOGETHER // self._job.codemod.effort
        for found in in_parallel(self._executor, self._progress, "parse", work, items, _size, together):
            state.cells[found.path] = found.cell
            seen = state.scanned[found.path]
            if found.content == seen.content:
                key = NAMES_ONLY if state.names_only else cell_key(_words(state, seen))
                self._cache.collected(seen.content, key, found.cell)
            else:  # it changed since it was scanned: the plan is made for what it is now
                state.scanned[found.path] = msgspec.structs.replace(seen, content=found.content)
        state.known += bool(due)
        return bool(due)


def _known_cell(state: _State, row: Row, words: tuple[str, ...]) -> Cell | None:
    """What was collected of a content.  Its names are the same whatever the words."""
    if state.names_only and row.cells:
        return next(iter(row.cells.values()))
    return row.cells.get(cell_key(words))


def _is_due(state: _State, seen: Scanned) -> bool:
    matters = seen.relevant or seen.mentioned or seen.problem is not None or seen.path in state.demanded
    return bool(matters) and state.collected_with.get(seen.path) != _words(state, seen)


def _words(state: _State, seen: Scanned) -> tuple[str, ...]:
    """The words that a file is collected with."""
    return tuple(sorted({*seen.mentioned, *state.again.get(seen.path, ())}))


def _findings(state: _State) -> tuple[Finding, ...]:
    # Of the others (vendored, generated) nobody has to mend one that can't be parsed.
    return tuple(
        Finding(cell.problem.code, path, cell.problem.line, 0, cell.problem.message, failed=True)
        for path, cell in sorted(state.cells.items())
        if cell.problem is not None and path in state.tree.files
    )


def _size(item: Item) -> int:
    return item.size


def _seen(path: str, content: bytes, row: Row, words: frozenset[str]) -> Scanned:
    return Scanned(path, content, row.relevant, tuple(sorted(row.mentioned & words)), None, row.marks)
