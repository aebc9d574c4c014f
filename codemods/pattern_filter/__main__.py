"""`python -m codemods.pattern_filter`."""

from __future__ import annotations

import sys

from codemods.pattern_filter import codemod
from codemods.toolkit import cli

if __name__ == "__main__":
    sys.exit(cli.main(codemod))
