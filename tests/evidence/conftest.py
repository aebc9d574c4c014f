"""Code that is run while a recorder listens, and what the recorder makes of it."""

from __future__ import annotations

import gc
import textwrap
import warnings
from pathlib import Path
from typing import Protocol

import pytest

from codemods.evidence.export import exported
from codemods.evidence.hooks import recording
from codemods.evidence.schema import Call, Coroutine, Double, Evidence, Place
from codemods.evidence.syntax import completed

HEAD = """\
import asyncio
import contextlib
import functools
import threading
from unittest import mock
from unittest.mock import ANY, DEFAULT, AsyncMock, MagicMock, Mock, create_autospec, patch


class Repository:
    limit = 3

    def __init__(self, name="x"):
        self.name = name

    async def load(self, key): ...

    def close(self): ...

    @staticmethod
    def parse(text): ...

    @classmethod
    async def make(cls): ...

    @property
    def size(self): ...


async def serve(*arguments): ...


def plain(): ...


"""
"""What every piece of code starts with."""


class Recorded:
    """The evidence of one piece of code, and the code, to look places up in."""

    def __init__(self, evidence: Evidence, source: str) -> None:
        self.evidence = evidence
        self._lines = source.encode().splitlines(keepends=True)

    def text(self, place: Place) -> str:
        """The source of a span."""
        assert place.end_line, f"only a line is known: {place}"
        lines = self._lines[place.line - 1 : place.end_line]
        lines[-1] = lines[-1][: place.end_column]
        return b"".join(lines)[place.column :].decode()

    def doubles(self) -> list[str]:
        """The sources of all doubles."""
        return [self.text(double.place) for double in self.evidence.doubles]

    def double(self, text: str | None = None) -> Double:
        """The only double, or the one that is written so."""
        found = [double for double in self.evidence.doubles if text is None or self.text(double.place) == text]
        assert len(found) == 1, f"{len(found)} doubles"
        return found[0]

    def call(self, *chain: str, of: str | None = None) -> Call:
        """The only call of a member of a double."""
        found = [call for call in self.double(of).calls if call.chain == chain]
        assert len(found) == 1, f"{len(found)} calls: {[call.chain for call in self.double(of).calls]}"
        return found[0]

    def coroutine(self) -> Coroutine:
        """The only coroutine without a mock that was dropped."""
        (found,) = self.evidence.coroutines
        return found


class Record(Protocol):
    """Run code (after `HEAD`) as the file at `path`; what it made is gone afterwards, but for the name `kept`."""

    def __call__(self, code: str, *, path: str = "code.py") -> Recorded: ...


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """What a recorder sees of a piece of code, which is the only file of its project."""

    def run(code: str, *, path: str = "code.py") -> Recorded:
        source = HEAD + textwrap.dedent(code)
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        namespace: dict[str, object] = {"__name__": "code"}
        with warnings.catch_warnings(), recording(tmp_path) as recorder:
            warnings.filterwarnings("ignore", ".* was never awaited", RuntimeWarning)
            exec(compile(source, str(file), "exec"), namespace)
            for name in namespace.keys() - {"kept"}:
                del namespace[name]
            evidence = completed(exported(recorder), tmp_path)
            error_free(recorder.errors)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".* was never awaited", RuntimeWarning)
            namespace.clear()
            gc.collect()
        return Recorded(evidence, source)

    return run


def error_free(errors: list[str]) -> None:
    """A recorder that was at fault says so nowhere else."""
    assert errors == []
