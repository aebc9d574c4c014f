"""The account of this family's sites while they are decided: each place once, with its changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from codemods.asyncmock_await.calls.facts import Mention
from codemods.asyncmock_await.doubles.facts import Creation, DoubleFacts
from codemods.asyncmock_await.doubles.mend import Maker
from codemods.asyncmock_await.family import CalledAt, Share
from codemods.asyncmock_await.mock_names import MockNames, mock_names
from codemods.asyncmock_await.part import CallChange, Change, DroppedName, ImportedName
from codemods.evidence.schema import Place
from codemods.toolkit.codemod import Decision, Finding, Site
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

_NAME = "AsyncMock"
_NO_FACTS = DoubleFacts()

Spot = Creation | Place | Mention


class Account:
    """What was decided so far.  `withheld` are the files that must not change (path -> (code, reason))."""

    def __init__(self, project: Project[Facts], withheld: Mapping[str, tuple[str, str]]) -> None:
        self._project = project
        self.withheld = withheld
        self._sites: list[Site] = []
        self._changes: dict[int, Mapping[str, tuple[Change, ...]]] = {}
        self._findings: dict[tuple[str, str, int, int], Finding] = {}
        self._taken: set[tuple[str, str, int, int, str]] = set()
        self._mocks: dict[str, MockNames] = {}
        self.instead: set[CalledAt] = set()

    def share(self) -> Share:
        """The share of this family in the plan."""
        gone = {path: _unused_import(changes, *self._of(path)) for path, changes in self._by_path().items()}
        changes = {
            index: {
                path: (*several, *gone[path]) if any(map(_takes_away, several)) else several
                for path, several in of_site.items()
            }
            for index, of_site in self._changes.items()
        }
        return Share(tuple(self._sites), changes, tuple(self._findings.values()), instead=frozenset(self.instead))

    def _by_path(self) -> dict[str, list[Change]]:
        found: dict[str, list[Change]] = {}
        for of_site in self._changes.values():
            for path, several in of_site.items():
                found.setdefault(path, []).extend(several)
        return found

    def _of(self, path: str) -> tuple[DoubleFacts, ModuleNames | None]:
        entry = self._project.entries.get(path)
        return self.facts(path), entry.names if entry is not None else None

    def facts(self, path: str) -> DoubleFacts:
        """What is known of a file; empty facts where it could not be parsed."""
        entry = self._project.entries.get(path)
        return entry.facts.doubles if entry is not None and entry.facts is not None else _NO_FACTS

    def exists(self, path: str) -> bool:
        """Whether a file of that path is in the project."""
        return path in self._project.layout.paths

    def mocks(self, path: str) -> MockNames:
        """How names of the library are spelled in a file."""
        found = self._mocks.get(path)
        if found is None:
            entry = self._project.entries.get(path)
            names = entry.names if entry is not None else None
            found = self._mocks[path] = MockNames() if names is None else mock_names(names)
        return found

    def maker(self, path: str) -> Maker | None:
        """The mock classes of a file; None where it could not be parsed."""
        entry = self._project.entries.get(path)
        return None if entry is None or entry.names is None else Maker(entry.names, self.mocks(path))

    def knows(self, path: str, creation: Creation) -> bool:
        """Whether there is a site of this double already."""
        return any(
            (site.kind, site.path, site.line, site.column) == ("double", path, creation.line, creation.column)
            for site in self._sites
        )

    def rewritten(
        self,
        path: str,
        spot: Spot,
        name: str,
        code: str,
        reason: str,
        changes: Mapping[str, tuple[Change, ...]],
        kind: str = "double",
    ) -> None:
        """A site that changes, unless one of its files is withheld."""
        held = next((self.withheld[each] for each in changes if each in self.withheld), None)
        if held is not None:
            self._site(kind, path, spot, name, "refused", held[1], held[0])
        elif self._site(kind, path, spot, name, "rewritten", reason, code):
            self._changes[len(self._sites) - 1] = changes

    def kept(self, path: str, spot: Spot, name: str, reason: str) -> None:
        """A double that is right as it is."""
        self._site("double", path, spot, name, "kept", reason, "")

    def refused(self, path: str, spot: Spot, name: str, code: str, reason: str, kind: str = "double") -> None:
        """A site that a person has to look at."""
        self._site(kind, path, spot, name, "refused", reason, code)

    def finding(self, code: str, path: str, line: int, column: int, message: str) -> None:
        """Something to tell that is no site of this family; each place once, as it was told first."""
        self._findings.setdefault((code, path, line, column), Finding(code, path, line, column, message))

    def _site(self, kind: str, path: str, spot: Spot, name: str, decision: Decision, reason: str, code: str) -> bool:
        place = (kind, path, spot.line, spot.column, name)
        if place in self._taken:
            return False
        self._taken.add(place)
        self._sites.append(Site(kind, path, spot.line, spot.column, name, decision, reason, code))
        return True


def _takes_away(change: Change) -> bool:
    """Whether an AsyncMock less is written after a change."""
    return isinstance(change, CallChange) and (bool(change.function) or "new_callable" in change.dropped)


def _unused_import(changes: Sequence[Change], facts: DoubleFacts, names: ModuleNames | None) -> tuple[Change, ...]:
    """The import of AsyncMock goes where nothing says it any more after these changes."""
    if names is None:
        return ()
    imports = [
        statement
        for statement in names.imports
        if statement.is_from and any((each.name, each.asname) == (_NAME, "") for each in statement.names)
    ]
    gone = {change.start for change in changes if _takes_away(change)}
    written = any(_NAME in text for each in changes if isinstance(each, CallChange) for _name, text in each.added)
    if len(imports) != 1 or written or facts.mentioned != len(gone) + 1:
        return ()
    span = imports[0].start, imports[0].end
    added = any(isinstance(each, ImportedName) and (each.start, each.end) == span for each in changes)
    return (DroppedName(*span, _NAME),) if added or len(imports[0].names) > 1 else ()
