"""Record what the documents show: every command in them is run, and its output put where it belongs.

    python docs/refresh.py [DOCUMENT ...]            write the outputs anew
    python docs/refresh.py --check [DOCUMENT ...]    print what is out of date, exit 1 if anything is

A fenced `console` block holds commands (`$ ...`) with their output.  The commands of a document are run in order, in
one temporary folder that starts as its `WORLDS` entry says.  Words behind `console` choose what of a diff is shown:
`files=a.py,b.py` only these files, and `...` where something is left out.  A block of another language with `file=PATH`
is written to that file before the commands below it run (`append=PATH` adds to it).  What differs from run to run (ids,
times) is recorded as one fixed value.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent.parent
FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>\w+)(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL
)
VOLATILE = (
    (re.compile(r"\b\d{8}-\d{6}-\d+-[0-9a-f]{4}\b"), "20260102-030405-123456-7f3a"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?"), "2026-01-02T03:04:05Z"),
    (re.compile(r"\bin \d+\.\d\ds\b"), "in 0.50s"),
    (re.compile(r", \d+ deselected\b"), ""),
)
"""What differs from run to run, and what stands in the documents for it: run ids, times, durations, other tests."""


class Session(NamedTuple):
    """Where the next command of a document runs, and the exit status of the last one."""

    folder: Path
    status: int


class Block(NamedTuple):
    """One fenced block: its language, the words behind it, and its text."""

    language: str
    options: Mapping[str, str]
    text: str


# -- the folders that the commands run in


def _copied(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".codemods", ".*_cache"))


def _committed(folder: Path) -> Path:
    for command in (["git", "init", "-q", "-b", "main"], ["git", "add", "."], ["git", "commit", "-qm", "Start"]):
        subprocess.run(command, cwd=folder, env=environment(folder), check=True)
    return folder


def clone(folder: Path) -> Path:
    """A clone of this project, as far as README.md needs it."""
    _copied(HERE / "examples", folder / "examples")
    return _committed(folder)


def shop(folder: Path) -> Path:
    """The example application as a repository of its own."""
    _copied(HERE / "examples" / "shop", folder / "shop")
    return _committed(folder / "shop")


def checkout(folder: Path) -> Path:
    """The sources of this project, to add a codemod to."""
    _copied(HERE / "codemods", folder / "codemods")
    (folder / "tests").mkdir()
    for name in ("pyproject.toml", "tests/conftest.py", "tests/forked.py", "tests/test_fixtures.py"):
        shutil.copy(HERE / name, folder / name)
    # What `pip install -e .` makes of a new entry point.
    installed = folder / "added-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: added\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[codemods]\nlogging_warn = codemods.logging_warn:codemod\n")
    return folder


_INSTALLER = """#!{python}
# Stands in for `pip install -e .`, which needs a package index: the entry points of a project, where Python finds them.
import pathlib, tomllib
project = tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]
info = pathlib.Path({site!r}, project["name"] + "-1.dist-info")
info.mkdir(parents=True)
(info / "METADATA").write_text("Metadata-Version: 2.1\\nName: " + project["name"] + "\\nVersion: 1\\n")
lines = (name + " = " + value for name, value in project["entry-points"]["codemods"].items())
(info / "entry_points.txt").write_text("[codemods]\\n" + "\\n".join(lines) + "\\n")
"""


def empty(folder: Path) -> Path:
    """An empty folder, and an installer that needs no network."""
    (folder / ".bin").mkdir()
    installer = folder / ".bin" / "pip"
    installer.write_text(_INSTALLER.format(python=sys.executable, site=str(folder / ".installed")))
    installer.chmod(0o755)
    (folder / "work").mkdir()
    return folder / "work"


WORLDS: Mapping[str, Callable[[Path], Path]] = {
    "README.md": clone,
    "MIGRATION.md": shop,
    "CONTRIBUTING.md": checkout,
    "docs/evidence.md": clone,
    "docs/guide-your-own-codemod.md": empty,
    "docs/bowler-and-libcst.md": empty,
}


def environment(folder: Path) -> dict[str, str]:
    """The variables that the commands see: nothing of the user's own configuration, and a terminal without colours."""
    kept = ("PATH", "SYSTEMROOT", "TMPDIR", "LANG", "LC_ALL")
    identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _IDENTITY.items()}
    return {
        **{name: value for name in kept if (value := os.environ.get(name)) is not None},
        **identity,
        **({"PYTHONPATH": os.pathsep.join(map(str, path))} if (path := _import_path(folder)) else {}),
        "PATH": os.pathsep.join(
            (str(folder / ".bin"), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))
        ),
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / ".cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        # Older versions of pytest-asyncio warn wherever they aren't configured.
        "PYTEST_ADDOPTS": f"-p no:cacheprovider{' -p no:asyncio' if (folder / '.bin').is_dir() else ''}",
    }


def _import_path(folder: Path) -> Sequence[Path]:
    """Where Python looks for modules first."""
    if (folder / "codemods").is_dir():  # the sources of this project, where a document adds to them
        return [folder]
    return [folder / ".installed", folder / "work" / "by_keyword"] if (folder / ".bin").is_dir() else []


_IDENTITY = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": "2026-01-02T03:04:05Z"}


# -- one document


def refreshed(document: str, text: str) -> str:
    """The text of a document with the outputs that its commands have now."""
    with tempfile.TemporaryDirectory() as scratch:
        session = Session(WORLDS[document](Path(scratch).resolve()), 0)
        parts: list[str] = []
        end = 0
        for match in FENCE.finditer(text):
            block = _block(match)
            if block.language == "console":
                shown, session = _console(block, session, Path(scratch).resolve())
                parts += [text[end : match.start("text")], shown]
                end = match.end("text")
            else:
                _write(block, session.folder)
        return "".join((*parts, text[end:]))


def _block(match: re.Match[str]) -> Block:
    options = dict(word.partition("=")[::2] for word in match["info"].split())
    return Block(match["language"], options, match["text"])


def _write(block: Block, folder: Path) -> None:
    for option, mode in (("file", "w"), ("append", "a")):
        if option in block.options:
            path = folder / block.options[option]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open(mode, encoding="utf-8", newline="\n") as stream:
                stream.write(block.text)


def _console(block: Block, session: Session, home: Path) -> tuple[str, Session]:
    shown: list[str] = []
    for command in commands(block.text):
        output, session = _run(command, session, home)
        files = block.options.get("files")
        shown.append(f"$ {command}\n{_chosen(output, files.split(',')) if files else output}")
    return "".join(shown), session


def commands(text: str) -> Iterator[str]:
    """The commands of a console block; one that ends in a backslash, or within double quotes, goes on below."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
            while command.endswith("\\") or command.count('"') % 2:
                command += "\n" + next(lines)
            yield command


def _run(command: str, session: Session, home: Path) -> tuple[str, Session]:
    """The output of a command as a terminal shows it, and where the next one runs."""
    place = home / ".place"
    script = f"(exit {session.status})\n{command}\nstatus=$?\npwd -P > {place}\nexit $status"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=session.folder, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    folder = Path(place.read_text().rstrip("\n"))
    return _steady(done.stdout.decode(), home), Session(folder, done.returncode)


def _steady(output: str, home: Path) -> str:
    output = output.replace(str(home), "~")
    for pattern, fixed in VOLATILE:
        output = pattern.sub(fixed, output)
    return output if output.endswith("\n") or not output else f"{output}\n"


def _chosen(output: str, files: Sequence[str]) -> str:
    """Only these files of a diff; `...` stands for those left out, what comes after the diff stays."""
    shown: list[str] = []
    for section in re.split(r"^(?=diff --git )", output, flags=re.MULTILINE):
        if not section.startswith("diff --git "):
            shown.append(section)
            continue
        lines = section.splitlines(keepends=True)
        length = next((n for n, line in enumerate(lines) if n and not _of_diff(line)), len(lines))
        wanted = any(lines[0].endswith(f" b/{file}\n") for file in files)
        if wanted:
            shown.extend(lines[:length])
        elif not shown or shown[-1] != "...\n":
            shown.append("...\n")
        shown.extend(lines[length:])
    return "".join(shown)


def _of_diff(line: str) -> bool:
    return line.startswith(("@@ ", "+", "-", " ", "\\", "index ", "old mode", "new mode", "deleted file", "new file"))


def main(arguments: Sequence[str]) -> int:
    """Refresh or check the documents; the exit status."""
    check = "--check" in arguments
    chosen = [name for name in arguments if not name.startswith("-")] or sorted(WORLDS)
    drifted = False
    for document in chosen:
        path = HERE / document
        before = path.read_text(encoding="utf-8")
        after = refreshed(document, before)
        if before == after:
            continue
        drifted = True
        if check:
            drift = difflib.unified_diff(
                before.splitlines(keepends=True), after.splitlines(keepends=True), document, f"{document} (now)"
            )
            sys.stdout.write("".join(drift))
        else:
            path.write_text(after, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{document}: outputs written anew\n")
    if check and drifted:
        sys.stdout.write("out of date; write the outputs anew with: python docs/refresh.py\n")
    return int(check and drifted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
