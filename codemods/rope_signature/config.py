"""The configuration of `rope_signature`: the table `[tool.codemods.rope_signature]`."""

from __future__ import annotations

import msgspec

from codemods.rope_signature.signature import expression, parameters


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `target` is the function (`package.module:name`), `signature` its parameters as they should be: `(a, b, *, c=1)`.
    `rename` says which parameters get another name (`old=new`), `value` what calls pass for a new one (`name=expr`).
    """

    target: str = ""
    signature: str = ""
    rename: tuple[str, ...] = ()
    value: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check all here, so that an error names the key."""
        if self.target:
            module, _, name = self.target.partition(":")
            if not name.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
                raise ValueError(f"target: {self.target!r} is no package.module:function")
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
                expression(text)

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
