"""Run a command of LibCST with the guarantees of the toolkit.

`codemods libcst_command libcst.codemod.commands.convert_percent_format_to_fstring.ConvertPercentFormatStringCommand`.
Before::

    print("%s is ready" % name)

After::

    print(f"{name} is ready")

Any `CodemodCommand` will do, also one of your own (`commands.py:Command`); the words after `--` are its arguments.
What a command breaks (a name that is undefined, an import that leads nowhere, a comment that is lost) is refused.
"""

from __future__ import annotations

from codemods.engines.facts import KINDS, Part, Worked, rewrite
from codemods.libcst_command.codes import CODES
from codemods.libcst_command.collect import collect, relevant
from codemods.libcst_command.config import Config, laid_out, located, prepared
from codemods.libcst_command.decide import decide
from codemods.toolkit.codemod import Codemod, Positional
from codemods.toolkit.python.project import Project


def demand(project: Project[Worked], config: Config) -> frozenset[str]:
    """No other module has to be read."""
    return frozenset()


def widen(project: Project[Worked], config: Config) -> frozenset[str]:
    """No further names are looked for: every file is looked at."""
    return frozenset()


codemod: Codemod[Config, Worked, Part] = Codemod(
    name="libcst_command",
    summary="run a command of LibCST in memory, and prove its result",
    config=Config,
    facts=Worked,
    part=Part,
    codes=CODES,
    relevant=relevant,
    collect=collect,
    widen=widen,
    demand=demand,
    decide=decide,
    rewrite=rewrite,
    positionals=(
        Positional("command", "COMMAND", "the class of the command: package.module.Command, or file.py:Command"),
    ),
    rest="args",
    located=located,
    prepared=prepared,
    laid_out=laid_out,
    effort=50,
    kinds=KINDS,
)
