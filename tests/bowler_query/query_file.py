"""Run a query that is given as the text of a file."""

from __future__ import annotations

import textwrap
from pathlib import Path

from codemods.bowler_query import codemod
from codemods.testing import check_transformed
from codemods.toolkit.pipeline.result import Result

HEAD = """\
from bowler import ARG_END, DROP, START, TOKEN, Query
from bowler.types import Capture, Filename, Hunk, LN
from fissix.fixer_base import BaseFix
from fissix.fixer_util import Call, Comma, Name, String
from fissix.pytree import Leaf, Node

"""


class QueryFile:
    """A file of queries; `config` is the configuration that runs the function `fix` in it."""

    def __init__(self, folder: Path, text: str, *arguments: str, origin: str = "") -> None:
        self.path = folder / "queries.py"
        self.path.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
        self.config = {"query": f"{self.path}:fix", "args": arguments, "origin": origin}

    def changes(self, before: str, after: str) -> Result:
        """Check that it changes one text to another."""
        return check_transformed(codemod, before, after, config=self.config)
