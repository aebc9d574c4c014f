"""`explain CODE`, and the pages in docs/codes/: both are made from the tables beside the code.

`python -m codemods explain --write docs` writes the pages; a test holds them against the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.codes import TOOLKIT_CODES
from codemods.toolkit.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codemods.toolkit.codemod import AnyCodemod, Code

TOOLKIT = "toolkit"


class Page(NamedTuple):
    """One code, and whose it is (a codemod's name, or "toolkit")."""

    code: Code
    owner: str


def pages(codemods: Iterable[AnyCodemod]) -> dict[str, Page]:
    """All codes of the toolkit and of these codemods, in order."""
    found = [Page(code, TOOLKIT) for code in TOOLKIT_CODES]
    found += [Page(code, codemod.name) for codemod in codemods for code in codemod.codes]
    return {page.code.code: page for page in sorted(found, key=lambda page: page.code.code)}


def explain(code: str, known: Mapping[str, Page]) -> str:
    """The page of one code, as Markdown.

    Raises `UsageError` for an unknown code.
    """
    page = known.get(code.upper())
    if page is None:
        raise UsageError(f"no code is named {code!r}{did_you_mean(code.upper(), known)}")
    return f"# {page.code.code}: {page.code.title}\n\n{page.code.explanation.strip()}\n\nReported by: {page.owner}\n"


def written_pages(known: Mapping[str, Page]) -> dict[str, str]:
    """The files of docs/codes/: one page for each code, and an index."""
    files = {f"{code}.md": explain(code, known) for code in known}
    lines = ["# All codes", "", "| code | meaning | reported by |", "| --- | --- | --- |"]
    lines += [f"| [{code}]({code}.md) | {page.code.title} | {page.owner} |" for code, page in known.items()]
    return {"README.md": "\n".join(lines) + "\n", **files}
