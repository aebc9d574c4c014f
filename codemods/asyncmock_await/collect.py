"""`collect`: the facts of one module, from each family of codes."""

from __future__ import annotations

from codemods.asyncmock_await.calls.becoming_async.sync_tests import loops_in
from codemods.asyncmock_await.calls.collect import collect as calls
from codemods.asyncmock_await.config import Config
from codemods.asyncmock_await.doubles.collect import collect as doubles
from codemods.asyncmock_await.doubles.collect import collect_all as all_doubles
from codemods.asyncmock_await.facts import Facts
from codemods.asyncmock_await.mock_names import mock_names
from codemods.asyncmock_await.never_run.collect import collect as tests
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

ALL = "*"
"""Among the words of `collect`: everything in the file matters, as evidence tells of it."""

FOLLOWED = "follow "
"""What stands among the words of `collect` before the name of a function that is worth a closer look.

A name alone is one that `widen` asks for: all that mentions it has to be known.
"""


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """What this codemod needs to know of one module.  Pure; called for every file that is parsed.

    Of functions that nobody had to read, no doubles are told.
    """
    mocks = mock_names(names)
    everything = ALL in words or "AM106" in config.requested
    if everything:
        module.read_all()
    followed = frozenset(word.removeprefix(FOLLOWED) for word in words if word.startswith(FOLLOWED))
    named = frozenset(word for word in words if word != ALL and not word.startswith(FOLLOWED))
    called = calls(module, names, mocks, named, followed, asserts="AM106" in config.requested)
    ends = frozenset(site.made for site in called.sites if site.made >= 0 and site.member)
    made = all_doubles(module, mocks) if everything else doubles(module, mocks, ends)
    found = tests(module, names, renames="AM303" in config.requested)
    return Facts(called, made, found, loops_in(module.source.body))
