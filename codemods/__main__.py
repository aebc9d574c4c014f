"""`python -m codemods` and the console script `codemods`.

The console script does the same work for a target that has a `codemods/` folder, or a module called like one that
Python itself needs to start a module (`importlib`, `types`): `python -m` takes these for the real ones.
"""

from __future__ import annotations

import sys

from codemods.toolkit import cli


def main() -> int:
    """Run the command line of this process."""
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
