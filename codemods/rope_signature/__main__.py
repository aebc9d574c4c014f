"""`python -m codemods.rope_signature`."""

from __future__ import annotations

import sys

from codemods.rope_signature import codemod
from codemods.toolkit import cli

if __name__ == "__main__":
    sys.exit(cli.main(codemod))
