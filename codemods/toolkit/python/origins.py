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
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from codemods.toolkit.python.names import Bound, Context, ModuleNames
from codemods.toolkit.python.project import Project

Status = Literal[
    "def", "async def", "class", "value", "none", "module", "external", "dynamic", "unparsable", "unloaded",
    "missing-module", "missing-name", "cycle", "ambiguous",
]  # fmt: skip
"""What a name leads to.

`value` is any other assignment, `none` an assignment of None (the usual fallback of a guarded import), `external` is
outside this tree, `dynamic` may come from a module's `__getattr__` or a `global` statement (or is too far to follow),
`unparsable` and `unloaded` are modules of which nothing is known (yet), `missing-*` and `cycle` lead nowhere,
`ambiguous` has branches that define different things.
"""

NOWHERE = frozenset({"missing-module", "missing-name", "cycle"})
DEFINED = frozenset({"def", "async def", "class", "value"})
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
    """Answers about one project.  `unloaded` holds the files that answers had to do without so far.

    An answer never depends on what was asked before: where modules import each other, it is the one of a search that
    begins with the name in question.
    """

    def __init__(self, project: Project[Any]) -> None:
        self._layout = project.layout
        self._entries = project.entries
        self._known: dict[_Step, Origin] = {}
        self._in_cycles: dict[_Step, Origin] = {}
        self._in_vain: set[_Step] = set()
        self._cuts = 0
        self._stars: dict[str, tuple[Bound, ...]] = {}
        self._modules: dict[tuple[str, int, str], Origin] = {}
        self.unloaded: set[str] = set()

    def imported(self, importer: str, level: int, module: str, name: str) -> Origin:
        """What `from module import name` in the file `importer` gives."""
        return self._member(self.module(importer, level, module), name, frozenset())

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
        return self._reached(path, name, frozenset())

    def follow(
        self, origin: Origin, attributes: Sequence[str], seen: _Seen = frozenset()
    ) -> tuple[Origin, tuple[str, ...]]:
        """Follow attributes through modules: (what they lead to, the attributes that are left over)."""
        rest = list(attributes)
        while rest and origin.status == "module":
            origin = self._member(origin, rest.pop(0), seen)
        return origin, tuple(rest)

    def _member(self, module: Origin, name: str, seen: _Seen) -> Origin:
        """The name in a module, or what the module itself is when that settles it."""
        if module.status != "module":
            return Origin(module.status, module.path, name)
        if module.path.endswith(".py"):
            return self._reached(module.path, name, seen)
        return self._child(module.path, name) or Origin("missing-name", module.path, name)

    def _reached(self, path: str, name: str, seen: _Seen, before: int = _END) -> Origin:
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
            return Origin("dynamic" if len(seen) >= _FAR else "cycle", path, name)
        cuts = self._cuts
        found = self._found(path, name, seen | {step}, before)
        if self._cuts == cuts:
            self._known[step] = found
        elif not seen:
            self._in_cycles[step] = found
        else:
            self._in_vain.add(step)
        if not seen or not found.nowhere:
            self._in_vain.clear()
        return found

    def _names(self, path: str) -> ModuleNames | Origin:
        entry = self._entries.get(path)
        if entry is None:
            self.unloaded.add(path)
            return Origin("unloaded", path)
        return Origin("unparsable", path) if entry.names is None else entry.names

    def _found(self, path: str, name: str, seen: _Seen, before: int) -> Origin:
        names = self._names(path)
        child = self._child(package_folder(path), name)
        if isinstance(names, Origin):
            return child or names
        bounds = [bound for bound in self._bounds(path, names, name) if bound.start < before]
        run = [bound for bound in bounds if not _NOT_RUN & set(bound.context)]
        origin = self._last(path, names, run, name, seen)
        if (origin is None or origin.nowhere) and len(run) < len(bounds):
            origin = self._last(path, names, bounds, name, seen) or origin
        if child is not None and (origin is None or (origin.status in _UNSURE and name not in names.bindings)):
            return child
        if origin is not None:
            hidden = child is not None and child.key != origin.key and self._hides(path, names, name, child)
            return Origin("ambiguous", path, name) if hidden and not origin.nowhere else origin
        if names.dynamic or name in names.global_names:
            return Origin("dynamic", path, name)
        return Origin("value" if name in _ATTRIBUTES else "missing-name", path, name)

    def _bounds(self, path: str, names: ModuleNames, name: str) -> Sequence[Bound]:
        """All that may bind a name, in the order of the source: its bindings, and star imports (as member "*")."""
        found = names.bindings.get(name, ())
        if not names.stars:
            return found
        stars = self._stars.get(path)
        if stars is None:
            stars = self._stars[path] = tuple(_stars(names))
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

    def _last(self, path: str, names: ModuleNames, bounds: Sequence[Bound], name: str, seen: _Seen) -> Origin | None:
        """What the last of some bindings gives.  None when they are no more than star imports without the name."""
        return self._settled(path, names, [(bound, bound.context) for bound in bounds], name, seen)

    def _settled(
        self, path: str, names: ModuleNames, bounds: Sequence[tuple[Bound, Context]], name: str, seen: _Seen
    ) -> Origin | None:
        """The same for bindings with what is left of their contexts inside the `except` blocks looked at."""
        failed: Origin | None = None
        unsure: Origin | None = None
        handlers: list[tuple[Bound, Context]] = []
        reached: list[Origin] = []
        branches: list[Context] = []
        for bound, context in reversed(bounds):
            if "except" in context:
                handlers.insert(0, (bound, context[context.index("except") + 1 :]))
                continue
            origin, sure = self._one(path, names, bound, name, seen)
            if origin is not None and (origin.nowhere or not sure):
                failed, unsure = (failed or origin, unsure) if origin.nowhere else (failed, unsure or origin)
                origin = self._settled(path, names, handlers, name, seen)
            handlers = []
            if origin is not None and not origin.nowhere:
                reached.append(origin)
                branches.append(tuple(word for word in context if word in {"if", "else"}))
                if _always(branches):
                    break
        if not reached and handlers:
            origin = self._settled(path, names, handlers, name, seen)
            reached += [origin] if origin is not None and not origin.nowhere else []
        if not reached:
            return unsure or failed
        origin = _agreed(path, name, reached)
        return msgspec.structs.replace(origin, fallback=True) if failed is not None else origin

    def _one(self, path: str, names: ModuleNames, bound: Bound, name: str, seen: _Seen) -> tuple[Origin | None, bool]:
        """(what one binding gives, whether it certainly binds the name); a star may do neither."""
        match bound.kind:
            case "from" if bound.member == "*":
                return self._starred(self.module(path, bound.level, bound.module), name, seen)
            case "from":
                return self._from(path, bound, seen), True
            case "import":
                return self._import(path, bound.module, seen), True
            case "alias":
                return self._alias(path, names, bound, seen), True
            case "value":
                return Origin("none" if bound.none else "value", path, name), True
            case kind:
                return Origin(kind, path, name), True

    def _starred(self, module: Origin, name: str, seen: _Seen) -> tuple[Origin | None, bool]:
        private = name.startswith("_")
        if module.status == "external":
            return (None if private else Origin("external", module.path, name)), False
        if module.status != "module" or not module.path.endswith(".py"):
            return (module if module.nowhere else None), True
        names = self._names(module.path)
        if isinstance(names, Origin):
            return (None if private else Origin(names.status, names.path, name)), False
        if names.exports is None:
            if private or not self._holds(module.path, names, name):
                return None, True
        elif not names.open_exports and name not in {export.name for export in names.exports}:
            return None, True
        origin = self._reached(module.path, name, seen)
        return (None if origin.nowhere else origin), origin.status not in _UNSURE or name in names.bindings

    def _holds(self, path: str, names: ModuleNames, name: str) -> bool:
        """Whether a package needs no other module's help to have an attribute: it does for a submodule."""
        if name in names.bindings or names.stars:
            return True
        child = self._child(package_folder(path), name)
        return child is None or self._loaded(path, names, child) is not None

    def _from(self, path: str, bound: Bound, seen: _Seen) -> Origin:
        module = self.module(path, bound.level, bound.module)
        if module == Origin("module", path) and bound.name == bound.member:  # `from . import x` in a package
            folder = package_folder(path)
            return self._child(folder, bound.member) or Origin("missing-name", path, bound.member)
        return self._member(module, bound.member, seen)

    def _import(self, path: str, module: str, seen: _Seen) -> Origin:
        """`import a.b as c` is the attribute `b` of `a`, and the module only where there is none (bpo-30024)."""
        origin = self.module(path, 0, module)
        package, _, name = module.rpartition(".")
        if not package or origin.status != "module":
            return origin
        member = self._member(self.module(path, 0, package), name, seen)
        return origin if member.nowhere or member.status in _UNSURE else member

    def _alias(self, path: str, names: ModuleNames, bound: Bound, seen: _Seen) -> Origin:
        root, *attributes = bound.member.split(".")
        value = Origin("value", path, bound.name)
        earlier = [other.start < bound.start for other in names.bindings.get(root, ())]
        origin = self._reached(path, root, seen, _END if earlier and all(earlier) and not names.stars else bound.start)
        if origin.key == (path, root) and origin.status in {"missing-name", "dynamic"} and not any(earlier):
            return value  # a builtin
        origin, rest = self.follow(origin, attributes, seen)
        if origin.status == "external":
            return Origin("external", origin.path, ".".join(part for part in (origin.name, *rest) if part))
        if origin.status == "none":
            return Origin("none", path, bound.name)
        return value if rest else origin


def _stars(names: ModuleNames) -> Iterator[Bound]:
    """The star imports of a module as bindings of whatever name."""
    for statement in names.imports:
        if statement.is_from and statement.names[0].name == "*":
            yield Bound(
                "*", "from", statement.module, "*", statement.level, statement.context, statement.line,
                statement.start, statement.end,
            )  # fmt: skip


def _always(branches: Sequence[Context]) -> bool:
    """Whether one of some bindings is always made: one outside of any branch, or one on each side of an `if`."""
    if () in branches:
        return True
    sides = [[branch[1:] for branch in branches if branch[0] == word] for word in ("if", "else")]
    return all(sides) and all(_always(side) for side in sides)


def _agreed(path: str, name: str, reached: Sequence[Origin]) -> Origin:
    """What several branches bind, the last first: the one thing that it may be, apart from None."""
    things = [origin for origin in reached if origin.status != "none"] or reached
    if len({origin.key for origin in things}) > 1 and any(origin.status != "external" for origin in things):
        return Origin("ambiguous", path, name)
    return things[0]


def package_folder(path: str) -> str | None:
    """The folder whose package a file is the `__init__.py` of, None for any other file."""
    if path == "__init__.py":
        return ""
    return path.removesuffix("/__init__.py") if path.endswith("/__init__.py") else None
