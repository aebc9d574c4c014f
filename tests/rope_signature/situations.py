"""A module `net`, what uses it, and what becomes of the two."""

from __future__ import annotations

from codemods.rope_signature import codemod
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.pipeline.result import Result


def follows(files: dict[str, str], after: dict[str, str], target: str, signature: str, **more: object) -> Result:
    """Check that the signature changes, and the files with it."""
    return check_transformed(codemod, files, after, config={"target": target, "signature": signature, **more})


def refused(files: dict[str, str], target: str, signature: str, **more: object) -> dict[str, str]:
    """Check that nothing changes; the reasons by code, those of the definition last."""
    result = check_noop(codemod, files, config={"target": target, "signature": signature, **more})
    return {site.code: site.reason for site in reversed(result.sites) if site.decision == "refused"}


def told(result: Result) -> list[tuple[str, int]]:
    """The codes of what is left to look at, with their lines."""
    return [(site.code, site.line) for site in result.sites if site.decision == "refused"]
