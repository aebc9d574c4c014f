"""The configuration of `rope_signature`: the table `[tool.codemods.rope_signature]`."""

from __future__ import annotations

import msgspec

from codemods.rope_signature.signature import check_argument, parameters

CONSTRUCTOR = "__init__"


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `target` is the function or method (`package.module:name`, `package.module:Class.name`), `signature` its parameters
    as they should be: `(a, b, *, c=1)`, for a method with the first one.  `rename` says which parameters get another
    name (`old=new`), `value` what calls pass for a new one (`name=expr`).  `spell_defaults` allows a default to become
    another one: calls that rely on the old one pass it from then on.  `own` says that no base class from outside of the
    project has the method, where that can't be told; `leave_unknown` that it changes though uses are left behind of
    which nobody can tell whether they are meant, and calls that don't fit the function as it is.
    """

    target: str = ""
    signature: str = ""
    rename: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    spell_defaults: bool = False
    own: bool = False
    leave_unknown: bool = False

    def __post_init__(self) -> None:
        """Check all here, so that an error names the key."""
        if self.target:
            module, _, names = self.target.partition(":")
            if not all(part.isidentifier() for part in (*module.split("."), *names.split("."))):
                raise ValueError(f"target: {self.target!r} is no package.module:function or ...:Class.method")
            if self.name.startswith("__") and self.name.endswith("__") and not self.is_constructor:
                raise ValueError(f"target: {self.name!r} is called by Python itself: its signature isn't free")
        if self.signature:
            known = {each.name for each in parameters(self.signature)}
            for pair in self.rename:
                old, _, new = pair.partition("=")
                if not old.isidentifier() or new not in known:
                    raise ValueError(f"rename: {pair!r} is no old=new, with a new name that the signature has")
            for pair in self.value:
                name, _, text = pair.partition("=")
                if name not in known:
                    raise ValueError(f"value: {pair!r} is no name=expression, with a name that the signature has")
                check_argument(text)

    @property
    def module(self) -> str:
        """The module of the function."""
        return self.target.partition(":")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The path of the function in its module."""
        return tuple(self.target.partition(":")[2].split("."))

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.names[-1]

    @property
    def is_constructor(self) -> bool:
        """Whether it is called under the name of its class."""
        return len(self.names) > 1 and self.name == CONSTRUCTOR

    @property
    def called(self) -> str:
        """The name that it is called by."""
        return self.names[-2] if self.is_constructor else self.name

    @property
    def function(self) -> str:
        """The function as a dotted name."""
        return self.target.replace(":", ".")

    @property
    def renamed(self) -> dict[str, str]:
        """The new names by the old ones."""
        pairs = (pair.partition("=") for pair in self.rename)
        return {old: new for old, _, new in pairs}

    @property
    def values(self) -> dict[str, str]:
        """What calls pass for new parameters."""
        pairs = (pair.partition("=") for pair in self.value)
        return {name: text for name, _, text in pairs}
