"""`collect`: run the command on one module, and say what it changes."""

from __future__ import annotations

from codemods.engines.edits import Text, Trouble, placed
from codemods.engines.facts import Worked
from codemods.libcst_command.config import Config
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Any file can matter: what a command looks for is known to the command alone."""
    return True


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Worked:
    """What the command changes in one module.

    Raises `UsageError` when there is no command to be had.
    """
    from codemods.engines.libcst_commands import Altered, CommandFailed, CommandSource, Place, Unparsable, commanded

    source = CommandSource(config.command, config.digest, config.args, config.root)
    path = module.source.path
    place = Place(config.root, config.home(path), path, module.source.encoding)
    text = Text(module.source.body)
    try:
        result = commanded(source, place, text.plain.decode())
    except Unparsable as problem:
        return Worked(Trouble("unreadable", problem.line, f"LibCST can't read it: {problem.message}"))
    except Altered:
        return Worked(Trouble("altered", 0, "LibCST doesn't give it back as it was"))
    except CommandFailed as problem:
        return Worked(Trouble("failed", 0, f"the command raises {problem}"))
    edits = placed(module, list(text.edits_to(result.text.encode())))
    return Worked(edits=edits, remarks=result.warnings, skipped=result.skipped)
