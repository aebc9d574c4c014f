"""What is different when a person looks on: colours, a progress bar, and control characters that can't act.

Nothing of this touches what goes into a pipe or a file.
"""

from __future__ import annotations

import math
import os
import time
from typing import IO, TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.progress import Progress, TaskID

PATIENCE = 0.5
"""Seconds that a run may take before a bar shows: a warm run shows none and doesn't pay for the import."""


def printable(text: str) -> str:
    r"""Text from the target with every character that could move the cursor, change colours or reorder text escaped.

    That is all control characters, and the invisible ones that turn the direction of text ("Trojan Source").

    >>> print(printable("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode("ascii")
        for char in text
    )


def coloured(stream: IO[Any], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to use colours: on a terminal, unless NO_COLOR (no-color.org) is set or the terminal is a dumb one."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def coloured_diff(patch: bytes) -> bytes:
    """A diff in colours for a terminal.  Carriage returns at the ends of lines are left out, as git does in context."""
    from rich.color import ColorSystem
    from rich.style import Style

    styles = {mark: Style.parse(style) for mark, style in _STYLES.items()}
    lines: list[str] = []
    in_header = True
    for line in patch.decode("utf-8", "backslashreplace").split("\n")[:-1]:
        in_header = line.startswith("diff --git ") or (in_header and not line.startswith("@@ "))
        shown = "\t".join(printable(part) for part in line.removesuffix("\r").split("\t"))
        style = styles["header" if in_header else line[:1]]
        lines.append(style.render(shown, color_system=ColorSystem.STANDARD) + "\n")
    return "".join(lines).encode()


_STYLES = {"header": "bold", "+": "green", "-": "red", "@": "cyan", " ": "", "": "", "\\": "dim"}


class ProgressBar:
    """The steps of a run as a bar on a terminal; draws nothing elsewhere, and nothing before `patience` seconds.

    Use it as a context manager: on the way out the bar goes, and the cursor is back.
    """

    def __init__(self, stderr: TextIO, *, patience: float = PATIENCE) -> None:
        self._stderr = stderr
        self._from = time.monotonic() + patience if stderr.isatty() else math.inf
        self._step: tuple[str, int, int] | None = None
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def start(self, label: str, total: int) -> None:
        """Begin a step of `total` files."""
        self._step = (label, 0, total)
        self._draw()

    def advance(self, count: int) -> None:
        """Count so many files more as finished."""
        if self._step is not None:
            label, done, total = self._step
            self._step = (label, done + count, total)
            self._draw()

    def done(self) -> None:
        """End the step."""
        if self._bar is not None and self._task is not None:
            self._bar.remove_task(self._task)
        self._step = self._task = None

    def _draw(self) -> None:
        if self._step is None or time.monotonic() < self._from:
            return
        label, done, total = self._step
        if self._bar is None:
            self._bar = _started(self._stderr)
        if self._task is None:
            self._task = self._bar.add_task(label)
        self._bar.update(self._task, completed=done, total=total)


def _started(stderr: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(file=stderr), transient=True)
    bar.start()
    return bar
