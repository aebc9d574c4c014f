"""Replace code of one form by code of another, with rope's patterns.

`codemods rope_restructure '${f}.write(${text})' 'save(${f}, ${text})' --import 'from store import save'`.  Before::

    log.write("late")

After::

    from store import save

    save(log, "late")

rope finds the matches: a wildcard (`${name}`) stands for any expression, and `--where 'f:name=package.module.f'` (or
`type=`, `object=`, `exact`, as rope has them) narrows what it may be.  rope works on texts in memory; its edits are
proved, shown and applied as those of any other codemod.  What rope puts together without the parentheses that it takes
is found by comparison with a goal that has them all, and refused.
"""

from __future__ import annotations

from codemods.engines.facts import KINDS, Part, rewrite
from codemods.rope_restructure.codes import CODES
from codemods.rope_restructure.collect import Facts, collect, relevant
from codemods.rope_restructure.config import Config
from codemods.rope_restructure.decide import decide, demand, widen
from codemods.toolkit.codemod import Codemod, Option, Positional

codemod: Codemod[Config, Facts, Part] = Codemod(
    name="rope_restructure",
    summary="replace code of one form by code of another, with rope's patterns",
    config=Config,
    facts=Facts,
    part=Part,
    codes=CODES,
    relevant=relevant,
    collect=collect,
    widen=widen,
    demand=demand,
    decide=decide,
    rewrite=rewrite,
    positionals=(
        Positional("pattern", "PATTERN", "code with wildcards: '${f}.write(${text})'"),
        Positional("goal", "GOAL", "what it becomes: 'save(${f}, ${text})'"),
    ),
    options=(
        Option("--where", "where", "WILDCARD:CHECK", "what a wildcard may be: f:name=package.module.f, x:type=..."),
        Option("--import", "imports", "STATEMENT", "an import that files which change need"),
    ),
    effort=50,
    kinds=KINDS,
)
