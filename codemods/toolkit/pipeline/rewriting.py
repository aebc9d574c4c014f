"""The second parallel step: the edits of each file in the plan, and whether they break the file.

An outcome is a function of the file's bytes and its part of the plan, so it is remembered: a warm run parses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.pipeline.cache import Cache, Problem, digest
from codemods.toolkit.pipeline.collection import Collection, Tree
from codemods.toolkit.pipeline.executors import Executor, Progress, in_parallel
from codemods.toolkit.pipeline.job import Job, content_key, encode, naming, read
from codemods.toolkit.pipeline.reading import Known, known_of, problem_of
from codemods.toolkit.pipeline.result import Breakage
from codemods.toolkit.pipeline.source import Unreadable, decoded, encoded, parsed, spliced

_TOGETHER = 60_000
"""Files of fewer bytes than this are rewritten in one piece: LibCST takes about 0.1 CPU seconds for them."""


class Order(msgspec.Struct, frozen=True, array_like=True):
    """One file to rewrite: what its content was when the plan was made, its encoded part, its size in bytes.

    `kept` are names that other files import from it, `words` are what its text after is searched for.  `raw` is its
    content when that is not the one on disk.
    """

    path: str
    content: bytes
    part: bytes
    size: int
    kept: tuple[str, ...]
    words: frozenset[str]
    raw: bytes | None = None


class Rewritten(msgspec.Struct, frozen=True, array_like=True):
    """The edits of one file (none when its bytes stay the same), what they would break, or why there are none."""

    path: str
    edits: tuple[Edit, ...]
    breakages: tuple[Breakage, ...] = ()
    problem: Problem | None = None


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What a worker sends back: the edits, and what is known of the text after them, as it was parsed anyway."""

    rewritten: Rewritten
    content: bytes = b""
    known: Known | None = None


RUN_FAILURES = frozenset({"TK106", "TK207"})
"""What says something of this run, and nothing of the content or the change."""

CHANGED_MEANWHILE = Problem("TK207", 0, "changed while the codemod ran")


def rewrite(job: Job, items: Sequence[Order]) -> list[Outcome]:
    """Rewrite some files (runs in a worker)."""
    part: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(job.codemod.part)
    return [_outcome(job, item, part.decode(item.part)) for item in items]


def _outcome(job: Job, item: Order, part: object) -> Outcome:
    try:
        raw = item.raw if item.raw is not None else read(job.root, item.path)
        if content_key(item.path, raw) != item.content:
            return _failed(item, CHANGED_MEANWHILE)
        before = decoded(item.path, raw)
        with naming(item.path):
            edits = tuple(job.codemod.rewrite(before, part))
        after = encoded(before, _spliced(before.body, edits))
        if after == raw:
            return Outcome(Rewritten(item.path, ()))
        return _verified(job, item, before, edits, after)
    except Unreadable as unreadable:
        return _failed(item, problem_of(unreadable))
    except RecursionError:
        return _failed(item, Problem("TK105", 0, "is nested too deeply to be rewritten"))


def _failed(item: Order, problem: Problem) -> Outcome:
    return Outcome(Rewritten(item.path, (), (), problem))


def _verified(job: Job, item: Order, before: Source, edits: tuple[Edit, ...], raw: bytes) -> Outcome:
    from codemods.toolkit.pipeline.verify import file_breakages

    after = decoded(item.path, raw)
    try:
        module = parsed(after, len(after.body))
    except Unreadable as unreadable:
        # Verification says so in its own words, unless the text before couldn't be parsed either.
        broken = file_breakages(before, after, frozenset(item.kept))
        return Outcome(Rewritten(item.path, edits, broken)) if broken else _failed(item, problem_of(unreadable))
    broken = file_breakages(before, after, frozenset(item.kept), module)
    # A codemod that gets outlines has no use for the whole tree.
    known = None if broken or job.codemod.outlined else known_of(job, module, item.words)
    return Outcome(Rewritten(item.path, edits, broken), content_key(item.path, raw), known)


def _spliced(body: bytes, edits: tuple[Edit, ...]) -> bytes:
    try:
        return spliced(body, edits)
    except ValueError as conflict:
        raise Unreadable("TK205", 0, f"its edits contradict each other: {conflict}") from None


class Rewriter:
    """Rewrites the files of a plan, and remembers what came out."""

    def __init__(self, job: Job, cache: Cache, executor: Executor, progress: Progress) -> None:
        self._job = job
        self._cache = cache
        self._executor = executor
        self._progress = progress
        self._rewritten = msgspec.msgpack.Decoder(Rewritten)

    def rewrite(self, tree: Tree, collection: Collection, parts: Mapping[str, object]) -> dict[str, Rewritten]:
        """The outcome for each file in `parts`, in their order."""
        from codemods.toolkit.python.unused import names_for_others

        kept = names_for_others(collection.project, parts.keys())
        outcomes: dict[str, Rewritten] = {}
        orders: list[Order] = []
        keys: dict[str, bytes] = {}
        for path, part in sorted(parts.items()):
            order = _order(tree, path, collection, encode(part), kept.get(path, frozenset()))
            keys[path] = digest("rewrite", order.content, order.part, order.kept)
            memo = self._cache.memo(keys[path])
            if memo is not None:
                outcomes[path] = self._rewritten.decode(memo)
            else:
                orders.append(order)
        work = partial(rewrite, self._job)
        together = _TOGETHER // self._job.codemod.effort
        for outcome in in_parallel(self._executor, self._progress, "rewrite", work, orders, _size, together):
            rewritten = outcomes[outcome.rewritten.path] = outcome.rewritten
            if rewritten.problem is None or rewritten.problem.code not in RUN_FAILURES:
                self._cache.memorise(keys[rewritten.path], encode(rewritten))
            if outcome.known is not None:
                known = outcome.known
                words = collection.asked.words
                self._cache.scanned(outcome.content, known.relevant, words, known.mentioned, known.marks)
                for key, cell in known.cells.items():
                    self._cache.collected(outcome.content, key, cell)
        return {path: outcomes[path] for path in keys}


def _size(order: Order) -> int:
    return order.size


def _order(tree: Tree, path: str, collection: Collection, part: bytes, kept: frozenset[str]) -> Order:
    raw = tree.overlay.get(path)
    size = len(raw) if raw is not None else tree.files[path].size
    return Order(path, collection.contents[path], part, size, tuple(sorted(kept)), collection.asked.words, raw)
