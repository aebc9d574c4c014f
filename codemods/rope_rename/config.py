"""The configuration of `rope_rename`: the table `[tool.codemods.rope_rename]`."""

from __future__ import annotations

import keyword
from pathlib import Path

import msgspec

from codemods.toolkit.codemod import UsageError


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `target` is what gets another name: `package.module:name`, `package.module:Class.attribute`,
    `package.module:function.parameter`, or `package.module`; `new_name` is that name.  `own` says that no base class
    from outside of the project has an attribute of the old or the new name, where that can't be told.  `leave_unknown`
    says that the rename is made although of some places nobody can tell whether they are uses: those stay as they are.
    """

    target: str = ""
    new_name: str = ""
    own: bool = False
    leave_unknown: bool = False

    def __post_init__(self) -> None:
        """Check the two here, so that the error names the key."""
        if self.target and not _is_target(self.target):
            raise ValueError(f"target: {self.target!r} is not like package.module:name or package.module:Class.name")
        if self.new_name and not self.new_name.isidentifier():
            raise ValueError(f"new_name: {self.new_name!r} is no name in Python")
        if keyword.iskeyword(self.new_name):
            raise ValueError(f"new_name: {self.new_name!r} is a keyword of Python")
        if _is_special(self.new_name):
            raise ValueError(f"new_name: {self.new_name!r} means something to Python: it is not for use as a name")
        if _is_special(self.old_name):
            raise ValueError(f"target: {self.old_name!r} is called by Python itself: it can't have another name")
        if self.new_name and self.new_name == self.old_name:
            raise ValueError(f"new_name: {self.new_name!r} is the name that it has")

    @property
    def module(self) -> str:
        """The module of the definition."""
        return self.target.partition(":")[0]

    @property
    def is_module(self) -> bool:
        """Whether a whole module is renamed."""
        return ":" not in self.target

    @property
    def names(self) -> tuple[str, ...]:
        """The path of the definition in its module; of a whole module the last part of its name."""
        return (self.module.rpartition(".")[2],) if self.is_module else tuple(self.target.partition(":")[2].split("."))

    @property
    def old_name(self) -> str:
        """The name that it has."""
        return self.names[-1]


def _is_target(target: str) -> bool:
    module, colon, names = target.partition(":")
    parts = (*module.split("."), *names.split(".")) if colon else module.split(".")
    return all(part.isidentifier() for part in parts)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def prepared(config: Config, root: Path) -> Config:
    """The same configuration.  Raises `UsageError` when it doesn't say what to do."""
    if not config.target or not config.new_name:
        missing = "target" if not config.target else "new_name"
        raise UsageError(
            f"rope_rename: no {missing}; say what to rename and how: codemods rope_rename package.module:name new_name"
        )
    return config
