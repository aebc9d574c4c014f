"""Reading what each tool of `benchmarks.peers` prints: its messages with file, line and code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple

import msgspec

FLAKE8_FORMAT = "%(path)s\t%(row)d\t%(code)s"
"""The format that `flake8_messages` reads."""


class Message(NamedTuple):
    """One message: the file's path in the folder of the cases, the line from 1, and the tool's code for its kind.

    `remark` is what is shown behind the code.
    """

    path: str
    line: int
    code: str
    remark: str = ""


Reader = Callable[[str], list[Message]]
"""Messages from what a tool prints."""


class _Mypy(msgspec.Struct, frozen=True):
    file: str
    line: int
    code: str | None


class _Position(msgspec.Struct, frozen=True):
    line: int


class _Span(msgspec.Struct, frozen=True):
    start: _Position


class _PyrightDiagnostic(msgspec.Struct, frozen=True):
    file: str
    range: _Span
    rule: str = "syntax"


class _Pyright(msgspec.Struct, frozen=True, rename="camel"):
    general_diagnostics: tuple[_PyrightDiagnostic, ...]


class _PylintMessage(msgspec.Struct, frozen=True, rename="camel"):
    path: str
    line: int
    symbol: str


class _Pylint(msgspec.Struct, frozen=True):
    messages: tuple[_PylintMessage, ...]


class _Row(msgspec.Struct, frozen=True):
    row: int


class _Ruff(msgspec.Struct, frozen=True):
    filename: str
    location: _Row
    code: str | None


class _Site(msgspec.Struct, frozen=True):
    path: str
    line: int
    code: str
    decision: str


class _Finding(msgspec.Struct, frozen=True):
    path: str
    line: int
    code: str


class _Own(msgspec.Struct, frozen=True):
    sites: tuple[_Site, ...]
    findings: tuple[_Finding, ...]


def mypy_messages(output: str) -> list[Message]:
    """Those of `mypy --output=json`: one JSON object a line."""
    read = (msgspec.json.decode(line, type=_Mypy) for line in output.splitlines() if line.startswith("{"))
    return [Message(_name(each.file), each.line, each.code or "") for each in read]


def pyright_messages(output: str) -> list[Message]:
    """Those of `pyright --outputjson`, which counts lines from 0."""
    read = msgspec.json.decode(output, type=_Pyright).general_diagnostics
    return [Message(_name(each.file), each.range.start.line + 1, each.rule) for each in read]


def pylint_messages(output: str) -> list[Message]:
    """Those of `pylint --output-format=json2`."""
    read = msgspec.json.decode(output, type=_Pylint).messages
    return [Message(_name(each.path), each.line, each.symbol) for each in read]


def ruff_messages(output: str) -> list[Message]:
    """Those of `ruff check --output-format=json`."""
    read = msgspec.json.decode(output, type=tuple[_Ruff, ...])
    return [Message(_name(each.filename), each.location.row, each.code or "syntax") for each in read]


def flake8_messages(output: str) -> list[Message]:
    """Those of flake8 in `FLAKE8_FORMAT`."""
    read = (line.split("\t") for line in output.splitlines())
    return [Message(_name(path), int(line), code) for path, line, code in read]


def own_messages(output: bytes) -> list[Message]:
    """Those of `codemods asyncmock_await --format json`: sites that are not right as they are, and findings."""
    read = msgspec.json.decode(output, type=_Own)
    words = {"rewritten": "rewritten", "refused": "refused", "kept": "reported"}
    sites = [
        Message(each.path, each.line, each.code, words[each.decision])
        for each in read.sites
        if each.code and each.decision in words
    ]
    findings = [Message(each.path, each.line, each.code, "reported") for each in read.findings]
    # A finding repeats what the summary says of a site.
    return list(dict.fromkeys([*sites, *findings]))


def _name(path: str) -> str:
    """All cases lie in one folder, so the file's name is enough."""
    return PurePath(path).name
