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
) -> list[Mention] | str:
    """The tests of a module that ask for one of its fixtures, or why there may be others."""
    if path.endswith("conftest.py"):
        return "tests of other modules may ask for it"
    if not fixture.asked_for:
        return "tests don't ask for it by its name"
    if fixture.owner and classes.below(Key(path, fixture.owner)):
        return "tests of other classes may ask for it"
    found: list[Mention] = []
    for place, mention in _mentions(project, fixture.asked_for):
        where = f"{place}:{mention.line}"
        if place != path:
            if mention.how == "import" and origins.bound(place, mention.name).path == path:
                return f"{where} imports it"
        elif mention.how == "parameter":
            if mention.receiver == "fixture":
                return f"the fixture {mention.function} asks for it"
            if mention.receiver == "test" and f"{mention.owner}.".startswith(
                f"{fixture.owner}." if fixture.owner else ""
            ):
                found.append(mention)
        elif mention.how == "text":
            return f"{where} may ask for it"
        elif mention.how == "definition" and mention.start != fixture.function.keyword and not mention.function:
            return f"{where} defines another one of this name"
        elif mention.how == "other" and not mention.function and not mention.receiver:
            return f"{where} uses it as a value"
    return found or "no test asks for it"


def _mentions(project: Project[Facts], name: str) -> Iterator[tuple[str, Mention]]:
    for path, entry in project.entries.items():
        if entry.facts is not None:
            yield from ((path, each) for each in entry.facts.calls.mentions if each.name == name)
