"""Codemods for migration sprints that prove their result before they write it."""

# `python -m codemods.x` puts the current folder first on the import path.  That folder is the target: its `json.py` or
# `rich/` must not be taken for the real one.  So this comes before any other import, `__future__` included, and needs
# only what the interpreter has loaded (frozen) to get here.  What Python itself imports for `-m` before any package can
# speak (`importlib`, `types`, `warnings`) is out of reach: the console script `codemods` serves such targets.
import os
import sys

__version__ = "0.1.0"


def _is_current_folder(entry: str) -> bool:
    try:
        return os.path.realpath(entry or os.curdir) == os.path.realpath(os.curdir)
    except OSError:  # the current folder has gone: nothing can be imported from it
        return not entry


def _leave_out_current_folder() -> None:
    kept = [entry for entry in sys.path if not _is_current_folder(entry)]
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if home not in kept and _is_current_folder(home):
        kept.append(
            home
        )  # started from its own checkout: worker processes find the package last, and nothing else first
    sys.path[:] = kept


# `-m` stands in argv[0] until the module that was asked for is found.
if sys.argv[:1] == ["-m"] and any(arg.partition(".")[0].endswith("codemods") for arg in sys.orig_argv[1:]):
    _leave_out_current_folder()
