"""Where a name comes from: resolution by origin, never by spelling.

A name is followed through from-imports, `as`, `import a.b as c`, relative and star imports (with and without
`__all__`), package re-exports, assignments `X = Y` and `try/except ImportError` alternatives until something defines
it, or until it leads nowhere.

What a module binds is read in the order of its statements, as if every `try` got through: the last binding wins.  Where
it leads nowhere, the handlers of its `try` come next, then the binding before it.  Conditions are not evaluated: where
branches define different things, the name is ambiguous.  None is taken for a placeholder as long as anything else may
be bound.  Blocks that don't run on import (`TYPE_CHECKING`, `__main__`) count only where nothing else binds the name.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

from codemods.toolkit.python.names import Bound, Import, ImportStatement, ModuleNames
from codemods.toolkit.python.order import guarded_import, star_bindings
from codemods.toolkit.python.origin import DEFINED, NOWHERE, Origin, Runs, Status, Sure, agreed, is_weak
from codemods.toolkit.python.project import Project

__all__ = ["DEFINED", "NOWHERE", "Origin", "Origins", "Status", "package_folder"]

_NOT_RUN = frozenset({"typing", "main"})
_UNSURE = frozenset({"external", "dynamic", "unparsable", "unloaded"})
_ATTRIBUTES = frozenset(
    {"__name__", "__doc__", "__file__", "__package__", "__spec__", "__loader__", "__dict__", "__builtins__"}
)
"""What every module has (language reference, "import-related attributes on module objects")."""

_END = sys.maxsize
_FAR = 80
"""So many steps from name to name are followed: far more than code takes, far less than the interpreter's stack."""

_Step: TypeAlias = tuple[str, str, int]
_Seen: TypeAlias = frozenset[_Step]


class Origins:
    """Answers about one project.  `unloaded` holds the files that answers had to do without so far.

    An answer never depends on what was asked before: where modules import each other, it is the one of a search that
    begins with the name in question.
    """

    def __init__(self, project: Project[Any]) -> None:
        self._layout = project.layout
        self._entries = project.entries
        self._known: dict[_Step, tuple[Origin, Sure]] = {}
        self._in_cycles: dict[_Step, tuple[Origin, Sure]] = {}
        self._in_vain: set[_Step] = set()
        self._cuts = 0
        self._stars: dict[str, tuple[Bound, ...]] = {}
        self._modules: dict[tuple[str, int, str], Origin] = {}
        self.unloaded: set[str] = set()

    def imported(self, importer: str, level: int, module: str, name: str) -> Origin:
        """What `from module import name` in the file `importer` gives."""
        return self._member(self.module(importer, level, module), name, frozenset())[0]

    def brought(self, importer: str, name: Import) -> Origin:
        """What an import in the file `importer` binds."""
        if name.member:
            return self.imported(importer, name.level, name.module, name.member)
        return self.module(importer, name.level, name.module)

    def module(self, importer: str, level: int, module: str) -> Origin:
        """What `import module` in the file `importer` gives."""
        key = (importer.rpartition("/")[0], level, module)
        found = self._modules.get(key)
        if found is None:
            found = self._modules[key] = self._module(importer, level, module)
        return found

    def _module(self, importer: str, level: int, module: str) -> Origin:
        if level:
            path, folder = self._layout.find_relative(importer, level, module)
        elif not self._layout.internal(module, importer):
            return Origin("external", module)
        else:
            path, folder = self._layout.find(module, importer), self._layout.folder(module, importer)
        if path is None and folder is None:
            return Origin("missing-module", "." * level + module)
        return Origin("module", path or folder or "")

    def bound(self, path: str, name: str) -> Origin:
        """What the name leads to in the module `path`, as `from path import name` sees it."""
        return self._reached(path, name, frozenset())[0]

    def follow(
        self, origin: Origin, attributes: Sequence[str], seen: _Seen = frozenset()
    ) -> tuple[Origin, tuple[str, ...]]:
        """Follow attributes through modules: (what they lead to, the attributes that are left over)."""
        rest = list(attributes)
        while rest and origin.status == "module":
            origin = self._member(origin, rest.pop(0), seen)[0]
        return origin, tuple(rest)

    def _member(self, module: Origin, name: str, seen: _Seen) -> tuple[Origin, Sure]:
        """The name in a module, or what the module itself is when that settles it."""
        if module.status != "module":
            return Origin(module.status, module.path, name), "unknown"
        if module.path.endswith(".py"):
            return self._reached(module.path, name, seen)
        return self._child(module.path, name) or Origin("missing-name", module.path, name), "always"

    def _reached(self, path: str, name: str, seen: _Seen, before: int = _END) -> tuple[Origin, Sure]:
        """What the name leads to once the statements that start before an offset have run.

        A search that meets itself is cut off.  What it finds then holds for the name that it began with only, and what
        it did not find need not be looked for again until it ends.
        """
        step = (path, name, before)
        found = self._known.get(step) or (None if seen else self._in_cycles.get(step))
        if found is not None:
            return found
        if step in seen or step in self._in_vain or len(seen) >= _FAR:
            self._cuts += 1
            return Origin("dynamic" if len(seen) >= _FAR else "cycle", path, name), "unknown"
        cuts = self._cuts
        found = self._found(path, name, seen | {step}, before)
        if self._cuts == cuts:
            self._known[step] = found
        elif not seen:
            self._in_cycles[step] = found
        else:
            self._in_vain.add(step)
        if not seen or not found[0].nowhere:
            self._in_vain.clear()
        return found

    def _names(self, path: str) -> ModuleNames | Origin:
        entry = self._entries.get(path)
        if entry is None:
            self.unloaded.add(path)
            return Origin("unloaded", path)
        return Origin("unparsable", path) if entry.names is None else entry.names

    def _found(self, path: str, name: str, seen: _Seen, before: int) -> tuple[Origin, Sure]:
        names = self._names(path)
        child = self._child(package_folder(path), name)
        if isinstance(names, Origin):
            return child or names, "unknown"
        bounds = [bound for bound in self._bounds(path, names, name) if bound.start < before]
        if child is None and len(bounds) == 1 and not bounds[0].context and bounds[0].member != "*":
            alone, _sure = self._one(path, names, bounds[0], name, seen)  # most names are bound once, in any case
            if alone is not None:
                return alone, "always"
        run = [(bound, 0) for bound in bounds if not _NOT_RUN & set(bound.context)]
        origin, sure = self._last(path, names, run, name, seen)
        if (origin is None or origin.nowhere) and len(run) < len(bounds):
            shown, sure = self._last(path, names, [(bound, 0) for bound in bounds], name, seen)
            origin, sure = shown or origin, "unrun"
        if origin is not None and not origin.nowhere and child is not None:
            if name not in names.bindings and sure in {"unknown", "unrun"}:
                return child, sure
            if child.key != origin.key and self._hides(path, names, name, child):
                return Origin("ambiguous", path, name), sure
        if origin is not None and (name in names.bindings or not origin.nowhere):
            return origin, sure
        if child is not None:
            return child, "always" if self._loaded(path, names, child) is not None else "unknown"
        if names.dynamic or name in names.global_names:
            return Origin("dynamic", path, name), "unknown"
        if name in _ATTRIBUTES:
            return Origin("value", path, name), "always"
        return origin or Origin("missing-name", path, name), "unknown"

    def _bounds(self, path: str, names: ModuleNames, name: str) -> Sequence[Bound]:
        """All that may bind a name, in the order of the source: its bindings, and star imports (as member "*")."""
        found = names.bindings.get(name, ())
        if not names.stars:
            return found
        stars = self._stars.get(path)
        if stars is None:
            stars = self._stars[path] = tuple(star_bindings(names))
        return sorted((*found, *stars), key=lambda bound: bound.start)

    def _child(self, folder: str | None, name: str) -> Origin | None:
        if folder is None:
            return None
        path, below = self._layout.child(folder, name)
        return None if path is None and below is None else Origin("module", path or below or "")

    def _hides(self, path: str, names: ModuleNames, name: str, child: Origin) -> bool:
        """Whether a package loads a submodule (and so binds its name) after the last binding of that name."""
        loaded = self._loaded(path, names, child)
        bindings = names.bindings.get(name)
        return loaded is not None and bindings is not None and bindings[-1].start < loaded

    def _loaded(self, path: str, names: ModuleNames, child: Origin) -> int | None:
        """Where a package first imports from one of its submodules (an offset), None when it doesn't."""
        for statement in names.imports:
            if not statement.at_import:
                continue
            for imported in statement.names:
                dotted = statement.module if statement.is_from else imported.name
                origin = self.module(path, statement.level, dotted)
                below = child.path.removesuffix("/__init__.py").removesuffix(".py") + "/"
                if origin.status == "module" and (origin.path == child.path or origin.path.startswith(below)):
                    return statement.start
        return None

    def _last(
        self, path: str, names: ModuleNames, bounds: Sequence[tuple[Bound, int]], name: str, seen: _Seen
    ) -> tuple[Origin | None, Sure]:
        """What the last of some bindings gives.  None when they are no more than star imports without the name.

        The number with each binding says how many of the blocks around it are known to run.
        """
        weak: list[tuple[Origin, Sure]] = []
        handlers: list[tuple[Bound, int]] = []
        unlikely: list[tuple[Bound, int]] = []
        reached: list[Origin] = []
        certain = False
        for bound, blocks in reversed(bounds):
            inside, runs = self._handler(path, names, bound, blocks, name, seen)
            if runs in {"as alternative", "hardly"}:
                (unlikely if runs == "hardly" else handlers).insert(0, (bound, inside))
                continue
            origin, sure = self._one(path, names, bound, name, seen)
            if origin is not None and is_weak(origin, sure):
                weak.append((origin, sure))
                origin, sure = self._last(path, names, handlers, name, seen)
            sides = [(origin, sure)]
            if sure == "maybe":
                sides.append(self._last(path, names, handlers, name, seen))
            handlers = []
            weak += [(each, way) for each, way in sides if each is not None and is_weak(each, way)]
            reached += [each for each, way in sides if each is not None and not is_weak(each, way)]
            conditional = runs == "maybe" or sure == "maybe" or bool({"if", "else"} & set(bound.context[blocks:]))
            if reached and not conditional and reached[-1] is origin:
                certain = True
                break
        if not reached and handlers + unlikely:
            origin, sure = self._last(path, names, handlers or unlikely, name, seen)
            if origin is not None:
                weak.append((origin, sure if handlers else "unknown"))
        if not reached:
            weak.sort(key=lambda each: each[0].nowhere)
            return weak[0] if weak else (None, "unknown")
        origin = agreed(path, name, reached)
        if any(other.nowhere for other, _sure in weak):
            origin = msgspec.structs.replace(origin, fallback=True)
        return origin, "always" if certain else "maybe"

    def _handler(
        self, path: str, names: ModuleNames, bound: Bound, blocks: int, name: str, seen: _Seen
    ) -> tuple[int, Runs]:
        """(how many of the blocks around a binding are settled, whether it runs as far as these go)."""
        runs: Runs = "always"
        for at in range(blocks, len(bound.context)):
            word = bound.context[at]
            if word not in {"except", "try-else"}:
                continue
            guarded = guarded_import(names, bound, at)
            if guarded is None or (word == "except" and name in {each.bound for each in guarded.names}):
                if word == "except":
                    return at + 1, "as alternative"
                continue
            works = self._works(path, guarded, seen)
            if works is (word == "except"):
                return at + 1, "hardly"
            runs = "maybe" if works is None else runs
            blocks = at + 1
        return blocks, runs

    def _works(self, path: str, statement: ImportStatement, seen: _Seen) -> bool | None:
        """Whether an import statement leads somewhere, None where that depends on a condition."""
        works: bool | None = True
        for name in statement.names:
            module = self.module(path, statement.level, statement.module or name.name)
            whole = not statement.is_from or name.name == "*"
            origin, sure = (module, "always") if whole else self._member(module, name.name, seen)
            if origin.nowhere or sure == "unrun":
                return False
            works = None if sure == "maybe" else works
        return works

    def _one(self, path: str, names: ModuleNames, bound: Bound, name: str, seen: _Seen) -> tuple[Origin | None, Sure]:
        """What one binding gives: nothing at all where it is a star import without the name."""
        match bound.kind:
            case "from" if bound.member == "*":
                return self._starred(self.module(path, bound.level, bound.module), name, seen)
            case "from":
                origin, sure = self._from(path, bound, seen)
                guarded = any(word.startswith("try") for word in bound.context)
                return origin, sure if guarded and sure != "unknown" else "always"
            case "import":
                return self._import(path, bound.module, seen), "always"
            case "alias":
                return self._alias(path, names, bound, seen), "always"
            case "value":
                return Origin("none" if bound.none else "value", path, name), "always"
            case kind:
                return Origin(kind, path, name), "always"

    def _starred(self, module: Origin, name: str, seen: _Seen) -> tuple[Origin | None, Sure]:
        private = name.startswith("_")
        if module.status == "external":
            return None if private else Origin("external", module.path, name), "unknown"
        if module.status != "module" or not module.path.endswith(".py"):
            return module if module.nowhere else None, "unknown"
        names = self._names(module.path)
        if isinstance(names, Origin):
            return None if private else Origin(names.status, names.path, name), "unknown"
        if names.exports is None:
            if private:
                return None, "unknown"
        elif not names.open_exports and name not in {export.name for export in names.exports}:
            return None, "unknown"
        origin, sure = self._reached(module.path, name, seen)
        if names.exports is not None and sure == "unknown" and origin.status == "module":
            sure = "always"  # a star import loads the submodules that `__all__` names
        return None if origin.nowhere else origin, sure

    def _from(self, path: str, bound: Bound, seen: _Seen) -> tuple[Origin, Sure]:
        module = self.module(path, bound.level, bound.module)
        if module == Origin("module", path) and bound.name == bound.member:  # `from . import x` in a package
            folder = package_folder(path)
            return self._child(folder, bound.member) or Origin("missing-name", path, bound.member), "always"
        return self._member(module, bound.member, seen)

    def _import(self, path: str, module: str, seen: _Seen) -> Origin:
        """`import a.b as c` is the attribute `b` of `a`, and the module only where there is none (bpo-30024)."""
        origin = self.module(path, 0, module)
        package, _, name = module.rpartition(".")
        if not package or origin.status != "module":
            return origin
        member, _sure = self._member(self.module(path, 0, package), name, seen)
        return origin if member.nowhere or member.status in _UNSURE else member

    def _alias(self, path: str, names: ModuleNames, bound: Bound, seen: _Seen) -> Origin:
        root, *attributes = bound.member.split(".")
        value = Origin("value", path, bound.name)
        earlier = [other.start < bound.start for other in names.bindings.get(root, ())]
        before = _END if earlier and all(earlier) and not names.stars else bound.start
        origin = self._reached(path, root, seen, before)[0]
        if origin.key == (path, root) and origin.status in {"missing-name", "dynamic"} and not any(earlier):
            return value  # a builtin
        origin, rest = self.follow(origin, attributes, seen)
        if origin.status == "external":
            return Origin("external", origin.path, ".".join(part for part in (origin.name, *rest) if part))
        if origin.status == "none":
            return Origin("none", path, bound.name)
        return value if rest and origin.status in DEFINED else origin


def package_folder(path: str) -> str | None:
    """The folder whose package a file is the `__init__.py` of, None for any other file."""
    if path == "__init__.py":
        return ""
    return path.removesuffix("/__init__.py") if path.endswith("/__init__.py") else None
