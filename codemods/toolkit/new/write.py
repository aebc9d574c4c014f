"""Write the files of a new codemod: all of them or none, and never over another one."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.new.names import code_prefix
from codemods.toolkit.new.project import Home

_TEMPLATE = Path(__file__).parent / "template"
_NAME, _CODE = "my_codemod", "MC1"


def new_files(name: str, home: Home, codes: Collection[str]) -> dict[str, str]:
    """The files of a codemod, by their path in its home; `codes` are those that other codemods have."""
    prefix = code_prefix(name, codes)
    files: dict[str, str] = {}
    for source in sorted(_TEMPLATE.rglob("*.txt")):
        path = source.relative_to(_TEMPLATE).as_posix().removesuffix(".txt")
        where, _, rest = path.partition("/")
        if where == "package":
            target = f"{home.package}/{rest}"
        elif rest.startswith("fixtures/"):
            target = f"{home.tests}/fixtures/{name}/{rest.removeprefix('fixtures/')}"
        elif where == "tests":
            target = f"{home.tests}/{rest.replace(_NAME, name)}"
        elif home.pyproject is None:
            target = path
        else:
            continue
        files[target] = source.read_text(encoding="utf-8").replace(_NAME, name).replace(_CODE, f"{prefix}1")
    return files


def write(home: Home, name: str, files: Mapping[str, str]) -> None:
    """Write the files.  Raises `UsageError` where something is in the way or can't be written; then nothing is left."""
    for part in home.parts(name):
        if os.path.lexists(home.folder / part):
            raise UsageError(f"{home.folder / part}: there already, and nothing is written over")
    made: list[Path] = []
    try:
        for path, text in files.items():
            _make(home.folder / path, text, made)
    except BaseException as error:
        for each in reversed(made):
            with suppress(OSError):  # somebody else has put something into it
                each.rmdir() if each.is_dir() else each.unlink()
        if isinstance(error, OSError):
            raise UsageError(f"{error.filename}: {error.strerror}") from error
        raise


def _make(file: Path, text: str, made: list[Path]) -> None:
    """Make a file and the folders around it that are missing, and note each before anything else can fail."""
    missing = [folder for folder in file.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir()
        made.append(folder)
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        made.append(file)
        stream.write(text)
