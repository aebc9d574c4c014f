"""Answers about single files that are remembered from one look at a project to the next.

While more and more of a project is known, `demand` and `again` ask the same of each file in every round, and so does
the second run of a plan on its own result; nearly always with the same outcome.  An answer is kept with the entries
that it came from, also those that were not there, and given again where each of these is the same as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

if TYPE_CHECKING:
    from codemods.toolkit.python.layout import Layout
    from codemods.toolkit.python.project import Entry, Project

Answer: TypeAlias = frozenset[str]
Ask: TypeAlias = "Callable[[Project[Any], str], Answer]"
_Seen: TypeAlias = "dict[str, Entry[Any] | None]"
_DefaultT = TypeVar("_DefaultT")


@dataclass(slots=True)
class _Question:
    """Its answers by file, each with the entries that it came from."""

    layout: Layout
    basis: Hashable
    answers: dict[str, tuple[_Seen, Answer]] = field(default_factory=dict)


class Remembered:
    """What was answered during a run.  It makes answers come sooner, never different."""

    def __init__(self) -> None:
        self._questions: dict[str, _Question] = {}
        self._seen: _Seen = {}
        self._entries: Mapping[str, Entry[Any]] | None = None

    def answers(
        self, project: Project[Any], question: str, basis: Hashable, paths: Iterable[str], ask: Ask
    ) -> Iterator[tuple[str, Answer]]:
        """What `ask` answers for each of some files, with the file.

        It has to go by the entries of the project that it is given, which it can only look up one by one, by the
        layout, and by `basis`, which stands for all else.  `question` is the name that its answers are kept under.
        """
        self._forget(project.entries)
        kept = self._questions.get(question)
        if kept is None or kept.basis != basis or kept.layout != project.layout:
            kept = self._questions[question] = _Question(project.layout, basis)
        for path in paths:
            found = kept.answers.get(path)
            if found is None:
                watched = _Watched(project.entries)
                found = kept.answers[path] = watched.seen, ask(replace(project, entries=watched), path)
                self._seen |= watched.seen
            yield path, found[1]

    def _forget(self, entries: Mapping[str, Entry[Any]]) -> None:
        """Forget the answers that came from entries which are others now."""
        if entries is self._entries:
            return
        self._entries = entries
        others = {path for path, entry in self._seen.items() if entries.get(path) is not entry}
        for kept in self._questions.values() if others else ():
            kept.answers = {path: found for path, found in kept.answers.items() if others.isdisjoint(found[0])}
        for path in others:
            del self._seen[path]


class _Watched(Mapping[str, "Entry[Any]"]):
    """The entries of a project; `seen` tells which of them were looked at (None: it was not there)."""

    def __init__(self, entries: Mapping[str, Entry[Any]]) -> None:
        self._entries = entries
        self.seen: _Seen = {}

    @overload
    def get(self, path: str, /) -> Entry[Any] | None: ...
    @overload
    def get(self, path: str, /, default: Entry[Any] | _DefaultT) -> Entry[Any] | _DefaultT: ...

    def get(self, path: str, /, default: Any = None) -> Any:
        entry = self.seen[path] = self._entries.get(path)
        return default if entry is None else entry

    def __getitem__(self, path: str) -> Entry[Any]:
        entry = self.get(path)
        if entry is None:
            raise KeyError(path)
        return entry

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("what is asked of one file can't go by all files")

    def __len__(self) -> int:
        raise NotImplementedError("what is asked of one file can't go by all files")
