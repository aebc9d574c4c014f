"""What is said when no factory and class can be chosen: the candidates, and a configuration to paste that works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.census import Key, layout_naming, possible_names, service_folder
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.family import words

if TYPE_CHECKING:
    from codemods.websocket_ssot.ranking import Candidate, Ranking

SHOWN = 6
"""How many candidates a table shows."""


class Definition(NamedTuple):
    """A definition as a configuration names it: its file, the name of its module ("" where it has none), its name."""

    path: str
    module: str
    name: str


def undecided(
    project: Project[Facts],
    ranking: Ranking,
    factories: Sequence[Candidate],
    cls: Definition,
    instances: Sequence[Key],
    *,
    open_class: bool,
) -> Iterator[str]:
    """The ranked candidates, and the first of them as a proposal.

    `factories` are those to choose from, without one `cls` needs one; `instances` are those of `cls` at module level.
    `open_class` says that `cls` itself is only the first of several.
    """
    if not factories:
        an = "an" if cls.name.lstrip("_")[:1].lower() in "aeiou" else "a"
        yield f"nothing but its constructor makes {an} {cls.name}: there is no factory that callers could be pointed at"
        yield from ("", *table("classes", ranking.classes), "")
        if open_class:
            yield from ("no class is clearly ahead either: the first one is no more than a proposal", "")
        yield from _factory_to_write(project.layout, cls, instances)
        return
    best = factories[0]
    made = next((definition(other) for other in ranking.classes if other.key == best.makes), cls)
    yield "no factory and class are configured, and no candidate is clearly ahead; choose in pyproject.toml"
    yield from ("", *table("factories", factories), "", *table("classes", ranking.classes), "")
    yield from proposed(project.layout, definition(best), made)


def unnamed(project: Project[Facts], factory: Definition, cls: Definition) -> Iterator[str]:
    """Why definitions that are clearly ahead can't be taken: no import can name the modules of them all."""
    path = next(each.path for each in (factory, cls) if not each.module)
    found = f"{factory.name} and {cls.name}" if factory.path != cls.path else f"{factory.name}, which makes {cls.name},"
    yield f"{found} would be taken, but {path} is in no folder that imports are known to start from"
    yield ""
    yield from proposed(project.layout, factory, cls)


def proposed(layout: Layout, factory: Definition, cls: Definition) -> Iterator[str]:
    """The tables to paste into pyproject.toml; where none works, what to do instead."""
    named = layout_naming(layout, [factory.path, cls.path])
    if named is None:
        folders = sorted({service_folder(each.path) for each in (factory, cls) if not each.module})
        if all(folders) and len(folders) == 1:
            yield f"other folders hold modules of the same names: run it in {folders[0]} alone"
        else:
            yield "rename the modules so that an import can name them"
        return
    if named is not layout:
        roots = ", ".join(f'"{root}"' for root in named.roots if root)
        yield from ("[tool.codemods]", f"roots = [{roots}]", "")
    yield from toml(*(_reference(named, each) for each in (factory, cls)))


def definition(candidate: Candidate) -> Definition:
    """What the configuration would name."""
    return Definition(candidate.key[0], candidate.module, candidate.name)


def _reference(layout: Layout, each: Definition) -> str:
    names = possible_names(layout, each.path)
    return f"{each.module if each.module in names else names[0]}:{each.name}"


def _factory_to_write(layout: Layout, cls: Definition, instances: Sequence[Key]) -> Iterator[str]:
    function = f"get_{'_'.join(words(cls.name))}".replace("web_socket", "websocket")
    path, shared = instances[0] if len(instances) == 1 else (cls.path, "")
    yield f"write one in {path}, and name both:"
    yield ""
    yield f"    def {function}() -> {cls.name}:"
    if shared:
        yield f"        return {shared}    # the instance there is"
    else:
        yield f"        return {cls.name}()    # or the instance that callers are to share"
    yield ""
    module = cls.module if path == cls.path else ""
    yield from proposed(layout, Definition(path, module, function), cls)


def table(title: str, candidates: Sequence[Candidate]) -> Iterator[str]:
    """The candidates as lines, best first, each with its reasons below it."""
    yield f"{title} (score, reference, reasons)"
    for candidate in candidates[:SHOWN]:
        yield f"{candidate.score:>8,.1f}  {candidate.reference}"
        yield from wrap("; ".join(candidate.reasons), 100, initial_indent=" " * 10, subsequent_indent=" " * 10)
    if len(candidates) > SHOWN:
        yield f"          … and {len(candidates) - SHOWN:,} more"
    if not candidates:
        yield "          none"


def toml(factory: str, cls: str) -> Iterator[str]:
    """The table to paste into pyproject.toml."""
    yield "[tool.codemods.websocket_ssot]"
    yield f'factory = "{factory}"'
    yield f'class = "{cls}"'
