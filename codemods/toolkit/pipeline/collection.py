"""The first half of a run: read, prefilter, parse and collect, until the codemod asks for nothing more.

Two parallel steps.  *Scan* reads every file that the cache doesn't know, and looks at bytes only.  *Collect* parses the
few that matter.  A file is parsed once for the words that it mentions, and no text of a file outlives its turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec

from codemods.toolkit.codemod import AnyCodemod, Finding, Source
from codemods.toolkit.pipeline.cache import Cache, Cell, Problem, Row, digest
from codemods.toolkit.pipeline.discover import File
from codemods.toolkit.pipeline.executors import Executor, chunked
from codemods.toolkit.pipeline.job import Job, content_key, encode, naming, read
from codemods.toolkit.pipeline.source import Unreadable, declares_encoding, decoded, parsed
from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Entry, Project

SCAN_TOGETHER = 8_000_000
PARSE_TOGETHER = 400_000
"""Work of fewer bytes than this is done in one piece: about the 0.1 CPU seconds that a pool costs."""

_UNREAD_TIMES = 8
"""A file this many times larger than the limit is not even read."""

NO_WORDS: frozenset[str] = frozenset()

R = TypeVar("R")


class Progress(Protocol):
    """Told what a run is doing.  One step at a time: `start`, any number of `advance`, `done`."""

    def start(self, label: str, total: int) -> None:
        """A step of `total` files begins."""
        ...

    def advance(self, count: int) -> None:
        """So many files more are finished."""
        ...

    def done(self) -> None:
        """The step is finished."""
        ...


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One file for a worker: where it is, how many bytes it has, its content if that is not the one on disk, and the
    words that it is collected with.
    """

    path: str
    size: int
    raw: bytes | None = None
    words: tuple[str, ...] = ()


class Scanned(msgspec.Struct, frozen=True, array_like=True):
    """What the bytes of a file say: its content key, whether it is relevant, the words that it mentions."""

    path: str
    content: bytes
    relevant: bool
    mentioned: tuple[str, ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a project, on disk or (with `overlay`, path -> bytes) as they would be after a run.

    `files` are looked at, `layout` holds these and the others that can be imported.
    """

    root: str
    files: Mapping[str, File]
    layout: Layout
    overlay: Mapping[str, bytes] = field(default_factory=dict)

    def after(self, overlay: Mapping[str, bytes], deletions: Iterable[str], layout: Layout) -> Tree:
        """The tree as it would be with some files changed and others gone."""
        gone = frozenset(deletions)
        files = {path: file for path, file in self.files.items() if path not in gone} if gone else self.files
        return Tree(self.root, files, layout, overlay)


def problem_of(unreadable: Unreadable) -> Problem:
    """The record of an exception."""
    return Problem(unreadable.code, unreadable.line, unreadable.message)


def content_of(job: Job, item: Item) -> bytes:
    """The bytes of a file.

    Raises:
        Unreadable: TK104 when it is far too large, TK106 when it can't be read.
    """
    if item.raw is not None:
        return item.raw
    if item.size > _UNREAD_TIMES * job.limit:
        raise Unreadable("TK104", 0, f"is too large: {item.size:,} bytes, the limit is {job.limit:,}")
    return read(job.root, item.path)


def scan(job: Job, words: frozenset[str], items: Sequence[Item]) -> list[Scanned]:
    """Look at the bytes of some files (runs in a worker)."""
    search = _Words(words)
    found: list[Scanned] = []
    for item in items:
        try:
            raw = content_of(job, item)
        except Unreadable as unreadable:
            found.append(Scanned(item.path, b"", False, (), problem_of(unreadable)))
            continue
        found.append(scanned(job, search.mentioned, item.path, raw))
    return found


def scanned(job: Job, mentioned: Callable[[bytes], tuple[str, ...]], path: str, raw: bytes) -> Scanned:
    """What the bytes of one file say."""
    body = raw
    if not raw.isascii() and declares_encoding(raw):
        try:
            body = decoded(path, raw).body
        except Unreadable:
            body = raw  # relevant or not: its bytes are the best that there is
    with naming(path):
        relevant = job.codemod.relevant(body, job.config, NO_WORDS)
    return Scanned(path, content_key(path, raw), relevant, mentioned(body))


class _Words:
    """Finds names in bytes: a plain search for each, then a look at what stands around the hits."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = [(word, word.encode()) for word in sorted(words)]

    def mentioned(self, body: bytes) -> tuple[str, ...]:
        return tuple(word for word, plain in self._words if plain in body and _as_word(plain, body))


def words_in(words: frozenset[str]) -> Callable[[bytes], tuple[str, ...]]:
    """A function that gives the names among `words` that a text mentions, as whole identifiers.

    >>> words_in(frozenset({"make", "Manager"}))(b"make(ManagerBase)")
    ('make',)
    """
    return _Words(words).mentioned


def _as_word(word: bytes, body: bytes) -> bool:
    return re.search(rb"(?<![\w\x80-\xff])" + re.escape(word) + rb"(?![\w\x80-\xff])", body) is not None


class Found(msgspec.Struct, frozen=True, array_like=True):
    """What `collect` found in one file; `content` is what it was found in."""

    path: str
    content: bytes
    relevant: bool
    cell: Cell


def collect(job: Job, items: Sequence[Item]) -> list[Found]:
    """Parse some files and collect their names and facts (runs in a worker)."""
    found: list[Found] = []
    for item in items:
        content = b""
        relevant = False
        try:
            raw = content_of(job, item)
            content = content_key(item.path, raw)
            source = decoded(item.path, raw)
            with naming(item.path):
                relevant = job.codemod.relevant(source.body, job.config, NO_WORDS)
            cell = cell_of(job, source, item.words)
        except Unreadable as unreadable:
            cell = Cell(b"", b"", problem_of(unreadable))
        found.append(Found(item.path, content, relevant, cell))
    return found


def cell_of(job: Job, source: Source, words: tuple[str, ...]) -> Cell:
    """The encoded names and facts of one file.

    Raises:
        Unreadable: it can't be parsed, or is nested too deeply to be followed.
    """
    from codemods.toolkit.python.collect_names import module_names

    module = parsed(source, job.limit)
    try:
        with naming(source.path):
            names = module_names(module)
            facts = job.codemod.collect(module, names, job.config, frozenset(words))
    except RecursionError:
        raise Unreadable("TK105", 0, "is nested too deeply to be followed") from None
    return Cell(encode(names), encode(facts))


class Entries(Mapping[str, Entry[Any]]):
    """Entries by path, decoded when they are first asked for: most of a warm project is never looked at."""

    def __init__(self, cells: Mapping[str, Cell], decode: Callable[[str, Cell], Entry[Any]]) -> None:
        self._cells = cells
        self._decode = decode

    def __getitem__(self, path: str) -> Entry[Any]:
        return self._decode(path, self._cells[path])

    def __contains__(self, path: object) -> bool:
        return path in self._cells

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


@dataclass(frozen=True, slots=True)
class Collection:
    """The outcome: the project, the content key of each file, the words, and what could not be processed."""

    project: Project[Any]
    cells: Mapping[str, Cell]
    contents: Mapping[str, bytes]
    words: frozenset[str]
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
        self._scan(state, tree.files)
        self._collect(state)
        while True:
            project = self._project(state)
            words = state.words | codemod.widen(project, self._job.config)
            if words != state.words:
                state.words = words
                # Ends: words come from the project, and a project is only changed by words that one of its files holds.
                self._scan(state, list(state.scanned))
                if self._collect(state):
                    continue
            asked = (codemod.demand(project, self._job.config) & tree.layout.paths) - state.cells.keys()
            if not asked:
                break
            state.demanded |= asked
            self._scan(state, [path for path in asked if path not in state.scanned])
            self._collect(state)
        contents = {path: seen.content for path, seen in state.scanned.items()}
        return Collection(self._project(state), state.cells, contents, state.words, self._findings(state))

    def extended(self, tree: Tree, collection: Collection, paths: Iterable[str]) -> Project[Any]:
        """The collected project, with the names of further files."""
        missing = [path for path in paths if path in tree.layout.paths and path not in collection.cells]
        state = _State(tree, collection.words, set(missing))
        self._scan(state, missing)
        self._collect(state)
        return Project(tree.layout, Entries({**collection.cells, **state.cells}, self._entry))

    def mentioning(self, tree: Tree, paths: Iterable[str], words: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """The files that hold one of these words as an identifier, and which of them they hold."""
        if not words:
            return {}
        state = _State(tree, words)
        self._scan(state, paths)
        return {path: seen.mentioned for path, seen in state.scanned.items() if seen.mentioned}

    def _project(self, state: _State) -> Project[Any]:
        return Project(state.tree.layout, Entries(dict(state.cells), self._entry))

    def _entry(self, path: str, cell: Cell) -> Entry[Any]:
        known = self._decoded.get(id(cell))
        if known is None:
            entry: Entry[Any] = Entry(None, None)
            if cell.problem is None:
                entry = Entry(self._names.decode(cell.names), self._facts.decode(cell.facts))
            known = self._decoded[id(cell)] = (cell, entry)  # the cell stays alive, and with it its id
        return known[1]

    def _findings(self, state: _State) -> tuple[Finding, ...]:
        return tuple(
            Finding(problem.code, path, problem.line, 0, problem.message, failed=True)
            for path, problem in sorted((path, cell.problem) for path, cell in state.cells.items() if cell.problem)
            if path in state.tree.files
        )

    def _scan(self, state: _State, paths: Iterable[str]) -> None:
        """Know of each path what its bytes say about the words of now."""
        words_id = digest(sorted(state.words))
        items: list[Item] = []
        for path in paths:
            before = state.scanned.get(path)
            if before is not None and before.problem is not None:
                continue
            content = before.content if before is not None else self._content(state.tree, path)
            row = self._cache.row(content, words_id) if content is not None else None
            if row is not None and content is not None and words_id in row.mentions:
                state.scanned[path] = Scanned(path, content, row.relevant, row.mentions[words_id])
            else:
                items.append(_item(state.tree, path))
        for seen in self._map("read", partial(scan, self._job, state.words), items, SCAN_TOGETHER):
            state.scanned[seen.path] = seen
            if seen.problem is None:
                self._cache.scanned(seen.content, seen.relevant, words_id, seen.mentioned)
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
        items: list[Item] = []
        new = False
        for path, seen in state.scanned.items():
            if not (seen.relevant or seen.mentioned or path in state.demanded):
                continue
            if state.collected_with.get(path) == seen.mentioned:
                continue
            new = True
            state.collected_with[path] = seen.mentioned
            cell = Cell(b"", b"", seen.problem) if seen.problem is not None else self._cell(state, seen)
            if cell is not None:
                state.cells[path] = cell
            else:
                items.append(msgspec.structs.replace(_item(state.tree, path), words=seen.mentioned))
        for path, seen in state.scanned.items():
            if seen.problem is not None and path not in state.cells:
                state.cells[path] = Cell(b"", b"", seen.problem)
        for found in self._map("parse", partial(collect, self._job), items, PARSE_TOGETHER):
            state.cells[found.path] = found.cell
            seen = state.scanned[found.path]
            if found.content == seen.content:
                self._cache.collected(seen.content, cell_name(seen.mentioned), found.cell)
            else:  # it changed since it was scanned: what was found holds for this run, and is not remembered
                state.scanned[found.path] = Scanned(found.path, found.content, found.relevant, seen.mentioned)
        return new

    def _cell(self, state: _State, seen: Scanned) -> Cell | None:
        row: Row | None = self._cache.row(seen.content, digest(sorted(state.words)))
        return row.cells.get(cell_name(seen.mentioned)) if row is not None else None

    def _map(
        self, label: str, function: Callable[[Sequence[Item]], list[R]], items: Sequence[Item], least: int
    ) -> Iterator[R]:
        yield from in_parallel(self._executor, self._progress, label, function, items, lambda item: item.size, least)


T = TypeVar("T")


def in_parallel(
    executor: Executor,
    progress: Progress,
    label: str,
    function: Callable[[Sequence[T]], list[R]],
    items: Sequence[T],
    weigh: Callable[[T], int],
    least: int,
) -> Iterator[R]:
    """The results of a function over chunks of items, with progress; nothing at all when there are none."""
    if not items:
        return
    progress.start(label, len(items))
    try:
        for results in executor.map(function, chunked(items, weigh, executor.jobs, least)):
            progress.advance(len(results))
            yield from results
    finally:
        progress.done()


def cell_name(words: Sequence[str]) -> str:
    """What a cell is known by among the cells of one content: the words that it was collected with."""
    return "\n".join(words)


def _item(tree: Tree, path: str) -> Item:
    raw = tree.overlay.get(path)
    if raw is not None:
        return Item(path, len(raw), raw)
    file = tree.files.get(path)
    return Item(path, file.size if file is not None else 0)
