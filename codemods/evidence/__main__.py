"""`python -m codemods.evidence`."""

from __future__ import annotations

import sys

from codemods.evidence.run import main

if __name__ == "__main__":
    sys.exit(main())
