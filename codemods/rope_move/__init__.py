"""Move a function, class or variable of a module to another module, and have every import and use follow.

`codemods rope_move shop.models:Order shop.orders src`.  Before::

    from shop import models
    from shop.models import Customer, Order

    order: Order = models.Order()

After::

    from shop import models, orders
    from shop.models import Customer
    from shop.orders import Order

    order: Order = orders.Order()

It is rope's refactoring "move global" by its purpose, but rope doesn't plan it: what rope moves leaves comments, patch
targets, `__all__` and strings behind, adds imports that close cycles, and writes whole files anew.  Here names are
followed by the toolkit's origins, and text is moved and edited as it stands.

A move is all or nothing: where a use can't follow, nothing changes.
"""

from __future__ import annotations

from codemods.rope_move.codes import CODES
from codemods.rope_move.collect import collect, relevant
from codemods.rope_move.config import Config
from codemods.rope_move.decide import decide, demand, widen
from codemods.rope_move.facts import Facts, Part
from codemods.rope_move.render import rewrite
from codemods.toolkit.codemod import Codemod, Option, Positional
from codemods.toolkit.texts import TEXTS

codemod: Codemod[Config, Facts, Part] = Codemod(
    name="rope_move",
    summary="move a function, class or variable to another module, with every import and use",
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
    settings=TEXTS,
    positionals=(
        Positional("target", "MODULE:NAME", "what moves: package.module:name"),
        Positional("destination", "MODULE", "where to: package.module, which may not be there yet"),
    ),
    options=(
        Option("--keep-alias", "keep_alias", "", "leave an import behind in the old module, for users outside", True),
    ),
    kinds=("definition", "import", "reference", "export", "string", "mention", "decorator", "need", "file"),
    right="already moved",
)
