"""Imports of managers that nothing in their file uses: re-exports, probes, leftovers."""

from __future__ import annotations

from collections.abc import Mapping

from codemods.toolkit.python.names import ImportStatement
from codemods.toolkit.python.origins import Origin
from codemods.websocket_ssot.facts import BindingFact
from codemods.websocket_ssot.import_statements import Statements
from codemods.websocket_ssot.meanings import Meaning
from codemods.websocket_ssot.outcomes import Target

_REPAIRED: Mapping[str, Target] = {"missing-class": "class", "missing-function": "factory"}


class UnusedImports(Statements):
    """Accounts for them, and repairs those that lead nowhere."""

    def unused(self) -> None:
        """Imports of managers without a use in this file: re-exports, probes, leftovers."""
        for statement in self.names.imports:
            for index, imported in enumerate(statement.names):
                if not statement.is_from or not self.targets.may_be_manager(imported.name):
                    continue
                if (statement.start, imported.bound) in self.seen:
                    continue
                origin = self.meanings.origins.imported(self.path, statement.level, statement.module, imported.name)
                meaning = self.meanings.meaning(origin, imported.name)
                if meaning.kind not in {"stranger", "unknown", "other-class", "maker", "not-a-maker"}:
                    self.unused_import(statement, index, imported.bound, meaning, origin)

    def unused_import(
        self, statement: ImportStatement, index: int, name: str, meaning: Meaning, origin: Origin
    ) -> None:
        """Account for one import of a manager that has no use in its file."""
        target = _REPAIRED.get(meaning.kind, "")
        if not origin.nowhere:
            right = meaning.kind in {"factory", "class"} and self.targets.is_canonical(
                self.path, self.as_binding(statement, index), meaning.kind
            )
            self.site(statement, name, "right" if right else "kept", "nothing in this file uses it")
            return
        if "raises" in statement.context:
            self.site(statement, name, "kept", "meant to fail")
            return
        if not target:
            self.site(statement, name, "refused", "leads nowhere, and has no canonical meaning", "WS131")
            return
        if self.targets.module_as_seen(self.path, statement, target) is None:
            self.site(statement, name, "refused", "the canonical module can't be imported from here", "WS133")
            return
        if statement.at_import and self.targets.closes_cycle(self.path, target):
            self.site(statement, name, "refused", "would close an import cycle", "WS134")
            return
        self.result.gone.setdefault(statement.start, set()).add(index)
        self.result.added.setdefault(statement.start, []).append(self.new_import(statement, target, name))
        self.site(statement, name, "rewritten", "led nowhere; its one canonical meaning")

    def as_binding(self, statement: ImportStatement, index: int) -> BindingFact:
        """The binding that one name of an import statement makes."""
        imported = statement.names[index]
        return BindingFact(
            "import", statement.start, statement.line, statement.context, statement.is_from, statement.level,
            statement.module, imported.name, imported.asname,
        )  # fmt: skip
