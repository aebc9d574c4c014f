"""What can be asked for without a codemod: `list`, `undo`, `finish`, `status`, `explain`, `new`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from codemods.toolkit import registry
from codemods.toolkit.arguments import EXIT_STATUS, Parser
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.review.summary import counted_files
from codemods.toolkit.review.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from codemods.toolkit.codemod import AnyCodemod
    from codemods.toolkit.explain import Page
    from codemods.toolkit.pipeline.undo import Restored

VERBS = ("list", "undo", "finish", "status", "explain", "new")

Answer = tuple[str, int]
"""Text for stdout, and the exit status."""


def answer(words: Sequence[str], version: str) -> Answer:
    """Do what `codemods WORDS` asks for.

    Raises `UsageError`, `RolledBack`, or `SystemExit` after printing what `--help` asks for.
    """
    given = _parser(version).parse_args(words)
    verb: Callable[[argparse.Namespace], Answer] = given.verb
    return verb(given)


def _parser(version: str) -> Parser:
    parser = Parser(
        prog="codemods",
        usage="codemods CODEMOD [PATH ...] [OPTION ...]\n       codemods list|undo|finish|status|explain|new ...",
        description="Codemods that prove their result before they write it. `codemods CODEMOD --help` tells the rest.",
        epilog=EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"codemods {version}")
    verbs = parser.add_subparsers(metavar="", required=True, title="verbs", parser_class=Parser)
    verbs.add_parser("list", help="the codemods that are installed").set_defaults(verb=_list)
    for name, verb, text in (
        ("undo", _undo, "restore every byte as before the last run, or before RUN"),
        ("finish", _finish, "complete a run that was interrupted (undo takes it back)"),
        ("status", _status, "the runs that can be undone, and what is at work"),
    ):
        sub = verbs.add_parser(name, help=text)
        metavar, about = "PATH", "the folder that was worked on (the current one)"
        if name == "undo":
            metavar, about = "RUN|PATH", f"a run by its id, or the beginning of it (see status), or {about}"
        sub.add_argument("words", nargs="*", metavar=metavar, help=about)
        sub.add_argument("--root", metavar="DIR", help="the same folder")
        sub.set_defaults(verb=verb, runs=name == "undo")
    explain = verbs.add_parser("explain", help="what a code means, and what to do about it")
    explain.add_argument("code", nargs="?", metavar="CODE")
    explain.add_argument("--write", metavar="DIR", help="write the pages of all codes and the report's schema to DIR")
    explain.set_defaults(verb=_explain)
    new = verbs.add_parser("new", help="begin a codemod of your own, with fixtures and tests")
    new.add_argument("name", metavar="NAME", help="what it is called: a-z, 0-9 and _")
    new.add_argument(
        "folder", nargs="?", default=".", metavar="DIR",
        help="where it goes (the current folder): a project takes it in, in any other folder it gets one of its own",
    )  # fmt: skip
    new.set_defaults(verb=_new)
    return parser


class _Named(NamedTuple):
    """What a verb is about: the folder as it was given, and the run (None where none was named)."""

    folder: str
    run: str | None

    @property
    def root(self) -> Path:
        return Path(self.folder)


def _named(given: argparse.Namespace) -> _Named:
    """Tell folders from runs: a word that is a folder, or looks like a path, is a folder."""
    folders = [] if given.root is None else [given.root]
    runs: list[str] = []
    for word in given.words:
        if not word:
            raise UsageError(f"{word!r}: no such folder")
        is_run = given.runs and not Path(word).is_dir() and not {os.sep, "/"} & set(word)
        (runs if is_run else folders).append(word)
    if len(folders) > 1 or len(runs) > 1:
        raise UsageError(f"one {'folder' if len(folders) > 1 else 'run'} at a time: {', '.join([*folders, *runs])}")
    folder = folders[0] if folders else "."
    if not Path(folder).is_dir():
        raise UsageError(f"{folder}: no such folder")
    return _Named(folder, runs[0] if runs else None)


def _list(given: argparse.Namespace) -> Answer:
    from codemods.toolkit.explain import clashing, pages

    del given
    rows: list[tuple[str, str]] = []
    codemods: list[AnyCodemod] = []
    for name in sorted(registry.names()):
        try:
            codemods.append(registry.load(name))
            rows.append((name, codemods[-1].summary))
        except UsageError as error:
            rows.append((name, str(error)))
    width = max((len(name) for name, _ in rows), default=0)
    lines = [f"{printable(name):<{width}}  {printable(text)}" for name, text in rows]
    return "".join(f"{line}\n" for line in (*lines, *clashing(pages(codemods)))), 0


def _undo(given: argparse.Namespace) -> Answer:
    from codemods.toolkit.pipeline.undo import undo

    named = _named(given)
    return _told(undo(named.root, named.run))


def _finish(given: argparse.Namespace) -> Answer:
    from codemods.toolkit.pipeline.undo import finish, pending

    named = _named(given)
    run = pending(named.root)
    if run is None:
        raise UsageError(f"no run was interrupted in {named.folder}: there is nothing to finish")
    return _told(finish(run))


def _told(restored: Restored) -> Answer:
    lines = [
        f"run {restored.run} ({restored.codemod}) is {restored.state}: {counted_files(len(restored.files))} written"
    ]
    lines += [f"  {printable(path)}: changed since by someone else, left as it is" for path in restored.left]
    return "".join(f"{line}\n" for line in lines), 3 if restored.left else 0


def _status(given: argparse.Namespace) -> Answer:
    from codemods.toolkit.pipeline.undo import interruption, pending, running, runs

    root = _named(given).root
    lines = [
        f"{run.id}  {run.state:<11}  {run.header.started}  {run.header.codemod}  {counted_files(len(run.header.files))}"
        for run in runs(root)
    ]
    busy, waiting = running(root), pending(root)
    if busy is not None:
        lines.append(f"at work: {busy}")
    if waiting is not None:
        lines.append(interruption(waiting))
    return "".join(f"{line}\n" for line in lines or ["no run was applied here"]), 0


def _explain(given: argparse.Namespace) -> Answer:
    from codemods.toolkit.explain import explain, pages

    known = pages(_loadable())
    if given.write:
        return _write_docs(Path(given.write), known)
    if given.code is None:
        return "".join(f"{code}  {page.code.title}\n" for code, page in known.items()), 0
    return explain(given.code, known), 0


def _new(given: argparse.Namespace) -> Answer:
    from codemods.toolkit.explain import pages
    from codemods.toolkit.new.verb import Taken, new

    taken = Taken(registry.names(), VERBS, pages(_loadable()))
    return new(given.name, given.folder, taken), 0


def _loadable() -> Iterator[AnyCodemod]:
    for name in sorted(registry.names()):
        try:
            yield registry.load(name)
        except UsageError:  # `list` tells; the codes of the others can be explained all the same
            continue


def _write_docs(folder: Path, known: Mapping[str, Page]) -> Answer:
    from codemods.toolkit.explain import written_pages
    from codemods.toolkit.review.json_report import schema

    files = {f"codes/{name}": text.encode() for name, text in written_pages(known).items()}
    try:
        (folder / "codes").mkdir(parents=True, exist_ok=True)
        for path, content in {**files, "report.schema.json": schema()}.items():
            (folder / path).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    return f"{len(files) + 1} files written to {folder}\n", 0
