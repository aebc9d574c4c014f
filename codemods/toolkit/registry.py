"""The codemods that are installed: entry points of the group `codemods`, in this package or any other.

    [project.entry-points.codemods]
    websocket_ssot = "codemods.websocket_ssot:codemod"

Only the codemod that is run gets imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.toolkit.codemod import AnyCodemod, Codemod, UsageError
from codemods.toolkit.suggest import did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "codemods"


def _entry_points() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # takes 20 ms, and most runs don't ask

    return {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def names() -> frozenset[str]:
    """The names of all codemods that are installed; none of them is imported."""
    return frozenset(_entry_points())


def load(name: str) -> AnyCodemod:
    """The codemod called `name`.

    Raises `UsageError` when there is none, or when it can't be imported.
    """
    entry = _entry_points().get(name)
    if entry is None:
        raise UsageError(f"no codemod is named {name!r}{did_you_mean(name, names())}: `codemods list` shows them")
    try:
        found: object = entry.load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"codemod {name!r} ({entry.value}) can't be imported: {error}") from error
    if not isinstance(found, Codemod):
        raise UsageError(f"codemod {name!r}: {entry.value} is a {type(found).__name__}, not a Codemod")
    return found
