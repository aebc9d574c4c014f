"""Imports that run inside functions: names that are looked up in a module each time, so that a patch there works."""

from __future__ import annotations

from collections.abc import Mapping

from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.file_imports import FileImports
from codemods.websocket_ssot.meanings import Meanings
from codemods.websocket_ssot.outcomes import Outcome, Target

Looked = tuple[str, str]
"""(file, name) that a function imports when it runs."""


class Lookups:
    """What functions look up after the change, by the file that they look in.

    What a test replaces is meant for production code, or for the test's own file: lookups of other tests don't count.
    """

    def __init__(self, project: Project[Facts], meanings: Meanings, plans: Mapping[str, FileImports]) -> None:
        origins, canonical = meanings.origins, meanings.canonical
        self._moved: dict[Looked, dict[str, Target]] = {}
        self._left: dict[Looked, set[str]] = {}
        for path, plan in plans.items():
            names = project.entries[path].names
            for statement in names.imports if names else ():
                if statement.at_import or not statement.function or not statement.is_from:
                    continue
                module = origins.module(path, statement.level, statement.module)
                gone = plan.gone.get(statement.start, set())
                added = plan.added.get(statement.start, [])
                factory = any(new.name == canonical.factory_name for new in added)
                for index, imported in enumerate(statement.names):
                    looked = (module.path, imported.name)
                    if index not in gone:
                        self._left.setdefault(looked, set()).add(path)
                    elif added:
                        self._moved.setdefault(looked, {})[path] = "factory" if factory else "class"

            for outcome in plan.outcomes.values():
                if outcome.prefix > 1:
                    self._note_attribute(path, outcome, meanings)

    def _note_attribute(self, path: str, outcome: Outcome, meanings: Meanings) -> None:
        """`module.Manager()` looks the name up when it runs, too; no more where a plain name took its place."""
        holder, rest = meanings.of_use(path, outcome.holder)
        looked = (holder.path, outcome.use.names[outcome.prefix - 1])
        if rest or holder.status != "module":
            return
        if outcome.decision == "rewritten" and outcome.target:
            self._moved.setdefault(looked, {})[path] = outcome.target
            canonical = meanings.canonical
            if holder.path == (canonical.factory_path if outcome.target == "factory" else canonical.class_path):
                return
        self._left.setdefault(looked, set()).add(path)

    def served(self, path: str, file: str, name: str) -> Target:
        """What lookups of `name` in `file` are pointed at now, as far as a test in `path` is concerned."""
        moved = self._moved.get((file, name), {})
        found = {target for importer, target in moved.items() if importer == path or not is_test(importer)}
        return "factory" if "factory" in found else "class" if found else ""

    def of_module(self, path: str, file: str) -> tuple[frozenset[Target], bool]:
        """(what lookups of any name in `file` are pointed at now, whether some stay as they were)."""
        names = {name for where, name in (*self._moved, *self._left) if where == file}
        targets = frozenset(target for name in names if (target := self.served(path, file, name)))
        return targets, any(self.mixed(path, file, name) for name in names)

    def mixed(self, path: str, file: str, name: str) -> bool:
        """Whether some of these lookups stay as they were."""
        return any(importer == path or not is_test(importer) for importer in self._left.get((file, name), ()))
