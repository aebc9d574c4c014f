"""What was planned for the imports of one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codemods.toolkit.codemod import Site
from codemods.toolkit.python.names import Context, ImportStatement
from codemods.websocket_ssot.outcomes import Change, Outcome, Target
from codemods.websocket_ssot.part import ImportChange, NameChange, NewImport


@dataclass(slots=True)
class FileImports:
    """What was planned for one file; filled while its names are planned, then read only.

    `locals` maps a module-level name to the names that its uses have now; `unbound` are
    module-level names that it doesn't bind any more.  `gone` and `added` are, by the start of an import statement, the
    positions of names that leave it and what is imported in their place.  `functions` are what rewritten calls call, by
    the identity of the use.  `planned` are the new imports by scope and name (start of the statement, its context).
    """

    outcomes: dict[int, Outcome]
    sites: list[Site] = field(default_factory=list)
    gone: dict[int, set[int]] = field(default_factory=dict)
    added: dict[int, list[NewImport]] = field(default_factory=dict)
    names: list[NameChange] = field(default_factory=list)
    locals: dict[str, dict[Target, str]] = field(default_factory=dict)
    functions: dict[int, str] = field(default_factory=dict)
    unbound: set[str] = field(default_factory=set)
    planned: dict[tuple[int, str], list[tuple[int, Context]]] = field(default_factory=dict)

    def calls(self) -> Iterator[Change]:
        """The calls that become calls of the factory."""
        for outcome in self.outcomes.values():
            if outcome.decision == "rewritten":
                yield from outcome.changes

    def changes(self, statements: Mapping[int, ImportStatement]) -> tuple[ImportChange, ...]:
        """The changes of import statements, in the order of the source."""
        return tuple(
            ImportChange(
                start, statements[start].end, tuple(sorted(self.gone.get(start, ()))),
                tuple(dict.fromkeys(self.added.get(start, ()))), statements[start].alone,
            )
            for start in sorted(self.gone.keys() | self.added.keys())
        )  # fmt: skip
