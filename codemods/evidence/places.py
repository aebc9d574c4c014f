"""Which frames are the project's, and where in its files they stand."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

from codemods.evidence.schema import Place

FOREIGN_PARTS = frozenset({"site-packages", "dist-packages", ".tox", ".nox", ".venv"})
"""Folders inside a project that hold the code of others."""

OUTSIDE = Place("", 0)
"""What is known of a place that isn't the project's."""

_OWN = os.path.join(os.path.dirname(os.path.realpath(__file__)), "")


class Site(NamedTuple):
    """An instruction: a place that costs nothing to note.  `path` is the file's, relative to the root.

    The code object is held, not the frame: it keeps nothing of the user's alive but constants.
    """

    path: str
    code: CodeType
    instruction: int


class Places:
    """The places of some sites: what the compiler noted for a code object is read once for all that lie in it."""

    def __init__(self, sites: Iterable[Site]) -> None:
        of_code: dict[int, list[Site]] = {}
        for site in sites:
            of_code.setdefault(id(site.code), []).append(site)
        self._found: dict[tuple[int, int], Place] = {}
        for code, several in of_code.items():
            positions = list(several[0].code.co_positions())
            self._found.update(((code, site.instruction), _place(site, positions)) for site in several)

    def of(self, site: Site | None) -> Place:
        """The span of an instruction; only the line where the compiler noted no more."""
        return self._found[id(site.code), site.instruction] if site is not None else OUTSIDE


def _place(site: Site, positions: Sequence[tuple[int | None, int | None, int | None, int | None]]) -> Place:
    index = site.instruction // 2  # two bytes for each unit of code
    if not 0 <= index < len(positions):
        return Place(site.path, 0)
    line, end_line, column, end_column = positions[index]
    if line is None or end_line is None or column is None or end_column is None:
        return Place(site.path, line or 0)
    return Place(site.path, line, column, end_line, end_column)


class Project:
    """The files under one root, without those that were installed there.

    The answer for each file name is kept, since the same few are asked for with each call of a mock.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._bases = tuple(dict.fromkeys(os.path.join(base, "") for base in (str(root), os.path.realpath(root))))
        self._foreign = tuple(
            os.path.join(os.path.realpath(folder), "")
            for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), sys.prefix}
        )
        self._known: dict[str, str] = {}
        self._sites: dict[tuple[int, int], Site] = {}

    @property
    def sites(self) -> Iterable[Site]:
        """All sites that were asked for."""
        return self._sites.values()

    def path(self, filename: str) -> str:
        """The path relative to the root, with forward slashes; "" for a file that isn't the project's."""
        found = self._known.get(filename)
        if found is None:
            found = self._known[filename] = self._path(filename)
        return found

    def _path(self, filename: str) -> str:
        if filename.startswith("<") or not os.path.isabs(filename):
            return ""
        real = os.path.realpath(filename)
        root = self._bases[-1]
        if real.startswith(_OWN) or any(real.startswith(base) and not root.startswith(base) for base in self._foreign):
            return ""
        for name in (filename, real):
            for base in self._bases:
                if name.startswith(base):
                    relative = name.removeprefix(base).replace(os.sep, "/")
                    return "" if FOREIGN_PARTS.intersection(relative.split("/")) else relative
        return ""

    def site(self, frame: FrameType) -> Site | None:
        """The instruction that a frame is at; None outside of the project."""
        code = frame.f_code
        path = self._known.get(code.co_filename)
        if path is None:
            path = self.path(code.co_filename)
        if not path:
            return None
        key = (id(code), frame.f_lasti)
        found = self._sites.get(key)
        if found is None:  # the site holds the code object, so that its id stays its own
            found = self._sites[key] = Site(path, code, frame.f_lasti)
        return found

    def inner(self, frame: FrameType | None) -> tuple[Site | None, FrameType | None]:
        """The innermost site of the project at or outside of a frame, and its frame."""
        while frame is not None:
            site = self.site(frame)
            if site is not None:
                return site, frame
            frame = frame.f_back
        return None, None
