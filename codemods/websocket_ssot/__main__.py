"""`python -m codemods.websocket_ssot`."""

from __future__ import annotations

import sys

from codemods.toolkit import cli
from codemods.websocket_ssot import codemod

if __name__ == "__main__":
    sys.exit(cli.main(codemod))
