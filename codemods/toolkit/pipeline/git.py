"""How git is called for a repository that is not trusted."""

from __future__ import annotations

import os
import subprocess
from typing import NamedTuple


class GitOutput(NamedTuple):
    """What a git command gave: exit status, standard output, and messages (English)."""

    status: int
    output: bytes
    errors: str


def git(folder: str, *arguments: str) -> GitOutput | None:
    """Run git in `folder`; None when it is not installed.

    No hook, file monitor or pager that the repository configures runs, no index lock is taken, and nothing is asked.
    """
    program = _program()
    if program is None:
        return None
    safe = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "--no-pager")
    done = subprocess.run(
        [program, *safe, *arguments],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return GitOutput(done.returncode, done.stdout, os.fsdecode(done.stderr))


def _program() -> str | None:
    # By its full path: a relative entry of PATH, and on Windows the current folder, could hold the target's own git.
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.get_exec_path():
        program = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(program) and os.access(program, os.X_OK):
            return program
    return None


def _environment() -> dict[str, str]:
    # In a hook, GIT_DIR and GIT_INDEX_FILE point at another repository or index; GIT_CONFIG_* stay, as containers say
    # `safe.directory` in them.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("GIT_") or name.upper().startswith("GIT_CONFIG_")
    }
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
