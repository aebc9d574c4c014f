"""Commands of LibCST (`CodemodCommand`) as pure functions: a text goes in, a text comes out.

They get what LibCST's own runner gives them (a context with the file's name and module, their own arguments), and
nothing is written, formatted or executed besides the command.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, cast

import libcst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile
from libcst.helpers import calculate_module_and_package
from libcst.metadata import FilePathProvider, FullRepoManager, FullyQualifiedNameProvider
from libcst.metadata.base_provider import BaseMetadataProvider

from codemods.engines.contained import contained
from codemods.engines.user_code import explained, is_of_run, load, reason, reference
from codemods.toolkit.codemod import UsageError

GENERATED = "@gen" + "erated"  # in two parts, so that this file is not taken for one
"""What LibCST's runner knows generated files by."""

Provider = type[BaseMetadataProvider[object]]

_SUPPORTED: tuple[Provider, ...] = (cast("Provider", FullyQualifiedNameProvider), cast("Provider", FilePathProvider))
"""Of the providers that need more than one file: those for which the path of the file is enough."""


class Unparsable(Exception):  # noqa: N818 - the state of a text
    """A text that LibCST can't parse: the line (from 1) and what it says."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message


class Altered(Exception):  # noqa: N818 - the state of a text
    """A text that LibCST gives back otherwise than it was, without any change."""


class CommandFailed(Exception):  # noqa: N818 - what the user's code did
    """The command raised something: why, in one line."""


class Commanded(NamedTuple):
    """What a command makes of one text, its warnings, and why it skips the file ("" when it doesn't)."""

    text: str
    warnings: tuple[str, ...] = ()
    skipped: str = ""


class Place(NamedTuple):
    """Where a module stands: the project, the folder in it that names of modules are counted from, and its path.

    `encoding` is what its file is written in.

    >>> Place("/shop", "src", "src/a/b.py").base, Place("/shop", "", "a.py").base
    ('/shop/src', '/shop')
    """

    root: str
    home: str
    path: str
    encoding: str = "utf-8"

    @property
    def base(self) -> str:
        """The folder that its name is counted from."""
        return f"{self.root}/{self.home}" if self.home else self.root

    @property
    def file(self) -> str:
        """Its file, absolute."""
        return f"{self.root}/{self.path}"


class _Arguments(argparse.ArgumentParser):
    """The parser of the words after `--`, which a command fills by its `add_args`."""

    def error(self, message: str) -> NoReturn:
        """Turn wrong arguments into one line, with those that the command takes."""
        usage = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise UsageError(f"{message}: arguments are {usage}")


class _Manager:
    """What a context asks for the metadata that goes beyond one file."""

    def __init__(self, root: str) -> None:
        self._root = root

    def get_cache_for_path(self, path: str) -> Mapping[Provider, object]:
        """What the providers need to know of a file, worked out from its path alone."""
        cache: dict[Provider, object] = {}
        for provider in _SUPPORTED:
            if provider.gen_cache is not None:
                cache[provider] = provider.gen_cache(Path(self._root), [path])[path]
        return cache


class CommandSource(NamedTuple):
    """A command: the class (see `user_code.reference`), its digest, and its own arguments.

    `root` is the project, which it can't write to.
    """

    command: str
    digest: str
    arguments: tuple[str, ...]
    root: str = ""

    @property
    def file(self) -> str:
        """The file of the class, or its module."""
        return reference(self.command).place

    def made(self, context: CodemodContext) -> CodemodCommand | SkipFile:
        """The command for one file, or why it skips that as soon as it is made.

        Raises `UsageError` when there is no such command, or it can't work with these arguments or without a type
        checker.
        """
        kind = load(self.command, self.digest, self.root)
        if not (isinstance(kind, type) and issubclass(kind, CodemodCommand)):
            raise UsageError(f"{self.command}: is no CodemodCommand of LibCST")
        if missing := getattr(kind, "__abstractmethods__", None):
            raise UsageError(f"{self.command}: is abstract, it lacks {', '.join(sorted(missing))}")
        self._require_supported(kind)
        parser = _Arguments(prog="--", add_help=False, allow_abbrev=False)
        with contained(self.root), explained(self.command, "can't be made"):
            kind.add_args(parser)
            values: dict[str, Any] = vars(parser.parse_args(self.arguments))
            try:
                return kind(context=context, **values)
            except SkipFile as skip:
                return skip

    def _require_supported(self, kind: type[CodemodCommand]) -> None:
        for provider in sorted(_needed(kind), key=lambda each: each.__name__):
            if provider.gen_cache is not None and provider not in _SUPPORTED:
                raise UsageError(
                    f"{self.command}: needs {provider.__name__}, which runs a program over the whole project"
                )


def _needed(kind: type[CodemodCommand]) -> Iterator[Provider]:
    """All the providers that a command asks for, and those that these ask for."""
    seen: set[Provider] = set()
    pending = [*kind.get_inherited_dependencies()]
    while pending:
        provider = pending.pop()
        if provider not in seen:
            seen.add(provider)
            pending += provider.get_inherited_dependencies()
    yield from seen


def commanded(source: CommandSource, place: Place, text: str) -> Commanded:
    """What a command makes of the text of a module (line feeds only).  `place` is what the command is told of it.

    Raises:
        Unparsable: LibCST can't parse the text.
        Altered: LibCST doesn't give the text back as it was.
        CommandFailed: the command raised something.
        UsageError: there is no command to be had.
    """
    if GENERATED in text:
        return Commanded(text, skipped=f"it says that it is generated ({GENERATED})")
    context = _context(place)
    command = source.made(context)
    if isinstance(command, SkipFile):
        return _skipped(text, context, command)
    tree = _parsed(text, place.encoding)
    with contained(source.root):
        try:
            after = command.transform_module(tree).code
        except SkipFile as skip:
            return _skipped(text, context, skip)
        except BaseException as problem:  # anything may come from code of the user's
            if is_of_run(problem, source.file):
                raise
            raise CommandFailed(reason(problem, source.file)) from None
    return Commanded(after, _warnings(context))


def _skipped(text: str, context: CodemodContext, skip: SkipFile) -> Commanded:
    return Commanded(text, _warnings(context), " ".join(str(skip).split()) or "the command skips it")


def _warnings(context: CodemodContext) -> tuple[str, ...]:
    return tuple(" ".join(warning.split()) for warning in context.warnings)


def _context(place: Place) -> CodemodContext:
    module = calculate_module_and_package(place.base, place.file)
    return CodemodContext(
        filename=place.file,
        full_module_name=module.name,
        full_package_name=module.package,
        metadata_manager=cast("FullRepoManager", _Manager(place.base)),
    )


def _parsed(text: str, encoding: str) -> libcst.Module:
    try:
        tree = libcst.parse_module(text, libcst.PartialParserConfig(encoding=encoding))
    except libcst.ParserSyntaxError as problem:
        raise Unparsable(problem.raw_line, problem.message) from None
    if tree.code != text:
        raise Altered
    return tree
