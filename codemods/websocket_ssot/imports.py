"""The imports of one file: what each is pointed at, under which local name, and what it takes for every use of it.

Imports are edited where they stand.  A name keeps its old import as long as something still uses it, so a use that is
kept or refused never loses what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from codemods.toolkit.codemod import Site
from codemods.toolkit.python.layout import Layout
from codemods.toolkit.python.names import Context, ImportStatement, ModuleNames
from codemods.toolkit.python.origins import Origin
from codemods.websocket_ssot.facts import BindingFact, UseFact
from codemods.websocket_ssot.family import family_named
from codemods.websocket_ssot.meanings import Meaning, Meanings
from codemods.websocket_ssot.outcomes import Change, Outcome, Target
from codemods.websocket_ssot.part import ImportChange, NameChange, NewImport

IMPORT = "import"
_REPAIRED: Mapping[str, Target] = {"missing-class": "class", "missing-function": "factory"}
_SIDES = {
    "class": "class", "class-shim": "class", "missing-class": "class",
    "factory": "function", "shim": "function", "missing-function": "function",
}  # fmt: skip
_BRANCHES = frozenset({"if", "else", "try", "try:import-error", "try:broad", "try-else", "except", "raises", "loop"})


@dataclass(slots=True)
class FileImports:
    """What was planned for one file; filled while its names are planned, then read only.

    `locals` maps a module-level name to the names that its uses have now; `remaining` are (file, name) pairs that the
    file still imports from elsewhere; `gone` are module-level names that it doesn't bind any more.
    """

    outcomes: dict[int, Outcome]
    sites: list[Site] = field(default_factory=list)
    gone: dict[int, set[int]] = field(default_factory=dict)
    added: dict[int, list[NewImport]] = field(default_factory=dict)
    names: list[NameChange] = field(default_factory=list)
    locals: dict[str, dict[Target, str]] = field(default_factory=dict)
    functions: dict[int, str] = field(default_factory=dict)
    unbound: set[str] = field(default_factory=set)
    dangling_before: int = 0
    dangling_after: int = 0
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


class Imports:
    """Plans the imports of one file at a time.

    `closes_cycle(path, module file)` tells whether a new import at import time would close a cycle.  `needed` are, by
    file, module-level names that others import from it or that it promises, `pinned` those that others reach in ways that
    can't be rewritten.
    """

    def __init__(
        self, meanings: Meanings, layout: Layout, closes_cycle: Callable[[str, str], bool],
        needed: Mapping[str, frozenset[str]], pinned: Mapping[str, frozenset[str]],
    ) -> None:  # fmt: skip
        self._meanings = meanings
        self._canonical = meanings.canonical
        self._layout = layout
        self._closes_cycle = closes_cycle
        self._needed = needed
        self._pinned = pinned
        self._spelled: dict[str, bool] = {}

    def plan(self, path: str, names: ModuleNames, outcomes: Sequence[Outcome]) -> FileImports:
        """The plan for one file, given what was decided for its uses."""
        return _File(self, path, names, outcomes).planned()

    # -- what the canonical names are called here

    def target(self, target: Target) -> tuple[str, str, str]:
        """(module, name, file of the module) of the canonical factory or class."""
        c = self._canonical
        if target == "factory":
            return c.factory_module, c.factory_name, c.factory_path
        return c.class_module, c.class_name, c.class_path

    def module_as_seen(self, path: str, statement: ImportStatement, target: Target) -> str | None:
        """How `path` spells the canonical module, in the style of the statement; None when it can't reach it."""
        module, _name, file = self.target(target)
        if statement.level:
            relative = relative_module(path, file)
            if relative is not None:
                return relative
        top = statement.module.partition(".")[0]
        reachable = [n for n in (module, *self._layout.names(file)) if self._layout.find(n, path) == file]
        return next((n for n in reachable if n.partition(".")[0] == top), reachable[0] if reachable else None)

    def is_canonical(self, path: str, binding: BindingFact, target: Target) -> bool:
        """Whether an import already takes the canonical name from the canonical module."""
        _module, name, file = self.target(target)
        origin = self._meanings.origins.module(path, binding.level, binding.module)
        return binding.is_from and binding.member == name and origin.path == file

    def leads_to(self, path: str, binding: BindingFact, target: Target) -> bool:
        """Whether an import gives the very object that the target is."""
        origin = self._meanings.of_binding(path, binding, binding.member)
        wanted = self._canonical.factory if target == "factory" else self._canonical.cls
        return origin.key == wanted.key

    def closes_cycle(self, path: str, target: Target) -> bool:
        """Whether importing the target at import time would close a cycle."""
        return self._closes_cycle(path, self.target(target)[2])

    @property
    def meanings(self) -> Meanings:
        """The meanings that all this is about."""
        return self._meanings

    def may_be_manager(self, name: str) -> bool:
        """Whether an imported name can mean a manager: by its spelling, or as it is the canonical one."""
        found = self._spelled.get(name)
        if found is None:
            found = family_named(name) or name in {self._canonical.factory_name, self._canonical.class_name}
            self._spelled[name] = found
        return found

    def needed(self, path: str) -> frozenset[str]:
        """See the class."""
        return self._needed.get(path, frozenset())

    def pinned(self, path: str) -> frozenset[str]:
        """See the class."""
        return self._pinned.get(path, frozenset())


def relative_module(importer: str, target: str) -> str | None:
    """`target` as a relative import in `importer` spells it, None when they share no package."""
    here = importer.split("/")[:-1]
    there = target.removesuffix("/__init__.py").removesuffix(".py").split("/")
    shared = 0
    while shared < min(len(here), len(there)) and here[shared] == there[shared]:
        shared += 1
    if not shared:
        return None
    return "." * (len(here) - shared + 1) + ".".join(there[shared:])


class _File:
    def __init__(self, imports: Imports, path: str, names: ModuleNames, outcomes: Sequence[Outcome]) -> None:
        self.imports = imports
        self.meanings = imports.meanings
        self.path = path
        self.names = names
        self.statements = {statement.start: statement for statement in names.imports}
        self.result = FileImports({id(outcome.use): outcome for outcome in outcomes})
        self.scopes = self.meanings.scopes(path)
        facts = self.meanings.facts(path)
        self.uses: dict[tuple[int, str], list[UseFact]] = {}
        for use in facts.uses if facts else ():
            self.uses.setdefault((use.bound, use.names[0]), []).append(use)
        self.seen: set[tuple[int, str]] = set()
        self.reused: list[tuple[int, str, BindingFact, Target]] = []

    def planned(self) -> FileImports:
        keys: dict[tuple[int, str], list[Outcome]] = {}
        for outcome in self.result.outcomes.values():
            keys.setdefault((outcome.use.bound, outcome.use.names[0]), []).append(outcome)
        for (scope, name), outcomes in keys.items():
            self.name(scope, name, outcomes)
        self.reuse()
        self.unused()
        return self.result

    # -- one local name with all its uses

    def name(self, scope: int, name: str, outcomes: Sequence[Outcome]) -> None:
        bindings = self.scopes[scope].bindings.get(name, ()) if scope in self.scopes else ()
        imports = [binding for binding in bindings if binding.kind == "import"]
        strange = [binding for binding in bindings if binding.kind not in {"import", "none"}]
        if imports and (strange or (scope == 0 and name in self.names.global_names) or self.differ(imports)):
            self.refuse(outcomes, "WS128", f"{name} is bound in other ways too")
            self.import_sites(scope, name, imports, "kept", "its name is bound in other ways too")
            return
        if not imports:
            self.without_import(scope, name, outcomes)
            return
        if any(outcome.prefix > 1 for outcome in outcomes):
            self.through_module(scope, name, imports, outcomes)
            return
        self.imported(scope, name, imports, [b for b in bindings if b.kind == "none"], outcomes)

    def differ(self, imports: Sequence[BindingFact]) -> bool:
        """Whether imports of the same name, in branches, give different things.

        One that leads nowhere agrees with any other that its spelling allows.
        """
        meanings = [
            self.meanings.meaning(self.meanings.of_binding(self.path, b, b.member), b.member)
            for b in imports
            if b.is_from
        ]
        if len({_SIDES.get(meaning.kind, meaning.kind) for meaning in meanings}) > 1:
            return True
        found = [meaning for meaning in meanings if not meaning.origin.nowhere]
        signatures = {meaning.function.parameters if meaning.function else () for meaning in found}
        return len(signatures) > 1

    def imported(
        self, scope: int, name: str, imports: Sequence[BindingFact], fallbacks: Sequence[BindingFact],
        outcomes: Sequence[Outcome],
    ) -> None:  # fmt: skip
        targets = self.targets(outcomes)
        if all(self.imports.is_canonical(self.path, b, t) for b in imports for t in targets) and len(targets) == 1:
            self.import_sites(scope, name, imports, "right", "the canonical import")
            for outcome in outcomes:
                if outcome.target:
                    self.settle(outcome, name, name)
            return
        chosen: dict[Target, str] = {}
        for target in targets:
            local = self.local_name(scope, name, target, imports, targets, outcomes)
            problem = self.problem(scope, name, target, local, imports, outcomes)
            if problem:
                self.refuse([o for o in outcomes if o.target == target], *problem)
            else:
                chosen[target] = local
        if fallbacks and len(chosen) > 1:
            self.refuse([o for o in outcomes if o.target], "WS128", f"{name} may be None and is used in two ways")
            chosen = {}
        if "class" not in chosen and self.dangling_class(scope, name, imports, outcomes, chosen):
            chosen["class"] = name
        self.finish(scope, name, imports, fallbacks, outcomes, chosen)

    def targets(self, outcomes: Sequence[Outcome]) -> list[Target]:
        found = {o.target for o in outcomes if o.target and o.decision in {"rewritten", "right"}}
        return [target for target in ("class", "factory") if target in found]

    def finish(
        self, scope: int, name: str, imports: Sequence[BindingFact], fallbacks: Sequence[BindingFact],
        outcomes: Sequence[Outcome], chosen: Mapping[Target, str],
    ) -> None:  # fmt: skip
        if not chosen:
            self.import_sites(scope, name, imports, "kept", "something that is kept or refused uses it")
            return
        left = [use for use in self.uses.get((scope, name), ()) if not self.moves(use, chosen)]
        taken = name in chosen.values()
        same = all(
            self.imports.leads_to(self.path, b, t) or self.meanings.of_binding(self.path, b, name).nowhere
            for b in imports
            for t, local in chosen.items()
            if local == name
        )
        if left and taken and not same:
            self.refuse([o for o in outcomes if o.target], "WS128", f"other uses of {name} need what it means now")
            self.import_sites(scope, name, imports, "kept", "something that is kept or refused uses it")
            return
        needed = scope == 0 and name in self.imports.needed(self.path)
        stays = (bool(left) or needed) and not taken
        follow = next(iter(chosen.values()))
        for outcome in outcomes:
            local = chosen.get(outcome.target, follow if outcome.follows and not stays else None)
            if local is not None:
                self.settle(outcome, name, local)
        for fallback in fallbacks:
            if follow != name and not stays:
                self.result.names.append(NameChange(fallback.start, fallback.start + len(name.encode()), follow))
        for binding in imports:
            self.repoint(scope, name, binding, chosen, stays=stays)
        reason = "points at the canonical names" + ("; the old name is still used" if stays else "")
        self.import_sites(scope, name, imports, "rewritten", reason)
        if scope == 0:
            self.result.locals[name] = dict(chosen)
            if not stays and not taken:
                self.result.unbound.add(name)

    def dangling_class(
        self, scope: int, name: str, imports: Sequence[BindingFact], outcomes: Sequence[Outcome],
        chosen: Mapping[Target, str],
    ) -> bool:  # fmt: skip
        """Whether an import that leads nowhere is repaired for uses that stay as they are."""
        left = [use for use in self.uses.get((scope, name), ()) if not self.moves(use, chosen)]
        asked = not left and not chosen  # it is only asked whether there is one
        if not (left or asked) or name in chosen.values() or any(o.meaning.kind != "missing-class" for o in outcomes):
            return False
        if any("raises" in binding.context for binding in imports) or any(o.code == "WS120" for o in outcomes):
            return False  # with the class behind it, a positional argument would mean something
        nowhere = all(self.meanings.of_binding(self.path, b, name).nowhere for b in imports)
        return nowhere and not self.problem(scope, name, "class", name, imports, outcomes)

    def moves(self, use: UseFact, chosen: Mapping[Target, str]) -> bool:
        outcome = self.result.outcomes.get(id(use))
        if outcome is None:
            return False
        if outcome.follows:
            return True
        return outcome.decision in {"rewritten", "right"} and outcome.target in chosen

    def settle(self, outcome: Outcome, old: str, new: str) -> None:
        """Give a use its new local name (calls that change carry it themselves)."""
        if outcome.changes:
            self.result.functions[id(outcome.use)] = new
        elif old != new:
            end = outcome.use.ends[outcome.prefix - 1]
            self.result.names.append(NameChange(outcome.use.start, end, new))
            if outcome.decision == "right":
                moved = replace(outcome, decision="rewritten", reason="was imported under another name")
                self.result.outcomes[id(outcome.use)] = moved

    # -- which local name

    def local_name(
        self, scope: int, name: str, target: Target, imports: Sequence[BindingFact], targets: Sequence[Target],
        outcomes: Sequence[Outcome],
    ) -> str:  # fmt: skip
        canonical = self.imports.target(target)[1]
        if canonical == name or all(self.imports.is_canonical(self.path, b, target) for b in imports):
            return name
        lies = target == "factory" and name.lstrip("_")[:1].isupper()  # a function under the name of a class
        if all(binding.asname for binding in imports) and (len(targets) == 1 or target == "class") and not lies:
            if not any(o.decision in {"kept", "refused"} for o in outcomes if not o.follows):
                return name
        if scope == 0 and name in self.imports.needed(self.path):
            nowhere = all(self.meanings.of_binding(self.path, b, name).nowhere for b in imports)
            if target == "class" or (nowhere and len(targets) == 1):
                return name
        if target == "class" and not self.free(scope, canonical, target, outcomes):
            return name
        return self.own_alias(scope, target) or canonical

    def own_alias(self, scope: int, target: Target) -> str:
        """Another name under which the file has the target already, "" when there is none (or the canonical one)."""
        canonical = self.imports.target(target)[1]
        found = ""
        for index in dict.fromkeys((scope, 0)):
            for name, bindings in self.scopes[index].bindings.items() if index in self.scopes else ():
                only = bindings[0]
                if len(bindings) > 1 or only.kind != "import" or _BRANCHES & set(only.context):
                    continue
                if self.imports.is_canonical(self.path, only, target):
                    if name == canonical:
                        return ""
                    found = found or name
        return found

    def free(self, scope: int, local: str, target: Target, outcomes: Sequence[Outcome]) -> bool:
        """Whether a name can be bound in a scope, and read from all uses, without meaning anything else."""
        if target == "class" and any(
            self.meanings.origins.bound(self.path, local).nowhere for _use in self.uses.get((-1, local), ())
        ):
            return False  # it would give a meaning to a name that has none
        indices = {scope}
        for outcome in outcomes:
            if outcome.target == target:
                indices.update(self.chain(outcome.use.scope, scope))
        for index in indices:
            found = self.scopes.get(index)
            for binding in found.bindings.get(local, ()) if found else ():
                if binding.kind != "import" or not self.imports.leads_to(self.path, binding, target):
                    return False
        return True

    def chain(self, inner: int, outer: int) -> Iterator[int]:
        """Scopes from the one of a use out to the one that binds it."""
        index = inner
        while index not in {-1, outer}:
            yield index
            scope = self.scopes.get(index)
            index = scope.parent if scope else -1

    def problem(
        self, scope: int, name: str, target: Target, local: str, imports: Sequence[BindingFact],
        outcomes: Sequence[Outcome],
    ) -> tuple[str, str] | None:  # fmt: skip
        if local != name and scope == 0 and name in self.imports.pinned(self.path):
            return "WS137", f"{name} is reached from here by a string that is put together at run time"
        if local != name and not self.free(scope, local, target, outcomes):
            return "WS132", f"the name {local} means something else here"
        for binding in imports:
            statement = self.statements[binding.start]
            if self.imports.module_as_seen(self.path, statement, target) is None:
                return "WS133", f"{self.imports.target(target)[0]} can't be imported from here"
            if statement.at_import and self.imports.closes_cycle(self.path, target):
                return "WS134", f"importing {self.imports.target(target)[0]} here would close an import cycle"
        return None

    # -- the statements

    def repoint(
        self, scope: int, name: str, binding: BindingFact, chosen: Mapping[Target, str], *, stays: bool
    ) -> None:
        statement = self.statements[binding.start]
        index = next(i for i, n in enumerate(statement.names) if n.bound == name and n.name == binding.member)
        added = []
        kept = False
        for target, local in chosen.items():
            if local == name and self.imports.is_canonical(self.path, binding, target):
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
        module = self.imports.module_as_seen(self.path, statement, target)
        assert module is not None  # `problem` refused it
        name = self.imports.target(target)[1]
        return NewImport(module, name, "" if local == name else local)

    def there_already(self, scope: int, name: str, local: str, target: Target, binding: BindingFact) -> bool:
        """Whether the name is bound to the target before this statement, on every way to it."""
        here = self.scopes[scope].bindings.get(local, ()) if scope in self.scopes else ()
        if any(other.start == binding.start and other != binding and self.gives(other, target) for other in here):
            return True  # the same statement imports it too
        if any(start == binding.start for start, _context in self.result.planned.get((scope, local), ())):
            return True
        if self.statements[binding.start].alone:
            return False
        if not _BRANCHES & set(binding.context):
            first = min((use.start for use in self.uses.get((scope, name), ())), default=binding.start)
            if self.bound_before(scope, local, target, max(first, binding.start), binding):
                return True
        index = self.scopes[scope].parent if scope in self.scopes else -1
        while index >= 0 and local != name:
            if self.bound_before(index, local, target, None, binding):
                return True
            index = self.scopes[index].parent if index in self.scopes else -1
        return False

    def bound_before(self, scope: int, local: str, target: Target, before: int | None, binding: BindingFact) -> bool:
        """Whether another import in a scope binds the name to the target, without condition (and above an offset)."""
        for start, context in self.result.planned.get((scope, local), ()):
            if not _BRANCHES & set(context) and (before is None or start < before):
                return True
        for other in self.scopes[scope].bindings.get(local, ()) if scope in self.scopes else ():
            if other == binding or _BRANCHES & set(other.context) or (before is not None and other.start >= before):
                continue
            if self.gives(other, target):
                self.reused.append((scope, local, other, target))
                return True
        return False

    def gives(self, other: BindingFact, target: Target) -> bool:
        """Whether a binding imports the target and goes on doing so."""
        return other.kind == "import" and self.imports.leads_to(self.path, other, target)

    def reuse(self) -> None:
        """Imports that uses of another name moved to: they stay, and are pointed at the canonical module too."""
        for scope, name, binding, target in self.reused:
            statement = self.statements[binding.start]
            index = next(i for i, imported in enumerate(statement.names) if imported.bound == name)
            leaving = index in self.result.gone.get(binding.start, set())
            if self.imports.is_canonical(self.path, binding, target):
                self.result.gone.get(binding.start, set()).discard(index)
                if not self.result.gone.get(binding.start, {index}):
                    del self.result.gone[binding.start]
            elif leaving:
                self.result.added.setdefault(binding.start, []).append(self.new_import(statement, target, name))
            elif (binding.start, name) not in self.seen and not self.problem(scope, name, target, name, [binding], ()):
                self.repoint(scope, name, binding, {target: name}, stays=False)
                self.import_sites(scope, name, [binding], "rewritten", "points at the canonical names")

    # -- names that are no plain import

    def through_module(
        self, scope: int, name: str, imports: Sequence[BindingFact], outcomes: Sequence[Outcome]
    ) -> None:
        """`module.Manager(...)`: the attribute changes, or a plain name takes its place."""
        changed = 0
        for outcome in outcomes:
            if not outcome.target or outcome.decision != "rewritten":
                continue
            target = outcome.target
            _module, canonical, file = self.imports.target(target)
            holder, rest = self.meanings.of_use(self.path, _prefix(outcome))
            if not rest and holder.path == file:
                text = ".".join((*outcome.use.names[: outcome.prefix - 1], canonical))
            else:
                problem = self.problem(scope, name, target, canonical, imports, outcomes)
                if problem or len(imports) > 1:
                    self.refuse([outcome], *(problem or ("WS128", f"{name} is imported more than once")))
                    continue
                text = canonical
                changed += 1
                if not self.there_already(scope, name, canonical, target, imports[0]):
                    new = self.new_import(self.statements[imports[0].start], target, canonical)
                    self.result.added.setdefault(imports[0].start, []).append(new)
                    self.result.planned.setdefault((scope, canonical), []).append(
                        (imports[0].start, imports[0].context)
                    )
            self.settle(outcome, ".".join(outcome.use.names[: outcome.prefix]), text)
        if changed and changed == len(self.uses.get((scope, name), ())) and name not in self.imports.needed(self.path):
            self.module_gone(scope, name, imports[0])

    def module_gone(self, scope: int, name: str, binding: BindingFact) -> None:
        statement = self.statements[binding.start]
        for index, imported in enumerate(statement.names):
            bound = imported.bound if statement.is_from or imported.asname else imported.name.partition(".")[0]
            if bound == name:
                self.result.gone.setdefault(binding.start, set()).add(index)
        if scope == 0:
            self.result.unbound.add(name)

    def without_import(self, scope: int, name: str, outcomes: Sequence[Outcome]) -> None:
        """A name from a star import, or one that this module assigns: the new name is imported beside it."""
        moving = [o for o in outcomes if o.target and o.decision == "rewritten"]
        anchor = self.anchor(name)
        for target in self.targets(moving):
            mine = [o for o in moving if o.target == target]
            canonical = self.imports.target(target)[1]
            if anchor is None or scope > 0:
                self.refuse(mine, "WS135", f"no import stands where {canonical} could be imported")
                continue
            binding = BindingFact("import", anchor.start, anchor.line, anchor.context)
            problem = self.problem(0, name, target, canonical, [binding], mine)
            if problem:
                self.refuse(mine, *problem)
                continue
            if not self.there_already(0, name, canonical, target, binding):
                new = self.new_import(anchor, target, canonical)
                self.result.added.setdefault(anchor.start, []).append(new)
                self.result.planned.setdefault((0, canonical), []).append((anchor.start, anchor.context))
            for outcome in mine:
                self.settle(outcome, name, canonical)

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

    # -- imports that nothing uses

    def unused(self) -> None:
        """Imports of managers without a use in this file: re-exports, probes, leftovers."""
        for statement in self.names.imports:
            for index, imported in enumerate(statement.names):
                if not statement.is_from or not self.imports.may_be_manager(imported.name):
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
        target = _REPAIRED.get(meaning.kind, "")
        if not origin.nowhere:
            right = meaning.kind in {"factory", "class"} and self.imports.is_canonical(
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
        if self.imports.module_as_seen(self.path, statement, target) is None:
            self.site(statement, name, "refused", "the canonical module can't be imported from here", "WS133")
            return
        if statement.at_import and self.imports.closes_cycle(self.path, target):
            self.site(statement, name, "refused", "would close an import cycle", "WS134")
            return
        self.result.gone.setdefault(statement.start, set()).add(index)
        self.result.added.setdefault(statement.start, []).append(self.new_import(statement, target, name))
        self.site(statement, name, "rewritten", "led nowhere; its one canonical meaning")

    def as_binding(self, statement: ImportStatement, index: int) -> BindingFact:
        imported = statement.names[index]
        return BindingFact(
            "import", statement.start, statement.line, statement.context, statement.is_from, statement.level,
            statement.module, imported.name, imported.asname,
        )  # fmt: skip

    # -- accounts

    def refuse(self, outcomes: Sequence[Outcome], code: str, reason: str) -> None:
        for outcome in outcomes:
            if outcome.target and outcome.decision == "rewritten":
                refused = replace(
                    outcome, decision="refused", code=code, reason=reason, target="", changes=(), removal=None
                )
                self.result.outcomes[id(outcome.use)] = refused

    def import_sites(self, scope: int, name: str, imports: Sequence[BindingFact], decision: str, reason: str) -> None:
        for binding in imports:
            statement = self.statements[binding.start]
            if (binding.start, name) in self.seen:
                continue
            canonical = any(self.imports.is_canonical(self.path, binding, t) for t in ("factory", "class"))
            if decision == "kept" and canonical:
                self.site(statement, name, "right", "the canonical import")
            else:
                self.site(statement, name, decision, reason)

    def site(self, statement: ImportStatement, name: str, decision: str, reason: str, code: str = "") -> None:
        self.seen.add((statement.start, name))
        assert decision in {"rewritten", "right", "kept", "refused"}
        self.result.sites.append(
            Site(IMPORT, self.path, statement.line, statement.column, name, decision, reason, code)  # type: ignore[arg-type]  # asserted
        )


def _prefix(outcome: Outcome) -> UseFact:
    """The use of the module that holds the manager: the chain without its last name."""
    use = outcome.use
    return UseFact(
        use.names[: outcome.prefix - 1], use.start, use.ends[: outcome.prefix - 1], use.line, use.column, use.bound,
        use.scope, "other", use.raises, use.quoted,
    )  # fmt: skip
