"""The codemods that are installed: entry points of the group `codemods`, in this package or any other.

    [project.entry-points.codemods]
    websocket_ssot = "codemods.websocket_ssot:codemod"

Only the codemod that is run gets imported.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from codemods.toolkit.codemod import AnyCodemod, Codemod, UsageError
from codemods.toolkit.suggest import did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "codemods"


def _entry_points() -> dict[str, tuple[EntryPoint, ...]]:
    """The entry points by name; several where packages give different things the same name."""
    from importlib.metadata import entry_points  # takes 20 ms, and most runs don't ask

    found: dict[str, tuple[EntryPoint, ...]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        others = found.get(entry.name, ())
        if all(entry.value != other.value for other in others):
            found[entry.name] = (*others, entry)
    return found


def names() -> frozenset[str]:
    """The names of all codemods that are installed; none of them is imported."""
    return frozenset(_entry_points())


def load(name: str) -> AnyCodemod:
    """The codemod called `name`.

    Raises `UsageError` when there is none or there are several, or when it can't be imported.
    """
    entries = _entry_points().get(name)
    if entries is None:
        raise UsageError(f"no codemod is named {name!r}{did_you_mean(name, names())}: `codemods list` shows them")
    entry, *others = entries
    if others:
        several = ", ".join(each.value for each in entries)
        raise UsageError(f"several codemods are named {name!r}: {several} (only one package may be installed)")
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what it prints is no part of the diff
            found: object = entry.load()
    except (Exception, SystemExit) as error:  # it is somebody else's module: whatever it raises, the others go on
        kind = "" if isinstance(error, (ImportError, AttributeError)) else f"{type(error).__name__}: "
        what = " ".join(f"{kind}{error}".split())
        raise UsageError(f"codemod {name!r} ({entry.value}) can't be imported: {what}") from error
    if not isinstance(found, Codemod):
        raise UsageError(f"codemod {name!r}: {entry.value} is a {type(found).__name__}, not a Codemod")
    if found.name != name:
        raise UsageError(f"codemod {name!r}: {entry.value} calls itself {found.name!r}: the two have to be the same")
    return found
