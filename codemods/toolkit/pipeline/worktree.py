"""The git work tree around a root: where it is, whether it has uncommitted changes, where state of ours may be kept.

The folders are found without running git, the way git finds them (a `.git` folder, or the `.git` file of a linked work
tree or submodule): a dry run asks on every start, and git may not be installed.  Only the question that git alone can
answer runs it.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.pipeline.git import git


class WorkTree(msgspec.Struct, frozen=True):
    """`top` is the folder that holds everything; `git_dir` is None outside a git repository (then `top` is the root).

    A linked work tree and a submodule have a git folder of their own, so each has its own state.
    """

    top: Path
    git_dir: Path | None

    @property
    def state(self) -> Path:
        """The folder for journal and lock: in the git folder, where `git status` and `git clean` never look."""
        return self.top / ".codemods" if self.git_dir is None else self.git_dir / "codemods"


def work_tree(root: Path) -> WorkTree:
    """The work tree that `root` stands in, all links resolved."""
    real = Path(os.path.realpath(root))
    for folder in (real, *real.parents):
        git_dir = _git_dir_of(folder)
        if git_dir is not None:
            return WorkTree(folder, git_dir)
    return WorkTree(real, None)


def _git_dir_of(folder: Path) -> Path | None:
    mark = folder / ".git"
    found = mark
    if mark.is_file():
        label, _, rest = os.fsdecode(mark.read_bytes()).partition(":")
        if label != "gitdir":
            return None
        found = folder / rest.strip()
    # HEAD may be a link to a branch without commits, so it need not lead anywhere.
    return Path(os.path.realpath(found)) if os.path.lexists(found / "HEAD") else None


def make_state_folder(tree: WorkTree) -> Path:
    """The state folder, made where it is missing.

    Raises `UsageError` when something else is in its place: a link could lead the journal out of the tree.
    """
    for folder in (tree.state, tree.state / "runs"):
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise UsageError(f"{folder} is not a folder: move it away, it is where codemods keeps its journal")
        folder.mkdir(exist_ok=True)
    ignore = tree.state / ".gitignore"
    if tree.git_dir is None and not ignore.exists():
        ignore.write_bytes(b"*\n")
    return tree.state


def uncommitted_files(tree: WorkTree) -> tuple[str, ...]:
    """Files that are changed, staged or untracked (not ignored), relative to the top; none outside a git repository.

    Changes inside submodules don't count: they are work trees of their own.  Raises `UsageError` when git can't tell.
    """
    if tree.git_dir is None:
        return ()
    # Untracked files count whatever `status.showUntrackedFiles` says; submodules are not entered (their own
    # configuration would apply).
    options = ("--porcelain", "-z", "--untracked-files=normal", "--no-renames", "--ignore-submodules=dirty")
    shown = git(str(tree.top), "status", *options)
    if shown is None:
        raise UsageError(f"{tree.top} is a git repository, but git is not on PATH: install it, or pass --allow-dirty")
    if shown.status:
        reason = shown.errors.strip().partition("\n")[0]
        raise UsageError(f"git can't tell whether {tree.top} is clean ({reason}): mend that, or pass --allow-dirty")
    # Each entry is two letters, a space and the path (git-status(1), "Porcelain Format Version 1").
    return tuple(os.fsdecode(entry[3:]) for entry in shown.output.split(b"\0") if entry)


def is_clean(root: Path) -> bool:
    """Whether the work tree around `root` has no uncommitted change; always so outside a git repository."""
    return not uncommitted_files(work_tree(root))
