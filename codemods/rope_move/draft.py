"""What is planned for the files while the plan is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from codemods.rope_move.facts import Facts, ImportChange, Part, Statement
from codemods.toolkit.codemod import Edit, Site
from codemods.toolkit.python.names import ModuleNames


@dataclass(slots=True)
class ImportDraft:
    """What happens to one import statement so far."""

    statement: Statement
    drop: set[int] = field(default_factory=set)
    append: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    module: str = ""
    rename: dict[int, str] = field(default_factory=dict)

    def change(self) -> ImportChange:
        """The change."""
        return ImportChange(
            self.statement.start,
            tuple(sorted(self.drop)),
            tuple(dict.fromkeys(self.append)),
            tuple(dict.fromkeys(self.after)),
            self.module,
            tuple(sorted(self.rename.items())),
        )

    @property
    def is_gone(self) -> bool:
        """Whether nothing of the statement is left."""
        return len(self.drop) == len(self.statement.aliases) and not (self.append or self.after or self.module)

    @property
    def changes(self) -> bool:
        """Whether there is any change."""
        return bool(self.drop or self.append or self.after or self.module or self.rename)


@dataclass(slots=True)
class FileDraft:
    """What happens to one file so far."""

    edits: list[Edit] = field(default_factory=list)
    imports: dict[int, ImportDraft] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    removed: tuple[int, int] | None = None
    block: bytes = b""
    before: int = -1
    unexported: str = ""
    exported: str = ""

    def statement(self, statement: Statement) -> ImportDraft:
        """The draft of an import statement."""
        return self.imports.setdefault(statement.start, ImportDraft(statement))

    def part(self) -> Part | None:
        """What is planned, None where that is nothing."""
        changes = [each.change() for _, each in sorted(self.imports.items()) if each.changes]
        edits = tuple(sorted(set(self.edits)))
        part = Part(
            edits, tuple(changes), tuple(dict.fromkeys(self.head)), tuple(dict.fromkeys(self.typing)), self.removed,
            self.block, self.before, self.unexported, self.exported,
        )  # fmt: skip
        return part if part != Part(before=self.before) else None


@dataclass(slots=True)
class Draft:
    """The plan so far: what happens to each file, each site, and what stands in the way of the whole."""

    files: dict[str, FileDraft] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    blockers: list[Site] = field(default_factory=list)

    def file(self, path: str) -> FileDraft:
        """The draft of a file."""
        return self.files.setdefault(path, FileDraft())

    def block(self, kind: str, path: str, line: int, column: int, name: str, reason: str, code: str) -> None:
        """Note what stands in the way."""
        self.blockers.append(Site(kind, path, line, column, name, "refused", reason, code))


def hint(draft: FileDraft, names: ModuleNames, facts: Facts, statements: list[str]) -> None:
    """Add imports that only type checkers see, and what the block of them needs where there is none."""
    draft.typing += statements
    guarded = any(statement.context[:1] == ("typing",) for statement in facts.statements)
    if statements and not guarded and "TYPE_CHECKING" not in names.bindings:
        draft.head.insert(0, "from typing import TYPE_CHECKING")
