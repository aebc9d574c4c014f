"""Which modules load which while they are being imported, and the cycles that a change would close."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from codemods.toolkit.python.project import Project


class CycleEdge(msgspec.Struct, frozen=True):
    """The import in line `line` of `path` loads `target`, which already leads back to `path`."""

    path: str
    target: str
    line: int


class ImportGraph:
    """Which modules load which at import time, as far as a project is known.

    Loading `a.b.c` loads the packages `a` and `a.b` first, except those that the importing module is itself in: these
    are being loaded already.  `unloaded` holds the files that answers had to do without so far: they count as modules
    that load nothing.
    """

    def __init__(self, project: Project[Any]) -> None:
        self._layout = project.layout
        self._entries = project.entries
        self._edges: dict[str, Mapping[str, int]] = {}
        self._closures: dict[str, frozenset[str]] = {}
        self.unloaded: set[str] = set()

    def edges(self, path: str) -> Mapping[str, int]:
        """The files that importing `path` loads directly, each with the line of the first import that does."""
        found = self._edges.get(path)
        if found is None:
            found = self._edges[path] = self._load(path)
        return found

    def _load(self, path: str) -> Mapping[str, int]:
        entry = self._entries.get(path)
        if entry is None:
            self.unloaded.add(path)
        if entry is None or entry.names is None:
            return {}
        loaded: dict[str, int] = {}
        for statement in entry.names.imports:
            if not statement.at_import:
                continue
            names = [name.name for name in statement.names]
            if statement.is_from:
                targets = self.from_import(path, statement.level, statement.module, names)
            else:
                targets = frozenset().union(*(self.plain_import(path, name) for name in names))
            for target in targets:
                loaded.setdefault(target, statement.line)
        return loaded

    def plain_import(self, path: str, module: str) -> frozenset[str]:
        """The files that `import module` in `path` loads."""
        return frozenset(self._chain(path, 0, module, whole=True))

    def from_import(self, path: str, level: int, module: str, names: Iterable[str]) -> frozenset[str]:
        """The files that `from module import names` in `path` loads: submodules too, where a name is one."""
        file, folder = self._located(path, level, module)
        children = {self._submodule(path, file, folder, name) for name in names}
        loaded = {child for child in children if child is not None and child != path}
        return frozenset(loaded).union(self._chain(path, level, module, whole=None in children))

    def _located(self, path: str, level: int, module: str) -> tuple[str | None, str | None]:
        if level:
            return self._layout.find_relative(path, level, module)
        return self._layout.find(module, path), self._layout.folder(module, path)

    def _submodule(self, path: str, file: str | None, folder: str | None, name: str) -> str | None:
        """The file of a submodule, unless the package itself binds a name like that."""
        if folder is None or name == "*":
            return None
        child = self._layout.child(folder, name)[0]
        if child is None or file is None or file == path:
            return child
        if not self._layout.is_package(file):
            return None
        entry = self._entries.get(file)
        if entry is None:
            self.unloaded.add(file)
            return child
        return None if entry.names is None or name in entry.names.bindings else child

    def _chain(self, path: str, level: int, module: str, *, whole: bool) -> Iterable[str]:
        """The files that a module's name stands for, packages first.

        `whole` says that the last part is asked for itself, so that it counts also where `path` lies in that package.
        """
        parts = module.split(".") if module else [""]
        for count in range(1, len(parts) + 1):
            file = self._located(path, level, ".".join(parts[:count]))[0]
            if file is None or file == path:
                continue
            if not _holds(file, path) or (whole and count == len(parts)):
                yield file

    def closure(self, path: str) -> frozenset[str]:
        """All files that importing `path` loads, with itself."""
        found = self._closures.get(path)
        if found is None:
            reached = {path}
            stack = [path]
            while stack:
                for target in self.edges(stack.pop()):
                    if target not in reached:
                        reached.add(target)
                        stack.append(target)
            found = self._closures[path] = frozenset(reached)
        return found

    def leads_to(self, start: str, target: str) -> bool:
        """Whether importing `start` loads `target` (itself included)."""
        return target in self.closure(start)

    def closed_by(self, path: str, level: int, module: str, names: Sequence[str]) -> tuple[str, ...]:
        """The modules that lead back to `path` and that it would load by a new `from module import names`.

        The statement is taken to stand where it runs at import time; modules that `path` loads already don't count.
        """
        loaded = self.from_import(path, level, module, names) - self.edges(path).keys()
        return tuple(sorted(target for target in loaded if self.leads_to(target, path)))


def new_edges(before: ImportGraph, after: ImportGraph, path: str) -> Mapping[str, int]:
    """The files that `path` loads after a change and did not load before it, each with its line."""
    old = before.edges(path)
    return {target: line for target, line in after.edges(path).items() if target not in old}


def new_cycles(before: ImportGraph, after: ImportGraph, changed: Collection[str]) -> tuple[CycleEdge, ...]:
    """New imports at import time between two modules of which the second already leads back to the first.

    It makes no difference whether the two were in one cycle before: every new import inside a cycle makes the order in
    which its modules are loaded matter more.
    """
    return tuple(
        CycleEdge(path, target, line)
        for path in sorted(changed)
        for target, line in sorted(new_edges(before, after, path).items())
        if after.leads_to(target, path)
    )


def _holds(package: str, path: str) -> bool:
    """Whether a file is the `__init__.py` of a package that `path` lies in."""
    folder, _, name = package.rpartition("/")
    return name == "__init__.py" and (not folder or path.startswith(folder + "/"))
