"""How far this codemod has to look: which files are parsed at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from codemods.asyncmock_await.calls import reach as calls
from codemods.asyncmock_await.collect import ALL, FOLLOWED
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.doubles import reach as doubles
from codemods.asyncmock_await.facts import Facts
from codemods.asyncmock_await.never_run import reach as tests
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

SETTINGS = calls.SETTINGS | doubles.SETTINGS | tests.SETTINGS
"""The settings files that tell how tests are run."""

_ASYNC = re.compile(rb"async(?: def (\w+)|io([-_]mode))")
"""Names of coroutine functions, and what sets the mode of pytest-asyncio: one search for two things."""


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether this file can matter by itself: `demand` asks for what tests that never run need."""
    return calls.relevant(body)


def marks(body: bytes) -> tuple[str, ...]:
    """What the bytes of any file say of names that it shares with others."""
    found = [*_ASYNC.finditer(body)]
    definitions = [(match[1], match.start()) for match in found if match[1]]
    coroutines = [name for name, _at in definitions]
    modes = {b"asyncio" + match[2] for match in found if match[2]}
    return (*calls.marks(body, definitions), *doubles.marks(body), *tests.marks(body, coroutines, modes))


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """The names of sync functions that lose a coroutine: whatever names them has to be known."""
    return calls.widen(project, Origins(project), doubles.again(project))


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """The further files that a decision has to know."""
    origins = Origins(project)
    asked = calls.demand(project, origins) | doubles.demand(project, origins) | tests.demand(project)
    return frozenset((asked | origins.unloaded) - project.entries.keys())


def again(project: Project[Facts], config: Config) -> Mapping[str, frozenset[str]]:
    """The functions, by file, that are worth a closer look now that more of the project is known.

    Of the files that evidence tells of, all.
    """
    found: dict[str, frozenset[str]] = {}
    for path, names in (*calls.again(project).items(), *doubles.again(project).items()):
        found[path] = found.get(path, frozenset()) | {FOLLOWED + name for name in names}
    for path in doubles.told_of(project):
        found[path] = found.get(path, frozenset()) | {ALL}
    return found
