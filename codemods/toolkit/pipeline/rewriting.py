"""The second parallel step: the edits of each file in the plan, and whether they break the file.

An outcome is a function of the file's bytes and its part of the plan, so it is remembered: a warm run parses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from codemods.toolkit.codemod import Edit
from codemods.toolkit.pipeline.cache import Cache, Problem, digest
from codemods.toolkit.pipeline.collection import Collection, Progress, Tree, in_parallel, problem_of
from codemods.toolkit.pipeline.executors import Executor
from codemods.toolkit.pipeline.job import Job, content_key, encode, naming, read
from codemods.toolkit.pipeline.result import Breakage
from codemods.toolkit.pipeline.source import Unreadable, decoded, encoded, spliced

_TOGETHER = 60_000
"""Files of fewer bytes than this are rewritten in one piece: LibCST takes about 0.1 CPU seconds for them."""


class Order(msgspec.Struct, frozen=True, array_like=True):
    """One file to rewrite: what its content was when the plan was made, its encoded part, its size in bytes.

    `kept` are names that other files import from it.  `raw` is its content when that is not the one on disk.
    """

    path: str
    content: bytes
    part: bytes
    size: int
    kept: tuple[str, ...] = ()
    raw: bytes | None = None


class Rewritten(msgspec.Struct, frozen=True, array_like=True):
    """The edits of one file (none when its bytes stay the same), what they would break, or why there are none."""

    path: str
    edits: tuple[Edit, ...]
    breakages: tuple[Breakage, ...] = ()
    problem: Problem | None = None


CHANGED_MEANWHILE = Problem("TK207", 0, "changed while the codemod ran")


def rewrite(job: Job, items: Sequence[Order]) -> list[Rewritten]:
    """Rewrite some files (runs in a worker)."""
    part: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(job.codemod.part)
    return [_rewritten(job, item, part.decode(item.part)) for item in items]


def _rewritten(job: Job, item: Order, part: object) -> Rewritten:
    from codemods.toolkit.pipeline.verify import file_breakages

    try:
        raw = item.raw if item.raw is not None else read(job.root, item.path)
        if content_key(item.path, raw) != item.content:
            return Rewritten(item.path, (), (), CHANGED_MEANWHILE)
        source = decoded(item.path, raw)
        with naming(item.path):
            edits = tuple(job.codemod.rewrite(source, part))
        after = encoded(source, _spliced(source.body, edits))
        if after == raw:
            return Rewritten(item.path, ())
        return Rewritten(item.path, edits, file_breakages(source, decoded(item.path, after), frozenset(item.kept)))
    except Unreadable as unreadable:
        return Rewritten(item.path, (), (), problem_of(unreadable))
    except RecursionError:
        return Rewritten(item.path, (), (), Problem("TK105", 0, "is nested too deeply to be rewritten"))


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
        self._outcome = msgspec.msgpack.Decoder(Rewritten)

    def rewrite(self, tree: Tree, collection: Collection, parts: Mapping[str, object]) -> dict[str, Rewritten]:
        """The outcome for each file in `parts`, in their order."""
        from codemods.toolkit.python.unused import names_for_others

        kept = names_for_others(collection.project, parts.keys())
        outcomes: dict[str, Rewritten] = {}
        orders: list[Order] = []
        keys: dict[str, bytes] = {}
        for path, part in sorted(parts.items()):
            order = _order(tree, path, collection.contents[path], encode(part), kept.get(path, frozenset()))
            keys[path] = digest("rewrite", order.content, order.part, order.kept)
            known = self._cache.memo(keys[path])
            if known is not None:
                outcomes[path] = self._outcome.decode(known)
            else:
                orders.append(order)
        work = partial(rewrite, self._job)
        for outcome in in_parallel(
            self._executor, self._progress, "rewrite", work, orders, lambda order: order.size, _TOGETHER
        ):
            outcomes[outcome.path] = outcome
            if outcome.problem is None or outcome.problem.code not in {
                "TK106",
                "TK207",
            }:  # these are no fact of content
                self._cache.memorise(keys[outcome.path], encode(outcome))
        return {path: outcomes[path] for path in keys}


def _order(tree: Tree, path: str, content: bytes, part: bytes, kept: frozenset[str]) -> Order:
    raw = tree.overlay.get(path)
    size = len(raw) if raw is not None else tree.files[path].size
    return Order(path, content, part, size, tuple(sorted(kept)), raw)
