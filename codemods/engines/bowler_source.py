"""Where the queries of Bowler come from: a function in a file or module of the user's."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bowler import Query

from codemods.engines.contained import contained
from codemods.engines.user_code import explained, load, reference
from codemods.toolkit.codemod import UsageError

_RUNNING = ("execute", "diff", "idiff", "write", "silent", "dump")
"""Methods of a query that run it over files on disk."""


class QuerySource(NamedTuple):
    """Where queries come from: a factory (see `user_code.reference`), its digest, and its arguments.

    `root` is the project, which it can't write to.
    """

    factory: str
    digest: str
    arguments: tuple[str, ...]
    root: str = ""

    @property
    def file(self) -> str:
        """The file of the factory, or its module."""
        return reference(self.factory).place

    def query(self) -> Query:
        """A new query: modifiers of Bowler keep state, so that each file gets one of its own.

        Raises `UsageError` when there is no query to be had, or when it asks for something that it has no say in.
        """
        with _never_run(self.factory):
            factory = load(self.factory, self.digest, self.root)
            if isinstance(factory, Query):
                raise UsageError(f"{self.factory}: is a query: put it into a function that returns it")
            if not callable(factory):
                raise UsageError(f"{self.factory}: is no function that returns a Query")
            self._require_fitting(factory)
            with contained(self.root), explained(self.factory, "raises an error"):
                query = factory(*self.arguments)
        if not isinstance(query, Query):
            what = "nothing" if query is None else f"something else ({type(query).__name__})"
            raise UsageError(f"{self.factory}: has to return a Query, and returns {what}")
        if query.paths != ["."]:
            raise UsageError(f"{self.factory}: names paths ({query.paths[0]}): give them on the command line instead")
        return query

    def _require_fitting(self, factory: Callable[..., object]) -> None:
        try:
            inspect.signature(factory).bind(*self.arguments)
        except TypeError as problem:
            given = f"{len(self.arguments)} argument{'' if len(self.arguments) == 1 else 's'}"
            raise UsageError(f"{self.factory}: can't be called with {given}: {problem}") from None


@contextlib.contextmanager
def _never_run(factory: str) -> Iterator[None]:
    """Refuse queries that run themselves."""

    def refused(name: str) -> Callable[..., None]:
        def run(self: object, *args: object, **options: object) -> None:
            raise UsageError(
                f"{factory}: calls .{name}(), which runs the query itself: take it off, and return the query"
            )

        return run

    before = {name: getattr(Query, name) for name in _RUNNING}
    for name in _RUNNING:
        setattr(Query, name, refused(name))
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(Query, name, method)
