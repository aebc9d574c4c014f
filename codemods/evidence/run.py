"""Record a run of tests that isn't pytest's, or add files of evidence up.

python -m codemods.evidence [--output FILE] -m unittest [ARGS]     also: -m pytest [ARGS], or a script
python -m codemods.evidence --output FILE --merge FILE FILE ...
"""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from codemods.evidence.export import exported
from codemods.evidence.hooks import recording
from codemods.evidence.merge import merged
from codemods.evidence.outcomes import unittest_results
from codemods.evidence.output import obstacle, write
from codemods.evidence.recorder import Recorder
from codemods.evidence.schema import Evidence, UnreadableEvidence, json_schema, read, written
from codemods.evidence.syntax import completed

WRONG_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say, in this process; the exit status is that of the tests."""
    given = _parser().parse_args(arguments)
    if given.schema:
        sys.stdout.write(json_schema().decode())
        return 0
    output = Path(os.path.abspath(given.output))
    root = Path(os.path.abspath(given.root))
    problem = obstacle(output)
    if not problem and not (given.merge or given.module or given.script):
        problem = "nothing to run: give -m MODULE, a script, or --merge"
    if problem:
        return _wrong(problem)
    if given.merge:
        return _merge(given.merge, output)
    if given.module and given.module[0] == "pytest":
        plugin = ["-p", "codemods.evidence.plugin", f"--codemods-evidence={output}"]
        plugin += [f"--codemods-evidence-root={root}"] if given.root != os.curdir else []
        return _run(["pytest", *plugin, *given.module[1:]], as_module=True)
    return _recorded(given.module or given.script, bool(given.module), root, output)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m codemods.evidence",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--output", metavar="FILE", default="evidence.json", help="where to write (evidence.json)")
    parser.add_argument("--root", metavar="DIR", default=os.curdir, help="paths are relative to it (current folder)")
    parser.add_argument("--merge", metavar="FILE", nargs="+", default=[], help="add these up, as shards of one run")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of the file")
    parser.add_argument("-m", dest="module", metavar="MODULE", nargs=argparse.REMAINDER, help="run it, with arguments")
    parser.add_argument("script", nargs=argparse.REMAINDER, help="or run a script, with arguments")
    return parser


def _wrong(problem: str) -> int:
    print(f"error: {problem}", file=sys.stderr)  # noqa: T201 - the command line's answer
    return WRONG_USAGE


def _merge(names: Sequence[str], output: Path) -> int:
    parts: list[Evidence] = []
    for name in names:
        try:
            parts.append(read(Path(name).read_bytes()))
        except (OSError, UnreadableEvidence) as error:
            return _wrong(f"{name}: {error.strerror if isinstance(error, OSError) else error}")
    write(output, written(merged(parts)))
    return 0


def _recorded(command: list[str], as_module: bool, root: Path, output: Path) -> int:
    with recording(root) as recorder:
        try:
            with unittest_results(recorder):
                return _run(command, as_module)
        finally:  # also when the tests were interrupted
            if recorder.belongs_here():
                _finish(recorder, root, output)


def _finish(recorder: Recorder, root: Path, output: Path) -> None:
    try:
        write(output, written(completed(exported(recorder), root)))
    except Exception as error:  # noqa: BLE001 - the tests have their outcome, whatever becomes of the file
        recorder.failed(error)
    for told in recorder.errors:
        print(f"codemods evidence: internal error: {told}", file=sys.stderr)  # noqa: T201 - see above


def _run(command: list[str], as_module: bool) -> int:
    """Run a module or a script as `python` would, with its folder first on the import path."""
    before = sys.argv[:], sys.path[:]
    sys.argv[:] = command
    try:
        if as_module:
            sys.path.insert(0, os.getcwd())
            runpy.run_module(command[0], run_name="__main__", alter_sys=True)
        else:
            script = os.path.abspath(command[0])  # as `__file__` has it, and the code that places are read from
            sys.path.insert(0, os.path.dirname(script))
            runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        return _status(end.code)
    finally:
        sys.argv[:], sys.path[:] = before
    return 0


def _status(code: object) -> int:
    """The exit status that Python makes of a `SystemExit`."""
    if code is None or isinstance(code, int):
        return code or 0
    print(code, file=sys.stderr)  # noqa: T201 - Python prints it too
    return 1
