"""Classes that become an `IsolatedAsyncioTestCase`: which one is to blame, and what its file needs for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from codemods.asyncmock_await.never_run.classes import CASE, ISOLATED_CASE, Classes, Key
from codemods.asyncmock_await.never_run.facts import ASYNC_SETUPS, TestClass
from codemods.asyncmock_await.part import Change, DroppedName, ImportedName, NewImport, Reworded
from codemods.toolkit.python.names import ImportStatement
from codemods.toolkit.python.project import Project

if TYPE_CHECKING:
    from codemods.asyncmock_await.facts import Facts

Refusal = tuple[str, str]
ISOLATED_NAME = "IsolatedAsyncioTestCase"


class Bases:
    """Decides for each plain class which class gets the other base, and collects the changes for each file."""

    def __init__(self, project: Project[Facts], classes: Classes, withheld: Mapping[str, tuple[str, str]]) -> None:
        self._project = project
        self._classes = classes
        self._withheld = withheld
        self._blamed: dict[Key, Key | Refusal] = {}
        self._checked: dict[Key, Refusal | None] = {}
        self._changes: dict[str, dict[Key, tuple[Change, ...]]] = {}

    def blamed(self, runner: Key) -> Key | Refusal:
        """The class that has to change so that a plain class runs its async tests, or why none can.

        That is the outermost of its bases that defines `asyncSetUp` or `asyncTearDown`, which nothing but an
        IsolatedAsyncioTestCase calls: it was meant to be one.  Else it is the class itself.
        """
        found = self._blamed.get(runner)
        if found is None:
            found = self._blamed[runner] = self._blame(runner)
        return found

    def _blame(self, runner: Key) -> Key | Refusal:
        order = self._classes.order(runner) or ()
        for each in reversed(order):
            known = self._classes.get(each)
            if known is None or CASE not in (self._classes.order(each) or ()):
                continue
            if any(function.name in ASYNC_SETUPS for function in known.functions) and self._problem(each) is None:
                return each
        problem = self._problem(runner)
        return runner if problem is None else problem

    def _problem(self, key: Key) -> Refusal | None:
        if key not in self._checked:
            self._checked[key] = self._check(key)
        return self._checked[key]

    def _check(self, key: Key) -> Refusal | None:
        if key.path in self._withheld:
            return self._withheld[key.path]
        new = self._new_bases(key)
        if new is None:
            return "AM505", f"the bases of {key.name} are written in a form that isn't changed"
        replaced = {key: new}
        hazardous = {base for each in (key, *self._classes.below(key)) for base in self._classes.order(each) or ()}
        for each in (key, *self._classes.below(key)):
            if self._classes.order(each, replaced) is None:
                return "AM505", f"{each.name} would have bases that contradict each other"
        for each in sorted(hazardous):
            found = self._classes.get(each)
            if found is not None and found.hazards:
                return "AM501", f"{found.name} {found.hazards[0]}"
        if self._spelling(key) is None:
            return "AM505", f"there is no place for the import of {ISOLATED_NAME}"
        return None

    def _new_bases(self, key: Key) -> tuple[Key, ...] | None:
        found = self._classes.get(key)
        bases = self._classes.bases(key)
        if found is None or not bases or None in bases:
            return None
        known = [base for base in bases if base is not None]
        if CASE in known:
            return tuple(ISOLATED_CASE if base == CASE else base for base in known)
        last = found.bases[-1]
        return (*known, ISOLATED_CASE) if last.end - last.start == len(last.dotted) else None

    def _spelling(self, key: Key) -> tuple[str, str] | None:
        """How the new base is written in the file of a class, and what that takes.

        `module`: nothing, `known`: nothing, `from`: the name in the from-import of the library, `new`: an import.
        """
        entry = self._project.entries[key.path]
        names, facts = entry.names, entry.facts
        if names is None or facts is None:
            return None
        if self._classes.canonical(key.path, ISOLATED_NAME) == f"unittest.{ISOLATED_NAME}":
            return ISOLATED_NAME, "known"
        if self._classes.canonical(key.path, "unittest") == "unittest":
            return f"unittest.{ISOLATED_NAME}", "module"
        for name, bounds in names.bindings.items():
            if all(each.kind == "import" and each.module == "unittest" for each in bounds):
                return f"{name}.{ISOLATED_NAME}", "module"
        if ISOLATED_NAME not in names.bindings and _from_import(self._project, key.path) is not None:
            return ISOLATED_NAME, "from"
        if "unittest" not in names.bindings and facts.tests.first != (0, 0):
            return f"unittest.{ISOLATED_NAME}", "new"
        return None

    def changes(self, key: Key) -> Mapping[str, tuple[Change, ...]]:
        """What a class takes; what its file needs once all changes of the run are known comes later (`unused_case`)."""
        return {key.path: self._of(key)}

    def _of(self, key: Key) -> tuple[Change, ...]:
        found, spelling = self._classes.get(key), self._spelling(key)
        if found is None or spelling is None:
            return ()
        written, takes = spelling
        changed = [self._reworded(key, found, written)]
        statement = _from_import(self._project, key.path)
        if takes == "from" and statement is not None:
            return (*changed, ImportedName(statement.start, statement.end, ISOLATED_NAME))
        if takes == "new":
            entry = self._project.entries[key.path]
            start, end = entry.facts.tests.first if entry.facts is not None else (0, 0)
            return (*changed, NewImport(start, end, "above", "import unittest"))
        return tuple(changed)

    def _reworded(self, key: Key, found: TestClass, written: str) -> Reworded:
        for base, origin in zip(found.bases, self._classes.bases(key), strict=True):
            if origin == CASE:
                prefix, dot, _ = base.dotted.rpartition(".")
                own = bool(prefix) and self._classes.canonical(key.path, prefix) == "unittest"
                return Reworded(base.start, base.end, f"{prefix}{dot}{ISOLATED_NAME}" if own else written)
        last = found.bases[-1]
        return Reworded(last.start, last.end, f"{last.dotted}, {written}")


def _from_import(project: Project[Facts], path: str) -> ImportStatement | None:
    """The from-import of unittest at the top level of a file."""
    entry = project.entries[path]
    for each in entry.names.imports if entry.names is not None else ():
        if each.is_from and each.module == "unittest" and not each.level and not each.context:
            return each if all(name.name != "*" for name in each.names) else None
    return None


def unused_case(project: Project[Facts], path: str, planned: Iterable[Change]) -> DroppedName | None:
    """What goes from the from-import of unittest: its TestCase, where nothing uses that after all planned changes."""
    statement = _from_import(project, path)
    facts = project.entries[path].facts
    old = next((name for name in statement.names if name.name == "TestCase"), None) if statement is not None else None
    if statement is None or old is None or facts is None:
        return None
    bases = {(base.start, base.end) for each in facts.tests.classes for base in each.bases if base.dotted == old.bound}
    replaced = {(each.start, each.end) for each in planned if isinstance(each, Reworded)} & bases
    kept = len(statement.names) > 1 or any(isinstance(each, ImportedName) for each in planned)
    if not replaced or not kept or facts.tests.case_uses > len(replaced):
        return None
    return DroppedName(statement.start, statement.end, old.bound)
