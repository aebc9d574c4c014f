"""Configuration: `[tool.codemods]` and `[tool.codemods.<name>]` of the target's pyproject.toml, read as data.

Every key has a type.  An unknown key or a wrong type is an error that names the file, the line and the key: a
misspelt key that is passed over in silence means a run with other settings than the user believes.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, NamedTuple, TypeVar, cast, get_args, get_origin

import msgspec

from codemods.toolkit.codemod import Codemod, Option, UsageError
from codemods.toolkit.review.selection import words
from codemods.toolkit.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ConfigT = TypeVar("ConfigT")

_TABLE = ("tool", "codemods")
_Key = str | int


class ToolkitConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `[tool.codemods]`: they hold for every codemod.

    `include` and `exclude` are patterns as in .gitignore, relative to the root; `roots` are folders that stand on the
    import path ("src").  `jobs` is the number of processes, 0 lets the toolkit choose.  `select` and `ignore` are
    codes, or the beginning of some ("WS1"), that reports show or hide: they never change what is done or counted.
    `cache = false` reads and writes no cache.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    jobs: Annotated[int, msgspec.Meta(ge=0)] = 0
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    cache: bool = True


class Configuration(NamedTuple, Generic[ConfigT]):
    """What one run is configured with: the keys of every codemod, and those of this one."""

    toolkit: ToolkitConfig
    codemod: ConfigT


class _Document(NamedTuple):
    """A TOML file: its name in messages, its text, and the values in it."""

    name: str
    text: str
    values: Mapping[str, Any]

    def error(self, message: str, *path: _Key) -> UsageError:
        line = f":{line_of(self.text, path)}" if self.text else ""  # a file that isn't there lacks what it should have
        return UsageError(f"{self.name}{line}: {message}")


def load(
    root: Path, codemod: Codemod[ConfigT, Any, Any], known: Callable[[], Iterable[str]], file: str | None = None
) -> Configuration[ConfigT]:
    """The configuration for `codemod` on the tree at `root`.

    `known` gives the names of all codemods (asked only where the file has a table that is not this codemod's).
    `file` is read in place of the root's pyproject.toml: the same tables stand in it.  Raises `UsageError`.
    """
    document = _read(root, file)
    table = _table(document)
    own: Mapping[str, Any] = {}
    fields = _fields(ToolkitConfig)
    general: dict[str, Any] = {}
    for key, value in table.items():
        if key == codemod.name:
            own = value
        elif key in fields or not isinstance(value, dict):
            general[key] = value
        elif key not in (names := frozenset(known())):
            raise document.error(f"no codemod is named {key!r}{did_you_mean(key, names)}", *_TABLE, key)
    toolkit = _convert(document, general, ToolkitConfig, _TABLE)
    for key in ("include", "exclude", "roots"):
        for index, path in enumerate(getattr(toolkit, key)):
            problem = outside(root, path) if key != "roots" else _unusable_root(root, path)
            if problem:
                raise document.error(f"{key}: {path!r} {problem}", *_TABLE, key, index)
    converted = _convert(document, own, codemod.config, (*_TABLE, codemod.name))
    located = codemod.located(converted, Path(file).parent if file else root)
    return Configuration(toolkit, with_requested(codemod, toolkit, located))


def with_requested(codemod: Codemod[ConfigT, Any, Any], toolkit: ToolkitConfig, config: ConfigT) -> ConfigT:
    """`config` with the codes on request that `select` names in the key `requested`.

    A word that begins other codes too ("AM1" where only AM106 is on request) asks for none: it only narrows a report.
    """
    if not codemod.on_request:
        return config
    others = [code.code for code in codemod.codes if code.code not in codemod.on_request]
    asking = [word for word in words(toolkit.select) if not any(code.startswith(word) for code in others)]
    requested = tuple(code for code in codemod.on_request if code.startswith(tuple(asking)))
    return cast("ConfigT", msgspec.structs.replace(cast("Any", config), requested=requested))


def with_options(config: ConfigT, given: Iterable[tuple[Option, Sequence[str] | bool]]) -> ConfigT:
    """`config` with the keys that command line options set; each option comes with all the values given to it.

    A key that holds one value takes the last one.  Raises `UsageError` naming the option.
    """
    kind = cast("type[Any]", type(config))
    fields = {key: field for field in msgspec.structs.fields(kind) for key in (field.name, field.encode_name)}
    for option, value in given:
        field = fields[option.key]
        try:
            converted = value if isinstance(value, bool) else _from_words(value, field.type)
            config = msgspec.structs.replace(cast("Any", config), **{field.name: converted})
        except (ValueError, TypeError) as error:  # msgspec's own is a ValueError; the others come from __post_init__
            # What __post_init__ says begins with the key, for whoever wrote it into a file.
            message = _plain(str(error), field.type).removeprefix(f"{option.key}: ")
            raise UsageError(f"{option.flag}: {message}") from error
    return config


def outside(root: Path, path: str) -> str:
    """Why a path, or the fixed part of a glob, is not inside `root`: empty when it is.

    A glob that begins with a slash is anchored at the root, as in .gitignore.
    """
    fixed_part = re.split(r"[*?\[]", path.removeprefix("!"), maxsplit=1)[0]
    fixed = root / fixed_part.lstrip("/")
    elsewhere = fixed_part.startswith("/") and not fixed.exists() and Path(fixed_part).exists()
    climbs = ".." in re.split(r"[/\\]", path) or bool(PureWindowsPath(path).drive)
    if climbs or elsewhere or not fixed.resolve().is_relative_to(root.resolve()):
        return "leads outside the root"
    return ""


def line_of(text: str, path: Sequence[_Key]) -> int:
    """The line (from 1) of the statement that sets a key in a TOML document, or the nearest table around it.

    Found with the parser itself, not by looking for the word, so that every form of TOML is understood (dotted and
    quoted keys, inline tables, values over several lines): the statement begins behind the longest beginning of the
    document that parses and lacks the key.
    """
    values = tomllib.loads(text)
    while not _holds(values, path):
        path = path[:-1]
    lines = text.split("\n")
    numbers = range(1, len(lines) + 1)
    return 1 + bisect.bisect_left(numbers, True, key=lambda number: _holds(_whole(lines, number), path))


def _whole(lines: list[str], count: int) -> Mapping[str, Any]:
    """The values in the first `count` lines, and in as many more as end the statement that they break off."""
    while True:
        try:
            values: Mapping[str, Any] = tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            count += 1
        else:
            return values


def _holds(values: object, path: Sequence[_Key]) -> bool:
    for key in path:
        match values, key:
            case dict(), str() if key in values:
                values = values[key]
            case list(), int() if key < len(values):
                values = values[key]
            case _:
                return False
    return True


def _read(root: Path, file: str | None) -> _Document:
    name = file or "pyproject.toml"
    path = Path(file) if file else root / name
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return _Document(name, text, tomllib.loads(text))
    except FileNotFoundError:
        if file:
            raise UsageError(f"{name}: no such configuration file") from None
        return _Document(name, "", {})
    except OSError as error:
        raise UsageError(f"{name}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: not valid TOML: {error}") from error


def _table(document: _Document) -> Mapping[str, Any]:
    table: dict[str, Any] = dict(document.values)
    for depth, key in enumerate(_TABLE):
        inner = table.get(key, {})
        if not isinstance(inner, dict):
            raise document.error(f"{key!r} has to be a table", *_TABLE[: depth + 1])
        table = inner
    return table


def _convert(document: _Document, table: object, kind: type[ConfigT], path: tuple[str, ...]) -> ConfigT:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        inner: list[_Key] = [
            int(index) if index.isdigit() else name or index
            for name, index in re.findall(r"\.([^.\[\]`]+)|\[([^\]]+)\]", place)
        ]
        unknown = re.search(r"unknown field `(.+)`", message)
        missing = re.search(r"missing required field `(.+)`", message)
        keys = [key for key in inner if isinstance(key, str)]
        if unknown:
            hint = "" if inner else did_you_mean(unknown[1], _fields(kind))
            message = f"[{'.'.join((*path, *keys))}] has no key {unknown[1]!r}{hint}"
            inner.append(unknown[1])
        elif missing:
            message = f"[{'.'.join((*path, *keys))}] has to have the key {missing[1]!r}"
        else:
            types = {field.encode_name: field.type for field in msgspec.structs.fields(cast("type[Any]", kind))}
            told = _plain(message, types.get(keys[0]) if len(keys) == 1 else None)
            message = f"{keys[-1] if keys else '[' + '.'.join(path) + ']'}: {told}"
        raise document.error(message, *path, *inner) from error


def _plain(message: str, kind: object) -> str:
    """A message of the schema library in the words of TOML; `kind` is the type of the value, as far as it is known."""
    message = message.partition(" - at `$")[0].replace("`object`", "`table`").replace("`", "")
    if get_origin(kind) is Literal:
        message = message.replace("Invalid enum value", "it is one of " + ", ".join(map(str, get_args(kind))) + ", not")
    return message[:1].lower() + message[1:]


def _from_words(words: Sequence[str], kind: object) -> object:
    """The value of a key from the command line: one word, or all of them where the key holds several."""
    try:
        return msgspec.convert(words[-1], kind, strict=False)
    except msgspec.ValidationError as error:
        try:
            return msgspec.convert(words, kind, strict=False)
        except msgspec.ValidationError:
            raise error from None


def _fields(kind: type[Any]) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(kind))


def _unusable_root(root: Path, path: str) -> str:
    if path.startswith("/"):
        return "is absolute: source roots are relative to the root"
    return outside(root, path) or ("" if (root / path).is_dir() else "is no folder")
