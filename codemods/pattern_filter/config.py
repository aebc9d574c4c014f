"""The configuration of `pattern_filter`: the table `[tool.codemods.pattern_filter]`."""

from __future__ import annotations

from typing import Literal

import msgspec

RULES = ("name", "path", "none")
"""How a category is filtered: by the names of tests, by the names of files, or not at all."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `policy` says how categories are filtered; one that isn't listed is filtered by name.  With `placement` "inline" the
    code that a runner needs is put into it, with "module" it is imported from `module`, a dotted name from the root of
    the project; the run makes that file where it is missing.  `test_files` are the names of test files, as
    in pytest's `python_files`.
    """

    policy: dict[str, str] = {}
    placement: Literal["inline", "module"] = "inline"
    module: str = "pytest_selection"
    test_files: tuple[str, ...] = ("test_*.py", "*_test.py")

    def __post_init__(self) -> None:
        """Check the rules here, so that the error names the category."""
        for category, rule in self.policy.items():
            if rule not in RULES:
                raise ValueError(f"policy of {category!r}: {rule!r} is none of {', '.join(RULES)}")
