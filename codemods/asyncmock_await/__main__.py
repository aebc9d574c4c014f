"""`python -m codemods.asyncmock_await`."""

from __future__ import annotations

import sys

from codemods.asyncmock_await import codemod
from codemods.toolkit import cli

if __name__ == "__main__":
    sys.exit(cli.main(codemod))
