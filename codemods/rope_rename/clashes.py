"""Where the new name is taken: in the scope of a name that is renamed, or between it and one of its uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codemods.toolkit.python.mentions.classes import Classes, Key
from codemods.toolkit.python.mentions.facts import Facts, Mention, ScopeFact


def clash_in(facts: Facts, variable: int, mentions: Iterable[Mention], new: str) -> tuple[int, str] | None:
    """The line and the reason why a variable (by its scope) and its mentions can't have the new name."""
    scope = facts.scopes[variable]
    if scope.binds_new:
        return scope.binds_new, f"`{new}` is bound there already"
    if scope.reads_new:
        return scope.reads_new, f"`{new}` is read there, and would be something else"
    for mention in mentions:
        for between in _between(facts.scopes, mention.scope, variable):
            if between.binds_new:
                return mention.line, f"`{new}` is something else there"
    return None


def _between(scopes: tuple[ScopeFact, ...], start: int, end: int) -> Iterator[ScopeFact]:
    """The scopes in which a name is looked for before the one that binds it."""
    at, first = start, True
    while at not in {end, -1}:
        scope = scopes[at]
        if first or scope.kind != "class":
            yield scope
        first, at = False, scope.parent


def taken_in_classes(classes: Classes, family: frozenset[Key], new: str) -> tuple[Key, str] | None:
    """A class with the attribute, or one that inherits it, which has one of the new name."""
    for key in classes.related(family):
        owner = classes.owner(key, new).key
        if owner is not None:
            return owner, f"{owner} has an attribute `{new}`"
    return None
