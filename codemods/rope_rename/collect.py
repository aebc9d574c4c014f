"""`collect`: every mention of the word in one module."""

from __future__ import annotations

from codemods.rope_rename.config import Config
from codemods.toolkit.python.mentions.collect import facts_of, pattern_of
from codemods.toolkit.python.mentions.facts import Facts
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Can this file matter?  Where the word doesn't stand, nothing has to change."""
    old = config.old_name.encode()
    return old in body and pattern_of(config.old_name).search(body) is not None


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """What is to be known of one module; of one that doesn't mention the word the text and the classes."""
    return facts_of(module, names, config.names, config.new_name)
