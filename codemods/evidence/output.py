"""The file that evidence is written to."""

from __future__ import annotations

import os
import tempfile
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


def write(file: Path, content: bytes) -> None:
    """Write a file as a whole, or leave the one that is there."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
        new.write(content)
    os.chmod(new.name, 0o644)
    os.replace(new.name, file)
