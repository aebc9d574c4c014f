"""Which folders of a project stand on the import path: configured, or read off the layout and the packaging files."""

from __future__ import annotations

import os
import posixpath
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.discover import Discovered

_Table = Mapping[str, Any]


def source_roots(found: Discovered, configured: Sequence[str] = ()) -> tuple[str, ...]:
    """Folders relative to the root, "" for the root itself, sorted.  `configured` ones win over the detected.

    Detected are: the folder of each pyproject.toml, setup.cfg and setup.py, and its `src`; every other `src` folder
    that is no package; and what the tables of pytest, setuptools, Poetry, mypy and Ruff name.  Nothing is executed.

    Raises:
        UsageError: a configured folder leads out of the root, or is none.
    """
    if configured:
        return tuple(sorted({"", *(_configured(found.root, root) for root in configured)}))
    folders = _folders(found)
    roots = {""}
    for path in found.settings:
        home = posixpath.dirname(path)
        roots |= {home, posixpath.join(home, "src")}
        if path.endswith("pyproject.toml"):
            roots |= {_joined(home, named) for named in _named(f"{found.root}/{path}")}
    packages = {posixpath.dirname(file.path) for file in found.files if file.path.endswith("/__init__.py")}
    roots |= {folder for folder in folders if posixpath.basename(folder) == "src" and folder not in packages}
    return tuple(sorted(root for root in roots if root == "" or root in folders))


def _configured(base: str, root: str) -> str:
    joined = _joined("", root)
    if joined.startswith("..") or os.path.isabs(root):
        raise UsageError(f"source root {root!r} leads out of {base}")
    if not os.path.isdir(os.path.join(base, joined)):
        raise UsageError(f"source root {root!r} is no folder in {base}")
    return joined


def _joined(home: str, folder: str) -> str:
    path = posixpath.normpath(posixpath.join(home, folder.replace(os.sep, "/")))
    return "" if path == "." else path


def _folders(found: Discovered) -> frozenset[str]:
    folders: set[str] = set()
    for path in [file.path for file in found.files]:
        folder = posixpath.dirname(path)
        while folder and folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    return frozenset(folders)


def _named(file: str) -> Iterator[str]:
    """Folders that the tables of a pyproject.toml name.  One that can't be read names none."""
    try:
        with open(file, "rb") as stream:
            tool = tomllib.load(stream).get("tool", {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return
    for keys, read in _TABLES:
        value: object = tool
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        yield from read(value)


def _list(value: object) -> Iterable[str]:
    items = value if isinstance(value, list) else [value]
    return (item for item in items if isinstance(item, str))


def _mypy_path(value: object) -> Iterable[str]:
    for item in _list(value):
        for part in item.replace(":", ",").split(","):
            yield part.strip().removeprefix("$MYPY_CONFIG_FILE_DIR/") or "."


def _package_dir(value: object) -> Iterable[str]:
    return _list(value.get("")) if isinstance(value, Mapping) else ()


def _poetry_packages(value: object) -> Iterable[str]:
    entries = value if isinstance(value, list) else ()
    return (name for entry in entries if isinstance(entry, Mapping) for name in _list(entry.get("from")))


_TABLES: tuple[tuple[tuple[str, ...], Callable[[object], Iterable[str]]], ...] = (
    (("pytest", "ini_options", "pythonpath"), _list),
    (("setuptools", "packages", "find", "where"), _list),
    (("setuptools", "package-dir"), _package_dir),
    (("poetry", "packages"), _poetry_packages),
    (("mypy", "mypy_path"), _mypy_path),
    (("ruff", "src"), _list),
)
"""Where pyproject.toml names source roots, and how the value is written there."""
