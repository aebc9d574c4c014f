"""The file that evidence is written to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path


def obstacle(file: Path) -> str:
    """Why a file can't be written, "" if it can: asked before the tests run, which may take long."""
    try:
        existed = file.exists()
        with file.open("ab"):
            pass
        if not existed:
            file.unlink()
    except OSError as error:
        return f"can't write {file}: {error.strerror}"
    return ""


def taken_for_a_test(arguments: Sequence[str], folder: Path) -> str:
    """What to write in place of an option of ours that makes pytest look elsewhere for its settings, "" for none.

    pytest looks for them from the paths among its arguments, before it knows the options of plugins
    (`determine_setup` in `_pytest/config/findpaths.py`): it takes a value that is a word of its own, and exists, for a
    test.  Within the folder that pytest is started in, that leads to the same settings.
    """
    for option, value in pairwise(arguments):
        if not option.startswith("--codemods-evidence") or "=" in option or not (folder / value).exists():
            continue
        path = (folder / value).resolve()
        if not (path if path.is_dir() else path.parent).is_relative_to(folder.resolve()):
            return f"{option}={value}"
    return ""


def write(file: Path, content: bytes) -> None:
    """Write a file as a whole, or leave the one that is there."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
        new.write(content)
    os.chmod(new.name, 0o644)
    os.replace(new.name, file)
