"""A state that is accepted: what `--check --baseline` compares with, so that no new use creeps in beside the old ones.

The baseline is a report (`--format json --output FILE`) of an earlier run.  Lines don't count, so that a file may move
on above a use that is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from codemods.toolkit.codemod import Site, UsageError

Key = tuple[str, str, str, str, str]


class _Accepted(msgspec.Struct, frozen=True):
    """What of a report matters here; the rest of it is passed over."""

    sites: tuple[Site, ...]


def _key(site: Site) -> Key:
    return site.kind, site.path, site.name, site.decision, site.code


def accepted_uses(file: str) -> Counter[Key]:
    """The uses that a report holds, with how often each stands in its file.

    Raises `UsageError` when the file can't be read, or is no report.
    """
    try:
        report = msgspec.json.decode(Path(file).read_bytes(), type=_Accepted)
    except OSError as error:
        raise UsageError(f"--baseline: {file}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--baseline: {file}: is no report (make one by --format json): {error}") from error
    return Counter(_key(site) for site in report.sites)


def new_uses(sites: Sequence[Site], accepted: Counter[Key]) -> list[Site]:
    """The uses that stay as they are (kept or refused) and that the baseline doesn't hold."""
    left = Counter(accepted)
    found = []
    for site in sites:
        if site.decision not in {"kept", "refused"}:
            continue
        if left[_key(site)] > 0:
            left[_key(site)] -= 1
        else:
            found.append(site)
    return found
