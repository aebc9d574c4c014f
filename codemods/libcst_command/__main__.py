"""`python -m codemods.libcst_command`."""

from __future__ import annotations

import sys

from codemods.libcst_command import codemod
from codemods.toolkit import cli

if __name__ == "__main__":
    sys.exit(cli.main(codemod))
