"""What is remembered between runs of one codemod over one project: scans, facts, edits, and the whole result.

Everything in it is a function of content: a key holds the bytes of a file (or of the whole tree), the codemod, its
configuration and the code of this package.  A cache that is missing, broken or out of date costs time and nothing else.
One folder per project under the user's cache folder, never inside the project:

- `stat`: which content a path had at which size, times and inode, so that unchanged files are not read.
- `<key of the codemod>.rows`: scans, facts and edits by content.
- `<key of the codemod>.result`: the result of the last run, by the content of the whole tree.

Each file is replaced as a whole, so that runs at the same time don't see half of one; the last one wins.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import TypeVar

import msgspec

from codemods import __version__
from codemods.toolkit.codemod import AnyCodemod
from codemods.toolkit.pipeline.discover import File
from codemods.toolkit.pipeline.job import Stamp, encode

FORMAT = 3
"""Goes up when the records below change, or what a content is known by (`job.content_key`)."""

RACY_NS = 2_000_000_000
"""A file written less than this (2 s, the time step of FAT) before it was looked at may change once more within the
same time stamp, as in git's index: its stat is not trusted."""

_ENGINES = ("libcst", "rope", "bowler", "fissix")
_KEPT_UNUSED = 4
_KEPT_CODEMODS = 16
_KEPT_DAYS = 30
_DIGEST = 16

T = TypeVar("T")


class Problem(msgspec.Struct, frozen=True, array_like=True):
    """Why a file can't be processed: a toolkit code, the line (0 for the whole file), a message."""

    code: str
    line: int
    message: str


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """What was collected of one file for certain words: encoded names and facts, or the reason why there are none."""

    names: bytes
    facts: bytes
    problem: Problem | None = None


class Row(msgspec.Struct, array_like=True):
    """All that is known of one content.

    `relevant` is what the codemod says of its bytes.  `mentioned` are the words that it holds, of all that were
    searched in it: number `searched` of the sets of the cache.  `cells` go by the words that were given to `collect`.
    `marks` are what the codemod saw in its bytes.  `age` counts the runs that didn't use it.
    """

    relevant: bool
    mentioned: frozenset[str] = frozenset()
    searched: int = 0
    cells: dict[str, Cell] = {}
    marks: tuple[str, ...] = ()
    age: int = 0


class Memo(msgspec.Struct, array_like=True):
    """A remembered result, and for how many runs it was not used."""

    value: bytes
    age: int = 0


class _Rows(msgspec.Struct, array_like=True):
    """The sets of words stand in a list of their own: ten thousand rows share a handful."""

    rows: dict[bytes, Row] = {}
    memos: dict[bytes, Memo] = {}
    searches: list[frozenset[str]] = msgspec.field(default_factory=lambda: [frozenset()])


class _Stats(msgspec.Struct, array_like=True):
    files: dict[str, tuple[int, int, int, int, bytes]]
    format: int = 0


class _Whole(msgspec.Struct, array_like=True):
    tree: bytes
    result: bytes


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """The folder for all projects: `$CODEMODS_CACHE_DIR`, else the platform's; None when there is no home folder."""
    chosen = environment.get("CODEMODS_CACHE_DIR")
    if chosen:
        return Path(chosen)
    home = Path(environment.get("HOME") or os.path.expanduser("~"))
    if platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        # A relative path in XDG_CACHE_HOME is to be ignored, says the specification.
        xdg = environment.get("XDG_CACHE_HOME", "")
        base = Path(xdg) if os.path.isabs(xdg) else home / ".cache"
    return base / "codemods" if base.is_absolute() else None


def digest(*values: object) -> bytes:
    """128 bits over records, the same for the same values on every machine."""
    return blake2b(encode(values), digest_size=_DIGEST).digest()


def codemod_key(codemod: AnyCodemod, config: object, *more: object) -> str:
    """What the results of a codemod depend on besides the files, as a file name.

    The code itself belongs to it (size and time of each file of this package and of the codemod's own): a version
    number doesn't change while somebody works on a codemod.  So do the libraries that plan and rewrite, by their first
    file, which comes anew with each version.  Its own are the packages of its functions and of its
    configuration; where its functions are the toolkit's (`codemod_of_uses`), that is the one place that tells whose
    they are.
    """
    python = sys.version_info[:2]
    parts = (getattr(codemod, name) for name in codemod.__dataclass_fields__)
    functions = (part.__module__ for part in parts if isinstance(part, FunctionType))
    modules = {"codemods", codemod.config.__module__, *functions}
    code = sorted({*_code_of(modules), *_code_of_engines()})
    return digest(FORMAT, codemod.name, __version__, python, encode(config), code, more).hex()


def _code_of(modules: Iterable[str]) -> list[tuple[str, int, int]]:
    """The files of the packages that modules are in; of a module at the top level that one alone."""
    return [each for place in _outermost(_places_of(modules)) for each in _code_in(place)]


def _code_of_engines() -> Iterator[tuple[str, int, int]]:
    for name in _ENGINES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            yield _stamp(spec.origin)


def _places_of(modules: Iterable[str]) -> Iterator[str]:
    """The folder of the package that each module is in; of one at the top level its file alone."""
    for module in modules:
        file = getattr(sys.modules.get(module), "__file__", None)
        if file:
            alone = "." not in module and not hasattr(sys.modules[module], "__path__")
            yield file if alone else os.path.dirname(file)


def _outermost(places: Iterable[str]) -> list[str]:
    """Without those that lie in another one: most are in this package."""
    kept: list[str] = []
    for place in sorted(set(places), key=len):
        if not any(place.startswith(outer + os.sep) for outer in kept):
            kept.append(place)
    return kept


def _code_in(place: str) -> list[tuple[str, int, int]]:
    """The Python files of a folder, or the file that it is."""
    if not os.path.isdir(place):
        return [_stamp(place)]
    walk = os.walk(place)
    return [_stamp(os.path.join(folder, name)) for folder, _, names in walk for name in names if name.endswith(".py")]


def _stamp(file: str) -> tuple[str, int, int]:
    status = os.stat(file)
    return file, status.st_size, status.st_mtime_ns


class Cache:
    """The cache of one run.  `root` is the project, `key` that of the codemod; `folder` None remembers nothing on disk.

    `now_ns` is the time at which the files are looked at: it tells which of them are too fresh to be trusted.
    """

    def __init__(self, folder: Path | None, root: str, key: str, now_ns: int | None = None) -> None:
        inside = folder is not None and f"{os.path.realpath(folder)}{os.sep}".startswith(root.rstrip(os.sep) + os.sep)
        self._top = None if inside else folder
        self._folder = self._top / digest(root).hex() if self._top is not None else None
        self._key = key
        self._now = time.time_ns() if now_ns is None else now_ns
        stats = self._load("stat", _Stats)
        self._stats = stats.files if stats is not None and stats.format == FORMAT else {}
        self._seen: dict[str, tuple[int, int, int, int, bytes]] = {}
        self._table: _Rows | None = None
        self._used: set[bytes] = set()
        self._words: set[str] = set()
        self._joined: dict[tuple[int, frozenset[str]], int] = {}
        self._changed = False
        self._asked_all = False

    def content_of(self, file: File) -> bytes | None:
        """The content key of a file that is unchanged by its stat; None when it has to be read."""
        known = self._stats.get(file.path)
        if known is None or known[:4] != (file.size, file.mtime_ns, file.ctime_ns, file.inode):
            return None
        self._seen[file.path] = known
        return known[4]

    def stamp_of(self, path: str) -> Stamp | None:
        """The stamp with which a file has the content that it was seen with; None when it may change without notice."""
        seen = self._seen.get(path)
        return seen[:4] if seen is not None else None

    def saw(self, file: File, content: bytes) -> None:
        """Remember which content a file has."""
        if max(file.mtime_ns, file.ctime_ns) + RACY_NS < self._now:
            self._seen[file.path] = (file.size, file.mtime_ns, file.ctime_ns, file.inode, content)

    def row(self, content: bytes) -> Row | None:
        """What is known of a content."""
        row = self._rows().rows.get(content)
        if row is not None:
            self._used.add(content)
        return row

    def unsearched(self, row: Row, words: frozenset[str]) -> frozenset[str]:
        """Those of `words` that were not searched in a content yet."""
        self._words |= words
        return words - self._rows().searches[row.searched]

    def scanned(
        self,
        content: bytes,
        relevant: bool,
        words: frozenset[str],
        mentioned: Iterable[str],
        marks: tuple[str, ...] = (),
    ) -> Row:
        """Remember whether a content is relevant, which of these words it mentions, and its marks."""
        row = self._rows().rows.setdefault(content, Row(relevant, marks=marks))
        row.searched = self._join(row.searched, words)
        row.mentioned = row.mentioned.union(mentioned)
        self._words |= words
        self._used.add(content)
        self._changed = True
        return row

    def collected(self, content: bytes, words: str, cell: Cell) -> None:
        """Remember what was collected of a content that was scanned before."""
        self._rows().rows[content].cells[words] = cell
        self._changed = True

    def _join(self, searched: int, words: frozenset[str]) -> int:
        key = (searched, words)
        if key not in self._joined:
            searches = self._rows().searches
            joined = searches[searched] | words
            if joined not in searches:
                searches.append(joined)
            self._joined[key] = searches.index(joined)
        return self._joined[key]

    def memo(self, key: bytes) -> bytes | None:
        """A remembered result."""
        memo = self._rows().memos.get(key)
        if memo is None:
            return None
        self._used.add(key)
        return memo.value

    def memorise(self, key: bytes, value: bytes) -> None:
        """Remember a result (the edits of a file by content and plan)."""
        self._rows().memos[key] = Memo(value)
        self._used.add(key)
        self._changed = True

    def result(self, tree: bytes) -> bytes | None:
        """The result of the last run, if the content of the tree was the same."""
        whole = self._load(f"{self._key}.result", _Whole)
        return whole.result if whole is not None and whole.tree == tree else None

    def save_result(self, tree: bytes, result: bytes) -> None:
        """Remember the result of a whole run."""
        self._store(f"{self._key}.result", _Whole(tree, result))

    def asked_all(self) -> None:
        """Say that the run has asked for everything it needs: what it didn't ask for may grow old."""
        self._asked_all = True

    def save(self) -> None:
        """Write what is new.  Rows that no run used for a while go; so do codemods and projects."""
        if self._seen != self._stats:
            self._store("stat", _Stats(self._seen, FORMAT))
        if self._changed and self._table is not None:
            self._store(f"{self._key}.rows", self._grown_old(self._table) if self._asked_all else self._table)
            self._tidy()

    def _grown_old(self, table: _Rows) -> _Rows:
        """The table without what was not used for long, and without words that nobody asks for any more."""
        for key, row in table.rows.items():
            row.age = 0 if key in self._used else row.age + 1
            if not row.mentioned <= self._words:
                row.mentioned &= self._words
        for key, memo in table.memos.items():
            memo.age = 0 if key in self._used else memo.age + 1
        return _Rows(
            {key: row for key, row in table.rows.items() if row.age <= _KEPT_UNUSED},
            {key: memo for key, memo in table.memos.items() if memo.age <= _KEPT_UNUSED},
            [words & self._words for words in table.searches],
        )

    def _rows(self) -> _Rows:
        if self._table is None:
            self._table = self._load(f"{self._key}.rows", _Rows) or _Rows()
        return self._table

    def _load(self, name: str, kind: type[T]) -> T | None:
        if self._folder is None:
            return None
        try:
            content = (self._folder / name).read_bytes()
            payload = memoryview(content)[_DIGEST:]
            if blake2b(payload, digest_size=_DIGEST).digest() != content[:_DIGEST]:
                return None
            return msgspec.msgpack.decode(payload, type=kind)
        except (OSError, msgspec.MsgspecError):
            return None

    def _store(self, name: str, value: object) -> None:
        if self._folder is None:
            return
        import tempfile

        payload = msgspec.msgpack.encode(value)
        # A full disk or a folder without permission: the next run is slower.
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=f".{name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(blake2b(payload, digest_size=_DIGEST).digest())
                    file.write(payload)
                os.replace(temporary, self._folder / name)
            except BaseException:
                os.unlink(temporary)
                raise

    def _tidy(self) -> None:
        if self._folder is None or self._top is None:
            return
        with contextlib.suppress(OSError):
            for key in _oldest({path.stem for path in self._folder.glob("*.rows")}, self._folder):
                for kind in ("rows", "result"):
                    (self._folder / f"{key}.{kind}").unlink(missing_ok=True)
            limit = self._now / 1e9 - _KEPT_DAYS * 86_400
            for project in self._top.iterdir():
                if project != self._folder and project.is_dir() and project.stat().st_mtime < limit:
                    for file in project.iterdir():
                        file.unlink()
                    project.rmdir()


def _oldest(keys: Iterable[str], folder: Path) -> list[str]:
    latest_first = sorted(keys, key=lambda key: (folder / f"{key}.rows").stat().st_mtime_ns, reverse=True)
    return latest_first[_KEPT_CODEMODS:]
