"""The command line of one codemod, parsed: the options are the same for all, and those that the codemod adds."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn

from codemods.toolkit.codemod import Option, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.toolkit.codemod import AnyCodemod, Input, Positional, View

Format = Literal["diff", "json"]

EXIT_STATUS = """exit status:
  0  nothing wrong (with --check: nothing to change)
  1  --check found something to change
  2  wrong usage or configuration
  3  finished, but some file could not be processed, or changes had to be rolled back"""


_PROJECT = (".git", "pyproject.toml", "setup.cfg", "setup.py")
"""What makes a folder a project of its own."""


class Target(NamedTuple):
    """The tree to work on, and the files or folders that may change (empty: all of it)."""

    root: Path
    paths: tuple[Path, ...]


class Arguments(NamedTuple):
    """What was asked for.  None where an option was not given, so that the configuration holds."""

    target: Target
    apply: bool
    check: bool
    baseline: str | None
    view: View[Any, Any] | None
    format: Format | None
    output: str | None
    config: str | None
    select: tuple[str, ...] | None
    ignore: tuple[str, ...] | None
    include: tuple[str, ...] | None
    exclude: tuple[str, ...] | None
    jobs: int | None
    cache: bool
    allow_dirty: bool
    verbose: bool
    inputs: tuple[tuple[Input, Sequence[str]], ...]
    options: tuple[tuple[Option, Sequence[str] | bool], ...]


class Parser(argparse.ArgumentParser):
    """Raises `UsageError` where argparse would print the whole usage and exit."""

    def error(self, message: str) -> NoReturn:
        """Turn a wrong command line into one line."""
        raise UsageError(f"{message} (see `{self.prog} --help`)")


def parse(codemod: AnyCodemod, words: Sequence[str]) -> Arguments:
    """The command line `words` for `codemod`.

    Raises `UsageError`, or `SystemExit` after printing what `--help` asks for.
    """
    words, rest = _split(words) if codemod.rest else (words, ())
    # Paths may stand behind options, too.
    given = vars(_parser(codemod).parse_intermixed_args(words))
    if given["baseline"] is not None and not given["check"]:
        raise UsageError("--baseline goes with --check")
    shown = next((view for view in codemod.views if given[view.flag]), None)
    if shown is not None and given["format"] is not None:
        raise UsageError(f"{shown.flag} prints text: it takes no --format")
    return Arguments(
        target=target_of(given["paths"][len(codemod.positionals) :]),
        apply=given["apply"],
        check=given["check"],
        baseline=given["baseline"],
        view=shown,
        format=given["format"],
        output=given["output"],
        config=given["config"],
        select=_several(given["select"]),
        ignore=_several(given["ignore"]),
        include=_several(given["include"]),
        exclude=_several(given["exclude"]),
        jobs=given["jobs"],
        cache=not given["no_cache"],
        allow_dirty=given["allow_dirty"],
        verbose=given["verbose"],
        inputs=tuple((each, given[each.flag]) for each in codemod.inputs if given[each.flag]),
        options=(
            *zip(map(_as_option, codemod.positionals), ([word] for word in given["paths"]), strict=False),
            *((option, given[option.flag]) for option in codemod.options if given[option.flag]),
            *(((Option("--", codemod.rest, "ARG", ""), rest),) if rest else ()),
        ),
    )


def _split(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The words before the first `--`, and those after it."""
    end = words.index("--") if "--" in words else len(words)
    return words[:end], words[end + 1 :]


def _as_option(word: Positional) -> Option:
    return Option(word.metavar, word.key, word.metavar, word.help)


def require_words(codemod: AnyCodemod, config: object) -> None:
    """Raise `UsageError` where neither the command line nor the configuration has a word that the codemod needs."""
    missing = [word for word in codemod.positionals if not getattr(config, word.key)]
    if missing:
        usage = " ".join([word.metavar for word in codemod.positionals])
        raise UsageError(
            f"{missing[0].metavar} is missing: codemods {codemod.name} {usage} [PATH ...]"
            f" (or {missing[0].key!r} in [tool.codemods.{codemod.name}])"
        )


def _parser(codemod: AnyCodemod) -> Parser:
    parser = Parser(
        prog=f"codemods {codemod.name}",
        description=f"{codemod.summary}\n\nA dry run unless --apply: the diff goes to stdout, the summary to stderr.",
        epilog=EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        usage=_usage(codemod),
    )
    paths = "the folder to work on (the current one), or files of it"
    for word in codemod.positionals:
        # Only shown: of several optional positionals argparse takes none that stands behind an option.
        parser.add_argument_group(word.metavar, word.help)
    parser.add_argument("paths", nargs="*", metavar="PATH", help=paths)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--apply", action="store_true", help="write the changes; `codemods undo` takes them back")
    mode.add_argument("--check", action="store_true", help="for CI: list what would change, exit 1 if anything would")
    for view in codemod.views:
        mode.add_argument(view.flag, dest=view.flag, action="store_true", help=view.help)
    _add_report_options(parser, codemod)
    _add_run_options(parser)
    if codemod.inputs:
        inputs = parser.add_argument_group("what it is told besides the code (may be given several times)")
        for each in codemod.inputs:
            inputs.add_argument(each.flag, dest=each.flag, action="append", metavar=each.metavar, help=each.help)
    if codemod.options:
        own = parser.add_argument_group(f"{codemod.name}, each also a key of [tool.codemods.{codemod.name}]")
        for option in codemod.options:
            if option.switch:
                own.add_argument(option.flag, dest=option.flag, action="store_true", help=option.help)
            else:
                own.add_argument(
                    option.flag, dest=option.flag, action="append", metavar=option.metavar, help=option.help
                )
    return parser


def _usage(codemod: AnyCodemod) -> str:
    words = " ".join(word.metavar for word in codemod.positionals)
    rest = " [-- ARG ...]" if codemod.rest else ""
    return f"codemods {codemod.name}{' ' if words else ''}{words} [PATH ...] [OPTION ...]{rest}"


def _add_report_options(parser: Parser, codemod: AnyCodemod) -> None:
    report = parser.add_argument_group("report")
    report.add_argument("--format", choices=("diff", "json"), help="what to print on stdout (a dry run: diff)")
    report.add_argument(
        "--baseline", metavar="FILE", help="with --check: a report (--format json) of the uses that are accepted"
    )
    report.add_argument("--output", metavar="FILE", help="write that to FILE instead of stdout")
    report.add_argument("--select", metavar="CODE", action="append", help=_select_help(codemod))
    report.add_argument("--ignore", metavar="CODE", action="append", help="don't list these codes; counts stay whole")
    report.add_argument("--verbose", action="store_true", help="list every refusal and finding")


def _select_help(codemod: AnyCodemod) -> str:
    example = codemod.codes[0].code if codemod.codes else "TK101"
    requested = f"; rewritten only so: {', '.join(codemod.on_request)}" if codemod.on_request else ""
    return f"list only these codes ({example}, or {example[:3]}){requested}"


def _add_run_options(parser: Parser) -> None:
    run = parser.add_argument_group("run (on the command line, an option takes the place of the configured value)")
    run.add_argument("--config", metavar="FILE", help="read this in place of pyproject.toml (the same tables)")
    run.add_argument("--include", metavar="GLOB", action="append", help="change only these files")
    run.add_argument("--exclude", metavar="GLOB", action="append", help="leave these files as they are")
    run.add_argument("--jobs", metavar="N", type=_count, help="processes to use (0: as many as there are processors)")
    run.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    run.add_argument(
        "--allow-dirty", action="store_true", help="--apply also with uncommitted changes in the work tree"
    )


def _count(word: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number from 0")
    return int(word)


def _several(words: list[str] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(words)


def target_of(given: Sequence[str]) -> Target:
    """The tree that the paths mean, and what may change in it.

    Without a path it is the current folder; a folder that holds a project file (or a repository) is the tree itself.
    Any other folder belongs to the project around it: `tests/` is where to look, but what its names mean stands beside
    it.  Files, or several paths, belong to the git work tree around them (or where there is none, to the folder that
    they have in common).  All of the tree is read, and only these paths may change.  Raises `UsageError`.
    """
    paths = [_existing(path) for path in given] or [Path.cwd()]
    if len(paths) == 1 and paths[0].is_dir():
        root = _project(paths[0]) if given else paths[0]
        return Target(root, () if root == paths[0] else (paths[0],))
    tops = {_work_tree(path) for path in paths}
    top = tops.pop() if len(tops) == 1 else None
    if top is None:
        try:
            top = Path(os.path.commonpath([path if path.is_dir() else path.parent for path in paths]))
        except ValueError:  # Windows: several drives
            raise UsageError(f"{', '.join(given)}: have no folder in common, run once for each") from None
    return Target(top, tuple(paths))


def _existing(word: str) -> Path:
    if not word or not os.path.exists(word):
        raise UsageError(f"{word or repr(word)}: no such file or folder")
    path = Path(os.path.realpath(word))
    if not path.is_dir() and path.suffix != ".py":
        raise UsageError(f"{word}: neither a folder nor a Python file (.py)")
    return path


def _project(folder: Path) -> Path:
    """The nearest folder from here upwards that is a project by its files; the folder itself where there is none."""
    return next(
        (each for each in (folder, *folder.parents) if any((each / name).exists() for name in _PROJECT)), folder
    )


def _work_tree(path: Path) -> Path | None:
    return next((folder for folder in (path, *path.parents) if (folder / ".git").exists()), None)
