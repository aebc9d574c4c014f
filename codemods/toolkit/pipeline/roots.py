"""Which folders of a project stand on the import path: configured, or read off the layout and the packaging files."""

from __future__ import annotations

import os
import posixpath
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.discover import NOT_INCLUDED, Discovered

_Table = Mapping[str, Any]


def source_roots(found: Discovered, configured: Sequence[str] = ()) -> tuple[str, ...]:
    """Folders relative to the root, "" for the root itself, sorted.  `configured` ones win over the detected.

    Detected are: the folder of each pyproject.toml, setup.cfg and setup.py, and its `src`; every other `src` folder
    that is no package; what the tables of pytest, setuptools, Poetry, mypy and Ruff name, in pytest.ini and tox.ini
    too; and each folder that a service is run in: one that is no package, holds a package, and beside it what services
    are deployed or migrated by (requirements.txt, Dockerfile, manage.py, alembic.ini, pytest.ini, tox.ini).  Nothing is
    executed.

    Raises:
        UsageError: a configured folder leads out of the root, or is none.
    """
    if configured:
        return tuple(sorted({"", *(_configured(found.root, root) for root in configured)}))
    # What may not change in this run is imported all the same.
    paths = [file.path for file in found.files]
    paths += [path for path, reason in found.others.items() if reason == NOT_INCLUDED]
    folders = _folders(paths)
    packages = {posixpath.dirname(path) for path in paths if path.endswith("/__init__.py")}
    importable = {folder for folder in packages if posixpath.basename(folder).isidentifier()}
    above = {posixpath.dirname(folder) for folder in importable} - importable
    roots = {""}
    for path in found.settings:
        home, name = posixpath.split(path)
        if name in _PACKAGING:
            roots |= {home, posixpath.join(home, "src")}
        elif home in above:
            roots.add(home)
        read = _tables if name == "pyproject.toml" else _sections if name in _SECTIONS else None
        if read is not None:
            roots |= {_joined(home, named) for named in read(f"{found.root}/{path}")}
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


def _folders(paths: Iterable[str]) -> frozenset[str]:
    folders: set[str] = set()
    for path in paths:
        folder = posixpath.dirname(path)
        while folder and folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    return frozenset(folders)


def _tables(file: str) -> Iterator[str]:
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


def _sections(file: str) -> Iterator[str]:
    """Folders that an ini file names: words, each with what stands before a `=` in it left out (`package_dir`)."""
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(file, "utf-8-sig")
    except (OSError, Error, UnicodeDecodeError):
        return
    for section, key in _SECTIONS[posixpath.basename(file)]:
        for word in parser.get(section, key, fallback="").split():
            package, equals, folder = word.rpartition("=")
            if not (equals and package):  # `name=folder` is one package, not a folder of packages
                yield folder


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

_SECTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "pytest.ini": (("pytest", "pythonpath"),),
    "tox.ini": (("pytest", "pythonpath"),),
    "setup.cfg": (("tool:pytest", "pythonpath"), ("options", "package_dir"), ("options.packages.find", "where")),
}
"""Which ini files name source roots, and where."""

_PACKAGING = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
