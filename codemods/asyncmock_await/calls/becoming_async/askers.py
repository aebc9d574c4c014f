"""The tests that ask for a fixture, where its plugin awaits an async fixture for async tests of its own only.

anyio runs an async fixture for tests that have its marker (`pytest_fixture_setup` in anyio/pytest_plugin.py: those with
`anyio_backend` among their fixtures), and so does pytest-trio (`handle_fixture` in pytest_trio/plugin.py); any other
test would get the coroutine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.facts import Mention, SyncFunction
from codemods.asyncmock_await.never_run.classes import Classes, Key
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

AWAIT_FOR_THEIR_OWN = frozenset({"anyio", "trio"})
"""The markers of the plugins that do so."""


def askers(
    project: Project[Facts], origins: Origins, classes: Classes, path: str, fixture: SyncFunction
) -> list[tuple[str, Mention]] | str:
    """The tests, each with its file, that ask for a fixture, or why there may be others.

    A fixture of a conftest.py is there for all tests in its folder and below, any other one for those of its module.
    """
    if not fixture.asked_for:
        return "tests don't ask for it by its name"
    if fixture.owner and classes.below(Key(path, fixture.owner)):
        return "tests of other classes may ask for it"
    folder = path.removesuffix("conftest.py") if path.rpartition("/")[2] == "conftest.py" else ""
    everywhere = path == "conftest.py"
    found: list[tuple[str, Mention]] = []
    for place, mention in _mentions(project, fixture.asked_for):
        where = f"{place}:{mention.line}"
        if mention.how == "import":
            if place != path and origins.bound(place, mention.name).path == path:
                return f"{where} imports it"
        elif place == path or everywhere or (folder and place.startswith(folder)):
            problem = _may_take_it_otherwise(mention, fixture, own=place == path)
            if problem:
                return f"{where} {problem}"
            if mention.how == "parameter" and mention.receiver == "fixture":
                return f"the fixture {mention.function} asks for it"
            within = f"{mention.owner}.".startswith(f"{fixture.owner}." if fixture.owner else "")
            if mention.how == "parameter" and mention.receiver == "test" and within:
                found.append((place, mention))
    return found or "no test asks for it"


def _may_take_it_otherwise(mention: Mention, fixture: SyncFunction, *, own: bool) -> str:
    """What a place does that names a fixture, other than asking for it."""
    if mention.how == "text":
        return "may ask for it"
    if mention.how == "definition" and not mention.function and not (own and mention.start == fixture.function.keyword):
        return "defines another one of this name"
    if mention.how == "other" and not mention.function and not mention.receiver:
        return "uses it as a value"
    return ""


def _mentions(project: Project[Facts], name: str) -> Iterator[tuple[str, Mention]]:
    for path, entry in project.entries.items():
        if entry.facts is not None:
            yield from ((path, each) for each in entry.facts.calls.mentions if each.name == name)
