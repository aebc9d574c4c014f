"""The same job by this project, LibCST's RenameCommand and ast-grep, on the same files in one run.

    python -m benchmarks                                        a synthetic corpus
    python -m benchmarks --checkout DIR --config FILE --old MODULE:NAME

The job is to point the users of one legacy class at the canonical factory.  The files are those that name the class
(a sample of them when they are many), with the packages around them; each tool gets exactly these, as a dry run.  The
peers rename only: they resolve no alias, re-export or shim, map no arguments and verify nothing.  The last two rows are
this project on the whole tree, which is what a user runs.

`python -m benchmarks.evidence` measures what recording evidence costs; `python -m benchmarks.peers` asks linters and
type checkers about un-awaited mocks.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpus import CLASS_NAME, CONFIGURATION, NEW_NAME, OLD_NAME, write_corpus
from benchmarks.measure import CommandError, Cost, cost

HERE = Path(__file__).resolve().parent.parent


class Job(NamedTuple):
    """The tree, its configuration, what is renamed to what, and the canonical class (`module:name`)."""

    tree: Path
    config: Path
    old: str
    new: str
    canonical_class: str


class Row(NamedTuple):
    """One line of the table: who did the job, on how many files, and what it took (None: not installed)."""

    label: str
    files: int
    cost: Cost | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; the exit status."""
    given = _parser().parse_args(arguments)
    if not hasattr(os, "wait4"):
        print("error: this system doesn't account for the processes of a command (no wait4)", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        try:
            table = _table(list(measured(_job(given, scratch), scratch, given.limit, given.seed)))
        except (CommandError, OSError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 3
    if given.output:
        Path(given.output).write_text(table, encoding="utf-8")
    print(table, end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=2000, metavar="N", help="modules of the synthetic corpus (2000)")
    parser.add_argument("--seed", type=int, default=0, help="of the corpus and of the sample (0)")
    parser.add_argument("--limit", type=int, default=221, metavar="N", help="the most files for the comparison (221)")
    parser.add_argument("--checkout", metavar="DIR", help="measure on this tree instead (only read)")
    parser.add_argument("--config", metavar="FILE", help="its configuration of websocket_ssot (pyproject.toml)")
    parser.add_argument("--old", metavar="MODULE:NAME", help="the legacy class that the peers rename")
    parser.add_argument("--output", metavar="FILE", help="also write the table to a file")
    return parser


def _job(given: argparse.Namespace, scratch: Path) -> Job:
    if not given.checkout:
        tree = scratch / "corpus"
        write_corpus(tree, given.files, given.seed)
        config = scratch / "corpus.toml"
        config.write_text(CONFIGURATION, encoding="utf-8")
        return Job(tree, config, OLD_NAME, NEW_NAME, CLASS_NAME)
    tree = Path(given.checkout).resolve()
    config = Path(given.config).resolve() if given.config else tree / "pyproject.toml"
    if not given.old:
        raise CommandError("--checkout needs --old MODULE:NAME, the legacy class that the peers rename")
    own = tomllib.loads(config.read_text(encoding="utf-8"))["tool"]["codemods"]["websocket_ssot"]
    return Job(tree, config, given.old, own["factory"], own["class"])


def measured(job: Job, scratch: Path, limit: int, seed: int) -> Iterator[Row]:
    """Each tool on the same files, then this project on the whole tree."""
    everything = python_files(job.tree)
    chosen = sample(job, everything, limit, seed)
    same = scratch / "same"
    _copy(job.tree, chosen, same)
    listing = scratch / "files.txt"
    listing.write_text("".join(f"{same / path}\n" for path in chosen), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(HERE), "CODEMODS_CACHE_DIR": str(scratch / "cache")}

    ours = [sys.executable, "-m", "codemods.websocket_ssot", "--config", str(job.config)]
    dry_run = (0, 3)  # a file that can't be parsed is told by 3
    same_files = [*ours, str(same), "--no-cache"]
    yield Row("codemods websocket_ssot", len(chosen), cost(same_files, environment, accepted=dry_run))
    rename = [sys.executable, "-m", "benchmarks.libcst_rename", job.old, job.new, str(listing)]
    yield Row("LibCST RenameCommand", len(chosen), cost(rename, environment))
    yield Row("ast-grep", len(chosen), _ast_grep(job, same, scratch, environment))
    whole_tree = [*ours, str(job.tree)]
    for label in ("codemods, whole tree, cold", "codemods, whole tree, again"):
        yield Row(label, len(everything), cost(whole_tree, environment, accepted=dry_run))


def python_files(tree: Path) -> list[str]:
    """The Python files of a tree, relative to it."""
    found = (path.relative_to(tree) for path in tree.rglob("*.py") if path.is_file())
    return sorted(path.as_posix() for path in found if path.parts[0] not in {".git", ".codemods"})


def sample(job: Job, files: Sequence[str], limit: int, seed: int) -> list[str]:
    """Files that name the class, at most `limit`; the modules of the old and the canonical names are among them."""
    word = job.old.partition(":")[2].encode()
    references = (job.old, job.new, job.canonical_class)
    ends = tuple(reference.partition(":")[0].replace(".", "/") + ".py" for reference in references)
    homes = [path for path in files if path.endswith(ends)]
    others = [path for path in files if path not in homes and word in (job.tree / path).read_bytes()]
    random.Random(seed).shuffle(others)
    return sorted([*homes, *others[: max(limit - len(homes), 0)]])


def _copy(tree: Path, paths: Sequence[str], target: Path) -> None:
    """Copy the files with what the canonical definitions need: the `__init__.py` files of their folders."""
    packages = {parent / "__init__.py" for path in paths for parent in Path(path).parents}
    for path in {*(Path(path) for path in paths), *packages}:
        if (tree / path).is_file():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tree / path, target / path)


def _ast_grep(job: Job, folder: Path, scratch: Path, environment: Mapping[str, str]) -> Cost | None:
    program = shutil.which("ast-grep", path=f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}")
    if program is None:
        return None
    old, new = job.old.partition(":"), job.new.partition(":")
    rules = scratch / "rules.yml"
    rules.write_text(
        f"id: call\nlanguage: python\nrule: {{pattern: {old[2]}($$$ARGS)}}\nfix: {new[2]}($$$ARGS)\n---\n"
        f"id: import\nlanguage: python\nrule: {{pattern: from {old[0]} import {old[2]}}}\n"
        f"fix: from {new[0]} import {new[2]}\n",
        encoding="utf-8",
    )
    return cost([program, "scan", "--rule", str(rules), str(folder)], environment, accepted=(0, 1))


def _table(rows: Sequence[Row]) -> str:
    """A Markdown table; ratios are of CPU seconds to those of the first row."""
    base = rows[0].cost
    assert base is not None  # this project is always there
    lines = ["| | files | CPU seconds | ratio | on the clock | peak memory |", "|---|---:|---:|---:|---:|---:|"]
    for label, files, took in rows:
        if took is None:
            lines.append(f"| {label} | {files:,} | not installed | | | |")
        else:
            lines.append(
                f"| {label} | {files:,} | {took.cpu:.2f} | {took.cpu / base.cpu:.2f} "
                f"| {took.wall:.2f} s | {took.peak / 1e6:.0f} MB |"
            )
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
