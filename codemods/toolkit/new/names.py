"""The names of a new codemod: its own, and the beginning of its codes."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Collection, Iterator
from importlib.util import find_spec

import msgspec

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.config import ToolkitConfig

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FOLDERS = frozenset({"src", "tests"})


def require_usable(name: str, codemods: Collection[str], verbs: Collection[str]) -> None:
    """Check the name of a codemod, which is a module, a table of the configuration and a word of the command line.

    `codemods` are those that are installed, `verbs` the other words that may stand there.  Raises `UsageError`.
    """
    if not _NAME.fullmatch(name):
        usable = re.sub(r"\W|_", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).lower().split()
        proposal = "_".join(usable)
        hint = f" (did you mean {proposal!r}?)" if _NAME.fullmatch(proposal) and proposal.isascii() else ""
        raise UsageError(f"{name!r} can't be the name of a codemod: a-z, 0-9 and _ are allowed{hint}")
    reason = _reserved(name, codemods, verbs)
    if reason:
        raise UsageError(f"{name!r} can't be the name of a codemod: {reason}")


def _reserved(name: str, codemods: Collection[str], verbs: Collection[str]) -> str:
    """Why a name is not free, "" when it is."""
    if keyword.iskeyword(name):
        return "it is a keyword of Python"
    if name in codemods:
        return "there is one of that name"
    if name in verbs:
        return f"`codemods {name}` does something else"
    if name in {field.encode_name for field in msgspec.structs.fields(ToolkitConfig)}:
        return "it is a key of [tool.codemods]"
    if name in sys.stdlib_module_names:
        return "it is a module of the standard library"
    if name in _FOLDERS:
        return "it is a folder beside it"
    return "a package of that name is installed" if _is_installed(name) else ""


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:  # it is imported, and says nothing of where it is from
        return True


def code_prefix(name: str, taken: Collection[str]) -> str:
    """The letters that its codes begin with, and those of no code in `taken`.

    >>> code_prefix("my_codemod", []), code_prefix("my_codemod", ["MC101"]), code_prefix("rename", [])
    ('MC', 'MCO', 'RE')
    """
    letters = {re.sub(r"\d+", "", code) for code in taken}
    return next(prefix for prefix in _prefixes(name) if prefix not in letters)


def _prefixes(name: str) -> Iterator[str]:
    parts = [part for part in re.sub(r"\d", "", name).upper().split("_") if part]
    first, rest = "".join(part[0] for part in parts), parts[-1][1:]
    yield from (first + rest[:length] for length in range(0 if len(first) > 1 else 1, len(rest) + 1))
    yield from (f"{first}{rest}{'X' * length}" for length in range(1, 100))
