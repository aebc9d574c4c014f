"""Which async tests a project's pytest settings run: all of them, or only those with a marker.

By pytest's own rule (`_pytest/config/findpaths.py`): the settings are those of the nearest folder, at or above the
common folder of the arguments, that has a file with a section of pytest's.  Where pytest is started is not known, so
every folder above a test file is a candidate, and they have to agree.
"""

from __future__ import annotations

import configparser
import itertools
import re
import shlex
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatch
from functools import cached_property
from typing import Any

import msgspec

from codemods.toolkit.python.project import Project

FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
"""The files that may hold settings of pytest, the first that does counts in a folder."""

REQUIREMENTS = (
    "requirements.txt", "requirements-dev.txt", "requirements-test.txt", "requirements_dev.txt",
    "requirements_test.txt", "dev-requirements.txt", "test-requirements.txt", "requirements.in", "Pipfile",
)  # fmt: skip
"""Files that may name a plugin."""

_OTHER_PLUGINS = re.compile(
    rb"pytest[-_](?:aiohttp|tornasync|tornado|twisted|sanic|curio|asyncio[-_]cooperative|homeassistant"
    rb"|async\b)|alt[-_]pytest[-_]asyncio"
)
_MARKERS = {
    "asyncio": rb"pytest[-_]asyncio|asyncio_mode",
    "anyio": rb"anyio_mode",
    "trio": rb"pytest[-_]trio|trio_mode",
}
"""The markers of plugins, and what settings say of each plugin."""

_HOOKS = frozenset(
    {
        "pytest_collection_modifyitems", "pytest_itemcollected", "pytest_pycollect_makeitem", "pytest_pyfunc_call",
        "pytest_plugins", "anyio_backend", "pytest_collection", "pytest_make_collect_report", "pytest_runtest_call",
    }
)  # fmt: skip


class Settings(msgspec.Struct, frozen=True):
    """What one file of settings says.  `auto`: every async test is run; `plain`: only those with a marker."""

    mode: str = "plain"
    classes: tuple[str, ...] = ("Test",)
    functions: tuple[str, ...] = ("test",)
    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    reason: str = ""


class Modes:
    """Answers about one project's files."""

    def __init__(self, project: Project[Any]) -> None:
        self._project = project
        self._folders: dict[str, tuple[Settings, ...]] = {}
        self._hooks: dict[tuple[str, str], str] = {}

    @cached_property
    def _known(self) -> Mapping[str, Settings | None]:
        return {path: _settings(path, body) for path, body in self._project.settings.items()}

    @cached_property
    def _plugin(self) -> str:
        """A settings file that names a plugin which may run any async test."""
        return min((path for path, body in self._project.settings.items() if _OTHER_PLUGINS.search(body)), default="")

    @cached_property
    def _switch(self) -> str:
        """A file that may set the mode of pytest-asyncio."""
        files = [path for path, said in self._project.marks.items() if _sets_mode(said)]
        return min(files or (path for path, body in self._project.settings.items() if _switched(body)), default="")

    def settings(self, path: str) -> tuple[Settings, ...]:
        """The settings that may hold for a file, each once, the nearest first."""
        folder = path.rpartition("/")[0]
        found = self._folders.get(folder)
        if found is None:
            candidates = []
            while True:
                candidates.append(self._at(folder))
                if not folder:
                    break
                folder = folder.rpartition("/")[0]
            nearest: list[Settings] = []
            for index in range(len(candidates)):
                here = next((each for each in candidates[index:] if each is not None), Settings())
                nearest.append(here)
            found = self._folders[path.rpartition("/")[0]] = tuple(dict.fromkeys(nearest))
        return found

    def _at(self, folder: str) -> Settings | None:
        for name in FILES:
            found = self._known.get(f"{folder}/{name}" if folder else name)
            if found is not None:
                return found
        return None

    def runs_all(self, path: str) -> bool:
        """Whether every async test of the file is surely run."""
        return all(each.mode == "auto" for each in self.settings(path))

    def collects(self, path: str) -> bool:
        """Whether pytest collects the file by its name, whatever settings hold."""
        name = path.rpartition("/")[2]
        return all(any(fnmatch(name, pattern) for pattern in each.files) for each in self.settings(path))

    def collects_class(self, path: str, name: str) -> bool:
        """Whether pytest collects a class of this name, whatever settings hold."""
        return all(_matches(name, each.classes) for each in self.settings(path))

    def collects_function(self, path: str, name: str) -> bool:
        """Whether pytest takes a function or method of this name for a test, whatever settings hold."""
        return all(_matches(name, each.functions) for each in self.settings(path))

    def uncertain(self, path: str, marker: str = "") -> str:
        """Why it isn't certain that only tests with a marker are run, "" when it is.

        Where they are to get the marker `anyio`, it doesn't matter that a conftest.py defines `anyio_backend`: that
        says how such tests run, and others only if they ask for it (`pytest_pycollect_makeitem` in anyio's plugin).
        """
        modes = {each.mode for each in self.settings(path)}
        if len(modes) > 1:
            return "whether it runs depends on the folder that pytest is started in"
        for each in self.settings(path):
            if each.mode != "plain":
                return each.reason
        if self._plugin:
            return f"{self._plugin} names a plugin that may run it"
        if self._switch:
            return f"{self._switch} may set the mode of pytest-asyncio"
        return self._conftest(path, marker)

    def _conftest(self, path: str, marker: str) -> str:
        folder = path.rpartition("/")[0]
        found = self._hooks.get((folder, marker))
        if found is None:
            hooks = _HOOKS - {"anyio_backend"} if marker == "anyio" else _HOOKS
            found = self._hooks[folder, marker] = self._hooked(folder, hooks)
        return found

    def _hooked(self, folder: str, hooks: frozenset[str]) -> str:
        while True:
            conftest = f"{folder}/conftest.py" if folder else "conftest.py"
            entry = self._project.entries.get(conftest)
            if entry is not None:
                if entry.names is None:
                    return f"{conftest} can't be parsed"
                hook = next((name for name in sorted(hooks) if name in entry.names.bindings), "")
                if hook or entry.names.stars:
                    return f"{conftest} has {hook or 'a star import'}, which may run it"
            if not folder:
                return ""
            folder = folder.rpartition("/")[0]

    def marker(self, path: str) -> str:
        """The marker for async tests of a file, "asyncio", "anyio" or "trio"; "" when nothing tells.

        It is the one that the file uses already, else the only one that the project uses.
        """
        own = [name for name in _MARKERS if f"test word mark.{name}" in self._project.marks.get(path, ())]
        if len(own) == 1:
            return own[0]
        return self._only_marker

    @cached_property
    def _only_marker(self) -> str:
        words = b"\n".join(self._project.settings.values())
        used = [name for name, plugin in _MARKERS.items() if re.search(plugin, words) or self._is_used(name)]
        return used[0] if len(used) == 1 else ""

    def _is_used(self, marker: str) -> bool:
        word = f"test word mark.{marker}"
        return any(word in said for said in self._project.marks.values())


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    """By `_pytest/python.py` (`PyCollector._matches_prefix_or_glob_option`): a prefix or a glob."""
    return any(
        name.startswith(pattern) or (any(c in pattern for c in "*?[") and fnmatch(name, pattern))
        for pattern in patterns
    )


def _sets_mode(said: tuple[str, ...]) -> bool:
    return "test word asyncio-mode" in said or "test word asyncio_mode" in said


def _switched(body: bytes) -> bool:
    """Whether a command in a settings file switches the mode (`commands = pytest --asyncio-mode=auto`)."""
    return (
        any(
            b"asyncio-mode" in line and not line.strip().startswith((b"addopts", b"#", b";"))
            for line in body.splitlines()
        )
        and b"commands" in body
    )


def _settings(path: str, body: bytes) -> Settings | None:
    """What a file says to pytest, None when it has no section of pytest's."""
    name = path.rpartition("/")[2]
    try:
        text = body.decode("utf-8-sig")
        if name.endswith(".toml"):
            found = _of_toml(name, tomllib.loads(text))
        elif name.endswith((".ini", ".cfg")):
            found = _of_ini(name, text)
        else:
            return None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, configparser.Error):
        return Settings(mode="unknown", reason=f"{path} can't be read")
    return None if found is None else _read(path, found)


def _of_toml(name: str, table: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if name in {"pytest.toml", ".pytest.toml"}:
        found = table.get("pytest", {})
        return found if isinstance(found, Mapping) else {}
    tool = table.get("tool", {})
    section = tool.get("pytest") if isinstance(tool, Mapping) else None
    if not isinstance(section, Mapping):
        return None
    options = section.get("ini_options")
    if isinstance(options, Mapping):
        return options
    return section or None


def _of_ini(name: str, text: str) -> Mapping[str, str] | None:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    if parser.has_section(section):
        return dict(parser.items(section))
    return {} if name in {"pytest.ini", ".pytest.ini"} else None


def _read(path: str, table: Mapping[str, Any]) -> Settings:
    options = _words(table.get("addopts"))
    overridden = (each.partition("=") for each in _values(options, "-o", "--override-ini"))
    table = {**table, **{key: value for key, _, value in overridden}}
    given = _values(options, "--asyncio-mode")
    if given:  # an option has the last word
        table = {**table, "asyncio_mode": given[-1]}
    modes = {str(table[key]) for key in ("asyncio_mode", "anyio_mode") if key in table}
    plugins = _values(options, "-p")
    mode, reason = "plain", ""
    if "auto" in modes or str(table.get("trio_mode", "")).lower() in {"true", "1", "yes", "on"}:
        mode = "auto"
    elif any(not plugin.startswith("no:") for plugin in plugins):
        mode, reason = "unknown", f"{path} loads a plugin that may run it"
    elif modes - {"strict", "auto"}:
        mode, reason = "unknown", f"{path} sets a mode that is not known"
    return Settings(
        mode,
        _words(table.get("python_classes")) or Settings().classes,
        _words(table.get("python_functions")) or Settings().functions,
        _words(table.get("python_files")) or Settings().files,
        reason,
    )


def _values(options: tuple[str, ...], *names: str) -> list[str]:
    """The values that an option is given, under any of its names: `-p x`, `-px`, `--name x`, `--name=x`."""
    found = []
    for option, after in itertools.pairwise((*options, "")):
        for name in names:
            if option == name:
                found.append(after)
            elif option.startswith(name if name[1] != "-" else f"{name}="):
                found.append(option.removeprefix(name).removeprefix("="))
    return found


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError:
            return tuple(value.split())
    return tuple(str(each) for each in value) if isinstance(value, (list, tuple)) else ()
