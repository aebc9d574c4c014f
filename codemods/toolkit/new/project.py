"""Where a new codemod goes, and what the project around it has to say of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from codemods.toolkit.codemod import UsageError


class Home(NamedTuple):
    """Where the parts of a codemod go, relative to `folder`.

    `pyproject` are the settings of the project that it becomes part of, None where it is a project of its own.
    """

    folder: Path
    package: str
    tests: str
    pyproject: Mapping[str, Any] | None

    def parts(self, name: str) -> tuple[str, ...]:
        """All that has to be new, relative to `folder`; a project of its own is new as a whole."""
        if self.pyproject is None:
            return ("",)
        return self.package, f"{self.tests}/test_{name}.py", f"{self.tests}/fixtures/{name}"


def home_of(name: str, folder: Path) -> Home:
    """Where a codemod goes in a folder.

    A folder whose pyproject.toml describes a package takes it in, in `src/` where it has one; in any other folder it
    gets a folder of its own.  Raises `UsageError`.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    pyproject = _settings(folder / "pyproject.toml")
    if not ("project" in pyproject or "poetry" in pyproject.get("tool", {})):
        return Home(folder / name, name, "tests", None)
    package = f"src/{name}" if (folder / "src").is_dir() else name
    return Home(folder, package, "tests", pyproject)


def _settings(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise UsageError(f"{path}: not valid TOML: {error}") from error


def additions(name: str, home: Home) -> str:
    """What has to be added to the pyproject.toml of the project around a codemod."""
    return "\n".join(f"[{table}]\n{line}\n" for table, line in _additions(name, home))


def _additions(name: str, home: Home) -> Iterator[tuple[str, str]]:
    """Tables and a line for each: the entry point, and the package where the build doesn't find it by itself."""
    pyproject = home.pyproject or {}
    tool = pyproject.get("tool", {})
    table = "project.entry-points.codemods" if "project" in pyproject else "tool.poetry.plugins.codemods"
    yield table, f'{name} = "{name}:codemod"'
    backend = str(pyproject.get("build-system", {}).get("build-backend", "setuptools"))
    if backend.startswith("hatchling"):
        yield "tool.hatch.build.targets.wheel", f"packages = [..., {home.package!r}]".replace("'", '"')
    elif backend.startswith("setuptools") and home.package == name and "setuptools" not in tool:
        # setuptools takes a flat layout for granted only where it holds one package.
        yield "tool.setuptools", f'packages = [..., "{name}"]'
    paths = tool.get("pytest", {}).get("ini_options", {}).get("pythonpath", [])
    if str(Path(home.package).parent) not in ([paths] if isinstance(paths, str) else paths):
        yield "tool.pytest.ini_options", f'pythonpath = ["{Path(home.package).parent}"]'
