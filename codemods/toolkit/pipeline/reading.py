"""What workers do with files: look at their bytes (`scan`), and parse the few that matter (`collect`).

Both are pure functions of a job and some files, and give records: no text and no tree outlives its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.cache import Cell, Problem
from codemods.toolkit.pipeline.job import Job, Stamp, content_key, encode, naming, read_with_stamp
from codemods.toolkit.pipeline.source import Unreadable, declares_encoding, decoded, outlined, parsed
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.words import as_identifiers

_UNREAD_TIMES = 8
"""A file this many times larger than the limit is not even read."""

NO_WORDS: frozenset[str] = frozenset()

NAMES_ONLY = "*"
"""In place of words: what a cell without facts is known by."""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One file for a worker: where it is, its size in bytes, and the words to search in it or to collect it with.

    `raw` is its content when that is not the one on disk, `relevant` whether the codemod has a use for it, if known.
    With `names_only` no facts are collected.  While the file has the stamp in `seen`, the content key there is its own.
    """

    path: str
    size: int
    words: tuple[str, ...] = ()
    raw: bytes | None = None
    relevant: bool | None = None
    names_only: bool = False
    seen: tuple[Stamp, bytes] | None = None


class Scanned(msgspec.Struct, frozen=True, array_like=True):
    """What the bytes of a file say: its content key, whether it is relevant, which of the asked words it mentions.

    `marks` are only there where it wasn't known before whether it is relevant.
    """

    path: str
    content: bytes
    relevant: bool
    mentioned: tuple[str, ...]
    problem: Problem | None = None
    marks: tuple[str, ...] = ()


class Parsed(msgspec.Struct, frozen=True, array_like=True):
    """What was collected in one file; `content` says in which of its versions ("" when it could not be read)."""

    path: str
    content: bytes
    cell: Cell


class Known(msgspec.Struct, frozen=True, array_like=True):
    """All that `scan` and `collect` find out about one content; `cells` go by `cell_key`."""

    relevant: bool
    mentioned: tuple[str, ...]
    cells: dict[str, Cell]
    marks: tuple[str, ...] = ()


def cell_key(words: Sequence[str]) -> str:
    """What a cell is known by among the cells of one content: the words that it was collected with."""
    return "\n".join(words)


def problem_of(unreadable: Unreadable) -> Problem:
    """The record of an exception."""
    return Problem(unreadable.code, unreadable.line, unreadable.message)


def words_in(words: frozenset[str]) -> Callable[[bytes], tuple[str, ...]]:
    """A function that gives the names among `words` that a text mentions as whole identifiers, sorted.

    >>> words_in(frozenset({"make", "Manager"}))(b"make(ManagerBase)")
    ('make',)
    """
    plain = [(word, word.encode()) for word in sorted(words)]
    # The plain search is 20 times as fast as the pattern, and mostly finds nothing.
    return lambda body: tuple(word for word, letters in plain if letters in body and _as_word(letters, body))


def _as_word(letters: bytes, body: bytes) -> bool:
    return as_identifiers([letters.decode()]).search(body) is not None


def _content(job: Job, item: Item) -> tuple[bytes, bytes]:
    """The bytes of a file, and its content key."""
    if item.raw is not None:
        return item.raw, content_key(item.path, item.raw)
    if item.size > _UNREAD_TIMES * job.limit:
        raise Unreadable("TK104", 0, f"is too large: {item.size:,} bytes, the limit is {job.limit:,}")
    raw, stamp = read_with_stamp(job.root, item.path, item.size)
    if item.seen is not None and item.seen[0] == stamp:
        return raw, item.seen[1]
    return raw, content_key(item.path, raw)


def scan(job: Job, items: Sequence[Item]) -> list[Scanned]:
    """Look at the bytes of some files."""
    searches = {words: words_in(frozenset(words)) for words in {item.words for item in items}}
    found: list[Scanned] = []
    for item in items:
        try:
            raw, content = _content(job, item)
        except Unreadable as unreadable:
            found.append(Scanned(item.path, b"", False, (), problem_of(unreadable)))
        else:
            body = _text(item.path, raw)
            relevant, marks = _said(job, item.path, body) if item.relevant is None else (item.relevant, ())
            mentioned = searches[item.words](body)
            found.append(Scanned(item.path, content, relevant, mentioned, None, marks))
    return found


def _text(path: str, raw: bytes) -> bytes:
    """The text of a file as UTF-8, or its bytes when they are no text: they may matter all the same."""
    if raw.isascii() or not declares_encoding(raw):
        return raw
    try:
        return decoded(path, raw).body
    except Unreadable:
        return raw


def _said(job: Job, path: str, body: bytes) -> tuple[bool, tuple[str, ...]]:
    """What the codemod says of a text: whether it has a use for it, and its marks."""
    with naming(path):
        return job.codemod.relevant(body, job.config, NO_WORDS), job.codemod.marks(body)


def collect(job: Job, items: Sequence[Item]) -> list[Parsed]:
    """Parse some files and collect their names and facts, each with its words."""
    found: list[Parsed] = []
    for item in items:
        content = b""
        try:
            raw, content = _content(job, item)
            (cell,) = _collected(job, decoded(item.path, raw), _asked(item)).values()
        except Unreadable as unreadable:
            cell = Cell(b"", b"", problem_of(unreadable))
        found.append(Parsed(item.path, content, cell))
    return found


def _asked(item: Item) -> tuple[tuple[str, ...], ...]:
    return () if item.names_only else (item.words,)


def _collected(job: Job, source: Source, several_words: Sequence[tuple[str, ...]]) -> dict[str, Cell]:
    if job.codemod.outlined:
        # A text that was misread, which hardly ever happens, leaves half a string or a bracket: it is parsed as it is.
        with suppress(SyntaxError):
            return cells_of(job, outlined(source, job.limit), several_words)
    return cells_of(job, parsed(source, job.limit), several_words)


def cells_of(job: Job, module: Module, several_words: Sequence[tuple[str, ...]]) -> dict[str, Cell]:
    """The encoded names and facts of one module, for each of these words; without any of them the names alone.

    Raises:
        Unreadable: TK105 when it is nested too deeply to be followed.
    """
    from codemods.toolkit.python.collect_names import module_names

    try:
        with naming(module.source.path):
            names = module_names(module)
            encoded_names = encode(names)
            facts = {
                cell_key(words): job.codemod.collect(module, names, job.config, frozenset(words))
                for words in several_words
            }
    except RecursionError:
        raise Unreadable("TK105", 0, "is nested too deeply to be followed") from None
    if not facts:
        return {NAMES_ONLY: Cell(encoded_names, b"")}
    return {key: Cell(encoded_names, encode(found)) for key, found in facts.items()}


def known_of(job: Job, module: Module, words: frozenset[str]) -> Known:
    """All that will be asked about a parsed module by a collection that looks for these words.

    Raises:
        Unreadable: TK105 when it is nested too deeply to be followed.
    """
    source: Source = module.source
    relevant, marks = _said(job, source.path, source.body)
    mentioned = words_in(words)(source.body)
    asked = (mentioned,) if mentioned or relevant else ()
    return Known(relevant, mentioned, cells_of(job, module, asked), marks)
