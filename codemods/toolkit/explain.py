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
    """One code, and whose it is (a codemod's name, or "toolkit").

    `clashes` are the pages of other owners for a code of the same name.
    """

    code: Code
    owner: str
    clashes: tuple[Page, ...] = ()


def pages(codemods: Iterable[AnyCodemod]) -> dict[str, Page]:
    """All codes of the toolkit and of these codemods, in order."""
    found = [Page(code, TOOLKIT) for code in TOOLKIT_CODES]
    found += [Page(code, codemod.name) for codemod in codemods for code in codemod.codes]
    known: dict[str, Page] = {}
    for page in sorted(found, key=lambda page: page.code.code):
        first = known.get(page.code.code)
        known[page.code.code] = page if first is None else first._replace(clashes=(*first.clashes, page))
    return known


def clashing(known: Mapping[str, Page]) -> list[str]:
    """A line for each code that several have."""
    return [
        f"{code} is a code of {', '.join(each.owner for each in (page, *page.clashes))}: reports can't tell them apart"
        for code, page in known.items()
        if page.clashes
    ]


def explain(code: str, known: Mapping[str, Page]) -> str:
    """The page of one code, as Markdown; where several have it, all of their pages.

    Raises `UsageError` for an unknown code.
    """
    page = known.get(code.upper())
    if page is None:
        raise UsageError(f"no code is named {code!r}{did_you_mean(code.upper(), known)}")
    return "\n".join(
        f"# {code.code}: {code.title}\n\n{code.explanation.strip()}\n\nReported by: {owner}\n"
        for code, owner, _ in (page, *page.clashes)
    )


def written_pages(known: Mapping[str, Page]) -> dict[str, str]:
    """The files of docs/codes/: one page for each code, and an index."""
    files = {f"{code}.md": explain(code, known) for code in known}
    lines = ["# All codes", "", "| code | meaning | reported by |", "| --- | --- | --- |"]
    lines += [f"| [{code}]({code}.md) | {page.code.title} | {page.owner} |" for code, page in known.items()]
    return {"README.md": "\n".join(lines) + "\n", **files}
