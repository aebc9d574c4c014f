"""The records that flow through every codemod, and the `Codemod` record itself.

All of them are frozen, hold no syntax nodes and no open files, and can be pickled and written to the cache: the
parallel steps run unchanged in this process, in a pool, or on another machine.

Offsets are counted in bytes of `Source.body`: the text of a file as UTF-8, without byte order mark, line ends as they
stand in the file.  `ast` counts columns the same way, so no conversion is needed between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import msgspec

if TYPE_CHECKING:
    from codemods.toolkit.python.layout import Layout
    from codemods.toolkit.python.names import ModuleNames
    from codemods.toolkit.python.project import Module, Project

Decision = Literal["rewritten", "right", "kept", "refused"]
"""What happened to a site: changed, already as it should be, left alone on purpose, or left alone with a code."""

DECISIONS: tuple[Decision, ...] = ("rewritten", "right", "kept", "refused")


class UsageError(Exception):
    """The user asked for something that can't be done: one line (or a ranked table), exit status 2."""


class Source(msgspec.Struct, frozen=True):
    """The text of one file, and what it takes to write it back byte by byte.

    `path` is relative to the root, with forward slashes.  `body` is UTF-8 without byte order mark.  `encoding` is what
    the file is written in (PEP 263), `bom` whether it starts with a byte order mark.
    """

    path: str
    body: bytes
    encoding: str = "utf-8"
    bom: bool = False


class Edit(msgspec.Struct, frozen=True, order=True):
    """Replace `body[start:end]` by `new` (UTF-8).  Edits of one file don't overlap."""

    start: int
    end: int
    new: bytes


class Code(msgspec.Struct, frozen=True):
    """One entry of the table that `explain` and docs/codes/ are made from.

    `title` is the short form in summaries ("stale keyword argument"), `explanation` is Markdown: what it means, an
    example, and what to do about it.
    """

    code: str
    title: str
    explanation: str


class Site(msgspec.Struct, frozen=True):
    """One place that the codemod looked at, with its decision.

    `kind` is the row of the summary that it is counted in ("call site", "reference", "import", "patch target").
    `code` is "" unless the site is refused or its reason has a code.  `line` counts from 1, `column` from 0 (bytes).
    """

    kind: str
    path: str
    line: int
    column: int
    name: str
    decision: Decision
    reason: str
    code: str = ""


class Finding(msgspec.Struct, frozen=True):
    """Something to tell that is no site: a file that can't be parsed, a duplicate that a person has to merge.

    `failed` says that a file could not be processed (exit status 3).
    """

    code: str
    path: str
    line: int
    column: int
    message: str
    failed: bool = False


class Measure(msgspec.Struct, frozen=True):
    """A figure of the whole tree before and after, for the summary ("dangling imports 719 -> 275")."""

    label: str
    before: int
    after: int


class Creation(msgspec.Struct, frozen=True):
    """A file that comes: its bytes on disk.

    `moved_from` is the file that it was before, where that one goes: what is wrong in it already is not held against
    the change, and it keeps its permissions.
    """

    content: bytes
    moved_from: str = ""


PartT = TypeVar("PartT")
FactsT = TypeVar("FactsT")
ConfigT = TypeVar("ConfigT")


@dataclass(frozen=True, slots=True)
class Plan(Generic[PartT]):
    """What happens, and why: the whole result of `decide`.

    `parts` maps a path to what `rewrite` needs to know of that file; `deletions` are Python files that go, `creations`
    Python files that come.  A file that is in `Project.layout.paths` can't come: where it is as wanted (as it is when
    the plan is made again, after the change) the plan has nothing to do.  `sites` holds each site once.  `findings` are
    reported as they are.
    """

    parts: Mapping[str, PartT] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    deletions: tuple[str, ...] = ()
    creations: Mapping[str, Creation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """A command line option of one codemod that sets a key of its configuration."""

    flag: str
    key: str
    metavar: str
    help: str
    switch: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A command line option that names files which are read as data, besides the project's own (`--evidence FILE`).

    The shell reads them; `decide` finds their bytes in `Project.inputs[key]`, in the order in which they were given.
    `wrong` says in a line what is wrong with the content of one, "" if nothing is: it is asked before anything is read
    of the project, and what it says is told with the name of the file.
    """

    flag: str
    key: str
    metavar: str
    help: str
    wrong: Callable[[bytes], str] | None = None


@dataclass(frozen=True, slots=True)
class Positional:
    """A word of the command line that stands before the paths and sets a key of the codemod's configuration.

    `codemods rope_rename pkg.module:name new_name [PATH ...]` has two.  It may be left out (with all after it) where
    the configuration has the key.
    """

    key: str
    metavar: str
    help: str


def no_marks(body: bytes) -> tuple[str, ...]:
    """The marks of a codemod that needs none."""
    return ()


def nothing_again(project: Project[Any], config: Any) -> Mapping[str, frozenset[str]]:
    """What a codemod asks again that knows all it needs of a file once that is collected."""
    return {}


def as_it_is(config: ConfigT, folder: Path) -> ConfigT:
    """The configuration of a codemod that looks at nothing besides the project."""
    return config


def anywhere(config: ConfigT, layout: Layout) -> ConfigT:
    """The configuration of a codemod whose `collect` takes no interest in where a module stands."""
    return config


@dataclass(frozen=True, slots=True)
class View(Generic[ConfigT, FactsT]):
    """Something that a codemod can show instead of a plan (`--inventory`): `text` makes it from the collected facts."""

    flag: str
    help: str
    text: Callable[[Project[FactsT], ConfigT], str]


@dataclass(frozen=True, slots=True)
class Codemod(Generic[ConfigT, FactsT, PartT]):
    """Three pure functions and what the toolkit has to know to run them.

    `relevant(body, config, words)`: can this file matter?  Bytes only; it decides what is parsed at all.
    `collect(module, names, config, words)`: the facts of one module; `names` is what it binds and imports, `words` are
    names that `widen` found.
    `widen(project, config)`: further names to look for, once the facts of the first files are known (an alias under a
    name that `relevant` can't know); files that mention one are collected (again) with these words.
    `demand(project, config)`: paths of further modules whose names (and facts) `decide` has to know; called until it
    asks for nothing new.  Knowing more than was asked for must not change what is decided: the tree after the change is
    collected with all that was asked for before it.
    `again(project, config)`: files (path -> words) that have to be collected once more, with these words besides those
    that they mention: what only the whole project could tell to be worth a closer look.
    `decide(project, config, withheld)`: the plan.  Files in `withheld` must stay as they are: a change of theirs did
    not pass verification; the mapping says why (path -> (code, reason)).
    `rewrite(source, part)`: the edits of one file.
    `marks(body)`: what the bytes of *any* file say of names that files have in common (`async def close`, a class and
    its bases), so that `demand` can tell which of the files that aren't `relevant` by themselves have to be parsed.
    They stand in `Project.marks`.  It sees every file of the project: a few searches for fixed bytes, no more.
    `outlined` says that `collect` gets modules without the bodies of their functions, and reads those that it has a use
    for (`Module.read`): most of what the parser costs goes into the others.
    `settings` are names of settings files ("pytest.ini") whose bytes `decide` finds in `Project.settings` by path.  One
    that begins with `*` ("*.md") stands for all files that aren't Python and end like it: of these the ones for which
    `relevant` says that they matter are there, too.
    `inputs` are options that name further files to read.
    `positionals` are words that come before the paths on the command line, `rest` is the key (a tuple of strings) that
    takes all words after `--`.
    `located(config, folder)` makes the files absolute that a configuration names: what stands in a configuration file
    is relative to the folder of that file, what stands on the command line to the current folder.
    `prepared(config, root)` is called once before a run: it puts into the configuration what the facts depend on
    besides the files of the project (the digest of a file of the user's), so that the cache knows of it.
    `laid_out(config, layout)` is called after it, with the files of the project and its source roots (those that are
    configured or detected; not yet those that imports show): `collect`, which sees one module, learns from the
    configuration what that one is called.
    `effort` says how many times as long as a plain walk `collect` takes: work is handed to the processes in pieces that
    are so many times smaller.
    `on_request` are codes whose sites are rewritten only where `--select` names them; the names of those selected are
    put into the key `requested` of the configuration, which such a codemod has to have.
    `everywhere` says that files which must not change (excluded, or outside of the paths of the run) are looked at like
    any other: what it changes elsewhere may be needed there.  They are always `withheld`.  It may be a function that
    says so for a configuration.
    `kinds` are the rows of the summary in their order, `right` is what it calls the decision "right" ("already
    canonical").
    """

    name: str
    summary: str
    config: type[ConfigT]
    facts: type[FactsT]
    part: type[PartT]
    codes: tuple[Code, ...]
    relevant: Callable[[bytes, ConfigT, frozenset[str]], bool]
    collect: Callable[[Module, ModuleNames, ConfigT, frozenset[str]], FactsT]
    widen: Callable[[Project[FactsT], ConfigT], frozenset[str]]
    demand: Callable[[Project[FactsT], ConfigT], frozenset[str]]
    decide: Callable[[Project[FactsT], ConfigT, Mapping[str, tuple[str, str]]], Plan[PartT]]
    rewrite: Callable[[Source, PartT], tuple[Edit, ...]]
    again: Callable[[Project[FactsT], ConfigT], Mapping[str, frozenset[str]]] = nothing_again
    marks: Callable[[bytes], tuple[str, ...]] = no_marks
    outlined: bool = False
    settings: frozenset[str] = frozenset()
    inputs: tuple[Input, ...] = ()
    on_request: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    positionals: tuple[Positional, ...] = ()
    rest: str = ""
    located: Callable[[ConfigT, Path], ConfigT] = as_it_is
    prepared: Callable[[ConfigT, Path], ConfigT] = as_it_is
    laid_out: Callable[[ConfigT, Layout], ConfigT] = anywhere
    effort: int = 1
    views: tuple[View[ConfigT, FactsT], ...] = ()
    everywhere: bool | Callable[[ConfigT], bool] = False
    kinds: tuple[str, ...] = ()
    right: str = "already right"


AnyCodemod = Codemod[Any, Any, Any]
"""A codemod whose types don't matter, for code that handles all of them alike."""
