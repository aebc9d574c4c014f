"""The configuration of `websocket_ssot`: the table `[tool.codemods.websocket_ssot]`."""

from __future__ import annotations

import msgspec

from codemods.toolkit.codemod import UsageError


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.  Everything is optional: without `factory` and `class` the inventory chooses.

    `factory` and `class` name the canonical definitions as `package.module:name`.  `drop` are keyword arguments that
    only a constructor knows and that a call of the factory may leave out.  `names` are further class and function names
    that mean a manager, where the pattern of names (socket and manager in one word) doesn't find them.  `shared` allows
    to put a factory that always gives the same object in the place of a constructor, which gives a new one.  `prune`
    deletes shim modules and aliases that nobody imports any more.
    """

    factory: str = ""
    class_: str = msgspec.field(default="", name="class")
    drop: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    shared: bool = False
    prune: bool = False


def reference(value: str, key: str) -> tuple[str, str]:
    """(module, name) of a `module:name` reference.

    Raises `UsageError` when it isn't one.
    """
    module, colon, name = value.partition(":")
    parts = [*module.split("."), name]
    if not colon or not all(part.isidentifier() for part in parts):
        raise UsageError(f"{key}: {value!r} is not of the form package.module:name")
    return module, name
