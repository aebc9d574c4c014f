"""`python -m codemods.bowler_query`."""

from __future__ import annotations

import sys

from codemods.bowler_query import codemod
from codemods.toolkit import cli

if __name__ == "__main__":
    sys.exit(cli.main(codemod))
