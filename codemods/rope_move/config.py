"""The configuration of `rope_move`: the table `[tool.codemods.rope_move]`."""

from __future__ import annotations

from keyword import iskeyword

import msgspec


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `target` is the function, class or variable that moves (`package.module:name`), `destination` the module that it
    moves to.  With `keep_alias` the old module still imports it, for those who import it from there.
    """

    target: str = ""
    destination: str = ""
    keep_alias: bool = False

    def __post_init__(self) -> None:
        """Check the names here, so that an error names the key."""
        if self.target:
            module, _, name = self.target.partition(":")
            if not _is_dotted(module) or not _is_dotted(name):
                raise ValueError(f"target: {self.target!r} is no package.module:name")
            if "." in name:
                raise ValueError(f"target: {name} is not at the top level of its module, and only what is can be moved")
        if self.destination and not _is_dotted(self.destination):
            raise ValueError(f"destination: {self.destination!r} is no package.module")

    @property
    def module(self) -> str:
        """The old module."""
        return self.target.partition(":")[0]

    @property
    def name(self) -> str:
        """What moves."""
        return self.target.partition(":")[2]


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() and not iskeyword(part) for part in text.split("."))


def last(dotted: str) -> str:
    """The last part of a dotted name."""
    return dotted.rpartition(".")[2]
