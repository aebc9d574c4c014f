"""One command line for every codemod.

    python -m codemods.<name> [PATH ...]        the same as `codemods <name> [PATH ...]`
    python -m codemods list | undo [RUN] [PATH] | finish [PATH] | status [PATH] | explain CODE | new NAME [DIR]

The result (a diff, JSON, the places that `--check` found) goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TextIO

import msgspec

from codemods import __version__
from codemods.toolkit import config, registry
from codemods.toolkit.arguments import Arguments, parse, require_words
from codemods.toolkit.codemod import AnyCodemod, UsageError
from codemods.toolkit.codes import TOOLKIT_CODES
from codemods.toolkit.pipeline.apply import Applied, apply, require_ready
from codemods.toolkit.pipeline.executors import safe_path
from codemods.toolkit.pipeline.run import Inventory, Settings, inventory, run
from codemods.toolkit.pipeline.transaction import RolledBack
from codemods.toolkit.pipeline.undo import interruption, pending
from codemods.toolkit.pipeline.worktree import work_tree
from codemods.toolkit.review.baseline import accepted_uses, new_uses
from codemods.toolkit.review.diff import diff
from codemods.toolkit.review.json_report import json_report
from codemods.toolkit.review.selection import Selection, selection
from codemods.toolkit.review.summary import counted_files, remark, summary, to_change
from codemods.toolkit.review.terminal import ProgressBar, coloured, coloured_diff, printable
from codemods.toolkit.verbs import VERBS, answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codemods.toolkit.codemod import Finding, Input, Site, View
    from codemods.toolkit.pipeline.result import Result

NOTHING_WRONG, FOUND_CHANGES, WRONG_USAGE, INCOMPLETE = 0, 1, 2, 3
INTERRUPTED = 130
"""What shells report for a program that Ctrl-C ended: 128 + SIGINT."""


class Streams(NamedTuple):
    """Where to write: bytes to stdout, lines to stderr."""

    stdout: BinaryIO
    stderr: TextIO

    def tell(self, text: str) -> None:
        """Write lines for the user to stderr; nobody may be listening any more."""
        try:
            self.stderr.write("".join(f"{printable(line)}\n" for line in text.rstrip("\n").split("\n")))
            self.stderr.flush()
        except BrokenPipeError:
            _leave_pipe(self.stderr)

    def put(self, content: bytes) -> None:
        """Write the result to stdout; a reader that has seen enough (`| head`) is no error."""
        try:
            self.stdout.write(content)
            self.stdout.flush()
        except BrokenPipeError:
            _leave_pipe(self.stdout)
        except OSError as error:
            raise UsageError(f"stdout can't be written: {error.strerror}") from error


def main(
    codemod: AnyCodemod | None = None,
    argv: Sequence[str] | None = None,
    stdout: BinaryIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Run the command line `argv` (without the program's name) and return the exit status.

    `codemod` is the one that was started as a module; without it the first word names a codemod or a verb.
    """
    streams = _streams(stdout, stderr)
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if codemod is None and words and words[0] not in VERBS and not words[0].startswith("-"):
            codemod = registry.load(words.pop(0))
        if codemod is not None:
            return _run(codemod, parse(codemod, words), streams)
        text, status = answer(words or ["--help"], __version__)
        streams.put(text.encode())
    except UsageError as error:
        streams.tell(f"error: {error}")
        return WRONG_USAGE
    except RolledBack as error:
        streams.tell(f"error: {error}")
        return INCOMPLETE
    except KeyboardInterrupt:
        streams.tell("interrupted")
        return INTERRUPTED
    finally:
        if argv is None:
            # The process ends with this: to look for garbage in all that a run has made takes half a second for 10,000
            # files, and gives nothing back that the end of the process doesn't.
            gc.freeze()
    return status


def _streams(stdout: BinaryIO | None, stderr: TextIO | None) -> Streams:
    # Python's own are None when the process was started with them closed.
    standard = sys.stdout.buffer if sys.stdout is not None else io.BytesIO()
    return Streams(stdout or standard, stderr or sys.stderr or io.StringIO())


def _leave_pipe(stream: BinaryIO | TextIO) -> None:
    """Let what is still buffered go nowhere, or the interpreter complains about the broken pipe when it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _run(codemod: AnyCodemod, given: Arguments, streams: Streams) -> int:
    root = given.target.root
    toolkit, own = _configured(codemod, given)
    require_words(codemod, own)
    titles = {code.code: code.title for code in (*TOOLKIT_CODES, *codemod.codes)}
    selected = selection(toolkit.select, toolkit.ignore, titles)
    settings = Settings(
        root=root,
        include=toolkit.include,
        exclude=toolkit.exclude,
        paths=given.target.paths,
        roots=toolkit.roots,
        jobs=toolkit.jobs,
        cache=toolkit.cache,
        inputs={each.key: tuple(_content(each, file) for file in files) for each, files in given.inputs},
    )
    _require_output(given.output)
    accepted = None if given.baseline is None else accepted_uses(given.baseline)
    if given.apply:
        require_ready(root, allow_dirty=given.allow_dirty)
    elif (waiting := pending(root)) is not None:
        streams.tell(f"warning: {interruption(waiting)}")
    try:
        # Any interpreter that is started from here (workers, and what multiprocessing starts beside them) is safe.
        # What a codemod prints is no part of the diff.
        with ProgressBar(streams.stderr) as progress, safe_path(), contextlib.redirect_stdout(sys.stderr):
            if given.view is not None:
                return _show(given.view, inventory(codemod, own, settings, progress), own, given.output, streams)
            result = run(codemod, own, settings, progress)
    except KeyboardInterrupt:
        streams.tell("interrupted: nothing was written")
        return INTERRUPTED
    applied = apply(result, root, allow_dirty=given.allow_dirty) if given.apply else None
    fresh = new_uses(result.sites, accepted) if accepted is not None else []
    content, is_diff = _report(result, codemod, selected, given, applied, fresh)
    _put(content, is_diff, given.output, streams)
    streams.tell(summary(result, codemod, titles, selected, every_place=given.verbose))
    if applied is not None:
        streams.tell(_what_was_done(applied, root))
    return _status(result, given, fresh)


def _content(asked: Input, file: str) -> bytes:
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{asked.flag}: {file}: {error.strerror}") from error
    wrong = asked.wrong(content) if asked.wrong is not None else ""
    if wrong:
        raise UsageError(f"{asked.flag}: {file}: {wrong}")
    return content


def _show(view: View[Any, Any], seen: Inventory, own: Any, output: str | None, streams: Streams) -> int:
    text = "".join(f"{printable(line)}\n" for line in view.text(seen.project, own).rstrip("\n").split("\n"))
    _put(text.encode(), False, output, streams)
    for finding in seen.findings:
        streams.tell(str(remark(finding)))
    return _completeness(seen.findings)


def _configured(codemod: AnyCodemod, given: Arguments) -> config.Configuration[Any]:
    root = given.target.root
    toolkit, own = config.load(root, codemod, registry.names, given.config)
    for option, patterns in (("--include", given.include), ("--exclude", given.exclude)):
        for pattern in patterns or ():
            if problem := config.outside(root, pattern):
                raise UsageError(f"{option}: {pattern!r} {problem}")
    on_command_line = {
        "include": given.include,
        "exclude": given.exclude,
        "jobs": given.jobs,
        "select": given.select,
        "ignore": given.ignore,
        "cache": None if given.cache else False,
    }
    changed = {key: value for key, value in on_command_line.items() if value is not None}
    toolkit = msgspec.structs.replace(toolkit, **changed)
    own = codemod.located(config.with_options(own, given.options), Path.cwd())
    return config.Configuration(toolkit, config.with_requested(codemod, toolkit, own))


def _report(
    result: Result,
    codemod: AnyCodemod,
    selected: Selection,
    given: Arguments,
    applied: Applied | None,
    fresh: Sequence[Site],
) -> tuple[bytes, bool]:
    """What belongs on stdout (or in `--output`), and whether it is a diff; `--apply` by itself shows nothing there."""
    if given.format == "json":
        return json_report(result, codemod.kinds, selected, applied.run if applied else None), False
    if given.format == "diff" or not (given.apply or given.check):
        return diff(result.changes), True
    places = [*to_change(result), *map(remark, fresh)] if given.check else []
    return "".join(f"{found}\n" for found in places).encode(), False


def _put(content: bytes, is_diff: bool, output: str | None, streams: Streams) -> None:
    if output is not None:
        try:
            Path(output).write_bytes(content)
        except OSError as error:
            raise UsageError(f"--output: {output}: {error.strerror}") from error
    else:
        streams.put(coloured_diff(content) if is_diff and coloured(streams.stdout) else content)


def _require_output(output: str | None) -> None:
    """Find out before the work, not after it, that the report has nowhere to go."""
    if output is not None and (Path(output).is_dir() or not Path(output).absolute().parent.is_dir()):
        raise UsageError(f"--output: {output}: is a folder, or lies in one that doesn't exist")


def _what_was_done(applied: Applied, root: Path) -> str:
    if not applied.run:
        return "nothing to change"
    deleted = f", {len(applied.deleted):,} deleted" if applied.deleted else ""
    place = "" if work_tree(Path.cwd()) == work_tree(root) else f" {shlex.quote(str(root))}"
    return f"{counted_files(len(applied.written))} written{deleted}; undo with: python -m codemods undo{place}"


def _status(result: Result, given: Arguments, fresh: Sequence[Site]) -> int:
    if given.check and (fresh or to_change(result)):
        return FOUND_CHANGES
    return _completeness(result.findings)


def _completeness(findings: Iterable[Finding]) -> int:
    return INCOMPLETE if any(finding.failed for finding in findings) else NOTHING_WRONG
