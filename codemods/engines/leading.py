"""What a spelled name leads to in the project: the second half of following a name."""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple

from codemods.engines.spelled import Spelled
from codemods.toolkit.python.origin import DEFINED, Origin
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project


class Verdict(NamedTuple):
    """Whether a name leads to the definition in question (None: that can't be told), and why."""

    same: bool | None
    reason: str


class _Identity(NamedTuple):
    """What a definition is known by: its file and dotted name there; outside of the project a dotted name alone."""

    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.name}" if self.path and self.name else self.path or self.name


class Leads:
    """Answers about one definition, named `package.module.name` or `package.module.Class.name`."""

    def __init__(self, project: Project[Any], wanted: str) -> None:
        self._origins = Origins(project)
        first, *rest = wanted.split(".")
        origin, left = self._origins.follow(self._origins.module("", 0, first), rest)
        self._status = origin.status
        self._wanted = _identity(origin, left)
        self._below = bool(left)
        self.word = wanted.rpartition(".")[2]

    @property
    def known(self) -> bool:
        """Whether there is such a definition (outside of the project anything may be)."""
        return self._wanted is not None and not (self._below and self._status not in {"class", "external"})

    @property
    def unloaded(self) -> frozenset[str]:
        """Files that the answers had to do without."""
        return frozenset(self._origins.unloaded)

    def verdict(self, path: str, spelled: Spelled) -> Verdict:
        """Whether a name in a file leads to the definition."""
        if spelled.how in {"local", "unknown"}:
            return Verdict(False if spelled.how == "local" else None, spelled.reason)
        origin, rest = self._reached(path, spelled)
        found = _identity(origin, rest)
        if found is None and _is_builtin(origin, path, rest):
            return Verdict(False, f"`{origin.name}` is built in")
        if found is None:
            return Verdict(None, f"where it comes from can't be told ({origin.status})")
        if found == self._wanted:
            return Verdict(True, f"leads to {found}")
        # An attribute may be inherited, or belong to an instance.
        same_word = self._wanted is not None and found.name.rpartition(".")[2] == self._wanted.name.rpartition(".")[2]
        if rest and same_word and origin.status != "external" and self._below:
            return Verdict(None, f"`{'.'.join(rest)}` of {_Identity(origin.path, origin.name)} may be inherited")
        return Verdict(False, f"leads to {found}")

    def _reached(self, path: str, spelled: Spelled) -> tuple[Origin, tuple[str, ...]]:
        if spelled.how == "here":
            first, *rest = spelled.names
            return self._origins.follow(self._origins.bound(path, first), rest)
        module = self._origins.module(path, spelled.level, spelled.module)
        if not spelled.names:
            return module, ()
        first, *rest = spelled.names
        return self._origins.follow(self._origins.imported(path, spelled.level, spelled.module, first), rest)


def _identity(origin: Origin, rest: tuple[str, ...]) -> _Identity | None:
    if origin.status == "external":
        return _Identity("", ".".join(part for part in (origin.path, origin.name, *rest) if part))
    if origin.status == "module":
        return _Identity(origin.path, ".".join(rest))
    if origin.status in DEFINED:
        return _Identity(origin.path, ".".join((origin.name, *rest)))
    return None


def _is_builtin(origin: Origin, path: str, rest: tuple[str, ...]) -> bool:
    missing = origin.status == "missing-name" and origin.path == path and not rest
    return missing and hasattr(builtins, origin.name)
