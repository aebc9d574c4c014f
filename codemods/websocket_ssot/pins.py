"""Names that others reach in ways that can't be rewritten: they stay where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codemods.toolkit.python.names import ModuleNames
from codemods.websocket_ssot.facts import Facts, UseFact
from codemods.websocket_ssot.meanings import Meanings


def pinned(files: Mapping[str, tuple[ModuleNames, Facts]], meanings: Meanings) -> dict[str, frozenset[str]]:
    """By file, the module-level names that a string put together at run time, or `getattr`, may ask for."""
    found: dict[str, set[str]] = {}
    for path, (_names, facts) in files.items():
        for file, name in (*_by_tails(path, facts, meanings), *_by_getattr(path, facts, meanings)):
            found.setdefault(file, set()).add(name)
    return {file: frozenset(names) for file, names in found.items()}


def _by_tails(path: str, facts: Facts, meanings: Meanings) -> Iterator[tuple[str, str]]:
    """`patch(f"{MODULE}.Name")`: any module that a string of the file names may be meant."""
    for dotted in facts.paths if facts.tails else ():
        module = meanings.origins.module(path, 0, dotted)
        if module.status == "module":
            yield from ((module.path, tail) for tail in facts.tails)


def _by_getattr(path: str, facts: Facts, meanings: Meanings) -> Iterator[tuple[str, str]]:
    for chain, bound, name in facts.pinned:
        use = UseFact(chain, 0, (), 0, 0, bound, bound, "other", raises=False, quoted=False)
        origin, rest = meanings.of_use(path, use)
        if origin.status == "module" and not rest:
            yield origin.path, name
