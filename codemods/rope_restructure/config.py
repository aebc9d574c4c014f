"""The configuration of `rope_restructure`: the table `[tool.codemods.rope_restructure]`."""

from __future__ import annotations

import ast
import re

import msgspec

WILDCARD = re.compile(r"\$\{(\w+)\}")


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the user may set.

    `pattern` is code with wildcards (`${x}`), `goal` what it becomes.  `where` narrows what wildcards stand for, in the
    words of rope (`f:name=package.module.f`, `x:type=builtins.str`, `x:exact`); `imports` are statements that files
    which change need.
    """

    pattern: str = ""
    goal: str = ""
    where: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check all here, so that an error names the key."""
        for key, text in (("pattern", self.pattern), ("goal", self.goal)):
            if text and not _is_code(text):
                raise ValueError(f"{key}: {text!r} can't be parsed")
        known = set(WILDCARD.findall(self.pattern))
        unknown = set(WILDCARD.findall(self.goal)) - known
        if unknown:
            raise ValueError(f"goal: the pattern has no ${{{min(unknown)}}}")
        for each in self.where:
            name, _, check = each.partition(":")
            if name not in known or not check:
                raise ValueError(f"where: {each!r} is no wildcard:check, with a wildcard of the pattern")
        for each in self.imports:
            if not re.match(r"(?:import|from)\s", each) or not _is_code(each):
                raise ValueError(f"imports: {each!r} is no import statement")

    @property
    def checks(self) -> dict[str, str]:
        """What rope is told of the wildcards."""
        pairs = (each.partition(":") for each in self.where)
        return {name: check for name, _, check in pairs}

    @property
    def follows_names(self) -> bool:
        """Whether a check asks what a name leads to, or what type it has, for which other files have to be known."""
        return any(part.strip() != "exact" for check in self.checks.values() for part in check.split(","))

    @property
    def needs_a_line(self) -> bool:
        """Whether the goal can't stand within another statement, as it is one where the pattern is none, or several."""
        goal = ast.parse(WILDCARD.sub(r"\1", self.goal)).body
        if len(goal) != 1 or hasattr(goal[0], "body"):
            return True
        return is_expression(self.pattern) and not is_expression(self.goal)

    @property
    def words(self) -> frozenset[str]:
        """Words that a file must hold to match."""
        code = WILDCARD.sub(" ", self.pattern)
        without_strings = re.sub(r"\"[^\"]*\"|'[^']*'", " ", code)
        words = set(re.findall(r"[^\W\d]\w*", without_strings))
        # A wildcard with a name stands for that name, under whatever alias: only what stands as itself is looked for.
        return frozenset(words)


def _is_code(text: str) -> bool:
    try:
        ast.parse(WILDCARD.sub(r"\1", text))
    except SyntaxError:
        return False
    return True


def is_expression(text: str) -> bool:
    """Whether a pattern or goal is one expression."""
    try:
        ast.parse(WILDCARD.sub(r"\1", text), mode="eval")
    except SyntaxError:
        return False
    return True
