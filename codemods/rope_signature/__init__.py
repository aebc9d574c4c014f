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

Functions at the top level of a module, no methods: what a method is called on, and what overrides it, can't be told.
"""

from __future__ import annotations

from codemods.rope_signature.codes import CODES
from codemods.rope_signature.collect import collect, relevant
from codemods.rope_signature.config import Config
from codemods.rope_signature.decide import decide, demand, widen
from codemods.rope_signature.facts import Facts, Part
from codemods.rope_signature.rewrite import rewrite
from codemods.toolkit.codemod import Codemod, Option, Positional

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
        Positional("target", "MODULE:FUNCTION", "whose signature changes: package.module:function"),
        Positional("signature", "SIGNATURE", "its parameters as they should be: '(a, b, *, c=1)'"),
    ),
    options=(
        Option("--rename", "rename", "OLD=NEW", "a parameter gets another name"),
        Option("--value", "value", "NAME=EXPRESSION", "what calls pass for a new parameter"),
    ),
    kinds=("definition", "call", "reference", "double", "file"),
    right="already as wanted",
)
