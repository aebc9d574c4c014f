"""`python -m codemods.rope_restructure`."""

from __future__ import annotations

import sys

from codemods.rope_restructure import codemod
from codemods.toolkit import cli

if __name__ == "__main__":
    sys.exit(cli.main(codemod))
