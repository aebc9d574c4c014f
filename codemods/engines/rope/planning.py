"""Run a refactoring of rope on texts, and get back what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rope.base import change, exceptions

from codemods.engines.edits import Text
from codemods.engines.rope.memory import MemoryProject, plain
from codemods.toolkit.codemod import Edit
from codemods.toolkit.python.edits_between import edits_between
from codemods.toolkit.python.layout import Layout


class Refused(Exception):  # noqa: N818 - it is the outcome of a plan, as in `Site.decision`
    """rope doesn't carry out the refactoring: its reason, in one line."""


def opened(bodies: Mapping[str, bytes], layout: Layout) -> MemoryProject:
    """Give rope's project of these files (path -> `Source.body`), all of which have to be `readable`."""
    return MemoryProject({path: plain(body) for path, body in bodies.items()}, layout)


def planned(
    bodies: Mapping[str, bytes], layout: Layout, request: Callable[[MemoryProject], Any]
) -> Mapping[str, tuple[Edit, ...]]:
    """What a refactoring changes in these files: the edits of `Source.body` by path.

    `bodies` are the texts (path -> `Source.body`) of all files that matter: those that may change and those that names
    lead through.  `request` is given rope's project and returns rope's `ChangeSet`, as
    `lambda project: Rename(project, project.get_resource("a.py"), 4).get_changes("new")` does.

    Raises `Refused` with rope's reason, also when rope fails on its way, or plans more than changes of these texts.
    """
    project = opened(bodies, layout)
    with refusing():
        return changed(bodies, request(project))


def changed(bodies: Mapping[str, bytes], changes: Any) -> Mapping[str, tuple[Edit, ...]]:
    """The edits of these files that make up a `ChangeSet` of rope's.  Raises `Refused` where it is more than that."""
    edits: dict[str, tuple[Edit, ...]] = {}
    for each in _leaves(changes):
        if not isinstance(each, change.ChangeContents) or each.resource.path not in bodies:
            raise Refused(f"rope plans more than changes of texts: {type(each).__name__} of {each.resource.path}")
        edits[each.resource.path] = edits_to(bodies[each.resource.path], each.new_contents)
    return edits


def edits_to(body: bytes, after: str) -> tuple[Edit, ...]:
    """The edits of `Source.body` that lead to a text of rope's: only what differs, with the line ends of the file."""
    text = Text(body)
    return tuple(
        Edit(text.offset(edit.start), text.offset(edit.end), text.restored(edit.new))
        for edit in edits_between(plain(body).encode(), after.encode())
    )


class refusing:  # noqa: N801 - used like a function
    """Turns what rope raises into `Refused`."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        """Say it in one line."""
        if isinstance(problem, exceptions.RopeError):
            raise Refused(" ".join(str(problem).split())) from None
        # rope's inference is a large body of code that meets any Python: it fails in any way on what it doesn't expect.
        if isinstance(problem, Exception) and not isinstance(problem, (Refused, MemoryError)):
            raise Refused(f"rope fails: {type(problem).__name__}: {' '.join(str(problem).split())}") from problem


def _leaves(changes: Any) -> Iterator[Any]:
    if isinstance(changes, change.ChangeSet):
        for each in changes.changes:
            yield from _leaves(each)
    else:
        yield changes
