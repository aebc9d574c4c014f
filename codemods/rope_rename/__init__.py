"""Rename a class, function, variable, attribute, parameter or module, everywhere.

`codemods rope_rename net.client:Client.connect dial`.  Before::

    from net.client import Client

    def call(client: Client) -> None:
        client.connect()

    @patch("net.client.Client.connect")
    def test_call(connect): ...

After::

    from net.client import Client

    def call(client: Client) -> None:
        client.dial()

    @patch("net.client.Client.dial")
    def test_call(connect): ...

Each mention of the word in the project is a site.  What it leads to is found by the toolkit's origins (imports,
aliases, re-exports, scopes, inheritance, targets of patches); where they can't tell what stands before a dot, rope's
inference of types is asked.  A mention that is certain is renamed, one of another definition is kept, and one of which
nobody can tell is reported.  The rename is made as a whole or not at all: where one of those may be a use that breaks,
it waits for an annotation that settles it, or for `--leave-unknown`.  A module (`net.client`, without a colon) is
renamed with its file; a package isn't.  Mentions in files that aren't Python are told, never changed.
"""

from __future__ import annotations

from codemods.rope_rename.codes import CODES
from codemods.rope_rename.collect import collect, relevant
from codemods.rope_rename.config import Config, prepared
from codemods.rope_rename.decide import KINDS, Part, decide, demand, widen
from codemods.toolkit.codemod import Codemod, Edit, Option, Positional, Source
from codemods.toolkit.python.mentions.facts import Facts
from codemods.toolkit.python.mentions.heirs import bases_in
from codemods.toolkit.texts import TEXTS


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits of one file: they are made already."""
    return part


codemod: Codemod[Config, Facts, Part] = Codemod(
    name="rope_rename",
    summary="rename a class, function, variable, attribute, parameter or module, everywhere",
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
    marks=bases_in,
    settings=TEXTS,
    positionals=(
        Positional(
            "target", "TARGET", "what is renamed: package.module:name, package.module:Class.name, or package.module"
        ),
        Positional("new_name", "NEW_NAME", "the name that it gets"),
    ),
    options=(
        Option("--own", "own", "", "no base class from outside of the project has an attribute of that name", True),
        Option(
            "--leave-unknown", "leave_unknown", "", "rename the rest where nobody can tell whether it is meant", True
        ),
    ),
    prepared=prepared,
    everywhere=True,
    kinds=KINDS,
)
