"""`collect`: the text of a module that can match, or why rope can't read it."""

from __future__ import annotations

import msgspec

from codemods.engines.edits import Trouble
from codemods.rope_restructure.config import Config
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module


class Facts(msgspec.Struct, frozen=True):
    """The text of a module.  `matches`: it holds the words of the pattern; others are there to be followed."""

    body: bytes
    matches: bool
    trouble: Trouble | None = None


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether a text holds all words of the pattern."""
    return bool(config.pattern) and all(word.encode() in body for word in config.words)


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """The facts of one module."""
    from codemods.engines.rope.readable import unreadable

    body = module.source.body
    matches = relevant(body, config, words)
    problem = unreadable(body)
    if problem is None:
        return Facts(body, matches)
    return Facts(b"", matches, Trouble("unreadable", problem.line, problem.message))
