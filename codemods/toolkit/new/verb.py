"""`codemods new NAME [DIR]`, and what it tells."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from codemods.toolkit.new.names import require_usable
from codemods.toolkit.new.project import Home, additions, home_of
from codemods.toolkit.new.write import new_files, write
from codemods.toolkit.review.summary import counted_files
from codemods.toolkit.review.terminal import printable


class Taken(NamedTuple):
    """What a new codemod can't have: the names of others, the verbs of the command line, and the codes of others."""

    codemods: Collection[str]
    verbs: Collection[str]
    codes: Collection[str]


def new(name: str, folder: str, taken: Taken) -> str:
    """Write a codemod called `name` in a folder, and say what to do next.  Raises `UsageError`."""
    require_usable(name, taken.codemods, taken.verbs)
    home = home_of(name, Path(folder))
    files = new_files(name, home, taken.codes)
    write(home, name, files)
    lines = [f"{counted_files(len(files))} written to {printable(str(home.folder))}"]
    lines += [f"  {path}" for path in files]
    return "\n".join([*lines, "", *_next_steps(name, home)]) + "\n"


def _next_steps(name: str, home: Home) -> list[str]:
    enter = [] if home.folder == Path() else [f"  cd {shlex.quote(str(home.folder))}"]
    if home.pyproject is None:
        passing, listed = "its tests pass as it stands:", "and `codemods list` shows it after:"
        return [passing, *enter, "  pytest", listed, "  pip install -e ."]
    return [
        "add to pyproject.toml:",
        "",
        *additions(name, home).splitlines(),
        "",
        "then its tests pass, and `codemods list` shows it:",
        *enter,
        "  pip install -e .",
        f"  pytest {home.tests}/test_{name}.py",
    ]
