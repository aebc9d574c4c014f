"""The import statements of one file: what leaves them, what comes, and the account of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from codemods.toolkit.codemod import Decision, Site
from codemods.toolkit.python.names import ImportStatement
from codemods.websocket_ssot.facts import BindingFact
from codemods.websocket_ssot.local_names import LocalNames
from codemods.websocket_ssot.outcomes import Outcome, Target
from codemods.websocket_ssot.part import NewImport

IMPORT = "import"


class Statements(LocalNames):
    """Changes of import statements, written into the plan as they are decided."""

    def repoint(
        self, scope: int, name: str, binding: BindingFact, chosen: Mapping[Target, str], *, stays: bool
    ) -> None:
        """Take a name out of its import (unless it `stays`), and import the canonical names in its place."""
        statement = self.statements[binding.start]
        index = next(i for i, n in enumerate(statement.names) if n.bound == name and n.name == binding.member)
        added = []
        kept = False
        for target, local in chosen.items():
            if local == name and self.targets.is_canonical(self.path, binding, target):
                kept = True
                continue
            if not self.there_already(scope, name, local, target, binding):
                added.append(self.new_import(statement, target, local))
                self.result.planned.setdefault((scope, local), []).append((binding.start, binding.context))
        if not stays and not kept:
            self.result.gone.setdefault(binding.start, set()).add(index)
        if added:
            self.result.added.setdefault(binding.start, []).extend(added)

    def new_import(self, statement: ImportStatement, target: Target, local: str) -> NewImport:
        """The import of the target, in the style of the statement that it stands for."""
        module = self.targets.module_as_seen(self.path, statement, target)
        if module is None:  # `problem` refuses it before
            raise LookupError(f"{self.path} can't import the canonical module")
        name = self.targets.target(target)[1]
        return NewImport(module, name, "" if local == name else local)

    def reuse(self) -> None:
        """Imports that uses of another name moved to: they stay, and are pointed at the canonical module too."""
        for scope, name, binding, target in self.reused:
            statement = self.statements[binding.start]
            index = next(i for i, imported in enumerate(statement.names) if imported.bound == name)
            leaving = index in self.result.gone.get(binding.start, set())
            if self.targets.is_canonical(self.path, binding, target):
                self.result.gone.get(binding.start, set()).discard(index)
                if not self.result.gone.get(binding.start, {index}):
                    del self.result.gone[binding.start]
            elif leaving:
                self.result.added.setdefault(binding.start, []).append(self.new_import(statement, target, name))
            elif (binding.start, name) not in self.seen and not self.problem(scope, name, target, name, [binding], ()):
                self.repoint(scope, name, binding, {target: name}, stays=False)
                self.import_sites(scope, name, [binding], "rewritten", "points at the canonical names")

    def module_gone(self, scope: int, name: str, binding: BindingFact) -> None:
        """Take out the import of a module that nothing is read from any more."""
        statement = self.statements[binding.start]
        for index, imported in enumerate(statement.names):
            bound = imported.bound if statement.is_from or imported.asname else imported.name.partition(".")[0]
            if bound == name:
                self.result.gone.setdefault(binding.start, set()).add(index)
        if scope == 0:
            self.result.unbound.add(name)

    def anchor(self, name: str) -> ImportStatement | None:
        """The import statement at the top level that gives `name` in the end (by a star, or through an alias)."""
        for bound in self.names.bindings.get(name, ()):
            root = bound.member.partition(".")[0]
            for inner in self.names.bindings.get(root, ()) if bound.kind == "alias" else ():
                if inner.start in self.statements:
                    return self.statements[inner.start]
        if name not in self.names.bindings:
            return next((s for s in self.names.imports if s.at_import and s.names[0].name == "*"), None)
        top = [s for s in self.names.imports if s.at_import and not s.context and s.module != "__future__"]
        return top[-1] if top else None

    def refuse(self, outcomes: Sequence[Outcome], code: str, reason: str) -> None:
        """Refuse what was to be rewritten."""
        for outcome in outcomes:
            if outcome.target and outcome.decision == "rewritten":
                refused = replace(
                    outcome, decision="refused", code=code, reason=reason, target="", changes=(), removal=None
                )
                self.result.outcomes[id(outcome.use)] = refused

    def import_sites(
        self, scope: int, name: str, imports: Sequence[BindingFact], decision: Decision, reason: str
    ) -> None:
        """Account for the imports of one name, each once."""
        for binding in imports:
            statement = self.statements[binding.start]
            if (binding.start, name) in self.seen:
                continue
            canonical = any(self.targets.is_canonical(self.path, binding, t) for t in ("factory", "class"))
            if decision == "kept" and canonical:
                self.site(statement, name, "right", "the canonical import")
            else:
                self.site(statement, name, decision, reason)

    def site(self, statement: ImportStatement, name: str, decision: Decision, reason: str, code: str = "") -> None:
        """Account for one imported name."""
        self.seen.add((statement.start, name))
        self.result.sites.append(
            Site(IMPORT, self.path, statement.line, statement.column, name, decision, reason, code)
        )
