"""Where a name comes from: resolution by origin, never by spelling.

A name is followed through from-imports, `as`, `import a.b as c`, relative and star imports (with and without `__all__`),
package re-exports, assignments `X = Y` and `try/except ImportError` alternatives until something defines it, or until
it leads nowhere.  Resolution does not look at control flow: the last unconditional binding of a name wins; a binding
in a `try` wins over the one in its `except`, unless the first leads nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from codemods.toolkit.python.names import Bound, ModuleNames
from codemods.toolkit.python.project import Project

Status = Literal[
    "def", "async def", "class", "value", "none", "module", "external", "dynamic", "unparsable", "unloaded",
    "missing-module", "missing-name", "cycle", "ambiguous",
]  # fmt: skip
"""What a name leads to.

`value` is any other assignment, `none` an assignment of None (the usual fallback of a guarded import), `external` is
outside this tree, `dynamic` may come from a module's `__getattr__` or a `global` statement, `unparsable` and
`unloaded` are modules of which nothing is known (yet), `missing-*` and `cycle` lead nowhere, `ambiguous` has branches
that define different things.
"""

NOWHERE = frozenset({"missing-module", "missing-name", "cycle"})
DEFINED = frozenset({"def", "async def", "class", "value"})
_LATER = frozenset({"except", "else", "typing", "try-else"})


class Origin(msgspec.Struct, frozen=True):
    """What a name leads to: `name` in the file `path` (for a module: its file or folder, and no name).

    For `missing-*` the two say where the search ended.  `fallback` marks a name whose first alternative leads nowhere.
    """

    status: Status
    path: str
    name: str = ""
    fallback: bool = False

    @property
    def nowhere(self) -> bool:
        """Whether the name leads to nothing at all."""
        return self.status in NOWHERE

    @property
    def key(self) -> tuple[str, str]:
        """The identity of a definition."""
        return self.path, self.name


class Origins:
    """Answers about one project.  `unloaded` holds the files that answers had to do without so far."""

    def __init__(self, project: Project[Any]) -> None:
        self._layout = project.layout
        self._entries = project.entries
        self._known: dict[tuple[str, str], Origin] = {}
        self.unloaded: set[str] = set()

    def imported(self, importer: str, level: int, module: str, name: str) -> Origin:
        """What `from module import name` in the file `importer` gives."""
        return self._member(self.module(importer, level, module), name, frozenset())

    def module(self, importer: str, level: int, module: str) -> Origin:
        """What `import module` in the file `importer` gives."""
        if level:
            path, folder = self._layout.find_relative(importer, level, module)
        elif not self._layout.internal(module, importer):
            return Origin("external", module)
        else:
            path, folder = self._layout.find(module, importer), self._layout.folder(module, importer)
        if path is None and folder is None:
            return Origin("missing-module", "." * level + module)
        return Origin("module", path or folder or "")

    def _member(self, module: Origin, name: str, seen: frozenset[tuple[str, str]]) -> Origin:
        """The name in a module, or what the module itself is when that settles it."""
        if module.status != "module":
            return Origin(module.status, module.path, name)
        if module.path.endswith(".py"):
            return self.bound(module.path, name, seen)
        return self._child(module.path, name) or Origin("missing-name", module.path, name)

    def bound(self, path: str, name: str, seen: frozenset[tuple[str, str]] = frozenset()) -> Origin:
        """What the name leads to in the module `path`, as `from path import name` sees it."""
        key = (path, name)
        if key in seen:
            return Origin("cycle", path, name)
        found = self._known.get(key)
        if found is None:
            found = self._bound(path, name, seen | {key})
            if found.status != "cycle" or not seen:  # a cycle depends on where the search began
                self._known[key] = found
        return found

    def _names(self, path: str) -> ModuleNames | Origin:
        entry = self._entries.get(path)
        if entry is None:
            self.unloaded.add(path)
            return Origin("unloaded", path)
        return Origin("unparsable", path) if entry.names is None else entry.names

    def _bound(self, path: str, name: str, seen: frozenset[tuple[str, str]]) -> Origin:
        names = self._names(path)
        if isinstance(names, Origin):
            return self._child(package_folder(path), name) or names
        found = names.bindings.get(name)
        if found:
            return self._best(path, names, found, seen)
        child = self._child(package_folder(path), name)
        if child is not None:
            return child
        for level, module in names.stars:
            origin = self._starred(self.module(path, level, module), name, seen)
            if origin is not None:
                return origin
        if names.dynamic or name in names.global_names:
            return Origin("dynamic", path, name)
        return Origin("missing-name", path, name)

    def _child(self, folder: str | None, name: str) -> Origin | None:
        if folder is None:
            return None
        path, below = self._layout.child(folder, name)
        return None if path is None and below is None else Origin("module", path or below or "")

    def _starred(self, module: Origin, name: str, seen: frozenset[tuple[str, str]]) -> Origin | None:
        if module.status != "module" or not module.path.endswith(".py"):
            return None
        names = self._names(module.path)
        if isinstance(names, Origin):
            return names
        if names.exports is None:
            if name.startswith("_"):
                return None
        elif not names.open_exports and name not in {export.name for export in names.exports}:
            return None
        origin = self.bound(module.path, name, seen)
        return None if origin.nowhere else origin

    def _best(self, path: str, names: ModuleNames, found: Sequence[Bound], seen: frozenset[tuple[str, str]]) -> Origin:
        firm = [bound for bound in found if not bound.context]
        soft = [bound for bound in found if not _LATER & set(bound.context)]
        best = (firm or soft or found)[-1]
        origin = self._one(path, names, best, seen)
        if origin.nowhere and len(found) > 1:
            for bound in reversed(found):
                if bound is not best:
                    other = self._one(path, names, bound, seen)
                    if not other.nowhere:
                        return msgspec.structs.replace(other, fallback=True)
        if not firm and best.context and best.context[-1] == "if":
            others = [self._one(path, names, bound, seen) for bound in found if bound.context[-1:] == ("else",)]
            if any(o.key != origin.key and not o.nowhere for o in others):
                return Origin("ambiguous", path, best.name)
        return origin

    def _one(self, path: str, names: ModuleNames, bound: Bound, seen: frozenset[tuple[str, str]]) -> Origin:
        match bound.kind:
            case "from":
                return self._from(path, bound, seen)
            case "import":
                return self.module(path, 0, bound.module)
            case "alias":
                root, *attributes = bound.member.split(".")
                if root == bound.name or root not in names.bindings:
                    return Origin("value", path, bound.name)
                origin, rest = self.follow(self.bound(path, root, seen), attributes, seen)
                return Origin("value", path, bound.name) if rest or origin.status == "none" else origin
            case "value":
                return Origin("none" if bound.none else "value", path, bound.name)
            case kind:
                return Origin(kind, path, bound.name)

    def _from(self, path: str, bound: Bound, seen: frozenset[tuple[str, str]]) -> Origin:
        module = self.module(path, bound.level, bound.module)
        if module == Origin("module", path) and bound.name == bound.member:  # `from . import x` in a package
            folder = package_folder(path)
            return self._child(folder, bound.member) or Origin("missing-name", path, bound.member)
        return self._member(module, bound.member, seen)

    def follow(
        self, origin: Origin, attributes: Sequence[str], seen: frozenset[tuple[str, str]] = frozenset()
    ) -> tuple[Origin, tuple[str, ...]]:
        """Follow attributes through modules: (what they lead to, the attributes that are left over)."""
        rest = list(attributes)
        while rest and origin.status == "module":
            origin = self._member(origin, rest.pop(0), seen)
        return origin, tuple(rest)


def package_folder(path: str) -> str | None:
    """The folder whose package a file is the `__init__.py` of, None for any other file."""
    if path == "__init__.py":
        return ""
    return path.removesuffix("/__init__.py") if path.endswith("/__init__.py") else None
