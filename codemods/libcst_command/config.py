"""The configuration of `libcst_command`: the table `[tool.codemods.libcst_command]`."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from codemods.engines import user_code

PACKAGES = ("libcst",)


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `command` is the class of the command: `package.module.Command`, or `commands.py:Command`; `args` are its own
    arguments, as words.  `digest` and `root` are filled in by the run: what the command depends on, and where the
    project is.
    """

    command: str = ""
    args: tuple[str, ...] = ()
    digest: str = ""
    root: str = ""


def located(config: Config, folder: Path) -> Config:
    """The configuration with an absolute path to the file of the command."""
    return msgspec.structs.replace(config, command=user_code.located(config.command, folder))


def prepared(config: Config, root: Path) -> Config:
    """The configuration with the digest of the command.  Raises `UsageError` when there is none."""
    digest = user_code.digest(config.command, root, PACKAGES)
    return msgspec.structs.replace(config, digest=digest, root=os.path.realpath(root))
