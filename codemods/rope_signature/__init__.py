"""Change the signature of a function, and have every call follow.

`codemods rope_signature net.client:fetch "(url, *, timeout=5, retries)" --rename wait=timeout --value retries=3`.
Before::

    def fetch(url, wait=5): ...

    fetch("a", 10)

After::

    def fetch(url, *, timeout=5, retries): ...

    fetch("a", timeout=10, retries=3)

What is added, removed, reordered, renamed or by keyword only follows from a comparison with the present signature, so
that a second run changes nothing.  It is rope's refactoring "change signature" by its purpose, planned by the toolkit's
origins: calls are found under whatever name, and it is all or nothing: where one of them can't follow, nothing changes.

A method (`net.client:Client.fetch`) changes with those that it overrides and is overridden in; calls are followed on
`self`, `super()`, the class, and whatever is known to hold an instance.  Where nobody can tell what a call of that name
is made on, nothing changes either, unless `--leave-unknown` says so.  The calls of `Client.__init__` are those of the
class, and of the classes that inherit it.
"""

from __future__ import annotations

from codemods.rope_signature.codes import CODES
from codemods.rope_signature.collect import collect, relevant
from codemods.rope_signature.config import Config
from codemods.rope_signature.decide import decide, demand, widen
from codemods.rope_signature.facts import Facts, Part
from codemods.rope_signature.rewrite import rewrite
from codemods.rope_signature.sites import KINDS
from codemods.toolkit.codemod import Codemod, Option, Positional
from codemods.toolkit.python.mentions.heirs import bases_in

codemod: Codemod[Config, Facts, Part] = Codemod(
    name="rope_signature",
    summary="change the signature of a function, and have every call follow",
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
        Positional("target", "TARGET", "whose signature changes: package.module:function or ...:Class.method"),
        Positional("signature", "SIGNATURE", "its parameters as they should be: '(a, b, *, c=1)'"),
    ),
    options=(
        Option("--rename", "rename", "OLD=NEW", "a parameter gets another name"),
        Option("--value", "value", "NAME=EXPRESSION", "what calls pass for a new parameter"),
        Option("--spell-defaults", "spell_defaults", "", "calls pass the old default where one changes", True),
        Option("--own", "own", "", "no base class from outside of the project has a method of that name", True),
        Option(
            "--leave-unknown", "leave_unknown", "", "change the rest where nobody can tell whether it is meant", True
        ),
    ),
    marks=bases_in,
    everywhere=True,
    kinds=KINDS,
    right="already as wanted",
)
