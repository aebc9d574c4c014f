"""Which room of the code may import from which."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import codemods

ROOT = Path(codemods.__file__).parent
_PACKAGES = sorted(path for path in ROOT.glob("asyncmock_await/*/**/__init__.py"))
_IMPORT = re.compile(r"^\s*(?:from|import)\s+codemods\.([\w.]+)", re.MULTILINE)


CALLS = ("module", "text", "following", "given", "project", "becoming_async")
"""The rooms of the largest family of codes, in the order in which its docstring tells of them."""


def _only(*rooms: str) -> str:
    """A pattern for what a room of `CALLS` may import: of that family, facts and some rooms."""
    return rf"(?!asyncmock_await\.calls\.)|asyncmock_await\.calls\.(?:facts|{'|'.join(rooms)})\b"


def imported_in(room: str) -> list[tuple[str, str]]:
    """(file, what it imports from this package) for all of a room."""
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    return [
        (file.relative_to(ROOT).as_posix(), name) for file in files for name in _IMPORT.findall(file.read_text("utf-8"))
    ]


def test_a_codemod_imports_no_other_one() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__main__.py")}
    assert {"rope_rename", "websocket_ssot"} <= rooms
    wrong = [
        each for room in rooms for each in imported_in(room) if each[1].partition(".")[0] in rooms - {room, "evidence"}
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("room", "allowed"),
    [
        pytest.param("toolkit", r"toolkit\b|testing\b", id="the toolkit knows no codemod and no engine"),
        pytest.param("engines", r"(?:engines|toolkit)\b", id="engines know no codemod"),
        pytest.param(
            "toolkit/python",
            r"toolkit\.(?:python|codemod|suggest)\b",
            id="what Python code means has nothing to do with files or reports",
        ),
        pytest.param("toolkit/review", r"toolkit\.(?!python)|toolkit\.python\.project", id="reports know no code"),
        *(
            pytest.param(f"asyncmock_await/calls/{room}", _only(*CALLS[: at + 1]), id=f"calls: {room}")
            for at, room in enumerate(CALLS)
        ),
    ],
)
def test_a_room_imports_only_from_those_below_it(room: str, allowed: str) -> None:
    assert [each for each in imported_in(room) if re.match(allowed, each[1]) is None] == []


@pytest.mark.parametrize(
    "room", [pytest.param(path.parent, id=path.parent.relative_to(ROOT).as_posix()) for path in _PACKAGES]
)
def test_the_docstring_of_a_room_names_all_that_is_in_it(room: Path) -> None:
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    modules = {path.stem for path in room.glob("*.py")} | {path.parent.name for path in room.glob("*/__init__.py")}

    assert modules - {"__init__"} == set(re.findall(r"`(\w+)`", text)) & modules
