"""Run a Bowler query with the guarantees of the toolkit.

A file of queries, `queries.py`::

    def rename(old, new):
        return Query().select_function(old).rename(new)

`codemods bowler_query queries.py:rename src --origin net.client.connect -- connect dial`.  Before::

    from net.client import connect

    connect("localhost")

After::

    from net.client import dial

    dial("localhost")

The query runs in memory, in parallel, and writes nothing: its edits are proved, shown and applied as those of any other
codemod.  With `--origin` a name is changed only where it leads to that definition, under whatever name.  A file that
Bowler's parser can't read (it knows Python up to 3.8, roughly) is a finding, and the exit status is 3.
"""

from __future__ import annotations

from codemods.bowler_query.codes import CODES
from codemods.bowler_query.collect import collect, everywhere, relevant
from codemods.bowler_query.config import Config, located, prepared
from codemods.bowler_query.decide import decide, demand, widen
from codemods.engines.facts import KINDS, Part, Worked, rewrite
from codemods.toolkit.codemod import Codemod, Option, Positional

codemod: Codemod[Config, Worked, Part] = Codemod(
    name="bowler_query",
    summary="run a Bowler query in memory, filtered by origin, and prove its result",
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
    positionals=(Positional("query", "QUERY", "the function that returns the query: file.py:name, or module:name"),),
    rest="args",
    options=(
        Option("--origin", "origin", "MODULE.NAME", "transform only what leads to this definition, by whatever name"),
    ),
    located=located,
    prepared=prepared,
    effort=50,
    everywhere=everywhere,
    kinds=KINDS,
)
