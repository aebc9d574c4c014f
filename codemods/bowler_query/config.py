"""The configuration of `bowler_query`: the table `[tool.codemods.bowler_query]`."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from codemods.engines import user_code

PACKAGES = ("bowler", "fissix")


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `query` is the function that returns the query: `queries.py:fix_it`, or `package.module:fix_it`; `args` are the
    strings that it is called with.  With `origin` (`package.module.name`) only those matches are transformed whose name
    leads to that definition.  `digest` and `root` are filled in by the run: what the query depends on, and where the
    project is.
    """

    query: str = ""
    args: tuple[str, ...] = ()
    origin: str = ""
    digest: str = ""
    root: str = ""

    @property
    def word(self) -> str:
        """The name of the definition in question."""
        return self.origin.rpartition(".")[2]

    def __post_init__(self) -> None:
        """Check the origin here, so that the error names it."""
        if self.origin and not all(part.isidentifier() for part in self.origin.split(".")):
            raise ValueError(f"origin: {self.origin!r} is no dotted name")
        if self.origin and "." not in self.origin:
            raise ValueError(f"origin: {self.origin!r} names no module: say module.{self.origin}")


def located(config: Config, folder: Path) -> Config:
    """The configuration with an absolute path to the file of the query."""
    return msgspec.structs.replace(config, query=user_code.located(config.query, folder))


def prepared(config: Config, root: Path) -> Config:
    """The configuration with the digest of the query.  Raises `UsageError` when there is none."""
    digest = user_code.digest(config.query, root, PACKAGES)
    return msgspec.structs.replace(config, digest=digest, root=os.path.realpath(root))
