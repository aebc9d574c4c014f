"""Code of the user's own that a run executes: named as `file.py:name` or `package.module.name`.

Only what the user names is executed, never the project that is worked on.  A file is compiled from its bytes alone: its
folder is put on no import path, and nothing is written beside it.  A module has to be installed; one that lies within
the project is refused, as importing it would execute the target.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

from codemods.engines.contained import contained
from codemods.toolkit.codemod import UsageError

_OFTEN = 50
"""A function that is this many times in a traceback calls itself."""


class Reference(NamedTuple):
    """Where something stands: the path of a file, or the dotted name of a module; and its name in there."""

    place: str
    name: str

    @property
    def is_file(self) -> bool:
        """Whether it is named by its file."""
        return self.place.endswith(".py")


def reference(word: str) -> Reference:
    """What a word refers to.

    Raises `UsageError` when it names no place, or nothing in it.

    >>> reference("tools/queries.py:rename"), reference("package.module.Command")
    (Reference(place='tools/queries.py', name='rename'), Reference(place='package.module', name='Command'))
    """
    place, colon, name = word.rpartition(":")
    if not colon and not word.endswith(".py"):
        place, _, name = word.rpartition(".")
    if not place or not name.isidentifier():
        raise UsageError(f"{word}: names nothing: say file.py:name, or package.module.name")
    return Reference(place, name)


def located(word: str, folder: Path) -> str:
    """The same reference with an absolute path; a relative one belongs to `folder`."""
    place, colon, name = word.rpartition(":")
    return f"{os.path.abspath(folder / place)}:{name}" if colon and place.endswith(".py") else word


def digest(word: str, root: Path, packages: tuple[str, ...]) -> str:
    """What the results depend on: the code referred to, and the versions of these packages.

    Of a module that is all of its top-level package (sizes and times of its files).  Raises `UsageError` when there is
    no such file or module, or when a module lies within `root`.
    """
    place = reference(word)
    state = blake2b(digest_size=16)
    for package in packages:
        state.update(f"{package}={version(package)}\n".encode())
    state.update(_content(place.place) if place.is_file else repr(_files(_folder(place.place, root))).encode())
    return state.hexdigest()


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None


def _folder(module: str, root: Path) -> str:
    """The folder of the top-level package, or the file, that holds a module."""
    top = module.partition(".")[0]
    found = importlib.util.find_spec(top)
    if found is None or (found.origin is None and not found.submodule_search_locations):
        raise UsageError(f"{module}: no such module is installed: name a file instead (file.py:name)")
    place = next(iter(found.submodule_search_locations or ()), found.origin or "")
    if _within_project(place, root):
        raise UsageError(f"{module}: lies in the project, which is never imported: name its file (file.py:name)")
    return place


def _within_project(place: str, root: Path) -> bool:
    """Whether a module is part of the project, and not of an environment that stands in its folder."""
    path = Path(os.path.realpath(place))
    installed = {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")}
    return path.is_relative_to(os.path.realpath(root)) and not any(map(path.is_relative_to, installed))


def _files(place: str) -> list[tuple[str, int, int]]:
    """The Python files of a package, or the one file that it is, with size and time."""
    names = [place] if place.endswith(".py") else [str(path) for path in Path(place).rglob("*.py")]
    states = [(name, os.stat(name)) for name in sorted(names)]
    return [(name, status.st_size, status.st_mtime_ns) for name, status in states]


def load(word: str, state: str, root: str = "") -> object:
    """What the word refers to.  `state` is its digest, `root` the project.

    A file is executed anew each time: what it keeps in variables for one module of the project must not show in
    another one, as another process may work on that.

    Raises `UsageError` when the code can't be executed, or has no such name.
    """
    place = reference(word)
    with contained(root), explained(word, "can't be imported"):
        module = _executed(place.place, state) if place.is_file else importlib.import_module(place.place)
    try:
        return getattr(module, place.name)
    except AttributeError:
        raise UsageError(f"{place.place}: has no {place.name!r}") from None


def _executed(file: str, state: str) -> ModuleType:
    # A name that no module has, so that none is hidden; classes look for their module under it (dataclasses, pickle).
    module = ModuleType(f"_codemods_user_code_{state}")
    module.__file__ = file
    sys.modules[module.__name__] = module
    exec(_compiled(file, state), vars(module))  # noqa: S102 - the user asked for it by name
    return module


@lru_cache(maxsize=8)
def _compiled(file: str, state: str) -> CodeType:
    return compile(_content(file), file, "exec", dont_inherit=True)


@contextlib.contextmanager
def explained(word: str, what: str) -> Iterator[None]:
    """Turn whatever the user's code raises into a `UsageError` of one line."""
    file = reference(word).place
    try:
        yield
    except (UsageError, KeyboardInterrupt):
        raise
    except BaseException as problem:  # anything may come from code of the user's, `sys.exit()` too
        if is_of_run(problem, file):
            raise
        raise UsageError(f"{word}: {what}: {reason(problem, file)}") from None


def is_of_run(problem: BaseException, file: str) -> bool:
    """Whether an exception ends the work on a module, or the run, and is not about the user's code in `file`.

    That code may call itself without an end, too: then it stands in the traceback over and over.
    """
    if isinstance(problem, RecursionError):
        return sum(frame.f_code.co_filename == file for frame, _ in traceback.walk_tb(problem.__traceback__)) < _OFTEN
    return isinstance(problem, (UsageError, KeyboardInterrupt, MemoryError))


def reason(problem: BaseException, file: str = "") -> str:
    """An exception in one line, with the line of `file` (the user's) that it came from."""
    text = " ".join(str(problem).split())
    shown = f"{type(problem).__name__}: {text}" if text else type(problem).__name__
    lines = [frame.lineno for frame in traceback.extract_tb(problem.__traceback__) if frame.filename == file]
    return f"{shown} ({os.path.basename(file)}:{lines[-1]})" if lines else shown
