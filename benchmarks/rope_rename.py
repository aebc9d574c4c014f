"""One rename in a large tree: CPU seconds and memory of rope alone, and of `codemods rope_rename`.

    python benchmarks/rope_rename.py ROOT FILE NAME NEW_NAME MODULE

as in `... ~/project shared/urls.py Builder UrlBuilder shared.urls`.  rope looks at every file of the tree, as its
`Rename` does without `resources`; each of the two runs in a process of its own, and nothing is written.
"""

from __future__ import annotations

import resource
import subprocess
import sys

ROPE = """
import sys
from rope.base.fscommands import FileSystemCommands
from rope.base.project import Project
from rope.refactor import occurrences, rename
root, path, name, new = sys.argv[1:]
project = Project(root, fscommands=FileSystemCommands(), ropefolder=None, ignore_syntax_errors=True)
file = project.get_resource(path)
wanted = rename.Rename(project, file, file.read().index(name))
finder = occurrences.create_finder(project, wanted.old_name, wanted.old_pyname, instance=wanted.old_instance)
changed = failed = 0
for each in project.get_python_files():
    try:
        changed += rename.rename_in_module(finder, new, resource=each) is not None
    except Exception:
        failed += 1
print(f"rope alone: {changed} files change, {failed} fail")
"""


def measured(command: list[str], folder: str) -> tuple[float, int]:
    """CPU seconds of a command, and the most memory of any command so far in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss // 1024


def main(arguments: list[str]) -> None:
    """Measure both, the smaller first: what is known of memory is the most of all commands."""
    root, path, name, new, module = arguments
    options = ["--jobs", "1", "--no-cache", "--allow-dirty", "--output", "/dev/null"]
    ours = [sys.executable, "-m", "codemods.rope_rename", f"{module}:{name}", new, *options]
    seconds, memory = measured(ours, root)
    print(f"codemods rope_rename: {seconds:.1f} CPU s, {memory} MB")
    alone, memory = measured([sys.executable, "-c", ROPE, root, path, name, new], root)
    print(f"rope alone: {alone:.1f} CPU s, {memory} MB ({alone / seconds:.1f} times)")


if __name__ == "__main__":
    main(sys.argv[1:])
