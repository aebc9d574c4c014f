"""What linters and type checkers say of ten un-awaited mocks, beside what `asyncmock_await` says: docs/peers.md.

    pip install -e '.[benchmarks,lint,test]'
    python -m benchmarks.peers          run all of them, and write the generated parts of docs/peers.md anew
    python -m benchmarks.peers --own    only the column of asyncmock_await: the others needn't be installed

A case is a file of benchmarks/cases/faulty with its mended twin in benchmarks/cases/mended; the lines of the fault end
in `# fault`.  Each tool gets each side as one small project.
"""

from __future__ import annotations

import argparse
import ast
import importlib.metadata
import importlib.util
import io
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.peers_output import (
    FLAKE8_FORMAT,
    Message,
    Reader,
    flake8_messages,
    mypy_messages,
    own_messages,
    pylint_messages,
    pyright_messages,
    ruff_messages,
)
from codemods.asyncmock_await import codemod
from codemods.toolkit.cli import main as run_codemod

HERE = Path(__file__).resolve().parent.parent
CASES = HERE / "benchmarks" / "cases"
DOCUMENT = HERE / "docs" / "peers.md"
FAULT = "  # fault"
NOTHING = "–"


class PeersError(Exception):
    """A peer is not installed, or ended without doing its work."""


class Case(NamedTuple):
    """One case: its file, what its docstring calls it, and the lines where a message counts."""

    path: str
    label: str
    lines: frozenset[int]


class Tool(NamedTuple):
    """A peer, run as `python -m module arguments machine_readable` in the folder of the cases.

    `counted` are the codes of messages that tell of a missing `await` or of a test that never runs, `statuses` the exit
    statuses of a run that did its work, `distributions` those whose versions are shown.
    """

    name: str
    module: str
    distributions: tuple[str, ...]
    arguments: tuple[str, ...]
    machine_readable: tuple[str, ...]
    read: Reader
    counted: frozenset[str]
    statuses: frozenset[int] = frozenset({0, 1})


TOOLS = (
    Tool(
        "mypy", "mypy", ("mypy",),
        ("--strict", *(f"--enable-error-code={code}" for code in ("truthy-bool", "unused-awaitable")), "."),
        ("--config-file=", "--output=json"), mypy_messages,
        # The last three are how a coroutine shows that is used as a value.
        frozenset({"unused-coroutine", "unused-awaitable", "truthy-bool", "comparison-overlap", "operator"}),
    ),
    Tool(
        "pyright", "pyright", ("pyright",), ("--project=pyproject.toml",), ("--outputjson",), pyright_messages,
        frozenset({"reportUnusedCoroutine", "reportUnnecessaryComparison", "reportOperatorIssue"}),
    ),
    Tool(
        "pylint", "pylint", ("pylint",), ("--enable-all-extensions", "--enable=all", "."),
        ("--recursive=yes", "--rcfile=pyproject.toml", "--output-format=json2"), pylint_messages,
        frozenset(),
        frozenset(range(32)),  # a bit for each category of messages; 32 is wrong usage
    ),
    Tool(
        "ruff", "ruff", ("ruff",), ("check", "--select=ALL", "--preview", "."),
        ("--isolated", "--no-cache", "--output-format=json"), ruff_messages,
        frozenset(),
    ),
    Tool(
        "flake8-async", "flake8", ("flake8", "flake8-async"),
        ("--enable=ASYNC", "--select=ASYNC,C,E,F,W", "--asyncio", "."),
        ("--isolated", f"--format={FLAKE8_FORMAT}"), flake8_messages,
        frozenset({"ASYNC105"}),
    ),
)  # fmt: skip

OWN = "asyncmock_await"
OWN_COUNTED = frozenset({"AM101", "AM102", "AM103", "AM104", "AM111", "AM113", "AM301", "AM302", "AM303"})

Table = Mapping[str, Mapping[str, str]]
"""The cells: by the name of a tool, then by the label of a row."""


# -- the cases


def cases() -> list[Case]:
    """All cases, by file name."""
    return [_case(path) for path in sorted((CASES / "faulty").glob("test_*.py"))]


def _case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    label = (ast.get_docstring(ast.parse(text)) or path.stem).partition("\n")[0].rstrip(".")
    lines = (number for number, line in enumerate(text.splitlines(), 1) if line.endswith(FAULT))
    return Case(path.name, label, frozenset(lines))


def write_side(side: str, folder: Path) -> Path:
    """Write one side, `faulty` or `mended`, as a project of its own; returns its folder."""
    shutil.copytree(CASES / "project", folder / side)
    return Path(shutil.copytree(CASES / side, folder / side, dirs_exist_ok=True))


# -- the tools


def own(folder: Path) -> list[Message]:
    """What `codemods asyncmock_await` says of a folder, without evidence."""
    output, told = io.BytesIO(), io.StringIO()
    status = run_codemod(codemod, [str(folder), "--format", "json", "--no-cache", "--jobs", "1"], output, told)
    if status:
        raise PeersError(f"{OWN} ended with status {status}: {told.getvalue().strip()}")
    return own_messages(output.getvalue())


def peer(tool: Tool, folder: Path) -> list[Message]:
    """What a peer says of a folder; `PeersError` where it can't be run."""
    if importlib.util.find_spec(tool.module) is None:
        raise PeersError(f"{tool.name} is not installed: pip install -e '.[benchmarks,lint,test]'")
    command = [sys.executable, "-m", tool.module, *tool.arguments, *tool.machine_readable]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode not in tool.statuses:
        raise PeersError(f"{tool.name} ended with status {done.returncode}: {done.stderr.strip()}")
    return tool.read(done.stdout)


# -- the tables


def column(
    found: Sequence[Case], faulty: Sequence[Message], mended: Sequence[Message], counted: frozenset[str]
) -> dict[str, str]:
    """The cells of one tool: what it says of each case, then how many cases it flags, faulty and mended."""
    cells = {case.label: _cell(each for each in _on_fault(case, faulty) if each.code in counted) for case in found}
    flagged = sum(cell != NOTHING for cell in cells.values())
    false = {each.path for each in mended if each.code in counted}
    return {**cells, "**flagged**": f"**{flagged}**", "flagged when mended": str(len(false))}


def _on_fault(case: Case, messages: Sequence[Message]) -> list[Message]:
    return [each for each in messages if each.path == case.path and each.line in case.lines]


def _cell(messages: Iterable[Message]) -> str:
    shown = (f"{each.code} {each.remark}".rstrip() for each in messages)
    return ", ".join(dict.fromkeys(shown)) or NOTHING


def table_text(table: Table) -> str:
    """A table in Markdown: a column for each tool."""
    labels = next(iter(table.values()))
    lines = [f"| | {' | '.join(table)} |", f"|---|{'---|' * len(table)}"]
    lines += [f"| {label} | {' | '.join(cells[label] for cells in table.values())} |" for label in labels]
    return "".join(f"{line}\n" for line in lines)


def table_of(text: str) -> dict[str, dict[str, str]]:
    """The table that `table_text` made."""
    names, _rule, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return {name: {row[0]: row[number] for row in rows} for number, name in enumerate(names) if number}


def _tools_text(found: Sequence[Case], said: Mapping[str, Sequence[Message]]) -> str:
    lines = ["| | arguments | counts | said on the lines of the fault, doesn't count |", "|---|---|---|---|"]
    for tool in TOOLS:
        versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in tool.distributions)
        on_fault = {each.code for case in found for each in _on_fault(case, said[tool.name])}
        cells = (versions, f"`{' '.join(tool.arguments)}`", _codes(tool.counted), _codes(on_fault - tool.counted))
        lines.append(f"| {' | '.join(cells)} |")
    return "".join(f"{line}\n" for line in [*lines, "", f"Run with Python {platform.python_version()}."])


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)) or NOTHING


# -- the document


def part(document: str, name: str) -> str:
    """A generated part of the document."""
    return _part(name).split(document)[1]


def with_part(document: str, name: str, text: str) -> str:
    """The document with another text as its generated part."""
    before, _old, after = _part(name).split(document)
    return f"{before}<!-- {name} -->\n{text}<!-- end -->\n{after}"


def _part(name: str) -> re.Pattern[str]:
    return re.compile(rf"^<!-- {name} -->\n(.*?)^<!-- end -->\n", re.MULTILINE | re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tools and write docs/peers.md anew; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--own", action="store_true", help=f"only the column of {OWN}; the others stay as they are")
    given = parser.parse_args(arguments)
    document = DOCUMENT.read_text(encoding="utf-8")
    try:
        document = _measured(document, only_own=given.own)
    except PeersError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    DOCUMENT.write_text(document, encoding="utf-8", newline="\n")
    print(part(document, "table"), end="")
    return 0


def _measured(document: str, *, only_own: bool) -> str:
    found = cases()
    with tempfile.TemporaryDirectory() as name:
        faulty, mended = (write_side(side, Path(name).resolve()) for side in ("faulty", "mended"))
        table = table_of(part(document, "table")) if only_own else {}
        if not only_own:
            said = {tool.name: peer(tool, faulty) for tool in TOOLS}
            for tool in TOOLS:
                table[tool.name] = column(found, said[tool.name], peer(tool, mended), tool.counted)
            document = with_part(document, "tools", _tools_text(found, said))
        table[OWN] = column(found, own(faulty), own(mended), OWN_COUNTED)
    return with_part(document, "table", table_text(table))


if __name__ == "__main__":
    sys.exit(main())
