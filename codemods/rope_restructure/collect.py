"""`collect`: what rope makes of a module, where it can be told from the module alone.

A pattern is matched within one file, and that is what takes the time: it is done here, in parallel, and remembered.
Only where `--where` asks what a name is rope has to know other files; then the text goes on to `decide`.
"""

from __future__ import annotations

import msgspec

from codemods.engines.edits import Trouble
from codemods.engines.facts import Worked
from codemods.rope_restructure.config import Config
from codemods.toolkit.python.layout import layout_of
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module


class Facts(msgspec.Struct, frozen=True):
    """What a module becomes (`worked`), or its text where other modules have to be known.

    `matches`: it holds the words of the pattern; others are there to be followed.  `refusal` is what rope says.
    """

    matches: bool
    worked: Worked = Worked()
    body: bytes = b""
    refusal: str = ""


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether a text holds all words of the pattern."""
    return bool(config.pattern) and all(word.encode() in body for word in config.words)


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """The facts of one module."""
    from codemods.engines.rope.planning import Refused, opened
    from codemods.engines.rope.readable import unreadable
    from codemods.rope_restructure.matching import worked

    path, body = module.source.path, module.source.body
    matches = relevant(body, config, words)
    problem = unreadable(body)
    if problem is not None:
        return Facts(matches, Worked(Trouble("unreadable", problem.line, problem.message)))
    if config.follows_names:
        return Facts(matches, body=body)
    try:
        return Facts(matches, worked(opened({path: body}, layout_of([path])), path, body, config))
    except Refused as refusal:
        return Facts(matches, refusal=str(refusal))
