"""The configuration of `libcst_command`: the table `[tool.codemods.libcst_command]`."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from codemods.engines import user_code
from codemods.toolkit.python.layout import Layout

PACKAGES = ("libcst",)


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `command` is the class of the command: `package.module.Command`, or `commands.py:Command`; `args` are its own
    arguments, as words.  `digest`, `root` and `folders` are filled in by the run: what the command depends on, where
    the project is, and the folders in it that the names of modules are counted from (`src`).
    """

    command: str = ""
    args: tuple[str, ...] = ()
    digest: str = ""
    root: str = ""
    folders: tuple[str, ...] = ("",)

    def home(self, path: str) -> str:
        """The folder that the name of the module at `path` is counted from: the deepest one around it."""
        around = (folder for folder in self.folders if not folder or path.startswith(f"{folder}/"))
        return max(around, key=len)


def located(config: Config, folder: Path) -> Config:
    """The configuration with an absolute path to the file of the command."""
    return msgspec.structs.replace(config, command=user_code.located(config.command, folder))


def prepared(config: Config, root: Path) -> Config:
    """The configuration with the digest of the command.  Raises `UsageError` when there is none."""
    digest = user_code.digest(config.command, root, PACKAGES)
    return msgspec.structs.replace(config, digest=digest, root=os.path.realpath(root))


def laid_out(config: Config, layout: Layout) -> Config:
    """The configuration with the folders that names of modules are counted from."""
    homes = {home for home in map(layout.home, layout.paths) if home is not None}
    return msgspec.structs.replace(config, folders=tuple(sorted({*layout.roots, *homes})))
