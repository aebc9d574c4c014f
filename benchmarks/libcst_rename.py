"""LibCST's RenameCommand over some files, in one process and as a dry run.

    python -m benchmarks.libcst_rename package.old:Name package.new:name LIST

LIST is a file with one path per line.
"""

from __future__ import annotations

import sys
from pathlib import Path

from libcst.codemod import CodemodContext, TransformSuccess, transform_module
from libcst.codemod.commands.rename import RenameCommand


def main() -> int:
    """Rename in every file; prints how many would change."""
    old, new, names = sys.argv[1:]
    changed = 0
    for name in Path(names).read_text(encoding="utf-8").splitlines():
        code = Path(name).read_bytes()
        context = CodemodContext(filename=name)
        command = RenameCommand(context, old_name=old.replace(":", "."), new_name=new)
        result = transform_module(command, code.decode())
        changed += isinstance(result, TransformSuccess) and result.code.encode() != code
    print(f"{changed} files would change")
    return 0


if __name__ == "__main__":
    sys.exit(main())
